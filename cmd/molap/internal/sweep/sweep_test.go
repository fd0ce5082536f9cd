package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/progress"
)

const smallFile = `
profile = "extended"
set = ["training.levels=2"]
arms = ["molap", "reservoir"]
tasks = ["T1", "T7"]
seeds = 2
first_seed = 5
design = "grid"
[[axis]]
keys = ["network.units"]
values = [20, 40]
[[axis]]
keys = ["training.rate", "pretraining.rate"]
from = 1e-3
to = 1e-1
log = true
steps = 3
[[axis]]
keys = ["network.bias"]
values = ["none", "all"]
`

func resultPath(dir string, index int) string {
	return filepath.Join(dir, resultName(index))
}

// planSpec plans a sweep without task files, for a program of version v1.
func planSpec(s *Spec) (*Manifest, error) {
	base, err := s.Base()
	if err != nil {
		return nil, err
	}
	return s.Plan(context.Background(), "v1", base, s.Tasks)
}

// planText returns the manifest of a sweep file.
func planText(t *testing.T, text string) *Manifest {
	t.Helper()
	s, err := ParseSpec("sweep.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m, err := planSpec(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// writeSweep plans a sweep file and writes the manifest into a new directory.
func writeSweep(t *testing.T, text string) (string, *Manifest) {
	t.Helper()
	m, dir := planText(t, text), filepath.Join(t.TempDir(), "sweep")
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func TestPlan(t *testing.T) {
	m := planText(t, smallFile)
	if len(m.Points) != 2*3*2 || len(m.Indices) != 12*2*2 {
		t.Fatalf("%d points and %d indices, want 12 and 48", len(m.Points), len(m.Indices))
	}
	if want := []string{"20", "0.01", "all"}; !slices.Equal(m.Points[3].Values, want) {
		t.Errorf("point 3 is %q, want %q", m.Points[3].Values, want)
	}
	seen := map[Index]bool{}
	for i, ix := range m.Indices {
		if seen[ix] {
			t.Errorf("index %d repeats %+v", i, ix)
		}
		seen[ix] = true
		if first := i < len(m.Indices)/2; first != (ix.Seed == 5) {
			t.Errorf("index %d has seed %d: the first half should see every point with seed 5", i, ix.Seed)
		}
		j, err := m.Job(i)
		if err != nil {
			t.Fatal(err)
		}
		s, values := j.Settings, m.Points[ix.Point].Values
		if got := []string{s.Get("network.units"), s.Get("training.rate"), strings.Trim(s.Get("network.bias"), `"`)}; !slices.Equal(got, values) {
			t.Errorf("index %d has settings %q, want %q", i, got, values)
		}
		if s.Training.Rate != s.Pretraining.Rate || s.Training.Levels != 2 || j.Arm != ix.Arm || j.Seed != ix.Seed {
			t.Errorf("index %d is %+v", i, j)
		}
	}
	if again := planText(t, smallFile); again.Sum != m.Sum || m.Sum == "" {
		t.Errorf("planned twice: %q and %q", m.Sum, again.Sum)
	}
	if other := planText(t, strings.Replace(smallFile, "first_seed = 5", "first_seed = 6", 1)); other.Sum == m.Sum {
		t.Error("another seed gives the same manifest")
	}
}

func TestManifestIsImmutable(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	read, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(read, m) {
		t.Errorf("read %+v, wrote %+v", read, m)
	}
	if err := m.Write(dir); err != nil {
		t.Errorf("the same again: %v", err)
	}
	other := planText(t, strings.Replace(smallFile, "seeds = 2", "seeds = 3", 1))
	if err := other.Write(dir); err == nil || !strings.Contains(err.Error(), "another sweep") {
		t.Errorf("another sweep over it: %v", err)
	}
	path := filepath.Join(dir, "manifest.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range data { // any byte
		if at%97 != 0 && at < len(data)-100 {
			continue
		}
		damaged := slices.Clone(data)
		damaged[at] ^= 1
		if err := os.WriteFile(path, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadManifest(dir); err == nil {
			t.Fatalf("byte %d changed, and nobody noticed", at)
		}
	}
}

// TestJobOfOtherCode checks that a manifest whose settings mean something else now
// is refused.
func TestJobOfOtherCode(t *testing.T) {
	m := planText(t, smallFile)
	m.Settings.Training.L2 *= 2
	if _, err := m.Job(0); err == nil || !strings.Contains(err.Error(), "version v1") {
		t.Errorf("got %v", err)
	}
}

// madeScores returns scores that depend on the job alone.
func madeScores(j Job) []Score {
	var scores []Score
	for k, task := range j.Tasks {
		rate := j.Settings.Training.Rate
		s := Score{Task: task, Output: []float64{99, 50 + 10*float64(k)}, Overall: 40 + 100*rate + float64(j.Seed), Escape: -1,
			Decision: 30 + 100*rate, DecisionUnit: 20 + 300*rate + float64(k), FinalLoss: Number(1 / rate), Trained: 7, Parameters: 9}
		if rate > 5e-3 {
			s.Escape = int(1 / rate)
		}
		scores = append(scores, s)
	}
	return scores
}

type workFunc = func(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error)

func madeWork(_ context.Context, j Job, _ *jobs.Pool, p jobs.Progress) ([]Score, error) {
	p.Add(j.Cost(), "all of it")
	return madeScores(j), nil
}

func newRunner(dir string, m *Manifest, w workFunc) *Runner {
	return &Runner{Dir: dir, Manifest: m, Pool: &jobs.Pool{Workers: 3}, Build: "build", Progress: progress.New(io.Discard).Named("sweep"), work: w}
}

func allIndices(m *Manifest) []int { return Shard{0, 1}.Indices(len(m.Indices)) }

func lookAt(t *testing.T, dir string, m *Manifest, earlier *Status) *Status {
	t.Helper()
	s, err := Look(dir, m, earlier)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRunResumes checks that a finished index stays as it is, a failed one is noted and tried
// again, and a damaged one is computed again, to the same bytes.
func TestRunResumes(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	broken := func(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error) {
		if j.Index == 4 {
			return nil, errors.New("no more of this")
		}
		return madeWork(ctx, j, pool, p)
	}
	out, err := newRunner(dir, m, broken).Run(t.Context(), allIndices(m)[:10])
	if err != nil || out.Done != 9 || len(out.Failed) != 1 || out.Failed[0] != (IndexError{4, "no more of this"}) {
		t.Fatalf("got %+v, %v", out, err)
	}
	s := lookAt(t, dir, m, nil)
	if s.States[4] != Failed || s.Notes[4] != "no more of this" || s.Count(Done) != 9 || s.Count(Missing) != len(m.Indices)-10 {
		t.Fatalf("states %v, notes %v", s.States, s.Notes)
	}
	before, err := os.ReadFile(resultPath(dir, 2))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(resultPath(dir, 2), before[:len(before)/2], 0o666); err != nil {
		t.Fatal(err)
	}
	// One of another index.
	if err := os.WriteFile(resultPath(dir, 3), before, 0o666); err != nil {
		t.Fatal(err)
	}
	s = lookAt(t, dir, m, s)
	if got := s.List(Corrupt); !slices.Equal(got, []int{2, 3}) || FormatList(s.Undone()) != fmt.Sprintf("2-4,10-%d", len(m.Indices)-1) {
		t.Fatalf("corrupt: %v, undone: %s", got, FormatList(s.Undone()))
	}
	calls := 0
	var mu sync.Mutex
	counting := func(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error) {
		mu.Lock()
		calls++
		mu.Unlock()
		return madeWork(ctx, j, pool, p)
	}
	if out, err = newRunner(dir, m, counting).Run(t.Context(), allIndices(m)); err != nil || out.Found != 7 || out.Done != len(m.Indices)-7 || calls != out.Done {
		t.Fatalf("got %+v, %v, %d calls", out, err, calls)
	}
	if after, err := os.ReadFile(resultPath(dir, 2)); err != nil || string(after) != string(before) {
		t.Errorf("computed again: %s (%v), was %s", after, err, before)
	}
	if s = lookAt(t, dir, m, s); s.Count(Done) != len(m.Indices) || s.Results[4] == nil {
		t.Errorf("states %v", s.States)
	}
}

// TestInterrupted checks that an interruption ends a run, leaves the state of what
// was begun, and that status says so and no more why an earlier run failed.
func TestInterrupted(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	writeText(t, filepath.Join(dir, noteName(5)), "of an earlier run\n")
	if s := lookAt(t, dir, m, nil); s.States[5] != Failed || s.Notes[5] != "of an earlier run" {
		t.Errorf("index 5 is %s: %q", s.States[5], s.Notes[5])
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	slow := func(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error) {
		if j.Index == 5 {
			s := lookAt(t, dir, m, nil)
			if s.States[5] != Running || s.Holders[5].PID != os.Getpid() {
				t.Errorf("index 5 is %s by %+v", s.States[5], s.Holders[5])
			}
			cancel(cause)
		}
		if j.Index < 5 {
			return madeWork(ctx, j, pool, p)
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r := newRunner(dir, m, slow)
	r.Pool.Workers = 1
	out, err := r.Run(ctx, allIndices(m))
	if err != cause || out.Done != 5 || len(out.Failed) != 0 {
		t.Fatalf("got %+v, %v", out, err)
	}
	s := lookAt(t, dir, m, nil)
	if !slices.Equal(s.List(Interrupted), []int{5}) || s.Count(Done) != 5 || s.Count(Running) != 0 || len(s.Notes) > 0 {
		t.Errorf("states %v, notes %v", s.States, s.Notes)
	}
	if _, err := os.Stat(filepath.Join(dir, "state", "000004")); !os.IsNotExist(err) {
		t.Errorf("the state of a done index is still there (%v)", err)
	}
}

// TestDuplicates checks that several processes may do the same indices at once.
func TestDuplicates(t *testing.T) {
	dir, m := writeSweep(t, smallFile)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if out, err := newRunner(dir, m, madeWork).Run(t.Context(), allIndices(m)[:8]); err != nil || len(out.Failed) > 0 {
				t.Errorf("got %+v, %v", out, err)
			}
		})
	}
	group.Wait()
	if s := lookAt(t, dir, m, nil); s.Count(Done) != 8 {
		t.Errorf("states %v", s.States)
	}
}
