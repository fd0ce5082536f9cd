package lab

import (
	"slices"

	"molap/cmd/molap/internal/seq"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Run describes one network trained on one task. Scores are per cent of test trials.
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
	Learning
	Diverged string // where and how training broke off; empty: it did not
}

// Null is the score of an answer that ignores the stimulus, by the measures of Run.
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

// Learning is how the loss of a training went.
type Learning struct {
	Iterations int
	// Escape is the iteration at which the run left the plateau, the loss of a network that
	// is blind to the stimulus: the end of the first window of 20 iterations whose mean loss
	// is below half of BlindLoss; −1 if there is none.
	Escape    int
	FinalLoss float64   // mean squared error, mean of the last window of iterations
	BlindLoss float64   // of an answer blind to the stimulus, on the test trials
	Losses    []float64 // means of LossStep iterations each, the last of those that are left
}

const (
	LossStep     = 10 // iterations that an element of Learning.Losses averages
	escapeWindow = 20
)

// learningOf sums up the loss of every iteration.
func learningOf(curve []float64, blind float64) Learning {
	l := Learning{Iterations: len(curve), Escape: -1, BlindLoss: blind, FinalLoss: seq.Mean(curve[max(0, len(curve)-escapeWindow):])}
	for i := 0; i < len(curve); i += LossStep {
		l.Losses = append(l.Losses, seq.Mean(curve[i:min(i+LossStep, len(curve))]))
	}
	sum := 0.0
	for i, loss := range curve {
		sum += loss
		if i >= escapeWindow {
			sum -= curve[i-escapeWindow]
		}
		if i >= escapeWindow-1 && sum/escapeWindow < blind/2 {
			l.Escape = i + 1
			break
		}
	}
	return l
}

// LossAt returns the last iteration that each of the losses averages.
func (l Learning) LossAt() []float64 {
	at := make([]float64, len(l.Losses))
	for i := range at {
		at[i] = float64(min((i+1)*LossStep, l.Iterations))
	}
	return at
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
