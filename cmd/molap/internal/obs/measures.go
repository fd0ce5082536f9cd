package obs

import (
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

// Measure is a number that is computed from what was observed of a network (R), and from the scores of
// an answer that ignores the stimulus.
type Measure[R any] struct {
	Name, Label, Unit, Doc string
	Of                     func(R) float64
	Null                   func(lab.Null) float64 // nil: an answer that ignores the stimulus does not have it
}

// The measures of networks on their task, and of networks after damage.
type (
	RunMeasure    = Measure[lab.Run]
	DamageMeasure = Measure[lab.Scores]
)

func overallNull(n lab.Null) float64  { return n.Overall }
func decisionNull(n lab.Null) float64 { return n.Decision }
func responseNull(n lab.Null) float64 { return n.DecisionUnit }

// What an axis calls the two measures of performance.
const (
	allLabel      = "all outputs correct (%)"
	responseLabel = "response correct (%)"
)

// The measures of a run.
var (
	Overall = RunMeasure{"overall", allLabel, "%", "correct by the profile's criterion, mean over all outputs",
		func(r lab.Run) float64 { return r.Overall }, overallNull}
	Decision = RunMeasure{"decision", "", "%", "the same, outputs other than fixation",
		func(r lab.Run) float64 { return r.Decision }, decisionNull}
	Response = RunMeasure{"decision_unit", responseLabel, "%", "response outputs within a tenth of the targets' range",
		func(r lab.Run) float64 { return r.DecisionUnit }, responseNull}
	Raw = RunMeasure{"decision_raw", "", "%", "response outputs within 0.1 in the task's own units",
		func(r lab.Run) float64 { return r.DecisionRaw }, nil}
	FinalLoss = RunMeasure{Name: "final_loss", Doc: "mean squared error over the last 20 iterations", Of: func(r lab.Run) float64 { return r.FinalLoss }}
)

// The measures of damaged networks.
var (
	AllOutputs   = DamageMeasure{"overall", allLabel, "%", "correct by the profile's criterion, mean over all outputs", lab.Scores.Overall, overallNull}
	OtherOutputs = DamageMeasure{"decision", "outputs other than fixation correct (%)", "%", "mean over the outputs other than fixation", lab.Scores.Decision, decisionNull}
	Responses    = DamageMeasure{"decision_unit", responseLabel, "%", "response outputs within a tenth of the targets' range", lab.Scores.Unit, responseNull}
	SquaredError = DamageMeasure{Name: "error", Label: "mean squared error", Doc: "mean squared error of all steps and outputs", Of: lab.Scores.MeanError}
)

// elementMeans returns the mean of several lists, element by element.
func elementMeans(lists [][]float64) []float64 {
	return seq.Map(seq.UpTo(len(lists[0])), func(k int) float64 {
		return seq.Mean(seq.Map(lists, func(x []float64) float64 { return x[k] }))
	})
}

// BetterNull returns the measure of the better of the two nulls of a run.
func BetterNull(m RunMeasure) RunMeasure {
	return RunMeasure{Name: m.Name + "_null", Unit: m.Unit, Doc: m.Doc + ", of the better null",
		Of: func(r lab.Run) float64 { return max(m.Null(r.Blind), m.Null(r.Constant)) }}
}
