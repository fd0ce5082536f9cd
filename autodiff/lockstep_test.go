package autodiff

import (
	"fmt"
	"sync/atomic"
	"testing"

	"molap/kernels"
)

// TestLockstep holds trials in lockstep to shards by themselves, bit for bit: every
// mask, trials that fill waves and shards or do not, one to four workers.
func TestLockstep(t *testing.T) {
	for _, alpha := range []float64{1, 0.3} {
		testLockstep[float32](t, alpha)
		testLockstep[float64](t, alpha)
	}
}

func testLockstep[T kernels.Float](t *testing.T, alpha float64) {
	s := Shape{Units: tileSide + 7, In: 3, Out: 2} // two strips and panels, the second small
	for _, trials := range []int{1, 7, 2*ShardTrials + 5, waveTrials + ShardTrials + 3} {
		q := newProblem[T](s, 11, trials).leaking(alpha)
		for name, m := range masks(s) {
			alone := newEngine[T](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1, byShard)
			want, wantLoss := allOf(alone, q)
			for _, v := range kernels.Variants() {
				for workers := 1; workers <= 4; workers++ {
					if v.String() != kernels.Best().String() && (workers != 2 || name != "everything" || trials > 3*ShardTrials) {
						continue
					}
					e := newEngine[T](v, s, q.steps, trials, m, q.penalty(), workers, inLockstep)
					got, loss := allOf(e, q)
					equalBits(t, fmt.Sprintf("α=%v, %T, %s, %d trials, %v, %d workers", alpha, q.x[0], name, trials, v, workers), got, want, loss, wantLoss)
				}
			}
		}
	}
}

// TestBatches does the same where the tiles of a gradient fill more than one batch and the terms of a shard
// more than one call.
func TestBatches(t *testing.T) {
	testBatches[float32](t)
	testBatches[float64](t)
}

func testBatches[T kernels.Float](t *testing.T) {
	s := Shape{Units: 6*tileSide + 7, In: 3, Out: 2}
	const trials = ShardTrials + 5
	q := newProblem[T](s, 11, trials)
	if most := tileDepth[T]() / ShardTrials; q.steps+1 <= 2*most {
		t.Fatalf("%d steps are no more than two calls of %d", q.steps+1, most)
	}
	for name, m := range masks(s) {
		want, wantLoss := allOf(newEngine[T](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1, byShard), q)
		for workers := 1; workers <= 2; workers++ {
			e := newEngine[T](kernels.Best(), s, q.steps, trials, m, q.penalty(), workers, inLockstep)
			got, loss := allOf(e, q)
			equalBits(t, fmt.Sprintf("%T, %s, %d workers", q.x[0], name, workers), got, want, loss, wantLoss)
			if n := len(e.lockstep.parcels[0].tiles); name == "everything" && workers == 1 && n <= batchTiles {
				t.Errorf("%d tiles are no more than a batch", n)
			}
		}
	}
}

// allOf returns all that an engine computes of a problem, with weights and noise. It
// runs it twice: nothing may be left of the first.
func allOf[T kernels.Float](e *Engine[T], q problem[T]) ([]T, Loss) {
	e.Measure = true
	e.Noise = Noise{Sigma: 0.2, Stream: kernels.NewStream(3)}
	e.Weights = make([]float64, q.steps)
	for t := range e.Weights {
		e.Weights[t] = float64(t / 3 % 3)
	}
	outputs, hidden := make([]T, len(q.y)), make([]T, q.steps*q.trials*e.Units)
	e.Gradient(q.p, q.x, q.y)
	e.Run(q.p, q.x, outputs, hidden)
	loss := e.Gradient(q.p, q.x, q.y)
	return append(append(outputs, hidden...), e.Grad()...), loss
}

func equalBits[T kernels.Float](t *testing.T, what string, got, want []T, loss, wantLoss Loss) {
	t.Helper()
	if loss != wantLoss {
		t.Errorf("%s: loss is %v, want %v", what, loss, wantLoss)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: entry %d of %d is %v, want %v", what, i, len(want), got[i], want[i])
			return
		}
	}
}

// TestRoutes checks the limits of the routes.
func TestRoutes(t *testing.T) {
	for units, want := range map[int][2]routes{507: {byShard, byShard}, 510: {byShard, byShard | inLockstep}, 719: {byShard, inLockstep},
		672: {byShard, byShard | inLockstep}, 675: {byShard, inLockstep}, 722: {byShard | inLockstep, inLockstep}, 953: {byShard | inLockstep, inLockstep}, 956: {inLockstep, inLockstep}} {
		s := Shape{Units: units, In: 3, Out: 3}
		if got := [2]routes{routesOf[float32](s), routesOf[float64](s)}; got != want {
			t.Errorf("%d units have routes %b in float32 and float64, want %b", units, got, want)
		}
	}
}

