package autodiff

import (
	"fmt"
	"math"
	"slices"

	"molap/kernels"
)

// Penalty says what the loss adds to the mean squared error of the outputs:
//
//	L2·Σ w² over the blocks of On + Hidden·mean h[1:]² + H0·Σ h[0]²
//
// The text of the paper penalises W_in, W_rec and W_out and the hidden activity. The authors' code
// penalises W_in, W_rec and b, and h[0] in place of the hidden activity. New panics if a rectangle of
// On lies outside the matrix.
type Penalty struct {
	L2     float64 // on weights
	On     []Rect  // which weights, trained or not
	Hidden float64 // on the activity of the units
	H0     float64 // on the initial state
}

// Loss holds the terms of the loss. MSE has the unit of the targets, squared.
type Loss struct {
	// MSE is the mean squared error over steps, trials and outputs. Engine.Weights do not change
	// it. Engine.ErrorWeights make it a weighted mean, which is 0 if all of them are 0.
	MSE      float64
	Weighted float64 // the mean of every square times its weights, which training minimises
	L2       float64 // of the weights, see Penalty
	Activity float64 // of h[0] always; of the hidden units only if Engine.Measure is set
}

// Total returns the sum of the terms. Its gradient is what Engine.Gradient computes, with the
// activity of the hidden units whether or not that is measured.
func (l Loss) Total() float64 { return l.Weighted + l.L2 + l.Activity }

// lossRows holds the outputs, targets and errors of a shard and, if errors have weights, these
// weights, each steps × trials × Out.
type lossRows[T kernels.Float] struct{ y, d, e, w []T }

func newOutputs[T kernels.Float](e *Engine[T], trials int) lossRows[T] {
	n := e.Steps * trials * e.Out
	return lossRows[T]{y: make([]T, n), d: make([]T, n), e: make([]T, n)}
}

// setErrors sets the errors of a shard in its wave; an error is the derivative of the loss by an
// output. It also sets what the shard adds to the loss: Σ (y-d)², bare and weighted. Successive
// steps of equal weight make one sum of kernels.Ops.Loss; these sums are added from the first to
// the last.
func (e *Engine[T]) setErrors(s *shard[T], w *wave[T], o *lossRows[T]) {
	per, from := s.trials*e.Out, (s.first-w.first)*e.Out
	for t := range e.Steps {
		copy(o.y[t*per:][:per], w.y[t*w.trials*e.Out+from:])
		copy(o.d[t*per:][:per], e.job.y[(t*e.Trials+s.first)*e.Out:])
	}
	if e.ErrorWeights != nil {
		if o.w == nil {
			o.w = make([]T, len(o.y))
		}
		for t := range e.Steps {
			copy(o.w[t*per:][:per], e.ErrorWeights[(t*e.Trials+s.first)*e.Out:])
		}
	}
	s.squares, s.weighted, s.total = 0, 0, 0
	for from, to := 0, 0; from < e.Steps; from = to {
		weight := 1.0
		to = e.Steps
		if e.Weights != nil {
			weight = e.Weights[from]
			for to = from + 1; to < e.Steps && e.Weights[to] == weight; to++ {
			}
		}
		i, j := from*per, to*per
		scale := T(2 * weight / float64(e.Steps*e.Trials*e.Out))
		var sum, total float64
		if e.ErrorWeights == nil {
			sum = e.ops.Loss(o.e[i:j], o.y[i:j], o.d[i:j], scale)
		} else {
			sum, total = e.ops.WeightedLoss(o.e[i:j], o.y[i:j], o.d[i:j], o.w[i:j], scale)
		}
		s.squares += sum
		s.total += total
		s.weighted = kernels.FMA(weight, sum, s.weighted)
	}
	for t := range e.Steps {
		copy(w.e[t*w.trials*e.Out+from:], o.e[t*per:][:per])
	}
	if e.Measure {
		s.activity = e.squaredStates(s, w)
	}
}

