package autodiff

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// TestTeam: each task is done once, by one of the workers, whoever sleeps meanwhile, and no worker
// does two at a time.
func TestTeam(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, workers := range []int{1, 2, 3, 9} {
		var team team
		for round, pause := range []time.Duration{0, 0, spinTime / 4, 3 * spinTime, 0} {
			team.gather(workers)
			for _, n := range []int{0, 1, 2, 7, 100, 3} {
				times, busy := make([]atomic.Int32, n), make([]atomic.Bool, workers)
				team.each(n, func(index, worker int) {
					if busy[worker].Swap(true) {
						t.Errorf("worker %d of %d does two tasks at a time", worker, workers)
					}
					if index%50 == worker%2 { // the others wait
						time.Sleep(pause)
					}
					times[index].Add(1)
					busy[worker].Store(false)
				})
				for i := range times {
					if k := times[i].Load(); k != 1 {
						t.Fatalf("%d workers, round %d: task %d of %d was done %d times", workers, round, i, n, k)
					}
				}
				time.Sleep(pause) // the goroutines wait
			}
		}
		for _, m := range team.members { // nothing to do: they leave
			for m.present.Load() {
				time.Sleep(spinTime)
			}
		}
	}
}

// TestTeamShares: all workers work, as many as there are processors for, and none of a larger team
// before.
func TestTeamShares(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var team team
	team.gather(5)
	var together, most atomic.Int32
	team.each(39, func(int, int) {
		now := together.Add(1)
		for {
			m := most.Load()
			if now <= m || most.CompareAndSwap(m, now) {
				break
			}
		}
		time.Sleep(time.Millisecond)
		together.Add(-1)
	})
	if n := most.Load(); n != 3 {
		t.Errorf("%d workers of 5 at a time on 3 processors", n)
	}
	team.gather(2) // the third is still there
	team.each(40, func(_, worker int) {
		if worker > 1 {
			t.Errorf("worker %d of 2 works", worker)
		}
		time.Sleep(spinTime / 10)
	})
}
