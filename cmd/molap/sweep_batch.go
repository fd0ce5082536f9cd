package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/sweep"
)

// batchFlags are the flags of slurm and kubernetes.
type batchFlags struct {
	perTask, atOnce int
	minutes         int
	warning         int
	arraySize       int
	sbatch          []string
	submit          bool
	image, claim    string
	path            string
}

// usualWarning is the time in seconds between the signal and the limit: a
// checkpoint takes a moment, and Slurm may be a minute late.
const usualWarning = 120

func (b *batchFlags) register(flags *flag.FlagSet) {
	flags.BoolVar(&b.submit, "submit", false, "slurm: submit what is neither done nor under way, waiting tasks among that, and the merge after it")
	cli.IntVar(flags, &b.perTask, "per-task", 0, sweep.MaxIndices, "slurm, kubernetes: indices of a task, `n`; 0: as many as take half an hour by the estimate of plan")
	cli.IntVar(flags, &b.atOnce, "at-once", 0, sweep.MaxIndices, "slurm, kubernetes: at most `n` tasks at a time, of each array; 0: no limit, or 1 on Kubernetes")
	cli.IntVar(flags, &b.minutes, "minutes", 0, sweep.MaxMinutes, "slurm: time limit of a task; 0: from the estimate of plan")
	cli.IntVar(flags, &b.warning, "warning", 0, sweep.MaxWarning, "slurm: `seconds` before the limit at which a task keeps its state and is queued again; 0: 120, or half of a short limit")
	cli.IntVar(flags, &b.arraySize, "array-size", 0, sweep.MaxIndices, "slurm: tasks of an array, `n`; 0: what the cluster says it can take")
	flags.Func("sbatch", "slurm: a further `option` of sbatch, such as --partition=long; may be repeated", func(text string) error {
		b.sbatch = append(b.sbatch, text)
		return nil
	})
	flags.StringVar(&b.image, "image", "", "kubernetes: `image` that holds molap")
	flags.StringVar(&b.claim, "claim", "", "kubernetes: PersistentVolumeClaim `name` of the volume with the sweep")
	flags.StringVar(&b.path, "path", "", "kubernetes: `path` of the sweep in that volume (default DIR's last part)")
}

// fillBatch decides, by the estimate, how many indices a task does and how many
// minutes it may take, where these are 0.
func fillBatch(m *sweep.Manifest, dir string, b *sweep.Batch, minutes *int) error {
	if b.PerTask > 0 && *minutes > 0 {
		return nil
	}
	e, found, err := sweep.ReadEstimate(dir)
	if err != nil {
		return err
	}
	if !found {
		return cli.Usagef("%s holds no estimate: set -per-task and, for slurm, -minutes", dir)
	}
	h, err := e.Total(m)
	if err != nil {
		return err
	}
	if b.PerTask == 0 {
		b.PerTask = sweep.PerTaskOf(m, h)
	}
	if *minutes == 0 {
		*minutes, err = sweep.LimitOf(m, e, *b)
	}
	return err
}

func sweepKubernetes(_ context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := claimSweep(env, dir)
	if err != nil {
		return err
	}
	k := sweep.Kubernetes{Image: f.batch.image, Claim: f.batch.claim, Path: f.batch.path, AtOnce: max(f.batch.atOnce, 1)}
	k.Program = "molap"
	if k.Path == "" {
		k.Path = filepath.Base(filepath.Clean(dir))
	}
	k.PerTask = f.batch.perTask
	unlimited := 1
	if err := fillBatch(m, dir, &k.Batch, &unlimited); err != nil {
		return err
	}
	path, err := k.Write(dir, m)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	_, err = fmt.Fprintf(env.Stdout, "%s: %d pods of %d indices, %d at a time\n  kubectl apply -f %s\n", path, k.Tasks(m), k.PerTask, k.AtOnce, path)
	return err
}