// squaredStates returns Σ h² of a shard.
func (e *Engine[T]) squaredStates(s *shard[T], w *wave[T]) (sum float64) {
	stride := e.stride()
	for t := 1; t <= e.Steps; t++ {
		for b := range s.trials {
			sum += sumSquares(w.state[(t*w.trials+s.first-w.first+b)*stride:][:e.Units])
		}
	}
	return sum
}

// checkWeights panics unless Weights is nil or has a weight for every step, and ErrorWeights is nil
// or has a weight for every error.
func (e *Engine[T]) checkWeights() {
	if e.ErrorWeights != nil {
		e.checkLen("ErrorWeights", len(e.ErrorWeights), e.Out)
		for i, w := range e.ErrorWeights {
			if !(w >= 0) || math.IsInf(float64(w), 1) {
				panic(fmt.Sprintf("autodiff: error weight %d is %v, a finite number ≥ 0 needed", i, w))
			}
		}
	}
	if e.Weights == nil {
		return
	}
	if len(e.Weights) != e.Steps {
		panic(fmt.Sprintf("autodiff: %d weights of steps, %d needed", len(e.Weights), e.Steps))
	}
	for t, w := range e.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			panic(fmt.Sprintf("autodiff: the weight of step %d is %v, a finite number ≥ 0 needed", t, w))
		}
	}
}

// addPenalty adds the gradient of the penalty to e.grad, with one rounding per entry and only where
// there is a penalty, and adds the value of the penalty to l. The gradient of the hidden activity
// is already in the deltas.
func (e *Engine[T]) addPenalty(p *Params[T], l *Loss) {
	if e.penalty.L2 != 0 {
		for _, r := range e.decays {
			e.ops.AddScaled(e.grad[r.at:], p.A[r.from:][:r.n], T(2*e.penalty.L2))
		}
	}
	if e.mask.H0 && e.penalty.H0 != 0 {
		e.ops.AddScaled(e.grad[len(e.grad)-e.Units:], p.H0, T(2*e.penalty.H0))
	}
	if e.penalty.L2 != 0 {
		sum := 0.0
		for _, r := range e.penalty.On {
			for i := range r.Rows {
				sum += sumSquares(p.Row(r, i))
			}
		}
		l.L2 = float64(e.penalty.L2 * sum)
	}
	if e.penalty.H0 != 0 {
		l.Activity += float64(e.penalty.H0 * sumSquares(p.H0))
	}
}

// sumSquares returns Σ x² in float64, in order.
func sumSquares[T kernels.Float](x []T) float64 {
	sum := 0.0
	for _, v := range x {
		sum = kernels.FMA(float64(v), float64(v), sum)
	}
	return sum
}

// paramRun is a run of n trained parameters. It starts at index at of the trained parameters and at
// index from of the augmented matrix.
type paramRun struct{ at, from, n int }

// decaysOf returns the trained parameters that q.L2 draws to zero. It panics if a rectangle of q lies
// outside the matrix.
func decaysOf(m Mask, s Shape, q Penalty) []paramRun {
	for _, r := range q.On {
		if !r.within(s) {
			panic(fmt.Sprintf("autodiff: penalty rectangle %+v outside the %d×%d matrix", r, s.Rows(), s.Cols()))
		}
	}
	var runs []paramRun
	at := 0
	for _, r := range m.Rects {
		for i := r.Row; i < r.Row+r.Rows; i++ {
			for j := r.Col; j < r.Col+r.Cols; j++ {
				if slices.ContainsFunc(q.On, func(on Rect) bool { return on.contains(i, j) }) {
					from := i*s.Cols() + j
					if k := len(runs) - 1; k >= 0 && runs[k].at+runs[k].n == at && runs[k].from+runs[k].n == from {
						runs[k].n++
					} else {
						runs = append(runs, paramRun{at, from, 1})
					}
				}
				at++
			}
		}
	}
	return runs
}
