package paper

import (
	"fmt"
	"math"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// A.2.1: how much of the nine tasks' targets the first canonical variates explain, if the tasks of a
// trial share their first angle and if each has its own. The paper does not say how it measured its 60
// % and 70 %, so three measures stand beside each other.

func showExplained(d obs.Explained) Result {
	two, three := publishedVariance[2], publishedVariance[3]
	r2 := func(reading, m int) float64 { return d.Readings[reading].Percent(m, lab.Explained.R2s) }
	first := d.Chosen().Analyses[0]
	return Result{
		Title: "A.2.1: how much of the corpus canonical variates explain",
		Headline: fmt.Sprintf("By scikit-learn's score two variates explain %.0f %% of the targets' variance and three %.0f %% where the tasks of a trial share their first angle, %.0f %% and %.0f %% where they do not; the paper states about %d %% and %d %%.",
			r2(0, 2), r2(0, 3), r2(1, 2), r2(1, 3), two, three),
		Findings: append([]string{nearestMeasure(d, two, three)}, seq.Map([]int{0, 1}, func(k int) string {
			parts := d.Contents(k)
			return fmt.Sprintf("Of the squared correlations of target variate %d with the targets, %.0f %% are with fixation, %.0f %% with the directions of T1–T4 and %.0f %% with the decisions of T5–T9.",
				k+1, parts[0], parts[1], parts[2])
		})...),
		Tables: []*table.Table{d.Variance("cca", publishedVariance), d.VarianceBySeed("cca_runs"), d.Loadings("cca_loadings"), d.OverTime("cca_variates")},
		Figures: []*figure.Figure{
			{Name: "cca", Width: 7, Height: 4.6, Rows: figure.Grid(2, d.VariancePanels(publishedVariance)...),
				Alt: "Variance of the targets explained by one to five canonical variates, by three measures, beside the paper's values for two and three; canonical correlations."},
			{Name: "cca_loadings", Width: 7, Height: 4.6, Rows: [][]figure.Panel{d.LoadingPanels()},
				Alt: "Heat maps of the correlations of 25 input channels and 22 target channels with the first five canonical variates."},
			{Name: "cca_variates", Width: 7, Height: 3.2, Rows: [][]figure.Panel{d.VariatePanels()},
				Alt: "The first three canonical variates of inputs and targets over the time of a few trials."},
		},
		Captions: []string{
			"Variance of the 22 targets that the first canonical variates of the 25 inputs explain, when the nine tasks of a trial share their first angle and when each has its own: mean over seeds with the lowest and the highest. " +
				"a: scikit-learn's score of CCA. b: the best linear prediction (redundancy). c: share of the first pairs in the sum of all squared canonical correlations. Dashes: what the paper states for two variates and for three. d: canonical correlations of the pairs, means over seeds.",
			fmt.Sprintf("Correlation of every channel of the corpus with the canonical variates of its side, seed %d. The channel that loads most loads positively.", first.Seed),
			fmt.Sprintf("What modules are pre-trained on: from canonical variate U of the inputs to V of the targets, for %d trials of the corpus, seed %d, in the units of the profile. Between fixation and response, stimuli and delays of the nine tasks differ.", len(first.U[0]), first.Seed),
		},
	}
}

// nearestMeasure says which measure under which reading comes closest to both statements of the paper.
func nearestMeasure(d obs.Explained, two, three int) (text string) {
	least := math.Inf(1)
	for _, r := range d.Readings {
		for _, m := range obs.ExplainedMeasures {
			by2, by3 := r.Percent(2, m.Of), r.Percent(3, m.Of)
			if off := max(math.Abs(by2-float64(two)), math.Abs(by3-float64(three))); off < least {
				least = off
				text = fmt.Sprintf("The paper does not say how it measured. Closest to its %d %% and %d %% comes %s (first angle of a trial: %s): %.0f %% and %.0f %%.",
					two, three, m.Name, r.Name, by2, by3)
			}
		}
	}
	return text
}
