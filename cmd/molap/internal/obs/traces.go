package obs

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskview"
	"molap/tasks"
)

// tracesPanel returns an empty panel for some trials of one task or several. It has the periods of the one
// task, or those that several have in common: fixation, all that follows, and the response.
func tracesPanel(trials []int, ts ...tasks.Task) *figure.Traces {
	ps := taskview.Periods(ts[0])
	if len(ts) > 1 {
		first, last := ps[0], ps[len(ps)-1]
		ps = []figure.Period{first, {Name: "stimulus and delay", From: first.To, To: last.From}, last}
	}
	names := seq.Map(trials, func(j int) string { return fmt.Sprintf("trial %d", j+1) })
	return &figure.Traces{Step: 1000 * tasks.StepSeconds, TrialNames: names, Periods: ps}
}
