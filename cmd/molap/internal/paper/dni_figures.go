package paper

import (
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

// kept draws what is learnt and what is kept beside separate networks.
func (d dniData) kept() *figure.Figure {
	type on = func(task int) func(dniSeed) lab.Run
	panel := func(letter, title, label string, freshOn, finalOn on, measure func(lab.Run) float64, null func(lab.Null) float64) *figure.Dots {
		p := &figure.Dots{
			Frame: figure.Frame{Letter: letter, Title: title, Y: figure.Axis{Label: label, Max: 100}},
			Nulls: []figure.Null{{Name: figure.Blind}, {Name: figure.Constant}},
		}
		separate, fresh, final := series(lab.Separate), series(lab.DNIFresh), series(lab.DNI)
		for i, task := range d.tasks {
			p.Categories = append(p.Categories, task.ID+"\n"+task.Title)
			p.Nulls[0].Values = append(p.Nulls[0].Values, seq.Mean(d.samples(freshOn(i), func(r lab.Run) float64 { return null(r.Blind) })))
			p.Nulls[1].Values = append(p.Nulls[1].Values, seq.Mean(d.samples(freshOn(i), func(r lab.Run) float64 { return null(r.Constant) })))
			separate.Samples = append(separate.Samples, figure.MeanSD(d.samples(separateOn(i), measure)))
			fresh.Samples = append(fresh.Samples, figure.MeanSD(d.samples(freshOn(i), measure)))
			final.Samples = append(final.Samples, figure.MeanSD(d.samples(finalOn(i), measure)))
		}
		p.Series = []figure.DotSeries{separate, fresh, final}
		return p
	}
	ofAll, ofResponse := func(n lab.Null) float64 { return n.Overall }, func(n lab.Null) float64 { return n.DecisionUnit }
	f := &figure.Figure{
		Name: "dni", Width: 7, Height: 5.2,
		Alt: "Per cent of decisions correct on each of nine tasks: of a network that learns them in sequence, right after each task and after the last, and of separate networks; over all outputs, for the response outputs alone, and for these by another reading of DNI.",
		Rows: [][]figure.Panel{
			{panel("A", "", "all outputs correct (%)", freshOn, finalOn, overall, ofAll)},
			{panel("B", "", "response correct (%)", freshOn, finalOn, decisionUnit, ofResponse)},
		},
		SharedX: true,
	}
	if !d.cited {
		f.Height = 7.4
		f.Rows = append(f.Rows, []figure.Panel{panel("C", "as Duncker et al. have it: updates projected, rule inputs", "response correct (%)",
			citedFreshOn, citedFinalOn, decisionUnit, ofResponse)})
	}
	return f
}

// matrices draws the scores on all tasks after each.
func (d dniData) matrices() *figure.Figure {
	panel := func(letter, title string, measure func(lab.Run) float64) *figure.HeatMap {
		h := &figure.HeatMap{
			Frame: figure.Frame{Letter: letter, Title: title, X: figure.Axis{Label: "tested on"}, Y: figure.Axis{Label: "after learning"}},
			Rows:  len(d.order), Cols: len(d.tasks), Colors: figure.Sequential, Max: 100, BarLabel: "correct (%)", Format: "%.0f", Square: true,
		}
		for k := range d.order {
			h.RowNames = append(h.RowNames, "T"+d.order[k:k+1])
			for _, digit := range d.order {
				i := int(digit - '1')
				h.Values = append(h.Values, seq.Mean(d.samples(func(s dniSeed) lab.Run { return s.after[k][i] }, measure)))
			}
		}
		h.ColNames = h.RowNames
		return h
	}
	return &figure.Figure{
		Name: "dni_forgetting", Width: 7, Height: 3.15,
		Alt:  "Two matrices of nine tasks by nine: per cent correct on each task after each task of the sequence, over all outputs and for the response alone.",
		Rows: [][]figure.Panel{{panel("A", "all outputs", overall), panel("B", "response alone", decisionUnit)}},
	}
}

// atPlace returns a measure of every seed's and order's network on a task that
// came at a place of its order.
func (d dniData) atPlace(task, place int, scores func(ordered) []lab.Run, measure func(lab.Run) float64) []float64 {
	var at []float64
	for _, s := range d.seeds {
		for _, o := range s.orders {
			if strings.Index(o.order, d.tasks[task].ID[1:]) == place {
				at = append(at, measure(scores(o)[task]))
			}
		}
	}
	return at
}

// The scores of one order.
func freshOf(o ordered) []lab.Run { return o.fresh }
func finalOf(o ordered) []lab.Run { return o.final }

// places draws scores against the place in the order, a panel for every task.
func (d dniData) places() *figure.Figure {
	var panels []figure.Panel
	for i, task := range d.tasks {
		fresh, final := series(lab.DNIFresh), series(lab.DNI)
		p := &figure.Dots{Frame: figure.Frame{Title: task.ID + " " + task.Title,
			X: figure.Axis{Label: "place in the order"}, Y: figure.Axis{Label: "response correct (%)", Max: 100}}}
		for k := range d.order {
			p.Categories = append(p.Categories, string(rune('1'+k)))
			fresh.Samples = append(fresh.Samples, figure.MeanSD(d.atPlace(i, k, freshOf, decisionUnit)))
			final.Samples = append(final.Samples, figure.MeanSD(d.atPlace(i, k, finalOf, decisionUnit)))
		}
		p.Series = []figure.DotSeries{fresh, final}
		null := func(f func(lab.Run) float64) float64 { return seq.Mean(d.samples(freshOn(i), f)) }
		p.Refs = []figure.Ref{{Name: figure.Constant, Y: null(func(r lab.Run) float64 { return r.Constant.DecisionUnit })}}
		panels = append(panels, p)
	}
	return &figure.Figure{
		Name: "dni_orders", Width: 7, Height: 6,
		Alt:  "Nine panels, one for each task: per cent of responses correct right after learning the task and after all tasks, against the place that the task had in the order of training.",
		Rows: figure.Grid(3, panels...), SharedX: true, SharedY: true,
	}
}
