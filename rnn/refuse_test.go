package rnn

import (
	"context"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// TestRefuse checks what is said of arguments that do not belong together.
func TestRefuse(t *testing.T) {
	x := func(n int) []float64 { return make([]float64, n) }
	last := Criterion{Tolerance: 0.1, Window: 10}
	fixating, asking := last, last
	fixating.Fixation, asking.Response = 7, make([]bool, 39)
	shape := autodiff.Shape{Units: 6, In: 1, Out: 1}
	n := New[float32](kernels.Best(), shape, 2, Init{Gain: 1}, kernels.NewStream(1))
	training := Training{Schedule: Schedule{Rate: 1e-2, LevelIterations: 1, Levels: 1, Decay: 0.5}, Mask: n.FullMask(NoBiases)}
	trainer := func(s Schedule) *Trainer[float32] {
		training.Schedule = s
		return NewTrainer(kernels.Best(), n, 1, 1, training, 1)
	}
	for want, f := range map[string]func(){
		"rnn: Score: 40 outputs, 30 targets":                                         func() { Score(last, x(40), x(30), 1, 1) },
		"rnn: Score: 40 outputs, 70 targets":                                         func() { Score(last, x(40), x(70), 1, 1) },
		"rnn: Score: 40 entries of 0 trials × 1 outputs":                             func() { Score(last, x(40), x(40), 0, 1) },
		"rnn: Score: 40 entries of 1 trials × 0 outputs":                             func() { Score(last, x(40), x(40), 1, 0) },
		"rnn: Score: 40 entries of 3 trials × 1 outputs":                             func() { Score(last, x(40), x(40), 3, 1) },
		"rnn: Score: fixation is output 7 of 2":                                      func() { Score(fixating, x(40), x(40), 1, 2) },
		"rnn: Score: a response of 39 entries for 40 outputs":                        func() { Score(asking, x(40), x(40), 1, 1) },
		"rnn: Score: a window of 10 steps in 9 entries of 1 trials × 1 outputs":      func() { Score(last, x(9), x(9), 1, 1) },
		"rnn: ScoreNulls: 40 entries of 0 trials × 1 outputs":                        func() { ScoreNulls(last, x(40), 0, 1) },
		"rnn: ScoreNulls: fixation is output 7 of 2":                                 func() { ScoreNulls(fixating, x(40), 1, 2) },
		"rnn: ScoreNulls: a window of 10 steps in 9 entries of 1 trials × 1 outputs": func() { ScoreNulls(last, x(9), 1, 1) },
		"rnn: Decision: fixation is 5, want an output, 1 to 2, or 0 for none":        func() { Decision([]float64{50, 60}, 5) },
		"rnn: Decision: fixation is -1, want an output, 1 to 2, or 0 for none":       func() { Decision([]float64{50, 60}, -1) },
		"rnn: Decision: fixation is 1, want 0: the only output is a decision":        func() { Decision([]float64{50}, 1) },
		"rnn: Decision: no scores":                                                   func() { Decision(nil, 0) },
		"rnn: Overall: no scores":                                                    func() { Overall(nil) },
		"rnn: New: {Units:0 In:1 Out:1}":                                             func() { New[float32](kernels.Best(), autodiff.Shape{In: 1, Out: 1}, 1, Init{}, kernels.NewStream(1)) },
		"rnn: module 9 of 2, from 0":                                                 func() { n.Module(9) },
		"rnn: module -1 of 2, from 0":                                                func() { n.Module(-1) },
		"rnn: module 2 of 2, from 0":                                                 func() { n.PretrainMask(2, NoBiases, false) },
		"rnn: biases 3, not one of NoBiases (0), ReadoutBias (1), AllBiases (2)":     func() { n.TaskMask(3) },
		"rnn: Schedule: iteration 0 in levels of 0 iterations":                       func() { Schedule{}.At(0) },
		"rnn: Schedule: iteration -1 in levels of 5 iterations":                      func() { Schedule{LevelIterations: 5, Levels: 1}.At(-1) },
		"rnn: NewTrainer: a schedule of 0 levels of 0 iterations":                    func() { trainer(Schedule{}) },
		"rnn: NewTrainer: a schedule of -1 levels of 1 iterations":                   func() { trainer(Schedule{LevelIterations: 1, Levels: -1}) },
		"rnn: Run: no batches":                                                       func() { trainer(Schedule{LevelIterations: 1, Levels: 1}).Run(context.Background(), nil, nil) },
		"rnn: DNI of {Units:6 In:1 Out:1}: mask rectangle {Row:0 Col:6 Rows:6 Cols:3} does not span all units or all outputs of the 7×8 matrix": func() {
			d := NewDNI[float32](kernels.Best(), shape)
			d.Tasks = 1
			d.Projection(autodiff.Mask{Rects: []autodiff.Rect{{Row: 0, Col: 6, Rows: 6, Cols: 3}}}, PublishedAlpha)
		},
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

// TestBeyondSchedule: beyond the end of a schedule the rate falls on, and Step goes on.
func TestBeyondSchedule(t *testing.T) {
	s := Schedule{Rate: 1, LevelIterations: 2, Levels: 2, Decay: 0.5}
	for i, want := range []float64{1, 1, 0.5, 0.5, 0.25, 0.25, 0.125} {
		if got := s.At(i); got != want {
			t.Errorf("rate of iteration %d is %v, want %v", i, got, want)
		}
	}
	n := testNetwork[float32](false)
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, Training{Schedule: s, Adam: PublishedAdam, Mask: n.FullMask(NoBiases)}, 1)
	for i := range s.Iterations() + 1 {
		if _, err := tr.Step(echoBatch[float32](i)); err != nil || tr.Iteration != i+1 {
			t.Fatalf("step %d: %v, %d iterations done", i, err, tr.Iteration)
		}
	}
}
