package rnn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
	"molap/kernels/linear"

	"github.com/sbinet/npyio/npz"
)

func openDNI(t *testing.T) oracleNet {
	f, err := npz.Open("testdata/dni_reference.npz")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return oracleNet{t, f}
}

// reference returns task k of the reference: a network and an engine for its inputs.
func reference[T kernels.Float](v kernels.Variant, o oracleNet, k int) (e *autodiff.Engine[T], p *autodiff.Params[T], x []T) {
	size, a := o.shape(fmt.Sprintf("x%d", k)), o.shape(fmt.Sprintf("A%d", k))
	s := autodiff.Shape{Units: a[1] - size[2] - 1, In: size[2]}
	s.Out = a[0] - s.Units
	p = autodiff.NewParams[T](s)
	copy(p.A, convert[T](o.f64(fmt.Sprintf("A%d", k))))
	copy(p.H0, convert[T](o.f64(fmt.Sprintf("h0_%d", k))))
	e = autodiff.New[T](v, s, size[0], size[1], autodiff.Mask{}, autodiff.Penalty{}, 2)
	return e, p, convert[T](o.f64(fmt.Sprintf("x%d", k)))
}

// relativeError returns the greatest difference, relative to the greatest number wanted.
func relativeError[T kernels.Float](got []T, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	worst, most := 0.0, 0.0
	for i, w := range want {
		worst = max(worst, math.Abs(float64(got[i])-w))
		most = max(most, math.Abs(w))
	}
	return worst / most
}

// projection returns a projection that there must be.
func projection[T kernels.Float](d *DNI[T], mask autodiff.Mask, alpha float64) *Projection[T] {
	p, err := d.Projection(mask, alpha)
	if err != nil {
		panic(err)
	}
	return p
}

// TestDNIReference compares second moments and projected gradients with NumPy's.
func TestDNIReference(t *testing.T) {
	testDNIReference[float32](t, 2e-6, 2e-4)
	testDNIReference[float64](t, 1e-14, 1e-11)
}

func testDNIReference[T kernels.Float](t *testing.T, momentTolerance, tolerance float64) {
	o := openDNI(t)
	for _, v := range kernels.Variants() {
		var d *DNI[T]
		for k, weight := range []float64{2, 1} {
			e, p, x := reference[T](v, o, k)
			if d == nil {
				d = NewDNI[T](v, p.Shape)
			}
			d.Observe(e, p, x, weight)
			for name, sum := range map[string][]float64{"z": d.z, "wz": d.wz, "y": d.y} {
				mean := make([]float64, len(sum))
				linear.AddScaled(mean, sum, 1/d.weight)
				if x := relativeError(mean, o.f64(fmt.Sprintf("%s_%d", name, k+1))); !(x <= momentTolerance) {
					t.Errorf("%T, %v, %d tasks: C(%s) is off by %g", T(0), v, d.Tasks, name, x)
				}
			}
			s := p.Shape
			full := autodiff.Mask{Rects: []autodiff.Rect{s.BOut(), s.WRec(), s.WOut(), s.B(), s.WIn()}, H0: true} // any order
			none := autodiff.Mask{Rects: []autodiff.Rect{s.WRec(), s.WIn(), s.WOut()}}
			for name, mask := range map[string]autodiff.Mask{"full": full, "nobias": none} {
				g := autodiff.NewParams[T](s)
				copy(g.A, convert[T](o.f64("g")))
				g.H0[1] = 42
				flat := make([]T, mask.Len(s))
				autodiff.Gather(mask, flat, g)
				projection(d, mask, o.f64("alpha")[0]).Apply(flat)
				got := autodiff.NewParams[T](s)
				autodiff.Scatter(mask, got, flat)
				if x := relativeError(got.A, o.f64(fmt.Sprintf("%s_%d", name, k+1))); !(x <= tolerance) {
					t.Errorf("%T, %v, %d tasks, mask %s: projected gradient is off by %g", T(0), v, d.Tasks, name, x)
				}
				if mask.H0 && got.H0[1] != 42 {
					t.Errorf("h[0] was projected")
				}
			}
		}
	}
}

