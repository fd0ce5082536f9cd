package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

func (d dniData) result() Result {
	return Result{
		Title: "DNI: one network learns the nine tasks in sequence", UsesSettings: true,
		Headline: d.headline(),
		Findings: d.findings(),
		Tables:   []*table.Table{d.byTask(), d.forgetting(), d.byPlace()},
		Figures:  []*figure.Figure{d.kept(), d.matrices(), d.places()},
		Captions: []string{
			"Per cent of test trials decided correctly, by task: right after the network has learnt it, after it has learnt all nine in the order T" + d.order +
				", and of a separate network trained on that task alone; mean over seeds with one standard deviation, single seeds as points. " +
				"A: mean over all outputs, the paper's measure. B: the response outputs alone, correct within a tenth of the targets' range. " +
				"C, unless the settings say so anyhow: B with the updates projected and a rule input for each task, as Duncker et al. have it. " +
				"Lines: what an answer scores that does not know the stimulus, its fixation being perfect.",
			"Forgetting: per cent correct on each task (columns) after each task of the sequence (rows), mean over seeds. On and below the diagonal tasks that the network has learnt, above it tasks to come. " +
				"A: mean over all outputs. B: the response outputs alone, correct within a tenth of the targets' range.",
			fmt.Sprintf("The order of tasks: response outputs correct within a tenth of the targets' range, right after learning a task and after all nine, against the place of the task in the order. "+
				"Every seed learns in the order T%s and in %d random order(s) of its own; points are single networks, markers means with one standard deviation. Line: the best constant answer.", d.order, len(d.seeds[0].orders)-1),
		},
	}
}

func (d dniData) headline() string {
	return fmt.Sprintf("One network that learns nine tasks in sequence scores %.0f %% on the mean task right after learning it and %.0f %% after the last (response alone: %.0f %% and %.0f %%); separate networks score %.0f %% (%.0f %%). Means over %d seed(s).",
		d.overTasks(freshOn, overall), d.overTasks(finalOn, overall), d.overTasks(freshOn, decisionUnit), d.overTasks(finalOn, decisionUnit),
		d.overTasks(separateOn, overall), d.overTasks(separateOn, decisionUnit), len(d.seeds))
}

func (d dniData) findings() []string {
	out := []string{
		"Right after its task: " + d.levels(freshOn),
		"After all nine: " + d.levels(finalOn),
	}
	// The last task cannot have been forgotten.
	var worst, lost string
	most := -1.0
	for i, t := range d.tasks {
		fresh, final := seq.Mean(d.samples(freshOn(i), overall)), seq.Mean(d.samples(finalOn(i), overall))
		if fresh-final > most {
			most, worst = fresh-final, t.ID
			lost = fmt.Sprintf("from %.0f %% to %.0f %%", fresh, final)
		}
	}
	out = append(out, fmt.Sprintf("Most is forgotten of %s: %s over all outputs.", worst, lost))
	if !d.told {
		out = append(out, "Nothing tells the network which task it is. "+d.conflicts()+" One network with one readout cannot do such tasks side by side, whatever it protects.")
	}
	if len(d.seeds[0].orders) > 1 {
		slopes := func(scores func(ordered) []lab.Run) string {
			return spread(seq.Map(d.seeds, func(s dniSeed) float64 { return d.slope(s, scores, decisionUnit) }))
		}
		out = append(out, fmt.Sprintf("The order, over %d orders a seed: with each place later that a task is learnt, its response score right after it changes by %s percentage points and what is left of it at the end by %s. Of the task in the last place all is left, %.0f %% on the mean, of those before it %.0f %%.",
			len(d.seeds[0].orders), slopes(freshOf), slopes(finalOf), seq.Mean(d.left(true)), seq.Mean(d.left(false))))
	}
	if len(d.seeds) < 3 {
		out = append(out, fmt.Sprintf("With %d seed(s) these are single observations: -seeds 10 gives spreads.", len(d.seeds)))
	}
	return append(out, fmt.Sprintf("The paper cites DNI and says no more. With the updates of Adam projected and not the gradient, of which Adam restores a part, and with rule inputs, as Duncker et al. have it, the scores are %.0f %% right after learning and %.0f %% after the last (response alone: %.0f %% and %.0f %%).",
		d.overTasks(citedFreshOn, overall), d.overTasks(citedFinalOn, overall), d.overTasks(citedFreshOn, decisionUnit), d.overTasks(citedFinalOn, decisionUnit)))
}

// left returns the response scores after all tasks, over all orders: of those in
// the last place, or of those before it.
func (d dniData) left(last bool) []float64 {
	var left []float64
	for i := range d.tasks {
		for k := range d.order {
			if last == (k == len(d.order)-1) {
				left = append(left, d.atPlace(i, k, finalOf, decisionUnit)...)
			}
		}
	}
	return left
}

// conflicts names the tasks that ask different questions about the same inputs.
func (d dniData) conflicts() string {
	text := "T7, T8 and T9 show the same pulses and ask three questions about them."
	if d.opposite {
		text = "T1 and T2 show the same inputs and want opposite answers, so do T3 and T4; " + text
	}
	return text
}

// levels tells of the range of scores over tasks and of the tasks above the criteria.
func (d dniData) levels(on func(task int) func(dniSeed) lab.Run) string {
	var scores []float64
	var success, above []string
	for i, t := range d.tasks {
		m := seq.Mean(d.samples(on(i), overall))
		scores = append(scores, m)
		if m > publishedCriterion {
			success = append(success, t.ID)
		}
		null := func(f func(lab.Run) float64) float64 { return seq.Mean(d.samples(on(i), f)) }
		if m > max(null(func(r lab.Run) float64 { return r.Blind.Overall }), null(func(r lab.Run) float64 { return r.Constant.Overall })) {
			above = append(above, t.ID)
		}
	}
	return fmt.Sprintf("%.0f to %.0f %% over all outputs; above %d %% on %s; above both nulls on %s.",
		slices.Min(scores), slices.Max(scores), publishedCriterion, list(success), list(above))
}
