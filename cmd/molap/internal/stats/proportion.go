package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the proportion k/n, such as 8 of 10 seeds, with its score
// interval (Wilson 1927), unlike the usual one of use at k = 0 and k = n:
//
//	(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)
//
// Of no trials everything is unknown.
func Wilson(k, n int, level float64) Interval {
	checkLevel(level)
	if k < 0 || k > n {
		panic(fmt.Sprintf("stats: %d successes in %d trials", k, n))
	}
	if n == 0 {
		return unknown(0)
	}
	p, trials := float64(k)/float64(n), float64(n)
	z := round(distuv.UnitNormal.Quantile((1 + level) / 2))
	zz := float64(z*z) / trials
	centre := p + zz/2
	half := math.Sqrt(float64(zz * (float64(p*(1-p)) + zz/4)))
	i := Interval{p, (centre - half) / (1 + zz), (centre + half) / (1 + zz), n}
	if k == 0 { // rounding would leave a trace
		i.Lo = 0
	}
	if k == n {
		i.Hi = 1
	}
	return i
}
