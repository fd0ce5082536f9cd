package stats

import (
	"fmt"
	"math"
	"slices"

	"molap/kernels"
)

// BootstrapMean returns the mean of x with its percentile bootstrap interval
// (Efron 1979): the (1±level)/2 quantiles of the means of draws samples of len(x)
// values each, taken from x with replacement. Quantiles are interpolated between
// order statistics (type 7 of Hyndman and Fan 1996). Draw j of sample k is number
// k·n + j of the stream of seed, so that the interval does not depend on the
// machine. It is narrower than the t interval, too narrow for a handful of
// values; its use is with many, skewed or bounded ones.
//
// Equal values are treated as in [Mean]. It panics if draws are too few to have
// the quantiles, 2/(1−level).
func BootstrapMean(x []float64, level float64, draws int, seed uint64) Interval {
	checkLevel(level)
	if need := 2 / (1 - level); float64(draws) < need {
		panic(fmt.Sprintf("stats: %d bootstrap draws, level %g needs %.0f", draws, level, math.Ceil(need)))
	}
	i := Mean(x, level)
	n := len(x)
	if math.IsNaN(i.Value) || n < 2 || !i.Known() || i.Lo == i.Hi {
		return i
	}
	s := kernels.NewStream(seed)
	means := make([]float64, draws)
	for k := range means {
		sum := 0.0
		for j := range n {
			sum += x[s.Intn(uint64(k)*uint64(n)+uint64(j), n)]
		}
		means[k] = sum / float64(n)
	}
	slices.Sort(means)
	i.Lo, i.Hi = quantile(means, (1-level)/2), quantile(means, (1+level)/2)
	return i
}

// quantile interpolates the p-quantile of sorted values.
func quantile(sorted []float64, p float64) float64 {
	at := float64(p * float64(len(sorted)-1))
	k := min(int(at), len(sorted)-2)
	lo, hi := sorted[k], sorted[k+1]
	return lo + float64((at-float64(k))*(hi-lo))
}
