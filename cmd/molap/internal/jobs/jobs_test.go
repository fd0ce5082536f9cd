package jobs

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// progressSum is a Progress that adds up the work it hears of.
type progressSum struct {
	mu                  sync.Mutex
	total, added, found float64
	lines               []string
	onAdd               func() // unless nil
}

func (s *progressSum) Start(total float64) { s.total += total }
func (s *progressSum) Add(done float64, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.added += done
	if s.onAdd != nil {
		s.onAdd()
	}
}
func (s *progressSum) Found(done float64, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found += done
}
func (s *progressSum) Milestone(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, text)
}

// squarePool makes a pool whose jobs square numbers and add up squares, and counts
// how often they run.
type squarePool struct {
	pool *Pool
	mu   sync.Mutex
	ran  map[string]int
	fail int // the number that cannot be squared; 0: none
}

var errSquare = errors.New("no square")

func (q *squarePool) count(what string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ran[what]++
}

func newSquares(workers int, store *Store) *squarePool {
	return &squarePool{pool: &Pool{Workers: workers, Store: store}, ran: map[string]int{}}
}

func (q *squarePool) square(n int) *Job[int] {
	return New(q.pool, Spec{Kind: "square", Of: n, Cost: 1}, func(ctx context.Context, w *Work) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if n == q.fail {
			return 0, errSquare
		}
		q.count("square")
		w.Advance(1)
		return n * n, nil
	})
}

func (q *squarePool) sum(ns ...int) *Job[[]int] {
	var parts []*Job[int]
	s := Spec{Kind: "sum", Cost: 2}
	for _, n := range ns {
		parts = append(parts, q.square(n))
		s.Needs = append(s.Needs, parts[len(parts)-1])
	}
	return New(q.pool, s, func(_ context.Context, w *Work) ([]int, error) {
		q.count("sum")
		sum := 0
		for _, p := range parts {
			sum += p.Value()
		}
		w.Advance(2)
		return []int{sum, len(parts)}, nil
	})
}

func (q *squarePool) run(t *testing.T, p *progressSum, groups ...[]Node) []int {
	t.Helper()
	var order []int
	if err := q.pool.Run(t.Context(), p, groups, func(g int) error { order = append(order, g); return nil }); err != nil {
		t.Fatal(err)
	}
	return order
}

// TestOnce checks that a job runs once however many need it, that the work
// announced is the work reported, and that groups are finished in turn.
func TestOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		q, p := newSquares(workers, nil), &progressSum{}
		a, b := q.sum(1, 2, 3), q.sum(2, 3, 4)
		order := q.run(t, p, []Node{a, q.square(9)}, []Node{b}, nil)
		slices.Sort(order)
		if a.Value()[0] != 14 || b.Value()[0] != 29 || q.square(9).Value() != 81 {
			t.Errorf("sums are %d and %d, want 14 and 29", a.Value()[0], b.Value()[0])
		}
		if q.ran["square"] != 5 || q.ran["sum"] != 2 || p.total != 9 || p.added != 9 || !slices.Equal(order, []int{0, 1, 2}) {
			t.Errorf("%d workers: ran %v, %v of %v work, groups %v", workers, q.ran, p.added, p.total, order)
		}
		q.run(t, p, []Node{q.sum(2, 3, 4)})
		if q.ran["sum"] != 2 {
			t.Error("a job that was done ran again")
		}
	}
}

// TestCostliestFirst checks that the order of plans does not matter: what has the costliest chain
// of work before it begins first, even where the first job of the chain costs little.
func TestCostliestFirst(t *testing.T) {
	pool := &Pool{Workers: 1}
	var order []string
	job := func(name string, cost float64, needs ...Node) *Job[int] {
		return New(pool, Spec{Kind: "job", Of: name, Cost: cost, Needs: needs}, func(context.Context, *Work) (int, error) {
			order = append(order, name)
			return 0, nil
		})
	}
	cheap, base := job("cheap", 2), job("base", 1)
	groups := [][]Node{{cheap, job("middle", 5)}, {job("long", 9, base)}}
	if err := pool.Run(t.Context(), &progressSum{}, groups, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"base", "long", "middle", "cheap"}; !slices.Equal(order, want) {
		t.Errorf("jobs ran in the order %v, want %v", order, want)
	}
}

