package rnn

import (
	"fmt"
	"math"

	"molap/autodiff"
	"molap/kernels"
	"molap/kernels/linear"
)

// DNI is dynamical non-interference (Duncker, Driscoll, Shenoy, Sahani and Sussillo 2020). It lets
// one network learn tasks in sequence: what the network learns next keeps away from the activity of
// the tasks before. With the states z = [h[t]; x[t]; 1] and W = [W_rec W_in b], it projects a
// change of the weights,
//
//	dW ← P(W·z)·dW·P(z)    d[W_out b_out] ← P(y)·d[W_out b_out]·P([h; 1])
//
// where P(v) = (C(v)/α + I)⁻¹. C(v) is the mean, over the tasks observed, of the second moment
// Σ v·vᵀ/(n-1) of a task over all its n steps and trials; means are not subtracted. P does not
// change a direction that no task uses, and multiplies one with mean square λ by α/(α+λ).
//
// After each task, Observe it; before the next, ask for the Projection and give
// it to the Trainer.
//
// The paper describes DNI by reference. Two programs define it, Duncker's and the authors', and
// they differ:
//
//   - Duncker projects the update that the optimiser makes, the authors project the gradient before
//     Adam (Projection.Update). The results are not alike: Adam divides by the size of each
//     gradient and so restores much of what the projection has shrunk.
//   - Duncker takes the plain mean over tasks. In the authors' code a counter starts at 2, so the
//     first task has twice the weight of each other (weight in Observe).
//   - Duncker gives every task a rule input of its own, the authors do not (SetRule).
//   - Duncker trains neither biases nor h[0]. The authors train both, and h[0] without protection
//     (the mask).
//   - Duncker's optimiser keeps its moments from task to task. The authors' starts afresh, as a new
//     Trainer does.
//   - Duncker pairs the inputs of a step with the states after it. The authors and this package
//     pair them with the states before it, since W acts on those.
//
// In both programs and here, C([h; 1]) is the block of C(z). It covers h[0] to the last state but
// one, though the readout reads h[1] to the last.
type DNI[T kernels.Float] struct {
	Tasks int // number of tasks observed

	shape  autodiff.Shape
	ops    *kernels.Ops[float64]
	weight float64 // Σ of the weights of the tasks
	// Sums over the tasks of weight times second moment.
	z  []float64 // Cols × Cols
	wz []float64 // Units × Units
	y  []float64 // Out × Out
}

// NewDNI returns a DNI for a network of shape s that has not observed a task.
func NewDNI[T kernels.Float](v kernels.Variant, s autodiff.Shape) *DNI[T] {
	square := func(n int) []float64 { return make([]float64, n*n) }
	return &DNI[T]{
		shape: s, ops: kernels.Of[float64](v),
		z: square(s.Cols()), wz: square(s.Units), y: square(s.Out),
	}
}

// Observe adds a task that the network p has learnt. It adds the activity on inputs x, steps ×
// trials × In, which engine e computes, with the noise of e if it has any. The task counts weight
// times in the mean over tasks: once with Duncker, and in the authors' code twice for the first
// task. Observe panics if weight is not positive or if the batch is a single state.
func (d *DNI[T]) Observe(e *autodiff.Engine[T], p *autodiff.Params[T], x []T, weight float64) {
	samples := e.Steps * e.Trials
	if p.Shape != d.shape || samples < 2 || !(weight > 0 && weight <= math.MaxFloat64) {
		panic(fmt.Sprintf("rnn: DNI of %+v observes %+v, %d steps × %d trials, with weight %v", d.shape, p.Shape, e.Steps, e.Trials, weight))
	}
	s := d.shape
	outputs, hidden := make([]T, samples*s.Out), make([]T, samples*s.Units)
	e.Run(p, x, outputs, hidden)

	z := secondMoment(d.ops, s.Cols(), samples, func(z []float64, i int) {
		h := p.H0
		if before := i - e.Trials; before >= 0 {
			h = hidden[before*s.Units:]
		}
		widen(z[:s.Units], h)
		widen(z[s.Units:][:s.In], x[i*s.In:])
		z[s.Cols()-1] = 1
	})
	y := secondMoment(d.ops, s.Out, samples, func(y []float64, i int) { widen(y, outputs[i*s.Out:]) })
	w := make([]float64, s.Units*s.Cols())
	widen(w, p.A)
	linear.AddScaled(d.z, z, weight)
	linear.AddScaled(d.wz, congruence(w, z, s.Units, s.Cols()), weight)
	linear.AddScaled(d.y, y, weight)
	d.weight += weight
	d.Tasks++
}

// widen sets dst to the first numbers of src.
func widen[T kernels.Float](dst []float64, src []T) {
	for i, v := range src[:len(dst)] {
		dst[i] = float64(v)
	}
}

// momentRows is the number of samples that secondMoment hands on at once. The result does not
// depend on it.
const momentRows = 64

// secondMoment returns Σ v·vᵀ/(samples-1), n × n, over vectors of n entries that
// sample sets by number. The sum runs over increasing numbers, one rounding a term.
func secondMoment(ops *kernels.Ops[float64], n, samples int, sample func(v []float64, i int)) []float64 {
	stride := ops.Stride(n)
	sum, rows := make([]float64, n*stride), make([]float64, momentRows*stride)
	for first := 0; first < samples; first += momentRows {
		count := min(momentRows, samples-first)
		for r := range count {
			sample(rows[r*stride:][:n], first+r)
		}
		ops.AccumulateGrad(sum, rows, rows, n, n, count, stride)
	}
	c := make([]float64, 0, n*n)
	for i := range n {
		for _, v := range sum[i*stride:][:n] {
			c = append(c, v/float64(samples-1))
		}
	}
	return c
}

// projector returns P = (C/α + I)⁻¹. C has the rows and columns at of sum (n × n), divided by the
// weight of the tasks.
func (d *DNI[T]) projector(sum []float64, n int, at []int, alpha float64) ([]float64, error) {
	m := make([]float64, 0, len(at)*len(at))
	for _, i := range at {
		for _, j := range at {
			v := sum[i*n+j] / d.weight / alpha
			if i == j {
				v++
			}
			m = append(m, v)
		}
	}
	p, err := invert(m, len(at))
	if err != nil {
		return nil, fmt.Errorf("DNI with α = %v, too small for the activity: %w", alpha, err)
	}
	return p, nil
}
