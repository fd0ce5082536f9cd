package autodiff

import (
	"fmt"
	"testing"

	"molap/kernels"
)

// leaking returns the problem for units that leak.
func (q problem[T]) leaking(alpha float64) problem[T] {
	p := *q.p
	p.Leak = alpha
	q.p = &p
	return q
}

// TestLeakOracle compares states, loss and gradients with those of PyTorch's autograd.
func TestLeakOracle(t *testing.T) {
	testLeakOracle[float32](t, 1e-5)
	testLeakOracle[float64](t, 1e-12)
}

func testLeakOracle[T kernels.Float](t *testing.T, tolerance float64) {
	s := oracleShape
	file := func(name string) []float64 { return reference(t, "leak.npz", name) }
	x, y := convert[T](smallReference(t, "inputs")), convert[T](smallReference(t, "targets"))
	q := Penalty{L2: file("l2")[0], On: []Rect{s.WIn(), s.WRec(), s.WOut()}, Hidden: file("activity")[0]}
	p := oracleParams[T](t)
	for _, v := range kernels.Variants() {
		for _, way := range []routes{byShard, inLockstep, byShard | inLockstep} {
			for i, alpha := range file("alphas") {
				p.Leak = alpha
				name := fmt.Sprintf("%v %T α=%v routes %b", v, x[0], alpha, way)
				of := func(what string) []float64 { return file(fmt.Sprintf("%d_%s", i, what)) }
				e := newEngine[T](v, s, oracleSteps, oracleTrials, maskAll(s), q, 1, way)
				e.Measure = true
				outputs, hidden := make([]T, len(y)), make([]T, oracleSteps*oracleTrials*s.Units)
				e.Run(p, x, outputs, hidden)
				loss := e.Gradient(p, x, y)
				for what, got := range map[string][]T{"outputs": outputs, "hidden": hidden, "loss": {T(loss.Total())}} {
					if d := relativeError(t, got, of(what)); d > tolerance {
						t.Errorf("%s: %s are off by %g", name, what, d)
					}
				}
				g := NewParams[T](s)
				Scatter(maskAll(s), g, e.Grad())
				checkGradients(t, name, g, tolerance, func(block string) []float64 { return of("grad_" + block) })
			}
		}
	}
}

// TestLeakDefinition compares states, noise and all, with the equation written down, bit
// for bit.
func TestLeakDefinition(t *testing.T) {
	testLeakDefinition[float32](t)
	testLeakDefinition[float64](t)
}

func testLeakDefinition[T kernels.Float](t *testing.T) {
	const steps, alpha = 4, 0.3
	s := problemShape
	q, noise := noisyProblem[T](steps)
	q = q.leaking(alpha)
	for _, sigma := range []float64{0, noise.Sigma} {
		noise.Sigma = sigma
		for _, v := range kernels.Variants() {
			e := New[T](v, s, steps, q.trials, Mask{}, Penalty{}, 2)
			e.Noise = noise
			hidden := make([]T, steps*q.trials*s.Units)
			e.Run(q.p, q.x, make([]T, len(q.y)), hidden)
			for b := range q.trials {
				h := append([]T(nil), q.p.H0...)
				for step := range steps {
					deviates := make([]float32, q.trials*s.Units)
					v.Normal(deviates, noise.Stream.Child(uint64(step)), 0)
					state := append(append(append([]T(nil), h...), q.x[(step*q.trials+b)*s.In:][:s.In]...), 1)
					for i := range s.Units {
						z := T(0)
						for k, w := range q.p.A[i*s.Cols():][:s.Cols()] {
							z = kernels.FMA(state[k], w, z)
						}
						if sigma != 0 {
							z = kernels.FMA(T(sigma), T(deviates[b*s.Units+i]), z)
						}
						kept := T(T(1-alpha) * state[i])
						h[i] = kernels.FMA(T(alpha), kernels.Tanh(z), kept)
						if got := hidden[(step*q.trials+b)*s.Units+i]; got != h[i] {
							t.Fatalf("%v, σ=%v: h[%d] of trial %d, unit %d is %v, want %v", v, sigma, step+1, b, i, got, h[i])
						}
					}
				}
			}
		}
	}
}

// TestLeakDifferences compares the gradient of every mask with differences of the loss.
func TestLeakDifferences(t *testing.T) {
	s := problemShape
	q := newProblem[float64](s, 6, ShardTrials+4).leaking(0.2)
	for name, m := range masks(s) {
		for _, way := range []routes{byShard, inLockstep, byShard | inLockstep} {
			t.Run(fmt.Sprintf("%s/routes=%b", name, way), func(t *testing.T) {
				e := newEngine[float64](kernels.Best(), s, q.steps, q.trials, m, q.penalty(), 1, way)
				e.Measure = true
				e.Noise = Noise{Sigma: 0.2, Stream: kernels.NewStream(5)}
				checkDifferences(t, e, q, m)
			})
		}
	}
}

// TestLeakTurns: what an engine computes of a network does not depend on whether the units
// of the one before leaked, nor on what was asked of it.
func TestLeakTurns(t *testing.T) {
	s := problemShape
	for _, way := range []routes{byShard, inLockstep, byShard | inLockstep} {
		q := newProblem[float32](s, 9, ShardTrials+7)
		m := maskAll(s)
		fresh := func(alpha float64) ([]float32, Loss) {
			return allOf(newEngine[float32](kernels.Best(), s, q.steps, q.trials, m, q.penalty(), 1, way), q.leaking(alpha))
		}
		e := newEngine[float32](kernels.Best(), s, q.steps, q.trials, m, q.penalty(), 2, way)
		e.Run(q.leaking(0.4).p, q.x, make([]float32, len(q.y)), nil) // room for one step alone
		for _, alpha := range []float64{0.1, 1, 0.9, 0.1, 1} {
			want, wantLoss := fresh(alpha)
			got, loss := allOf(e, q.leaking(alpha))
			equalBits(t, fmt.Sprintf("α=%v, routes %b", alpha, way), got, want, loss, wantLoss)
		}
	}
}

// TestLeakNoAllocations: once there is room, none is made.
func TestLeakNoAllocations(t *testing.T) {
	s := problemShape
	q := newProblem[float32](s, 10, 3*ShardTrials).leaking(0.2)
	for _, way := range []routes{byShard, inLockstep, byShard | inLockstep} {
		e := newEngine[float32](kernels.Best(), s, q.steps, q.trials, maskAll(s), q.penalty(), 1, way)
		outputs := make([]float32, len(q.y))
		e.Gradient(q.p, q.x, q.y)
		if n := testing.AllocsPerRun(20, func() {
			e.Gradient(q.p, q.x, q.y)
			e.Run(q.p, q.x, outputs, nil)
		}); n != 0 {
			t.Errorf("routes %b: %v allocations in a step", way, n)
		}
	}
}
