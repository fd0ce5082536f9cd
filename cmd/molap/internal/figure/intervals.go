package figure

import (
	"fmt"
	"image/color"
	"math"

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

func (v *Intervals) entries() []legendEntry {
	return append(dotEntries(v.Series), refEntries(v.Refs)...) // a single series needs no name, and has no entry then
}

func (v *Intervals) data() (x, y dataSpan, px, py axisPad) {
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
	return x, emptySpan, axisPad{0.05, 0.05}, axisPad{}
}

// base has the rows along Y.
func (v *Intervals) base() Frame {
	f := v.Frame
	f.Y = f.Y.over(v.Rows)
	f.Y.down = true
	return f
}

// note returns the text beside an estimate.
func (v *Intervals) note(s Sample) string {
	if v.Format == "" || math.IsNaN(s.Mean) {
		return ""
	}
	text := func(x float64) string { return table.Minus(fmt.Sprintf(v.Format, x)) }
	if math.IsNaN(s.Lo) || math.IsNaN(s.Hi) {
		return text(s.Mean)
	}
	return text(s.Mean) + " [" + text(s.Lo) + ", " + text(s.Hi) + "]"
}

func (v *Intervals) margins(a axes) margins {
	right := vg.Length(6)
	for _, s := range v.Series {
		for _, m := range s.Samples {
			right = max(right, 8+textWidth(v.note(m), sizeSmall))
		}
	}
	return margins{left: a.y.leftMargin(), right: right, top: 3, bottom: a.x.bottomMargin(a.area.Size().X)}
}

func (v *Intervals) draw(p pen, a axes) {
	for i := 1.0; i < float64(len(v.Rows)); i += 2 {
		p.rect(bandGrey, a.area.Min.X, a.up(i+0.5), a.area.Max.X, a.up(i-0.5))
	}
	upright := func(c color.Color, w float64, dashes []vg.Length, x float64) {
		p.line(c, w, dashes, a.across(x), a.area.Min.Y, a.across(x), a.area.Max.Y)
	}
	for _, t := range a.x.ticks {
		if !t.minor {
			upright(gridGrey, lineGrid, nil, t.v)
		}
	}
	for i, r := range v.Refs {
		if a.x.holds(r.Y) {
			upright(inkMuted, lineRef, dashOf(r.Name, i), r.Y)
		}
	}
	slot := 0.8 / float64(max(1, len(v.Series)))
	half := min(2.2, 0.35*a.area.Size().Y/vg.Length(max(1, len(v.Rows)))*vg.Length(slot))
	for j, s := range v.Series {
		l := lookOf(s.Name, s.As, j)
		offset := (float64(j) - float64(len(v.Series)-1)/2) * slot
		for i, m := range s.Samples {
			y := a.up(float64(i) + offset)
			if lo, hi, caps, ok := m.bar(a.x); ok {
				p.line(l.color, lineData, nil, a.across(lo), y, a.across(hi), y)
				for _, end := range caps {
					p.line(l.color, lineData, nil, a.across(end), y-half, a.across(end), y+half)
				}
			}
			if a.x.holds(m.Mean) {
				p.marker(l, min(2.6, float64(half)*1.3), a.across(m.Mean), y)
			}
			p.text(v.note(m), sizeSmall, false, inkMuted, a.area.Max.X+8, y, 0, 0.5)
		}
	}
	a.drawBottom(p)
	a.drawLeft(p)
}
