package main

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/sweep"
	"molap/cmd/molap/internal/words"
	"molap/rnn"
)

func sweepPlan() cli.Command {
	return cli.Command{Name: "plan", Args: "FILE", Summary: "write the manifest of a sweep file into -out, with an estimate of the time it takes", Setup: func(flags *flag.FlagSet) cli.Run {
		var c cli.Common
		c.Register(flags, "out", "kernel")
		budget := flags.Float64("budget", 0, "refuse a sweep that is estimated to take more than `H` core-hours")
		return func(ctx context.Context, env *cli.Env, args []string) error {
			return planSweep(ctx, env, &c, *budget, args[0])
		}
	}}
}

func planSweep(ctx context.Context, env *cli.Env, c *cli.Common, budget float64, file string) error {
	if budget < 0 || budget != budget {
		return cli.Usagef("-budget is %g (want core-hours, more than 0)", budget)
	}
	spec, err := sweep.LoadSpec(file)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	m, err := manifestOf(ctx, spec, file, intake.Once(env))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if err := place.OutsideResults("-out", c.Out); err != nil {
		return err
	}
	if err := place.Claim(env, "-out", c.Out); err != nil {
		return err
	}
	if err := m.CheckFree(c.Out); err != nil {
		return cli.Usagef("%w", err)
	}
	fmt.Fprint(env.Stderr, intake.AboutArrays(m.Settings, slices.ContainsFunc(spec.Arms, func(arm string) bool { return lab.Arm(arm).Pretrained() })))
	c.Workers = runtime.GOMAXPROCS(0)
	bar := progress.New(env.Stderr)
	r, err := sweepRunner(ctx, env, c, c.Out, m, bar)
	if err != nil {
		return err
	}
	r.Progress = bar.Named("timing")
	fmt.Fprintf(env.Stderr, "timing a few iterations of the smallest and of a large network …\n")
	e, err := r.Measure(ctx)
	if err != nil {
		bar.Stop()
		return err
	}
	bar.Done()
	h, err := e.Total(m)
	if err != nil {
		return err
	}
	if budget > 0 && h.Core > budget {
		return cli.Usagef("the sweep takes about %.3g core-hours on this machine, more than -budget %g", h.Core, budget)
	}
	if err := intake.KeepArrays(c.Out, slices.Concat(spec.Tasks, spec.Corpus), spec.Test); err != nil {
		return err
	}
	if err := m.Write(c.Out); err != nil {
		return err
	}
	if err := h.Write(c.Out); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, `%s: %s × %s × %s = %s, each with %s (manifest %.12s)
an index takes about %s to %s on one core of this machine
all take about %.3g core-hours, at best %s on %d cores and %s on 100
next: molap sweep run %s
`, c.Out, words.Count(len(m.Points), "point"), words.Count(len(spec.Arms), "arm"), words.Count(spec.Seeds, "seed"), words.Count(len(m.Indices), "index"), words.Count(len(m.Tasks), "task"), m.Sum,
		secondsText(h.Least), secondsText(h.Greatest), h.Core, secondsText(atBest(h, c.Workers)), c.Workers, secondsText(atBest(h, 100)), c.Out)
	return nil
}

// manifestOf returns the manifest of a sweep file; tell says what was left out of files of trials.
func manifestOf(ctx context.Context, spec *sweep.Spec, file string, tell func(string, *rnn.File)) (*sweep.Manifest, error) {
	base, err := spec.Base()
	if err != nil {
		return nil, err
	}
	if len(spec.Corpus) > 0 && !slices.ContainsFunc(spec.Arms, func(arm string) bool { return lab.Arm(arm).Pretrained() }) {
		return nil, fmt.Errorf("%s: corpus: arms %s pre-train nothing (molap and molap-pca do)", file, strings.Join(spec.Arms, ", "))
	}
	arrays := intake.ArrayFlags{Test: spec.Test, Share: spec.TestShare, Fixation: spec.Fixation, Tell: tell}
	base, ids, err := tasksAndCorpus(base, spec.Tasks, spec.Corpus, arrays)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	m, err := spec.Plan(ctx, machine.Version(), base, ids)
	if err == nil {
		m.Settings.Tasks.Arrays = base.Tasks.Arrays
	}
	return m, err
}

// atBest returns the seconds that a sweep takes on that many cores if none ever waits.
func atBest(h sweep.Hours, cores int) float64 { return max(h.Core*3600/float64(cores), h.Greatest) }

// secondsText writes a duration, given in seconds, for a reader.
func secondsText(s float64) string {
	switch {
	case s < 100:
		return fmt.Sprintf("%.2g s", s)
	case s < 6000:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
}
