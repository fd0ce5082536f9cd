package jobs

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/dirlock"
)

const walkSteps = 7

// walkJob is a job of walkSteps iterations whose value depends on each of them.
func walkJob(p *Pool) *Job[uint64] {
	return New(p, Spec{Kind: "walk", Of: "seven steps", Cost: walkSteps, Label: "the walk"}, func(ctx context.Context, w *Work) (uint64, error) {
		step, at := uint64(0), uint64(1)
		w.Resume(func(state []byte) error {
			if len(state) != 16 {
				return errors.New("no step and place")
			}
			step, at = binary.LittleEndian.Uint64(state), binary.LittleEndian.Uint64(state[8:])
			return nil
		})
		for step < walkSteps {
			step++
			at = 31*at + step
			w.Advance(1)
			if err := w.Checkpoint(ctx, func() ([]byte, error) {
				return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, step), at), nil
			}); err != nil {
				return 0, err
			}
		}
		return at, nil
	})
}

func openStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// runWalk does the job, interrupted after a number of iterations of this run unless
// that is 0.
func runWalk(t *testing.T, p *Pool, stopAfter int) (value uint64, progress *progressSum, err error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	progress = &progressSum{}
	progress.onAdd = func() {
		if int(progress.added) == stopAfter {
			cancel(errCut)
		}
	}
	j := walkJob(p)
	if err = p.Run(ctx, progress, [][]Node{{j}}, func(int) error { return nil }); err == nil {
		value = j.Value()
	}
	return value, progress, err
}

var errCut = errors.New("cut short")

