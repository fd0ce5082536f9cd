package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// explainedData is the analysis by every seed under both readings of the first angle.
type explainedData struct {
	shared, own []lab.Explained // by seed
	tasks       []tasks.Task
	profile     bool // the settings share the first angle
}

// reading is one of the two readings of the first angle.
type reading struct {
	name     string
	profile  bool // it is that of the settings
	analyses []lab.Explained
}

func (d explainedData) readings() []reading {
	return []reading{{"shared", d.profile, d.shared}, {"own", !d.profile, d.own}}
}

func (r reading) label() string {
	if r.profile {
		return "first angle of a trial: " + r.name + " (this profile)"
	}
	return "first angle of a trial: " + r.name
}

// chosen is the reading of the settings.
func (d explainedData) chosen() []lab.Explained {
	if d.profile {
		return d.shared
	}
	return d.own
}

// planExplained asks how much of the targets canonical variates explain (A.2.1).
func planExplained(n *obs.Notebook) func() Result {
	data := explained(n)
	return func() Result { return data().result() }
}

// explained asks for the analyses of the experiment.
func explained(n *obs.Notebook) func() explainedData {
	var shared, own []func() lab.Explained
	for _, seed := range n.Seeds {
		shared, own = append(shared, n.Variates(seed, true)), append(own, n.Variates(seed, false))
	}
	return func() explainedData {
		return explainedData{made(shared), made(own), n.Tasks(), n.Settings.Trials.SharedAngles}
	}
}

func (d explainedData) result() Result {
	return Result{
		Title: "A.2.1: how much of the corpus canonical variates explain", UsesSettings: true,
		Headline: d.headline(), Findings: d.findings(),
		Tables:  []*report.Table{d.summary(), d.runs(), d.loadings(), d.variates()},
		Figures: []*report.Figure{d.variance(), d.loads(), d.overTime()},
		Captions: []string{
			"Variance of the 22 targets that the first canonical variates of the 25 inputs explain, when the nine tasks of a trial share their first angle and when each has its own: mean over seeds with one standard deviation. " +
				"A: scikit-learn's score of CCA. B: the best linear prediction (redundancy). C: share of the first pairs in the sum of all squared canonical correlations. Dashes: what the paper states for two variates and for three. D: canonical correlations of the pairs, means over seeds.",
			fmt.Sprintf("Correlation of every channel of the corpus with the canonical variates of its side, seed %d. Signs are those by which the channel that loads most does so positively.", d.chosen()[0].Seed),
			fmt.Sprintf("What modules are pre-trained on: from canonical variate U of the inputs to V of the targets, for %d trials of the corpus, seed %d, in the units of the profile. Between fixation and response, stimuli and delays of the nine tasks differ.", len(d.chosen()[0].U[0]), d.chosen()[0].Seed),
		},
	}
}

// percent returns the mean over seeds of a measure with m variates, in per cent.
func percent(es []lab.Explained, m int, f func(lab.Explained) []float64) float64 {
	return float64(100 * seq.Mean(seq.Map(es, func(e lab.Explained) float64 { return f(e)[m-1] })))
}

func (d explainedData) headline() string {
	return fmt.Sprintf("By scikit-learn's score two variates explain %.0f %% of the targets' variance and three %.0f %% where the tasks of a trial share their first angle, %.0f %% and %.0f %% where they do not; the paper states about %d %% and %d %%.",
		percent(d.shared, 2, lab.Explained.R2s), percent(d.shared, 3, lab.Explained.R2s), percent(d.own, 2, lab.Explained.R2s), percent(d.own, 3, lab.Explained.R2s), publishedTwoVariates, publishedThreeVariates)
}

func (d explainedData) findings() []string {
	e := d.chosen()[0]
	out := []string{
		fmt.Sprintf("The best linear prediction of the targets explains more: %.0f %% from two variates and %.0f %% from three where the first angle is shared, %.0f %% and %.0f %% where it is not (%d seed(s)).",
			percent(d.shared, 2, lab.Explained.Redundancies), percent(d.shared, 3, lab.Explained.Redundancies), percent(d.own, 2, lab.Explained.Redundancies), percent(d.own, 3, lab.Explained.Redundancies), len(d.shared)),
		d.nearest(),
		fmt.Sprintf("By the profile's reading the %d targets have rank %d, fixation being the same in all tasks, and as many pairs of variates exist. Their correlations are %s.",
			e.LoadY.Rows, e.RankY, decimals(meanCorrelations(d.chosen()))),
	}
	for k := range lab.ShownVariates {
		out = append(out, d.about(k))
	}
	return out
}

// nearest says which measure under which reading comes closest to both statements
// of the paper.
func (d explainedData) nearest() string {
	least, text := math.Inf(1), ""
	for _, r := range d.readings() {
		for _, m := range []struct {
			name string
			f    func(lab.Explained) []float64
		}{
			{"scikit-learn's score", lab.Explained.R2s}, {"redundancy", lab.Explained.Redundancies}, {"the share in the sum of squared correlations", lab.Explained.Associations},
		} {
			two, three := percent(r.analyses, 2, m.f), percent(r.analyses, 3, m.f)
			if off := max(math.Abs(two-publishedTwoVariates), math.Abs(three-publishedThreeVariates)); off < least {
				least = off
				text = fmt.Sprintf("The paper does not say how it measured. Nearest to its %d %% and %d %% comes %s, the first angle being %s: %.0f %% and %.0f %%.",
					publishedTwoVariates, publishedThreeVariates, m.name, r.name, two, three)
			}
		}
	}
	return text
}

// meanCorrelations are the canonical correlations, means over seeds.
func meanCorrelations(es []lab.Explained) []float64 {
	n := len(slices.MinFunc(es, func(a, b lab.Explained) int { return len(a.Corr) - len(b.Corr) }).Corr)
	rho := make([]float64, n)
	for k := range rho {
		rho[k] = percent(es, k+1, lab.Explained.Correlations) / 100
	}
	return rho
}

func decimals(x []float64) string {
	return strings.Join(seq.Map(x, func(v float64) string { return fmt.Sprintf("%.2f", v) }), ", ")
}

// about says what the k-th variate of the targets is made of, by its squared
// correlations with them.
func (d explainedData) about(k int) string {
	var fixation, direction, decision, total []float64
	for _, e := range d.chosen() {
		var sums [3]float64
		row := 0
		for _, t := range d.tasks {
			for _, c := range t.Targets {
				part := &sums[2]
				switch {
				case c.Name == tasks.FixationChannel:
					part = &sums[0]
				case len(t.Targets) > 2:
					part = &sums[1]
				}
				*part = math.FMA(e.LoadY.At(row, k), e.LoadY.At(row, k), *part)
				row++
			}
		}
		all := sums[0] + sums[1] + sums[2]
		fixation, direction, decision = append(fixation, 100*sums[0]/all), append(direction, 100*sums[1]/all), append(decision, 100*sums[2]/all)
		total = append(total, 100*all/float64(e.LoadY.Rows))
	}
	return fmt.Sprintf("Target variate %d carries %.0f %% of the targets' variance; its squared correlations lie by %.0f %% on fixation, %.0f %% on the directions of T1–T4, %.0f %% on the decisions of T5–T9.",
		k+1, seq.Mean(total), seq.Mean(fixation), seq.Mean(direction), seq.Mean(decision))
}
