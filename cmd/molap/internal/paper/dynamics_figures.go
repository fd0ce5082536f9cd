package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/kernels"
	"molap/tasks"
)

const motionCaption = "a: states of the trials along their first two principal components, mean paths from the onset of the stimulus on, by what the trials ask for; markers: fixed and slow points of the network when the input of a period stays. " +
	"b: eigenvalues of the step's derivative at the first of these points; inside of the circle disturbances die out. " +
	"c: norm of the gradient of the errors in the response by the states before, over that at the first step of the response. " +
	"d: share of the variance of what is asked for that a linear readout of the states explains on new trials."

// motionFigure draws one network in up to four panels: the lower two where there is
// something in them.
func motionFigure(m lab.Motion, name string, clock stepMS) *figure.Figure {
	a, b := plane(m), circle(m)
	f := &figure.Figure{
		Name: "dynamics", Width: 7, Height: 6.2, Rows: [][]figure.Panel{{a, b}}, RowHeights: []float64{1.5},
		Alt: "Dynamics of " + name + ": paths of states with fixed points, eigenvalues at these points, gradient and readable information over the trial.",
	}
	var lower []figure.Panel
	for _, p := range []struct {
		panel *figure.Curves
		curve figure.Curve
	}{{clock.gradientPanel(), clock.gradientCurve(m, "this network")}, {clock.readablePanel(), clock.readableCurve(m, "this network")}} {
		if len(p.curve.X) > 0 {
			p.panel.Series = []figure.Curve{p.curve}
			lower = append(lower, p.panel)
		}
	}
	if lower == nil {
		f.Height = 4
		return f
	}
	f.Rows, f.RowHeights = append(f.Rows, lower), append(f.RowHeights, 1)
	return f
}

// scatter returns a series of markers that no line joins.
func scatter(name string, x, y []float64) figure.Curve {
	c := figure.Curve{Name: name, Marked: true}
	for i := range x {
		c.X, c.Y = append(c.X, x[i], x[i]), append(c.Y, y[i], math.NaN())
	}
	return c
}

// shownInputs is the number of held inputs in a figure, each with a look of its own.
const shownInputs = 3

// held returns a series of markers for each of the first inputs that are held.
func held(m lab.Motion, xy func(lab.Held) (x, y []float64)) (series []figure.Curve) {
	for i, h := range m.Held[:min(shownInputs, len(m.Held))] {
		x, y := xy(h)
		c := scatter("points, input of "+h.Name, x, y)
		c.As = fmt.Sprintf("held input %d", i+1)
		series = append(series, c)
	}
	return series
}

// plane draws the groups' paths and the points in the plane of two components.
func plane(m lab.Motion) *figure.Curves {
	p := &figure.Curves{Frame: figure.Frame{Title: "states", X: figure.Axis{Label: "first component"}, Y: figure.Axis{Label: "second component"}}}
	for k, name := range groupNames(m) {
		s := figure.Curve{Name: name, Along: float64(k+1) / float64(len(m.Groups))}
		for _, z := range m.Groups[k].Path[m.Onset:] {
			s.X, s.Y = append(s.X, z[0]), append(s.Y, z[1])
		}
		p.Series = append(p.Series, s)
	}
	p.Series = append(p.Series, held(m, func(h lab.Held) (x, y []float64) {
		for _, r := range h.Points {
			x, y = append(x, r.Scores[0]), append(y, r.Scores[1])
		}
		return x, y
	})...)
	p.X = spanning(p.X, p.Series)
	return p
}

// spanning gives an axis the range of the abscissae and some room at both ends.
func spanning(a figure.Axis, series []figure.Curve) figure.Axis {
	a.Min, a.Max = math.Inf(1), math.Inf(-1)
	for _, s := range series {
		for _, x := range s.X {
			if x-x == 0 {
				a.Min, a.Max = min(a.Min, x), max(a.Max, x)
			}
		}
	}
	if !(a.Max > a.Min) { // the axis finds its own range
		a.Min, a.Max = 0, 0
		return a
	}
	room := float64(0.06 * (a.Max - a.Min))
	a.Min, a.Max = a.Min-room, a.Max+room
	return a
}

// circle draws the eigenvalues at the first point of every held input.
func circle(m lab.Motion) *figure.Curves {
	limit := 1.1
	series := held(m, func(h lab.Held) (x, y []float64) {
		for _, r := range h.Points[:min(1, len(h.Points))] {
			for _, l := range r.Eigenvalues {
				x, y = append(x, real(l)), append(y, imag(l))
				limit = max(limit, 1.05*math.Abs(real(l)), 1.05*math.Abs(imag(l)))
			}
		}
		return x, y
	})
	axis := func(label string) figure.Axis { return figure.Axis{Label: label, Min: -limit, Max: limit} }
	return &figure.Curves{Frame: figure.Frame{Title: "eigenvalues at the points", X: axis("real part"), Y: axis("imaginary part")},
		Series: append(series, unitCircle())}
}

