package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Holm returns the p values adjusted for their number (Holm 1979). If all hypotheses with an adjusted
// value of at most α are rejected, the probability of any wrong rejection is at most α. NaN, a test
// that could not be made, stays NaN and counts as one of the tests.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i, v := range p {
		if v < 0 || v > 1 {
			panic(fmt.Sprintf("stats: p value %g, number %d", v, i))
		}
		order[i] = i
	}
	worst := func(i int) float64 { // NaN last
		if math.IsNaN(p[i]) {
			return 2
		}
		return p[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(worst(i), worst(j)) })
	adjusted := make([]float64, len(p))
	most := 0.0
	for rank, i := range order {
		if math.IsNaN(p[i]) {
			adjusted[i] = math.NaN()
			continue
		}
		most = max(most, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = most
	}
	return adjusted
}
