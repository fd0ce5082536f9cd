package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/sweep"
	"molap/cmd/molap/internal/taskfile"
)

func sweepPlan(ctx context.Context, env *cli.Env, f *sweepFlags, file string) error {
	if f.budget < 0 || f.budget != f.budget {
		return cli.Usagef("-budget is %g (want core-hours, more than 0)", f.budget)
	}
	spec, err := sweep.LoadSpec(file)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	m, err := planned(ctx, spec, file)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if err := place.OutsideResults("-out", f.Out); err != nil {
		return err
	}
	if err := place.Claim(env, "-out", f.Out); err != nil {
		return err
	}
	if err := m.CheckFree(f.Out); err != nil {
		return cli.Usagef("%w", err)
	}
	w, err := newSweeper(&f.Common)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stderr, "timing a few iterations of the smallest and the largest network …\n")
	e, err := sweep.Measure(ctx, m, w.work)
	if err != nil {
		return err
	}
	h, err := e.Total(m)
	if err != nil {
		return err
	}
	if f.budget > 0 && h.Core > f.budget {
		return cli.Usagef("the sweep takes about %.3g core-hours on this machine, more than -budget %g", h.Core, f.budget)
	}
	if err := m.Write(f.Out); err != nil {
		return err
	}
	if err := e.Write(f.Out); err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, `%s: %d points × %d arms × %d seeds = %d indices, each with %d tasks (manifest %.12s)
an index takes about %s to %s on one core of this machine
all take about %.3g core-hours, at best %s on %d cores and %s on 100
next: molap sweep run %s
`, f.Out, len(m.Points), len(spec.Arms), spec.Seeds, len(m.Indices), len(m.Tasks), m.Sum,
		seconds(h.Least), seconds(h.Greatest), h.Core, seconds(atBest(h, f.Workers)), f.Workers, seconds(atBest(h, 100)), f.Out)
	return nil
}

// planned returns the manifest of a sweep file.
func planned(ctx context.Context, spec *sweep.Spec, file string) (*sweep.Manifest, error) {
	arms, err := armsOf(spec.Arms)
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", file, err)
	}
	base, err := spec.Base()
	if err != nil {
		return nil, err
	}
	if len(spec.Corpus) > 0 && !slices.ContainsFunc(arms, lab.Arm.Pretrained) {
		return nil, fmt.Errorf("sweep: %s: corpus: arms %s pre-train nothing (molap and molap-pca do)", file, strings.Join(spec.Arms, ", "))
	}
	base, ids, err := tasksAndCorpus(base, beside(spec, spec.Tasks), beside(spec, spec.Corpus))
	if err != nil {
		return nil, fmt.Errorf("sweep: %s: %w", file, err)
	}
	return spec.Plan(ctx, machine.Version(), base, ids, checkSweep)
}

// checkSweep is a sweep.Check: it knows arms, and tasks by their IDs.
func checkSweep(s profile.Settings, ids, names []string) error {
	arms, err := armsOf(names)
	if err != nil {
		return err
	}
	known, err := ownIDs(s, ids)
	if err != nil {
		return err
	}
	if !slices.Equal(known, ids) {
		return fmt.Errorf("tasks %q are not named by their IDs, %q", ids, known)
	}
	if err := lab.Check(s); err != nil {
		return err
	}
	return lab.CheckTraining(s, ids, arms)
}

// armsOf returns arms by their names, each once.
func armsOf(names []string) (arms []lab.Arm, err error) {
	for _, name := range names {
		arm := lab.Arm(name)
		if !slices.Contains(lab.Arms, arm) || slices.Contains(arms, arm) {
			return nil, fmt.Errorf("arm %.60q is unknown or named twice (have %s)", name, strings.Join(armNames(), ", "))
		}
		arms = append(arms, arm)
	}
	return arms, nil
}

// beside returns names of tasks, those of files as this process takes them.
func beside(spec *sweep.Spec, names []string) []string {
	names = slices.Clone(names)
	for i, name := range names {
		if taskfile.IsPath(name) {
			names[i] = spec.Path(name)
		}
	}
	return names
}

// atBest is how many seconds a sweep takes on so many cores that never wait.
func atBest(h sweep.Hours, cores int) float64 { return max(h.Core*3600/float64(cores), h.Greatest) }
