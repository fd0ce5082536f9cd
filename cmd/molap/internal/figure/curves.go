package figure

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Curves draws lines over a shared abscissa, each with the band of its spread.
type Curves struct {
	Frame
	Series []Curve
	Refs   []Ref
}

// Curve is one line. Y may hold NaN: the line then has a gap.
type Curve struct {
	Name   string
	As     string  // the arm or condition whose colour and marker it takes; empty: Name's, if that is one
	Along  float64 // for series in an order: the place in it, above 0 and up to 1; it decides the colour, not As or Name
	X, Y   []float64
	Lo, Hi []float64 // edges of the band; nil for none
	Marked bool      // a marker at every point, for curves of a dozen of them
	Open   []bool    // points whose marker is open, such as runs that never got there; nil: none
}

// look returns the look of a curve at its place in the list.
func (c Curve) look(place int) seriesLook {
	if c.Along > 0 {
		return seriesLook{colorAlong(orderedStops, c.Along), circle}
	}
	return lookOf(c.Name, c.As, place)
}

// joined reports whether the curve has a line: one without markers always, one with markers if two
// values are neighbours.
func (c Curve) joined() bool {
	return !c.Marked || slices.ContainsFunc(indexRuns(len(c.Y), func(k int) bool { return table.Finite(c.Y[k]) }),
		func(r indexRun) bool { return r.to-r.from > 1 })
}

func (c *Curves) check() {
	for _, s := range c.Series {
		if len(s.Y) != len(s.X) || s.Open != nil && len(s.Open) != len(s.X) {
			panic(fmt.Sprintf("figure: Curves: curve %s has %d abscissae, %d ordinates, %d marks that are open or not", s.Name, len(s.X), len(s.Y), len(s.Open)))
		}
		if (s.Lo != nil || s.Hi != nil) && (len(s.Lo) != len(s.X) || len(s.Hi) != len(s.X)) {
			panic(fmt.Sprintf("figure: Curves: curve %s has %d abscissae, a band of %d and %d values", s.Name, len(s.X), len(s.Lo), len(s.Hi)))
		}
	}
}

func (c *Curves) entries() []legendEntry {
	var es []legendEntry
	for i, s := range c.Series {
		l := s.look(i)
		e := legendEntry{name: s.Name, width: 1.5}
		if s.joined() {
			e.line = l.color
		}
		if s.Lo != nil {
			e.band = fadedColor(l.color, 0.2)
		}
		if s.Marked {
			e.marker = &l
		}
		es = append(es, e)
	}
	return append(es, refEntries(c.Refs)...)
}

func (c *Curves) data() (x, y dataSpan, px, py axisPad) {
	c.check()
	x, y = emptySpan, emptySpan
	for _, s := range c.Series {
		x = x.cover(c.X.Log, s.X...)
		y = y.cover(c.Y.Log, s.Y...).cover(c.Y.Log, s.Lo...).cover(c.Y.Log, s.Hi...)
	}
	for _, r := range c.Refs {
		y = y.cover(c.Y.Log, r.Y)
	}
	return x, y, axisPad{}, axisPad{0.05, 0.05}
}

func (c *Curves) margins(a axes) margins {
	return margins{left: a.y.leftMargin(), right: 6, top: 2, bottom: a.x.bottomMargin(a.area.Size().X)}
}

func (c *Curves) draw(p pen, a axes) {
	a.grid(p)
	a.levels(p, c.Refs)
	for i, s := range c.Series {
		l := s.look(i)
		if s.Lo == nil {
			continue
		}
		for _, run := range indexRuns(len(s.X), func(k int) bool {
			return table.Finite(s.Lo[k]) && table.Finite(s.Hi[k]) && (!a.y.log || s.Hi[k] > 0)
		}) {
			var lo, hi []vg.Point
			for k := run.from; k < run.to; k++ {
				lo = append(lo, a.point(s.X[k], s.Lo[k]))
				hi = append(hi, a.point(s.X[k], s.Hi[k]))
			}
			lo, hi = thinPoints(lo, true, false), thinPoints(hi, false, true)
			slices.Reverse(hi)
			p.polygon(fadedColor(l.color, 0.2), append(lo, hi...))
		}
	}
	for i, s := range c.Series {
		a.stroke(p, s.X, s.Y, draw.LineStyle{Color: s.look(i).color, Width: lineData})
	}
	a.drawLeft(p)
	a.drawBottom(p)
	for i, s := range c.Series { // drawn over the axes, since they may lie on them
		if !s.Marked {
			continue
		}
		for k, v := range s.Y {
			if a.x.holds(s.X[k]) && a.y.holds(v) {
				l, at := s.look(i), a.point(s.X[k], v)
				p.marker(l, 1.9, at.X, at.Y)
				if s.Open != nil && s.Open[k] {
					p.glyph(seriesLook{white, l.shape}, 1.1, at.X, at.Y)
				}
			}
		}
	}
}

// stroke draws a line of values inside the area, with gaps where a value cannot be drawn.
func (a axes) stroke(p pen, xs, ys []float64, style draw.LineStyle) {
	box, size := draw.Canvas{Canvas: p.Canvas.Canvas, Rectangle: a.area}, a.area.Size()
	for _, run := range indexRuns(len(xs), func(k int) bool { return table.Finite(ys[k]) && (!a.y.log || ys[k] > 0) }) {
		pts := make([]vg.Point, 0, run.to-run.from)
		for k := run.from; k < run.to; k++ {
			pts = append(pts, a.area.Min.Add(vg.Point{X: a.x.near(xs[k]) * size.X, Y: a.y.near(ys[k]) * size.Y}))
		}
		p.StrokeLines(style, box.ClipLinesXY(thinPoints(pts, true, true))...)
	}
}

// indexRun is the half-open range of indices [from, to).
type indexRun struct{ from, to int }

// indexRuns returns the longest ranges within 0…n−1 where ok holds for every index.
func indexRuns(n int, ok func(int) bool) []indexRun {
	var out []indexRun
	for k := 0; k < n; k++ {
		if !ok(k) {
			continue
		}
		from := k
		for k < n && ok(k) {
			k++
		}
		out = append(out, indexRun{from, k})
	}
	return out
}

// thinColumn is the width in points within which the points of a line are
// merged: two dots of a printed page.
const thinColumn = 0.5

// thinPoints drops points that no reader could see, so that the width of the picture bounds the size of the
// file, however long a loss curve is. Of the inner points that share one narrow column it keeps the
// lowest, the highest or both, as asked, in their order. It always keeps the first point and the last.
func thinPoints(pts []vg.Point, lowest, highest bool) []vg.Point {
	column := func(i int) float64 { return math.Floor(float64(pts[i].X / thinColumn)) }
	var out []vg.Point
	for i := 0; i < len(pts); {
		lo, hi, j := i, i, i+1
		for ; j < len(pts) && column(j) == column(i); j++ {
			if pts[j].Y < pts[lo].Y {
				lo = j
			}
			if pts[j].Y > pts[hi].Y {
				hi = j
			}
		}
		var keep []int
		if i == 0 {
			keep = append(keep, 0)
		}
		if lowest {
			keep = append(keep, lo)
		}
		if highest {
			keep = append(keep, hi)
		}
		if j == len(pts) {
			keep = append(keep, j-1)
		}
		slices.Sort(keep)
		for _, k := range slices.Compact(keep) {
			out = append(out, pts[k])
		}
		i = j
	}
	return out
}
