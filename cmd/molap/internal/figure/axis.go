package figure

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
)

// Axis describes one axis of a panel.
type Axis struct {
	Label    string
	Min, Max float64 // range; both zero: from the data
	Log      bool    // logarithmic; values ≤ 0 are not drawn
	Percent  bool    // values are fractions, the ticks read in per cent

	// Even lists values, in rising order, that stand at equal distances whatever lies
	// between them, each with a tick. Other values stand between them in proportion.
	Even []float64
}

// Frame holds what every panel has around its data.
type Frame struct {
	Title string
	X, Y  Axis
}

func (f *Frame) base() *Frame { return f }

// span is the range of some data. The empty span has min > max.
type span struct{ min, max float64 }

var emptySpan = span{math.Inf(1), math.Inf(-1)}

// cover widens s to hold every finite value of vs, for a logarithmic axis only
// the positive ones.
func (s span) cover(log bool, vs ...float64) span {
	for _, v := range vs {
		if table.Finite(v) && (!log || v > 0) {
			s.min, s.max = min(s.min, v), max(s.max, v)
		}
	}
	return s
}

func (s span) union(t span) span { return span{min(s.min, t.min), max(s.max, t.max)} }

// scale is an axis with its range decided.
type scale struct {
	span
	log   bool
	even  []float64
	ticks []tick
	label string
	quiet bool // ticks are drawn without labels: a neighbour has them
}

type tick struct {
	v          float64
	label, sup string // sup is set small and high: 10⁻³
	minor      bool
}

// pad is the part of the data's range left free at either end.
type pad struct{ low, high float64 }

// newScale decides the range of an axis and its ticks, about one in every gap
// points of length.
func newScale(a Axis, data span, p pad, length, gap vg.Length) scale {
	s := scale{span: data, log: a.Log, label: a.Label, even: a.Even}
	if n := len(a.Even); n > 0 {
		if n == 1 || !slices.IsSorted(a.Even) {
			panic(fmt.Sprintf("figure: an axis has values %v at equal distances, want two or more in rising order", a.Even))
		}
		s.span = span{a.Even[0], a.Even[n-1]}
		for _, v := range a.Even {
			s.ticks = append(s.ticks, tick{v: v, label: table.Minus(strconv.FormatFloat(v, 'g', -1, 64))})
		}
		return s
	}
	if s.min > s.max {
		s.span = span{0, 1}
		if a.Log {
			s.span = span{1, 10}
		}
	}
	if a.Min != 0 || a.Max != 0 {
		s.span = span{a.Min, a.Max}
	} else if a.Log {
		if s.min == s.max {
			s.span = span{s.min / 2, s.max * 2}
		}
		r := math.Log(s.max / s.min)
		s.min, s.max = s.min*math.Exp(-r*p.low), s.max*math.Exp(r*p.high)
	} else {
		if s.min == s.max {
			d := max(math.Abs(s.min)/10, 1e-3)
			s.span = span{s.min - d, s.max + d}
		}
		r := s.max - s.min
		s.min, s.max = s.min-r*p.low, s.max+r*p.high
	}
	n := max(2, int(length/gap))
	if a.Log {
		s.ticks = logTicks(s.span, n)
	} else {
		s.ticks = linearTicks(s.span, n, a.Percent)
	}
	return s
}

// norm maps v to its place on the axis, 0 at the low end and 1 at the high.
func (s scale) norm(v float64) float64 {
	if n := len(s.even); n > 0 {
		k := min(max(1, sort.SearchFloat64s(s.even, v)), n-1) // v lies between values k-1 and k, or beyond the ends
		return (float64(k) - 0.5 + (v-s.even[k-1])/(s.even[k]-s.even[k-1])) / float64(n)
	}
	if s.log {
		return math.Log(v/s.min) / math.Log(s.max/s.min)
	}
	return (v - s.min) / (s.max - s.min)
}

// place is norm, but moves what lies outside of the axis to the nearer end.
func (s scale) place(v float64) vg.Length {
	if s.log && v <= 0 {
		return 0
	}
	return vg.Length(max(0, min(1, s.norm(v))))
}

// holds reports whether v lies on the axis, allowing for rounding at its ends.
func (s scale) holds(v float64) bool {
	if s.log && !(v > 0) {
		return false
	}
	n := s.norm(v)
	return n >= -1e-9 && n <= 1+1e-9
}

// linearTicks returns at most n+1 ticks at multiples of 1, 2 or 5 times a power
// of ten.
func linearTicks(s span, n int, percent bool) []tick {
	unit := 1.0
	if percent {
		unit = 100
	}
	lo, hi := s.min*unit, s.max*unit
	exp := int(math.Floor(math.Log10((hi - lo) / float64(n))))
	step, decimals := 0.0, 0
	for i := 0; ; i++ {
		m := []float64{1, 2, 5}[i%3]
		e := exp + i/3
		step, decimals = m*math.Pow10(e), max(0, -e)
		if (hi-lo)/step <= float64(n) {
			break
		}
	}
	var ticks []tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		v := k * step
		label := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
		if math.Abs(v) >= 1e5 {
			label = strconv.FormatFloat(math.Abs(v), 'g', 3, 64)
		}
		if k < 0 {
			label = "−" + label
		}
		ticks = append(ticks, tick{v: v / unit, label: label})
	}
	return ticks
}

