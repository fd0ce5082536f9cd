package dynamics

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/kernels/linear"
)

// PrincipalComponents returns the eigenvalues of a symmetric matrix C, n × n, in falling order, and
// its eigenvectors as the rows of a matrix n × n. If C is a covariance, these are the variances
// along the principal components, and the components. The entry of largest magnitude of each vector
// is positive; among equals the first decides.
//
// It uses Jacobi's method by rows, which rotates C until nothing is left off its diagonal, and
// reads the upper triangle of C. It panics if n is negative, if c is not n·n numbers long, or if a
// number of the upper triangle is not finite.
func PrincipalComponents(c []float64, n int) (variances, components []float64) {
	if n < 0 || len(c) != n*n {
		panic(fmt.Sprintf("dynamics: PrincipalComponents: %d numbers for a matrix %d × %d", len(c), n, n))
	}
	a, v := make([]float64, n*n), make([]float64, n*n)
	norm := 0.0
	for i := range n {
		v[i*n+i] = 1
		if j := notFinite(c[i*n+i : (i+1)*n]); j >= 0 {
			panic(fmt.Sprintf("dynamics: PrincipalComponents: entry (%d, %d) of the matrix is %v", i, i+j, c[i*n+i+j]))
		}
		for j := i; j < n; j++ {
			a[i*n+j], a[j*n+i] = c[i*n+j], c[i*n+j]
			norm = max(norm, math.Abs(c[i*n+j]))
		}
	}
	for sweep, rotated := 0, true; rotated; sweep++ {
		if sweep == maxSweeps {
			panic(fmt.Sprintf("dynamics: PrincipalComponents of a matrix %d × %d not done in %d sweeps", n, n, sweep))
		}
		rotated = false
		for i := range n {
			for j := i + 1; j < n; j++ {
				x := a[i*n+j]
				// Small beside the largest entry, or beside both on the diagonal.
				if math.Abs(x) <= 0x1p-60*norm || math.Abs(x) <= 0x1p-54*math.Sqrt(math.Abs(a[i*n+i]))*math.Sqrt(math.Abs(a[j*n+j])) {
					continue
				}
				rotated = true
				tan, cos, sin := linear.Jacobi(a[i*n+i], x, a[j*n+j])
				ii, jj := math.FMA(-tan, x, a[i*n+i]), math.FMA(tan, x, a[j*n+j])
				linear.Rotate(a[i*n:][:n], a[j*n:][:n], cos, sin)
				linear.Rotate(v[i*n:][:n], v[j*n:][:n], cos, sin)
				a[i*n+i], a[j*n+j], a[i*n+j], a[j*n+i] = ii, jj, 0, 0
				for k := range n {
					a[k*n+i], a[k*n+j] = a[i*n+k], a[j*n+k]
				}
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j*n+j], a[i*n+i]) })
	for _, i := range order {
		row, largest := v[i*n:][:n], 0
		for k, x := range row {
			if math.Abs(x) > math.Abs(row[largest]) {
				largest = k
			}
		}
		sign := math.Copysign(1, row[largest])
		for _, x := range row {
			components = append(components, float64(sign*x))
		}
		variances = append(variances, a[i*n+i])
	}
	return variances, components
}
