package figure

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
)

// Axis describes one axis of a panel.
type Axis struct {
	Label    string
	Min, Max float64 // range; from the data if both are zero, one is NaN, or one is not above 0 on a logarithmic axis
	Log      bool    // logarithmic; values ≤ 0 are not drawn

	// Even lists values, in rising order, that stand at equal distances whatever lies
	// between them, each with a tick. Other values stand between them in proportion.
	Even []float64

	names []string // of categories in place of numbers; each is one unit wide and centred on its index, see the method over
	down  bool     // a vertical axis has its low end at the top, as rows are written
	whole bool     // ticks stand at whole numbers alone
}

// over returns the axis with categories in place of numbers.
func (a Axis) over(names []string) Axis {
	a.names = append([]string{}, names...)
	return a
}

// Frame holds what every panel has around its data.
type Frame struct {
	Title string
	X, Y  Axis
}

func (f Frame) base() Frame { return f }

// dataSpan is the range of some data. The empty span has min > max.
type dataSpan struct{ min, max float64 }

var emptySpan = dataSpan{math.Inf(1), math.Inf(-1)}

// cover widens s to hold every finite value of vs, for a logarithmic axis only
// the positive ones.
func (s dataSpan) cover(log bool, vs ...float64) dataSpan {
	for _, v := range vs {
		if table.Finite(v) && (!log || v > 0) {
			s.min, s.max = min(s.min, v), max(s.max, v)
		}
	}
	return s
}

func (s dataSpan) union(t dataSpan) dataSpan { return dataSpan{min(s.min, t.min), max(s.max, t.max)} }

// axisScale is an axis with its range decided.
type axisScale struct {
	dataSpan
	log   bool
	even  []float64
	names []string
	ticks []tick
	label string
	quiet bool // ticks are drawn without labels: a neighbour has them
}

type tick struct {
	v          float64
	label, sup string // sup is set small and high: 10⁻³
	minor      bool
}

// axisPad is the part of the data's range left free at either end.
type axisPad struct{ low, high float64 }

// newScale decides the range of an axis and its ticks, about one in every gap
// points of length.
func newScale(a Axis, data dataSpan, p axisPad, length, gap vg.Length) axisScale {
	s := axisScale{dataSpan: data, log: a.Log, label: a.Label, even: a.Even, names: a.names}
	switch n := len(a.Even); {
	case a.names != nil:
		s.dataSpan = dataSpan{-0.5, float64(max(1, len(a.names))) - 0.5}
	case n > 0:
		if n == 1 || !slices.IsSorted(a.Even) {
			panic(fmt.Sprintf("figure: an axis has values %v at equal distances, want two or more in rising order", a.Even))
		}
		s.dataSpan = dataSpan{a.Even[0], a.Even[n-1]}
		for _, v := range a.Even {
			s.ticks = append(s.ticks, tick{v: v, label: table.Minus(strconv.FormatFloat(v, 'g', -1, 64))})
		}
	default:
		s.dataSpan = a.limits(data, p)
		n := max(2, int(length/gap))
		if a.Log {
			s.ticks = logTicks(s.dataSpan, n)
		} else {
			s.ticks = linearTicks(s.dataSpan, n)
		}
	}
	if a.whole {
		s.ticks = slices.DeleteFunc(s.ticks, func(t tick) bool { return t.v != math.Trunc(t.v) })
		for i, t := range s.ticks {
			s.ticks[i].label = strconv.Itoa(int(t.v))
		}
	}
	if a.down {
		s.min, s.max = s.max, s.min
	}
	return s
}

// narrowest is the width of data, relative to their size, that an axis can tell from a single value.
const narrowest = 1e-9

// narrow reports whether an axis cannot tell the ends of a span apart.
func (s dataSpan) narrow() bool { return s.max-s.min <= max(narrowest*s.size(), 1e-300) }

// size returns the size of the larger end.
func (s dataSpan) size() float64 { return max(math.Abs(s.min), math.Abs(s.max)) }

// ranged reports whether an axis has a range of its own that can be drawn.
func (a Axis) ranged() bool {
	return (a.Min != 0 || a.Max != 0) && !math.IsNaN(a.Min) && !math.IsNaN(a.Max) && !(a.Log && min(a.Min, a.Max) <= 0)
}

