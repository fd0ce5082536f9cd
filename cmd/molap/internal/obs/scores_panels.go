package obs

import (
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

// Legend returns an arm's place in a legend, by a name that tells the readings of dni apart.
func Legend(a lab.Arm) figure.DotSeries {
	switch a {
	case lab.DNI:
		return figure.DotSeries{Name: "dni, after all tasks", As: string(lab.DNI)}
	case lab.DNIFresh:
		return figure.DotSeries{Name: "dni, right after its task"}
	}
	return figure.DotSeries{Name: string(a)}
}

// Performance draws both measures of performance by task and condition, with lines across the first.
func (s Scores) Performance(name, alt string, lines ...figure.Ref) *figure.Figure {
	overall := s.Panel(figure.Frame{}, Overall)
	overall.Refs = lines
	return &figure.Figure{Name: name, Alt: alt, Width: 7, Height: 5.6, SharedX: true, Rows: [][]figure.Panel{
		{overall}, {s.Panel(figure.Frame{}, Response)}}}
}

// PerformanceCaption explains that figure.
const PerformanceCaption = "mean over seeds with the lowest and the highest, single seeds as points. " +
	"a: mean over all outputs, the paper's measure. b: the response outputs alone, correct within a tenth of the targets' range. " +
	"Lines: the scores of two answers that ignore the stimulus and fixate perfectly, the mean target (blind) and the best constant."

// Panel draws a measure by task and condition, beside its nulls.
func (s Scores) Panel(frame figure.Frame, m RunMeasure) *figure.Dots {
	frame.Y = figure.Axis{Label: m.Label, Max: 100}
	d := &figure.Dots{Frame: frame, Nulls: []figure.Null{{Name: figure.Blind}, {Name: figure.Constant}}}
	for i, task := range s.Tasks {
		d.Categories = append(d.Categories, task.ID+"\n"+task.Title)
		blind, constant := s.Nulls(i, m)
		d.Nulls[0].Values, d.Nulls[1].Values = append(d.Nulls[0].Values, blind), append(d.Nulls[1].Values, constant)
	}
	for _, c := range s.Conditions {
		series := figure.DotSeries{Name: c.Title, As: c.Look}
		for i := range s.Tasks {
			series.Samples = append(series.Samples, figure.MeanRange(s.On(c.Name, i, m)))
		}
		d.Series = append(d.Series, series)
	}
	return d
}

// LossPanels draw the training loss of every condition, a panel for each task.
func (s Scores) LossPanels() (panels []figure.Panel) {
	longest := slices.Max(seq.Map(s.Runs, func(r lab.Run) float64 { return float64(r.Iterations) }))
	blind := func(c Condition, task int) float64 {
		return seq.Mean(seq.Map(s.Of(c.Name, task), func(r lab.Run) float64 { return r.BlindLoss }))
	}
	for i, task := range s.Tasks {
		level := blind(s.Conditions[0], i)
		p := &figure.Curves{Frame: figure.Frame{Title: task.ID + " " + task.Title,
			X: figure.Axis{Label: "iteration", Max: longest}, Y: figure.Axis{Label: "loss (mean squared error)", Log: true}},
			Refs: []figure.Ref{{Name: figure.Blind, Y: level}}}
		for _, c := range s.Conditions {
			curve := lossBand(c.Name, s.Of(c.Name, i))
			// dni has an output that the task lacks; it is 0 in every answer.
			scale := level / blind(c, i)
			for _, y := range [][]float64{curve.Y, curve.Lo, curve.Hi} {
				for k := range y {
					y[k] *= scale
				}
			}
			p.Series = append(p.Series, curve)
		}
		panels = append(panels, p)
	}
	return panels
}

// lossBand returns the mean loss of runs with the band from the smallest to the largest, if there are
// several. Runs that broke off count as far as they went.
func lossBand(name string, rs []lab.Run) figure.Curve {
	c := figure.Curve{Name: name}
	for _, r := range rs {
		if at := r.LossAt(); len(at) > len(c.X) {
			c.X = at
		}
	}
	for i := range c.X {
		var at []float64
		for _, r := range rs {
			if i < len(r.Losses) {
				at = append(at, r.Losses[i])
			}
		}
		c.Y = append(c.Y, seq.Mean(at))
		if len(rs) > 1 {
			c.Lo, c.Hi = append(c.Lo, slices.Min(at)), append(c.Hi, slices.Max(at))
		}
	}
	return c
}
