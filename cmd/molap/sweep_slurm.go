package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/sweep"
)

func sweepSlurm(ctx context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := claimSweep(env, dir)
	if err != nil {
		return err
	}
	s, err := slurmOf(ctx, m, &f.batch, dir)
	if err != nil {
		return err
	}
	q := submitter{Env: env, submit: f.batch.submit, dir: dir, s: s, tasks: s.Tasks(m)}
	if q.done, err = sweep.ReadSubmitted(dir, s.Dir); err != nil {
		return cli.Usagef("%w", err)
	}
	status, err := sweep.Look(dir, m, nil)
	if err != nil {
		return err
	}
	queue, err := q.ask(ctx, status)
	if err != nil {
		return err
	}
	q.done.Settle(queue)
	underWay, jobs := q.done.UnderWay(queue, len(m.Indices))
	arrays, merge, err := s.Write(dir, m, status, underWay)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	fmt.Fprintf(env.Stdout, "%s: %d tasks of %d indices in %d arrays, at most %d min each\n", filepath.Join(dir, "slurm"), q.tasks, s.PerTask, len(arrays), s.Minutes)
	if len(underWay) > 0 {
		fmt.Fprintf(env.Stdout, "%d indices are under way: tasks that do them are in the queue\n", len(underWay))
	}
	q.done.Starved(arrays, q.tasks)
	arrays = slices.DeleteFunc(arrays, func(a sweep.Array) bool { return len(a.Todo) == 0 })
	if len(arrays) == 0 {
		fmt.Fprintln(env.Stdout, "no task to submit: every index is done or under way")
	}
	accepted, refused := q.arrays(ctx, arrays)
	jobs = append(jobs, accepted...)
	waits := slices.ContainsFunc(queue, func(w sweep.Queued) bool { return w.Job == q.done.Merge })
	if len(accepted) > 0 || q.done.Owed || len(jobs) > 0 && !waits {
		if waits {
			jobs = append(jobs, q.done.Merge)
		}
		refused = errors.Join(refused, q.merge(ctx, merge, jobs))
	}
	if refused != nil {
		return fmt.Errorf("%w; %d of %d arrays were submitted: the same command goes on with the rest", refused, len(accepted), len(arrays))
	}
	return nil
}

// slurmOf returns how a sweep is to run on Slurm, by the flags, by what was chosen before,
// and by the estimate and the cluster.
func slurmOf(ctx context.Context, m *sweep.Manifest, b *batchFlags, dir string) (sweep.Slurm, error) {
	s, err := sweep.ReadSlurm(dir)
	if err != nil {
		return s, cli.Usagef("%w", err)
	}
	if s.Program, err = os.Executable(); err != nil {
		return s, err
	}
	if s.Dir, err = filepath.Abs(dir); err != nil {
		return s, err
	}
	s.PerTask, s.Minutes, s.AtOnce = cmp.Or(b.perTask, s.PerTask), cmp.Or(b.minutes, s.Minutes), cmp.Or(b.atOnce, s.AtOnce)
	if s.ArraySize = cmp.Or(b.arraySize, s.ArraySize); s.ArraySize == 0 {
		s.ArraySize = arraySize(ctx)
	}
	if b.sbatch != nil {
		s.Options = b.sbatch
	}
	if err := fillBatch(m, dir, &s.Batch, &s.Minutes); err != nil {
		return s, err
	}
	s.Warning = cmp.Or(b.warning, s.Warning, min(usualWarning, 30*s.Minutes))
	return s, nil
}

// submitter submits the arrays of a sweep, or shows how.
type submitter struct {
	*cli.Env
	submit bool
	dir    string
	s      sweep.Slurm
	tasks  int
	done   *sweep.Submitted
}

