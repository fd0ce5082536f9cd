package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/slurm"
)

// clusterFlags are the flags of reproduce that spread it over processes.
type clusterFlags struct {
	workFlags
	work    bool
	tasks   int
	minutes int
	sbatch  lines
	submit  bool
}

func (f *clusterFlags) register(flags *flag.FlagSet) {
	flags.BoolVar(&f.work, "work", false, "do the jobs that are left, beside other processes with the same cache, and write no results")
	cli.IntVar(flags, &f.tasks, "cluster", 0, 10000, "write Slurm scripts beside -out, DIR.slurm: an array of `n` tasks that do -work, and one after them that writes the results")
	cli.IntVar(flags, &f.minutes, "minutes", 1, slurm.MaxMinutes, "cluster: time limit of a task; a task that reaches it is queued again and goes on where it stopped")
	flags.Var(&f.sbatch, "sbatch", "cluster: a further `option` of sbatch, such as --partition=long; may be repeated")
	flags.BoolVar(&f.submit, "submit", false, "cluster: submit the scripts, unless they are in the queue already")
}

// lines is a flag that may be repeated.
type lines []string

func (l *lines) String() string { return "" }

func (l *lines) Set(text string) error {
	*l = append(*l, text)
	return nil
}

// check returns a usage error if flags do not go together.
func (f *clusterFlags) check() error {
	switch {
	case f.work && f.tasks > 0:
		return cli.Usagef("-work is what the tasks of -cluster do: give one of the two")
	case f.tasks == 0 && (f.submit || f.sbatch != nil):
		return cli.Usagef("-submit and -sbatch go with -cluster")
	}
	return nil
}

// onCluster writes the scripts of a reproduction and submits them or shows how.
func (f *clusterFlags) onCluster(ctx context.Context, env *cli.Env, names []string) error {
	if f.cache.dir == cacheOff {
		return cli.Usagef("-cluster needs a cache that all nodes see: name it by -cache")
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	var paths [4]string
	for i, p := range []string{".", f.Out, f.cache.dir, filepath.Clean(f.Out) + ".slurm"} {
		if paths[i], err = filepath.Abs(p); err != nil {
			return err
		}
	}
	args := slices.Concat([]string{"reproduce"}, names, f.Asked(), []string{"-seed", strconv.FormatUint(f.Seed, 10), "-seeds", strconv.Itoa(f.Seeds), "-cache", paths[2]})
	return slurm.Run{
		Name: "molap-" + strings.Join(append(slices.Clone(names), "all")[:1], ""), Program: program,
		Work: append(slices.Clone(args), "-work", "-checkpoint-every", "5m"), Render: append(args, "-out", paths[1]),
		Dir: paths[0], Scripts: paths[3],
		Tasks: f.tasks, Minutes: f.minutes, Warning: slurm.UsualWarning(f.minutes), Options: f.sbatch,
	}.Write(ctx, env, f.submit)
}
