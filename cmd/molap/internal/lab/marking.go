package lab

import (
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// marking is how outputs of a task are scored: by a criterion, and with a first output
// that is fixation or with decisions alone.
type marking struct {
	rnn.Criterion
	fixation bool
}

// hasFixation reports whether the first target of a task is fixation, which then has a
// tolerance of its own and is no part of the decision: it is called so, and another follows.
func hasFixation(t tasks.Task) bool {
	return t.Targets[0].Name == tasks.FixationChannel && len(t.Targets) > 1
}

// markingOf returns how the task of a cell is scored. Of trials without a task the first
// of several outputs is fixation.
func markingOf(s profile.Settings, c Cell, out int) marking {
	m := marking{criterion(s), out > 1}
	if c.Task != "" {
		m.fixation = hasFixation(TaskOf(s, c.Task))
	}
	return m
}

// within returns the marking that accepts all that lies within delta of the target.
func (m marking) within(delta float64) marking {
	return marking{rnn.Criterion{Tolerance: delta, Fixation: delta, Window: m.Window}, m.fixation}
}

// scoreBy is rnn.Score.
func scoreBy[T kernels.Float](m marking, outputs, targets []T, trials, out int) []float64 {
	if !m.fixation {
		m.Fixation = m.Tolerance
	}
	return rnn.Score(m.Criterion, outputs, targets, trials, out)
}

// decision returns the mean score of the outputs other than fixation.
func (m marking) decision(score []float64) float64 {
	if !m.fixation {
		return rnn.Overall(score)
	}
	return rnn.Decision(score)
}

// nullsBy returns the nulls of rnn.ScoreNulls, which takes the first output for
// fixation: where it is none, a fixation of zeros goes before it and is not looked at.
func nullsBy[T kernels.Float](m marking, targets []T, trials, out int) rnn.Nulls {
	if m.fixation {
		return rnn.ScoreNulls(m.Criterion, targets, trials, out)
	}
	rows := len(targets) / out
	padded := make([]T, rows*(out+1))
	for i := range rows {
		copy(padded[i*(out+1)+1:], targets[i*out:][:out])
	}
	n := rnn.ScoreNulls(m.Criterion, padded, trials, out+1)
	return rnn.Nulls{Blind: n.Blind[1:], Constant: n.Constant[1:]}
}

// nulls returns both nulls by the measures of Run: correct by the marking, and within a
// tenth of the targets' range.
func nulls[T kernels.Float](m, tenth marking, targets []T, trials, out int) (blind, constant Null) {
	n, u := nullsBy(m, targets, trials, out), nullsBy(tenth, targets, trials, out)
	return Null{rnn.Overall(n.Blind), m.decision(n.Blind), m.decision(u.Blind)},
		Null{rnn.Overall(n.Constant), m.decision(n.Constant), m.decision(u.Constant)}
}
