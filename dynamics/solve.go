package dynamics

import "math"

// cholesky solves A·x = b for a symmetric positive definite A, n × n, of which it
// reads the upper triangle and which it overwrites; b becomes x. It reports false
// if A is not positive definite. A = RᵀR is made row by row of R, so that every
// entry is a chain of fused multiply-adds over increasing k.
func cholesky(a []float64, n int, b []float64) bool {
	for k := range n {
		row := a[k*n:][:n]
		if !(row[k] > 0 && row[k] <= math.MaxFloat64) {
			return false
		}
		pivot := math.Sqrt(row[k])
		row[k] = pivot
		for j := k + 1; j < n; j++ {
			row[j] /= pivot
		}
		for i := k + 1; i < n; i++ {
			axpy(-row[i], row[i:], a[i*n+i:][:n-i])
		}
	}
	for i := range n { // Rᵀy = b
		b[i] /= a[i*n+i]
		axpy(-b[i], a[i*n+i+1:][:n-i-1], b[i+1:])
	}
	for i := n - 1; i >= 0; i-- { // R·x = y
		b[i] = -dotFrom(-b[i], a[i*n+i+1:][:n-i-1], b[i+1:]) / a[i*n+i]
	}
	return true
}

// gauss solves A·x = b, n × n, by elimination with partial pivoting and overwrites
// A; b becomes x. It reports false if a pivot is 0.
func gauss(a []float64, n int, b []float64) bool {
	for k := range n {
		p := k
		for i := k + 1; i < n; i++ {
			if math.Abs(a[i*n+k]) > math.Abs(a[p*n+k]) {
				p = i
			}
		}
		if !(math.Abs(a[p*n+k]) > 0) {
			return false
		}
		if p != k {
			for j := k; j < n; j++ {
				a[p*n+j], a[k*n+j] = a[k*n+j], a[p*n+j]
			}
			b[p], b[k] = b[k], b[p]
		}
		row := a[k*n:][:n]
		for i := k + 1; i < n; i++ {
			f := a[i*n+k] / row[k]
			axpy(-f, row[k+1:], a[i*n+k+1:][:n-k-1])
			b[i] = math.FMA(-f, b[k], b[i])
		}
	}
	for i := n - 1; i >= 0; i-- {
		b[i] = -dotFrom(-b[i], a[i*n+i+1:][:n-i-1], b[i+1:]) / a[i*n+i]
	}
	return true
}
