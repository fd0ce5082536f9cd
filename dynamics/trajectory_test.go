package dynamics

import (
	"fmt"
	"math"
	"testing"

	"molap/autodiff"
	"molap/kernels"
	"molap/kernels/linear"
)

// TestAgainstNumPy runs driven networks and compares states, exponents and gradients.
func TestAgainstNumPy(t *testing.T) {
	r, leaky := load(t), loadLeaky(t)
	for _, c := range []struct {
		name string
		referenceNetwork
		tol float64
	}{{"contracting", r.Contracting, 1e-12}, {"expanding", r.Expanding, 1e-9},
		{"leaky and contracting", leaky[0], 1e-12}, {"leaky and expanding", leaky[1], 1e-9}} {
		p, tr := c.params(), c.run()
		for i, want := range c.Last {
			checkNear(t, fmt.Sprintf("%s: unit %d in the end", c.name, i), tr.State(tr.Steps-1, 0)[i], want, c.tol)
		}
		n, k := tr.Units, len(c.Exponents)
		frame := make([]float64, k*n)
		for j := range k {
			frame[j*n+j] = 1
		}
		for j, got := range lyapunovExponents(p, tr, 0, 0, tr.Steps, frame) {
			checkNear(t, fmt.Sprintf("%s: exponent %d", c.name, j), got, c.Exponents[j], c.tol)
		}
		e := make([]float64, len(tr.Outputs))
		copy(e[len(e)-len(c.E):], c.E)
		for step, got := range GradientNorms(p, tr, e) {
			checkNear(t, fmt.Sprintf("%s: gradient at step %d", c.name, step), got/c.Norms[step], 1, 1e3*c.tol)
		}
	}
	if r.Contracting.Exponents[0] >= 0 || r.Expanding.Exponents[0] <= 0 {
		t.Errorf("exponents of the references are %v and %v, want one below and one above 0", r.Contracting.Exponents[0], r.Expanding.Exponents[0])
	}
}

// TestLyapunovKnown takes networks whose exponents are known.
func TestLyapunovKnown(t *testing.T) {
	// At the fixed point h* of one unit a difference shrinks by w(1-h*²) a step.
	one := autodiff.NewParams[float64](autodiff.Shape{Units: 1, Out: 1})
	one.A[0], one.H0[0] = 1.5, 0.5
	tr := Run(kernels.Best(), one, nil, 400, 1, 1)
	h := fixedPointOf(1.5)
	checkNear(t, "one unit", Lyapunov(kernels.Best(), one, tr, 0, 300, 400, 1, kernels.NewStream(1))[0], math.Log(1.5*(1-h*h)), 1e-9)

	// All exponents together are the mean logarithm of |det DF|.
	p := randomNetwork(8, 1.4, 3)
	tr = Run(kernels.Best(), p, nil, 60, 1, 1)
	sum := 0.0
	for _, l := range Lyapunov(kernels.Best(), p, tr, 0, 0, 60, 8, kernels.NewStream(2)) {
		sum += l
	}
	l, err := Eigenvalues(recurrentWeights(p), 8)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, v := range l {
		want += math.Log(Modulus(v))
	}
	for _, f := range tr.H {
		want += math.Log(1-f*f) / 60
	}
	checkNear(t, "the sum of exponents", sum, want, 1e-11)

	// So they are where units leak, whose derivatives are full matrices.
	p.Leak = 0.3
	tr = Run(kernels.Best(), p, nil, 60, 1, 1)
	sum, want = 0, 0
	for _, l := range Lyapunov(kernels.Best(), p, tr, 0, 0, 60, 8, kernels.NewStream(2)) {
		sum += l
	}
	for step, h := 0, p.H0; step < 60; step++ {
		l, err := NewMap(p, nil).Spectrum(h)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range l {
			want += math.Log(Modulus(v)) / 60
		}
		h = tr.State(step, 0)
	}
	checkNear(t, "the sum of exponents of leaky units", sum, want, 1e-11)

	// Of a network that forgets all at once nothing is left.
	zero := randomNetwork(5, 0, 1)
	if got := Lyapunov(kernels.Best(), zero, Run(kernels.Best(), zero, nil, 10, 1, 1), 0, 0, 10, 2, kernels.NewStream(1)); !math.IsInf(got[0], -1) || !math.IsInf(got[1], -1) {
		t.Errorf("exponents of no recurrence are %v", got)
	}
}

