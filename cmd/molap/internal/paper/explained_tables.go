package paper

import (
	"fmt"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// publishedVariance returns what the paper states of m variates, per cent, or nil.
func publishedVariance(m int) any {
	switch m {
	case 2:
		return publishedTwoVariates
	case 3:
		return publishedThreeVariates
	}
	return nil
}

// summary has a row for every reading and number of variates.
func (d explainedData) summary() *report.Table {
	t := &report.Table{Name: "cca", Title: "Variance of the targets that canonical variates explain, means over seeds", Columns: []report.Column{
		{Name: "first_angle", Description: "whether the nine tasks of a trial share their first angle, or each has its own"},
		{Name: "profile", Description: "this is the profile's reading"},
		{Name: "variates", Description: "number of variates"},
		{Name: "r2", Unit: "%", Description: "scikit-learn's score of CCA with that many components"},
		{Name: "r2_sd", Unit: "%", Description: "its standard deviation over seeds; empty for one seed"},
		{Name: "redundancy", Unit: "%", Description: "explained by the best linear prediction from that many variates"},
		{Name: "correlation", Description: "canonical correlation of the last of them"},
		{Name: "association", Unit: "%", Description: "their share in the sum of all squared canonical correlations"},
		{Name: "paper", Unit: "%", Description: "what A.2.1 states, about"},
	}}
	for _, r := range d.readings() {
		for m := 1; m <= lab.ExplainedVariates; m++ {
			var sd any
			if len(r.analyses) > 1 {
				sd = report.SD(seq.Map(r.analyses, func(e lab.Explained) float64 { return float64(100 * e.R2[m-1]) }))
			}
			t.Add(r.name, r.profile, m, percent(r.analyses, m, lab.Explained.R2s), sd, percent(r.analyses, m, lab.Explained.Redundancies),
				percent(r.analyses, m, lab.Explained.Correlations)/100, percent(r.analyses, m, lab.Explained.Associations), publishedVariance(m))
		}
	}
	return t
}

// runs has every seed.
func (d explainedData) runs() *report.Table {
	t := &report.Table{Name: "cca_runs", Title: "The same for every seed", Columns: []report.Column{
		{Name: "seed", Description: "seed of the corpus"},
		{Name: "first_angle", Description: "whether the nine tasks of a trial share their first angle, or each has its own"},
		{Name: "rank_inputs", Description: "rank of the inputs"},
		{Name: "rank_targets", Description: "rank of the targets"},
		{Name: "variates", Description: "number of variates"},
		{Name: "r2", Unit: "%", Description: "scikit-learn's score of CCA with that many components"},
		{Name: "redundancy", Unit: "%", Description: "explained by the best linear prediction from that many variates"},
		{Name: "correlation", Description: "canonical correlation of the last of them"},
		{Name: "association", Unit: "%", Description: "their share in the sum of all squared canonical correlations"},
	}}
	for _, r := range d.readings() {
		for _, e := range r.analyses {
			for m := range lab.ExplainedVariates {
				t.Add(e.Seed, r.name, e.RankX, e.RankY, m+1, 100*e.R2[m], 100*e.Redundancy[m], e.Corr[m], 100*e.Associations()[m])
			}
		}
	}
	return t
}

// loadings has every channel of the corpus.
func (d explainedData) loadings() *report.Table {
	t := &report.Table{Name: "cca_loadings", Title: "Correlations of channels with canonical variates", Columns: []report.Column{
		{Name: "seed", Description: "seed of the corpus"},
		{Name: "first_angle", Description: "whether the nine tasks of a trial share their first angle, or each has its own"},
		{Name: "side", Description: "input or target"},
		{Name: "task", Description: "task of the paper"},
		{Name: "channel", Description: "channel of the task"},
	}}
	for k := range lab.ExplainedVariates {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("variate_%d", k+1), Description: fmt.Sprintf("correlation with variate %d of its side", k+1)})
	}
	for _, r := range d.readings() {
		for _, e := range r.analyses {
			for i, c := range d.channels(inputSide) {
				t.Add(append([]any{e.Seed, r.name, "input", c.task, c.name}, cells(e.LoadX.Row(i))...)...)
			}
			for i, c := range d.channels(targetSide) {
				t.Add(append([]any{e.Seed, r.name, "target", c.task, c.name}, cells(e.LoadY.Row(i))...)...)
			}
		}
	}
	return t
}

func cells(x []float64) []any { return seq.Map(x, func(v float64) any { return v }) }

// namedChannel is a channel of the corpus.
type namedChannel struct{ task, name string }

func inputSide(t tasks.Task) []tasks.Channel  { return t.Inputs }
func targetSide(t tasks.Task) []tasks.Channel { return t.Targets }

// channels lists the channels of one side of the corpus.
func (d explainedData) channels(side func(tasks.Task) []tasks.Channel) (all []namedChannel) {
	for _, t := range d.tasks {
		for _, c := range side(t) {
			all = append(all, namedChannel{t.ID, c.Name})
		}
	}
	return all
}

// variates has the trials of the figure.
func (d explainedData) variates() *report.Table {
	e := d.chosen()[0]
	t := &report.Table{Name: "cca_variates", Title: "Canonical variates over time", Columns: []report.Column{
		{Name: "trial", Description: fmt.Sprintf("trial of the corpus of seed %d, from 1", e.Seed)},
		{Name: "step", Description: "step of 10 ms, from 0"},
	}}
	for k := range e.U {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("u_%d", k+1), Description: fmt.Sprintf("input variate %d, what module %d gets", k+1, k+1)})
	}
	for k := range e.V {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("v_%d", k+1), Description: fmt.Sprintf("target variate %d, what module %d learns to give", k+1, k+1)})
	}
	for j := range e.U[0] {
		for step := range e.U[0][j] {
			row := []any{j + 1, step}
			for _, side := range [][][][]float64{e.U, e.V} {
				for _, variate := range side {
					row = append(row, variate[j][step])
				}
			}
			t.Add(row...)
		}
	}
	return t
}
