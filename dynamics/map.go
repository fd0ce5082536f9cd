package dynamics

import (
	"fmt"
	"math"
	"slices"

	"molap/autodiff"
	"molap/kernels"
	"molap/kernels/linear"
)

// Map is one step of a network under a constant input, F(h) = (1-α)·h + α·tanh(W·h + C). Its methods
// panic if its fields do not belong together, or if a vector does not have its length.
type Map struct {
	Units int
	W     []float64 // W_rec, Units × Units
	C     []float64 // W_in·x + b, Units
	Leak  float64   // α; 1: units do not leak
}

// NewMap returns the map of a network under the input x. The map holds copies. NewMap panics unless
// x has In numbers.
func NewMap(p *autodiff.Params[float64], x []float64) *Map {
	if len(x) != p.In {
		panic(fmt.Sprintf("dynamics: NewMap: an input of %d numbers, the network takes %d", len(x), p.In))
	}
	m := &Map{Units: p.Units, W: recurrentWeights(p), C: make([]float64, p.Units), Leak: p.Leak}
	for i := range m.C {
		m.C[i] = linear.Dot(p.Row(p.B(), i)[0], p.Row(p.WIn(), i), x)
	}
	return m
}

// Widen returns the parameters of a network in float64.
func Widen[T kernels.Float](p *autodiff.Params[T]) *autodiff.Params[float64] {
	w := autodiff.NewParams[float64](p.Shape)
	w.Leak = p.Leak
	for i, v := range p.A {
		w.A[i] = float64(v)
	}
	for i, v := range p.H0 {
		w.H0[i] = float64(v)
	}
	return w
}

// recurrentWeights returns W_rec, Units × Units.
func recurrentWeights(p *autodiff.Params[float64]) []float64 {
	w := make([]float64, 0, p.Units*p.Units)
	for i := range p.Units {
		w = append(w, p.Row(p.WRec(), i)...)
	}
	return w
}

// Step sets next to F(h). The two must not overlap.
func (m *Map) Step(next, h []float64) {
	m.check("Step", len(next), len(h))
	m.activate(next, h)
	if m.Leak == 1 {
		return
	}
	for i, a := range next {
		next[i] = math.FMA(m.Leak, a, float64((1-m.Leak)*h[i]))
	}
}

// activate sets a to tanh(W·h + C).
func (m *Map) activate(a, h []float64) {
	for i := range a {
		a[i] = kernels.Tanh(linear.Dot(m.C[i], m.W[i*m.Units:][:m.Units], h))
	}
}

// tanhSlope returns the derivative of a unit of leak α by the argument of its tanh a.
func tanhSlope(alpha, a float64) float64 { return float64(alpha * math.FMA(-a, a, 1)) }

// Speed returns |F(h)-h|/√Units: how far a unit moves in a step, root mean square. With the q of
// Sussillo and Barak it is √(2q/Units).
func (m *Map) Speed(h []float64) float64 {
	next := make([]float64, m.Units)
	m.Step(next, h)
	return rmsDistance(next, h)
}

// Jacobian sets j, Units × Units, to DF(h) = (1-α)·I + α·diag(1-a²)·W with a =
// tanh(W·h + C): row i has the derivatives of F(h)[i].
func (m *Map) Jacobian(j, h []float64) {
	m.check("Jacobian", len(h), len(h))
	if len(j) != m.Units*m.Units {
		panic(fmt.Sprintf("dynamics: Jacobian: room for %d derivatives, %d × %d needed", len(j), m.Units, m.Units))
	}
	a := make([]float64, m.Units)
	m.activate(a, h)
	for i, v := range a {
		slope := tanhSlope(m.Leak, v)
		for k, w := range m.W[i*m.Units:][:m.Units] {
			j[i*m.Units+k] = float64(slope * w)
		}
		if m.Leak != 1 {
			j[i*m.Units+i] += 1 - m.Leak
		}
	}
}

// Spectrum returns the eigenvalues of DF(h), see [Eigenvalues].
func (m *Map) Spectrum(h []float64) ([]complex128, error) {
	j := make([]float64, m.Units*m.Units)
	m.Jacobian(j, h)
	return Eigenvalues(j, m.Units)
}

// check panics if the map is malformed, or unless a and b, the lengths of vectors, are Units.
func (m *Map) check(caller string, a, b int) {
	if m.Units < 1 || len(m.W) != m.Units*m.Units || len(m.C) != m.Units {
		panic(fmt.Sprintf("dynamics: %s: a map of %d units has %d weights and %d constants", caller, m.Units, len(m.W), len(m.C)))
	}
	if a != m.Units || b != m.Units {
		panic(fmt.Sprintf("dynamics: %s: vectors of %d and %d, the map has %d units", caller, a, b, m.Units))
	}
	if !(m.Leak > 0 && m.Leak <= 1) {
		panic(fmt.Sprintf("dynamics: %s: the leak of the map is %v, more than 0 and at most 1 needed", caller, m.Leak))
	}
}

// notFinite returns the index of the first number that is NaN or infinite, or -1.
func notFinite(x []float64) int {
	return slices.IndexFunc(x, func(v float64) bool { return v-v != 0 })
}

// rmsDistance returns |x-y|/√n.
func rmsDistance(x, y []float64) float64 {
	s := 0.0
	for i, v := range x {
		d := v - y[i]
		s = math.FMA(d, d, s)
	}
	return math.Sqrt(s / float64(len(x)))
}
