package paper

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// withoutMemory are the tasks whose stimulus stays until they are answered.
var withoutMemory = []string{"T1", "T2"}

// order compares the arms over all tasks that need memory, by seed: who is before
// whom, and how surely.
func (g grouped) order() *table.Table {
	t := &table.Table{Name: "fig2_arms", Title: "The order of the arms: T3–T9, means over seeds with 95 % intervals", Columns: []table.Column{
		{Name: "arm", Description: "way of training"},
		{Name: "seeds", Description: "number of seeds"},
		{Name: "memory", Unit: "%", Description: "response outputs within a tenth of the targets' range, mean over T3–T9 and seeds"},
		{Name: "memory_lo", Unit: "%", Description: "lower end of its 95 % t interval over seeds; empty: too few seeds"},
		{Name: "memory_hi", Unit: "%", Description: "upper end"},
		{Name: "molap_more", Unit: "%", Description: "what molap has more, mean of the differences by seed"},
		{Name: "more_lo", Unit: "%", Description: "lower end of its 95 % paired t interval, not corrected for many tests"},
		{Name: "more_hi", Unit: "%", Description: "upper end"},
		{Name: "learnt", Description: fmt.Sprintf("networks, of all tasks and seeds, with %d %% of responses within a tenth of the range", profile.Learnt)},
		{Name: "all_learnt", Description: "seeds with all tasks learnt"},
		{Name: "escaped", Description: "networks for T3–T9 whose loss left the plateau of the blind answer"},
		{Name: "median_escape", Description: "median iteration at which they did, of all; empty: fewer than half did"},
	}}
	molap := g.memory(lab.MoLaP)
	for _, arm := range g.arms {
		scores := g.memory(arm)
		m, more := stats.Mean(scores, 0.95), stats.Paired(molap, scores, 0.95)
		networks, seeds := g.learnt(arm)
		escaped, median := g.escapes(arm)
		t.Add(string(arm), g.seeds, m.Value, known(m.Lo), known(m.Hi), more.Value, known(more.Lo), known(more.Hi), networks, seeds, escaped, median)
	}
	return t
}

// memory returns an arm's mean response over the tasks that need memory, by seed.
func (g grouped) memory(arm lab.Arm) []float64 { return g.onMemory(arm, decisionUnit) }

// onMemory returns the mean of a measure over the tasks that need memory, by seed.
func (g grouped) onMemory(arm lab.Arm, measure func(lab.Run) float64) []float64 {
	sums, n := make([]float64, g.seeds), 0.0
	for i, task := range g.tasks {
		if slices.Contains(withoutMemory, task.ID) {
			continue
		}
		n++
		for k, r := range g.of(arm, i) {
			sums[k] += measure(r)
		}
	}
	return seq.Map(sums, func(s float64) float64 { return s / n })
}

// learnt counts an arm's networks that have learnt their task, and the seeds with
// which all have.
func (g grouped) learnt(arm lab.Arm) (networks, seeds int) {
	count := make([]int, g.seeds)
	for i := range g.tasks {
		for k, r := range g.of(arm, i) {
			if decisionUnit(r) >= profile.Learnt {
				networks++
				count[k]++
			}
		}
	}
	for _, n := range count {
		if n == len(g.tasks) {
			seeds++
		}
	}
	return networks, seeds
}

// escapes counts an arm's networks for tasks that need memory that left the plateau,
// and returns the median iteration at which they did, those that never did being
// the last; nil if that is among them.
func (g grouped) escapes(arm lab.Arm) (escaped int, median any) {
	var at []int
	for i, task := range g.tasks {
		if slices.Contains(withoutMemory, task.ID) {
			continue
		}
		for _, r := range g.of(arm, i) {
			e := r.Escape
			if e < 0 {
				e = math.MaxInt
			} else {
				escaped++
			}
			at = append(at, e)
		}
	}
	slices.Sort(at)
	low, high := at[(len(at)-1)/2], at[len(at)/2]
	if high == math.MaxInt {
		return escaped, nil
	}
	return escaped, float64(low+high) / 2
}
