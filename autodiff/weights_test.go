package autodiff

import (
	"math"
	"slices"
	"testing"

	"molap/kernels"
)

// unevenWeights are weights of 7 steps: runs of one and of several, and a step that does
// not count.
var unevenWeights = []float64{1, 1, 0, 5, 5, 0.3, 1}

// TestWeightDifferences compares the gradient of a weighted loss with differences
// of the loss, under penalties and noise.
func TestWeightDifferences(t *testing.T) {
	s := problemShape
	for _, trials := range []int{1, ShardTrials + 3} {
		q := newProblem[float64](s, len(unevenWeights), trials)
		for name, m := range masks(s) {
			t.Run(name, func(t *testing.T) {
				e := New[float64](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1)
				e.Measure = true
				e.Weights = unevenWeights
				e.Noise = Noise{Sigma: 0.2, Stream: kernels.NewStream(3)}
				checkDifferences(t, e, q, m)
			})
		}
	}
}

// TestWeightedLoss compares both mean squared errors with their definitions on the
// outputs of Run, which sees the same noise.
func TestWeightedLoss(t *testing.T) {
	q := newProblem[float64](problemShape, len(unevenWeights), ShardTrials+3)
	e := New[float64](kernels.Best(), q.p.Shape, q.steps, q.trials, maskAll(q.p.Shape), q.penalty(), 1)
	e.Weights = unevenWeights
	e.Noise = Noise{Sigma: 0.2, Stream: kernels.NewStream(3)}
	loss := e.Gradient(q.p, q.x, q.y)
	outputs := make([]float64, len(q.y))
	e.Run(q.p, q.x, outputs, nil)
	mse, weighted := 0.0, 0.0
	per := len(q.y) / q.steps
	for i, y := range outputs {
		square := (y - q.y[i]) * (y - q.y[i]) / float64(len(q.y))
		mse += square
		weighted += unevenWeights[i/per] * square
	}
	if math.Abs(loss.MSE-mse) > 1e-14*mse {
		t.Errorf("mean squared error is %v, want %v", loss.MSE, mse)
	}
	if math.Abs(loss.Weighted-weighted) > 1e-14*weighted {
		t.Errorf("weighted error is %v, want %v", loss.Weighted, weighted)
	}
	if want := loss.Weighted + loss.L2 + loss.Activity; loss.Total() != want || loss.L2 == 0 {
		t.Errorf("total of %+v is %v, want %v", loss, loss.Total(), want)
	}
}

// errorWeights returns weights of the errors of a problem, zeros among them.
func errorWeights[T kernels.Float](q problem[T]) []T {
	w, stream := make([]T, len(q.y)), kernels.NewStream(11)
	for i := range w {
		if w[i] = T(2 * stream.Uniform(uint64(i))); w[i] < 0.5 {
			w[i] = 0
		}
	}
	return w
}

// TestErrorWeightDifferences is TestWeightDifferences with a weight for every error, beside
// those of steps.
func TestErrorWeightDifferences(t *testing.T) {
	s := problemShape
	for _, trials := range []int{1, ShardTrials + 3} {
		q := newProblem[float64](s, len(unevenWeights), trials)
		for name, m := range masks(s) {
			t.Run(name, func(t *testing.T) {
				e := New[float64](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1)
				e.Measure, e.Weights, e.ErrorWeights = true, unevenWeights, errorWeights(q)
				checkDifferences(t, e, q, m)
			})
		}
	}
}

// TestErrorWeights compares both errors with their definitions, and holds that a target does
// not matter where its weight is 0.
func TestErrorWeights(t *testing.T) {
	q := newProblem[float64](problemShape, len(unevenWeights), ShardTrials+3)
	e := New[float64](kernels.Best(), q.p.Shape, q.steps, q.trials, maskAll(q.p.Shape), q.penalty(), 1)
	e.Weights, e.ErrorWeights = unevenWeights, errorWeights(q)
	loss := e.Gradient(q.p, q.x, q.y)
	grad := append([]float64(nil), e.Grad()...)
	outputs := make([]float64, len(q.y))
	e.Run(q.p, q.x, outputs, nil)
	squares, weighted, total := 0.0, 0.0, 0.0
	per := len(q.y) / q.steps
	for i, y := range outputs {
		square := e.ErrorWeights[i] * (y - q.y[i]) * (y - q.y[i])
		squares += square
		total += e.ErrorWeights[i]
		weighted += unevenWeights[i/per] * square / float64(len(q.y))
		if e.ErrorWeights[i] == 0 {
			q.y[i] = 1e6
		}
	}
	if mse := squares / total; math.Abs(loss.MSE-mse) > 1e-14*mse || math.Abs(loss.Weighted-weighted) > 1e-14*weighted {
		t.Errorf("errors are %v and %v, want %v and %v", loss.MSE, loss.Weighted, mse, weighted)
	}
	if again := e.Gradient(q.p, q.x, q.y); again != loss || !slices.Equal(grad, e.Grad()) {
		t.Errorf("targets of weight 0 matter: loss %+v, was %+v", again, loss)
	}
	clear(e.ErrorWeights)
	if l := e.Gradient(q.p, q.x, q.y); l.MSE != 0 || l.Weighted != 0 {
		t.Errorf("nothing asked for, the loss is %+v", l)
	}
}

