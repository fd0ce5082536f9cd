package obs

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

// legend returns the name of the reading in figures.
func (r Reading) legend() string {
	if r.Profile {
		return "first angle of a trial: " + r.Name + " (this profile)"
	}
	return "first angle of a trial: " + r.Name
}

// VariancePanels draw what variates explain by each measure, beside what the paper states for some
// numbers of them, and their correlations.
func (d Explained) VariancePanels(published map[int]int) (panels []figure.Panel) {
	for _, measure := range ExplainedMeasures {
		p := &figure.Dots{Frame: figure.Frame{X: figure.Axis{Label: "number of variates"}, Y: figure.Axis{Label: measure.label, Max: 100}}}
		paper := figure.Null{Name: "the paper, about"}
		for m := range lab.ExplainedVariates {
			p.Categories = append(p.Categories, fmt.Sprint(m+1))
			v, stated := published[m+1]
			if paper.Values = append(paper.Values, float64(v)); !stated {
				paper.Values[m] = math.NaN()
			}
		}
		p.Nulls = []figure.Null{paper}
		for _, r := range d.Readings {
			s := figure.DotSeries{Name: r.legend()}
			for m := range lab.ExplainedVariates {
				s.Samples = append(s.Samples, figure.MeanRange(r.Percents(m+1, measure.Of)))
			}
			p.Series = append(p.Series, s)
		}
		panels = append(panels, p)
	}
	c := &figure.Curves{Frame: figure.Frame{X: figure.Axis{Label: "pair of variates", Min: 0.5}, Y: figure.Axis{Label: "canonical correlation", Max: 1}}}
	for _, r := range d.Readings {
		curve := figure.Curve{Name: r.legend(), Marked: true}
		for m := range slices.Min(seq.Map(r.Analyses, func(e lab.Explained) int { return len(e.Corr) })) {
			curve.X, curve.Y = append(curve.X, float64(m+1)), append(curve.Y, r.Percent(m+1, lab.Explained.Correlations)/100)
		}
		c.X.Max = max(c.X.Max, float64(len(curve.X))+0.5)
		c.Series = append(c.Series, curve)
	}
	return append(panels, c)
}

// LoadingPanels draw the loadings of inputs and targets, of the first seed by the reading of the settings.
func (d Explained) LoadingPanels() []figure.Panel {
	panel := func(title string, channels []corpusChannel) *figure.HeatMap {
		h := &figure.HeatMap{
			Frame: figure.Frame{Title: title, X: figure.Axis{Label: "canonical variate"}},
			Rows:  len(channels), Cols: lab.ExplainedVariates, Max: 1, Format: "%.2f", BarLabel: "correlation",
		}
		for k := range h.Cols {
			h.ColNames = append(h.ColNames, fmt.Sprint(k+1))
		}
		for i, c := range channels {
			h.Values, h.RowNames = append(h.Values, seq.Map(c.load, roundedCell)...), append(h.RowNames, c.task+" "+c.name)
			if i > 0 && c.task != channels[i-1].task {
				h.RowBorders = append(h.RowBorders, i)
			}
		}
		return h
	}
	inputs, targets := d.channels(d.first())
	return []figure.Panel{panel("inputs with U", inputs), panel("targets with V", targets)}
}

// roundedCell returns v as the cells show it, without a sign at zero.
func roundedCell(v float64) float64 { return math.Round(100*v)/100 + 0 }

// VariatePanels draw the variates of inputs and targets over time, of the first seed by the reading of
// the settings.
func (d Explained) VariatePanels() []figure.Panel {
	panel := func(group, name string, variates [][][]float64) *figure.Traces {
		t := tracesPanel(seq.UpTo(len(variates[0])), d.Tasks...)
		for k, trials := range variates {
			t.Channels = append(t.Channels, figure.Channel{Group: group, Name: fmt.Sprintf("%s%d", name, k+1), Trials: trials})
		}
		return t
	}
	return []figure.Panel{panel("inputs", "U", d.first().U), panel("targets", "V", d.first().V)}
}
