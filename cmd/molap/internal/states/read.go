package states

import (
	"cmp"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/seq"
	"molap/dynamics"
)

// Reading tells how well a linear readout of the states after a step predicts the
// answer asked for, on trials that it was not fitted to.
type Reading struct {
	Step int
	R2   float64 // share of the variance explained, mean over the outputs of the decision
}

// readingSteps returns the steps after which the answer is read from the states. If it cannot be read,
// readingSteps notes why.
func (a *analysis) readingSteps() (steps []int) {
	switch n := min(ReadTrials, a.all.trials); {
	case a.all.asked == 0:
		a.m.Unread = "there are no targets Y"
	case !a.all.differ():
		a.m.Unread = "all trials ask for the same"
		if n == 1 {
			a.m.Unread = "there is one trial"
		}
	case n < fewestTrials:
		a.m.Unread = fmt.Sprintf("there are %d trials, at least %d are needed", n, fewestTrials)
	default:
		for t := a.all.steps - 1; t >= a.m.Onset; t -= readEvery {
			steps = append(steps, t)
		}
		slices.Reverse(steps)
	}
	return steps
}

// read reads the final answer from the states at steps.
func (a *analysis) read(steps []int) error {
	n := min(ReadTrials, a.all.trials)
	states := make([][][]float64, len(steps))
	for first := 0; first < n && len(steps) > 0; first += Trials { // so many at a time, to spare memory
		part := a.all.part(first, min(Trials, n-first))
		t := dynamics.Run(a.variant, a.net.Params, part.x, part.steps, part.trials, 1)
		for k, step := range steps {
			for j := range part.trials {
				states[k] = append(states[k], slices.Clone(t.State(step, j)))
			}
		}
		if err := a.advance(0, "readings"); err != nil {
			return err
		}
	}
	for k, step := range steps {
		sum, count := 0.0, 0
		for _, o := range a.all.decision {
			y := seq.Map(seq.UpTo(n), func(j int) float64 { return a.all.final(j, o) })
			if slices.Max(y) > slices.Min(y) { // an answer that is the same in all trials cannot be read
				x, y := splitEvenOdd(states[k], y)
				sum += dynamics.LinearR2(x, y, readRidge)
				count++
			}
		}
		a.m.Readable = append(a.m.Readable, Reading{step, sum / float64(count)})
		if err := a.advance(a.readingWork(), "readings"); err != nil {
			return err
		}
	}
	return nil
}

// splitEvenOdd returns the states and answers of trials for dynamics.LinearR2, which fits every second one and
// tests the others. If every second trial asks for the same, as in trials that alternate, it sorts the
// trials by what they ask for, so that both halves have all answers.
func splitEvenOdd(states [][]float64, y []float64) ([][]float64, []float64) {
	for half := range 2 {
		same := true
		for j := half; j < len(y); j += 2 {
			same = same && y[j] == y[half]
		}
		if !same {
			continue
		}
		order := seq.UpTo(len(y))
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(y[i], y[j]) })
		return seq.Map(order, func(j int) []float64 { return states[j] }), seq.Map(order, func(j int) float64 { return y[j] })
	}
	return states, y
}
