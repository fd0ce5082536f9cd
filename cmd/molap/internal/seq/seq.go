// Package seq has the few functions on slices that the standard library lacks.
package seq

import (
	"math"
	"slices"
)

// Map returns f of each element.
func Map[S, V any](xs []S, f func(S) V) []V {
	v := make([]V, len(xs))
	for i, x := range xs {
		v[i] = f(x)
	}
	return v
}

// Where returns the elements that keep returns true for.
func Where[S ~[]V, V any](xs S, keep func(V) bool) (some S) {
	for _, x := range xs {
		if keep(x) {
			some = append(some, x)
		}
	}
	return some
}

// UpTo returns 0 … n−1.
func UpTo(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

// Mean returns the mean of x, added from the first on; NaN if x is empty.
func Mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// SD returns the standard deviation of two values or more (n−1 in the denominator).
func SD(x []float64) float64 {
	m, squares := Mean(x), 0.0
	for _, v := range x {
		d := v - m
		squares += float64(d * d)
	}
	return math.Sqrt(squares / float64(len(x)-1))
}

// Median returns the median of x: the middle value, or the mean of the two in the middle. x must not be
// empty.
func Median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// Minus returns x[i] − y[i] for all i that both have.
func Minus(x, y []float64) []float64 {
	return Map(UpTo(min(len(x), len(y))), func(i int) float64 { return x[i] - y[i] })
}

// Texts returns names as texts.
func Texts[S ~string](names []S) []string {
	return Map(names, func(name S) string { return string(name) })
}
