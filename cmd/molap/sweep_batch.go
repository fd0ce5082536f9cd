package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

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
	flags.BoolVar(&b.submit, "submit", false, "slurm: submit what nobody has done or works on, and the merge after it")
	cli.IntVar(flags, &b.perTask, "per-task", 0, sweep.MaxIndices, "slurm, kubernetes: indices of a task, `n`; 0: as many as take half an hour by the estimate of plan")
	cli.IntVar(flags, &b.atOnce, "at-once", 0, sweep.MaxIndices, "slurm, kubernetes: at most `n` tasks at a time, of each array; 0: no limit, or 1 on Kubernetes")
	cli.IntVar(flags, &b.minutes, "minutes", 0, 60*24*365, "slurm: time limit of a task; 0: from the estimate of plan")
	cli.IntVar(flags, &b.warning, "warning", 0, 3600, "slurm: `seconds` before the limit at which a task keeps its state and is queued again; 0: 120")
	cli.IntVar(flags, &b.arraySize, "array-size", 0, sweep.MaxIndices, "slurm: tasks of an array, `n`; 0: what the cluster says it can take")
	flags.Func("sbatch", "slurm: a further `option` of sbatch, such as --partition=long; may be repeated", func(text string) error {
		b.sbatch = append(b.sbatch, text)
		return nil
	})
	flags.StringVar(&b.image, "image", "", "kubernetes: `image` that holds molap")
	flags.StringVar(&b.claim, "claim", "", "kubernetes: PersistentVolumeClaim `name` of the volume with the sweep")
	flags.StringVar(&b.path, "path", "", "kubernetes: `path` of the sweep in that volume (default DIR's last part)")
}

func sweepSlurm(ctx context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := openSweep(dir)
	if err != nil {
		return err
	}
	s, err := sweep.ReadSlurm(dir)
	if err != nil {
		return err
	}
	if s.Program, err = os.Executable(); err != nil {
		return err
	}
	if s.Dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	b := f.batch
	s.PerTask, s.Minutes, s.AtOnce = cmp.Or(b.perTask, s.PerTask), cmp.Or(b.minutes, s.Minutes), cmp.Or(b.atOnce, s.AtOnce)
	s.Warning = cmp.Or(b.warning, s.Warning, usualWarning)
	if s.ArraySize = cmp.Or(b.arraySize, s.ArraySize); s.ArraySize == 0 {
		s.ArraySize = arraySize(ctx)
	}
	if b.sbatch != nil {
		s.Options = b.sbatch
	}
	if err := fillBatch(m, dir, &s.Batch, &s.Minutes); err != nil {
		return err
	}
	status, err := sweep.Look(dir, m, nil)
	if err != nil {
		return err
	}
	if jobs, ok := queued(ctx); ok {
		status.Gone(func(b sweep.Beat) bool { return b.Job != "" && !jobs[b.Job] })
	}
	arrays, merge, err := s.Write(dir, m, status)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	fmt.Fprintf(env.Stdout, "%s: %d tasks of %d indices in %d arrays, at most %d min each\n", filepath.Join(dir, "slurm"), s.Tasks(m), s.PerTask, len(arrays), s.Minutes)
	var ids []string
	for _, a := range arrays {
		if len(a.Todo) == 0 {
			continue
		}
		id, err := sbatch(ctx, env, f.batch.submit, s.Arguments(a)...)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		_, err = fmt.Fprintln(env.Stdout, "nothing to submit: every index is done or running")
		return err
	}
	_, err = sbatch(ctx, env, f.batch.submit, "--parsable", "--dependency=afterany:"+strings.Join(ids, ":"), merge)
	return err
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

// sbatch submits a script, or shows how, and returns the job's number.
func sbatch(ctx context.Context, env *cli.Env, submit bool, args ...string) (string, error) {
	if !submit {
		_, err := fmt.Fprintf(env.Stdout, "  sbatch %s\n", strings.Join(args, " "))
		return "JOB", err
	}
	c := exec.CommandContext(ctx, "sbatch", args...)
	out, err := c.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", fmt.Errorf("sbatch: %w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	if err != nil {
		return "", err
	}
	id, _, _ := strings.Cut(strings.TrimSpace(string(out)), ";") // ";cluster" may follow
	_, err = fmt.Fprintf(env.Stdout, "submitted %s: sbatch %s\n", id, strings.Join(args, " "))
	return id, err
}

// queued returns the numbers of all jobs that Slurm knows of as waiting or running,
// unless there is no Slurm to ask.
func queued(ctx context.Context) (jobs map[string]bool, ok bool) {
	out, err := exec.CommandContext(ctx, "squeue", "--noheader", "--array", "--format=%A").Output()
	if err != nil {
		return nil, false
	}
	jobs = map[string]bool{}
	for _, id := range strings.Fields(string(out)) {
		jobs[id] = true
	}
	return jobs, true
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

func sweepKubernetes(_ context.Context, env *cli.Env, f *sweepFlags, dir string) error {
	m, err := openSweep(dir)
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
