package motion

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/table"
	"molap/kernels"
	"molap/tasks"
)

// Caption explains the figure.
const Caption = "a: states of the trials along their first two principal components, mean paths from the onset of the stimulus on, by what the trials ask for; markers: fixed and slow points of the network when the input of a period stays. " +
	"b: eigenvalues of the step's derivative at the first of these points; inside of the circle disturbances die out. " +
	"c: norm of the gradient of the errors in the response by the states before, over that at the first step of the response. " +
	"d: share of the variance of what is asked for that a linear readout of the states explains on new trials."

// Figure draws one network in up to four panels; file is the name of the figure. A lower panel that
// would be empty is left out.
func Figure(file, network string, m states.Motion, c Clock) *figure.Figure {
	f := &figure.Figure{
		Name: file, Width: 7, Height: 4, Rows: [][]figure.Panel{{planePanel(m), circlePanel(m)}}, RowHeights: []float64{1.5},
		Alt: "Dynamics of " + network + ": paths of states with fixed points, eigenvalues at these points, gradient and readable information over the trial.",
	}
	var lower []figure.Panel
	for _, q := range trialCourses {
		if curve := q.of(c, m); len(curve.X) > 0 {
			curve.Name = "this network"
			lower = append(lower, q.panel(c, "", curve))
		}
	}
	if lower != nil {
		f.Height, f.Rows, f.RowHeights = 6.2, append(f.Rows, lower), append(f.RowHeights, 1)
	}
	return f
}

// scatterSeries returns a series of markers that no line joins.
func scatterSeries(name string, x, y []float64) figure.Curve {
	c := figure.Curve{Name: name, Marked: true}
	for i := range x {
		c.X, c.Y = append(c.X, x[i], x[i]), append(c.Y, y[i], math.NaN())
	}
	return c
}

// shownInputs is the number of held inputs in a figure, each with a look of its own.
const shownInputs = 3

// heldSeries returns a series of markers for each of the first inputs that are held.
func heldSeries(m states.Motion, xy func(states.Held) (x, y []float64)) (series []figure.Curve) {
	for i, h := range m.Held[:min(shownInputs, len(m.Held))] {
		x, y := xy(h)
		c := scatterSeries("points, input of "+h.Name, x, y)
		c.As = fmt.Sprintf("held input %d", i+1)
		series = append(series, c)
	}
	return series
}

// planePanel draws the groups' paths and the points in the plane of two components.
func planePanel(m states.Motion) *figure.Curves {
	p := &figure.Curves{Frame: figure.Frame{Title: "states", X: figure.Axis{Label: "first component"}, Y: figure.Axis{Label: "second component"}}}
	for k, name := range groupNames(m) {
		s := figure.Curve{Name: name, Along: float64(k+1) / float64(len(m.Groups))}
		for _, z := range m.Groups[k].Path[m.Onset:] {
			s.X, s.Y = append(s.X, z[0]), append(s.Y, z[1])
		}
		p.Series = append(p.Series, s)
	}
	p.Series = append(p.Series, heldSeries(m, func(h states.Held) (x, y []float64) {
		for _, r := range h.Points {
			x, y = append(x, r.Scores[0]), append(y, r.Scores[1])
		}
		return x, y
	})...)
	p.X = spanningAxis(p.X, p.Series)
	return p
}

// spanningAxis gives an axis the range of the abscissae and some room at both ends.
func spanningAxis(a figure.Axis, series []figure.Curve) figure.Axis {
	var xs []float64
	for _, s := range series {
		xs = append(xs, seq.Where(s.X, table.Finite)...)
	}
	if len(xs) == 0 || slices.Min(xs) == slices.Max(xs) {
		return a // which finds its own range
	}
	least, most := slices.Min(xs), slices.Max(xs)
	room := float64(0.06 * (most - least))
	a.Min, a.Max = least-room, most+room
	return a
}

// circlePanel draws the eigenvalues at the first point of every held input.
func circlePanel(m states.Motion) *figure.Curves {
	limit := 1.1
	series := heldSeries(m, func(h states.Held) (x, y []float64) {
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

// Clock is how long a step of trials lasts, in ms; 0: unknown, and time counts steps.
type Clock float64

// paperClock is the clock of the nine tasks.
const paperClock = Clock(1000 * tasks.StepSeconds)

// at returns the time of the state after a step.
func (c Clock) at(step int) float64 { return float64(float64(cmp.Or(c, 1)) * float64(step+1)) }

// trialCourse is a quantity over the time of a trial, as figures draw it.
type trialCourse struct {
	title string
	y     figure.Axis
	of    func(Clock, states.Motion) figure.Curve // without a name
}

// trialCourses are two quantities: the gradient, from the onset of the stimulus to that of the response, and
// how well the answer can be read from the states.
var trialCourses = []trialCourse{
	{"gradient through time", figure.Axis{Label: "gradient norm (response = 1)", Log: true}, func(c Clock, m states.Motion) (s figure.Curve) {
		for step := min(m.Onset, m.Response); step <= m.Response && m.Gradient != nil; step++ {
			s.X, s.Y = append(s.X, c.at(step)), append(s.Y, m.Gradient[step]/m.Gradient[m.Response])
		}
		return s
	}},
	{"answer that can be read out", figure.Axis{Label: "R² of a linear readout", Min: -0.1, Max: 1}, func(c Clock, m states.Motion) figure.Curve {
		s := figure.Curve{Marked: true}
		for _, r := range m.Readable {
			s.X, s.Y = append(s.X, c.at(r.Step)), append(s.Y, r.R2)
		}
		return s
	}},
}

// panel draws curves of the quantity. Without a title the panel has that of the quantity.
func (q trialCourse) panel(c Clock, title string, curves ...figure.Curve) figure.Panel {
	p := &figure.Curves{Frame: figure.Frame{Title: cmp.Or(title, q.title), X: figure.Axis{Label: "time (ms)"}, Y: q.y}, Series: curves}
	if c == 0 {
		p.X.Label = "time (steps)"
	}
	return p
}
