package lab

import (
	"math"
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

	Output   []float64 // by output, by the criterion of the settings
	Fixation int       // the output that is fixation, from 1; 0: each is a decision

	Overall  float64 // mean over all outputs, the paper's performance
	Decision float64 // mean over the outputs other than fixation
	// Decisions within δ of the target: DecisionRaw with δ = 0.1 in the units of the task's table,
	// DecisionUnit with δ = a tenth of the range of the targets.
	DecisionRaw, DecisionUnit float64
	Blind, Constant           Null // see rnn.Nulls

	Trained, Parameters int
	Learning
	Diverged string // where and how training broke off; empty: it did not
}

// Null is the score of an answer that ignores the stimulus, by the measures of Run.
type Null struct {
	Overall      float64 `json:"overall"`
	Decision     float64 `json:"decision"`
	DecisionUnit float64 `json:"decision_unit"`
}

// Of returns a score by the name of a measure: overall, decision or else decision_unit.
func (n Null) Of(measure string) float64 {
	switch measure {
	case "overall":
		return n.Overall
	case "decision":
		return n.Decision
	}
	return n.DecisionUnit
}

// publishedDelta is δ of A.3.
const publishedDelta = 0.1

// fillScores fills in the scores from outputs on a batch, steps × trials × out.
func fillScores[T kernels.Float](r *Run, c rnn.Criterion, outputs []T, b *tasks.Batch[T]) {
	tenth := c.Within(tenthOf(b))
	decision := func(c rnn.Criterion) float64 {
		return rnn.Decision(rnn.Score(c, outputs, b.Y, b.Trials, b.Out), c.Fixation)
	}
	r.Fixation, r.Output = c.Fixation, rnn.Score(c, outputs, b.Y, b.Trials, b.Out)
	r.Overall, r.Decision = rnn.Overall(r.Output), rnn.Decision(r.Output, c.Fixation)
	r.DecisionRaw, r.DecisionUnit = decision(c.Within(publishedDelta/b.YScale.Range)), decision(tenth)
	r.Blind, r.Constant = nullScores(c, tenth, b)
}

// tenthOf returns a tenth of the range of the targets of some trials; 0 if they ask for nothing, as the
// first trials of a task with a mask may.
func tenthOf[T kernels.Float](b *tasks.Batch[T]) float64 {
	asked := b.Y
	if b.Weights != nil {
		asked = nil
		for i, w := range b.Weights {
			if w > 0 {
				asked = append(asked, b.Y[i])
			}
		}
	}
	if len(asked) == 0 {
		return 0
	}
	return float64(publishedDelta * (float64(slices.Max(asked)) - float64(slices.Min(asked))))
}

// nullScores returns both nulls by the measures of Run: correct by a criterion, and within a
// tenth of the targets' range.
func nullScores[T kernels.Float](c, tenth rnn.Criterion, b *tasks.Batch[T]) (blind, constant Null) {
	n, u := rnn.ScoreNulls(c, b.Y, b.Trials, b.Out), rnn.ScoreNulls(tenth, b.Y, b.Trials, b.Out)
	null := func(score, unit []float64) Null {
		return Null{rnn.Overall(score), rnn.Decision(score, c.Fixation), rnn.Decision(unit, c.Fixation)}
	}
	return null(n.Blind, u.Blind), null(n.Constant, u.Constant)
}

// Learning describes the course of a training's loss.
type Learning struct {
	Iterations int
	// Escape is the iteration when the run left the plateau, the loss of a network that is blind to
	// the stimulus: it ends the first window of 20 iterations whose mean loss is below half of
	// BlindLoss. It is −1 if there is no such window.
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
	return seq.Map(seq.UpTo(len(l.Losses)), func(i int) float64 { return float64(min((i+1)*LossStep, l.Iterations)) })
}

// blindLoss returns the mean squared error of the best answer that ignores the trial: the mean target
// of every step. The batch may weigh the errors.
func blindLoss[T kernels.Float](b *tasks.Batch[T]) float64 {
	sum, count := 0.0, 0.0
	mean, all := make([]float64, b.Out), make([]float64, b.Out)
	row := b.Trials * b.Out
	for t := range b.Steps {
		clear(mean)
		clear(all)
		for i, y := range b.Y[t*row:][:row] {
			w := errorWeight(b, t*row+i)
			mean[i%b.Out] += float64(w * float64(y))
			all[i%b.Out] += w
			count += w
		}
		for i, y := range b.Y[t*row:][:row] {
			d := float64(y) - mean[i%b.Out]/max(all[i%b.Out], math.SmallestNonzeroFloat64)
			sum += float64(errorWeight(b, t*row+i) * float64(d*d))
		}
	}
	return sum / count
}

// errorWeight returns the weight of the squared error of b.Y[at].
func errorWeight[T kernels.Float](b *tasks.Batch[T], at int) float64 {
	if b.Weights == nil {
		return 1
	}
	return float64(b.Weights[at])
}

// squaredErrors returns the mean squared error of answers to a batch, by output and over all outputs.
// The batch may weigh the errors.
func squaredErrors[T kernels.Float](y []T, b *tasks.Batch[T]) (by []float64, all float64) {
	by = make([]float64, b.Out)
	count := make([]float64, b.Out)
	for i, target := range b.Y {
		w, d := errorWeight(b, i), float64(y[i])-float64(target)
		by[i%b.Out] += float64(w * float64(d*d))
		count[i%b.Out] += w
	}
	sum, n := 0.0, 0.0
	for o := range by {
		sum, n = sum+by[o], n+count[o]
		by[o] /= max(count[o], math.SmallestNonzeroFloat64)
	}
	if b.Weights == nil {
		return by, seq.Mean(by)
	}
	return by, sum / n
}
