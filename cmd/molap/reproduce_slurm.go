package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/slurm"
)

// clusterFlags are the flags of reproduce that spread it over processes.
type clusterFlags struct {
	workFlags
	work    bool
	tasks   int
	minutes int
	sbatch  []string
	submit  bool
}

func (f *clusterFlags) register(flags *flag.FlagSet) {
	flags.BoolVar(&f.work, "work", false, "do the jobs that are left, beside other processes with the same cache, and write no results")
	cli.IntVar(flags, &f.tasks, "cluster", 0, 10000, "write Slurm scripts beside -out, DIR.slurm: an array of `n` tasks that do -work, and one after them that writes the results")
	cli.IntVar(flags, &f.minutes, "minutes", 1, 60*24*365, "cluster: time limit of a task; one that meets it goes on from where it was")
	flags.Func("sbatch", "cluster: a further `option` of sbatch, such as --partition=long; may be repeated", func(text string) error {
		f.sbatch = append(f.sbatch, text)
		return nil
	})
	flags.BoolVar(&f.submit, "submit", false, "cluster: submit the scripts, unless they are in the queue already")
}

// check returns a usage error if flags do not go together.
func (f *clusterFlags) check() error {
	switch {
	case f.work && f.tasks > 0:
		return cli.Usagef("-work is what the tasks of -cluster do: not both")
	case f.tasks == 0 && (f.submit || f.sbatch != nil):
		return cli.Usagef("-submit and -sbatch go with -cluster")
	}
	return nil
}

// submitted says which jobs of Slurm run the scripts of a directory; 0: none was accepted.
type submitted struct{ Work, Render uint64 }

const submittedName = "submitted.txt"

// onCluster writes the scripts of a reproduction and submits them or shows how.
func (f *clusterFlags) onCluster(ctx context.Context, env *cli.Env, names []string) error {
	if f.cache.dir == cacheOff {
		return cli.Usagef("-cluster needs a cache that all nodes see: name it by -cache")
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	r := slurm.Run{Name: "molap-" + strings.Join(append(slices.Clone(names), "all")[:1], ""), Tasks: f.tasks, Minutes: f.minutes, Options: f.sbatch}
	var paths [4]string
	for i, p := range []string{".", f.Out, f.cache.dir, filepath.Clean(f.Out) + ".slurm"} {
		if paths[i], err = filepath.Abs(p); err != nil {
			return err
		}
	}
	r.Dir, r.Scripts = paths[0], paths[3]
	command := slices.Concat([]string{program, "reproduce"}, names, f.Asked(), []string{"-seed", strconv.FormatUint(f.Seed, 10), "-seeds", strconv.Itoa(f.Seeds), "-cache", paths[2]})
	r.Work = append(slices.Clone(command), "-work", "-checkpoint-every", "5m")
	r.Render = append(command, "-out", paths[1])
	work, render, err := r.Text()
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if err := place.Claim(env, "scripts", r.Scripts); err != nil {
		return err
	}
	if err := atomicfile.MkdirAll(r.Log()); err != nil {
		return err
	}
	files := map[string][]byte{"work.sbatch": work, "render.sbatch": render}
	for name, text := range files {
		if err := atomicfile.Write(filepath.Join(r.Scripts, name), text); err != nil {
			return err
		}
	}
	fmt.Fprintf(env.Stdout, "%s: an array of %d tasks, at most %d min each, and one that writes %s\n", r.Scripts, r.Tasks, r.Minutes, paths[1])
	if !f.submit {
		_, err = fmt.Fprintf(env.Stdout, "  job=$(sbatch --parsable %s)\n  sbatch --dependency=afterany:${job%%;*} %s\n",
			slurm.Quoted(filepath.Join(r.Scripts, "work.sbatch")), slurm.Quoted(filepath.Join(r.Scripts, "render.sbatch")))
		return err
	}
	return submitRun(ctx, env, r.Scripts)
}

// submitRun submits the scripts of a directory that are not in the queue. What Slurm accepted
// is noted at once, so that the same command goes on where it was refused.
func submitRun(ctx context.Context, env *cli.Env, dir string) error {
	at := filepath.Join(dir, submittedName)
	var have submitted
	text, err := regularfile.Read(at, 1<<10)
	if err == nil {
		if n, _ := fmt.Sscanf(string(text), "work %d\nrender %d\n", &have.Work, &have.Render); n != 2 {
			return cli.Usagef("%s is not what this program writes (want work and render with the numbers of jobs)", at)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return cli.Usagef("%w", err)
	}
	queued := map[uint64]bool{}
	if have.Work != 0 {
		out, err := slurmSays(exec.CommandContext(ctx, "squeue", "--noheader", "--array", "--format=%F"))
		if err != nil {
			return fmt.Errorf("what is in the queue is not known: %w", err)
		}
		for _, id := range strings.Fields(out) {
			n, _ := strconv.ParseUint(id, 10, 64)
			queued[n] = true
		}
	}
	keep := func() error {
		return atomicfile.Write(at, fmt.Appendf(nil, "work %d\nrender %d\n", have.Work, have.Render))
	}
	for _, step := range []struct {
		script string
		job    *uint64
		after  bool
	}{{"work.sbatch", &have.Work, false}, {"render.sbatch", &have.Render, true}} {
		if *step.job != 0 && queued[*step.job] {
			fmt.Fprintf(env.Stdout, "%s is under way as job %d\n", step.script, *step.job)
			continue
		}
		if !step.after && queued[have.Render] { // it waits for an array that has ended
			continue
		}
		args := []string{"--parsable"}
		if step.after {
			args = append(args, "--dependency=afterany:"+strconv.FormatUint(have.Work, 10))
		}
		out, err := slurmSays(exec.CommandContext(ctx, "sbatch", append(args, filepath.Join(dir, step.script))...))
		if err != nil {
			return fmt.Errorf("%w; the same command goes on with the rest", err)
		}
		id, _, _ := strings.Cut(strings.TrimSpace(out), ";") // ";cluster" may follow
		if *step.job, err = strconv.ParseUint(id, 10, 64); err != nil || *step.job == 0 {
			return fmt.Errorf("sbatch says %.60q (want the number of a job)", out)
		}
		if err := keep(); err != nil {
			return err
		}
		fmt.Fprintf(env.Stdout, "submitted %d: %s\n", *step.job, step.script)
	}
	return nil
}
