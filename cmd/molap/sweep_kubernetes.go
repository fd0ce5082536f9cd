package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/sweep"
)

func sweepKubernetes() cli.Command {
	return verb("kubernetes", "DIR", "write an Indexed Job into DIR/kubernetes", func(flags *flag.FlagSet) func(context.Context, *cli.Env, string) error {
		k := sweep.Kubernetes{Program: "molap", AtOnce: 1}
		flags.StringVar(&k.Image, "image", "", "`image` that holds molap")
		flags.StringVar(&k.Claim, "claim", "", "PersistentVolumeClaim `name` of the volume with the sweep")
		flags.StringVar(&k.Path, "path", "", "`path` of the sweep in that volume (default DIR's last part)")
		cli.IntVar(flags, &k.PerTask, "per-task", 0, sweep.MaxIndices, "indices of a task, `n`; 0: as many as take half an hour by the estimate of plan")
		cli.IntVar(flags, &k.AtOnce, "at-once", 1, sweep.MaxIndices, "at most `n` tasks at a time")
		return func(_ context.Context, env *cli.Env, dir string) error {
			m, err := claimSweep(env, dir)
			if err != nil {
				return err
			}
			if k.Path == "" {
				k.Path = filepath.Base(filepath.Clean(dir))
			}
			unlimited := 1
			if err := fillBatch(m, dir, &k.PerTask, &unlimited); err != nil {
				return err
			}
			path, err := k.Write(dir, m)
			if err != nil {
				return cli.Usagef("%w", err)
			}
			_, err = fmt.Fprintf(env.Stdout, "%s: %d pods of %d indices, %d at a time\n  kubectl apply -f %s\n", path, k.Tasks(m), k.PerTask, k.AtOnce, path)
			return err
		}
	})
}
