package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/progress"
)

func trainCommand() cli.Command {
	return cli.Command{
		Name: "train", Group: "Networks", Summary: "train networks of some arms on some tasks and score them",
		Doc: `Trains a network for every arm, task and seed named, scores it on test trials and prints a row for it: what "molap reproduce fig2" does, for a part of it. A search over settings is a loop around this command. Like that command it keeps the state of its work and goes on where it was interrupted.

Tasks are the nine and those of task files (docs/tasks.md). Networks that -save writes hold the definitions of their tasks: "molap eval" and others need no task file. -corpus pre-trains the modules of molap and molap-pca on other tasks than the nine.`,
		Examples: []cli.Example{
			{Line: "molap train -arm molap -task T7", Doc: "pre-train modules, then train one task"},
			{Line: "molap train -arm molap -task T9 -save out/nets", Doc: "keep the network, to damage it with molap perturb"},
			{Line: "molap train -arm molap,reservoir -task mine.toml,T5 -save out/nets", Doc: "a task of one's own beside one of the nine"},
			{Line: "molap train -arm molap -corpus T1,T2,mine.toml -task mine.toml", Doc: "the same task, with modules pre-trained on it among others"},
			{Line: "molap train -arm molap,reservoir -task T5,T7 -seeds 5 -profile extended -set training.rate=2e-2 -json", Doc: "a point of a search"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			c := cli.Common{Seed: 1}
			c.Register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "json", "kernel", "workers", "checkpoint-every", "cpuprofile")
			arms := flags.String("arm", "", "train `ARMS`, separated by commas: "+strings.Join(armNames(), ", "))
			names := flags.String("task", "all", "on `TASKS`, separated by commas (T7, context_mem_dm1 or a file mine.toml)")
			corpus := flags.String("corpus", "", "pre-train modules on `TASKS` instead of all nine")
			save := flags.String("save", "", "write each network into `DIR` as ARM_TASK_seedN.safetensors; one of other settings is not replaced")
			cache := registerCache(flags)
			serve := serveFlag(flags)
			return func(ctx context.Context, env *cli.Env, args []string) error {
				return train(ctx, env, &c, trainRequest{arms: *arms, tasks: *names, corpus: *corpus, cache: cache, save: *save, serve: *serve})
			}
		},
	}
}

func armNames() []string {
	var names []string
	for _, a := range lab.Arms {
		names = append(names, string(a))
	}
	return names
}

// trainRequest is what the flags of train ask for, beside the common ones.
type trainRequest struct {
	arms, tasks, corpus, save, serve string
	cache                            *cacheFlag
}

func train(ctx context.Context, env *cli.Env, c *cli.Common, q trainRequest) error {
	config, cells, err := q.choose(c)
	if err != nil {
		return err
	}
	if err := q.checkSave(); err != nil {
		return err
	}
	save := q.save
	p := progress.New(env.Stderr)
	pool, err := openPool(ctx, env, c, q.cache, p)
	if err != nil {
		return err
	}
	defer pool.Store.Close()
	stop, err := startWatching(env, pool, p, config.Settings, q.serve)
	if err != nil {
		return err
	}
	defer stop()
	l := lab.NewLab(config, pool)
	if save != "" {
		if err := place.Claim(env, "-save", save); err != nil {
			return err
		}
		for _, cell := range cells {
			if err := sameNetwork(filepath.Join(save, networkName(cell)), l, cell); err != nil {
				return err
			}
		}
	}
	runs, err := l.Train(ctx, p.Named("train"), cells)
	if err != nil {
		p.Stop()
		return goesOn(err, pool)
	}
	if save != "" {
		files, err := l.Networks(ctx, p.Named("train"), cells)
		if err != nil {
			p.Stop()
			return goesOn(err, pool)
		}
		for i, cell := range cells {
			if err := atomicfile.Write(filepath.Join(save, networkName(cell)), files[i]); err != nil {
				return err
			}
		}
	}
	p.Done()
	if c.JSON {
		data, err := obs.JSON(runs)
		if err != nil {
			return err
		}
		_, err = env.Stdout.Write(data)
		return err
	}
	t := obs.RunTable("train", runs).Only("seed", "arm", "task", "overall", "blind", "constant", "decision_unit", "escape", "trained", "parameters")
	t.Title = "Networks (-json has every measure)"
	_, err = fmt.Fprint(env.Stdout, t.Text())
	return err
}

// networkName is the name of the file that -save writes of a cell.
func networkName(c lab.Cell) string {
	return fmt.Sprintf("%s_%s_seed%d.safetensors", c.Arm, c.Task, c.Seed)
}

