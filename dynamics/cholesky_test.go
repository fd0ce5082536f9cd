package dynamics

import (
	"math"
	"slices"
	"testing"

	"molap/kernels"
	"molap/kernels/linear"
)

// TestPositive holds solver and product by blocks against their definitions, bit for bit, with
// every variant, on both sides of the ends of blocks and strips.
func TestPositive(t *testing.T) {
	for _, v := range kernels.Variants() {
		ops := kernels.Of[float64](v)
		for _, n := range []int{1, 2, 7, blockRows - 1, blockRows, blockRows + 1, blockRows + stripRows, blockRows + stripRows + 1, 2*blockRows + stripRows + 5} {
			x := randomRows(v, n+1, n, kernels.NewStream(uint64(n)))
			a, b := make([]float64, n*n), x[n*n:]
			for i := range n {
				for j := i; j < n; j++ {
					a[i*n+j] = linear.Dot(0, x[i*n:][:n], x[j*n:][:n])
				}
				a[i*n+i] += 0.1
			}
			want := slices.Clone(b)
			if !linear.SolvePositive(slices.Clone(a), n, want) {
				t.Fatalf("n = %d: not positive definite", n)
			}
			solver := newPositive(ops, n)
			for range 2 { // what is left of the first does no harm
				got := slices.Clone(b)
				if !solver.solve(slices.Clone(a), got) || !slices.Equal(got, want) {
					t.Errorf("%v, n = %d: another solution than linear.SolvePositive", v, n)
				}
			}
			stride := ops.Stride(n)
			j, square := make([]float64, n*stride), make([]float64, n*stride)
			for i := range n {
				copy(j[i*stride:], x[i*n:][:n])
			}
			solver.square(square, j, stride)
			for i := range n {
				for k := i; k < n; k++ {
					want := 0.0
					for r := range n {
						want = math.FMA(x[r*n+i], x[r*n+k], want)
					}
					if got := square[i*stride+k]; got != want {
						t.Fatalf("%v, n = %d: entry (%d, %d) of JᵀJ is %v, want %v", v, n, i, k, got, want)
					}
				}
			}
			a[n*n-1] = -1
			if solver.solve(a, slices.Clone(b)) {
				t.Errorf("%v, n = %d: a matrix that is not positive definite has a solution", v, n)
			}
		}
	}
}
