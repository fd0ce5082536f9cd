//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programRun is this program at work.
type programRun struct {
	*exec.Cmd
	stdout, stderr bytes.Buffer
}

func startProgram(t *testing.T, args ...string) *programRun {
	t.Helper()
	p := &programRun{Cmd: child(args...)}
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill() }) // if it still runs
	return p
}

// stopProgram starts the program and sends it a signal in the middle of its work, where there is nothing to
// wait for. If a busy machine had not begun the work by then, it tries again and waits longer.
func stopProgram(t *testing.T, signal os.Signal, args ...string) (p *programRun, took time.Duration) {
	t.Helper()
	for wait := time.Second; ; wait *= 2 {
		p = startProgram(t, args...)
		time.Sleep(wait)
		began := time.Now()
		p.Process.Signal(signal)
		p.Wait() // the exit code tells
		took = time.Since(began)
		if early := p.ProcessState.ExitCode() < 0; !early || wait > time.Minute {
			return p, took
		}
	}
}

// until waits for a file that matches, and meanwhile sends a signal again and again.
func (p *programRun) until(t *testing.T, pattern string, signal os.Signal) {
	t.Helper()
	for began := time.Now(); time.Since(began) < hangLimit; {
		if found, err := filepath.Glob(pattern); err != nil || len(found) > 0 {
			return
		}
		if signal != nil {
			p.Process.Signal(signal)
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("no file %s after %v; %s", pattern, hangLimit, &p.stderr)
}

// changed waits until a file, which is replaced whole, is another.
func (p *programRun) changed(t *testing.T, path string, before []byte) {
	t.Helper()
	for began := time.Now(); time.Since(began) < hangLimit; time.Sleep(5 * time.Millisecond) {
		if now, err := os.ReadFile(path); err == nil && !bytes.Equal(now, before) {
			return
		}
	}
	t.Fatalf("%s is the same after %v; %s", path, hangLimit, &p.stderr)
}

// end sends a signal and checks how the process ends.
func (p *programRun) end(t *testing.T, signal os.Signal) {
	t.Helper()
	began := time.Now()
	p.Process.Signal(signal)
	p.Wait() // the exit code tells
	took := time.Since(began)
	t.Logf("%v: exit code %d after %v", signal, p.ProcessState.ExitCode(), took)
	// It takes milliseconds; the promise is a second, on a machine that does nothing else.
	if code := p.ProcessState.ExitCode(); code != 130 || took > hangLimit {
		t.Errorf("%v: exit code %d after %v, want 130 within a second", signal, code, took)
	}
	last := "molap: interrupted; the same command goes on where this stopped\n"
	if !strings.HasSuffix(p.stderr.String(), last) || p.stdout.Len() > 0 {
		t.Errorf("%v: output %q, errors %q, want nothing and %q at the end", signal, &p.stdout, &p.stderr, last)
	}
}

// TestSignals sends signals to a training under way: one that asks for a checkpoint
// is followed by it, one that asks to stop by the end within a second, and the same
// command ends with the output of one that was left alone. It trains on trials that are
// drawn, and on trials of a file with a mask.
func TestSignals(t *testing.T) {
	given := writeTrials(t, t.TempDir(), "given.npz", withMask)
	for _, c := range []struct {
		stop       os.Signal
		task, name string
	}{{syscall.SIGTERM, "T5", "T5"}, {syscall.SIGINT, given, "given"}, {syscall.SIGHUP, "T5", "T5"}} {
		interruptTraining(t, c.stop, c.task, c.name)
	}
}

// interruptTraining interrupts a training on a task three times by one signal.
func interruptTraining(t *testing.T, stop os.Signal, task, name string) {
	t.Helper()
	args := []string{"train", "-arm", "separate", "-task", task, "-json", "-set", "score.window=8", "-set", "network.units=16",
		"-set", "training.batch=20", "-set", "training.level_iterations=1500", "-set", "training.levels=2", "-set", "score.test_trials=8"}
	code, want, stderr := run(append(args, "-cache", "off")...)
	if code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	cache := t.TempDir()
	args = append(args, "-cache", cache)
	states := filepath.Join(cache, "*", "network", "*.state")

	p := startProgram(t, append(args, "-checkpoint-every", "off")...)
	p.until(t, filepath.Join(cache, "*", ".lock"), nil) // it listens
	p.until(t, states, syscall.SIGUSR1)
	p.end(t, stop)
	if !strings.Contains(p.stderr.String(), "separate "+name+", seed 1: checkpoint kept\n") {
		t.Errorf("no line tells of the checkpoint that was asked for: %q", &p.stderr)
	}

	before, _ := filepath.Glob(states)
	if len(before) != 1 {
		t.Fatalf("states %q, want one", before)
	}
	first, err := os.ReadFile(before[0])
	if err != nil {
		t.Fatal(err)
	}
	locks, _ := filepath.Glob(filepath.Join(cache, "*", ".lock"))
	if len(locks) != 1 || os.Remove(locks[0]) != nil {
		t.Fatalf("locks %q", locks)
	}
	p = startProgram(t, append(args, "-checkpoint-every", "10ms")...)
	p.until(t, filepath.Join(cache, "*", ".lock"), nil)
	p.changed(t, before[0], first)
	p.end(t, stop)
	if after, _ := filepath.Glob(states); len(after) != 1 {
		t.Errorf("states %q, want one", after)
	}

	p = startProgram(t, args...)
	p.Wait() // the output tells
	if p.stdout.String() != want || strings.Contains(p.stderr.String(), "anew") {
		t.Errorf("after interruptions the output differs; errors %q", &p.stderr)
	}
	if after, _ := filepath.Glob(states); len(after) > 0 {
		t.Errorf("states left: %q", after)
	}
}

// TestInUse checks that a second process keeps out of a directory, and leaves all as
// it is. Only what trains networks shares a directory with its like (TestSaveShared).
func TestInUse(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	long := []string{"-cache", "off", "-set", "network.units=16", "-set", "training.level_iterations=100000"}
	for _, first := range [][]string{
		append([]string{"reproduce", "fig2", "-out", out}, long...),
		append([]string{"train", "-arm", "separate", "-save", out}, long...),
	} {
		p := startProgram(t, first...)
		p.until(t, filepath.Join(out, ".lock"), nil)
		for _, second := range [][]string{
			{"reproduce", "table1", "-out", out},
			{"train", "-arm", "reservoir", "-save", out},
		} {
			if first[0] == "train" && second[0] == "train" {
				continue
			}
			want := out + " is in use"
			if first[0] == "reproduce" && second[0] == "train" {
				want = out + " holds results" // whoever is at work there
			}
			code, stdout, stderr := run(append(second, tinySettings...)...)
			if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
				t.Errorf("%q beside %q: exit code %d, output %q, errors %q", second[0], first[0], code, stdout, stderr)
			}
		}
		p.Process.Kill()
		p.Wait() // killed
		again := []string{"train", "-arm", "reservoir", "-task", "T1", "-save", out}
		if first[0] == "reproduce" {
			again = first[:len(first)-len(long)]
		}
		code, _, stderr := run(append(again, tinySettings...)...)
		if first[0] == "reproduce" { // of other settings; the lock is gone
			if code != 2 || !strings.Contains(stderr, "another run") {
				t.Errorf("after a run was killed: exit code %d, %q", code, stderr)
			}
		} else if code != 0 {
			t.Errorf("after %q was killed: exit code %d, %q", first[0], code, stderr)
		}
		if err := os.RemoveAll(out); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSaveShared trains in several processes at once that save into one directory. A network of other
// settings that another process has saved since the beginning is not replaced.
func TestSaveShared(t *testing.T) {
	dir := t.TempDir()
	nets := filepath.Join(dir, "nets")
	train := append([]string{"train", "-arm", "reservoir", "-task", "T1", "-save", nets, "-cache", "off"}, tinySettings...)
	long := withArgs(train, "-set", "training.level_iterations=3000")
	var others []*programRun
	for _, seed := range []string{"1", "2", "3"} {
		p := startProgram(t, append(long, "-seed", seed)...)
		others = append(others, p)
		p.until(t, filepath.Join(nets, ".lock"), nil)
	}
	p := startProgram(t, append(train, "-seed", "1")...) // done before the first
	p.Wait()
	if code := p.ProcessState.ExitCode(); code != 0 {
		t.Errorf("beside others: exit code %d, %q", code, &p.stderr)
	}
	for i, p := range others {
		p.Wait()
		code, stderr := p.ProcessState.ExitCode(), p.stderr.String()
		if i > 0 && code != 0 || i == 0 && (code != 2 || !strings.Contains(stderr, "reservoir_T1_seed1.safetensors is there already, a network of other settings")) {
			t.Errorf("seed %d: exit code %d, %q", i+1, code, stderr)
		}
	}
	left, err := filepath.Glob(filepath.Join(nets, "*"))
	hidden, _ := filepath.Glob(filepath.Join(nets, ".*"))
	if err != nil || len(left) != 3 || len(hidden) > 0 {
		t.Errorf("left are %q and %q (%v), want three networks", left, hidden, err)
	}
}

// TestSignalsOfPlan ends the planning of a large sweep.
func TestSignalsOfPlan(t *testing.T) {
	dir := t.TempDir()
	spec, out := filepath.Join(dir, "large.toml"), filepath.Join(dir, "sweep")
	text := strings.NewReplacer("seeds = 2", "seeds = 1", `design = "grid"`, "design = \"latin\"\npoints = 100000").Replace(tinySweep)
	if err := os.WriteFile(spec, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, stop := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p, took := stopProgram(t, stop, "sweep", "plan", spec, "-out", out)
		if code := p.ProcessState.ExitCode(); code != 130 || took > 3*time.Second || p.stderr.String() != "molap: interrupted\n" {
			t.Errorf("%v: exit code %d after %v, %q", stop, code, took, &p.stderr)
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Errorf("%v: a directory was left (%v)", stop, err)
		}
	}
}
