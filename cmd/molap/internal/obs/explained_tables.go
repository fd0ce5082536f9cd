package obs

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

const firstAngleDoc = "whether the nine tasks of a trial share their first angle, or each has its own"

// Variance returns a table with a row for every reading and number of variates, beside what the paper
// states for some numbers.
func (d Explained) Variance(name string, published map[int]int) *table.Table {
	return varianceTable(name, "Variance of the targets that canonical variates explain, means over seeds", d.Readings, published,
		func(r Reading, m int) float64 { return r.Percent(m, lab.Explained.Correlations) / 100 },
		"first_angle", "profile", "variates", "r2", "r2_sd", "redundancy", "correlation", "association", "paper")
}

// VarianceBySeed returns the same for every seed.
func (d Explained) VarianceBySeed(name string) *table.Table {
	var single []Reading
	for _, r := range d.Readings {
		for _, e := range r.Analyses {
			single = append(single, Reading{Name: r.Name, Analyses: []lab.Explained{e}})
		}
	}
	return varianceTable(name, "The same for every seed", single, nil,
		func(r Reading, m int) float64 { return r.Analyses[0].Corr[m-1] },
		"seed", "first_angle", "rank_inputs", "rank_targets", "variates", "r2", "redundancy", "correlation", "association")
}

// varianceTable returns a table with some of the columns that follow and a row for every number of
// variates of some readings; correlation returns the canonical correlation of the last of m variates.
func varianceTable(name, title string, readings []Reading, published map[int]int, correlation func(r Reading, m int) float64, columns ...string) *table.Table {
	type row struct {
		Reading
		m int
	}
	var rows []row
	for _, r := range readings {
		for m := range lab.ExplainedVariates {
			rows = append(rows, row{r, m + 1})
		}
	}
	percent := func(of func(lab.Explained) []float64) func(row) any {
		return func(r row) any { return r.Percent(r.m, of) }
	}
	return Table(name, title, rows, []Col[row]{
		{Name: "seed", Doc: "seed of the corpus", Of: func(r row) any { return r.Analyses[0].Seed }},
		Text("first_angle", firstAngleDoc, func(r row) string { return r.Name }),
		{Name: "profile", Doc: "this is the profile's reading", Of: func(r row) any { return r.Profile }},
		{Name: "rank_inputs", Doc: "rank of the inputs", Of: func(r row) any { return r.Analyses[0].RankX }},
		{Name: "rank_targets", Doc: "rank of the targets", Of: func(r row) any { return r.Analyses[0].RankY }},
		{Name: "variates", Doc: "number of variates", Of: func(r row) any { return r.m }},
		{Name: "r2", Heading: "R²", Unit: "%", Doc: "scikit-learn's score of CCA with that many components", Of: percent(lab.Explained.R2s)},
		{Name: "r2_sd", Part: table.Spread, Unit: "%", Doc: "its standard deviation over seeds; empty for one seed", Of: func(r row) any { return table.Known(seq.SD(r.Percents(r.m, lab.Explained.R2s))) }},
		{Name: "redundancy", Unit: "%", Doc: "explained by the best linear prediction from that many variates", Of: percent(lab.Explained.Redundancies)},
		{Name: "correlation", Doc: "canonical correlation of the last of them", Of: func(r row) any { return correlation(r.Reading, r.m) }},
		{Name: "association", Unit: "%", Doc: "their share in the sum of all squared canonical correlations", Of: percent(lab.Explained.Associations)},
		{Name: "paper", Unit: "%", Doc: "what A.2.1 states, about", Of: func(r row) any {
			if percent, stated := published[r.m]; stated {
				return percent
			}
			return nil
		}},
	}...).Only(columns...)
}

// Loadings returns a table with a row for every channel of the corpus.
func (d Explained) Loadings(name string) *table.Table {
	type row struct {
		seed          uint64
		reading, side string
		corpusChannel
	}
	var rows []row
	for _, r := range d.Readings {
		for _, e := range r.Analyses {
			inputs, targets := d.channels(e)
			rows = append(rows, seq.Map(inputs, func(c corpusChannel) row { return row{e.Seed, r.Name, "input", c} })...)
			rows = append(rows, seq.Map(targets, func(c corpusChannel) row { return row{e.Seed, r.Name, "target", c} })...)
		}
	}
	return Table(name, "Correlations of channels with canonical variates", rows, append([]Col[row]{
		{Name: "seed", Doc: "seed of the corpus", Of: func(r row) any { return r.seed }},
		Text("first_angle", firstAngleDoc, func(r row) string { return r.reading }),
		Text("side", "input or target", func(r row) string { return r.side }),
		Text("task", "task of the paper", func(r row) string { return r.task }),
		Text("channel", "channel of the task", func(r row) string { return r.name }),
	}, numberedColumns(lab.ExplainedVariates, "variate", "", "correlation with variate %d of its side", func(r row, k int) any { return r.load[k] })...)...)
}

// OverTime returns a table of the trials that [Explained.VariatePanels] draw.
func (d Explained) OverTime(name string) *table.Table {
	e := d.first()
	type row struct{ trial, step int }
	var rows []row
	for j := range e.U[0] {
		for step := range e.U[0][j] {
			rows = append(rows, row{j, step})
		}
	}
	return Table(name, "Canonical variates over time", rows, slices.Concat([]Col[row]{
		{Name: "trial", Doc: fmt.Sprintf("trial of the corpus of seed %d, from 1", e.Seed), Of: func(r row) any { return r.trial + 1 }},
		{Name: "step", Doc: "step of 10 ms, from 0", Of: func(r row) any { return r.step }}},
		numberedColumns(len(e.U), "u", "", "input variate %d, what module %[1]d gets", func(r row, k int) any { return e.U[k][r.trial][r.step] }),
		numberedColumns(len(e.V), "v", "", "target variate %d, what module %[1]d learns to give", func(r row, k int) any { return e.V[k][r.trial][r.step] }))...)
}