// TestLyapunovRandom compares large random networks with the theory of their limit, and
// with the distance of two states that are brought together again at every step.
func TestLyapunovRandom(t *testing.T) {
	const units, skip, steps = 200, 50, 300
	r := load(t)
	r.MeanField["leaky"] = 0
	for gain, want := range r.MeanField {
		g := map[string]float64{"1.5": 1.5, "2.0": 2, "3.0": 3, "leaky": 2}[gain]
		p := randomNetwork(units, g, 9)
		if gain == "leaky" { // of which no limit is known here
			p.Leak = 0.2
		}
		tr := Run(kernels.Best(), p, nil, steps, 1, 1)
		got := Lyapunov(kernels.Best(), p, tr, 0, skip, steps, 1, kernels.NewStream(1))[0]
		if p.Leak == 1 {
			checkNear(t, "gain "+gain+": exponent against the limit", got, want, 0.05)
		}

		m, next, other := NewMap(p, nil), make([]float64, units), make([]float64, units)
		near := normal(units, 1) // the disturbance that Lyapunov starts with
		sum := 0.0
		for step := range steps {
			h := p.H0
			if step > 0 {
				h = tr.State(step-1, 0)
			}
			scale := 1e-7 / math.Sqrt(linear.Dot(0, near, near))
			for i := range near {
				near[i] = h[i] + scale*near[i]
			}
			m.Step(other, near)
			m.Step(next, h)
			for i := range near {
				near[i] = other[i] - next[i]
			}
			if step >= skip {
				sum += math.Log(math.Sqrt(linear.Dot(0, near, near)) / 1e-7)
			}
		}
		if d := got - sum/(steps-skip); !(math.Abs(d) < 1e-6) {
			t.Errorf("gain %s: exponent is %v, by two states %v", gain, got, sum/(steps-skip))
		}
	}
}

// TestGradientNorms compares the norm at h[0] with what package autodiff computes.
func TestGradientNorms(t *testing.T) {
	testGradientNorms(t, load(t).Contracting)
	testGradientNorms(t, loadLeaky(t)[0])
}

func testGradientNorms(t *testing.T, d referenceNetwork) {
	p := d.params()
	const steps = 30
	var x []float64
	for _, row := range d.X[:steps] {
		x = append(x, row...)
	}
	target := make([]float64, steps*p.Out)
	tr := Run(kernels.Best(), p, x, steps, 1, 1)
	e := make([]float64, len(target))
	for i, y := range tr.Outputs {
		e[i] = 2 * y / float64(len(e))
	}
	norms := GradientNorms(p, tr, e)
	engine := autodiff.New[float64](kernels.Best(), p.Shape, steps, 1, autodiff.Mask{Rects: []autodiff.Rect{p.B()}, H0: true}, autodiff.Penalty{}, 1)
	engine.Gradient(p, x, target)
	// Shift the trial by a step: its first state becomes the h[0] of the rest.
	rest := *p
	rest.H0 = tr.State(0, 0)
	short := autodiff.New[float64](kernels.Best(), p.Shape, steps-1, 1, autodiff.Mask{H0: true}, autodiff.Penalty{}, 1)
	short.Gradient(&rest, x[p.In:], target[p.Out:])
	g := short.Grad()
	scale := float64(steps-1) / steps // its mean has a step less
	for i := range g {
		g[i] *= scale
		for o := range p.Out { // what the first output adds
			g[i] += e[o] * p.Row(p.WOut(), o)[i]
		}
	}
	checkNear(t, "gradient by the first state", norms[0], math.Sqrt(linear.Dot(0, g, g)), 1e-14)
}
