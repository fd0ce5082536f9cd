package paper

import (
	"fmt"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

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