// TestEqualWeights: weights of 1 are no weights, and weights of 2 double error and
// gradient, all to the bit.
func TestEqualWeights(t *testing.T) {
	testEqualWeights[float32](t)
	testEqualWeights[float64](t)
}

func testEqualWeights[T kernels.Float](t *testing.T) {
	q := newProblem[T](problemShape, 9, ShardTrials+3)
	e := New[T](kernels.Best(), q.p.Shape, q.steps, q.trials, maskAll(q.p.Shape), Penalty{}, 1)
	loss := e.Gradient(q.p, q.x, q.y)
	if loss.Weighted != loss.MSE {
		t.Errorf("%T: without weights the error is %v, weighted %v", T(0), loss.MSE, loss.Weighted)
	}
	plain := append([]T(nil), e.Grad()...)
	for _, weight := range []T{1, 2} { // of errors
		e.ErrorWeights = slices.Repeat([]T{weight}, len(q.y))
		got := e.Gradient(q.p, q.x, q.y)
		if got.MSE != loss.MSE || got.Weighted != float64(weight)*loss.MSE {
			t.Errorf("%T: errors that weigh %v make %+v of %+v", T(0), weight, got, loss)
		}
		for i, g := range e.Grad() {
			if g != weight*plain[i] {
				t.Fatalf("%T: errors that weigh %v: gradient %d is %v, without weights %v", T(0), weight, i, g, plain[i])
			}
		}
	}
	e.ErrorWeights = nil
	for _, weight := range []float64{1, 2} {
		e.Weights = make([]float64, q.steps)
		for i := range e.Weights {
			e.Weights[i] = weight
		}
		got := e.Gradient(q.p, q.x, q.y)
		if got.MSE != loss.MSE || got.Weighted != weight*loss.MSE {
			t.Errorf("%T: weights of %v make %+v of %+v", T(0), weight, got, loss)
		}
		for i, g := range e.Grad() {
			if g != T(weight)*plain[i] {
				t.Fatalf("%T: weights of %v: gradient %d is %v, without weights %v", T(0), weight, i, g, plain[i])
			}
		}
	}
}

// TestWeightIndependence: neither kernel nor workers change a bit of a weighted (by step
// and by error), noisy loss and its gradient.
func TestWeightIndependence(t *testing.T) {
	testWeightIndependence[float32](t)
	testWeightIndependence[float64](t)
}

func testWeightIndependence[T kernels.Float](t *testing.T) {
	q := newProblem[T](problemShape, len(unevenWeights), 2*ShardTrials+5)
	m := maskAll(q.p.Shape)
	var want []T
	var wantLoss Loss
	for _, v := range kernels.Variants() {
		for workers := 1; workers <= 3; workers++ {
			e := New[T](v, q.p.Shape, q.steps, q.trials, m, q.penalty(), workers)
			e.Weights, e.ErrorWeights = unevenWeights, errorWeights(q)
			e.Noise = Noise{Sigma: 0.2, Stream: kernels.NewStream(3)}
			loss := e.Gradient(q.p, q.x, q.y)
			if want == nil {
				want, wantLoss = append(want, e.Grad()...), loss
			}
			if loss != wantLoss {
				t.Errorf("%v, %d workers: loss is %v, want %v", v, workers, loss, wantLoss)
			}
			for i, g := range e.Grad() {
				if g != want[i] {
					t.Fatalf("%v, %d workers: gradient %d is %v, want %v", v, workers, i, g, want[i])
				}
			}
		}
	}
}

func TestWrongWeights(t *testing.T) {
	q := newProblem[float32](problemShape, 2, 1)
	for want, weights := range map[string][]float64{
		"autodiff: 3 weights of steps, 2 needed":                             {1, 1, 1},
		"autodiff: the weight of step 1 is -1, a finite number ≥ 0 needed":   {1, -1},
		"autodiff: the weight of step 0 is NaN, a finite number ≥ 0 needed":  {math.NaN(), 1},
		"autodiff: the weight of step 1 is +Inf, a finite number ≥ 0 needed": {1, math.Inf(1)},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\n want %s", got, want)
				}
			}()
			e := New[float32](kernels.Best(), q.p.Shape, q.steps, q.trials, Mask{}, Penalty{}, 1)
			e.Weights = weights
			e.Gradient(q.p, q.x, q.y)
		}()
	}
	for want, wrong := range map[string]float32{
		"autodiff: error weight 3 is -1, a finite number ≥ 0 needed":   -1,
		"autodiff: error weight 3 is NaN, a finite number ≥ 0 needed":  float32(math.NaN()),
		"autodiff: error weight 3 is +Inf, a finite number ≥ 0 needed": float32(math.Inf(1)),
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\n want %s", got, want)
				}
			}()
			e := New[float32](kernels.Best(), q.p.Shape, q.steps, q.trials, Mask{}, Penalty{}, 1)
			e.ErrorWeights = errorWeights(q)
			e.ErrorWeights[3] = wrong
			e.Gradient(q.p, q.x, q.y)
		}()
	}
}