// dniOfTwo returns a DNI of a random network that has observed two tasks with
// weights, with the states of the second.
func dniOfTwo[T kernels.Float](v kernels.Variant, workers int, weights ...float64) (*DNI[T], *Network[T], [][]T) {
	s := autodiff.Shape{Units: 21, In: 3, Out: 2}
	d := NewDNI[T](v, s)
	n := New[T](v, s, 1, Init{Gain: 1.2, InputGain: 1, Bias: true}, kernels.NewStream(5))
	const trials = autodiff.ShardTrials + 4
	e := autodiff.New[T](v, s, testSteps, trials, autodiff.Mask{}, autodiff.Penalty{}, workers)
	var z [][]T
	for k, weight := range weights {
		x := convert[T](random(testSteps*trials*s.In, uint64(50+k)))
		hidden := make([]T, testSteps*trials*s.Units)
		e.Run(n.Params, x, make([]T, testSteps*trials*s.Out), hidden)
		d.Observe(e, n.Params, x, weight)
		var states []T
		for i := range testSteps * trials {
			h := n.H0
			if i >= trials {
				h = hidden[(i-trials)*s.Units:][:s.Units]
			}
			states = append(append(append(states, h...), x[i*s.In:][:s.In]...), 1)
		}
		z = append(z, states)
	}
	return d, n, z
}

// TestDNIBound checks what a projection promises: for every gradient dW and every
// task whose share of the mean is w, the projected change moves W·z by
//
//	Σ|dW'·z|²/(n-1) ≤ ‖dW‖²·α/(4w)
//
// because C ≥ w·C(task) and α²λ/(α+λ)² ≤ α/4, while the bare gradient moves it far
// more. The same holds for the outputs with the states that the readout was
// protected from.
func TestDNIBound(t *testing.T) {
	testDNIBound[float32](t)
	testDNIBound[float64](t)
}

func testDNIBound[T kernels.Float](t *testing.T) {
	const alpha = 1e-3
	weights := []float64{1, 3}
	d, n, tasks := dniOfTwo[T](kernels.Best(), 1, weights...)
	s := n.Shape
	for m, mask := range []autodiff.Mask{
		n.FullMask(NoBiases), n.FullMask(ReadoutBias), n.FullMask(AllBiases), n.TaskMask(NoBiases),
		{Rects: []autodiff.Rect{s.WIn()}}, {Rects: []autodiff.Rect{s.WOut()}},
	} {
		g := convert[T](random(mask.Len(s), 77))
		bare, change := autodiff.NewParams[T](s), autodiff.NewParams[T](s)
		autodiff.Scatter(mask, bare, g)
		projection(d, mask, alpha).Apply(g)
		autodiff.Scatter(mask, change, g)
		for k, z := range tasks {
			for name, rows := range map[string][2]int{"W·z": {0, s.Units}, "y": {s.Units, s.Rows()}} {
				norm, before, after := 0.0, 0.0, 0.0
				samples := len(z) / s.Cols()
				for i := rows[0]; i < rows[1]; i++ {
					for _, v := range bare.A[i*s.Cols():][:s.Cols()] {
						norm += float64(v) * float64(v)
					}
					for r := range samples {
						state := z[r*s.Cols():][:s.Cols()]
						before += square(dot(bare.A[i*s.Cols():], state)) / float64(samples-1)
						after += square(dot(change.A[i*s.Cols():], state)) / float64(samples-1)
					}
				}
				bound := norm * alpha / 4 * (weights[0] + weights[1]) / weights[k]
				if !(after <= bound) || !(before > 100*after || before == 0) {
					t.Errorf("%T, mask %d, task %d: mean square change of %s is %g, and %g without projection; bound is %g", T(0), m, k, name, after, before, bound)
				}
			}
		}
	}
}

func square(x float64) float64 { return x * x }

func dot[T kernels.Float](a, b []T) float64 {
	sum := 0.0
	for i, v := range b {
		sum += float64(a[i]) * float64(v)
	}
	return sum
}

