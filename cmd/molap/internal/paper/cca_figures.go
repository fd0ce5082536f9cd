package paper

import (
	"fmt"
	"math"

	"molap/cca"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

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
