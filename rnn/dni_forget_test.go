package rnn

import (
	"context"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// repeatTask returns batches of a small task with a rule input of its own: repeat the
// input of the step before (rule 0), or its opposite (rule 1). The two contradict
// each other; only the rule input tells them apart.
func repeatTask(rule int) Batches[float32] {
	return func(iteration int) (x, y []float32) {
		z, _ := echoBatch[float32](1000*rule + iteration)
		x, y = make([]float32, testSteps*testTrials*3), make([]float32, testSteps*testTrials)
		FitChannels(x, 3, z[:len(y)], 1)
		SetRule(x, 3, 1+rule)
		copy(y[testTrials:], z)
		if rule == 1 {
			for i := range y {
				y[i] = -y[i]
			}
		}
		return x, y
	}
}

// TestForgetting trains one network on two tasks in sequence. Without DNI the
// first is forgotten; with it the first is kept, and the second learnt. It is also
// the evidence that Adam restores much of what is projected from its gradient.
func TestForgetting(t *testing.T) {
	if testing.Short() {
		t.Skip("1800 iterations")
	}
	v := kernels.Best()
	s := autodiff.Shape{Units: 40, In: 3, Out: 1}
	schedule := Schedule{Rate: 3e-3, LevelIterations: 600, Levels: 1, Decay: 1}
	e := autodiff.New[float32](v, s, testSteps, testTrials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	errorOn := func(n *Network[float32], rule int) float64 {
		x, y := repeatTask(rule)(777)
		outputs := make([]float32, len(y))
		e.Run(n.Params, x, outputs, nil)
		sum := 0.0
		for i := range y {
			sum += square(float64(outputs[i]-y[i])) / float64(len(y))
		}
		return sum
	}
	train := func(n *Network[float32], rule int, mask autodiff.Mask, p *Projection[float32]) {
		tr := NewTrainer(v, n, testSteps, testTrials, Training{Schedule: schedule, Adam: PublishedAdam, Mask: mask}, 1)
		tr.Projection = p
		if err := tr.Run(context.Background(), repeatTask(rule), nil); err != nil {
			t.Fatal(err)
		}
	}
	forgotten := map[string]float64{}
	for _, way := range []string{"without", "gradient", "update"} {
		n := New[float32](v, s, 1, Init{Gain: 1.2, InputGain: 1}, kernels.NewStream(7))
		mask := n.FullMask(NoBiases)
		train(n, 0, mask, nil)
		if e := errorOn(n, 0); !(e < 0.05) {
			t.Fatalf("the first task was not learnt: error is %.4f", e)
		}
		mask.H0 = false // of the first task, as nothing protects it
		var p *Projection[float32]
		if way != "without" {
			d := NewDNI[float32](v, s)
			x, _ := repeatTask(0)(500)
			d.Observe(e, n.Params, x, 1)
			p = projection(d, mask, PublishedAlpha)
			p.Update = way == "update"
		}
		train(n, 1, mask, p)
		forgotten[way] = errorOn(n, 0)
		if e := errorOn(n, 1); !(e < 0.1) { // 0.25 is the variance of the targets
			t.Errorf("%s: the second task was not learnt: error is %.4f", way, e)
		}
	}
	u, g, w := forgotten["update"], forgotten["gradient"], forgotten["without"]
	if !(u < 0.05 && g > 0.3 && w > g) {
		t.Errorf("error on the first task after the second: %.4f with the update projected, %.4f with the gradient, %.4f without", u, g, w)
	}
}
