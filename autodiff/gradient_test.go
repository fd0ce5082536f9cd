package autodiff

import (
	"fmt"
	"math"
	"testing"

	"molap/kernels"
)

// problem is a small network with a batch of normal inputs and targets.
type problem[T kernels.Float] struct {
	p             *Params[T]
	x, y          []T
	steps, trials int
}

func newProblem[T kernels.Float](s Shape, steps, trials int) problem[T] {
	stream := kernels.NewStream(7)
	deviates := func(id uint64, n int, scale float64) []T {
		z := make([]float32, n)
		kernels.Best().Normal(z, stream.Child(id), 0)
		v := make([]T, n)
		for i, d := range z {
			v[i] = T(float64(d) * scale)
		}
		return v
	}
	p := NewParams[T](s)
	p.A = deviates(1, len(p.A), 1/math.Sqrt(float64(s.Units)))
	for i := range s.Out { // inputs do not reach the outputs directly
		clear(p.Row(Rect{s.Units, s.Units, s.Out, s.In}, i))
	}
	p.H0 = deviates(2, s.Units, 0.5)
	return problem[T]{p, deviates(3, steps*trials*s.In, 1), deviates(4, steps*trials*s.Out, 1), steps, trials}
}

// masks are one of every kind that the experiments use, and some odd ones.
func masks(s Shape) map[string]Mask {
	half := s.Units / 2
	return map[string]Mask{
		"everything": maskAll(s),
		"module 1":   {Rects: []Rect{{0, 0, half, half}, s.WIn(), s.WOut()}, H0: true},
		"module 2":   {Rects: []Rect{{half, half, s.Units - half, s.Units - half}, s.WIn(), s.WOut(), s.B(), s.BOut()}, H0: true},
		"task":       {Rects: []Rect{s.WIn(), s.WOut()}, H0: true},
		"readout":    {Rects: []Rect{s.WOut(), s.BOut()}},
		"row":        {Rects: []Rect{{1, 0, 1, s.Units}}},
		// Neighbours in the matrix but not in the mask, and columns with a gap.
		"scattered": {Rects: []Rect{{0, 0, 1, 2}, s.B(), {0, 2, 1, 2}, {2, 1, 5, 1}, {8, 1, 2, 1}}},
		"h0":        {H0: true},
		"nothing":   {},
	}
}

var problemShape = Shape{Units: 9, In: 3, Out: 2}

func (q problem[T]) penalty() Penalty {
	s := q.p.Shape
	return Penalty{L2: 1e-2, On: []Rect{s.WRec(), s.WIn(), s.WOut()}, Hidden: 0.3, H0: 0.1}
}

// TestCentralDifferences compares the gradient of every mask with differences
// of the loss, in float64.
func TestCentralDifferences(t *testing.T) {
	s := problemShape
	for _, trials := range []int{1, 3, ShardTrials + 4} {
		q := newProblem[float64](s, 6, trials)
		for name, m := range masks(s) {
			t.Run(fmt.Sprintf("%s/trials=%d", name, trials), func(t *testing.T) {
				e := New[float64](kernels.Best(), s, q.steps, trials, m, q.penalty(), 1)
				e.Measure = true
				checkDifferences(t, e, q, m)
			})
		}
	}
}

// checkDifferences compares the gradient of e on q by what m names with central
// differences of the loss.
func checkDifferences(t *testing.T, e *Engine[float64], q problem[float64], m Mask) {
	t.Helper()
	theta := make([]float64, e.Len())
	Gather(m, theta, q.p)
	e.Gradient(q.p, q.x, q.y)
	g := append([]float64(nil), e.Grad()...)
	const h = 1e-5
	at := func(i int, d float64) float64 {
		old := theta[i]
		theta[i] += d
		Scatter(m, q.p, theta)
		l := e.Gradient(q.p, q.x, q.y).Total()
		theta[i] = old
		Scatter(m, q.p, theta)
		return l
	}
	for i := range theta {
		want := (at(i, h) - at(i, -h)) / (2 * h)
		if math.Abs(g[i]-want) > 1e-8*(1+math.Abs(want)) {
			t.Errorf("gradient %d is %g, by differences %g", i, g[i], want)
		}
	}
}