// TestGroupsEarly checks that a group is finished while a later one still runs.
func TestGroupsEarly(t *testing.T) {
	p := &Pool{Workers: 1}
	told := make(chan bool)
	late := New(p, Spec{Kind: "late"}, func(ctx context.Context, _ *Work) (int, error) {
		select {
		case <-told:
			return 1, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	})
	early := New(p, Spec{Kind: "early"}, func(context.Context, *Work) (int, error) { return 1, nil })
	err := p.Run(t.Context(), &progressSum{}, [][]Node{{early}, {late}}, func(g int) error {
		if g == 0 {
			close(told)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestStore checks that a later pool computes what the store lacks and no more,
// not even what only kept values need.
func TestStore(t *testing.T) {
	store, err := OpenStore(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	q := newSquares(2, store)
	q.run(t, &progressSum{}, []Node{q.sum(1, 2, 3)})

	q = newSquares(2, store)
	j := q.sum(1, 2, 3)
	p := &progressSum{}
	q.run(t, p, []Node{j})
	if len(q.ran) != 0 || p.total != 0 || !slices.Equal(j.Value(), []int{14, 3}) {
		t.Errorf("ran %v, announced %v; value %v", q.ran, p.total, j.Value())
	}
	q.run(t, p, []Node{q.sum(1, 2, 4)})
	if q.ran["square"] != 1 || q.ran["sum"] != 1 {
		t.Errorf("ran %v, want one square and one sum", q.ran)
	}
	if n := len(globFiles(t, store.dir, "*", "*")); n != 6 {
		t.Errorf("store has %d values, want 6", n)
	}
}

// globFiles returns the files below a directory whose paths match a pattern.
func globFiles(t *testing.T, path ...string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestDamaged checks that no damage to a kept value is read: any bit, any length.
func TestDamaged(t *testing.T) {
	store, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	q := newSquares(1, store)
	j := q.square(3)
	q.run(t, &progressSum{}, []Node{j})
	path := store.path(j.name)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(data []byte) {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := store.read(j.name, 1000); got != nil || err == nil {
			t.Fatalf("read %x, which is not %x", data, good)
		}
	}
	for i := range 8 * len(good) {
		bad := slices.Clone(good)
		bad[i/8] ^= 1 << (i % 8)
		try(bad)
	}
	for n := range good {
		try(good[:n])
	}
	anew := func(what string) {
		t.Helper()
		q, p := newSquares(1, store), &progressSum{}
		again := q.square(3)
		q.run(t, p, []Node{again})
		if data, _ := os.ReadFile(path); q.ran["square"] != 1 || again.Value() != 9 || !slices.Equal(data, good) {
			t.Errorf("after %s: ran %v, value %d", what, q.ran, again.Value())
		}
		if len(p.lines) != 1 || !strings.HasPrefix(p.lines[0], "1 value of the cache is computed anew: "+path+": ") {
			t.Errorf("after %s: told %q, want one line", what, p.lines)
		}
	}
	anew("damage")
	os.Remove(path)
	if err := os.Mkdir(path, 0o777); err != nil {
		t.Fatal(err)
	}
	anew("a directory in its place")
	state, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try(bytes.Replace(state, []byte("value 2"), []byte("value 1"), 1))
	anew("another version")
}

// TestExchanged checks that no value is taken for another, nor a state for a value.
func TestExchanged(t *testing.T) {
	store, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	q := newSquares(1, store)
	three, four := q.square(3), q.square(4)
	q.run(t, &progressSum{}, []Node{three, four})
	if err := store.keep(four.name, 1, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{store.path(four.name), store.path(four.name) + stateSuffix} {
		file, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(store.path(three.name), file, 0o666); err != nil {
			t.Fatal(err)
		}
		q, p := newSquares(1, store), &progressSum{}
		j := q.square(3)
		q.run(t, p, []Node{j})
		if j.Value() != 9 || len(p.lines) != 1 {
			t.Errorf("the square of 3 is %d, told %q", j.Value(), p.lines)
		}
	}
}

// TestResume checks that what was done before an error or an interruption is
// kept, and that the rest follows.
func TestResume(t *testing.T) {
	store, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	q := newSquares(1, store)
	q.fail = 3
	err = q.pool.Run(t.Context(), &progressSum{}, [][]Node{{q.sum(1, 2, 3, 4)}}, func(int) error { return nil })
	if !errors.Is(err, errSquare) || q.ran["square"] != 2 {
		t.Errorf("error %v after %v", err, q.ran)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	cancel(stopped)
	q = newSquares(1, store)
	if err := q.pool.Run(ctx, &progressSum{}, [][]Node{{q.sum(1, 2, 3, 4)}}, func(int) error { return nil }); !errors.Is(err, stopped) {
		t.Errorf("error %v, want %v", err, stopped)
	}
	q = newSquares(1, store)
	j := q.sum(1, 2, 3, 4)
	q.run(t, &progressSum{}, []Node{j})
	if j.Value()[0] != 30 || q.ran["square"] != 2 {
		t.Errorf("sum %d, ran %v", j.Value()[0], q.ran)
	}
}

// TestFinishedFails checks that an error of the caller stops the rest.
func TestFinishedFails(t *testing.T) {
	q := newSquares(1, nil)
	full := errors.New("disk full")
	var many []Node
	for n := range 1000 {
		many = append(many, q.square(n+2))
	}
	err := q.pool.Run(t.Context(), &progressSum{}, [][]Node{{q.square(1)}, many}, func(int) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

// TestNames checks what tells jobs apart.
func TestNames(t *testing.T) {
	q := newSquares(1, nil)
	names := []string{q.square(1).name, q.square(2).name, q.sum(1).name, q.sum(2).name, q.sum(1, 2).name, q.sum(2, 1).name}
	slices.Sort(names)
	if len(slices.Compact(names)) != 6 {
		t.Errorf("different jobs share names: %v", names)
	}
	defer func() {
		if recover() == nil {
			t.Error("the value of a job that did not run can be had")
		}
	}()
	q.square(5).Value()
}

// TestBorrow checks that a job borrows the workers that have nothing to do, and no others.
func TestBorrow(t *testing.T) {
	p := &Pool{Workers: 4}
	begun, end := make(chan int), make(chan bool)
	var groups [][]Node
	for i := range 2 {
		groups = append(groups, []Node{New(p, Spec{Kind: "wait", Of: i}, func(_ context.Context, w *Work) (int, error) {
			begun <- i
			<-end
			return 0, nil
		})})
	}
	done := make(chan error)
	go func() {
		done <- p.Run(t.Context(), &progressSum{}, groups, func(int) error { return nil })
	}()
	<-begun
	<-begun
	for _, c := range []struct{ most, want int }{{1, 1}, {0, 0}, {-3, 0}, {9, 1}, {1, 0}} {
		if n := p.Borrow(c.most); n != c.want {
			t.Errorf("%d borrowed of at most %d, want %d", n, c.most, c.want)
		}
	}
	close(end)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := p.Borrow(9); n != 2 {
		t.Errorf("%d borrowed after all jobs, 2 being lent, want 2", n)
	}
	p.Return(4)
	if n := p.Borrow(9); n != 4 {
		t.Errorf("%d borrowed when all were returned, want 4", n)
	}
}
