package figure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// Dots compares several series over the same categories: for each a mean with
// an error bar and, where there is more than one, the single values as small
// points. Nulls are drawn across each category, Refs across the panel.
type Dots struct {
	Frame
	Categories []string // a line feed breaks a name; long ones break behind _ and -
	Series     []DotSeries
	Nulls      []Null
	Refs       []Ref
	Bars       bool // bars from the axis's low end in place of markers
}

// DotSeries is one series, such as an arm of an experiment.
type DotSeries struct {
	Name    string
	As      string   // the arm or condition whose colour and marker it takes; empty: Name's, if that is one
	Samples []Sample // one for each category
}

// Sample summarises repeated measurements of one thing.
type Sample struct {
	Mean   float64   // NaN: not measured, nothing is drawn
	Lo, Hi float64   // ends of the error bar; NaN or equal: none
	Points []float64 // the single values; drawn where there are two or more
}

// Null is the value that each category would show without the effect in
// question, such as a network that cannot see the stimulus.
type Null struct {
	Name   string
	Values []float64 // one for each category; NaN for none
}

// Ref is a level worth comparing with, such as a criterion.
type Ref struct {
	Name string
	Y    float64
}

// MeanRange returns the mean of points with the lowest and the highest of them as the ends of the error
// bar. A single point gives no error bar; without points there is no mean.
func MeanRange(points []float64) Sample {
	s := Sample{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Points: points}
	if len(points) == 0 {
		return s
	}
	s.Mean = mean(points)
	if len(points) > 1 {
		s.Lo, s.Hi = slices.Min(points), slices.Max(points)
	}
	return s
}

// SD returns the standard deviation of two points or more (n−1 in the denominator).
func SD(points []float64) float64 {
	m, squares := mean(points), 0.0
	for _, v := range points {
		d := v - m
		squares += float64(d * d)
	}
	return math.Sqrt(squares / float64(len(points)-1))
}

func mean(points []float64) float64 {
	sum := 0.0
	for _, v := range points {
		sum += v
	}
	return sum / float64(len(points))
}

func (d *Dots) check() {
	for _, s := range d.Series {
		if len(s.Samples) != len(d.Categories) {
			panic(fmt.Sprintf("figure: Dots: series %s has %d samples, panel has %d categories", s.Name, len(s.Samples), len(d.Categories)))
		}
	}
	for _, n := range d.Nulls {
		if len(n.Values) != len(d.Categories) {
			panic(fmt.Sprintf("figure: Dots: null %s has %d values, panel has %d categories", n.Name, len(n.Values), len(d.Categories)))
		}
	}
}

func (d *Dots) entries() []entry {
	var es []entry
	for i, s := range d.Series {
		l := lookOf(s.Name, s.As, i)
		if d.Bars {
			es = append(es, entry{name: s.Name, band: l.color})
		} else {
			es = append(es, entry{name: s.Name, marker: &l})
		}
	}
	for i, n := range d.Nulls {
		es = append(es, entry{name: n.Name, line: ink, width: 1, dashes: dashOf(n.Name, i)})
	}
	return append(es, refEntries(d.Refs)...)
}

func refEntries(refs []Ref) []entry {
	var es []entry
	for i, r := range refs {
		es = append(es, entry{name: r.Name, line: inkMuted, width: lineRef, dashes: dashOf(r.Name, i)})
	}
	return es
}

func drawRefs(p pen, refs []Ref, area vg.Rectangle, y scale) {
	for i, r := range refs {
		if y.holds(r.Y) {
			v := area.Min.Y + vg.Length(y.norm(r.Y))*area.Size().Y
			p.line(inkMuted, lineRef, dashOf(r.Name, i), area.Min.X, v, area.Max.X, v)
		}
	}
}

func (d *Dots) data() (x, y span, px, py pad) {
	d.check()
	y = emptySpan
	for _, s := range d.Series {
		for _, v := range s.Samples {
			y = y.cover(d.Y.Log, v.Mean, v.Lo, v.Hi).cover(d.Y.Log, v.Points...)
		}
	}
	for _, n := range d.Nulls {
		y = y.cover(d.Y.Log, n.Values...)
	}
	for _, r := range d.Refs {
		y = y.cover(d.Y.Log, r.Y)
	}
	py = pad{0.05, 0.05}
	if d.Bars && !d.Y.Log {
		y = y.cover(false, 0)
		py.low = 0
	}
	return categorySpan(len(d.Categories)), y, pad{}, py
}

