package lab

import (
	"slices"

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
