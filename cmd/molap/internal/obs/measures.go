package obs

import "molap/cmd/molap/internal/lab"

// Measure is a number that a run has, and so has an answer that ignores the stimulus.
type Measure struct {
	Name, Unit, Doc string
	Of              func(lab.Run) float64
	Null            func(lab.Null) float64 // nil: no null has it
}

// The measures of a run.
var (
	Overall = Measure{"overall", "%", "correct by the profile's criterion, mean over all outputs",
		func(r lab.Run) float64 { return r.Overall }, func(n lab.Null) float64 { return n.Overall }}
	Decision = Measure{"decision", "%", "the same, outputs other than fixation",
		func(r lab.Run) float64 { return r.Decision }, func(n lab.Null) float64 { return n.Decision }}
	Response = Measure{"decision_unit", "%", "response outputs within a tenth of the targets' range",
		func(r lab.Run) float64 { return r.DecisionUnit }, func(n lab.Null) float64 { return n.DecisionUnit }}
	Raw = Measure{"decision_raw", "%", "response outputs within 0.1 in the task's own units",
		func(r lab.Run) float64 { return r.DecisionRaw }, nil}
	FinalLoss = Measure{"final_loss", "", "mean squared error over the last 20 iterations", func(r lab.Run) float64 { return r.FinalLoss }, nil}
)

// Best is what the better of the two nulls of a run has.
func (m Measure) Best() Measure {
	return Measure{m.Name + "_null", m.Unit, m.Doc + ", of the better null", func(r lab.Run) float64 { return max(m.Null(r.Blind), m.Null(r.Constant)) }, nil}
}

// OverNulls is what a run has more than the better of its two nulls.
func (m Measure) OverNulls() Measure {
	return Measure{m.Name + "_over", m.Unit, m.Doc + ", less that of the better null", func(r lab.Run) float64 { return m.Of(r) - m.Best().Of(r) }, nil}
}
