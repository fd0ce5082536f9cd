//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// interrupted brings the command to where states of jobs lie in its cache, and returns
// their paths.
func (f *faultyCommand) interrupted(t *testing.T) []string {
	t.Helper()
	states := filepath.Join(f.cache, "*", "*", "*.state")
	p := startProgram(t, f.line()...)
	p.until(t, states, nil)
	p.Process.Kill()
	p.Wait() // killed
	f.look(t)
	paths, err := filepath.Glob(states)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no state was kept (%v)", err)
	}
	return paths
}

// TestDamagedState puts something else in place of the state of a job: the user is
// told why that is refused, and the results are as without it.
func TestDamagedState(t *testing.T) {
	f := faultyTrain(t, "100")
	at := f.interrupted(t)[0]
	good, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Rel(f.cache, at)
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		what string
		file []byte
		want []string
	}{
		{"nothing", nil, []string{"not a state"}},
		{"its first half", good[:len(good)/2], []string{"damaged", "SHA-256"}},
		{"one bit flipped", flipped, []string{"damaged", "SHA-256"}},
		{"a newer version", bytes.Replace(good, []byte("state 1\n"), []byte("state 2\n"), 1), []string{`version "2"`, `reads version "1"`}},
		{"the state itself", good, nil},
	} {
		f.fresh(t, t.TempDir())
		at := filepath.Join(f.cache, path)
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, c.file, 0o666); err != nil {
			t.Fatal(err)
		}
		p := startProgram(t, f.line()...)
		if err := p.Wait(); err != nil || f.printed(p.stdout.String()) != f.stdout {
			t.Errorf("%s: %v, printed %q, want %q", c.what, err, &p.stdout, f.stdout)
		}
		told := ""
		for _, line := range strings.Split(p.stderr.String(), "\n") {
			if strings.Contains(line, "begun anew") {
				told += line
			}
		}
		for _, want := range c.want {
			if !strings.Contains(told, want) {
				t.Errorf("%s: told %q, want %q", c.what, told, want)
			}
		}
		if c.want == nil && told != "" {
			t.Errorf("%s: told %q", c.what, told)
		}
		if litter := f.look(t); litter+f.states() > 0 {
			t.Errorf("%s: %d temporary files and %d states are left", c.what, litter, f.states())
		}
	}
}

// TestOtherSettings checks that what was kept by other settings is left alone: they
// have their own names in the cache.
func TestOtherSettings(t *testing.T) {
	f := newFaulty(t, "-save", "100", "train", "-arm", "molap", "-task", "T5")
	f.interrupted(t)
	other := *f
	other.args = append(slices.Clone(f.args), "-set", "pretraining.rate=0.007")
	other.dir = filepath.Join(t.TempDir(), "out")
	if other.finish(t) == f.stdout {
		t.Error("another rate gives the same numbers")
	}
	for path, data := range f.kept {
		if now, err := os.ReadFile(filepath.Join(f.cache, path)); err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s was changed by a run with other settings (%v)", path, err)
		}
	}
	f.complete(t)
}

// TestClock sets the times of all files far back and far ahead, as a clock does that
// was wrong or jumps: what is kept is used, and nothing of it is lost.
func TestClock(t *testing.T) {
	f := faultyTrain(t, "100")
	for _, years := range []int{-40, 40} {
		f.interrupted(t)
		when := time.Now().AddDate(years, 0, 0)
		for path := range f.kept {
			if err := os.Chtimes(filepath.Join(f.cache, path), when, when); err != nil {
				t.Fatal(err)
			}
		}
		before := f.kept
		f.complete(t)
		for path, data := range before {
			if !strings.HasSuffix(path, ".state") && !bytes.Equal(f.kept[path], data) {
				t.Errorf("%d years: %s is lost", years, path)
			}
		}
		f.fresh(t, t.TempDir())
	}
}

// TestDiverged trains where the smallest step is not a number: units are saturated, so
// that gradients are exactly zero, and Adam divides by no epsilon to speak of. Training
// stops in that iteration and names it. A network that is scored is the last good one,
// and the run says so; one that others would be built on ends the run.
func TestDiverged(t *testing.T) {
	absurd := []string{"-json", "-cache", "off", "-set", "network.units=8", "-set", "network.gain=100", "-set", "network.input_gain=100",
		"-set", "training.batch=4", "-set", "training.l2=0", "-set", "training.activity=0", "-set", "training.separate_rate=10",
		"-set", "optimizer.epsilon=1e-300", "-set", "score.test_trials=8", "-set", "pretraining.batch=4", "-set", "pretraining.corpus_trials=8"}
	code, stdout, stderr := run(append([]string{"train", "-arm", "separate", "-task", "T5"}, absurd...)...)
	if want := "training diverged at iteration 0: a trained weight becomes"; code != 1 || !strings.Contains(stderr, want) || !strings.Contains(stdout, want) {
		t.Errorf("exit code %d, printed %q, told %q, want %q", code, stdout, stderr, want)
	}
	code, stdout, stderr = run(append([]string{"train", "-arm", "molap", "-task", "T5"}, absurd...)...)
	if want := "pre-training module 1 of molap, seed 1: training diverged at iteration 0"; code != 1 || stdout != "" || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, printed %q, told %q, want 1, nothing and %q", code, stdout, stderr, want)
	}
}
