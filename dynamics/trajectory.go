package dynamics

import (
	"fmt"
	"math"

	"molap/autodiff"
	"molap/kernels"
	"molap/kernels/linear"
)

// Trajectories holds the states of trials. Index t has the state after step t, h[t+1].
type Trajectories struct {
	Steps, Trials, Units int

	H       []float64 // Steps × Trials × Units
	Outputs []float64 // Steps × Trials × outputs
}

// Run returns the states of a network on the inputs x, steps × trials × In, without
// noise in the units. It panics where [autodiff.New] and [autodiff.Engine.Run] do.
func Run(v kernels.Variant, p *autodiff.Params[float64], x []float64, steps, trials, workers int) *Trajectories {
	e := autodiff.New[float64](v, p.Shape, steps, trials, autodiff.Mask{}, autodiff.Penalty{}, workers)
	t := &Trajectories{Steps: steps, Trials: trials, Units: p.Units,
		H: make([]float64, steps*trials*p.Units), Outputs: make([]float64, steps*trials*p.Out)}
	e.Run(p, x, t.Outputs, t.H)
	return t
}

// State returns the state of a trial after a step, a view of H. It panics if there is no such trial
// or step.
func (t *Trajectories) State(step, trial int) []float64 {
	if trial < 0 || trial >= t.Trials || step < 0 || step >= t.Steps {
		panic(fmt.Sprintf("dynamics: State: trial %d of %d, step %d of %d", trial, t.Trials, step, t.Steps))
	}
	at := (step*t.Trials + trial) * t.Units
	return t.H[at : at+t.Units : at+t.Units]
}

// activity sets a to the tanh that went into the state after a step of the network p. For leaky
// units it computes the tanh from two states, with an error of their last bits divided by α.
func (t *Trajectories) activity(a []float64, p *autodiff.Params[float64], step, trial int) {
	f, h := t.State(step, trial), p.H0
	if p.Leak == 1 {
		copy(a, f)
		return
	}
	if step > 0 {
		h = t.State(step-1, trial)
	}
	for i := range a {
		a[i] = h[i] + (f[i]-h[i])/p.Leak
	}
}

// Lyapunov returns the k largest Lyapunov exponents per step along the states of a trial, over
// steps first … end-1. They come in falling order, except by chance in a short trial. Each is the
// mean logarithmic growth of one of k orthonormal disturbances, which are carried along and made
// orthonormal again at every step (Benettin, Galgani, Giorgilli and Strelcyn 1980; Shimada and
// Nagashima 1979). The disturbances are drawn from s. They are carried through the steps before
// first too, where they turn to the directions that grow most. An exponent of -Inf says that
// nothing is left of a disturbance. Lyapunov panics if there is no such trial, if steps are not
// within 0 … Steps, if k is not within 1 … Units, or if the network has other units.
func Lyapunov(v kernels.Variant, p *autodiff.Params[float64], t *Trajectories, trial, first, end, k int, s kernels.Stream) []float64 {
	if first < 0 || end <= first || end > t.Steps || k < 1 || k > t.Units || p.Units != t.Units {
		panic(fmt.Sprintf("dynamics: Lyapunov: %d exponents of steps %d to %d, have %d steps of %d units, a network of %d", k, first, end, t.Steps, t.Units, p.Units))
	}
	q := randomRows(v, k, t.Units, s)
	orthonormalise(q, t.Units)
	return lyapunovExponents(p, t, trial, first, end, q)
}

