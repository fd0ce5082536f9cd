package stats

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Mean returns the mean of x with its t interval, m ± t·s/√n, where s has n−1 in
// its denominator and t is the quantile of Student's distribution with n−1
// degrees of freedom.
//
// If all n values are equal, s is 0 and the formula would be certain after two runs. The interval is
// then the value itself if 1 − 2^(1−n) ≥ level (n ≥ 6 for 0.95), and unknown otherwise: 1 − 2^(1−n) is
// the confidence that the range of n values holds the median of any distribution.
func Mean(x []float64, level float64) Interval {
	checkLevel(level)
	n := len(x)
	if n == 0 || !allFinite(x) {
		return unknownInterval(n)
	}
	m, se := meanError(x)
	if math.IsInf(m, 0) { // the sum is too large
		return unknownInterval(n)
	}
	i := Interval{m, math.NaN(), math.NaN(), n}
	switch {
	case n < 2 || math.IsInf(se, 0):
	case isRoundingAlone(m, se):
		if 1-signTest(n) >= level {
			i.Lo, i.Hi = m, m
		}
	default:
		t := tenDigits(distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile((1 + level) / 2))
		half := float64(t * se)
		i.Lo, i.Hi = m-half, m+half
	}
	return i
}

// TTest returns the p value of the two-sided t test that x comes from a
// distribution with mean mu, NaN if x has fewer than two values or one that is
// not finite. Equal values are judged by the sign test: 2^(1−n) if they differ
// from mu, 1 if they do not.
func TTest(x []float64, mu float64) float64 {
	n := len(x)
	if n < 2 || !allFinite(x) || !allFinite([]float64{mu}) {
		return math.NaN()
	}
	m, se := meanError(x)
	switch {
	case math.IsInf(m, 0) || math.IsInf(se, 0):
		return math.NaN()
	case isRoundingAlone(m, se):
		if isRoundingAlone(m, m-mu) {
			return 1
		}
		return signTest(n)
	}
	return tTest(m, se, n, mu)
}

// tTest returns the two-sided p value of a t test of n values with mean m and standard error se.
func tTest(m, se float64, n int, mu float64) float64 {
	return tenDigits(2 * distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.CDF(-math.Abs(m-mu)/se))
}

// TTestSpread returns what [TTest] would for values with the mean of x and the standard deviation s,
// for values that are all equal because their measure shows no smaller difference than s.
func TTestSpread(x []float64, s, mu float64) float64 {
	m, _ := meanError(x)
	return tTest(m, s/math.Sqrt(float64(len(x))), len(x), mu)
}

// Equal reports whether there are values and all are the same but for rounding.
func Equal(x []float64) bool {
	m, se := meanError(x)
	return len(x) == 1 || isRoundingAlone(m, se)
}

// Paired returns the mean of x[i] − y[i] with its t interval, where x[i] and y[i] belong
// together, such as two arms with one seed.
func Paired(x, y []float64, level float64) Interval {
	return Mean(pairedDifferences(x, y), level)
}

// pairedDifferences returns x − y.
func pairedDifferences(x, y []float64) []float64 {
	if len(x) != len(y) {
		panic(fmt.Sprintf("stats: %d values paired with %d", len(x), len(y)))
	}
	d := make([]float64, len(x))
	for i := range x {
		d[i] = x[i] - y[i]
	}
	return d
}

// meanError returns the mean of x and its standard error. Both are sums in the
// order of x.
func meanError(x []float64) (m, se float64) {
	n := float64(len(x))
	for _, v := range x {
		m += v
	}
	m /= n
	squares := 0.0
	for _, v := range x {
		d := v - m
		squares += float64(d * d)
	}
	return m, math.Sqrt(squares / (n - 1) / n)
}

// isRoundingAlone reports whether a spread is no larger than what rounding of the mean m leaves for equal
// values.
func isRoundingAlone(m, spread float64) bool {
	const epsilon = 1.0 / (1 << 52)
	return math.Abs(spread) <= 10*epsilon*math.Abs(m)
}

// signTest returns the two-sided p value of n differences of one sign.
func signTest(n int) float64 { return math.Ldexp(1, 1-n) }

// Central returns the ends of the central share of some values: for 0.8 the 10th and the 90th
// percentile. The distribution function is linear between the values. Without values both ends are NaN.
func Central(x []float64, share float64) (lo, hi float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	sorted := slices.Sorted(slices.Values(x))
	at := func(p float64) float64 { return tenDigits(stat.Quantile(p, stat.LinInterp, sorted, nil)) }
	return at((1 - share) / 2), at((1 + share) / 2)
}

// Interval is an estimate with the confidence interval around it.
type Interval struct {
	Value  float64 // NaN: unknown
	Lo, Hi float64 // both NaN: unknown
	N      int     // values, pairs or trials it comes from
}

// unknownInterval returns an interval without value and ends, for n values that do not determine
// them.
func unknownInterval(n int) Interval { return Interval{math.NaN(), math.NaN(), math.NaN(), n} }

// checkLevel panics on a confidence level that is none: 0.95, not 95.
func checkLevel(level float64) {
	if !(level > 0 && level < 1) {
		panic(fmt.Sprintf("stats: confidence level %g, want one between 0 and 1", level))
	}
}

// tenDigits returns v to ten significant digits.
func tenDigits(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 9, 64), 64)
	if err != nil { // overflow, of a value next to the largest: it stays as it is
		return v
	}
	return r
}

func allFinite(x []float64) bool {
	return !slices.ContainsFunc(x, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}
