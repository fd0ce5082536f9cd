package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/resultdir"
	"molap/cmd/molap/internal/slurm"
)

func reproduceCommand() cli.Command {
	var names strings.Builder
	for _, e := range paper.Experiments() {
		fmt.Fprintf(&names, "    %-8s %s\n", e.Name, e.Doc)
	}
	return cli.Command{
		Name: "reproduce", Also: []string{"run", "paper", "figure"}, Group: "The paper", Args: "[NAME…]", Summary: "run experiments of the paper and write their report",
		Doc: `Runs experiments of the paper, all of them or those named, and writes a directory with results (CSV, JSON), figures (SVG, PNG), report.html and manifest.json.

` + names.String() + `
Arms: separate (nine networks, all trained), dni (one network, the tasks in sequence, protected from forgetting), molap (modules pre-trained by CCA, then frozen), molap-pca (by PCA), reservoir (never pre-trained). The profile says how the paper is read; every setting of it can be changed with -set. Results depend on settings and seeds, not on -kernel or -workers.

Networks and scores that were computed before are taken from the cache (-cache): experiments share their networks, and after a change of a setting only what depends on it is computed. Each build of the program has a cache of its own.

The state of every running training is kept there too, at intervals (-checkpoint-every). SIGINT (Ctrl-C), SIGTERM or SIGHUP (a lost terminal; not under nohup) keeps the state and stops. The same command then goes on where this one stopped and gives the same bits. Signals that come together count as one; a later one stops at once. SIGUSR1 keeps the state and goes on.

Several processes that share a cache, on one machine or on many, share the work: each takes jobs that no other works on and writes its results when all jobs are done. -work does jobs and writes nothing; -cluster writes scripts that do so on Slurm. If a process is killed, the others take over its jobs after a minute.`,
		Examples: []cli.Example{
			{Line: "molap reproduce fig2 -quick -profile extended -out out/quick", Doc: "a look in about a minute"},
			{Line: "molap reproduce fig2 -seeds 10 -out out/fig2", Doc: "ten seeds by the text's settings, which do not learn most tasks"},
			{Line: "molap reproduce all -profile extended -seeds 10 -out out/ten -cache shared -cluster 40 -submit", Doc: "forty tasks on Slurm, and the report after them"},
			{Line: "molap reproduce fig2 -profile extended -set training.batch=100 -out out/ext", Doc: "settings that learn, one of them changed"},
		},
		Setup: func(flags *flag.FlagSet) cli.Run {
			f := reproduceFlags{minutes: 240}
			f.Common = cli.Common{Seed: 1, Out: "out"}
			f.register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "out", "kernel", "workers", "checkpoint-every", "cpuprofile")
			flags.BoolVar(&f.work, "work", false, "do the jobs that are left, beside other processes with the same cache, and write no results")
			cli.IntVar(flags, &f.tasks, "cluster", 0, 10000, "write Slurm scripts beside -out, DIR.slurm: an array of `n` tasks that do -work, and one after them that writes the results")
			cli.IntVar(flags, &f.minutes, "minutes", 1, slurm.MaxMinutes, "cluster: time limit of a task; a task that reaches it is queued again and goes on where it stopped")
			flags.Var(cli.Texts(&f.sbatch), "sbatch", "cluster: a further `option` of sbatch, such as --partition=long; may be repeated")
			flags.BoolVar(&f.submit, "submit", false, "cluster: submit the scripts, unless they are in the queue already")
			flags.BoolVar(&f.verbose, "v", false, "of several experiments print the first table of each instead of a line")
			return f.run
		},
	}
}