// TestDNISpares checks that directions that no task used are left alone: an input
// that was always 0, seen from rows that W·z never reached.
func TestDNISpares(t *testing.T) {
	s := autodiff.Shape{Units: 6, In: 2, Out: 2}
	v := kernels.Best()
	n := New[float64](v, s, 1, Init{Gain: 1, InputGain: 1}, kernels.NewStream(1))
	for j := range n.Row(n.WRec(), 3) { // unit 3 hears nothing
		n.Row(n.WRec(), 3)[j] = 0
	}
	clear(n.Row(n.WIn(), 3))
	clear(n.Row(n.WOut(), 1))
	x := random(testSteps*testTrials*2, 3)
	for i := 1; i < len(x); i += 2 {
		x[i] = 0
	}
	d := NewDNI[float64](v, s)
	d.Observe(autodiff.New[float64](v, s, testSteps, testTrials, autodiff.Mask{}, autodiff.Penalty{}, 1), n.Params, x, 1)
	mask := n.FullMask(NoBiases)
	g := make([]float64, mask.Len(s))
	change := autodiff.NewParams[float64](s)
	change.Row(s.WIn(), 3)[1] = 1
	change.Row(s.WIn(), 2)[1] = 1
	autodiff.Gather(mask, g, change)
	projection(d, mask, 1e-3).Apply(g)
	autodiff.Scatter(mask, change, g)
	if got := change.Row(s.WIn(), 3)[1]; got != 1 {
		t.Errorf("the free weight changes by %v, want 1", got)
	}
	if got := change.Row(s.WIn(), 2)[1]; !(got < 0.5) {
		t.Errorf("a weight to a unit in use changes by %v, want much less than 1", got)
	}
}

// TestDNIUntaught checks that without a task training is as without DNI, bit for bit.
func TestDNIUntaught(t *testing.T) {
	d := NewDNI[float32](kernels.Best(), testNetwork[float32](false).Shape)
	var nets []*Network[float32]
	for _, with := range []bool{false, true} {
		n := testNetwork[float32](false)
		mask := n.FullMask(NoBiases)
		tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: mask}, 1)
		if with {
			if tr.Projection = projection(d, mask, PublishedAlpha); tr.Projection != nil {
				t.Fatal("there is a projection without a task")
			}
		}
		for i := range 3 {
			if _, err := tr.Step(echoBatch[float32](i)); err != nil {
				t.Fatal(err)
			}
		}
		nets = append(nets, n)
	}
	for i, v := range nets[0].A {
		if v != nets[1].A[i] {
			t.Fatalf("weight %d is %v with DNI, %v without", i, nets[1].A[i], v)
		}
	}
	var none *Projection[float32]
	g := []float32{1, 2}
	if none.Apply(g); g[0] != 1 || g[1] != 2 {
		t.Error("the projection by nothing changes something")
	}
}

// dniGolden are digests of the moments of two tasks and of weights trained with
// both ways of projection, for every variant, number of workers and architecture.
var dniGolden = map[string]string{
	"float32": "814e70b836d9c874fb2918095131d381d132569691c5b7bec73904cc94a05d62",
	"float64": "050524ec2b7f5a89528bb8c5e591bc980059e7570e6e63659a5402d4c4bc95a9",
}

func TestDNIGolden(t *testing.T) {
	testDNIGolden[float32](t)
	testDNIGolden[float64](t)
}

