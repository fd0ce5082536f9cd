package lab

import (
	"context"
	"fmt"

	"molap/cmd/molap/internal/jobs"
	"molap/rnn"
)

const (
	// Trials of panels d, e, and of them those of panels b, c.
	fig3Trials = 20
	fig3Traced = 3
)

// Examples are the first test trials of a damaged network.
type Examples struct {
	Trials, Traced, Steps, Out int
	Outputs, Targets           []float64   // of the traced trials, steps × traced × out
	Error                      [][]float64 // outputs × trials: mean squared error of all steps
	Wrong                      [][]bool    // outputs × trials, by the criterion of the settings
}

// Examples returns the job of the first draw of a damage.
func (l typed[T]) Examples(c Cell, d Damage, level float64, trials int) *jobs.Job[Examples] {
	s := damageSettings(l.Settings, c, d, trials)
	node, net := networkOf[T](l.Lab, c)
	spec := jobs.Spec{Kind: "examples", Of: of{s, struct {
		Cell           Cell
		Damage         Damage
		Level          float64
		Trials, Traced int
	}{c, d, level, fig3Trials, fig3Traced}}, Needs: []jobs.Node{node}, Label: fmt.Sprintf("%s, examples", c),
		Cost: StepCost(c.Arm.Units(l.Settings), trials, ForwardShare)}
	return jobs.New(l.Pool, spec, func(_ context.Context, w *jobs.Work) (Examples, error) {
		test, err := testBatch[T](l.Variant, s, c, s.Score.TestTrials)
		if err != nil {
			return Examples{}, err
		}
		damaged, _, err := damage(l.Variant, s, net(), d, level, d.Stream(c.Seed, 0))
		if err != nil {
			return Examples{}, err
		}
		q := newTester(l.Variant, s, c, damaged.Shape, test)
		e := pickExamples(q.right, widen(q.outputs(damaged, nil)), widen(test.Y), test.Trials, test.Out)
		w.Advance(spec.Cost)
		return e, nil
	})
}

// pickExamples keeps the first trials of outputs and targets, steps × trials × out.
func pickExamples(c rnn.Criterion, outputs, targets []float64, trials, out int) Examples {
	steps := len(outputs) / (trials * out)
	e := Examples{Trials: min(fig3Trials, trials), Traced: min(fig3Traced, trials), Steps: steps, Out: out}
	for t := range steps {
		row := t * trials * out
		e.Outputs = append(e.Outputs, outputs[row:row+e.Traced*out]...)
		e.Targets = append(e.Targets, targets[row:row+e.Traced*out]...)
	}
	e.Error, e.Wrong = byTrial(c, outputs, targets, trials, out, e.Trials)
	return e
}

// byTrial returns the mean squared error over the steps, and whether it is wrong by a criterion,
// of each output in the first n trials: outputs × n.
func byTrial(c rnn.Criterion, outputs, targets []float64, trials, out, n int) (errs [][]float64, wrong [][]bool) {
	steps := len(outputs) / (trials * out)
	errs, wrong = make([][]float64, out), make([][]bool, out)
	for j := range n {
		y, want, squares := make([]float64, steps*out), make([]float64, steps*out), make([]float64, out)
		for t := range steps {
			for o := range out {
				at := (t*trials+j)*out + o
				y[t*out+o], want[t*out+o] = outputs[at], targets[at]
				d := outputs[at] - targets[at]
				squares[o] += float64(d * d)
			}
		}
		for o, right := range rnn.Score(c, y, want, 1, out) {
			errs[o], wrong[o] = append(errs[o], squares[o]/float64(steps)), append(wrong[o], right == 0)
		}
	}
	return errs, wrong
}