// TestLarge holds networks that can take both routes, and one that takes lockstep alone, to shards by
// themselves. The calls of allOf take the first route, then the second.
func TestLarge(t *testing.T) {
	for _, units := range []int{722, 960} {
		s := Shape{Units: units, In: 3, Out: 3}
		q := newProblem[float32](s, 5, 3)
		m := maskAll(s)
		want, wantLoss := allOf(newEngine[float32](kernels.Best(), s, q.steps, q.trials, m, q.penalty(), 1, byShard), q)
		for _, v := range kernels.Variants() {
			if v.String() == "generic" && (testing.Short() || units > 900) {
				continue
			}
			e := New[float32](v, s, q.steps, q.trials, m, q.penalty(), 2)
			for call := range tunerTurn + 1 {
				got, loss := allOf(e, q)
				equalBits(t, fmt.Sprintf("%d units, %v, call %d", units, v, call), got, want, loss, wantLoss)
			}
		}
	}
}

func TestLockstepNoAllocations(t *testing.T) {
	s := problemShape
	q := newProblem[float32](s, 10, waveTrials+1)
	e := newEngine[float32](kernels.Best(), s, q.steps, q.trials, maskAll(s), q.penalty(), 2, inLockstep)
	e.Noise = Noise{Sigma: 0.1, Stream: kernels.NewStream(1)}
	outputs := make([]float32, len(q.y))
	if n := testing.AllocsPerRun(20, func() {
		e.Gradient(q.p, q.x, q.y)
		e.Run(q.p, q.x, outputs, nil)
	}); n != 0 {
		t.Errorf("%v allocations in a step", n)
	}
}

// lender lends a number of cores, whoever asks.
type lender struct{ idle, lent, most int }

func (l *lender) Borrow(most int) int {
	n := max(0, min(most, l.idle))
	l.lent += n
	l.most = max(l.most, n)
	return n
}

func (l *lender) Return(n int) { l.lent -= n }

// TestLent: cores that are lent for one step and not for the next change no bit, where
// shards go by themselves, where the last ones are shared, and where all can go in lockstep. The
// calls of allOf take the first way, then the second.
func TestLent(t *testing.T) {
	s := Shape{Units: tileSide + 7, In: 3, Out: 2}
	for _, trials := range []int{1, 2*ShardTrials + 5, 4 * ShardTrials, waveTrials + ShardTrials + 3} {
		q := newProblem[float32](s, 7, trials)
		for name, m := range masks(s) {
			q := q
			if name == "everything" {
				q = q.leaking(0.3)
			}
			want, wantLoss := allOf(newEngine[float32](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1, byShard), q)
			for _, way := range []routes{byShard, inLockstep, byShard | inLockstep} {
				e := newEngine[float32](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1, way)
				cores := &lender{}
				e.Cores = cores
				for _, cores.idle = range []int{1, 0, 3, 2, 100} {
					for range tunerTurn + 1 {
						got, loss := allOf(e, q)
						equalBits(t, fmt.Sprintf("%s, %d trials, %d cores lent, routes %b", name, trials, cores.idle, way), got, want, loss, wantLoss)
					}
				}
				if cores.lent != 0 || trials > 2*fewTrials && cores.most == 0 {
					t.Errorf("%s, %d trials: %d cores not returned, %d borrowed at most", name, trials, cores.lent, cores.most)
				}
			}
		}
	}
}

// TestDivide: shards that do not go evenly into the workers are divided in both ways, others in one.
// Each goes through the steps once, by itself or in lockstep; the last case has two waves.
func TestDivide(t *testing.T) {
	for _, c := range []struct{ trials, workers, shared int }{{60, 1, 0}, {60, 2, 1}, {80, 2, 0}, {20, 2, 1}, {60, 8, 3}, {60, 3, 0}, {260, 7, 6}} {
		q := newProblem[float32](problemShape, 5, c.trials)
		e := newEngine[float32](kernels.Best(), problemShape, q.steps, q.trials, maskAll(problemShape), q.penalty(), c.workers, byShard)
		var alone atomic.Int32 // shards by themselves
		shardAlone := e.runShard
		e.runShard = func(i, worker int) {
			alone.Add(1)
			shardAlone(i, worker)
		}
		for range 2 * tunerTurn {
			e.Gradient(q.p, q.x, q.y)
		}
		if got, want := int(alone.Load()), 2*tunerTurn*len(e.shards)-tunerTurn*c.shared; got != want {
			t.Errorf("%d trials, %d workers: %d shards of six gradients go by themselves, want %d", c.trials, c.workers, got, want)
		}
	}
}
