package autodiff

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Lender lends cores that would idle; see Engine.Cores.
type Lender interface {
	Borrow(most int) int // lends at most most cores and returns how many, none if most < 1
	Return(n int)        // takes n of them back
}

// spinTime is how long a worker looks for work before it leaves or sleeps. On a virtual machine a
// sleeping core takes some 100 µs to wake. All workers wait for each other several times in a step,
// and between two steps one of them works alone.
const spinTime = time.Millisecond

// team spreads tasks over workers: the caller, who is worker 0, and goroutines. A goroutine starts
// when there are tasks for it, and ends when it has found none for spinTime.
type team struct {
	workers atomic.Int64
	members []*teamWorker           // the goroutines, from worker 1 on
	task    func(index, worker int) // of the call of each at work
	ticket  atomic.Uint64           // number of its tasks << 32 | the next task
	done    atomic.Int64            // tasks
	lock    sync.Mutex
	all     sync.Cond // tasks are done
}

// teamWorker is a goroutine of a team. It is present from its start until it ends.
type teamWorker struct {
	present atomic.Bool
	serve   func()
}

// gather makes a team of that many workers, or of as many as there are processors for.
func (t *team) gather(workers int) {
	workers = min(workers, runtime.GOMAXPROCS(0))
	t.all.L = &t.lock
	for w := len(t.members) + 1; w < workers; w++ {
		m := &teamWorker{}
		m.serve = func() {
			for t.find(w) {
				for t.take(w) {
				}
			}
			m.present.Store(false)
		}
		t.members = append(t.members, m)
	}
	t.workers.Store(int64(workers))
}

// each calls task once for every index below n and waits. A worker takes the next index as it
// becomes free.
func (t *team) each(n int, task func(index, worker int)) {
	workers := min(int(t.workers.Load()), n)
	if workers <= 1 {
		for i := range n {
			task(i, 0)
		}
		return
	}
	t.task = task
	t.done.Store(0)
	t.ticket.Store(uint64(n) << 32)
	for _, m := range t.members[:workers-1] {
		// One that is about to leave counts as present. Then the others do its tasks.
		if m.present.CompareAndSwap(false, true) {
			go m.serve()
		}
	}
	for t.take(0) {
	}
	if !spinUntil(t.isDone) {
		t.lock.Lock()
		for !t.isDone() {
			t.all.Wait()
		}
		t.lock.Unlock()
	}
}

func (t *team) isDone() bool { return t.done.Load() == int64(t.ticket.Load()>>32) }

// find waits for a task and reports whether one came.
func (t *team) find(worker int) bool {
	return spinUntil(func() bool {
		ticket := t.ticket.Load()
		return uint32(ticket) < uint32(ticket>>32) && int64(worker) < t.workers.Load()
	})
}

// take does the next task, if there is one, and reports whether there was one. The caller of each
// waits for the task, so the fields that each has set do not change before the task is done.
func (t *team) take(worker int) bool {
	ticket := t.ticket.Add(1) - 1
	index, n := uint32(ticket), uint32(ticket>>32)
	if index >= n {
		return false
	}
	t.task(int(index), worker)
	if t.done.Add(1) == int64(n) {
		t.lock.Lock()
		t.all.Broadcast()
		t.lock.Unlock()
	}
	return true
}

// spinUntil calls met until it returns true or spinTime is over. It returns the last value of met.
func spinUntil(met func() bool) bool {
	for began := time.Now(); time.Since(began) < spinTime; {
		for range 100 {
			if met() {
				return true
			}
		}
	}
	return met()
}
