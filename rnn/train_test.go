package rnn

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

const testSteps, testTrials = 12, 24

// testNetwork is a small network of two modules.
func testNetwork[T kernels.Float](bias bool) *Network[T] {
	return New[T](kernels.Best(), autodiff.Shape{Units: 10, In: 2, Out: 2}, 2, Init{Gain: 1.5, InputGain: 1, Bias: bias}, kernels.NewStream(3))
}

// echoBatch is a batch whose targets are the inputs of the step before.
func echoBatch[T kernels.Float](iteration int) (x, y []T) {
	z := make([]float32, (testSteps+1)*testTrials*2)
	kernels.Best().Normal(z, kernels.NewStream(11).Child(uint64(iteration)), 0)
	for i := range z {
		z[i] *= 0.5
	}
	return convert[T](z[testTrials*2:]), convert[T](z[:testSteps*testTrials*2])
}

var testSchedule = Schedule{Rate: 1e-2, LevelIterations: 40, Levels: 3, Decay: 1.0 / 3}

func TestTrainLearns(t *testing.T) {
	n := testNetwork[float32](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.FullMask(NoBiases)}, 1)
	if err := tr.Run(context.Background(), echoBatch[float32], nil); err != nil {
		t.Fatal(err)
	}
	if len(tr.Curve) != 120 || tr.Iteration != 120 {
		t.Fatalf("%d iterations, curve of %d, want 120", tr.Iteration, len(tr.Curve))
	}
	if first, last := tr.Curve[0], tr.Curve[len(tr.Curve)-1]; last > first/4 {
		t.Errorf("loss went from %v to %v only", first, last)
	}
}

// TestFrozen checks for every mask that training changes what the mask names
// and not one bit of the rest.
func TestFrozen(t *testing.T) {
	for name, mask := range map[string]func(*Network[float64]) autodiff.Mask{
		"module 1":         func(n *Network[float64]) autodiff.Mask { return n.PretrainMask(0, NoBiases, false) },
		"module 2":         func(n *Network[float64]) autodiff.Mask { return n.PretrainMask(1, NoBiases, false) },
		"module 2 slipped": func(n *Network[float64]) autodiff.Mask { return n.PretrainMask(1, ReadoutBias, true) },
		"task":             func(n *Network[float64]) autodiff.Mask { return n.TaskMask(NoBiases) },
		"task with biases": func(n *Network[float64]) autodiff.Mask { return n.TaskMask(AllBiases) },
		"separate":         func(n *Network[float64]) autodiff.Mask { return n.FullMask(NoBiases) },
	} {
		n := testNetwork[float64](true)
		before := append([]float64(nil), n.A...)
		m := mask(n)
		s := n.Shape
		penalty := autodiff.Penalty{L2: 1e-3, On: []autodiff.Rect{s.WRec(), s.WIn(), s.WOut(), s.B()}, Hidden: 1e-3}
		tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: m, Penalty: penalty}, 1)
		for i := range 3 {
			x, y := echoBatch[float64](i)
			if _, err := tr.Step(x, y); err != nil {
				t.Fatal(err)
			}
		}
		trained := make([]bool, len(n.A))
		for _, r := range m.Rects {
			for i := range r.Rows {
				for j := range r.Cols {
					trained[(r.Row+i)*s.Cols()+r.Col+j] = true
				}
			}
		}
		for i := range n.A {
			if changed := math.Float64bits(n.A[i]) != math.Float64bits(before[i]); changed != trained[i] {
				t.Errorf("%s: row %d, column %d: changed is %v, want %v", name, i/s.Cols(), i%s.Cols(), changed, trained[i])
			}
		}
	}
}

// TestAdam follows one parameter by the published formulas.
func TestAdam(t *testing.T) {
	n := testNetwork[float64](false)
	m := autodiff.Mask{Rects: []autodiff.Rect{{Row: 0, Col: 0, Rows: 1, Cols: 1}}}
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: m}, 1)
	w, mean, square := n.A[0], 0.0, 0.0
	for i := range 90 {
		x, y := echoBatch[float64](i)
		if _, err := tr.Step(x, y); err != nil {
			t.Fatal(err)
		}
		g := tr.engine.Grad()[0]
		mean = 0.9*mean + 0.1*g
		square = 0.999*square + 0.001*g*g
		k := float64(i + 1)
		rate := 1e-2 * math.Pow(1.0/3, math.Floor(float64(i)/40))
		w -= rate * (mean / (1 - math.Pow(0.9, k))) / (math.Sqrt(square/(1-math.Pow(0.999, k))) + 1e-8)
		if math.Abs(n.A[0]-w) > 1e-12 {
			t.Fatalf("iteration %d: weight is %v, want %v", i, n.A[0], w)
		}
	}
}

