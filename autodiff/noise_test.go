package autodiff

import (
	"math"
	"testing"

	"molap/kernels"
)

// noisyProblem is a network whose every unit has its own noise in 33 trials: a shard and
// part of another, whose deviates do not start with a group of the stream.
func noisyProblem[T kernels.Float](steps int) (problem[T], Noise) {
	return newProblem[T](problemShape, steps, ShardTrials+13), Noise{Sigma: 0.7, Stream: kernels.NewStream(31).Child(4)}
}

// TestNoiseDefinition compares hidden states with those of Eq. 1 written down.
func TestNoiseDefinition(t *testing.T) {
	testNoiseDefinition[float32](t)
	testNoiseDefinition[float64](t)
}

func testNoiseDefinition[T kernels.Float](t *testing.T) {
	const steps = 3
	s := problemShape
	q, noise := noisyProblem[T](steps)
	for _, v := range kernels.Variants() {
		for _, workers := range []int{1, 2} {
			e := New[T](v, s, steps, q.trials, Mask{}, Penalty{}, workers)
			e.Noise = noise
			outputs, hidden := make([]T, len(q.y)), make([]T, steps*q.trials*s.Units)
			e.Run(q.p, q.x, outputs, hidden)
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
						h[i] = kernels.Tanh(kernels.FMA(T(noise.Sigma), T(deviates[b*s.Units+i]), z))
						if got := hidden[(step*q.trials+b)*s.Units+i]; got != h[i] {
							t.Fatalf("%v, %d workers: h[%d] of trial %d, unit %d is %v, want %v", v, workers, step+1, b, i, got, h[i])
						}
					}
					copy(state, h)
					for o := range s.Out {
						y := T(0)
						row := q.p.A[(s.Units+o)*s.Cols():][:s.Cols()]
						for k, w := range row[:s.Units] {
							y = kernels.FMA(h[k], w, y)
						}
						if y = T(y + row[s.Cols()-1]); outputs[(step*q.trials+b)*s.Out+o] != y {
							t.Fatalf("%v: readouts carry noise: %v, want %v", v, outputs[(step*q.trials+b)*s.Out+o], y)
						}
					}
				}
			}
		}
	}
}

// TestNoiseZero: without sigma the stream does not matter, to the bit.
func TestNoiseZero(t *testing.T) {
	q, noise := noisyProblem[float32](6)
	e := New[float32](kernels.Best(), q.p.Shape, q.steps, q.trials, maskAll(q.p.Shape), q.penalty(), 1)
	want, loss := append([]float32(nil), gradientOf(e, q)...), e.Gradient(q.p, q.x, q.y)
	e.Noise = Noise{Stream: noise.Stream}
	for i, g := range gradientOf(e, q) {
		if g != want[i] {
			t.Fatalf("gradient %d is %v, without noise %v", i, g, want[i])
		}
	}
	e.Noise = noise
	if e.Gradient(q.p, q.x, q.y) == loss {
		t.Error("noise does not change the loss")
	}
	first := append([]float32(nil), gradientOf(e, q)...)
	e.Noise.Stream = noise.Stream.Child(1)
	if g := gradientOf(e, q); g[0] == first[0] {
		t.Error("another stream gives the same gradient")
	}
}

func gradientOf[T kernels.Float](e *Engine[T], q problem[T]) []T {
	e.Gradient(q.p, q.x, q.y)
	return e.Grad()
}

// TestNoiseDifferences compares the gradient under fixed noise with differences
// of the loss.
func TestNoiseDifferences(t *testing.T) {
	q, noise := noisyProblem[float64](5)
	m := maskAll(q.p.Shape)
	e := New[float64](kernels.Best(), q.p.Shape, q.steps, q.trials, m, Penalty{}, 2)
	e.Noise = noise
	checkDifferences(t, e, q, m)
}

// TestNoiseStatistics: a network without weights shows its noise; mean, variance
// and the correlations of neighbouring units, trials and steps are those of
// independent normal deviates, within five standard errors.
func TestNoiseStatistics(t *testing.T) {
	const steps, trials, sigma = 20, 100, 0.3
	s := Shape{Units: 25, In: 0, Out: 1}
	e := New[float64](kernels.Best(), s, steps, trials, Mask{}, Penalty{}, 2)
	e.Noise = Noise{Sigma: sigma, Stream: kernels.NewStream(5)}
	hidden := make([]float64, steps*trials*s.Units)
	e.Run(NewParams[float64](s), nil, make([]float64, steps*trials), hidden)
	for i, h := range hidden {
		hidden[i] = math.Atanh(h) / sigma
	}
	n := float64(len(hidden))
	for name, lag := range map[string]int{"variance": 0, "unit": 1, "trial": s.Units, "step": s.Units * trials} {
		sum := 0.0
		for i := lag; i < len(hidden); i++ {
			sum += hidden[i] * hidden[i-lag]
		}
		want, spread := 0.0, 1.0
		if lag == 0 {
			want, spread = 1, math.Sqrt2
		}
		if got := sum / (n - float64(lag)); math.Abs(got-want) > 5*spread/math.Sqrt(n-float64(lag)) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	sum := 0.0
	for _, z := range hidden {
		sum += z
	}
	if mean := sum / n; math.Abs(mean) > 5/math.Sqrt(n) {
		t.Errorf("mean is %v", mean)
	}
}
