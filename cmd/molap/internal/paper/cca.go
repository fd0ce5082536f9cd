package paper

import (
	"fmt"
	"math"
	"slices"

	"molap/cca"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/tasks"
)

// A.2.1: how much of the nine tasks' targets the first canonical variates explain, if the tasks of a
// trial share their first angle and if each has its own. The paper does not say how it measured its 60
// % and 70 %, so three measures stand beside each other.

// explainedData is the analysis of the corpus of every seed under both readings.
type explainedData struct {
	shared, own []lab.Explained // by seed
	tasks       []tasks.Task
	profile     bool // the settings share the first angle
}

// explained asks for the analyses of the corpus of every seed.
func explained(n *obs.Notebook) func() explainedData {
	var shared, own []func() lab.Explained
	for _, seed := range n.Seeds {
		shared, own = append(shared, n.Variates(seed, true)), append(own, n.Variates(seed, false))
	}
	return func() explainedData {
		return explainedData{obs.Answers(shared), obs.Answers(own), n.Tasks(), n.Settings.Trials.SharedAngles}
	}
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

// label returns the name of the reading in figures.
func (r reading) label() string {
	if r.profile {
		return "first angle of a trial: " + r.name + " (this profile)"
	}
	return "first angle of a trial: " + r.name
}

// chosen returns the analyses of the reading that the settings choose.
func (d explainedData) chosen() []lab.Explained {
	if d.profile {
		return d.shared
	}
	return d.own
}

// explains is a measure of what the first variates explain, by their number.
type explains struct {
	name, label string
	of          func(lab.Explained) []float64
}

// The measures of what variates explain.
var explainMeasures = []explains{
	{"scikit-learn's score", "explained, R² (%)", lab.Explained.R2s},
	{"redundancy", "explained, redundancy (%)", lab.Explained.Redundancies},
	{"the share in the sum of squared correlations", "share of Σρ² (%)", lab.Explained.Associations},
}

// percent returns the mean over seeds of a measure with m variates, in per cent.
func (r reading) percent(m int, f func(lab.Explained) []float64) float64 {
	return float64(100 * seq.Mean(seq.Map(r.analyses, func(e lab.Explained) float64 { return f(e)[m-1] })))
}

// correlations returns the canonical correlations, means over seeds.
func (r reading) correlations() []float64 {
	n := slices.Min(seq.Map(r.analyses, func(e lab.Explained) int { return len(e.Corr) }))
	return seq.Map(seq.UpTo(n), func(k int) float64 { return r.percent(k+1, lab.Explained.Correlations) / 100 })
}

func (d explainedData) result() Result {
	shared, own := d.readings()[0], d.readings()[1]
	first := d.chosen()[0]
	return Result{
		Title: "A.2.1: how much of the corpus canonical variates explain",
		Headline: fmt.Sprintf("By scikit-learn's score two variates explain %.0f %% of the targets' variance and three %.0f %% where the tasks of a trial share their first angle, %.0f %% and %.0f %% where they do not; the paper states about %d %% and %d %%.",
			shared.percent(2, lab.Explained.R2s), shared.percent(3, lab.Explained.R2s), own.percent(2, lab.Explained.R2s), own.percent(3, lab.Explained.R2s), publishedTwoVariates, publishedThreeVariates),
		Findings: append([]string{d.nearest()}, d.contents()...),
		Tables:   []*table.Table{d.summary(), d.runs(), d.loadings(), d.variates()},
		Figures:  []*figure.Figure{d.variance(), d.loads(), d.overTime()},
		Captions: []string{
			"Variance of the 22 targets that the first canonical variates of the 25 inputs explain, when the nine tasks of a trial share their first angle and when each has its own: mean over seeds with the lowest and the highest. " +
				"a: scikit-learn's score of CCA. b: the best linear prediction (redundancy). c: share of the first pairs in the sum of all squared canonical correlations. Dashes: what the paper states for two variates and for three. d: canonical correlations of the pairs, means over seeds.",
			fmt.Sprintf("Correlation of every channel of the corpus with the canonical variates of its side, seed %d. The channel that loads most loads positively.", first.Seed),
			fmt.Sprintf("What modules are pre-trained on: from canonical variate U of the inputs to V of the targets, for %d trials of the corpus, seed %d, in the units of the profile. Between fixation and response, stimuli and delays of the nine tasks differ.", len(first.U[0]), first.Seed),
		},
	}
}

// nearest says which measure under which reading comes closest to both statements of the paper.
func (d explainedData) nearest() string {
	least, text := math.Inf(1), ""
	for _, r := range d.readings() {
		for _, m := range explainMeasures {
			two, three := r.percent(2, m.of), r.percent(3, m.of)
			if off := max(math.Abs(two-publishedTwoVariates), math.Abs(three-publishedThreeVariates)); off < least {
				least = off
				text = fmt.Sprintf("The paper does not say how it measured. Closest to its %d %% and %d %% comes %s (first angle of a trial: %s): %.0f %% and %.0f %%.",
					publishedTwoVariates, publishedThreeVariates, m.name, r.name, two, three)
			}
		}
	}
	return text
}

// contents says of the first two target variates which tasks they are made of, by their
// squared correlations with the targets.
func (d explainedData) contents() (out []string) {
	for k := range 2 {
		var shares [3][]float64 // of fixation, directions and decisions, by seed
		for _, e := range d.chosen() {
			var sums [3]float64
			for row, c := range d.channels(targetSide) {
				part := 2
				switch {
				case c.name == tasks.FixationChannel:
					part = 0
				case c.of > 2:
					part = 1
				}
				sums[part] = math.FMA(e.LoadY.At(row, k), e.LoadY.At(row, k), sums[part])
			}
			for i, sum := range sums {
				shares[i] = append(shares[i], 100*sum/(sums[0]+sums[1]+sums[2]))
			}
		}
		out = append(out, fmt.Sprintf("Of the squared correlations of target variate %d with the targets, %.0f %% are with fixation, %.0f %% with the directions of T1–T4 and %.0f %% with the decisions of T5–T9.",
			k+1, seq.Mean(shares[0]), seq.Mean(shares[1]), seq.Mean(shares[2])))
	}
	return out
}

// channel is a channel of the corpus; of is the number of channels on its side of its task.
type channel struct {
	task, name string
	of         int
}

func inputSide(t tasks.Task) []tasks.Channel  { return t.Inputs }
func targetSide(t tasks.Task) []tasks.Channel { return t.Targets }

// channels lists the channels of one side of the corpus.
func (d explainedData) channels(side func(tasks.Task) []tasks.Channel) (all []channel) {
	for _, t := range d.tasks {
		for _, c := range side(t) {
			all = append(all, channel{t.ID, c.Name, len(side(t))})
		}
	}
	return all
}

// publishedVariance returns the per cent that the paper states for m variates, or nil if it states
// none.
func publishedVariance(m int) any {
	switch m {
	case 2:
		return publishedTwoVariates
	case 3:
		return publishedThreeVariates
	}
	return nil
}

// variance draws what variates explain by three measures, and their correlations.
func (d explainedData) variance() *figure.Figure {
	var panels []figure.Panel
	for _, measure := range explainMeasures {
		p := &figure.Dots{Frame: figure.Frame{X: figure.Axis{Label: "number of variates"}, Y: figure.Axis{Label: measure.label, Max: 100}}}
		paper := figure.Null{Name: "the paper, about"}
		for m := range lab.ExplainedVariates {
			p.Categories = append(p.Categories, fmt.Sprint(m+1))
			v, stated := publishedVariance(m + 1).(int)
			if paper.Values = append(paper.Values, float64(v)); !stated {
				paper.Values[m] = math.NaN()
			}
		}
		p.Nulls = []figure.Null{paper}
		for _, r := range d.readings() {
			s := figure.DotSeries{Name: r.label()}
			for m := range lab.ExplainedVariates {
				s.Samples = append(s.Samples, figure.MeanRange(seq.Map(r.analyses, func(e lab.Explained) float64 { return float64(100 * measure.of(e)[m]) })))
			}
			p.Series = append(p.Series, s)
		}
		panels = append(panels, p)
	}
	c := &figure.Curves{Frame: figure.Frame{X: figure.Axis{Label: "pair of variates", Min: 0.5}, Y: figure.Axis{Label: "canonical correlation", Max: 1}}}
	for _, r := range d.readings() {
		rho := r.correlations()
		at := seq.Map(seq.UpTo(len(rho)), func(k int) float64 { return float64(k + 1) })
		c.X.Max = max(c.X.Max, float64(len(rho))+0.5)
		c.Series = append(c.Series, figure.Curve{Name: r.label(), X: at, Y: rho, Marked: true})
	}
	return &figure.Figure{
		Name: "cca", Width: 7, Height: 4.6, Rows: figure.Grid(2, append(panels, c)...),
		Alt: "Variance of the targets explained by one to five canonical variates, by three measures, beside the paper's values for two and three; canonical correlations.",
	}
}

// loads draws the loadings of the first seed.
func (d explainedData) loads() *figure.Figure {
	e := d.chosen()[0]
	panel := func(title string, load cca.Matrix, channels []channel) *figure.HeatMap {
		h := &figure.HeatMap{
			Frame: figure.Frame{Title: title, X: figure.Axis{Label: "canonical variate"}},
			Rows:  load.Rows, Cols: load.Cols, Values: seq.Map(load.Data, rounded), Limit: 1, Format: "%.2f", BarLabel: "correlation",
		}
		for k := range load.Cols {
			h.ColNames = append(h.ColNames, fmt.Sprint(k+1))
		}
		for i, c := range channels {
			h.RowNames = append(h.RowNames, c.task+" "+c.name)
			if i > 0 && c.task != channels[i-1].task {
				h.RowBorders = append(h.RowBorders, i)
			}
		}
		return h
	}
	return &figure.Figure{
		Name: "cca_loadings", Width: 7, Height: 4.6,
		Alt: "Heat maps of the correlations of 25 input channels and 22 target channels with the first five canonical variates.",
		Rows: [][]figure.Panel{{
			panel("inputs with U", e.LoadX, d.channels(inputSide)),
			panel("targets with V", e.LoadY, d.channels(targetSide)),
		}},
	}
}

// rounded returns v as the cells show it, without a sign at zero.
func rounded(v float64) float64 { return math.Round(100*v)/100 + 0 }

// overTime draws variates of the first seed.
func (d explainedData) overTime() *figure.Figure {
	e := d.chosen()[0]
	panel := func(group, name string, variates [][][]float64) *figure.Traces {
		t := tracesPanel(seq.UpTo(len(variates[0])), periodsOf(d.tasks...))
		for k, trials := range variates {
			t.Channels = append(t.Channels, figure.Channel{Group: group, Name: fmt.Sprintf("%s%d", name, k+1), Trials: trials})
		}
		return t
	}
	return &figure.Figure{
		Name: "cca_variates", Width: 7, Height: 3.2,
		Alt:  "The first three canonical variates of inputs and targets over the time of a few trials.",
		Rows: [][]figure.Panel{{panel("inputs", "U", e.U), panel("targets", "V", e.V)}},
	}
}

// variatesRow is a row for a reading with m variates. If the row is of one seed, e is that seed's
// analysis.
type variatesRow struct {
	reading
	m int
	e lab.Explained
}

const firstAngleDoc = "whether the nine tasks of a trial share their first angle, or each has its own"

// summary returns a table with a row for every reading and number of variates.
func (d explainedData) summary() *table.Table {
	var rows []variatesRow
	for _, r := range d.readings() {
		for m := range lab.ExplainedVariates {
			rows = append(rows, variatesRow{reading: r, m: m + 1})
		}
	}
	type row = variatesRow
	return obs.Table("cca", "Variance of the targets that canonical variates explain, means over seeds", rows, []obs.Col[row]{
		{Name: "first_angle", Doc: firstAngleDoc, Of: func(r row) any { return r.name }},
		{Name: "profile", Doc: "this is the profile's reading", Of: func(r row) any { return r.profile }},
		{Name: "variates", Doc: "number of variates", Of: func(r row) any { return r.m }},
		{Name: "r2", Heading: "R²", Unit: "%", Doc: "scikit-learn's score of CCA with that many components", Of: func(r row) any { return r.percent(r.m, lab.Explained.R2s) }},
		{Name: "r2_sd", Part: table.Spread, Unit: "%", Doc: "its standard deviation over seeds; empty for one seed", Of: func(r row) any {
			return table.Known(seq.SD(seq.Map(r.analyses, func(e lab.Explained) float64 { return float64(100 * e.R2[r.m-1]) })))
		}},
		{Name: "redundancy", Unit: "%", Doc: "explained by the best linear prediction from that many variates", Of: func(r row) any { return r.percent(r.m, lab.Explained.Redundancies) }},
		{Name: "correlation", Doc: "canonical correlation of the last of them", Of: func(r row) any { return r.percent(r.m, lab.Explained.Correlations) / 100 }},
		{Name: "association", Unit: "%", Doc: "their share in the sum of all squared canonical correlations", Of: func(r row) any { return r.percent(r.m, lab.Explained.Associations) }},
		{Name: "paper", Unit: "%", Doc: "what A.2.1 states, about", Of: func(r row) any { return publishedVariance(r.m) }},
	}...)
}

// runs returns a table with rows for every seed.
func (d explainedData) runs() *table.Table {
	var rows []variatesRow
	for _, r := range d.readings() {
		for _, e := range r.analyses {
			for m := range lab.ExplainedVariates {
				rows = append(rows, variatesRow{r, m + 1, e})
			}
		}
	}
	type row = variatesRow
	return obs.Table("cca_runs", "The same for every seed", rows, []obs.Col[row]{
		{Name: "seed", Doc: "seed of the corpus", Of: func(r row) any { return r.e.Seed }},
		{Name: "first_angle", Doc: firstAngleDoc, Of: func(r row) any { return r.name }},
		{Name: "rank_inputs", Doc: "rank of the inputs", Of: func(r row) any { return r.e.RankX }},
		{Name: "rank_targets", Doc: "rank of the targets", Of: func(r row) any { return r.e.RankY }},
		{Name: "variates", Doc: "number of variates", Of: func(r row) any { return r.m }},
		{Name: "r2", Heading: "R²", Unit: "%", Doc: "scikit-learn's score of CCA with that many components", Of: func(r row) any { return 100 * r.e.R2[r.m-1] }},
		{Name: "redundancy", Unit: "%", Doc: "explained by the best linear prediction from that many variates", Of: func(r row) any { return 100 * r.e.Redundancy[r.m-1] }},
		{Name: "correlation", Doc: "canonical correlation of the last of them", Of: func(r row) any { return r.e.Corr[r.m-1] }},
		{Name: "association", Unit: "%", Doc: "their share in the sum of all squared canonical correlations", Of: func(r row) any { return 100 * r.e.Associations()[r.m-1] }},
	}...)
}

// loadings returns a table with a row for every channel of the corpus.
func (d explainedData) loadings() *table.Table {
	type row struct {
		seed          uint64
		reading, side string
		channel
		load []float64
	}
	var rows []row
	for _, r := range d.readings() {
		for _, e := range r.analyses {
			for i, c := range d.channels(inputSide) {
				rows = append(rows, row{e.Seed, r.name, "input", c, e.LoadX.Row(i)})
			}
			for i, c := range d.channels(targetSide) {
				rows = append(rows, row{e.Seed, r.name, "target", c, e.LoadY.Row(i)})
			}
		}
	}
	cols := []obs.Col[row]{
		{Name: "seed", Doc: "seed of the corpus", Of: func(r row) any { return r.seed }},
		{Name: "first_angle", Doc: firstAngleDoc, Of: func(r row) any { return r.reading }},
		{Name: "side", Doc: "input or target", Of: func(r row) any { return r.side }},
		{Name: "task", Doc: "task of the paper", Of: func(r row) any { return r.task }},
		{Name: "channel", Doc: "channel of the task", Of: func(r row) any { return r.name }},
	}
	for k := range lab.ExplainedVariates {
		cols = append(cols, obs.Col[row]{Name: fmt.Sprintf("variate_%d", k+1), Doc: fmt.Sprintf("correlation with variate %d of its side", k+1), Of: func(r row) any { return r.load[k] }})
	}
	return obs.Table("cca_loadings", "Correlations of channels with canonical variates", rows, cols...)
}

// variates returns a table of the trials in the figure.
func (d explainedData) variates() *table.Table {
	e := d.chosen()[0]
	type row struct{ trial, step int }
	var rows []row
	for j := range e.U[0] {
		for step := range e.U[0][j] {
			rows = append(rows, row{j, step})
		}
	}
	cols := []obs.Col[row]{
		{Name: "trial", Doc: fmt.Sprintf("trial of the corpus of seed %d, from 1", e.Seed), Of: func(r row) any { return r.trial + 1 }},
		{Name: "step", Doc: "step of 10 ms, from 0", Of: func(r row) any { return r.step }},
	}
	for _, side := range []struct {
		name, doc string
		of        [][][]float64
	}{{"u", "input variate %d, what module %d gets", e.U}, {"v", "target variate %d, what module %d learns to give", e.V}} {
		for k, variate := range side.of {
			cols = append(cols, obs.Col[row]{Name: fmt.Sprintf("%s_%d", side.name, k+1), Doc: fmt.Sprintf(side.doc, k+1, k+1), Of: func(r row) any { return variate[r.trial][r.step] }})
		}
	}
	return obs.Table("cca_variates", "Canonical variates over time", rows, cols...)
}