func TestLevelSteps(t *testing.T) {
	adam := PublishedAdam
	adam.LevelSteps = true
	n := testNetwork[float64](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: Schedule{1e-2, 2, 2, 1}, Adam: adam, Mask: n.TaskMask(NoBiases)}, 1)
	for i, want := range []int{1, 1, 2, 2} {
		x, y := echoBatch[float64](i)
		if _, err := tr.Step(x, y); err != nil {
			t.Fatal(err)
		}
		if expect := kernels.NewAdamStep[float64](1e-2, 0.9, 0.999, 1e-8, want); tr.adam != expect {
			t.Errorf("iteration %d: step %+v, want %+v", i, tr.adam, expect)
		}
	}
}

func TestDivergence(t *testing.T) {
	n := testNetwork[float32](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.TaskMask(NoBiases)}, 1)
	var before []float32
	err := tr.Run(context.Background(), func(i int) (x, y []float32) {
		x, y = echoBatch[float32](i)
		if i == 7 {
			y[0] = float32(math.Inf(1))
			before = append(before, n.A...)
		}
		return
	}, nil)
	if err == nil || !strings.Contains(err.Error(), "iteration 7") {
		t.Fatalf("error is %v, want one that names iteration 7", err)
	}
	for i := range before {
		if before[i] != n.A[i] {
			t.Fatal("the network changed in the iteration that diverged")
		}
	}
}

// TestGradientDiverges checks that a gradient whose square is not finite stops the
// training although the loss is.
func TestGradientDiverges(t *testing.T) {
	n := testNetwork[float32](false)
	for i := range n.Units {
		n.Row(n.WRec(), i)[i] = 1e15
	}
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.TaskMask(NoBiases)}, 1)
	x, y := echoBatch[float32](0)
	clear(n.H0)
	clear(x)
	for i := range n.WOut().Rows {
		n.Row(n.WOut(), i)[0] = 1e15
	}
	loss, err := tr.Step(x, y)
	if math.IsInf(loss.Total(), 0) || math.IsNaN(loss.Total()) {
		t.Fatalf("the loss is %v, this test needs a finite one", loss)
	}
	if err == nil || !strings.Contains(err.Error(), "gradient") {
		t.Errorf("error is %v, want one about the gradient", err)
	}
}

// TestLargeTargets checks that an error about a gradient whose square is infinite says so.
func TestLargeTargets(t *testing.T) {
	n := testNetwork[float32](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.TaskMask(NoBiases)}, 1)
	x, y := echoBatch[float32](0)
	for i := range y {
		y[i] *= 1e30
	}
	_, err := tr.Step(x, y)
	if err == nil || !strings.Contains(err.Error(), "a gradient is ") || !strings.Contains(err.Error(), "its square, which Adam needs, is beyond the largest number of f32, 3.4e+38") {
		t.Errorf("error is %v, want one that says what is too large", err)
	}
}

// TestWeightsDiverge checks that weights which an iteration makes infinite stop the
// training in that iteration, and that the network is left as it was.
func TestWeightsDiverge(t *testing.T) {
	n := testNetwork[float32](false)
	schedule := testSchedule
	schedule.Rate = 1e300 // infinite in float32
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: schedule, Adam: PublishedAdam, Mask: n.TaskMask(NoBiases)}, 1)
	before := slices.Clone(n.A)
	err := tr.Run(context.Background(), echoBatch[float32], nil)
	var diverged *DivergedError
	if !errors.As(err, &diverged) || diverged.Iteration != 0 || !strings.Contains(err.Error(), "trained weight becomes") {
		t.Errorf("error is %v, want one about a parameter at iteration 0", err)
	}
	if !slices.Equal(n.A, before) || tr.Iteration != 0 || len(tr.Curve) != 0 {
		t.Errorf("the network changed, or %d iterations are done", tr.Iteration)
	}
	if _, err := EncodeSafetensors(n, Info{}); err != nil {
		t.Errorf("the network left cannot be kept: %v", err)
	}
}

