package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// figureView is a number that a standing has, as figures show it.
type figureView struct {
	name, label string
	min, max    float64 // of its axis; both 0: the data's
	of          func(Standing) float64
}

// figureViews returns the numbers that figures show, the measure first.
func figureViews(by string) []figureView {
	return []figureView{
		{"accuracy", by + " (%)", 0, 100, func(s Standing) float64 { return s.measure }},
		{"escaped", "left the plateau (%)", 0, 100, func(s Standing) float64 { return s.Escaped }},
		{"escape", "iteration of escape", 0, 0, func(s Standing) float64 { return escapeOrder(s.Escape) }},
	}
}

// Figures shows a leaderboard over the axes of the sweep: each axis alone, and
// for each arm each pair of axes.
func Figures(m *Manifest, board []Standing, by string) []page.Picture {
	all := m.varying()
	if len(all) == 0 || len(board) == 0 {
		return nil
	}
	shown := slices.DeleteFunc(figureViews(by), func(v figureView) bool { // there are no escapes
		return !slices.ContainsFunc(board, func(s Standing) bool { return !math.IsInf(v.of(s), 0) })
	})
	figures := seq.Map(shown, func(v figureView) page.Picture { return marginalPicture(m, all, board, v) })
	if len(all) < 2 {
		return figures
	}
	for _, arm := range m.Arms() {
		for _, v := range shown {
			figures = append(figures, pairPicture(all, board, v, arm))
		}
	}
	return figures
}

// marginalPicture shows a number over each axis: the median of the points at each
// level, with their quartiles.
func marginalPicture(m *Manifest, all []axisLevels, board []Standing, v figureView) page.Picture {
	panels := seq.Map(all, func(l axisLevels) figure.Panel {
		d := &figure.Dots{Frame: figure.Frame{Title: l.axis.Name(), Y: figure.Axis{Label: v.label, Min: v.min, Max: v.max}}, Categories: l.names}
		for _, arm := range m.Arms() {
			s := figure.DotSeries{Name: arm}
			for level := range l.names {
				s.Samples = append(s.Samples, quartiles(valuesOf(board, v, arm, func(p int) bool { return l.of[p] == level })))
			}
			d.Series = append(d.Series, s)
		}
		return d
	})
	cols := min(len(panels), 3)
	f := &figure.Figure{Name: "marginal_" + v.name, Width: 2.6 * float64(max(cols, 2)), Height: 2.3 * math.Ceil(float64(len(panels))/float64(cols)),
		Rows: figure.Grid(cols, panels...), Loose: true,
		Alt: "Median and quartiles of " + v.label + " over the values of each setting."}
	return page.Picture{Figure: f, Caption: "Each setting alone: median of the points at each of its values and their quartiles, all other settings as they come. " + atEscape(v)}
}

// pairPicture shows the mean of a number over each pair of axes, as half a matrix.
func pairPicture(all []axisLevels, board []Standing, v figureView, arm string) page.Picture {
	n := len(all)
	rows := make([][]figure.Panel, n-1)
	var values []float64
	for i := 1; i < n; i++ {
		rows[i-1] = make([]figure.Panel, n-1)
		for j := range i {
			y, x := all[i], all[j]
			h := &figure.HeatMap{Frame: figure.Frame{X: figure.Axis{Label: x.axis.Name()}, Y: figure.Axis{Label: y.axis.Name()}},
				Rows: len(y.names), Cols: len(x.names), RowNames: y.names, ColNames: x.names,
				Colors: figure.Sequential, BarLabel: v.label, Format: "%.0f"}
			for r := range y.names {
				for c := range x.names {
					cell := quartiles(valuesOf(board, v, arm, func(p int) bool { return y.of[p] == r && x.of[p] == c })).Mean
					h.Values = append(h.Values, cell)
					values = append(values, cell)
				}
			}
			rows[i-1][j] = h
		}
	}
	lo, hi := v.min, v.max
	if lo == 0 && hi == 0 { // one scale for all panels
		known := slices.DeleteFunc(values, math.IsNaN)
		if len(known) > 0 {
			lo, hi = slices.Min(known), slices.Max(known)
		}
	}
	for _, row := range rows {
		for _, p := range row {
			if h, ok := p.(*figure.HeatMap); ok && lo < hi {
				h.Min, h.Max = lo, hi
			}
		}
	}
	side := 3.2
	if n > 6 {
		side = 18.0 / float64(n-1)
	}
	f := &figure.Figure{Name: "pairs_" + v.name + "_" + arm, Width: max(3, side*float64(n-1)), Height: side * 0.85 * float64(n-1), Rows: rows, Loose: n == 2,
		Alt: "Heat maps of " + v.label + " for each pair of settings, arm " + arm + "."}
	return page.Picture{Figure: f, Caption: "Arm " + arm + ", each pair of settings: median of the points in each cell; grey where there is none. " + atEscape(v)}
}

// atEscape explains how networks that never escaped are counted.
func atEscape(v figureView) string {
	if v.name != "escape" {
		return ""
	}
	return "A network that never leaves the plateau counts as later than all others; nothing is shown where that is half of them."
}

// valuesOf returns the number that v shows for each standing of an arm whose point want accepts.
func valuesOf(board []Standing, v figureView, arm string, want func(point int) bool) []float64 {
	return seq.Map(seq.Where(board, func(s Standing) bool { return s.Arm == arm && want(s.Point) }), v.of)
}

// quartiles returns the median with the quartiles to either side; what is not
// finite is not drawn.
func quartiles(x []float64) figure.Sample {
	slices.Sort(x)
	at := func(q float64) float64 {
		if len(x) == 0 {
			return math.NaN()
		}
		place := q * float64(len(x)-1)
		k := int(place)
		lo, hi := x[k], x[min(k+1, len(x)-1)]
		v := lo
		if part := place - float64(k); part > 0 && lo != hi {
			v += float64(part * (hi - lo))
		}
		if math.IsInf(v, 0) {
			return math.NaN()
		}
		return v
	}
	return figure.Sample{Mean: at(0.5), Lo: at(0.25), Hi: at(0.75)}
}

// Summary returns a sweep in a few sentences.
func Summary(m *Manifest, board []Standing, s *Status, by string) []string {
	lines := []string{fmt.Sprintf("%d of %s are done: %s × %s × seeds, each on %s.",
		s.Count(Done), words.Count(len(m.Indices), "index"), words.Count(len(m.Points), "point"), strings.Join(m.Arms(), ", "), strings.Join(m.Tasks, ", "))}
	if len(board) > 0 {
		b := board[0]
		lines = append(lines, fmt.Sprintf("Best by %s: point %d, %s: %.1f %% over %s, worst task %s with %.1f %%; %.0f %% left the plateau.",
			by, b.Point, b.Arm, b.measure, words.Count(b.Runs, "network"), b.WorstTask, b.Worst, b.Escaped))
	}
	return lines
}
