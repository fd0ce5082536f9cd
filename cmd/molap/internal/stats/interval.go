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

// unknown returns the interval of n values that say nothing.
func unknown(n int) Interval { return Interval{math.NaN(), math.NaN(), math.NaN(), n} }

// Known reports whether the interval has ends.
func (i Interval) Known() bool { return i.Lo <= i.Hi }

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