// limits returns the range of an axis of numbers: its own, or that of the data with some room at the ends.
func (a Axis) limits(s dataSpan, p axisPad) dataSpan {
	switch {
	case a.ranged():
		s, p = dataSpan{min(a.Min, a.Max), max(a.Min, a.Max)}, axisPad{}
	case s.min > s.max && a.Log: // there are no data
		s = dataSpan{1, 10}
	case s.min > s.max:
		s = dataSpan{0, 1}
	}
	within := func(low, high float64) dataSpan {
		return dataSpan{max(low, min(high, s.min)), max(low, min(high, s.max))}
	}
	if a.Log {
		s = within(1e-150, 1e150) // so that quotients do not overflow
		if s.max <= s.min*(1+narrowest) {
			s = dataSpan{s.min / 2, s.max * 2}
		}
		r := math.Log(s.max / s.min)
		return dataSpan{s.min * math.Exp(-r*p.low), s.max * math.Exp(r*p.high)}
	}
	s = within(-1e300, 1e300)
	if s.narrow() {
		d := max(s.size()/10, 1e-3)
		s = dataSpan{s.min - d, s.max + d}
	}
	r := s.max - s.min
	return dataSpan{s.min - r*p.low, s.max + r*p.high}
}

// norm maps v to its place on the axis, 0 at the low end and 1 at the high.
func (s axisScale) norm(v float64) float64 {
	if n := len(s.even); n > 0 {
		k := min(max(1, sort.SearchFloat64s(s.even, v)), n-1) // v lies between values k-1 and k, or beyond the ends
		return (float64(k) - 0.5 + partOf(v, s.even[k-1], s.even[k])) / float64(n)
	}
	if s.log {
		return math.Log(v/s.min) / math.Log(s.max/s.min)
	}
	return (v - s.min) / (s.max - s.min)
}

// partOf returns which part of the way from low to high v stands.
func partOf(v, low, high float64) float64 {
	switch {
	case low == high:
		return 0
	case math.IsInf(high-low, 0):
		v, low, high = v/2, low/2, high/2
	}
	return (v - low) / (high - low)
}

// place is norm, but moves what lies outside of the axis to the nearer end.
func (s axisScale) place(v float64) vg.Length {
	if s.log && v <= 0 {
		return 0
	}
	return vg.Length(max(0, min(1, s.norm(v))))
}

// near is norm, but moves what lies so far outside of the axis that no line could be drawn to it.
func (s axisScale) near(v float64) vg.Length {
	const far = 1e6
	return vg.Length(max(-far, min(far, s.norm(v))))
}

// holds reports whether v lies on the axis, allowing for rounding at its ends.
func (s axisScale) holds(v float64) bool {
	if s.log && !(v > 0) {
		return false
	}
	n := s.norm(v)
	return n >= -1e-9 && n <= 1+1e-9
}

// linearTicks returns at most n+1 ticks at multiples of 1, 2 or 5 times a power
// of ten.
func linearTicks(s dataSpan, n int) []tick {
	exp := int(math.Floor(math.Log10((s.max - s.min) / float64(n))))
	step, decimals := 0.0, 0
	for i := 0; ; i++ {
		m := []float64{1, 2, 5}[i%3]
		e := exp + i/3
		step, decimals = m*math.Pow10(e), max(0, -e)
		if (s.max-s.min)/step <= float64(n) {
			break
		}
	}
	digits := max(3, 1+int(math.Ceil(math.Log10(s.size()/step))))
	var ticks []tick
	for k := math.Ceil(s.min/step - 1e-9); k*step <= s.max+1e-9*step; k++ {
		v := k * step
		label := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
		if math.Abs(v) >= 1e5 || s.size() < 1e-9 {
			label = strconv.FormatFloat(math.Abs(v), 'g', digits, 64)
		}
		if k < 0 {
			label = "−" + label
		}
		ticks = append(ticks, tick{v: v, label: label})
	}
	return ticks
}

// logTicks labels the decades, or 1, 2 and 5 of each if fewer than two decades lie on the axis, and
// marks the rest. If that gives fewer than two labels it returns [linearTicks], since nobody could read
// a value.
func logTicks(s dataSpan, n int) []tick {
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
	if countLabelled(ticks) < 2 {
		return linearTicks(s, n)
	}
	return ticks
}

func countLabelled(ticks []tick) int {
	return len(seq.Where(ticks, func(t tick) bool { return !t.minor }))
}
