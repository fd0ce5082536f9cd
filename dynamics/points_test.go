package dynamics

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// gridStates returns states of n units, all combinations of so many values from -1 to 1.
func gridStates(n, values int) (states [][]float64) {
	states = [][]float64{{}}
	for range n {
		var more [][]float64
		for _, h := range states {
			for i := range values {
				more = append(more, append(slices.Clone(h), -1+2*float64(i)/float64(values-1)))
			}
		}
		states = more
	}
	return states
}

// fixedPointOf solves h = tanh(w·h) for h > 0, w > 1, by bisection.
func fixedPointOf(w float64) float64 {
	lo, hi := 1e-9, 1.0
	for range 100 {
		if h := (lo + hi) / 2; math.Tanh(w*h) > h {
			lo = h
		} else {
			hi = h
		}
	}
	return lo
}

// checkPoints compares points with those known, in any order.
func checkPoints(t *testing.T, name string, m *Map, got []Point, want [][]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d points, want %d: %v", name, len(got), len(want), got)
	}
	for _, h := range want {
		i := slices.IndexFunc(got, func(p Point) bool { return rmsDistance(p.H, h) <= 1e-14 })
		if i < 0 {
			t.Errorf("%s: no point at %v: %v", name, h, got)
			continue
		}
		if p := got[i]; !p.Fixed || p.Speed != m.Speed(p.H) || !(p.Speed <= 1e-15) {
			t.Errorf("%s: the point at %v has speed %v", name, h, p.Speed)
		}
	}
}

// TestPitchfork is one unit that drives itself: h = tanh(w·h) has the solution 0 up to
// the gain 1, where ±h* split off.
func TestPitchfork(t *testing.T) {
	for i, w := range []float64{0.5, 0.95, 1.05, 1.5, 3, 0.5, 3} {
		m := mapOf([]float64{0}, w)
		if i >= 5 { // leaky units rest at the same points
			m.Leak = 0.1
		}
		want := [][]float64{{0}}
		if w > 1 {
			want = append(want, []float64{fixedPointOf(w)}, []float64{-fixedPointOf(w)})
		}
		points := pointsOf(t, DefaultSearch, kernels.Best(), m, gridStates(1, 21))
		checkPoints(t, fmt.Sprintf("w = %v", w), m, points, want)
		starts := 0
		for _, p := range points {
			starts += p.Starts
			l, err := m.Spectrum(p.H)
			if err != nil {
				t.Fatal(err)
			}
			checkNear(t, fmt.Sprintf("w = %v: eigenvalue at %v", w, p.H), real(l[0]), 1-m.Leak+m.Leak*w*(1-p.H[0]*p.H[0]), 1e-14)
			if stable := Modulus(l[0]) < 1; stable != (w < 1 || math.Abs(p.H[0]) > 0.1) {
				t.Errorf("w = %v: the point at %v is stable: %v", w, p.H, stable)
			}
		}
		if starts != 21 {
			t.Errorf("w = %v: %d of 21 states lead to points", w, starts)
		}
	}
}

// TestTwoUnits takes two units, alone, as a pair of modes and as a rotation.
func TestTwoUnits(t *testing.T) {
	a, b := fixedPointOf(1.5), fixedPointOf(2)
	alone := mapOf([]float64{0, 0}, 1.5, 0, 0, 2)
	var nine [][]float64
	for _, x := range []float64{-a, 0, a} {
		for _, y := range []float64{-b, 0, b} {
			nine = append(nine, []float64{x, y})
		}
	}
	checkPoints(t, "alone", alone, pointsOf(t, DefaultSearch, kernels.Best(), alone, gridStates(2, 15)), nine)

	// The common mode has gain 1.3, the difference 0.7.
	c := fixedPointOf(1.3)
	pair := mapOf([]float64{0, 0}, 1, 0.3, 0.3, 1)
	points := pointsOf(t, DefaultSearch, kernels.Best(), pair, gridStates(2, 15))
	checkPoints(t, "pair", pair, points, [][]float64{{0, 0}, {c, c}, {-c, -c}})
	for _, p := range points {
		l, err := pair.Spectrum(p.H)
		if err != nil {
			t.Fatal(err)
		}
		slope := 1 - p.H[0]*p.H[0]
		checkNear(t, "common mode", real(l[0]), 1.3*slope, 1e-14)
		checkNear(t, "difference", real(l[1]), 0.7*slope, 1e-14)
	}

	cos, sin := math.Cos(0.5), math.Sin(0.5)
	turn := mapOf([]float64{0, 0}, 1.2*cos, -1.2*sin, 1.2*sin, 1.2*cos)
	points = pointsOf(t, DefaultSearch, kernels.Best(), turn, gridStates(2, 15))
	checkPoints(t, "rotation", turn, points, [][]float64{{0, 0}})
	l, err := turn.Spectrum(points[0].H)
	if err != nil {
		t.Fatal(err)
	}
	checkNear(t, "real part", real(l[0]), 1.2*cos, 1e-15)
	checkNear(t, "imaginary part", imag(l[0]), 1.2*sin, 1e-15)
	checkNear(t, "time constant", TimeConstant(l[0]), 1/math.Log(1.2), 1e-12)
}

