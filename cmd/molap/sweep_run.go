package main

import (
	"context"
	"fmt"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/sweep"
)

func sweepRun(ctx context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := openSweep(dir)
	if err != nil {
		return err
	}
	if err := checkVersion(m); err != nil {
		return err
	}
	indices := sweep.Shard{K: 0, N: 1}.Indices(len(m.Indices))
	switch {
	case f.index != "" && f.shard != "":
		return cli.Usagef("-index and -shard both say what to do: give one")
	case f.index != "":
		if indices, err = sweep.ParseList(f.index, len(m.Indices)); err != nil {
			return cli.Usagef("-index: %w", err)
		}
	case f.shard != "":
		s, err := sweep.ParseShard(f.shard)
		if err != nil {
			return cli.Usagef("-shard: %w", err)
		}
		indices = s.Indices(len(m.Indices))
	}
	w, err := newSweeper(&f.Common)
	if err != nil {
		return err
	}
	env.OnCheckpoint(ctx, w.checkpoint)
	p := progress.New(env.Stderr)
	r := sweep.Runner{Dir: dir, Manifest: m, Workers: f.Workers, Work: w.work, Progress: p.Named("sweep")}
	out, err := r.Run(ctx, indices)
	if err != nil {
		p.Stop()
		if ctx.Err() != nil {
			return fmt.Errorf("%w after %d of %d indices; the same command goes on where this stopped", context.Cause(ctx), out.Done+out.Found, len(indices))
		}
		return err
	}
	p.Done()
	fmt.Fprintf(env.Stdout, "%d of %d indices: %d done now, %d before, %d failed\n", len(indices)-len(out.Failed), len(indices), out.Done, out.Found, len(out.Failed))
	if n := len(out.Failed); n > 0 {
		return fmt.Errorf("%d of %d indices failed, the first of them %d: %s", n, len(indices), out.Failed[0].Index, out.Failed[0].Error)
	}
	return nil
}
