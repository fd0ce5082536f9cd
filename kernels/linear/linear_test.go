package linear

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// normal returns n standard normal deviates.
func normal(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// product returns A·x.
func product(a []float64, n int, x []float64) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = Dot(0, a[i*n:][:n], x)
	}
	return y
}

func TestSolvers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 30; n += 3 {
		a, x, square := normal(r, n*n), normal(r, n), make([]float64, n*n)
		for i := range n {
			for j := range n {
				square[i*n+j] = Dot(0, a[i*n:][:n], a[j*n:][:n])
			}
			square[i*n+i] += 0.1
		}
		b, c := product(a, n, x), product(square, n, x)
		for i := range n { // SolvePositive must not read them
			for j := range i {
				square[i*n+j] = math.NaN()
			}
		}
		if !Solve(slices.Clone(a), n, b) || !SolvePositive(square, n, c) {
			t.Fatalf("n = %d: no solution", n)
		}
		for i := range n {
			near(t, "by elimination", b[i], x[i], 1e-9)
			near(t, "by Cholesky", c[i], x[i], 1e-9)
		}
	}
	if Solve([]float64{1, 2, 2, 4}, 2, []float64{1, 1}) {
		t.Error("a singular matrix has a solution")
	}
}

// TestCholeskyRefuses checks that a pivot which is not positive and finite is told.
func TestCholeskyRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		a     []float64
		pivot int
	}{
		{"indefinite", []float64{1, 2, 2, 1}, 1}, {"singular", []float64{1, 1, 1, 1}, 1},
		{"NaN", []float64{1, 0, 0, math.NaN()}, 1}, {"infinite", []float64{math.Inf(1), 0, 0, 1}, 0},
	} {
		if k := Cholesky(slices.Clone(c.a), 2); k != c.pivot {
			t.Errorf("%s: pivot %d is refused, want %d", c.name, k, c.pivot)
		}
		if SolvePositive(c.a, 2, []float64{1, 1}) {
			t.Errorf("%s: there is a solution", c.name)
		}
	}
}

// TestJacobi rotates symmetric matrices 2 × 2 until they are diagonal, J·A·Jᵀ.
func TestJacobi(t *testing.T) {
	for _, a := range [][3]float64{{1, 2, 3}, {3, -2, 1}, {1, 1, 1}, {-4, 1e-9, 7}, {0, 5, 0}} {
		ii, ij, jj := a[0], a[1], a[2]
		tan, cos, sin := Jacobi(ii, ij, jj)
		if math.Abs(tan) > 1 {
			t.Errorf("%v: tangent %v, want the smaller angle", a, tan)
		}
		x, y := []float64{ii, ij}, []float64{ij, jj}
		Rotate(x, y, cos, sin) // rows, then columns
		p, q := []float64{x[0], y[0]}, []float64{x[1], y[1]}
		Rotate(p, q, cos, sin)
		near(t, "off the diagonal", p[1], 0, 1e-15)
		near(t, "off the diagonal", q[0], 0, 1e-15)
		near(t, "first on the diagonal", p[0], ii-tan*ij, 1e-14)
		near(t, "second on the diagonal", q[1], jj+tan*ij, 1e-14)
	}
}
