package figure

import (
	"fmt"
	"math"
	"strings"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
)

// Intervals shows estimates with their intervals, a row for each, against levels
// that decide what they mean (a forest plot). The values run along X.
type Intervals struct {
	Frame
	Rows   []string // from the top; a line feed breaks a name
	Series []DotSeries
	Refs   []Ref  // vertical lines
	Format string // writes value and ends beside each row, such as "%.1f"; empty: not at all
}

func (v *Intervals) entries() []entry {
	var es []entry
	for i, s := range v.Series {
		if s.Name != "" { // a single series needs no name
			l := lookOf(s.Name, s.As, i)
			es = append(es, entry{name: s.Name, marker: &l})
		}
	}
	return append(es, refEntries(v.Refs)...)
}

func (v *Intervals) data() (x, y span, px, py pad) {
	x = emptySpan
	for _, s := range v.Series {
		if len(s.Samples) != len(v.Rows) {
			panic(fmt.Sprintf("figure: Intervals: series %s has %d samples, panel has %d rows", s.Name, len(s.Samples), len(v.Rows)))
		}
		for _, m := range s.Samples {
			x = x.cover(v.X.Log, m.Mean, m.Lo, m.Hi)
		}
	}
	for _, r := range v.Refs {
		x = x.cover(v.X.Log, r.Y)
	}
	return x, categorySpan(len(v.Rows)), pad{0.05, 0.05}, pad{}
}

// note returns the text beside an estimate.
func (v *Intervals) note(s Sample) string {
	if v.Format == "" || math.IsNaN(s.Mean) {
		return ""
	}
	text := func(x float64) string {
		return table.Minus(strings.Replace(fmt.Sprintf(v.Format, x), "Inf", "∞", 1))
	}
	if math.IsNaN(s.Lo) || math.IsNaN(s.Hi) {
		return text(s.Mean)
	}
	return text(s.Mean) + " [" + text(s.Lo) + ", " + text(s.Hi) + "]"
}

func (v *Intervals) margins(x, y scale, _ vg.Point) margins {
	right := vg.Length(6)
	for _, s := range v.Series {
		for _, m := range s.Samples {
			right = max(right, 8+width(v.note(m), sizeSmall))
		}
	}
	return margins{left: nameMargin(v.Rows, y), right: right, top: 3, bottom: x.bottomMargin()}
}

func (v *Intervals) draw(p pen, area vg.Rectangle, x, y scale) {
	unit := area.Size().Y / vg.Length(max(1, len(v.Rows)))
	down := func(row, offset float64) vg.Length { return area.Max.Y - unit*vg.Length(row+0.5+offset) }
	across := func(w float64) vg.Length { return point(area, x, y, w, 0).X }
	for i := 1; i < len(v.Rows); i += 2 {
		p.rect(bandGrey, area.Min.X, down(float64(i), 0.5), area.Max.X, down(float64(i), -0.5))
	}
	for _, t := range x.ticks {
		if !t.minor {
			p.line(gridGrey, lineGrid, nil, across(t.v), area.Min.Y, across(t.v), area.Max.Y)
		}
	}
	for i, r := range v.Refs {
		if x.holds(r.Y) {
			p.line(inkMuted, lineRef, dashOf(r.Name, i), across(r.Y), area.Min.Y, across(r.Y), area.Max.Y)
		}
	}
	slot := 0.8 / float64(max(1, len(v.Series)))
	half := min(2.2, 0.35*unit*vg.Length(slot))
	for j, s := range v.Series {
		l := lookOf(s.Name, s.As, j)
		offset := (float64(j) - float64(len(v.Series)-1)/2) * slot
		for i, m := range s.Samples {
			at := down(float64(i), offset)
			drawRange(p, m, l, x, across, at, half)
			if x.holds(m.Mean) {
				p.marker(l, min(2.6, float64(half)*1.3), across(m.Mean), at)
			}
			p.text(v.note(m), sizeSmall, false, inkMuted, area.Max.X+8, at, 0, 0.5)
		}
	}
	x.drawBottom(p, area)
	drawNames(p, v.Rows, area, y)
}

// drawRange draws the interval of m at the height y; an end outside of the axis
// has no cap.
func drawRange(p pen, m Sample, l look, x scale, across func(float64) vg.Length, y, half vg.Length) {
	if math.IsNaN(m.Lo) || math.IsNaN(m.Hi) || m.Hi < x.min || m.Lo > x.max {
		return
	}
	p.line(l.color, lineData, nil, across(m.Lo), y, across(m.Hi), y)
	for _, end := range []float64{m.Lo, m.Hi} {
		if x.holds(end) {
			p.line(l.color, lineData, nil, across(end), y-half, across(end), y+half)
		}
	}
}
