package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/experiment"
	"molap/cmd/molap/internal/progress"
)

func trainCommand() cli.Command {
	return cli.Command{
		Name: "train", Group: "Networks", Summary: "train networks of some arms on some tasks and score them",
		Doc: `Trains a network for every arm, task and seed named, scores it on test trials and prints a row for it: what "molap reproduce fig2" does, for a part of it. A search over settings is a loop around this command. Like that command it keeps the state of its work and goes on where it was interrupted.`,
		Examples: []cli.Example{
			{Line: "molap train -arm molap -task T7", Doc: "pre-train modules, then train one task"},
			{Line: "molap train -arm molap -task T9 -save out/nets", Doc: "keep the network, to damage it with molap perturb"},
			{Line: "molap train -arm molap,reservoir -task T5,T7 -seeds 5 -profile extended -set training.rate=2e-2 -json", Doc: "a point of a search"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			c := cli.Common{Seed: 1}
			c.Register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "json", "kernel", "workers", "checkpoint-every", "cpuprofile")
			arms := flags.String("arm", "", "train `ARMS`, separated by commas: "+strings.Join(armNames(), ", "))
			names := flags.String("task", "all", "on `TASKS`, separated by commas (T7 or context_mem_dm1)")
			save := flags.String("save", "", "write each network into `DIR` as ARM_TASK_seedN.safetensors")
			cache := flags.String("cache", defaultCache(), "keep networks, scores and states in `DIR`; off keeps none")
			serve := serveFlag(flags)
			return func(ctx context.Context, env *cli.Env, args []string) error {
				return train(ctx, env, &c, *arms, *names, *cache, *save, *serve)
			}
		},
	}
}

func armNames() []string {
	var names []string
	for _, a := range experiment.Arms {
		names = append(names, string(a))
	}
	return names
}

func train(ctx context.Context, env *cli.Env, c *cli.Common, arms, names, cache, save, serve string) error {
	config, err := labConfig(c)
	if err != nil {
		return err
	}
	cells, err := chooseCells(config, arms, names)
	if err != nil {
		return err
	}
	p := progress.New(env.Stderr)
	pool, err := openPool(ctx, env, c, cache, p)
	if err != nil {
		return err
	}
	defer pool.Store.Close()
	stop, err := startWatching(env, pool, p, config.Settings, serve)
	if err != nil {
		return err
	}
	defer stop()
	if save != "" {
		release, err := claimDir(env, "-save", save)
		if err != nil {
			return err
		}
		defer release()
	}
	lab := experiment.NewLab(config, pool)
	runs, err := lab.Train(ctx, named{p, "train"}, cells)
	if err != nil {
		p.Stop()
		return goesOn(err, pool)
	}
	if save != "" {
		files, err := lab.Networks(ctx, named{p, "train"}, cells)
		if err != nil {
			p.Stop()
			return goesOn(err, pool)
		}
		for i, cell := range cells {
			name := fmt.Sprintf("%s_%s_seed%d.safetensors", cell.Arm, cell.Task, cell.Seed)
			if err := atomicfile.Write(filepath.Join(save, name), files[i]); err != nil {
				return err
			}
		}
	}
	p.Done()
	if c.JSON {
		e := json.NewEncoder(env.Stdout)
		e.SetIndent("", " ")
		return e.Encode(runs)
	}
	_, err = fmt.Fprint(env.Stdout, experiment.RunTable("train", runs).Text())
	return err
}

// labConfig is what the common flags ask a lab to do.
func labConfig(c *cli.Common) (experiment.Config, error) {
	s, err := c.Settings()
	if err != nil {
		return experiment.Config{}, err
	}
	if err := experiment.Check(s); err != nil {
		return experiment.Config{}, cli.Usagef("%w", err)
	}
	if last := c.Seed + uint64(c.Seeds-1); last < c.Seed {
		return experiment.Config{}, cli.Usagef("-seed %d with -seeds %d goes beyond the largest seed, %d", c.Seed, c.Seeds, uint64(math.MaxUint64))
	}
	config := experiment.Config{Settings: s, Variant: c.Kernel}
	for i := range c.Seeds {
		config.Seeds = append(config.Seeds, c.Seed+uint64(i))
	}
	return config, nil
}

// chooseCells returns a cell for every seed, arm and task named.
func chooseCells(config experiment.Config, arms, names string) (cells []experiment.Cell, err error) {
	ids, err := taskIDs(strings.Split(names, ","))
	if err != nil {
		return nil, cli.Usagef("-task: %w", err)
	}
	list := strings.Split(arms, ",")
	for i, arm := range list {
		if !slices.Contains(armNames(), arm) {
			return nil, cli.Usagef("-arm %q (have %s)", arm, strings.Join(armNames(), ", "))
		}
		if slices.Contains(list[:i], arm) {
			return nil, cli.Usagef("-arm %s names %s twice", arms, arm)
		}
	}
	for _, seed := range config.Seeds {
		for _, arm := range list {
			for _, id := range ids {
				cells = append(cells, experiment.Cell{Arm: experiment.Arm(arm), Task: id, Seed: seed})
			}
		}
	}
	return cells, nil
}