// lyapunovExponents returns the exponents of Lyapunov for the orthonormal disturbances q, k ×
// Units, which it changes.
func lyapunovExponents(p *autodiff.Params[float64], t *Trajectories, trial, first, end int, q []float64) []float64 {
	n := t.Units
	k := len(q) / n
	next, sums, a := make([]float64, len(q)), make([]float64, k), make([]float64, n)
	for step := range end {
		t.activity(a, p, step, trial)
		for j := range k { // rows of q are disturbances: q ← DF·q
			for i, v := range a {
				next[j*n+i] = float64(tanhSlope(p.Leak, v) * linear.Dot(0, p.Row(p.WRec(), i), q[j*n:][:n]))
			}
			if p.Leak != 1 {
				linear.AddScaled(next[j*n:][:n], q[j*n:][:n], 1-p.Leak)
			}
		}
		q, next = next, q
		for j, r := range orthonormalise(q, n) {
			if step >= first {
				sums[j] += Ln(r)
			}
		}
	}
	for j := range sums {
		sums[j] /= float64(end - first)
	}
	return sums
}

// scaleBy multiplies x by c, which may be 0.
func scaleBy(x []float64, c float64) {
	if c == 0 {
		clear(x)
		return
	}
	for i := range x {
		x[i] *= c
	}
}

// randomRows returns k rows of n standard normal deviates.
func randomRows(v kernels.Variant, k, n int, s kernels.Stream) []float64 {
	z := make([]float32, k*n)
	v.Normal(z, s, 0)
	q := make([]float64, len(z))
	for i, x := range z {
		q[i] = float64(x)
	}
	return q
}

// orthonormalise makes the rows of q, each of n, orthonormal by the modified method of Gram and
// Schmidt. It returns the length of each row after its parts along the rows before were taken off.
// A row without length becomes 0.
func orthonormalise(q []float64, n int) []float64 {
	k := len(q) / n
	lengths := make([]float64, k)
	for j := range k {
		row := q[j*n:][:n]
		for i := range j {
			other := q[i*n:][:n]
			linear.AddScaled(row, other, -linear.Dot(0, other, row))
		}
		lengths[j] = math.Sqrt(linear.Dot(0, row, row))
		for i := range row {
			if lengths[j] == 0 {
				row[i] = 0
				continue
			}
			row[i] /= lengths[j]
		}
	}
	return lengths
}

// GradientNorms returns, for every step t, the norm of the derivative of a loss by the state after
// it, |∂L/∂h[t+1]|, as root mean square over trials. e holds the derivatives of the loss by the
// outputs, Steps × Trials × outputs. If e is zero before some step, the norms before that step tell
// how much of a gradient gets there. GradientNorms panics if e has another length or the network
// other units.
func GradientNorms(p *autodiff.Params[float64], t *Trajectories, e []float64) []float64 {
	if need := t.Steps * t.Trials * p.Out; len(e) != need || p.Units != t.Units {
		panic(fmt.Sprintf("dynamics: GradientNorms: %d derivatives of %d units, %d and %d needed", len(e), p.Units, need, t.Units))
	}
	n := t.Units
	norms := make([]float64, t.Steps)
	for trial := range t.Trials {
		g, delta, a := make([]float64, n), make([]float64, n), make([]float64, n)
		for step := t.Steps - 1; step >= 0; step-- {
			// With a the tanh that went into h[t+2], δ = α·∂L/∂h[t+2] ⊙ (1-a²), then
			// ∂L/∂h[t+1] = (1-α)·∂L/∂h[t+2] + W_recᵀδ + W_outᵀe[t].
			clear(delta)
			if step < t.Steps-1 {
				t.activity(a, p, step+1, trial)
				for i, v := range a {
					delta[i] = float64(tanhSlope(p.Leak, v) * g[i])
				}
			}
			scaleBy(g, 1-p.Leak)
			for i, d := range delta {
				linear.AddScaled(g, p.Row(p.WRec(), i), d)
			}
			for o := range p.Out {
				linear.AddScaled(g, p.Row(p.WOut(), o), e[(step*t.Trials+trial)*p.Out+o])
			}
			norms[step] += linear.Dot(0, g, g)
		}
	}
	for step := range norms {
		norms[step] = math.Sqrt(norms[step] / float64(t.Trials))
	}
	return norms
}
