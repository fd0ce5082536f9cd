package autodiff

import (
	"runtime"
	"testing"
	"unsafe"

	"molap/kernels"
)

// TestHeld compares what an engine is said to hold with what it allocates: never more, and
// not so little that it says nothing.
func TestHeld(t *testing.T) {
	small, middle, large := Shape{Units: 100, In: 3, Out: 3}, Shape{Units: 730, In: 3, Out: 3}, Shape{Units: 1100, In: 3, Out: 3}
	for _, alpha := range []float64{1, 0.5} {
		testHeld[float32](t, small, 50, 95, alpha)
		testHeld[float64](t, small, 50, 3, alpha)
		testHeld[float32](t, middle, 2, 60, alpha) // by shard or in lockstep
		testHeld[float32](t, large, 2, 60, alpha)  // in lockstep
	}
}

func testHeld[T kernels.Float](t *testing.T, s Shape, steps, trials int, alpha float64) {
	t.Helper()
	q := newProblem[T](s, steps, trials).leaking(alpha)
	m := maskAll(s)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	New[T](kernels.Best(), s, steps, trials, m, Penalty{}, 1).Gradient(q.p, q.x, q.y)
	runtime.ReadMemStats(&after)
	took := float64(after.TotalAlloc - before.TotalAlloc)
	held := Held[T](s, steps, trials, m.Len(s), alpha != 1) * float64(unsafe.Sizeof(T(0)))
	if held > took || held < took/2 {
		t.Errorf("%d units, %d trials, α=%v: said to hold %.3g MB, took %.3g", s.Units, trials, alpha, held*1e-6, took*1e-6)
	}
}