// TestMask checks that a masked gradient is the full one, restricted, to the bit.
func TestMask(t *testing.T) {
	for _, alpha := range []float64{1, 0.3} {
		testMask[float32](t, alpha)
		testMask[float64](t, alpha)
	}
}

func testMask[T kernels.Float](t *testing.T, alpha float64) {
	s := problemShape
	q := newProblem[T](s, 11, ShardTrials+1).leaking(alpha)
	full := maskAll(s)
	e := New[T](kernels.Best(), s, q.steps, q.trials, full, q.penalty(), 1)
	e.Gradient(q.p, q.x, q.y)
	all := NewParams[T](s)
	Scatter(full, all, e.Grad())
	for name, m := range masks(s) {
		e := New[T](kernels.Best(), s, q.steps, q.trials, m, q.penalty(), 1)
		e.Gradient(q.p, q.x, q.y)
		want := make([]T, m.Len(s))
		Gather(m, want, all)
		for i, g := range e.Grad() {
			if g != want[i] {
				t.Fatalf("%s: entry %d is %v, in the full gradient %v", name, i, g, want[i])
			}
		}
	}
}

// TestScatter checks that only what the mask names is written.
func TestScatter(t *testing.T) {
	s := problemShape
	for name, m := range masks(s) {
		p := NewParams[float64](s)
		ones := make([]float64, m.Len(s))
		for i := range ones {
			ones[i] = 1
		}
		Scatter(m, p, ones)
		for i := range s.Rows() {
			for j := range s.Cols() {
				want := 0.0
				for _, r := range m.Rects {
					if r.contains(i, j) {
						want = 1
					}
				}
				if got := p.A[i*s.Cols()+j]; got != want {
					t.Errorf("%s: entry (%d, %d) is %v, want %v", name, i, j, got, want)
				}
			}
		}
	}
}

// TestIndependence checks that neither the number of workers nor the kernel
// variant changes a bit of loss, gradient, outputs or states.
func TestIndependence(t *testing.T) {
	for _, alpha := range []float64{1, 0.3} {
		testIndependence[float32](t, alpha)
		testIndependence[float64](t, alpha)
	}
}

func testIndependence[T kernels.Float](t *testing.T, alpha float64) {
	s := problemShape
	for _, trials := range []int{1, 2*ShardTrials + 5} {
		q := newProblem[T](s, 12, trials).leaking(alpha)
		m := masks(s)["module 2"]
		var want []T
		var wantLoss Loss
		for _, v := range kernels.Variants() {
			for workers := 1; workers <= 4; workers++ {
				e := New[T](v, s, q.steps, trials, m, q.penalty(), workers)
				e.Measure = true
				loss := e.Gradient(q.p, q.x, q.y)
				outputs, hidden := make([]T, len(q.y)), make([]T, q.steps*trials*s.Units)
				got := append([]T(nil), e.Grad()...)
				e.Run(q.p, q.x, outputs, hidden)
				got = append(append(got, outputs...), hidden...)
				if want == nil {
					want, wantLoss = got, loss
				}
				if loss != wantLoss {
					t.Errorf("%v, %d workers: loss is %v, want %v", v, workers, loss, wantLoss)
				}
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("%v, %d workers: entry %d is %v, want %v", v, workers, i, got[i], want[i])
					}
				}
			}
		}
	}
}

func TestNoAllocations(t *testing.T) {
	s := problemShape
	q := newProblem[float32](s, 10, 3*ShardTrials)
	e := New[float32](kernels.Best(), s, q.steps, q.trials, maskAll(s), q.penalty(), 2)
	e.Noise = Noise{Sigma: 0.1, Stream: kernels.NewStream(1)}
	e.Weights = []float64{1, 1, 1, 1, 1, 1, 1, 5, 5, 5}
	outputs := make([]float32, len(q.y))
	if n := testing.AllocsPerRun(20, func() {
		e.Gradient(q.p, q.x, q.y)
		e.Run(q.p, q.x, outputs, nil)
	}); n != 0 {
		t.Errorf("%v allocations in a step", n)
	}
}

