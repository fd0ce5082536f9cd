package rnn

import (
	"fmt"
	"math"
)

// invert returns the inverse of a symmetric positive definite matrix M, n × n, of
// which it reads the lower triangle; an error if M is not positive definite.
//
// M = L·Lᵀ (Cholesky), X = L⁻¹, M⁻¹ = Xᵀ·X. Every sum is one chain of fused
// multiply-adds over increasing k, so that the bits are the same on every machine.
func invert(m []float64, n int) ([]float64, error) {
	l := make([]float64, n*n)
	for i := range n {
		for j := range i + 1 {
			s := m[i*n+j]
			for k, v := range l[i*n:][:j] {
				s = math.FMA(-v, l[j*n+k], s)
			}
			if j < i {
				l[i*n+j] = s / l[j*n+j]
				continue
			}
			if !(s > 0 && s <= math.MaxFloat64) {
				return nil, fmt.Errorf("pivot %d of a %d×%d matrix is %v, more than 0 and finite needed", i, n, n, s)
			}
			l[i*n+i] = math.Sqrt(s)
		}
	}
	// Rows of y are columns of X: y[j][i] = X[i][j], from j on.
	y := make([]float64, n*n)
	for j := range n {
		y[j*n+j] = 1 / l[j*n+j]
		for i := j + 1; i < n; i++ {
			s := 0.0
			for k := j; k < i; k++ {
				s = math.FMA(-l[i*n+k], y[j*n+k], s)
			}
			y[j*n+i] = s / l[i*n+i]
		}
	}
	inverse := l // no longer needed
	for i := range n {
		for j := range i + 1 {
			s := 0.0
			for k := i; k < n; k++ {
				s = math.FMA(y[i*n+k], y[j*n+k], s)
			}
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
			for l, u := range c[j*k:][:k] {
				wc[l] = math.FMA(v, u, wc[l])
			}
		}
		for j := range i + 1 {
			s := 0.0
			for l, v := range wc {
				s = math.FMA(v, w[j*k+l], s)
			}
			out[i*n+j], out[j*n+i] = s, s
		}
	}
	return out
}
