package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/experiment"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/progress"
)

// experiments lists what can be reproduced, in the order of a report.
var experiments = []struct {
	name, doc string
	cost      func(experiment.Config) float64 // nil: done at once
	run       func(context.Context, experiment.Config) (experiment.Result, error)
}{
	{"table1", "Table 1, Fig. 1C: parameters in all and trained, counted from networks and masks", nil,
		func(context.Context, experiment.Config) (experiment.Result, error) { return experiment.Table1(), nil }},
	{"fig2", "Fig. 2A–C: nine tasks, four arms, scores beside two nulls", experiment.Cost, experiment.Fig2},
}

func reproduceCommand() cli.Command {
	var names strings.Builder
	for _, e := range experiments {
		fmt.Fprintf(&names, "    %-8s %s\n", e.name, e.doc)
	}
	return cli.Command{
		Name: "reproduce", Group: "The paper", Args: "[NAME…]", Summary: "run experiments of the paper and write their report",
		Doc: `Runs experiments of the paper, all of them or those named, and writes a directory with results (CSV, JSON), figures (SVG, PNG), report.html and manifest.json.

` + names.String() + `
Arms: separate (nine networks, all trained), molap (modules pre-trained by CCA, then frozen), molap-pca (by PCA), reservoir (never pre-trained). The profile says how the paper is read; every setting of it can be changed with -set. Results depend on settings and seeds, not on -kernel or -workers.`,
		Examples: []cli.Example{
			{Line: "molap reproduce fig2 -quick -out out/quick", Doc: "a look in under a minute"},
			{Line: "molap reproduce fig2 -seeds 10 -out out/fig2", Doc: "ten seeds by the text's settings"},
			{Line: "molap reproduce fig2 -profile extended -set training.batch=100 -out out/ext", Doc: "another reading of the paper"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			c := cli.Common{Seed: 1, Out: "out"}
			c.Register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "out", "kernel", "workers", "cpuprofile")
			return func(ctx context.Context, env *cli.Env, args []string) error { return reproduce(ctx, env, &c, args) }
		},
	}
}

func reproduce(ctx context.Context, env *cli.Env, c *cli.Common, names []string) error {
	known := []string{"all"}
	for _, e := range experiments {
		known = append(known, e.name)
	}
	for i, name := range names {
		if !slices.Contains(known, name) {
			return cli.Usagef("unknown experiment %q (have %s)", name, strings.Join(known, ", "))
		}
		if slices.Contains(names[:i], name) {
			return cli.Usagef("experiment %q is named twice", name)
		}
	}
	s, err := c.Settings()
	if err != nil {
		return err
	}
	p := progress.New(env.Stderr)
	config := experiment.Config{Settings: s, Variant: c.Kernel, Workers: c.Workers, Progress: p}
	if last := c.Seed + uint64(c.Seeds-1); last < c.Seed {
		return cli.Usagef("-seed %d with -seeds %d goes beyond the largest seed, %d", c.Seed, c.Seeds, uint64(math.MaxUint64))
	}
	if err := experiment.Check(s); err != nil {
		return cli.Usagef("%w", err)
	}
	for i := range c.Seeds {
		config.Seeds = append(config.Seeds, c.Seed+uint64(i))
	}
	out := output{dir: c.Out, manifest: newManifest(config, s)}
	for _, e := range experiments {
		if len(names) == 0 || slices.Contains(names, "all") || slices.Contains(names, e.name) {
			out.manifest.Experiments = append(out.manifest.Experiments, e.name)
		}
	}
	if err := out.prepare(env); err != nil {
		return err
	}
	announce(env, s, config)
	began := time.Now()
	for _, e := range experiments {
		if !slices.Contains(out.manifest.Experiments, e.name) {
			continue
		}
		if e.cost != nil {
			p.Start(e.name, e.cost(config))
		}
		r, err := e.run(ctx, config)
		if err != nil {
			p.Stop()
			out.abandon()
			if ctx.Err() != nil {
				return fmt.Errorf("%w; results of %s were not written", context.Cause(ctx), e.name)
			}
			return err
		}
		p.Done()
		if err := out.add(r); err != nil {
			return err
		}
	}
	if err := out.finish(time.Since(began)); err != nil {
		return err
	}
	for _, r := range out.results {
		fmt.Fprintf(env.Stdout, "\n%s\n", r.Tables[0].Text())
	}
	fmt.Fprintf(env.Stdout, "report: %s\n", filepath.Join(c.Out, "report.html"))
	return nil
}

// announce says what is about to run.
func announce(env *cli.Env, s profile.Settings, c experiment.Config) {
	fmt.Fprintf(env.Stderr, "profile %s, %d units in %d modules, %d seed(s), %s, kernel %s, %d at a time\n",
		label(s), s.Network.Units, s.Network.Modules, len(c.Seeds), s.Run.Precision, c.Variant, c.Workers)
}

// label names settings for a reader.
func label(s profile.Settings) string {
	if s.Shrunk {
		return s.Name + " (quick)"
	}
	return s.Name
}