func testDNIGolden[T kernels.Float](t *testing.T) {
	for _, v := range kernels.Variants() {
		for _, workers := range []int{1, 3} {
			h := sha256.New()
			d, n, _ := dniOfTwo[T](v, workers, 2, 1)
			for _, c := range [][]float64{d.z, d.wz, d.y} {
				for _, x := range c {
					fmt.Fprintf(h, "%x ", math.Float64bits(x))
				}
			}
			for _, update := range []bool{false, true} {
				mask := n.FullMask(ReadoutBias)
				tr := NewTrainer(v, n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: mask}, workers)
				tr.Projection = projection(d, mask, PublishedAlpha)
				tr.Projection.Update = update
				for i := range 2 {
					x := convert[T](random(testSteps*testTrials*3, uint64(i)))
					y := convert[T](random(testSteps*testTrials*2, uint64(10+i)))
					if _, err := tr.Step(x, y); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, x := range append(n.A, n.H0...) {
				fmt.Fprintf(h, "%x ", math.Float64bits(float64(x)))
			}
			if got, want := hex.EncodeToString(h.Sum(nil)), dniGolden[fmt.Sprintf("%T", T(0))]; got != want {
				t.Errorf("%T, kernel %v, %d workers: digest %s, want %s", T(0), v, workers, got, want)
			}
		}
	}
}

func TestDNIPanics(t *testing.T) {
	d, n, _ := dniOfTwo[float64](kernels.Best(), 1, 1)
	s := n.Shape
	e := autodiff.New[float64](kernels.Best(), s, 1, 1, autodiff.Mask{}, autodiff.Penalty{}, 1)
	other := autodiff.NewParams[float64](autodiff.Shape{Units: 4, In: 3, Out: 2})
	for name, c := range map[string]struct {
		f    func()
		want string
	}{
		"part of the rows": {func() {
			d.Projection(autodiff.Mask{Rects: []autodiff.Rect{{Row: 0, Col: 0, Rows: 10, Cols: 10}}}, 1)
		}, "{Row:0 Col:0 Rows:10 Cols:10}"},
		"alpha":           {func() { d.Projection(n.FullMask(NoBiases), 0) }, "α = 0"},
		"other layout":    {func() { projection(d, n.FullMask(NoBiases), 1).Apply(make([]float64, 5)) }, "applied to 5"},
		"a single sample": {func() { d.Observe(e, n.Params, make([]float64, 3), 1) }, "1 steps × 1 trials"},
		"other network":   {func() { d.Observe(e, other, make([]float64, 3), 1) }, "Units:4"},
		"weight": {func() {
			d.Observe(autodiff.New[float64](kernels.Best(), s, 2, 2, autodiff.Mask{}, autodiff.Penalty{}, 1), n.Params, make([]float64, 12), 0)
		}, "weight 0"},
	} {
		if got := panicOf(c.f); !strings.Contains(got, c.want) {
			t.Errorf("%s: panic is %q, want %q in it", name, got, c.want)
		}
	}
}

func TestFitChannels(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6}
	wide := []float64{9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}
	FitChannels(wide, 4, x, 2)
	SetRule(wide, 4, 3)
	if got := fmt.Sprint(wide); got != "[1 2 0 1 3 4 0 1 5 6 0 1]" {
		t.Errorf("wider: %v", got)
	}
	back := make([]float64, 6)
	FitChannels(back, 2, wide, 4)
	if fmt.Sprint(back) != fmt.Sprint(x) {
		t.Errorf("narrowed again: %v, want %v", back, x)
	}
	if got := panicOf(func() { FitChannels(wide, 5, x, 2) }); !strings.Contains(got, "6 entries by 2 to 12 by 5") {
		t.Errorf("panic is %q", got)
	}
	if got := panicOf(func() { SetRule(wide, 4, 4) }); !strings.Contains(got, "channel 4 of 4") {
		t.Errorf("panic is %q", got)
	}
}

func TestProjectionAllocates(t *testing.T) {
	d, n, _ := dniOfTwo[float32](kernels.Best(), 1, 1)
	mask := n.FullMask(AllBiases)
	p := projection(d, mask, PublishedAlpha)
	g := make([]float32, mask.Len(n.Shape))
	if a := testing.AllocsPerRun(5, func() { p.Apply(g) }); a != 0 {
		t.Errorf("Apply allocates %v times", a)
	}
}

// TestTinyAlpha checks that an α which the activity drowns is an error and not a wrong
// projection, and that far smaller ones than anybody's work.
func TestTinyAlpha(t *testing.T) {
	d, n, _ := dniOfTwo[float32](kernels.Best(), 1, 1)
	mask := n.FullMask(NoBiases)
	if _, err := d.Projection(mask, 5e-324); err == nil || !strings.Contains(err.Error(), "α = 5e-324") {
		t.Errorf("α of 5e-324: error %v", err)
	}
	if _, err := d.Projection(mask, 1e-9); err != nil {
		t.Error(err)
	}
}
