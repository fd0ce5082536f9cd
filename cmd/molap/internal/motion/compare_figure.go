package motion

import (
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
)

// Figures compare the arms, and draw the trained networks of the first seed.
func (rs Runs) Figures() []*figure.Figure {
	var rows [][]figure.Panel
	for _, when := range whens {
		arms := slices.DeleteFunc(slices.Clone(Arms), func(arm lab.Arm) bool { return when == "Before" && arm == lab.Separate })
		rows = append(rows, seq.Map(Courses, func(q Course) figure.Panel {
			return q.Panel(PaperClock, when+" training", seq.Map(arms, func(arm lab.Arm) figure.Curve {
				return overSeeds(string(arm), seq.Map(rs.of(arm), func(m Moved) figure.Curve { return q.Of(PaperClock, m.at(when), "") }))
			})...)
		}))
	}
	var against []figure.Panel
	for _, i := range []int{1, 3, 4} {
		against = append(against, rs.against(measures[i]))
	}
	both := &figure.Figure{
		Name: "dynamics", Width: 7, Height: 7.4, Rows: append(rows, against), Loose: true,
		Alt: "Gradient and readable information over the trial, by arm, before and after training, and the iteration of escape against three quantities of the network before training.",
	}
	return append([]*figure.Figure{both}, seq.Map(Arms, func(arm lab.Arm) *figure.Figure {
		return Figure("dynamics_"+string(arm), "the network of arm "+string(arm), rs.of(arm)[0].After, PaperClock)
	})...)
}

// overSeeds returns one curve for curves with the same abscissa: their median, with a band from the
// smallest to the largest.
func overSeeds(name string, curves []figure.Curve) figure.Curve {
	s := figure.Curve{Name: name, X: curves[0].X}
	for k := range s.X {
		all := seq.Map(curves, func(c figure.Curve) float64 { return c.Y[k] })
		s.Y, s.Lo, s.Hi = append(s.Y, seq.Median(all)), append(s.Lo, slices.Min(all)), append(s.Hi, slices.Max(all))
	}
	return s
}

// against draws the iteration of escape against a measure before training.
func (rs Runs) against(m measure) figure.Panel {
	x := figure.Axis{Label: m.name + " before"}
	if m.unit != "" {
		x.Label += " (" + m.unit + ")"
	}
	p := &figure.Curves{Frame: figure.Frame{Y: figure.Axis{Label: "iteration of escape"}}}
	for _, arm := range Arms {
		some := rs.of(arm)
		dots := Scatter(string(arm), seq.Map(some, func(r Moved) float64 { return m.of(r.Before) }), seq.Map(some.runs(), late))
		for _, r := range some.runs() {
			dots.Open = append(dots.Open, r.Escape < 0, false) // Scatter puts a gap behind each point
		}
		p.Series = append(p.Series, dots)
	}
	p.X = Spanning(x, p.Series)
	return p
}
