package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/slurm"
	"molap/cmd/molap/internal/sweep"
	"molap/cmd/molap/internal/words"
)

func sweepSlurm() cli.Command {
	return sweepVerb("slurm", "write batch scripts into DIR/slurm; with -submit, submit what is missing", func(flags *flag.FlagSet) onSweep {
		var perTask, atOnce, minutes, warning, size int
		var options []string
		cli.IntVar(flags, &perTask, "per-task", 0, sweep.MaxIndices, "one task of the array for every `n` indices, which all tasks share; 0: as many as take half an hour by the estimate of plan")
		cli.IntVar(flags, &atOnce, "at-once", 0, sweep.MaxIndices, "at most `n` tasks at a time; 0: no limit")
		cli.IntVar(flags, &minutes, "minutes", 0, slurm.MaxMinutes, "time limit of a task; a task that reaches it is queued again and goes on where it stopped; 0: from the estimate of plan")
		cli.IntVar(flags, &warning, "warning", 0, slurm.MaxWarning, "`seconds` before the limit at which a task keeps its state and is queued again; 0: 120, or half of a short limit")
		cli.IntVar(flags, &size, "array-size", 0, sweep.MaxIndices, "at most `n` tasks; 0: as many as the cluster allows an array")
		flags.Var(cli.Texts(&options), "sbatch", "a further `option` of sbatch, such as --partition=long; may be repeated")
		submit := flags.Bool("submit", false, "submit the scripts, unless they are in the queue already")
		return func(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest) error {
			if err := place.Claim(env, "sweep", dir); err != nil {
				return err
			}
			if err := recallFlags(flags, dir); err != nil {
				return err
			}
			status, err := sweep.Look(dir, m, nil)
			if err != nil {
				return err
			}
			undone := len(status.Undone())
			if undone == 0 {
				_, err := fmt.Fprintln(env.Stdout, "no task to submit: every index is done or under way")
				return err
			}
			if perTask, minutes, err = fillBatch(m, dir, perTask, minutes); err != nil {
				return err
			}
			abs, err := filepath.Abs(dir)
			if err != nil {
				return err
			}
			r := slurm.Run{
				Name: "molap-" + m.Sum[:8], Dir: abs, Scripts: filepath.Join(abs, "slurm"),
				Work: []string{"sweep", "run", abs, "-leave", "-checkpoint-every", "5m"}, Render: []string{"sweep", "merge", abs},
				AtOnce: atOnce, Minutes: minutes, Warning: cmp.Or(warning, slurm.UsualWarning(minutes)), Options: options,
			}
			if _, err := r.Files(); err != nil {
				return cli.Usagef("%w", err)
			}
			if _, err := sweep.MakeBeneath(dir, "slurm/log"); err != nil {
				return cli.Usagef("%w", err)
			}
			r.Tasks = min((undone+perTask-1)/perTask, cmp.Or(size, slurm.ArraySize(ctx)))
			if err := rememberFlags(flags, dir, options); err != nil {
				return err
			}
			return r.Write(ctx, env, *submit)
		}
	})
}

// flagsName is a file in a sweep's directory. It holds the flags that slurm was given the last time, so
// that missing indices are submitted in the same way.
const flagsName = "slurm/flags.txt"

var keptFlags = []string{"array-size", "at-once", "minutes", "per-task", "sbatch", "warning"}

// recallFlags gives the flags that the command line leaves out their values of the last time, and checks
// them as flags.
func recallFlags(flags *flag.FlagSet, dir string) error {
	text, err := sweep.ReadBeneath(dir, flagsName)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	given := map[string]bool{} // before this sets any
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		err := errors.New("no flag of slurm that is kept")
		if slices.Contains(keptFlags, name) {
			err = nil
			if !given[name] {
				err = flags.Set(name, value)
			}
		}
		if err != nil {
			return cli.Usagef("%s: %.60q: %w", filepath.Join(dir, filepath.FromSlash(flagsName)), line, err)
		}
	}
	return nil
}

// rememberFlags keeps the values of the flags for the next time.
func rememberFlags(flags *flag.FlagSet, dir string, options []string) error {
	var b strings.Builder
	for _, name := range keptFlags {
		values := []string{flags.Lookup(name).Value.String()}
		if name == "sbatch" {
			values = options
		}
		for _, value := range values {
			fmt.Fprintf(&b, "%s=%s\n", name, value)
		}
	}
	return sweep.WriteBeneath(dir, flagsName, []byte(b.String()))
}

// fillBatch returns the number of indices of a task and its limit in minutes, by the estimate if one is 0.
func fillBatch(m *sweep.Manifest, dir string, perTask, minutes int) (int, int, error) {
	if perTask > 0 && minutes > 0 {
		return perTask, minutes, nil
	}
	h, found, err := sweep.ReadEstimate(dir)
	switch {
	case err != nil:
		return 0, 0, cli.Usagef("%w", err)
	case !found:
		return 0, 0, cli.Usagef("%s holds no estimate: set -per-task and, for slurm, -minutes", dir)
	}
	perTask = cmp.Or(perTask, h.PerTask(len(m.Indices)))
	return perTask, cmp.Or(minutes, h.Minutes(perTask)), nil
}

func sweepKubernetes() cli.Command {
	return sweepVerb("kubernetes", "write an Indexed Job into DIR/kubernetes", func(flags *flag.FlagSet) onSweep {
		k := sweep.Kubernetes{Program: "molap", AtOnce: 1}
		flags.StringVar(&k.Image, "image", "", "`image` that holds molap")
		flags.StringVar(&k.Claim, "claim", "", "PersistentVolumeClaim `name` of the volume with the sweep")
		flags.StringVar(&k.Path, "path", "", "`path` of the sweep in that volume (default DIR's last part)")
		cli.IntVar(flags, &k.PerTask, "per-task", 0, sweep.MaxIndices, "indices of a task, `n`; 0: as many as take half an hour by the estimate of plan")
		cli.IntVar(flags, &k.AtOnce, "at-once", 1, sweep.MaxIndices, "at most `n` tasks at a time")
		return func(_ context.Context, env *cli.Env, dir string, m *sweep.Manifest) error {
			if err := place.Claim(env, "sweep", dir); err != nil {
				return err
			}
			if k.Path == "" {
				k.Path = filepath.Base(filepath.Clean(dir))
			}
			var err error
			if k.PerTask, _, err = fillBatch(m, dir, k.PerTask, 1); err != nil { // a Job has no limit
				return err
			}
			path, err := k.Write(dir, m)
			if err != nil {
				return cli.Usagef("%w", err)
			}
			_, err = fmt.Fprintf(env.Stdout, "%s: %s of %s, %d at a time\n  kubectl apply -f %s\n", path, words.Count(k.Tasks(m), "pod"), words.Count(k.PerTask, "index"), k.AtOnce, path)
			return err
		}
	})
}
