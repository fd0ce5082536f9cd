package slurm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/place"
)

// Write writes the scripts of a run, and submits those that are not in the queue or shows how.
func (r Run) Write(ctx context.Context, env *cli.Env, submit bool) (err error) {
	if r.Program, err = os.Executable(); err != nil {
		return err
	}
	files, err := r.Files()
	if err != nil {
		return cli.Usagef("%w", err)
	}
	if err := place.Claim(env, "scripts", r.Scripts); err != nil {
		return err
	}
	if err := atomicfile.MkdirAll(r.Log()); err != nil {
		return err
	}
	have, err := readSubmission(r.Scripts)
	if err != nil {
		return cli.Usagef("%w", err)
	}
	var queued [2]uint64
	if have.Begun {
		if queued, err = queuedOf(ctx, env, have, submit); err != nil {
			return err
		}
	}
	for name, text := range files {
		if err := atomicfile.Write(filepath.Join(r.Scripts, name), text); err != nil {
			return err
		}
	}
	fmt.Fprintf(env.Stdout, "%s: an array of %d tasks, at most %d min each, and one after them\n", r.Scripts, r.Tasks, r.Minutes)
	for i, job := range queued {
		if job != 0 {
			fmt.Fprintf(env.Stdout, "%s is under way as job %d\n", Scripts[i], job)
		}
	}
	paths := [2]string{filepath.Join(r.Scripts, Scripts[0]), filepath.Join(r.Scripts, Scripts[1])}
	if !submit {
		_, err = fmt.Fprintf(env.Stdout, "  job=$(sbatch --parsable %s)\n  sbatch --dependency=afterany:${job%%;*} %s\n", inQuotes(paths[0]), inQuotes(paths[1]))
		return err
	}
	if queued[1] != 0 { // nothing is left to submit, or it waits for an array that has ended
		return nil
	}
	if queued[0] == 0 {
		if queued[0], err = submitScript(ctx, env, have, 0, paths[0]); err != nil {
			return err
		}
	}
	_, err = submitScript(ctx, env, have, 1, "--dependency=afterany:"+strconv.FormatUint(queued[0], 10), paths[1])
	return err
}

// queuedOf asks Slurm which of the scripts are in the queue.
func queuedOf(ctx context.Context, env *cli.Env, s *submission, submit bool) (jobs [2]uint64, err error) {
	queue, err := commandOutput(exec.CommandContext(ctx, "squeue", "--noheader", "--format="+queueFormat))
	if errors.Is(err, exec.ErrNotFound) && !submit {
		fmt.Fprintln(env.Stderr, "no squeue here: the jobs in the queue are not known")
		return jobs, nil
	}
	if err != nil {
		return jobs, fmt.Errorf("the jobs in the queue are not known: %w", err)
	}
	return s.underWay(queue), nil
}

// submitScript submits a script, the last argument of sbatch, and notes the number of its job at once.
// If the next script is refused, the same command then goes on with that one.
func submitScript(ctx context.Context, env *cli.Env, s *submission, script int, args ...string) (job uint64, err error) {
	if err := s.begin(script); err != nil {
		return 0, err
	}
	out, err := commandOutput(exec.CommandContext(ctx, "sbatch", append([]string{"--parsable"}, args...)...))
	if err != nil {
		return 0, fmt.Errorf("%w; the same command goes on with the rest", err)
	}
	id, _, _ := strings.Cut(strings.TrimSpace(out), ";") // ";cluster" may follow
	if job, err = strconv.ParseUint(id, 10, 64); err != nil || job == 0 {
		return 0, fmt.Errorf("sbatch says %.60q (want the number of a job)", out)
	}
	if err := s.accepted(script, job); err != nil {
		return 0, err
	}
	_, err = fmt.Fprintf(env.Stdout, "submitted %d: %s\n", job, Scripts[script])
	return job, err
}

// commandOutput runs a command of Slurm and returns its output. An error has the command's error output.
func commandOutput(c *exec.Cmd) (string, error) {
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

// ArraySize returns how many tasks an array of this cluster can have: their numbers must be below its
// MaxArraySize. Without a cluster it returns Slurm's default.
func ArraySize(ctx context.Context) int {
	const usual = 1000
	out, err := commandOutput(exec.CommandContext(ctx, "scontrol", "show", "config"))
	found := maxArraySize.FindStringSubmatch(out)
	if err != nil || found == nil {
		return usual
	}
	n, err := strconv.Atoi(found[1])
	if err != nil || n < 2 {
		return usual
	}
	return n - 1
}
