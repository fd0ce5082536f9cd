package paper

import (
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

// series is an arm's place in a legend, by a name that tells the readings of dni apart.
func series(a lab.Arm) figure.DotSeries {
	switch a {
	case lab.DNI:
		return figure.DotSeries{Name: "dni, after all tasks", As: string(lab.DNI)}
	case lab.DNIFresh:
		return figure.DotSeries{Name: "dni, right after its task"}
	}
	return figure.DotSeries{Name: string(a)}
}

// performance draws both measures of performance by task and arm.
func (g grouped) performance() *figure.Figure {
	panel := func(letter, label string, measure func(lab.Run) float64, null func(lab.Null) float64, refs []figure.Ref) *figure.Dots {
		d := &figure.Dots{
			Frame: figure.Frame{Letter: letter, Y: figure.Axis{Label: label, Min: 0, Max: 100}},
			Nulls: []figure.Null{{Name: figure.Blind}, {Name: figure.Constant}},
			Refs:  refs,
		}
		for i, task := range g.tasks {
			d.Categories = append(d.Categories, task.ID+"\n"+task.Title)
			blind, constant := g.nulls(i, null)
			d.Nulls[0].Values = append(d.Nulls[0].Values, blind)
			d.Nulls[1].Values = append(d.Nulls[1].Values, constant)
		}
		for _, arm := range g.arms {
			s := series(arm)
			for i := range g.tasks {
				s.Samples = append(s.Samples, figure.MeanSD(seq.Map(g.of(arm, i), measure)))
			}
			d.Series = append(d.Series, s)
		}
		return d
	}
	return &figure.Figure{
		Name: "fig2", Width: 7, Height: 5.6,
		Alt: "Per cent of decisions correct for each of nine tasks and five arms, one of them in two readings, with the scores of two answers that do not know the stimulus; above over all outputs, below for the response outputs alone.",
		Rows: [][]figure.Panel{
			{panel("A", "all outputs correct (%)", overall, func(n lab.Null) float64 { return n.Overall },
				[]figure.Ref{{Name: "70 %, the paper's criterion", Y: publishedCriterion}})},
			{panel("B", "response correct (%)", decisionUnit, func(n lab.Null) float64 { return n.DecisionUnit }, nil)},
		},
		SharedX: true,
	}
}

// losses draws the loss curves, a panel for every task.
func (g grouped) losses() *figure.Figure {
	var panels []figure.Panel
	for i, task := range g.tasks {
		c := &figure.Curves{Frame: figure.Frame{Title: task.ID + " " + task.Title,
			X: figure.Axis{Label: "iteration", Max: g.iterations()}, Y: figure.Axis{Label: "loss (mean squared error)", Log: true}}}
		blind := seq.Mean(seq.Map(g.of(g.arms[0], i), func(r lab.Run) float64 { return r.BlindLoss }))
		for _, arm := range g.arms {
			if arm == lab.DNIFresh { // learnt as dni did
				continue
			}
			curve := band(string(arm), g.of(arm, i))
			// The output that a task has not, and only dni, is 0 in every answer.
			scale := blind / seq.Mean(seq.Map(g.of(arm, i), func(r lab.Run) float64 { return r.BlindLoss }))
			for _, y := range [][]float64{curve.Y, curve.Lo, curve.Hi} {
				for k := range y {
					y[k] *= scale
				}
			}
			c.Series = append(c.Series, curve)
		}
		c.Refs = []figure.Ref{{Name: figure.Blind, Y: blind}}
		panels = append(panels, c)
	}
	return &figure.Figure{
		Name: "fig2_loss", Width: 7, Height: 6.5,
		Alt:  "Training loss over iterations on a logarithmic axis for each of nine tasks, a line for every arm, with the loss of an answer blind to the stimulus.",
		Rows: figure.Grid(3, panels...), SharedX: true, SharedY: true,
	}
}

// iterations returns the length of the longest run.
func (g grouped) iterations() float64 {
	return slices.Max(seq.Map(g.runs, func(r lab.Run) float64 { return float64(r.Iterations) }))
}

// band returns the mean loss of runs with the band from the smallest to the
// largest, if there are several. Runs that broke off count as far as they went.
func band(name string, rs []lab.Run) figure.Curve {
	c := figure.Curve{Name: name}
	var losses [][]float64
	for _, r := range rs {
		at, loss := r.LossAt(), r.Losses
		if len(at) > len(c.X) {
			c.X = at
		}
		losses = append(losses, loss)
	}
	for i := range c.X {
		var at []float64
		for _, loss := range losses {
			if i < len(loss) {
				at = append(at, loss[i])
			}
		}
		c.Y = append(c.Y, seq.Mean(at))
		if len(losses) > 1 {
			c.Lo, c.Hi = append(c.Lo, slices.Min(at)), append(c.Hi, slices.Max(at))
		}
	}
	return c
}