// TestSlowPoint passes a saddle-node: just beyond the input at which two fixed points
// of h' = tanh(w·h + c) meet, their ghost is a slow point.
func TestSlowPoint(t *testing.T) {
	const w = 2.0
	h := -math.Sqrt(1 - 1/w) // where the slope is 1
	c := math.Atanh(h) - w*h // at which F(h) = h
	for _, beyond := range []float64{-1e-3, 1e-3} {
		m := mapOf([]float64{c + beyond}, w)
		points := pointsOf(t, DefaultSearch, kernels.Best(), m, gridStates(1, 41))
		var slow, ghosts []Point
		for _, p := range points {
			if !p.Fixed {
				slow = append(slow, p)
			}
			if math.Abs(p.H[0]-h) < 0.1 {
				ghosts = append(ghosts, p)
			}
		}
		if beyond < 0 {
			if len(points) != 3 || len(slow) != 0 || len(ghosts) != 2 {
				t.Errorf("below: points are %v, want three fixed ones, two near %v", points, h)
			}
			continue
		}
		if len(points) != 2 || len(slow) != 1 || len(ghosts) != 1 {
			t.Fatalf("beyond: points are %v, want one fixed and a slow one near %v", points, h)
		}
		// There F(h)-h ≈ beyond·(1-h²), and the minimum is where the slope is 1.
		checkNear(t, "speed", slow[0].Speed, beyond*(1-h*h), 1e-5)
		l, err := m.Spectrum(slow[0].H)
		if err != nil {
			t.Fatal(err)
		}
		checkNear(t, "slope", real(l[0]), 1, 1e-6)
	}
}

// TestOrigin is a random network of small gain: the origin is all there is, and the
// eigenvalues there are those of W_rec.
func TestOrigin(t *testing.T) {
	p := randomNetwork(40, 0.6, 5)
	m := NewMap(p, nil)
	var states [][]float64
	for i := range uint64(6) {
		states = append(states, normal(40, i))
	}
	checkPoints(t, "origin", m, pointsOf(t, DefaultSearch, kernels.Best(), m, states), [][]float64{make([]float64, 40)})
	got, err := m.Spectrum(make([]float64, 40))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Eigenvalues(recurrentWeights(p), 40)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("eigenvalues at the origin are %v, those of W_rec %v", got, want)
	}
}

// TestSame checks that neither variant nor workers change a bit.
func TestSame(t *testing.T) {
	p := randomNetwork(23, 1.6, 2)
	m := NewMap(p, nil)
	var states [][]float64
	for i := range uint64(9) {
		states = append(states, normal(23, 50+i))
	}
	want := fmt.Sprint(pointsOf(t, DefaultSearch, kernels.Best(), m, states))
	for _, v := range kernels.Variants() {
		s := DefaultSearch
		s.Workers = 3
		if got := fmt.Sprint(pointsOf(t, s, v, m, states)); got != want {
			t.Errorf("%v with 3 workers finds %v, %v with one %v", v, got, kernels.Best(), want)
		}
	}
}

// TestJacobian compares with central differences.
func TestJacobian(t *testing.T) {
	testJacobian(t, load(t).Contracting.params())
	testJacobian(t, loadLeaky(t)[0].params())
}

func testJacobian(t *testing.T, p *autodiff.Params[float64]) {
	m := NewMap(p, []float64{0.3, -0.7})
	h, n := normal(m.Units, 4), m.Units
	j, up, down := make([]float64, n*n), make([]float64, n), make([]float64, n)
	m.Jacobian(j, h)
	for k := range n {
		const d = 1e-5
		x := slices.Clone(h)
		x[k] += d
		m.Step(up, x)
		x[k] -= 2 * d
		m.Step(down, x)
		for i := range n {
			checkNear(t, fmt.Sprintf("dF[%d]/dh[%d]", i, k), j[i*n+k], (up[i]-down[i])/(2*d), 1e-8)
		}
	}
}

// TestSearchStops checks that a search hears of its end within one minimisation, and that
// it tells of every state until then.
func TestSearchStops(t *testing.T) {
	m := NewMap(randomNetwork(60, 1.6, 2), nil)
	var states [][]float64
	for i := range uint64(40) {
		states = append(states, normal(60, 50+i))
	}
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	s, ended := DefaultSearch, 0
	s.Ended = func() {
		if ended++; ended == 3 {
			cancel(why)
		}
	}
	if points, err := s.Points(ctx, kernels.Best(), m, states); err != why || points != nil || ended != 3 {
		t.Errorf("%v after %d states: %d points, want %v after 3", err, ended, len(points), why)
	}
	ended = 0
	d := newDescent(kernels.Best(), m)
	d.run(ctx, s, states[0]) // which is over: nothing moves
	if !slices.Equal(d.h, states[0]) {
		t.Error("a minimisation goes on after the end")
	}
}