func mustWalk(t *testing.T) uint64 {
	t.Helper()
	v, _, err := runWalk(t, &Pool{Workers: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCheckpoints interrupts a job after every iteration, once and again and again:
// its value is that of a job that was never interrupted, no iteration is done twice,
// and no state is left.
func TestCheckpoints(t *testing.T) {
	want := mustWalk(t)
	for stop := 1; stop <= walkSteps; stop++ {
		store := openStore(t, t.TempDir())
		pool := func() *Pool { return &Pool{Workers: 1, Store: store} }
		if _, p, err := runWalk(t, pool(), stop); err != errCut || int(p.added) != stop {
			t.Fatalf("stopped after %v iterations with %v, want %d", p.added, err, stop)
		}
		value, p, err := runWalk(t, pool(), 0)
		if err != nil || value != want {
			t.Errorf("stopped after iteration %d: value %d, %v; want %d", stop, value, err, want)
		}
		if int(p.found) != stop || int(p.found+p.added) != walkSteps || p.total != walkSteps || len(p.lines) > 0 {
			t.Errorf("stopped after iteration %d: found %v, added %v of %v, told %q", stop, p.found, p.added, p.total, p.lines)
		}
		if left := globFiles(t, store.dir, "*", "*"); len(left) != 1 {
			t.Errorf("files left: %q, want the value alone", left)
		}
	}
	store := openStore(t, t.TempDir())
	for n := 1; ; n++ {
		value, p, err := runWalk(t, &Pool{Workers: 1, Store: store}, 1)
		if int(p.found) != n-1 {
			t.Fatalf("run %d found %v iterations", n, p.found)
		}
		if err == nil {
			if value != want || n != walkSteps+1 {
				t.Errorf("value %d after %d runs, want %d after %d", value, n, want, walkSteps+1)
			}
			break
		}
	}
}

// TestEvery checks when states are kept without an end: as the clock says, when they
// are asked for, and not otherwise.
func TestEvery(t *testing.T) {
	for _, c := range []struct {
		every time.Duration
		ask   bool
		kept  string // in which iterations a state changes
		told  int
	}{
		{0, false, "", 0},
		{time.Hour, false, "", 0},
		{1, false, "1234567", 0},
		{0, true, "3", 1},
	} {
		store := openStore(t, t.TempDir())
		pool := &Pool{Workers: 1, Store: store, Every: c.every}
		j := walkJob(pool)
		var before []byte
		kept := ""
		p := &progressSum{}
		look := func(iteration int) {
			now, _ := os.ReadFile(store.path(j.name) + stateSuffix)
			if !bytes.Equal(now, before) {
				kept += string(rune('0' + iteration))
			}
			before = now
		}
		p.onAdd = func() { // before the checkpoint of this iteration
			if p.added > 1 {
				look(int(p.added) - 1)
			}
			if c.ask && p.added == 3 {
				pool.Checkpoint()
			}
		}
		watch := New(pool, Spec{Kind: "watch", Needs: []Node{j}}, func(context.Context, *Work) (int, error) { return 0, nil })
		if err := pool.Run(t.Context(), p, [][]Node{{watch}}, func(int) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if want := strings.TrimSuffix(c.kept, "7"); kept != want {
			t.Errorf("every %v, asked %v: states kept in iterations %q, want %q", c.every, c.ask, kept, want)
		}
		if len(p.lines) != c.told || c.told > 0 && p.lines[0] != "the walk: checkpoint kept" {
			t.Errorf("every %v, asked %v: told %q", c.every, c.ask, p.lines)
		}
		if left := globFiles(t, store.dir, "*", "*"+stateSuffix); len(left) > 0 {
			t.Errorf("states left: %q", left)
		}
	}
}

// TestStateRefused checks that a state of anything else is refused with a line that
// says why, and that the job is then done from its beginning.
func TestStateRefused(t *testing.T) {
	want := mustWalk(t)
	store := openStore(t, t.TempDir())
	if _, _, err := runWalk(t, &Pool{Workers: 1, Store: store}, 3); err != errCut {
		t.Fatal(err)
	}
	path := store.path(walkJob(&Pool{}).name) + stateSuffix
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, file []byte, message string) {
		t.Helper()
		if err := os.WriteFile(path, file, 0o666); err != nil {
			t.Fatal(err)
		}
		value, p, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0)
		if err != nil || value != want || p.found != 0 || p.added != walkSteps {
			t.Fatalf("%s: value %d, %v, %v iterations found", what, value, err, p.found)
		}
		if len(p.lines) != 1 || !strings.HasPrefix(p.lines[0], "the walk: begun anew: ") || !strings.Contains(p.lines[0], message) {
			t.Errorf("%s: told %q, want one line with %q", what, p.lines, message)
		}
		os.Remove(store.path(walkJob(&Pool{}).name)) // the value
	}
	for i := range 8 * len(good) {
		bad := slices.Clone(good)
		bad[i/8] ^= 1 << (i % 8)
		try("a bit", bad, "")
	}
	for n := range good {
		try("an end", good[:n], "")
	}
	try("damage", append(slices.Clone(good), 0), "damaged")
	try("nothing of ours", []byte("hello"), "not a state of this program")
	try("a newer version", bytes.Replace(good, []byte("state 1\n"), []byte("state 2\n"), 1), `version "2", this program reads version "1"`)

	write := func(name string, done float64, state string) []byte {
		t.Helper()
		if err := store.keep(name, done, []byte(state)); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(store.path(name) + stateSuffix)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	name := walkJob(&Pool{}).name
	sixteen := strings.Repeat("\n", 16)
	try("another job", write("walk/other", 3, sixteen), `state of "walk/other", not of "walk/`)
	try("too much work", write(name, walkSteps+1, sixteen), "8 of 7 units")
	try("no state of the job", write(name, 3, "x"), "no step and place")
}

// TestStateFails checks that a state that cannot be written ends the run with that
// error, interrupted or not, and leaves the last one.
func TestStateFails(t *testing.T) {
	for _, stop := range []int{0, 3} {
		store := openStore(t, t.TempDir())
		if _, _, err := runWalk(t, &Pool{Workers: 1, Store: store}, 2); err != errCut {
			t.Fatal(err)
		}
		// The state's directory becomes a file: nobody can write there.
		kind := filepath.Join(store.dir, "walk")
		aside := filepath.Join(t.TempDir(), "walk")
		p := &Pool{Workers: 1, Store: store, Every: 1}
		if stop > 0 {
			p.Every = 0
		}
		moved := false
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		progress := &progressSum{}
		progress.onAdd = func() {
			if !moved {
				moved = os.Rename(kind, aside) == nil && os.WriteFile(kind, nil, 0o666) == nil
			}
			if int(progress.added) == stop {
				cancel(errCut)
			}
		}
		err := p.Run(ctx, progress, [][]Node{{walkJob(p)}}, func(int) error { return nil })
		if err == nil || errors.Is(err, errCut) || !strings.Contains(err.Error(), "checkpoint of the walk") || !moved {
			t.Errorf("error %v, want one about the checkpoint", err)
		}
		if err := errors.Join(os.Remove(kind), os.Rename(aside, kind)); err != nil {
			t.Fatal(err)
		}
		value, progress, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0)
		if err != nil || value != mustWalk(t) || progress.found != 2 {
			t.Errorf("value %d, %v, %v iterations found, want 2", value, err, progress.found)
		}
	}
}

// TestFailureStops checks that the error of one job stops those that run, and that
// they keep their states.
func TestFailureStops(t *testing.T) {
	store := openStore(t, t.TempDir())
	p := &Pool{Workers: 2, Store: store}
	running := make(chan bool)
	endless := New(p, Spec{Kind: "endless", Cost: 1}, func(ctx context.Context, w *Work) (int, error) {
		close(running)
		for {
			if err := w.Checkpoint(ctx, func() ([]byte, error) { return []byte("here"), nil }); err != nil {
				return 0, err
			}
			time.Sleep(time.Millisecond)
		}
	})
	broken := New(p, Spec{Kind: "broken"}, func(context.Context, *Work) (int, error) {
		<-running
		return 0, errSquare
	})
	if err := p.Run(t.Context(), &progressSum{}, [][]Node{{endless, broken}}, func(int) error { return nil }); !errors.Is(err, errSquare) {
		t.Errorf("error %v, want %v", err, errSquare)
	}
	if _, state, err := store.kept(endless.name, 1<<20); string(state) != "here" || err != nil {
		t.Errorf("state %q, %v", state, err)
	}
}

// TestStateOfDone checks that a state that a killed run left beside a value goes.
func TestStateOfDone(t *testing.T) {
	store := openStore(t, t.TempDir())
	if _, _, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0); err != nil {
		t.Fatal(err)
	}
	if err := store.keep(walkJob(&Pool{}).name, 1, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0); err != nil {
		t.Fatal(err)
	}
	if left := globFiles(t, store.dir, "*", "*"); len(left) != 1 {
		t.Errorf("files left: %q, want the value alone", left)
	}
}

// TestStaleTemporaries checks that what killed writers left goes when nobody else has
// the store open, and stays while somebody has, whatever the clock says of it.
func TestStaleTemporaries(t *testing.T) {
	dir := t.TempDir()
	first, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.write("kind/value", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	temporaries := func() int {
		return len(globFiles(t, dir, "kind", ".molap-tmp-*")) + len(globFiles(t, dir, ".molap-tmp-*"))
	}
	for i, age := range []time.Duration{-48 * time.Hour, 0, 48 * time.Hour, 20 * 365 * 24 * time.Hour} {
		path := filepath.Join(dir, []string{"kind", ""}[i%2], ".molap-tmp-0000000000000000000"+string(rune('0'+i)))
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	second := openStore(t, dir)
	if n := temporaries(); n != 4 {
		t.Errorf("%d temporaries while the store is in use, want 4", n)
	}
	first.Close()
	second.Close()
	third := openStore(t, dir)
	if n := temporaries(); n != 0 {
		t.Errorf("%d temporaries left", n)
	}
	if got, err := third.read("kind/value", 1<<20); string(got) != "kept" {
		t.Errorf("the value went as well: %v", err)
	}
}

// TestOpenWaits checks that a store that another process tidies is waited for.
func TestOpenWaits(t *testing.T) {
	dir := t.TempDir()
	lock, err := dirlock.Exclusive(dir)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(30*time.Millisecond, lock.Release)
	openStore(t, dir)
	if _, err := dirlock.Exclusive(dir); !errors.Is(err, dirlock.ErrHeld) {
		t.Errorf("an open store is not locked: %v", err)
	}
}

// TestClockBackwards sets the times of all files to the future: values and states are
// used all the same.
func TestClockBackwards(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, dir)
	if _, _, err := runWalk(t, &Pool{Workers: 1, Store: store}, 3); err != errCut {
		t.Fatal(err)
	}
	for _, path := range globFiles(t, dir, "*", "*") {
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(1000*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	value, p, err := runWalk(t, &Pool{Workers: 1, Store: store}, 0)
	if err != nil || value != mustWalk(t) || p.found != 3 {
		t.Errorf("value %d, %v, %v iterations found", value, err, p.found)
	}
}

// TestLender checks that pools that share the workers of another lend and borrow together, and
// heed its checkpoints.
func TestLender(t *testing.T) {
	crew := &Pool{Workers: 4}
	store, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	one, other := &Pool{Workers: 2, Lender: crew, Store: store}, &Pool{Workers: 2, Lender: crew}
	kept := 0
	job := New(one, Spec{Kind: "borrows", Cost: 1}, func(ctx context.Context, w *Work) (int, error) {
		got := w.Pool().Borrow(10) + other.Borrow(10)
		crew.Checkpoint()
		err := w.Checkpoint(ctx, func() ([]byte, error) { kept++; return nil, nil })
		w.Pool().Return(got)
		return got, err
	})
	if err := one.Run(t.Context(), &progressSum{}, [][]Node{{job}}, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if job.Value() != 3 || kept != 1 || crew.Borrow(10) != 4 {
		t.Errorf("%d workers lent, want the 3 that have nothing to do; %d checkpoints, want 1", job.Value(), kept)
	}
}
