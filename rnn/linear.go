package rnn

import (
	"fmt"
	"slices"

	"molap/kernels/linear"
)

// invert returns the inverse of a symmetric positive definite matrix M, n × n, or an error if M is
// not positive definite. It reads the upper triangle of M.
//
// M = Rᵀ·R (Cholesky), X = R⁻ᵀ, M⁻¹ = Xᵀ·X.
func invert(m []float64, n int) ([]float64, error) {
	r := slices.Clone(m)
	if k := linear.Cholesky(r, n); k < n {
		return nil, fmt.Errorf("pivot %d of a %d×%d matrix is %v, more than 0 and finite needed", k, n, n, r[k*n+k])
	}
	// Rows of y are columns of X: y[j][i] = X[i][j], from j on.
	y := make([]float64, n*n)
	for j := range n {
		y[j*n+j] = 1
		linear.SolveLower(r, n, y[j*n:][:n])
	}
	inverse := r // no longer needed
	for i := range n {
		for j := range i + 1 {
			s := linear.Dot(0, y[i*n+i:][:n-i], y[j*n+i:][:n-i])
			inverse[i*n+j], inverse[j*n+i] = s, s
		}
	}
	return inverse, nil
}

// congruence returns W·C·Wᵀ, n × n, for W n × k and a symmetric C k × k: W·C
// first, sums over increasing index.
func congruence(w, c []float64, n, k int) []float64 {
	out := make([]float64, n*n)
	wc := make([]float64, k)
	for i := range n {
		clear(wc)
		for j, v := range w[i*k:][:k] {
			linear.AddScaled(wc, c[j*k:][:k], v)
		}
		for j := range i + 1 {
			s := linear.Dot(0, wc, w[j*k:][:k])
			out[i*n+j], out[j*n+i] = s, s
		}
	}
	return out
}