func TestPanics(t *testing.T) {
	s := problemShape
	for name, f := range map[string]func(){
		"mask outside": func() { New[float32](kernels.Best(), s, 1, 1, Mask{Rects: []Rect{{0, 0, 100, 1}}}, Penalty{}, 1) },
		"mask overlap": func() {
			New[float32](kernels.Best(), s, 1, 1, Mask{Rects: []Rect{s.WRec(), {0, 0, 1, 1}}}, Penalty{}, 1)
		},
		"no trials": func() { New[float32](kernels.Best(), s, 1, 0, Mask{}, Penalty{}, 1) },
		"no leak": func() {
			p := &Params[float32]{Shape: s, A: make([]float32, s.Rows()*s.Cols()), H0: make([]float32, s.Units)}
			New[float32](kernels.Best(), s, 1, 1, Mask{}, Penalty{}, 1).Run(p, make([]float32, s.In), make([]float32, s.Out), nil)
		},
		"short x": func() {
			New[float32](kernels.Best(), s, 2, 1, Mask{}, Penalty{}, 1).Run(NewParams[float32](s), make([]float32, s.In), make([]float32, 2*s.Out), nil)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

// TestRefuse checks what is said of parameters, rectangles and vectors that do not belong together.
func TestRefuse(t *testing.T) {
	s := Shape{Units: 4, In: 2, Out: 1}
	p, m := NewParams[float32](s), Mask{Rects: []Rect{s.WOut()}, H0: true}
	short := *p
	short.H0 = short.H0[:3]
	e := New[float32](kernels.Best(), s, 1, 1, m, Penalty{}, 1)
	for want, f := range map[string]func(){
		"autodiff: NewParams: {Units:-1 In:2 Out:1}":                                              func() { NewParams[float32](Shape{-1, 2, 1}) },
		"autodiff: Row: row 1 of rectangle {Row:4 Col:0 Rows:1 Cols:4} of the 5×7 matrix":         func() { p.Row(s.WOut(), 1) },
		"autodiff: Row: row -1 of rectangle {Row:4 Col:0 Rows:1 Cols:4} of the 5×7 matrix":        func() { p.Row(s.WOut(), -1) },
		"autodiff: Row: row 0 of rectangle {Row:0 Col:5 Rows:1 Cols:3} of the 5×7 matrix":         func() { p.Row(Rect{0, 5, 1, 3}, 0) },
		"autodiff: Gather: 3 trained parameters, the mask has 8":                                  func() { Gather(m, make([]float32, 3), p) },
		"autodiff: Gather: 9 trained parameters, the mask has 8":                                  func() { Gather(m, make([]float32, 9), p) },
		"autodiff: Scatter: 7 trained parameters, the mask has 8":                                 func() { Scatter(m, p, make([]float32, 7)) },
		"autodiff: Scatter: network of {Units:4 In:2 Out:1} has 35 weights and 3 initial states":  func() { Scatter(m, &short, make([]float32, 8)) },
		"autodiff: Run: network of {Units:4 In:2 Out:1} has 35 weights and 3 initial states":      func() { e.Run(&short, make([]float32, 2), make([]float32, 1), nil) },
		"autodiff: Gradient: network of {Units:4 In:2 Out:1} has 35 weights and 3 initial states": func() { e.Gradient(&short, make([]float32, 2), make([]float32, 1)) },
		"autodiff: penalty rectangle {Row:0 Col:6 Rows:1 Cols:2} outside the 5×7 matrix":          func() { New[float32](kernels.Best(), s, 1, 1, Mask{}, Penalty{L2: 1, On: []Rect{{0, 6, 1, 2}}}, 1) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\n want %s", got, want)
				}
			}()
			f()
		}()
	}
}
