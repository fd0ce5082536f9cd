// Package linear does the small linear algebra of float64 matrices that packages cca, rnn and
// dynamics share: rotations, and systems of equations solved by Cholesky's method and Gauss's.
// As with kernels, the order of roundings is part of what a function promises: every sum is one
// chain of fused multiply-adds over increasing index, so that the bits are the same on every
// machine.
//
// A matrix n × n is n·n numbers by rows.
package linear

import "math"

// Dot returns s + x·y.
func Dot(s float64, x, y []float64) float64 {
	for i, v := range x {
		s = math.FMA(v, y[i], s)
	}
	return s
}

// AddScaled adds c·x to y, one rounding each.
func AddScaled(y, x []float64, c float64) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] = math.FMA(c, v, y[i])
	}
}

// Jacobi returns the tangent, cosine and sine of the smaller angle whose rotation
// makes the symmetric matrix [ii ij; ij jj] diagonal; ij must not be 0.
func Jacobi(ii, ij, jj float64) (tan, cos, sin float64) {
	z := (jj - ii) / (2 * ij)
	tan = math.Copysign(1/(math.Abs(z)+math.Sqrt(math.FMA(z, z, 1))), z)
	cos = 1 / math.Sqrt(math.FMA(tan, tan, 1))
	return tan, cos, float64(tan * cos)
}

// Rotate replaces (x, y) by (cos·x - sin·y, sin·x + cos·y).
func Rotate(x, y []float64, cos, sin float64) {
	for i, a := range x {
		b := y[i]
		x[i] = math.FMA(cos, a, -float64(sin*b))
		y[i] = math.FMA(sin, a, float64(cos*b))
	}
}