// ask returns what is in the queue, if anything of the sweep may be there, and tells the
// status who is gone.
func (q *submitter) ask(ctx context.Context, status *sweep.Status) ([]sweep.Queued, error) {
	byJob := func(b sweep.Beat) bool { return b.Job != "" }
	works := slices.ContainsFunc(status.List(sweep.Running), func(i int) bool { return byJob(status.Beats[i]) })
	if len(q.done.Arrays) == 0 && !works {
		return nil, nil
	}
	out, err := slurmSays(exec.CommandContext(ctx, "squeue", "--noheader", "--array", "--format="+sweep.QueueFormat))
	if errors.Is(err, exec.ErrNotFound) && !q.submit {
		fmt.Fprintln(q.Stderr, "no squeue here: what is in the queue is not known")
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("what is in the queue is not known: %w", err)
	}
	queue := sweep.ParseQueue(out)
	jobs := map[string]bool{}
	for _, w := range queue {
		jobs[w.Job] = true
	}
	status.Gone(func(b sweep.Beat) bool { return byJob(b) && !jobs[b.Job] })
	return queue, nil
}

// arrays submits arrays until one is refused, and returns the numbers of the others. Each
// is noted before and after: whatever happens between, nothing is submitted twice.
func (q *submitter) arrays(ctx context.Context, arrays []sweep.Array) (jobs []string, refused error) {
	for _, a := range arrays {
		q.done.Begin(a, q.tasks)
		if err := q.keep(); err != nil {
			return jobs, err
		}
		job, err := q.sbatch(ctx, q.s.Arguments(a)...)
		if err != nil {
			return jobs, err
		}
		q.done.Accepted(job)
		jobs = append(jobs, job)
		if err := q.keep(); err != nil {
			return jobs, err
		}
	}
	return jobs, nil
}

// merge submits the job that merges, after others.
func (q *submitter) merge(ctx context.Context, script string, after []string) error {
	args := []string{"--parsable"}
	if len(after) > 0 {
		args = append(args, "--dependency=afterany:"+strings.Join(after, ":"))
	}
	job, err := q.sbatch(ctx, append(args, script)...)
	if err != nil {
		return err
	}
	q.done.Merge, q.done.Owed = job, false
	return q.keep()
}

// keep writes what was submitted.
func (q *submitter) keep() error {
	if !q.submit {
		return nil
	}
	return q.done.Write(q.dir)
}

// sbatch submits a script, or shows how, and returns the job's number.
func (q *submitter) sbatch(ctx context.Context, args ...string) (string, error) {
	line := printable.Shell(append([]string{"sbatch"}, args...))
	if !q.submit {
		_, err := fmt.Fprintf(q.Stdout, "  %s\n", line)
		return "JOB", err
	}
	out, err := slurmSays(exec.CommandContext(ctx, "sbatch", args...))
	if err != nil {
		return "", err
	}
	id, _, _ := strings.Cut(strings.TrimSpace(out), ";") // ";cluster" may follow
	if n, err := strconv.ParseUint(id, 10, 64); err != nil || n == 0 {
		return "", fmt.Errorf("sbatch says %.60q (want the number of a job)", out)
	}
	_, err = fmt.Fprintf(q.Stdout, "submitted %s: %s\n", id, line)
	return id, err
}

// slurmSays runs a command of Slurm and returns what it says; its error has what it
// complains of.
func slurmSays(c *exec.Cmd) (string, error) {
	out, err := c.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.Args[0], err)
	}
	return string(out), nil
}

var maxArraySize = regexp.MustCompile(`(?m)^MaxArraySize\s*=\s*(\d+)`)

// arraySize returns how many tasks an array of this cluster can have: numbers have
// to be below its MaxArraySize. Where there is no cluster it is Slurm's default.
func arraySize(ctx context.Context) int {
	const usual = 1000
	out, err := exec.CommandContext(ctx, "scontrol", "show", "config").Output()
	if err != nil {
		return usual
	}
	found := maxArraySize.FindSubmatch(out)
	if found == nil {
		return usual
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil || n < 2 {
		return usual
	}
	return n - 1
}
