package figure

import (
	"cmp"
	"fmt"
	"image/color"

	"molap/cmd/molap/internal/table"
)

// Stems draws a value for each of a few trials as a stem that stands on zero,
// such as the error of an output.
type Stems struct {
	Frame            // X.Label empty: "trial"
	Values []float64 // trials; NaN draws nothing
	Wrong  []bool    // trials that are decided wrongly, marked by a cross; nil: not told
}

// wrongColor marks what went wrong. It is no arm's.
var wrongColor = color.NRGBA{0xc2, 0x18, 0x5b, 0xff}

func (s *Stems) looks() (right, wrong seriesLook) {
	return seriesLook{inkMuted, circle}, seriesLook{wrongColor, cross}
}

func (s *Stems) entries() []legendEntry {
	var es []legendEntry
	if s.Wrong != nil {
		right, wrong := s.looks()
		es = append(es, legendEntry{name: "right", marker: &right}, legendEntry{name: "wrong", marker: &wrong})
	}
	return es
}

func (s *Stems) data() (x, y dataSpan, px, py axisPad) {
	if s.Wrong != nil && len(s.Wrong) != len(s.Values) {
		panic(fmt.Sprintf("figure: Stems: %d trials, %d of them right or wrong", len(s.Values), len(s.Wrong)))
	}
	y = emptySpan.cover(s.Y.Log, s.Values...)
	if !s.Y.Log {
		y = y.cover(false, 0)
	}
	py = axisPad{0.06, 0.06}
	if y.min == 0 {
		py.low = 0
	}
	return dataSpan{0.5, float64(len(s.Values)) + 0.5}, y, axisPad{}, py
}

// base has the trials along X, with ticks at whole numbers alone: there are no trials between two.
func (s *Stems) base() Frame {
	f := s.Frame
	f.X.Label, f.X.whole = cmp.Or(f.X.Label, "trial"), true
	return f
}

func (s *Stems) margins(a axes) margins {
	return margins{left: a.y.leftMargin(), right: 4, top: 3, bottom: a.x.bottomMargin(a.area.Size().X)}
}

func (s *Stems) draw(p pen, a axes) {
	a.grid(p)
	zero := a.up(0) // the lower edge if the axis is logarithmic
	right, wrong := s.looks()
	r := max(1.2, min(2.2, 0.3*float64(a.area.Size().X)/float64(max(1, len(s.Values)))))
	for i, v := range s.Values {
		if !table.Finite(v) || a.y.log && v <= 0 {
			continue
		}
		l := right
		if s.Wrong != nil && s.Wrong[i] {
			l = wrong
		}
		at := a.point(float64(i+1), v)
		p.line(l.color, lineData, nil, at.X, zero, at.X, at.Y)
		if a.y.holds(v) {
			p.marker(l, r, at.X, at.Y)
		}
	}
	if a.y.holds(0) && zero > a.area.Min.Y {
		p.line(ink, lineAxis, nil, a.area.Min.X, zero, a.area.Max.X, zero)
	}
	a.drawLeft(p)
	a.drawBottom(p)
}
