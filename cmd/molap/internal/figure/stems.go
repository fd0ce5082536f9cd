package figure

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
)

// Stems draws a value for each of a few trials as a stem that stands on zero,
// such as the error of an output.
type Stems struct {
	Frame            // X.Label empty: "trial"
	Values []float64 // trials; NaN draws nothing
	Wrong  []bool    // trials that are decided wrongly, marked by a cross; nil: not told
	Refs   []Ref     // such as the largest error of a right decision
}

// wrongColor marks what went wrong. It is no arm's.
var wrongColor = color.NRGBA{0xc2, 0x18, 0x5b, 0xff}

func (s *Stems) looks() (right, wrong look) { return look{inkMuted, circle}, look{wrongColor, cross} }

func (s *Stems) entries() []entry {
	var es []entry
	if s.Wrong != nil {
		right, wrong := s.looks()
		es = append(es, entry{name: "right", marker: &right}, entry{name: "wrong", marker: &wrong})
	}
	return append(es, refEntries(s.Refs)...)
}

func (s *Stems) data() (x, y span, px, py pad) {
	if s.Wrong != nil && len(s.Wrong) != len(s.Values) {
		panic(fmt.Sprintf("figure: Stems: %d trials, %d of them right or wrong", len(s.Values), len(s.Wrong)))
	}
	y = emptySpan.cover(s.Y.Log, s.Values...)
	if !s.Y.Log {
		y = y.cover(false, 0)
	}
	for _, r := range s.Refs {
		y = y.cover(s.Y.Log, r.Y)
	}
	py = pad{0.06, 0.06}
	if y.min == 0 {
		py.low = 0
	}
	return span{0.5, float64(len(s.Values)) + 0.5}, y, pad{}, py
}

// trials returns the horizontal axis with ticks at whole numbers alone: there are no trials between
// two.
func (s *Stems) trials(x scale) scale {
	var whole []tick
	for _, t := range x.ticks {
		if t.v == math.Trunc(t.v) {
			t.label = strconv.Itoa(int(t.v))
			whole = append(whole, t)
		}
	}
	x.ticks = whole
	if x.label == "" {
		x.label = "trial"
	}
	return x
}

func (s *Stems) margins(x, y scale, _ vg.Point) margins {
	return margins{left: y.leftMargin(), right: 4, top: 3, bottom: s.trials(x).bottomMargin()}
}

func (s *Stems) draw(p pen, area vg.Rectangle, x, y scale) {
	y.grid(p, area)
	drawRefs(p, s.Refs, area, y)
	up := func(v float64) vg.Length { return area.Min.Y + y.place(v)*area.Size().Y }
	zero := area.Min.Y
	if !y.log {
		zero = up(0)
	}
	right, wrong := s.looks()
	r := max(1.2, min(2.2, 0.3*float64(area.Size().X)/float64(max(1, len(s.Values)))))
	for i, v := range s.Values {
		if !table.Finite(v) || y.log && v <= 0 {
			continue
		}
		l := right
		if s.Wrong != nil && s.Wrong[i] {
			l = wrong
		}
		at := area.Min.X + vg.Length(x.norm(float64(i+1)))*area.Size().X
		p.line(l.color, lineData, nil, at, zero, at, up(v))
		if y.holds(v) {
			p.marker(l, r, at, up(v))
		}
	}
	if !y.log && y.holds(0) && zero > area.Min.Y {
		p.line(ink, lineAxis, nil, area.Min.X, zero, area.Max.X, zero)
	}
	y.drawLeft(p, area)
	s.trials(x).drawBottom(p, area)
}
