package experiment

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/report"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Run is one network trained on one task, and what came of it. Scores are per
// cent of test trials.
type Run struct {
	Arm  Arm
	Task string // ID
	Seed uint64

	Output     []float64 // by output, by the criterion of the settings; the first is fixation
	NoFixation bool      `json:",omitempty"` // the first is a decision as well: a task of one's own

	Overall  float64 // mean over all outputs, the paper's performance
	Decision float64 // mean over the outputs other than fixation
	// The decision within δ of the target, δ being 0.1 in the units of the task's
	// table, or a tenth of the range of its targets.
	DecisionRaw, DecisionUnit float64
	Blind, Constant           Null // see rnn.Nulls

	Trained, Parameters int
	Curve               []float64 // mean squared error of every iteration
	BlindLoss           float64   // of an answer that does not know the stimulus, on the test trials
	Diverged            string    // where and how training broke off; empty: it did not
}

// Null is the score of an answer that does not know the stimulus, by the measures of Run.
type Null struct{ Overall, Decision, DecisionUnit float64 }

// publishedDelta is δ of A.3.
const publishedDelta = 0.1

// score fills in the scores from outputs and targets, steps × trials × out;
// unit is what 1 in them is worth in the units of the task's table.
func (r *Run) score(m marking, outputs, targets []float64, trials, out int, unit float64) {
	r.NoFixation = !m.fixation
	r.Output = scoreBy(m, outputs, targets, trials, out)
	r.Overall, r.Decision = rnn.Overall(r.Output), m.decision(r.Output)
	raw, tenth := m.within(publishedDelta/unit), m.within(float64(publishedDelta*(slices.Max(targets)-slices.Min(targets))))
	r.DecisionRaw = m.decision(scoreBy(raw, outputs, targets, trials, out))
	r.DecisionUnit = m.decision(scoreBy(tenth, outputs, targets, trials, out))
	r.Blind, r.Constant = nulls(m, tenth, targets, trials, out)
}

// escapeWindow is the number of iterations over which the loss is averaged to
// tell whether a run has left the plateau.
const escapeWindow = 20

// Escape returns the iteration at which the run left the plateau of a network
// that is blind to the stimulus: the end of the first window of iterations whose
// mean loss is below half of the blind loss; -1 if there is none.
func (r Run) Escape() int {
	sum := 0.0
	for i, l := range r.Curve {
		sum += l
		if i >= escapeWindow {
			sum -= r.Curve[i-escapeWindow]
		}
		if i >= escapeWindow-1 && sum/escapeWindow < r.BlindLoss/2 {
			return i + 1
		}
	}
	return -1
}

// FinalLoss returns the mean loss over the last window of iterations.
func (r Run) FinalLoss() float64 {
	last := r.Curve[max(0, len(r.Curve)-escapeWindow):]
	sum := 0.0
	for _, l := range last {
		sum += l
	}
	return sum / float64(len(last))
}

// blindLoss returns the mean squared error of the best answer that does not know
// the trial: the mean target of every step.
func blindLoss[T kernels.Float](b *tasks.Batch[T]) float64 {
	sum := 0.0
	mean := make([]float64, b.Out)
	for t := range b.Steps {
		clear(mean)
		for j := range b.Trials {
			for o, y := range b.Targets(t, j) {
				mean[o] += float64(y)
			}
		}
		for j := range b.Trials {
			for o, y := range b.Targets(t, j) {
				d := float64(y) - mean[o]/float64(b.Trials)
				sum += float64(d * d)
			}
		}
	}
	return sum / float64(b.Steps*b.Trials*b.Out)
}

// RunTable has a row for every run, with all its measures.
func RunTable(name string, runs []Run) *report.Table {
	t := &report.Table{Name: name, Title: "Every run", Columns: []report.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "task", Description: "task of the paper"},
		{Name: "fixation", Unit: "%", Description: "correct, output 1"},
		{Name: "output_2", Unit: "%", Description: "correct, output 2"},
		{Name: "output_3", Unit: "%", Description: "correct, output 3, if the task has one"},
	}}
	outputs := 3
	for _, r := range runs { // tasks of one's own may have no fixation, and any number of outputs
		if r.NoFixation {
			t.Columns[3] = report.Column{Name: "output_1", Unit: "%", Description: "correct, output 1, which is fixation where the task has it"}
		}
		for ; outputs < len(r.Output); outputs++ {
			t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("output_%d", outputs+1), Unit: "%", Description: "correct, if the task has it"})
		}
	}
	t.Columns = append(t.Columns, []report.Column{
		{Name: "overall", Unit: "%", Description: "mean over all outputs"},
		{Name: "decision", Unit: "%", Description: "mean over the outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
		{Name: "blind", Unit: "%", Description: "overall score of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "overall score of the best constant answer with perfect fixation"},
		{Name: "blind_decision_unit", Unit: "%", Description: "decision_unit of the mean target"},
		{Name: "constant_decision_unit", Unit: "%", Description: "decision_unit of the best constant answer"},
		{Name: "escape", Description: "iteration at which the loss left the plateau of the blind answer; empty if never"},
		{Name: "final_loss", Description: "mean squared error over the last 20 iterations"},
		{Name: "blind_loss", Description: "mean squared error of the blind answer"},
		{Name: "trained", Description: "parameters trained on the task, with h[0]"},
		{Name: "parameters", Description: "parameters of the network, with h[0]"},
	}...)
	for _, r := range runs {
		row := []any{r.Seed, string(r.Arm), r.Task}
		for o := range outputs {
			if o < len(r.Output) {
				row = append(row, r.Output[o])
			} else {
				row = append(row, nil)
			}
		}
		var escape any
		if e := r.Escape(); e >= 0 {
			escape = e
		}
		t.Add(append(row, r.Overall, r.Decision, r.DecisionUnit, r.DecisionRaw,
			r.Blind.Overall, r.Constant.Overall, r.Blind.DecisionUnit, r.Constant.DecisionUnit, escape, r.FinalLoss(), r.BlindLoss, r.Trained, r.Parameters)...)
	}
	return t
}
