package autodiff

import "molap/kernels"

// Penalty is what the loss adds to the mean squared error:
//
//	L2·Σ w² over the blocks of On + Hidden·mean h[1:]² + H0·Σ h[0]²
//
// The text of the paper penalises W_in, W_rec and W_out and the hidden activity;
// the authors' code W_in, W_rec and b, and h[0] where it penalises activity.
type Penalty struct {
	L2     float64
	On     []Rect
	Hidden float64
	H0     float64
}

// Loss is the value of the loss by its terms.
type Loss struct {
	MSE      float64 // mean squared error over steps, trials and outputs
	L2       float64
	Activity float64 // of the hidden units only when Engine.Measure is set; of h[0] always
}

// Total is the sum of the terms.
func (l Loss) Total() float64 { return l.MSE + l.L2 + l.Activity }

// addPenalty adds the gradient of the penalty to e.grad, but for that of the
// hidden activity, which travels with the deltas, and its value to l.
func (e *Engine[T]) addPenalty(p *Params[T], l *Loss) {
	g, c := e.grad, e.slopes
	add := func(w []T) {
		for i, v := range w {
			g[i] = kernels.FMA(c[i], v, g[i])
		}
		g, c = g[len(w):], c[len(w):]
	}
	for _, r := range e.mask.Rects {
		for i := range r.Rows {
			add(p.Row(r, i))
		}
	}
	if e.mask.H0 {
		add(p.H0)
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

// slopes returns for every trained parameter the factor c of the penalty's
// gradient c·w.
func slopes[T kernels.Float](m Mask, s Shape, q Penalty) []T {
	c := make([]T, 0, m.Len(s))
	for _, r := range m.Rects {
		for i := range r.Rows {
			for j := range r.Cols {
				slope := 0.0
				for _, on := range q.On {
					if on.contains(r.Row+i, r.Col+j) {
						slope = 2 * q.L2
					}
				}
				c = append(c, T(slope))
			}
		}
	}
	if m.H0 {
		for range s.Units {
			c = append(c, T(2*q.H0))
		}
	}
	return c
}