func (d *Dots) margins(x, y scale, area vg.Point) margins {
	return margins{left: y.leftMargin(), right: 2, top: 4, bottom: categoryMargin(d.Categories, x, area.X)}
}

func (d *Dots) draw(p pen, area vg.Rectangle, x, y scale) {
	unit := area.Size().X / vg.Length(len(d.Categories))
	at := func(i int, offset float64) vg.Length {
		return area.Min.X + unit*vg.Length(float64(i)+0.5+offset)
	}
	up := func(v float64) vg.Length { return area.Min.Y + vg.Length(y.norm(v))*area.Size().Y }
	for i := 1; i < len(d.Categories); i += 2 {
		p.rect(bandGrey, at(i, -0.5), area.Min.Y, at(i, 0.5), area.Max.Y)
	}
	y.grid(p, area)
	drawRefs(p, d.Refs, area, y)
	if !d.Bars {
		d.drawNulls(p, at, up, y)
	}
	slot := 0.82 / float64(max(1, len(d.Series)))
	for j, s := range d.Series {
		l := lookOf(s.Name, s.As, j)
		offset := (float64(j) - float64(len(d.Series)-1)/2) * slot
		for i, v := range s.Samples {
			c := at(i, offset)
			half := unit * vg.Length(slot*0.44)
			if d.Bars && y.holds(v.Mean) {
				p.rect(l.color, c-half, area.Min.Y, c+half, up(v.Mean))
			}
			d.drawPoints(p, v, l, c, half, up, y)
			drawError(p, v, d.Bars, l, c, min(half, 2.2), up, y)
			if !d.Bars && y.holds(v.Mean) {
				p.marker(l, float64(min(2.6, half*0.8)), c, up(v.Mean))
			}
		}
	}
	if d.Bars { // over the bars, or they would hide below them
		d.drawNulls(p, at, up, y)
	}
	y.drawLeft(p, area)
	drawCategories(p, d.Categories, area, x)
}

func (d *Dots) drawNulls(p pen, at func(int, float64) vg.Length, up func(float64) vg.Length, y scale) {
	for k, n := range d.Nulls {
		for i, v := range n.Values {
			if y.holds(v) {
				p.line(ink, 1, dashOf(n.Name, k), at(i, -0.46), up(v), at(i, 0.46), up(v))
			}
		}
	}
}

// drawPoints spreads the single values over the slot in their own order, so
// that equal values stay visible and the picture does not depend on chance.
func (d *Dots) drawPoints(p pen, v Sample, l look, c, half vg.Length, up func(float64) vg.Length, y scale) {
	n := len(v.Points)
	if n < 2 {
		return
	}
	dot := look{faded(l.color, 0.45), circle}
	if d.Bars {
		dot.color = faded(ink, 0.5)
	}
	for i, q := range v.Points {
		if y.holds(q) {
			p.glyph(dot, 0.9, c+half*vg.Length(1.5*(float64(i)+0.5)/float64(n)-0.75), up(q))
		}
	}
}

func drawError(p pen, v Sample, dark bool, l look, c, cap vg.Length, up func(float64) vg.Length, y scale) {
	if math.IsNaN(v.Lo) || math.IsNaN(v.Hi) || v.Lo == v.Hi {
		return
	}
	col := l.color
	if dark {
		col = ink
	}
	lo, hi := max(v.Lo, y.min), min(v.Hi, y.max)
	if lo > hi {
		return
	}
	p.line(col, 0.9, nil, c, up(lo), c, up(hi))
	if lo == v.Lo {
		p.line(col, 0.9, nil, c-cap, up(lo), c+cap, up(lo))
	}
	if hi == v.Hi {
		p.line(col, 0.9, nil, c-cap, up(hi), c+cap, up(hi))
	}
}