func unitCircle() figure.Curve {
	s := figure.Curve{Name: "unit circle"}
	const parts = 240
	for i := range parts + 1 {
		sin, cos := kernels.SincosTurns(float64(i) / parts)
		s.X, s.Y = append(s.X, cos), append(s.Y, sin)
	}
	return s
}

// stepMS is how long a step of trials lasts in ms; 0: nobody knows, and time counts steps.
type stepMS float64

// paperStep is that of the nine tasks.
const paperStep = stepMS(1000 * tasks.StepSeconds)

// at is the time of the state after a step.
func (c stepMS) at(step int) float64 { return float64(float64(cmp.Or(c, 1)) * float64(step+1)) }

// axis is that of time.
func (c stepMS) axis() figure.Axis {
	if c == 0 {
		return figure.Axis{Label: "time (steps)"}
	}
	return figure.Axis{Label: "time (ms)"}
}

func (c stepMS) gradientPanel() *figure.Curves {
	return &figure.Curves{Frame: figure.Frame{Title: "gradient through time", X: c.axis(), Y: figure.Axis{Label: "gradient norm (response = 1)", Log: true}}}
}

func (c stepMS) readablePanel() *figure.Curves {
	return &figure.Curves{Frame: figure.Frame{Title: "answer that can be read out", X: c.axis(), Y: figure.Axis{Label: "R² of a linear readout", Min: -0.1, Max: 1}}}
}

// gradientCurve goes from the onset of the stimulus to that of the response.
func (c stepMS) gradientCurve(m lab.Motion, name string) figure.Curve {
	s := figure.Curve{Name: name}
	for step := min(m.Onset, m.Response); step <= m.Response && m.Gradient != nil; step++ {
		s.X, s.Y = append(s.X, c.at(step)), append(s.Y, m.Gradient[step]/m.Gradient[m.Response])
	}
	return s
}

func (c stepMS) readableCurve(m lab.Motion, name string) figure.Curve {
	s := figure.Curve{Name: name, Marked: true}
	for _, r := range m.Readable {
		s.X, s.Y = append(s.X, c.at(r.Step)), append(s.Y, r.R2)
	}
	return s
}

// figure compares the arms.
func (rs movedRuns) figure() *figure.Figure {
	var rows [][]figure.Panel
	for _, when := range []string{"Before", "After"} {
		g, r := paperStep.gradientPanel(), paperStep.readablePanel()
		g.Title, r.Title = when+" training", when+" training"
		for _, arm := range dynamicsArms {
			if when == "Before" && arm == lab.Separate {
				continue
			}
			some := rs.of(arm)
			g.Series = append(g.Series, overSeeds(string(arm), seq.Map(some, func(m moved) figure.Curve { return paperStep.gradientCurve(m.at(when), "") })))
			r.Series = append(r.Series, overSeeds(string(arm), seq.Map(some, func(m moved) figure.Curve { return paperStep.readableCurve(m.at(when), "") })))
		}
		rows = append(rows, []figure.Panel{g, r})
	}
	var against []figure.Panel
	for _, i := range []int{1, 3, 4} {
		against = append(against, rs.against(measures[i]))
	}
	return &figure.Figure{
		Name: "dynamics", Width: 7, Height: 7.4, Rows: append(rows, against), Loose: true,
		Alt: "Gradient and readable information over the trial, by arm, before and after training, and the iteration of escape against three quantities of the network before training.",
	}
}

// overSeeds joins curves of one abscissa to their median and range.
func overSeeds(name string, curves []figure.Curve) figure.Curve {
	s := figure.Curve{Name: name, X: curves[0].X}
	for k := range s.X {
		all := seq.Map(curves, func(c figure.Curve) float64 { return c.Y[k] })
		s.Y, s.Lo, s.Hi = append(s.Y, seq.Median(all)), append(s.Lo, slices.Min(all)), append(s.Hi, slices.Max(all))
	}
	return s
}

// against draws the iteration of escape against a measure before training.
func (rs movedRuns) against(m measure) figure.Panel {
	x := figure.Axis{Label: m.name + " before"}
	if m.unit != "" {
		x.Label += " (" + m.unit + ")"
	}
	p := &figure.Curves{Frame: figure.Frame{Y: figure.Axis{Label: "iteration of escape"}}}
	for _, arm := range dynamicsArms {
		some := rs.of(arm)
		dots := scatter(string(arm), seq.Map(some, func(r moved) float64 { return m.of(r.before) }), seq.Map(some.runs(), late))
		for _, r := range some.runs() {
			dots.Open = append(dots.Open, r.Escape < 0, false) // scatter puts a gap behind each point
		}
		p.Series = append(p.Series, dots)
	}
	p.X = spanning(x, p.Series)
	return p
}

// closer draws the trained networks of the first seed.
func (rs movedRuns) closer() (fs []*figure.Figure) {
	for _, arm := range dynamicsArms {
		f := motionFigure(rs.of(arm)[0].after, "the network of arm "+string(arm), paperStep)
		f.Name = "dynamics_" + string(arm)
		fs = append(fs, f)
	}
	return fs
}
