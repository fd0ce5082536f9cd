package paper

import (
	"strconv"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
)

// kept draws what is learnt and what is kept beside separate networks.
func (d inSequence) kept(isCited bool) *figure.Figure {
	panel := func(title string, m obs.RunMeasure, conditions ...string) []figure.Panel {
		return []figure.Panel{d.Only(conditions...).Panel(figure.Frame{Title: title}, m)}
	}
	f := &figure.Figure{
		Name: "dni", Width: 7, Height: 5.2, SharedX: true,
		Alt: "Per cent of decisions correct on each of nine tasks: of a network that learns them in sequence, right after each task and after the last, and of separate networks; over all outputs, for the response outputs alone, and for these by another reading of DNI.",
		Rows: [][]figure.Panel{
			panel("", obs.Overall, "separate", "fresh", "final"),
			panel("", obs.Response, "separate", "fresh", "final"),
		},
	}
	if !isCited {
		f.Height = 7.4
		f.Rows = append(f.Rows, panel("as Duncker et al. have it: updates projected, rule inputs", obs.Response, "separate", "cited_fresh", "cited_final"))
	}
	return f
}

// matrices draws the scores on all tasks after each.
func (d inSequence) matrices(order string) *figure.Figure {
	panel := func(title string, m obs.RunMeasure) *figure.HeatMap {
		h := &figure.HeatMap{
			Frame: figure.Frame{Title: title, X: figure.Axis{Label: "tested on"}, Y: figure.Axis{Label: "after learning"}},
			Rows:  len(order), Cols: len(d.Tasks), Colors: figure.Sequential, Max: 100, BarLabel: "correct (%)", Format: "%.0f", Square: true,
		}
		for k := range order {
			h.RowNames = append(h.RowNames, "T"+order[k:k+1])
			for _, digit := range order {
				h.Values = append(h.Values, d.Mean(afterTasks(k+1), m, int(digit-'1')))
			}
		}
		h.ColNames = h.RowNames
		return h
	}
	return &figure.Figure{
		Name: "dni_forgetting", Width: 7, Height: 3.15,
		Alt:  "Two matrices of nine tasks by nine: per cent correct on each task after each task of the sequence, over all outputs and for the response alone.",
		Rows: [][]figure.Panel{{panel("all outputs", obs.Overall), panel("response alone", obs.Response)}},
	}
}

// places draws scores against the place in the order, a panel for every task.
func (d inSequence) places() *figure.Figure {
	var panels []figure.Panel
	for i, task := range d.Tasks {
		_, constant := d.Nulls(i, obs.Response)
		p := &figure.Dots{Frame: figure.Frame{Title: task.ID + " " + task.Title,
			X: figure.Axis{Label: "place in the order"}, Y: figure.Axis{Label: obs.Response.Label, Max: 100}},
			Series: []figure.DotSeries{series(lab.DNIFresh), series(lab.DNI)}, Refs: []figure.Ref{{Name: figure.Constant, Y: constant}},
			Categories: seq.Map(seq.UpTo(len(d.Tasks)), func(k int) string { return strconv.Itoa(k + 1) })}
		for place := range d.Tasks {
			for k, when := range []string{"fresh", "final"} {
				p.Series[k].Samples = append(p.Series[k].Samples, figure.MeanRange(d.atPlace(i, place, when)))
			}
		}
		panels = append(panels, p)
	}
	return &figure.Figure{
		Name: "dni_orders", Width: 7, Height: 6, SharedX: true, SharedY: true, Rows: figure.Grid(3, panels...),
		Alt: "Nine panels, one for each task: per cent of responses correct right after learning the task and after all tasks, against the place that the task had in the order of training.",
	}
}
