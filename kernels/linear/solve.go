package linear

import "math"

// Cholesky factors a symmetric positive definite matrix A = RᵀR, n × n. It reads the upper triangle
// of A, overwrites it with R and returns n. If A is not positive definite, it returns the number k,
// from 0, of the first pivot that is not positive or not finite, and leaves that pivot in A[k][k].
func Cholesky(a []float64, n int) int {
	for k := range n {
		row := a[k*n:][:n]
		if !(row[k] > 0 && row[k] <= math.MaxFloat64) {
			return k
		}
		pivot := math.Sqrt(row[k])
		row[k] = pivot
		for j := k + 1; j < n; j++ {
			row[j] /= pivot
		}
		for i := k + 1; i < n; i++ {
			AddScaled(a[i*n+i:][:n-i], row[i:], -row[i])
		}
	}
	return n
}

// SolveLower solves Rᵀ·x = b for an upper triangular R, n × n; b becomes x.
func SolveLower(r []float64, n int, b []float64) {
	for i := range n {
		b[i] /= r[i*n+i]
		AddScaled(b[i+1:], r[i*n+i+1:][:n-i-1], -b[i])
	}
}

// SolveUpper solves R·x = b for an upper triangular R, n × n; b becomes x.
func SolveUpper(r []float64, n int, b []float64) {
	for i := n - 1; i >= 0; i-- {
		b[i] = -Dot(-b[i], r[i*n+i+1:][:n-i-1], b[i+1:]) / r[i*n+i]
	}
}

// SolvePositive solves A·x = b for a symmetric positive definite A, n × n, by [Cholesky], which
// overwrites A; b becomes x. It reports false if A is not positive definite.
func SolvePositive(a []float64, n int, b []float64) bool {
	if Cholesky(a, n) < n {
		return false
	}
	SolveLower(a, n, b)
	SolveUpper(a, n, b)
	return true
}

// Solve solves A·x = b, n × n, by elimination with partial pivoting and overwrites A; b becomes
// x. It reports false if a pivot is 0.
func Solve(a []float64, n int, b []float64) bool {
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
			AddScaled(a[i*n+k+1:][:n-k-1], row[k+1:], -f)
			b[i] = math.FMA(-f, b[k], b[i])
		}
	}
	SolveUpper(a, n, b)
	return true
}
