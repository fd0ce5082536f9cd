package judge

import (
	"fmt"
	"math"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// Expectation says where a claim puts a number.
type Expectation struct {
	sign          int     // 1: above level, −1: below it, 0: within margin of it
	level, margin float64 // margin only for sign 0
}

// Above returns the expectation that a number lies above level.
func Above(level float64) Expectation { return Expectation{sign: 1, level: level} }

// Below returns the expectation that a number lies below level.
func Below(level float64) Expectation { return Expectation{sign: -1, level: level} }

// Within returns the expectation that a number lies within margin of level.
func Within(level, margin float64) Expectation { return Expectation{level: level, margin: margin} }

// String returns "> 70", "< 5" or "60 ± 5".
func (e Expectation) String() string {
	switch e.sign {
	case 1:
		return fmt.Sprintf("> %g", e.level)
	case -1:
		return fmt.Sprintf("< %g", e.level)
	}
	if e.level == 0 {
		return fmt.Sprintf("0 ± %g", e.margin)
	}
	return fmt.Sprintf("%g ± %g", e.level, e.margin)
}

// distance returns how far a value lies on the claimed side; below 0: on the other.
func (e Expectation) distance(v float64) float64 {
	if e.sign == 0 {
		return e.margin - math.Abs(v-e.level)
	}
	return float64(e.sign) * (v - e.level)
}

// test returns the p values that the mean of x is on the claimed side of the level and that it is on
// the other; NaN: there are too few values. Both are p values of two-sided t tests, and the one for the
// side opposite to the mean is 1. So a p value is at most 0.05 if the 95 % interval lies wholly on its
// side.
//
// If all values are equal they are taken to spread by step, unless that is 0.
func (e Expectation) test(x []float64, step float64) (holds, fails float64) {
	tested := stats.TTest
	if step > 0 && stats.Equal(x) {
		tested = func(x []float64, mu float64) float64 { return stats.TTestSpread(x, step, mu) }
	}
	if len(x) < LeastSeeds {
		return math.NaN(), math.NaN()
	}
	var p float64
	mean := seq.Mean(x)
	d := e.distance(mean)
	if e.sign != 0 {
		p = tested(x, e.level)
	} else { // two one-sided tests for being within; the nearer edge for being outside
		lo, hi := tested(x, e.level-e.margin), tested(x, e.level+e.margin)
		if p = max(lo, hi); d < 0 && mean < e.level {
			p = lo
		} else if d < 0 {
			p = hi
		}
	}
	switch {
	case math.IsNaN(p) || math.IsNaN(d):
		return math.NaN(), math.NaN()
	case d > 0:
		return p, 1
	case d < 0:
		return 1, p
	}
	return 1, 1
}
