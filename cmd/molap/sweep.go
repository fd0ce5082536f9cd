package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/sweep"
)

// sweepFlags are the flags of all verbs of molap sweep.
type sweepFlags struct {
	cli.Common
	budget       float64
	index, shard string
	follow       bool
	array        bool
	by           string
	batch        batchFlags
}

// sweepVerb is what molap sweep does with a sweep.
type sweepVerb struct {
	name, args, doc string
	flags           []string // that it takes
	run             func(ctx context.Context, env *cli.Env, f *sweepFlags, arg string) error
}

func sweepVerbs() []sweepVerb {
	return []sweepVerb{
		{"plan", "FILE", "write the manifest of a sweep file into -out, with an estimate of the time it takes",
			[]string{"out", "budget", "kernel"}, sweepPlan},
		{"run", "DIR", "do all of it, some indices or a shard; what is done stays done",
			[]string{"index", "shard", "kernel", "workers", "checkpoint-every", "cpuprofile"}, sweepRun},
		{"status", "DIR", "what is done, running, failed, missing, corrupt",
			[]string{"follow", "array", "json"}, sweepStatus},
		{"merge", "DIR", "tables, leaderboard, figures and best settings of what is done, into -out (DIR/merged)",
			[]string{"by", "out"}, sweepMerge},
		{"slurm", "DIR", "write batch scripts into DIR/slurm; with -submit, submit what is missing",
			[]string{"submit", "per-task", "minutes", "warning", "array-size", "at-once", "sbatch"}, sweepSlurm},
		{"kubernetes", "DIR", "write an Indexed Job into DIR/kubernetes",
			[]string{"image", "claim", "path", "per-task", "at-once"}, sweepKubernetes},
	}
}

func sweepCommand() cli.Command {
	var verbs strings.Builder
	for _, v := range sweepVerbs() {
		fmt.Fprintf(&verbs, "    %-10s %-4s  %s\n", v.name, v.args, v.doc)
	}
	return cli.Command{
		Name: "sweep", Group: "Networks", Args: "VERB FILE|DIR", Summary: "grids and random designs over settings, on one machine or on Slurm",
		Doc: `Trains networks at many points of the space of settings, with many seeds. A sweep is a directory: plan writes it, run fills it, any number of machines that share it may help, and merge says what came of it.

` + verbs.String() + `
A sweep file names a profile, what is changed in it, arms, tasks, the number of seeds and the axes; "table2", which comes with the program, is Table 2 of the paper. See docs/sweeps.md. An index of a sweep is one point, arm and seed, with all tasks. Its result depends on the manifest alone and is the same to the last bit wherever it was computed.`,
		Examples: []cli.Example{
			{Line: "molap sweep plan table2 -out out/table2", Doc: "what there is to do, and how long it takes"},
			{Line: "molap sweep run out/table2", Doc: "do it on all cores; the same command goes on after an interruption"},
			{Line: "molap sweep run out/table2 -shard 0/4", Doc: "a quarter of it, on one of four machines"},
			{Line: "molap sweep status out/table2 -follow", Doc: "watch, from another terminal"},
			{Line: "molap sweep merge out/table2", Doc: "leaderboard, figures, best settings"},
			{Line: "molap sweep slurm out/table2 -submit", Doc: "on a cluster: submit all, or what is still missing"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			f := &sweepFlags{by: sweep.Measures()[0]}
			f.Register(flags, "out", "json", "kernel", "workers", "checkpoint-every", "cpuprofile")
			flags.Float64Var(&f.budget, "budget", 0, "plan: refuse a sweep that is estimated to take more than `H` core-hours")
			flags.StringVar(&f.index, "index", "", "run: only the indices of `LIST`, such as 7 or 0-3,7")
			flags.StringVar(&f.shard, "shard", "", "run: only shard `k/n`, k from 0 to n-1: every n-th index from k on")
			flags.BoolVar(&f.follow, "follow", false, "status: go on until nothing is left to do")
			flags.BoolVar(&f.array, "array", false, "status: print the indices that nobody has done or works on, as run -index and sbatch --array take them")
			cli.ChoiceVar(flags, &f.by, "by", sweep.Measures(), "merge: order the leaderboard by `M`: "+strings.Join(sweep.Measures(), ", "))
			f.batch.register(flags)
			return func(ctx context.Context, env *cli.Env, args []string) error {
				return sweepVerbOf(ctx, env, flags, f, args)
			}
		},
	}
}

// sweepVerbOf runs the verb that the first argument names.
func sweepVerbOf(ctx context.Context, env *cli.Env, flags *flag.FlagSet, f *sweepFlags, args []string) error {
	var names []string
	for _, v := range sweepVerbs() {
		names = append(names, v.name)
	}
	if len(args) == 0 {
		return cli.Usagef("sweep does one of %s (molap help sweep)", strings.Join(names, ", "))
	}
	i := slices.Index(names, args[0])
	if i < 0 {
		return cli.Usagef("sweep does no %q (have %s)", args[0], strings.Join(names, ", "))
	}
	verb := sweepVerbs()[i]
	if len(args) != 2 {
		return cli.Usagef("sweep %s takes one %s, got %q", verb.name, verb.args, args[1:])
	}
	var wrong error
	flags.Visit(func(g *flag.Flag) {
		if !slices.Contains(verb.flags, g.Name) {
			wrong = cli.Usagef("sweep %s has no flag -%s (has -%s)", verb.name, g.Name, strings.Join(verb.flags, ", -"))
		}
	})
	if wrong != nil {
		return wrong
	}
	return verb.run(ctx, env, f, args[1])
}

// openSweep reads the manifest of a sweep.
func openSweep(dir string) (*sweep.Manifest, error) {
	m, err := sweep.ReadManifest(dir, checkSweep)
	if err != nil {
		return nil, cli.Usagef("%w", err)
	}
	return m, nil
}

// claimSweep reads the manifest of a sweep and keeps others from writing how it is to run
// until the command ends.
func claimSweep(env *cli.Env, dir string) (*sweep.Manifest, error) {
	m, err := openSweep(dir)
	if err != nil {
		return nil, err
	}
	return m, place.Claim(env, "sweep", dir)
}