// TestRunStops checks that an error of the function that Run calls stops it.
func TestRunStops(t *testing.T) {
	n := testNetwork[float32](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.TaskMask(NoBiases)}, 1)
	full := errors.New("disk full")
	err := tr.Run(context.Background(), echoBatch[float32], func(autodiff.Loss) error {
		if tr.Iteration == 3 {
			return full
		}
		return nil
	})
	if err != full || tr.Iteration != 3 {
		t.Errorf("stopped after %d iterations with %v, want 3 and %v", tr.Iteration, err, full)
	}
}

func TestCancel(t *testing.T) {
	n := testNetwork[float32](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.TaskMask(NoBiases)}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	err := tr.Run(ctx, echoBatch[float32], func(autodiff.Loss) error {
		if tr.Iteration == 5 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || tr.Iteration != 5 {
		t.Errorf("stopped after %d iterations with %v, want 5 and %v", tr.Iteration, err, context.Canceled)
	}
}

func TestInit(t *testing.T) {
	s := autodiff.Shape{Units: 100, In: 3, Out: 3}
	sd := func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += v * v
		}
		return math.Sqrt(sum / float64(len(x)))
	}
	block := func(n *Network[float64], r autodiff.Rect) (v []float64) {
		for i := range r.Rows {
			v = append(v, n.Row(r, i)...)
		}
		return
	}
	text := New[float64](kernels.Best(), s, 2, Init{Gain: 1.5, InputGain: 1}, kernels.NewStream(1))
	code := New[float64](kernels.Best(), s, 2, Init{Gain: 1.5, InputGain: 1, Authors: true, Bias: true}, kernels.NewStream(1))
	for _, c := range []struct {
		name      string
		got, want float64
		n         int
	}{
		{"W_rec", sd(block(text, s.WRec())), 0.15, 10000},
		{"W_in", sd(block(text, s.WIn())), 1 / math.Sqrt(3), 300},
		{"W_out", sd(block(text, s.WOut())), 1 / math.Sqrt(3), 300},
		{"h0", sd(text.H0), 1, 100},
		{"W_rec of the code", sd(block(code, s.WRec())), 1.5 / math.Sqrt(101), 10000},
		{"W_out of the code", sd(block(code, s.WOut())), 1 / math.Sqrt(101), 300},
		{"b of the code", sd(block(code, s.B())), 1.5 / math.Sqrt(101), 100},
	} {
		if z := (c.got/c.want - 1) * math.Sqrt(2*float64(c.n)); math.Abs(z) > 3.5 {
			t.Errorf("%s: standard deviation is %v, want %v (%.1f standard errors)", c.name, c.got, c.want, z)
		}
	}
	for _, r := range []autodiff.Rect{s.B(), s.BOut(), {Row: s.Units, Col: s.Units, Rows: s.Out, Cols: s.In}} {
		if sd(block(text, r)) != 0 {
			t.Errorf("%+v is not zero", r)
		}
	}
	// The reservoir is the same whatever the task.
	other := New[float64](kernels.Best(), autodiff.Shape{Units: 100, In: 1, Out: 1}, 2, Init{Gain: 1.5, InputGain: 1}, kernels.NewStream(1))
	if got, want := block(other, other.WRec()), block(text, s.WRec()); got[0] != want[0] || got[9999] != want[9999] {
		t.Error("W_rec depends on the number of inputs")
	}
}

func TestAdopt(t *testing.T) {
	s := autodiff.Shape{Units: 10, In: 3, Out: 1}
	base := testNetwork[float32](true)
	n := New[float32](kernels.Best(), s, 2, Init{Gain: 1, InputGain: 1}, kernels.NewStream(9))
	in := append([]float32(nil), n.Row(n.WIn(), 4)...)
	n.Adopt(base)
	for i := range n.Units {
		for j, w := range base.Row(base.WRec(), i) {
			if n.Row(n.WRec(), i)[j] != w {
				t.Fatalf("W_rec[%d][%d] was not adopted", i, j)
			}
		}
		if n.Row(n.B(), i)[0] != base.Row(base.B(), i)[0] {
			t.Fatalf("b[%d] was not adopted", i)
		}
	}
	for j, w := range in {
		if n.Row(n.WIn(), 4)[j] != w {
			t.Fatal("W_in changed")
		}
	}
}
