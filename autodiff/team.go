package autodiff

import (
	"sync"
	"sync/atomic"
)

// team spreads work over goroutines, each of which has scratch memory W of its own.
type team[W any] struct {
	members []func()
	task    func(i int, w W) // of the call of each that runs
	tasks   int
	next    atomic.Int64
	wait    sync.WaitGroup
}

// add gives the team a member with that scratch memory.
func (t *team[W]) add(w W) {
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

// each calls task for every i below n, once, and waits. Members take the next i as
// they become free.
func (t *team[W]) each(n int, task func(i int, w W)) {
	if n == 0 {
		return
	}
	t.task, t.tasks = task, n
	t.next.Store(0)
	members := t.members[:min(n, len(t.members))]
	t.wait.Add(len(members))
	for _, work := range members[1:] {
		go work()
	}
	members[0]()
	t.wait.Wait()
}
