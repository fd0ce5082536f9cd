package experiment

import (
	"slices"

	"molap/cmd/molap/internal/report"
)

// performance draws both measures of performance by task and arm.
func (g grouped) performance() *report.Figure {
	panel := func(letter, label string, measure func(Run) float64, null func(Null) float64, refs []report.Ref) *report.Dots {
		d := &report.Dots{
			Frame: report.Frame{Letter: letter, Y: report.Axis{Label: label, Min: 0, Max: 100}},
			Nulls: []report.Null{{Name: "blind to the stimulus"}, {Name: "best constant answer"}},
			Refs:  refs,
		}
		for i, task := range g.tasks {
			d.Categories = append(d.Categories, task.ID+"\n"+task.Title)
			blind, constant := g.nulls(i, null)
			d.Nulls[0].Values = append(d.Nulls[0].Values, blind)
			d.Nulls[1].Values = append(d.Nulls[1].Values, constant)
		}
		for _, arm := range g.arms {
			s := report.DotSeries{Name: string(arm)}
			for i := range g.tasks {
				s.Samples = append(s.Samples, report.MeanSD(values(g.of(arm, i), measure)))
			}
			d.Series = append(d.Series, s)
		}
		return d
	}
	return &report.Figure{
		Name: "fig2", Width: 7, Height: 5.6,
		Alt: "Per cent of decisions correct for each of nine tasks and four arms, with the scores of two answers that do not know the stimulus; above over all outputs, below for the response outputs alone.",
		Rows: [][]report.Panel{
			{panel("A", "all outputs correct (%)", overall, func(n Null) float64 { return n.Overall },
				[]report.Ref{{Name: "70 %, the paper's criterion", Y: publishedCriterion}})},
			{panel("B", "response correct (%)", decisionUnit, func(n Null) float64 { return n.DecisionUnit }, nil)},
		},
		SharedX: true,
	}
}

// losses draws the loss curves, a panel for every task.
func (g grouped) losses() *report.Figure {
	var panels []report.Panel
	for i, task := range g.tasks {
		c := &report.Curves{Frame: report.Frame{Title: task.ID + " " + task.Title,
			X: report.Axis{Label: "iteration", Max: float64(len(g.runs[0].Curve))}, Y: report.Axis{Label: "loss (mean squared error)", Log: true}}}
		for _, arm := range g.arms {
			c.Series = append(c.Series, band(string(arm), g.of(arm, i)))
		}
		blind := mean(values(g.of(g.arms[0], i), func(r Run) float64 { return r.BlindLoss }))
		c.Refs = []report.Ref{{Name: "blind to the stimulus", Y: blind}}
		panels = append(panels, c)
	}
	return &report.Figure{
		Name: "fig2_loss", Width: 7, Height: 6.5,
		Alt:  "Training loss over iterations on a logarithmic axis for each of nine tasks, a line for every arm, with the loss of an answer blind to the stimulus.",
		Rows: report.Grid(3, panels...), SharedX: true, SharedY: true,
	}
}

// band returns the mean loss of runs with the band from the smallest to the
// largest, if there are several.
func band(name string, rs []Run) report.Curve {
	c := report.Curve{Name: name}
	var losses [][]float64
	for _, r := range rs {
		at, loss := thinned(r.Curve)
		c.X, losses = at, append(losses, loss)
	}
	for i := range c.X {
		at := make([]float64, len(losses))
		for j := range losses {
			at[j] = losses[j][i]
		}
		c.Y = append(c.Y, mean(at))
		if len(losses) > 1 {
			c.Lo, c.Hi = append(c.Lo, slices.Min(at)), append(c.Hi, slices.Max(at))
		}
	}
	return c
}
