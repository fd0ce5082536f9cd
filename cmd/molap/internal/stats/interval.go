package stats

import (
	"fmt"
	"math"
	"strconv"
)

// Interval is an estimate with the confidence interval around it.
type Interval struct {
	Value  float64 // NaN: unknown
	Lo, Hi float64 // both NaN: unknown
	N      int     // values, pairs or trials it comes from
}

func unknown(n int) Interval { return Interval{math.NaN(), math.NaN(), math.NaN(), n} }

// Known reports whether the interval has ends.
func (i Interval) Known() bool { return i.Lo <= i.Hi }

// Against compares the interval with a level: +1 if all of it lies above, −1 if
// all of it lies below, 0 if the level lies in it or the interval is unknown.
func (i Interval) Against(level float64) int {
	switch {
	case i.Lo > level:
		return 1
	case i.Hi < level:
		return -1
	}
	return 0
}

// Within asks whether a difference is too small to matter: +1 if all of the
// interval lies strictly between −margin and margin, −1 if all of it lies
// outside, 0 if it lies across an edge or is unknown. With an interval of level
// 1−2α the answer +1 is the equivalence test of two one-sided t tests at α
// (Schuirmann 1987).
func (i Interval) Within(margin float64) int {
	switch {
	case -margin < i.Lo && i.Hi < margin:
		return 1
	case i.Lo > margin || i.Hi < -margin:
		return -1
	}
	return 0
}

// checkLevel panics on a confidence level that is none: 0.95, not 95.
func checkLevel(level float64) {
	if !(level > 0 && level < 1) {
		panic(fmt.Sprintf("stats: confidence level %g, want one between 0 and 1", level))
	}
}

// round returns v to ten significant digits.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 9, 64), 64)
	if err != nil { // overflow, of a value next to the largest: it stays as it is
		return v
	}
	return r
}

func finite(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
