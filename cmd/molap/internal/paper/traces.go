package paper

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/tasks"
)

// tracesPanel returns an empty panel for trials of a batch.
func tracesPanel(trials []int, ps []figure.Period) *figure.Traces {
	t := &figure.Traces{Step: 1000 * tasks.StepSeconds, Periods: ps}
	for _, j := range trials {
		t.TrialNames = append(t.TrialNames, fmt.Sprintf("trial %d", j+1))
	}
	return t
}

// periodsOf returns the periods of one task or, for several tasks, the periods that they have in
// common: fixation, all that follows, and the response.
func periodsOf(ts ...tasks.Task) []figure.Period {
	ms := 1000 * tasks.StepSeconds
	var ps []figure.Period
	for _, span := range ts[0].Spans() {
		// If a bound is drawn for each trial, the middle of its range stands for it.
		middle := func(d tasks.Duration) float64 { return ms * float64(d.Least+d.Most) / 2 }
		ps = append(ps, figure.Period{Name: span.Name, From: middle(span.Start), To: middle(span.End)})
	}
	if len(ts) > 1 {
		first, last := ps[0], ps[len(ps)-1]
		ps = []figure.Period{first, {Name: "stimulus and delay", From: first.To, To: last.From}, last}
	}
	return ps
}