// logTicks labels the decades, or 1, 2 and 5 of each if fewer than two decades lie on the axis, and
// marks the rest. If that gives fewer than two labels it returns [linearTicks], since nobody could read
// a value.
func logTicks(s span, n int) []tick {
	first, last := int(math.Floor(math.Log10(s.min))), int(math.Ceil(math.Log10(s.max)))
	inside := 0
	for e := first; e <= last; e++ {
		if v := math.Pow10(e); v >= s.min*(1-1e-9) && v <= s.max*(1+1e-9) {
			inside++
		}
	}
	every := max(1, (inside+n-1)/n)
	var ticks []tick
	for e := first; e <= last; e++ {
		for m := 1; m <= 9; m++ {
			v := float64(m) * math.Pow10(e)
			if v < s.min*(1-1e-9) || v > s.max*(1+1e-9) {
				continue
			}
			t := tick{v: v, minor: true}
			switch {
			case inside < 2 && (m == 1 || m == 2 || m == 5):
				t.label, t.minor = table.Minus(strconv.FormatFloat(v, 'g', -1, 64)), false
			case inside >= 2 && m == 1 && (e%every+every)%every == 0:
				t.label, t.sup, t.minor = "10", table.Minus(strconv.Itoa(e)), false
			case every > 1 && m > 1:
				continue
			}
			ticks = append(ticks, t)
		}
	}
	if labelled(ticks) < 2 {
		return linearTicks(s, n, false)
	}
	return ticks
}

func labelled(ticks []tick) (n int) {
	for _, t := range ticks {
		if !t.minor {
			n++
		}
	}
	return n
}

func (t tick) width() vg.Length {
	w := width(t.label, sizeTick)
	if t.sup != "" {
		w += width(t.sup, sizeTick*0.75)
	}
	return w
}

// draw writes the tick's label, anchored as pen.text does.
func (t tick) draw(p pen, x, y vg.Length, ax, ay float64) {
	x -= vg.Length(ax) * t.width()
	p.text(t.label, sizeTick, false, ink, x, y, 0, ay)
	if t.sup != "" {
		p.text(t.sup, sizeTick*0.75, false, ink, x+width(t.label, sizeTick), y-vg.Length(ay*capHeight*sizeTick)+3, 0, 0)
	}
}

// tickLength is the length of a labelled tick, tickGap the space to its label.
const (
	tickLength = 2.5
	tickGap    = 2.5
)

// leftMargin returns the room a vertical axis needs.
func (s scale) leftMargin() vg.Length {
	m := vg.Length(tickLength)
	if !s.quiet {
		w := vg.Length(0)
		for _, t := range s.ticks {
			w = max(w, t.width())
		}
		m += tickGap + w
	}
	if s.label != "" && !s.quiet {
		m += 5 + sizeLabel
	}
	return m
}

// bottomMargin returns the room a horizontal axis needs.
func (s scale) bottomMargin() vg.Length {
	m := vg.Length(tickLength)
	if !s.quiet {
		m += tickGap + sizeTick*0.8
		if s.label != "" {
			m += 4 + sizeLabel
		}
	}
	return m
}

// drawLeft draws a vertical axis along the left edge of area.
func (s scale) drawLeft(p pen, area vg.Rectangle) {
	p.line(ink, lineAxis, nil, area.Min.X, area.Min.Y, area.Min.X, area.Max.Y)
	for _, t := range s.ticks {
		y := area.Min.Y + vg.Length(s.norm(t.v))*area.Size().Y
		l := vg.Length(tickLength)
		if t.minor {
			l /= 2
		}
		p.line(ink, lineAxis, nil, area.Min.X-l, y, area.Min.X, y)
		if !t.minor && !s.quiet {
			t.draw(p, area.Min.X-tickLength-tickGap, y, 1, 0.5)
		}
	}
	if !s.quiet {
		x := area.Min.X - s.leftMargin() + capHeight*sizeLabel
		p.turned(s.label, sizeLabel, false, ink, x, (area.Min.Y+area.Max.Y)/2, math.Pi/2, 0.5, 0)
	}
}

// drawBottom draws a horizontal axis along the lower edge of area.
func (s scale) drawBottom(p pen, area vg.Rectangle) {
	p.line(ink, lineAxis, nil, area.Min.X, area.Min.Y, area.Max.X, area.Min.Y)
	for _, t := range s.ticks {
		x := area.Min.X + vg.Length(s.norm(t.v))*area.Size().X
		l := vg.Length(tickLength)
		if t.minor {
			l /= 2
		}
		p.line(ink, lineAxis, nil, x, area.Min.Y-l, x, area.Min.Y)
		if !t.minor && !s.quiet {
			t.draw(p, x, area.Min.Y-tickLength-tickGap, 0.5, 1)
		}
	}
	if !s.quiet {
		p.text(s.label, sizeLabel, false, ink, (area.Min.X+area.Max.X)/2, area.Min.Y-s.bottomMargin()+2, 0.5, 0)
	}
}

// grid draws a faint line at every labelled tick of a vertical axis.
func (s scale) grid(p pen, area vg.Rectangle) {
	for _, t := range s.ticks {
		if !t.minor {
			y := area.Min.Y + vg.Length(s.norm(t.v))*area.Size().Y
			p.line(gridGrey, lineGrid, nil, area.Min.X, y, area.Max.X, y)
		}
	}
}
