package main

import (
	"context"
	"flag"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/sweep"
	"molap/cmd/molap/internal/words"
)

func sweepCommand() cli.Command {
	return cli.Command{
		Name: "sweep", Group: "Networks", Args: "VERB FILE|DIR", Summary: "grids and random designs over settings, on one machine or on Slurm",
		Doc: `Trains networks at many points of the space of settings, with many seeds. A sweep is a directory: plan writes it, run fills it, any number of machines that share it may help, and merge says what came of it.

A sweep file names a profile, changes to it, arms, tasks, the number of seeds and the axes (docs/sweeps.md). The file "table2", Table 2 of the paper, comes with the program. A task is one of the nine, a task file, or an npz file of trials; paths start from the sweep file. For npz files a sweep file may say which trials are held out for the score, by test = "test.npz" or test_share = 0.3, and which output is fixation, by fixation = 1 (0: none), like the flags of molap train. An index of a sweep is one point, arm and seed, with all tasks. Its result depends on the manifest alone and is the same to the last bit wherever it was computed.`,
		Examples: []cli.Example{
			{Line: "molap sweep plan table2 -out out/table2", Doc: "what there is to do, and how long it takes"},
			{Line: "molap sweep run out/table2", Doc: "do it on all cores; the same command goes on after an interruption"},
			{Line: "molap sweep run out/table2 -shard 0/4", Doc: "a quarter of it, on one of four machines"},
			{Line: "molap sweep status out/table2 -follow", Doc: "watch, from another terminal"},
			{Line: "molap sweep merge out/table2", Doc: "leaderboard, figures, best settings"},
			{Line: "molap sweep slurm out/table2 -submit", Doc: "on a cluster: submit all, or what is still missing"},
		},
		Verbs: sweepVerbs(),
	}
}

func sweepVerbs() []cli.Command {
	return []cli.Command{sweepPlan(), sweepRun(), sweepStatus(), sweepMerge(), sweepSlurm(), sweepKubernetes()}
}

// onSweep does a verb on the sweep in a directory.
type onSweep func(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest) error

// sweepVerb returns a subcommand of sweep that works on the sweep in a directory; setup registers
// its flags.
func sweepVerb(name, summary string, setup func(flags *flag.FlagSet) onSweep) cli.Command {
	return cli.Command{Name: name, Args: "DIR", Summary: summary, Setup: func(flags *flag.FlagSet) cli.Run {
		do := setup(flags)
		return func(ctx context.Context, env *cli.Env, args []string) error {
			m, err := sweep.ReadManifest(args[0])
			if err != nil {
				return cli.Usagef("%w", err)
			}
			return do(ctx, env, args[0], m)
		}
	}}
}

// sweepRunner returns a runner of a sweep's indices that does as the common flags say and reports progress
// to p.
func sweepRunner(ctx context.Context, env *cli.Env, c *cli.Common, dir string, m *sweep.Manifest, p *progress.Reporter) (*sweep.Runner, error) {
	build, err := machine.ProgramHash()
	if err != nil {
		return nil, err
	}
	pool := &jobs.Pool{Workers: c.Workers, Every: c.CheckpointEvery, Memory: machineMemory()} // each index has a store of its own
	env.OnCheckpoint(ctx, pool.Checkpoint)
	return &sweep.Runner{Dir: dir, Manifest: m, Pool: pool, Variant: c.Kernel, Build: build, Progress: p.Named("sweep")}, nil
}

func sweepRun() cli.Command {
	return sweepVerb("run", "do all of it, some indices or a shard; what is done stays done", func(flags *flag.FlagSet) onSweep {
		var c cli.Common
		c.Register(flags, "kernel", "workers", "checkpoint-every", "cpuprofile")
		index := flags.String("index", "", "only the indices of `LIST`, such as 7 or 0-3,7")
		shard := flags.String("shard", "", "only shard `k/n`, k from 0 to n-1: every n-th index from k on")
		leave := flags.Bool("leave", false, "do not wait for others: end when they have worked for a while on all that is left")
		return func(ctx context.Context, env *cli.Env, dir string, m *sweep.Manifest) error {
			// All results of a sweep must come from one version of the program.
			if here := machine.Version(); here != m.Version {
				return cli.Usagef("the sweep was planned by version %s, this is %s; plan it again, into another directory", m.Version, here)
			}
			if err := intake.AttachArrays(dir, &m.Settings); err != nil {
				return err
			}
			indices, err := chosenIndices(m, *index, *shard)
			if err != nil {
				return err
			}
			p := progress.New(env.Stderr)
			r, err := sweepRunner(ctx, env, &c, dir, m, p)
			if err != nil {
				return err
			}
			r.Leave = *leave
			out, err := r.Run(ctx, indices)
			if err != nil {
				p.Stop()
				if ctx.Err() != nil {
					return fmt.Errorf("%w after %d of %s; the same command goes on where this stopped", context.Cause(ctx), out.Done+out.Found, words.Count(len(indices), "index"))
				}
				return err
			}
			p.Done()
			fmt.Fprintf(env.Stdout, "%d of %s: %d done now, %d before, %d failed\n", out.Done+out.Found, words.Count(len(indices), "index"), out.Done, out.Found, len(out.Failed))
			if out.Left > 0 {
				fmt.Fprintf(env.Stdout, "%s left to others, who are at work there\n", words.Count(out.Left, "index"))
			}
			if n := len(out.Failed); n > 0 {
				return fmt.Errorf("%d of %s failed, the first of them %d: %s", n, words.Count(len(indices), "index"), out.Failed[0].Index, out.Failed[0].Error)
			}
			return nil
		}
	})
}

// chosenIndices returns the indices that -index or -shard names; all for neither.
func chosenIndices(m *sweep.Manifest, index, shard string) (indices []int, err error) {
	all := sweep.Shard{K: 0, N: 1}
	switch {
	case index != "" && shard != "":
		return nil, cli.Usagef("-index and -shard both say what to do: give one")
	case index != "":
		if indices, err = sweep.ParseList(index, len(m.Indices)); err != nil {
			return nil, cli.Usagef("-index: %w", err)
		}
		return slices.Clip(indices), nil
	case shard != "":
		if all, err = sweep.ParseShard(shard); err != nil {
			return nil, cli.Usagef("-shard: %w", err)
		}
	}
	return all.Indices(len(m.Indices)), nil
}
