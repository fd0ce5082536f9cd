// Package seq has the few functions on slices that the standard library lacks.
package seq

// Map returns f of each element.
func Map[S, V any](xs []S, f func(S) V) []V {
	v := make([]V, len(xs))
	for i, x := range xs {
		v[i] = f(x)
	}
	return v
}

// UpTo returns 0 … n−1.
func UpTo(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

// Mean returns the mean of x, added from the first on; NaN of none.
func Mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
