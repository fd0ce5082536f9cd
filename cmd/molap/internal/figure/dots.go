package figure

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/seq"

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
	s := Sample{Mean: seq.Mean(points), Lo: math.NaN(), Hi: math.NaN(), Points: points}
	if len(points) > 1 {
		s.Lo, s.Hi = slices.Min(points), slices.Max(points)
	}
	return s
}

// bar returns the part of the error bar that lies on an axis; ok is false if there is none. Those ends
// that are on the axis get a cap.
func (s Sample) bar(on axisScale) (lo, hi float64, caps []float64, ok bool) {
	lo, hi = max(s.Lo, on.min), min(s.Hi, on.max)
	for _, end := range []float64{s.Lo, s.Hi} {
		if on.holds(end) {
			caps = append(caps, end)
		}
	}
	return lo, hi, caps, s.Lo < s.Hi && lo <= hi
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

func (d *Dots) entries() []legendEntry {
	es := dotEntries(d.Series)
	for i, n := range d.Nulls {
		es = append(es, legendEntry{name: n.Name, line: ink, width: 1, dashes: dashOf(n.Name, i)})
	}
	return append(es, refEntries(d.Refs)...)
}

// dotEntries returns the entries of series that markers tell apart.
func dotEntries(series []DotSeries) (es []legendEntry) {
	for i, s := range series {
		l := lookOf(s.Name, s.As, i)
		es = append(es, legendEntry{name: s.Name, marker: &l})
	}
	return es
}

func refEntries(refs []Ref) []legendEntry {
	var es []legendEntry
	for i, r := range refs {
		es = append(es, legendEntry{name: r.Name, line: inkMuted, width: lineRef, dashes: dashOf(r.Name, i)})
	}
	return es
}

// base has the categories along X.
func (d *Dots) base() Frame {
	f := d.Frame
	f.X = f.X.over(d.Categories)
	return f
}

func (d *Dots) data() (x, y dataSpan, px, py axisPad) {
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
	return emptySpan, y, axisPad{}, axisPad{0.05, 0.05}
}

func (d *Dots) margins(a axes) margins {
	return margins{left: a.y.leftMargin(), right: 2, top: 4, bottom: a.x.bottomMargin(a.area.Size().X)}
}

func (d *Dots) draw(p pen, a axes) {
	for i := 1.0; i < float64(len(d.Categories)); i += 2 {
		p.rect(bandGrey, a.across(i-0.5), a.area.Min.Y, a.across(i+0.5), a.area.Max.Y)
	}
	a.grid(p)
	a.levels(p, d.Refs)
	for k, n := range d.Nulls {
		for i, v := range n.Values {
			if a.y.holds(v) {
				p.line(ink, 1, dashOf(n.Name, k), a.across(float64(i)-0.46), a.up(v), a.across(float64(i)+0.46), a.up(v))
			}
		}
	}
	slot := 0.82 / float64(max(1, len(d.Series)))
	half := a.area.Size().X / vg.Length(max(1, len(d.Categories))) * vg.Length(slot*0.44)
	for j, s := range d.Series {
		l := lookOf(s.Name, s.As, j)
		offset := (float64(j) - float64(len(d.Series)-1)/2) * slot
		for i, v := range s.Samples {
			x := a.across(float64(i) + offset)
			drawPoints(p, a, v, l, x, half)
			drawError(p, a, v, l, x, min(half, 2.2))
			if a.y.holds(v.Mean) {
				p.marker(l, float64(min(2.6, half*0.8)), x, a.up(v.Mean))
			}
		}
	}
	a.drawLeft(p)
	a.drawBottom(p)
}

// drawPoints spreads the single values over the slot in their own order, so
// that equal values stay visible and the picture does not depend on chance.
func drawPoints(p pen, a axes, v Sample, l seriesLook, x, half vg.Length) {
	n := len(v.Points)
	if n < 2 {
		return
	}
	for i, q := range v.Points {
		if a.y.holds(q) {
			p.glyph(seriesLook{fadedColor(l.color, 0.45), circle}, 0.9, x+half*vg.Length(1.5*(float64(i)+0.5)/float64(n)-0.75), a.up(q))
		}
	}
}

func drawError(p pen, a axes, v Sample, l seriesLook, x, cap vg.Length) {
	lo, hi, caps, ok := v.bar(a.y)
	if !ok {
		return
	}
	p.line(l.color, 0.9, nil, x, a.up(lo), x, a.up(hi))
	for _, end := range caps {
		p.line(l.color, 0.9, nil, x-cap, a.up(end), x+cap, a.up(end))
	}
}