func (f *reproduceFlags) run(ctx context.Context, env *cli.Env, names []string) error {
	switch {
	case f.work && f.tasks > 0:
		return cli.Usagef("-work is what the tasks of -cluster do: give one of the two")
	case f.tasks == 0 && (f.submit || f.sbatch != nil):
		return cli.Usagef("-submit and -sbatch go with -cluster")
	}
	chosen, err := paper.Choose(names)
	if err != nil {
		if i := slices.IndexFunc(names, func(name string) bool { return name != "all" && !slices.Contains(experimentNames(), name) }); i >= 0 {
			err = notA("experiment", names[i], experimentNames(), err)
		}
		return cli.Usagef("%w", err)
	}
	s, err := f.Settings()
	if err == nil && s.Tasks.Corpus != "" { // tasks of one's own change nothing for the nine
		err = cli.Usagef("tasks.corpus is %q: experiments of the paper pre-train on the nine tasks; another corpus is for molap train", s.Tasks.Corpus)
	}
	if err != nil {
		return err
	}
	config, err := configOf(&f.Common, s)
	if err == nil && f.cache.dir != cacheOff {
		err = place.Apart("-out", f.Out, f.cache.dir)
	}
	if err != nil {
		return err
	}
	w, err := f.begin(ctx, env, config)
	if err != nil {
		return err
	}
	if err := paper.Check(w.Lab, chosen); err != nil {
		return cli.Usagef("%w", err)
	}
	if f.tasks > 0 {
		return f.onCluster(ctx, env, names)
	}
	if f.work {
		if w.Pool.Store == nil {
			return cli.Usagef("-work needs a cache: its results are kept there and nowhere else")
		}
		if err := paper.Work(ctx, w.Lab, w.bar.Named("work"), chosen); err != nil {
			return w.goesOn(err)
		}
		w.bar.Done()
		_, err := fmt.Fprintf(env.Stdout, "done: all jobs are in %s\n", printable.Line(f.cache.dir))
		return err
	}
	out, err := resultdir.Open(env, f.Out, resultdir.New(config, chosen, env.Args, f.Asked(), f.Workers))
	if err != nil {
		return err
	}
	began := time.Now()
	if err := paper.Run(ctx, w.Lab, w.bar.Named("reproduce"), chosen, out.Add); err != nil {
		out.Abandon()
		return w.goesOn(err)
	}
	w.bar.Done()
	out.Manifest.Seconds = time.Since(began).Seconds()
	if err := out.Finish(); err != nil {
		return err
	}
	if len(out.Results) == 1 || f.verbose {
		for _, r := range out.Results {
			fmt.Fprintf(env.Stdout, "\n%s\n", r.Tables[0].Text())
		}
	} else {
		printSummary(env.Stdout, out.Results)
	}
	if s.Shrunk {
		fmt.Fprintln(env.Stdout, "A quick version: it shows that the parts work together. Do not compare arms by it.")
	}
	fmt.Fprintf(env.Stdout, "report: %s\n", filepath.Join(f.Out, resultdir.Page))
	return nil
}

// reproduceFlags are the flags of reproduce. Some spread it over processes.
type reproduceFlags struct {
	workFlags
	verbose bool // -v
	work    bool
	tasks   int
	minutes int
	sbatch  []string
	submit  bool
}

// onCluster writes the scripts of a reproduction and submits them or shows how.
func (f *reproduceFlags) onCluster(ctx context.Context, env *cli.Env, names []string) error {
	if f.cache.dir == cacheOff {
		return cli.Usagef("-cluster needs a cache that all nodes see: name it by -cache")
	}
	var paths [4]string
	for i, p := range []string{".", f.Out, f.cache.dir, filepath.Clean(f.Out) + ".slurm"} {
		path, err := filepath.Abs(p)
		if err != nil {
			return err
		}
		paths[i] = path
	}
	args := slices.Concat([]string{"reproduce"}, names, f.Asked(),
		[]string{"-seed", strconv.FormatUint(f.Seed, 10), "-seeds", strconv.Itoa(f.Seeds), "-cache", paths[2]})
	return slurm.Run{
		Name: "molap-" + append(slices.Clone(names), "all")[0],
		Work: append(slices.Clone(args), "-work", "-checkpoint-every", "5m"), Render: append(args, "-out", paths[1]),
		Dir: paths[0], Scripts: paths[3],
		Tasks: f.tasks, Minutes: f.minutes, Warning: slurm.UsualWarning(f.minutes), Options: f.sbatch,
	}.Write(ctx, env, f.submit)
}
