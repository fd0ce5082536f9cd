package lab

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/states"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
)

// exchangedFile returns a network and trials from elsewhere as a file has them, output o of
// which is order[o] of one network and its trials.
func exchangedFile(t *testing.T, order []int) *rnn.File {
	t.Helper()
	const steps, trials = 40, 24
	stream := kernels.NewStream(7)
	net := rnn.New[float64](kernels.Best(), autodiff.Shape{Units: 12, In: 2, Out: len(order)}, 2, rnn.Init{Gain: 1.2, InputGain: 1}, stream)
	x, y := make([]float64, steps*trials*2), make([]float64, steps*trials*len(order))
	for i := range x {
		x[i] = stream.Child(9).Uniform(uint64(i)) - 0.5
	}
	autodiff.New[float64](kernels.Best(), net.Shape, steps, trials, autodiff.Mask{}, autodiff.Penalty{}, 1).Run(net.Params, x, y, nil)
	for i := range y { // nearly right in some trials
		y[i] += float64(i/len(order)%trials)/40 - 0.1*float64(i%len(order))
	}
	out, changed := slices.Clone(y), rnn.Network[float64]{Params: autodiff.NewParams[float64](net.Shape), Modules: 2}
	copy(changed.A, net.A)
	copy(changed.H0, net.H0)
	for o, from := range order {
		copy(changed.Row(net.WOut(), o), net.Row(net.WOut(), from))
		for i := range steps * trials {
			out[i*len(order)+o] = y[i*len(order)+from]
		}
	}
	data, err := rnn.EncodeNPZ(&changed, &rnn.Trials[float64]{Steps: steps, Trials: trials, In: 2, Out: len(order), X: x, Y: out})
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestExchange exchanges outputs of a network and of its trials: rows change places, and
// nothing else changes. Numbers that are sums over outputs may differ in their last digits.
func TestExchange(t *testing.T) {
	s := load(t, "paper")
	s.Run.Precision, s.Score.Window, s.Score.FixationTolerance = "f64", 10, 0.3
	look := func(order []int, fixation int) (e Evaluated, p Perturbed, m states.Motion) {
		f := exchangedFile(t, order)
		n := NetFile{Variant: kernels.Best(), Settings: s, Cell: Cell{Seed: 1}, Network: f, Trials: f}
		if fixation >= 0 {
			n.Fixation = 1 + slices.Index(order, fixation)
		}
		e, err := subjectOfFile(t, n).Evaluate()
		if err == nil {
			p, err = subjectOfFile(t, n).Perturb(t.Context(), Perturbation{LesionGlobal, []float64{20}, 2}, func() {})
		}
		if err == nil {
			m, err = n.Motion(t.Context(), nil, states.Question{Search: dynamics.DefaultSearch})
		}
		if err != nil {
			t.Fatal(err)
		}
		return e, p, m
	}
	for fixation := -1; fixation < 3; fixation++ {
		e, p, m := look([]int{0, 1, 2}, fixation)
		if fixation >= 0 && (e.BlindOutput[fixation] != 100 || e.Fixation != fixation+1) || fixation < 0 && (slices.Max(e.BlindOutput) == 100 || e.Decision != e.Overall) {
			t.Errorf("fixation %d: nulls %v, decision %v of %v", fixation, e.BlindOutput, e.Decision, e.Output)
		}
		for _, order := range [][]int{{1, 0, 2}, {2, 1, 0}, {1, 2, 0}} {
			e2, p2, m2 := look(order, fixation)
			back := func(x []float64) []float64 {
				y := make([]float64, len(x))
				for o, from := range order {
					y[from] = x[o]
				}
				return y
			}
			e2.Fixation, e2.Output, e2.BlindOutput, e2.ConstantOutput, e2.Error = e.Fixation, back(e2.Output), back(e2.BlindOutput), back(e2.ConstantOutput), back(e2.Error)
			scores := func(q *Scores) { q.Fixation, q.Output, q.Error = e.Fixation, back(q.Output), back(q.Error) }
			scores(&p2.Intact)
			for _, draws := range p2.Damaged {
				for i := range draws {
					scores(&draws[i])
				}
			}
			for _, c := range []struct{ what, was any }{{e2, e}, {p2, p}, {m2, m}} {
				if at := differ(reflect.ValueOf(c.what), reflect.ValueOf(c.was)); at != "" {
					t.Errorf("fixation %d, outputs in the order %v: %s", fixation, order, at)
				}
			}
		}
	}
}

// differ returns where two values differ, numbers by more than rounding; "" if nowhere.
func differ(a, b reflect.Value) string {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if at := differ(a.Field(i), b.Field(i)); at != "" {
				return a.Type().Field(i).Name + " " + at
			}
		}
	case reflect.Slice:
		if a.Len() != b.Len() {
			return "has another length"
		}
		for i := range a.Len() {
			if at := differ(a.Index(i), b.Index(i)); at != "" {
				return at
			}
		}
	case reflect.Float64:
		if d := math.Abs(a.Float() - b.Float()); d > 1e-9*max(1, math.Abs(b.Float())) {
			return "differs"
		}
	default:
		if !a.Equal(b) {
			return "differs"
		}
	}
	return ""
}