// checkSave returns a usage error if -save names a directory that is not for networks.
func (q trainRequest) checkSave() error {
	if q.save == "" {
		return nil
	}
	if q.cache.dir != cacheOff && place.Within(q.save, q.cache.dir) {
		return cli.Usagef("-save %s lies in the cache, %s; name another directory", q.save, q.cache.dir)
	}
	return place.OutsideResults("-save", q.save)
}

// sameNetwork returns a usage error if something is at a path but the network of that cell and
// these settings.
func sameNetwork(path string, l *lab.Lab, c lab.Cell) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	f, err := decodeFile(path)
	if err != nil {
		return cli.Usagef("-save: %w; remove it or name another directory", err)
	}
	had, err := profile.Parse(path, []byte(f.Settings))
	if err != nil || had.Hash() != l.SettingsOf(c).Hash() || f.Arm != string(c.Arm) || f.Task != c.Task || f.Seed != c.Seed {
		return cli.Usagef("-save: %s is there already, a network of other settings; remove it or name another directory", path)
	}
	return nil
}

// labConfig is what the common flags ask a lab of the paper's experiments to do.
func labConfig(c *cli.Common) (lab.Config, error) {
	s, err := c.Settings()
	if err != nil {
		return lab.Config{}, err
	}
	if s.Tasks != (profile.Tasks{}) {
		return lab.Config{}, cli.Usagef("the settings have tasks or a corpus of their own ([tasks]); those are for molap train, the paper has the nine")
	}
	return configOf(c, s)
}

// configOf is what a lab is to do with these settings and the seeds of the common flags.
func configOf(c *cli.Common, s profile.Settings) (lab.Config, error) {
	if err := lab.Check(s); err != nil {
		return lab.Config{}, cli.Usagef("%w", err)
	}
	if last := c.Seed + uint64(c.Seeds-1); last < c.Seed {
		return lab.Config{}, cli.Usagef("-seed %d with -seeds %d goes beyond the largest seed, %d", c.Seed, c.Seeds, uint64(math.MaxUint64))
	}
	config := lab.Config{Settings: s, Variant: c.Kernel}
	for i := range c.Seeds {
		config.Seeds = append(config.Seeds, c.Seed+uint64(i))
	}
	return config, nil
}

// choose returns settings that define all tasks named, and a cell for every seed, arm and
// task.
func (q trainRequest) choose(c *cli.Common) (config lab.Config, cells []lab.Cell, err error) {
	s, err := c.Settings()
	if err != nil {
		return config, nil, err
	}
	arms, err := q.chooseArms()
	if err != nil {
		return config, nil, err
	}
	s, ids, err := q.chooseTasks(s, arms)
	if err != nil {
		return config, nil, err
	}
	if config, err = configOf(c, s); err != nil {
		return config, nil, err
	}
	for _, seed := range config.Seeds {
		for _, arm := range arms {
			for _, id := range ids {
				cells = append(cells, lab.Cell{Arm: arm, Task: id, Seed: seed})
			}
		}
	}
	return config, cells, nil
}

// chooseArms returns the arms that -arm names.
func (q trainRequest) chooseArms() (arms []lab.Arm, err error) {
	for _, name := range strings.Split(q.arms, ",") {
		arm := lab.Arm(name)
		if !slices.Contains(lab.Arms, arm) {
			return nil, cli.Usagef("-arm %q (have %s)", name, strings.Join(armNames(), ", "))
		}
		if slices.Contains(arms, arm) {
			return nil, cli.Usagef("-arm %s names %s twice", q.arms, arm)
		}
		arms = append(arms, arm)
	}
	if q.corpus != "" && !slices.ContainsFunc(arms, lab.Arm.Pretrained) {
		return nil, cli.Usagef("-corpus %s: -arm %s pre-trains nothing (molap and molap-pca do)", q.corpus, q.arms)
	}
	return arms, nil
}

// chooseTasks returns the IDs of the tasks to train on, and settings that define them and
// the corpus.
func (q trainRequest) chooseTasks(s profile.Settings, arms []lab.Arm) (profile.Settings, []string, error) {
	var corpus []string
	if q.corpus != "" {
		corpus = strings.Split(q.corpus, ",")
	}
	s, ids, err := tasksAndCorpus(s, strings.Split(q.tasks, ","), corpus)
	if err != nil {
		return s, nil, cli.Usagef("-%w", err)
	}
	if err := lab.CheckTraining(s, ids, arms); err != nil {
		return s, nil, cli.Usagef("-task: %w", err)
	}
	return s, ids, nil
}
