package autodiff

import (
	"sync"
	"sync/atomic"
)

// Lender lends cores that would idle; see Engine.Cores.
type Lender interface {
	Borrow(most int) int // lends at most most cores and returns how many, none if most < 1
	Return(n int)        // takes n of them back
}

// team spreads work over goroutines. Each has scratch memory W of its own.
type team[W any] struct {
	make    func() W
	members []func()
	task    func(i int, w W) // of the call of each at work
	tasks   int
	next    atomic.Int64
	wait    sync.WaitGroup
}

// grow gives the team n members, unless it has more.
func (t *team[W]) grow(n int) {
	for len(t.members) < n {
		w := t.make()
		t.members = append(t.members, func() {
			defer t.wait.Done()
			for {
				i := int(t.next.Add(1)) - 1
				if i >= t.tasks {
					return
				}
				t.task(i, w)
			}
		})
	}
}

// each calls task once for every i below n, on that many workers, and waits. A worker takes the
// next i as it becomes free.
func (t *team[W]) each(workers, n int, task func(i int, w W)) {
	if n == 0 {
		return
	}
	workers = min(workers, n)
	t.grow(workers)
	t.task, t.tasks = task, n
	t.next.Store(0)
	t.wait.Add(workers)
	for _, work := range t.members[1:workers] {
		go work()
	}
	t.members[0]()
	t.wait.Wait()
}
