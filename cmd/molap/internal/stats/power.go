package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Power is the probability that a test finds an effect that is there.
const Power = 0.8

// Tells returns the smallest distance of a mean from a level that a two-sided t test of n
// values finds with probability [Power] if it errs with probability alpha: by the usual
// approximation (Sokal and Rohlf, Biometry, 3rd ed., box 9.13, for one sample),
//
//	(t[1−α/2] + t[0.8])·s/√n,
//
// where s is the standard deviation of the values and t has n−1 degrees of freedom. NaN for
// fewer than two values.
func Tells(s float64, n int, alpha float64) float64 {
	if n < 2 {
		return math.NaN()
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}
	return tenDigits((t.Quantile(1-alpha/2) + t.Quantile(Power)) * s / math.Sqrt(float64(n)))
}

// Needed returns the fewest values that tell a distance from a level, by [Tells]; 0: more than
// most.
func Needed(s, distance, alpha float64, most int) int {
	for n := 3; n <= most; n++ {
		if Tells(s, n, alpha) <= distance {
			return n
		}
	}
	return 0
}
