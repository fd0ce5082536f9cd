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

// patience is the time for which a worker looks for work before it sleeps. A core that sleeps takes
// some 100 µs to wake on a virtual machine, and all workers wait for each other several times in a
// step.
const patience = 200 * time.Microsecond

// team spreads tasks over workers: the caller, who is worker 0, and goroutines. The goroutines start
// when there are tasks for them and stay, looking for more, until dismiss.
type team struct {
	workers int
	members []func()                // of the goroutines, from worker 1 on
	task    func(index, worker int) // of the call of each at work
	ticket  atomic.Uint64           // number of its tasks << 32 | the next task
	done    atomic.Int64            // tasks
	present atomic.Int64            // goroutines
	leave   atomic.Bool
	lock    sync.Mutex
	change  sync.Cond // of what sleepers wait for
}

// gather makes a team of that many workers, or of as many as there are processors for.
func (t *team) gather(workers int) {
	t.workers = min(workers, runtime.GOMAXPROCS(0))
	t.change.L = &t.lock
	t.leave.Store(false)
	for w := len(t.members) + 1; w < t.workers; w++ {
		t.members = append(t.members, func() { t.serve(w) })
	}
}

// each calls task once for every index below n and waits. A worker takes the next index as it
// becomes free.
func (t *team) each(n int, task func(index, worker int)) {
	if t.workers <= 1 || n == 1 {
		for i := range n {
			task(i, 0)
		}
		return
	}
	t.task = task
	t.done.Store(0)
	t.ticket.Store(uint64(n) << 32)
	t.tell()
	for k := int(t.present.Load()); k < min(t.workers, n)-1; k++ {
		t.present.Add(1)
		go t.members[k]()
	}
	for t.take(0) {
	}
	t.await((*team).isDone)
}

// dismiss ends the goroutines and waits until they are gone.
func (t *team) dismiss() {
	if t.present.Load() > 0 {
		t.leave.Store(true)
		t.tell()
		t.await((*team).isGone)
	}
}

func (t *team) isDone() bool { return t.done.Load() == int64(t.ticket.Load()>>32) }
func (t *team) isGone() bool { return t.present.Load() == 0 }

// isCalling reports whether there is something to do for a goroutine: a task, or to leave.
func (t *team) isCalling() bool {
	ticket := t.ticket.Load()
	return uint32(ticket) < uint32(ticket>>32) || t.leave.Load()
}

// serve does tasks until the team is dismissed.
func (t *team) serve(worker int) {
	for !t.leave.Load() {
		for t.take(worker) {
		}
		t.await((*team).isCalling)
	}
	t.present.Add(-1)
	t.tell()
}

// take does the next task, if there is one, and reports whether there was. The caller of each waits
// for the task, so what each has set stays until it is done.
func (t *team) take(worker int) bool {
	ticket := t.ticket.Add(1) - 1
	index, n := uint32(ticket), uint32(ticket>>32)
	if index >= n {
		return false
	}
	t.task(int(index), worker)
	if t.done.Add(1) == int64(n) {
		t.tell()
	}
	return true
}

// await returns when met does. It looks for the time of patience, then it sleeps until tell.
func (t *team) await(met func(*team) bool) {
	for began := time.Now(); time.Since(began) < patience; {
		for range 100 {
			if met(t) {
				return
			}
		}
	}
	t.lock.Lock()
	for !met(t) {
		t.change.Wait()
	}
	t.lock.Unlock()
}

// tell wakes all who sleep, after a change of what they wait for.
func (t *team) tell() {
	t.lock.Lock()
	t.change.Broadcast()
	t.lock.Unlock()
}
