package dynamics

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"molap/kernels/linear"
)

// TestCovariance compares with gonum.
func TestCovariance(t *testing.T) {
	const n, count = 7, 30
	var rows [][]float64
	var flat []float64
	for i := range count {
		rows = append(rows, normal(n, uint64(200+i)))
		flat = append(flat, rows[i]...)
	}
	mean, c := Covariance(rows)
	var want mat.SymDense
	stat.CovarianceMatrix(&want, mat.NewDense(count, n, flat), nil)
	for i := range n {
		checkNear(t, "mean", mean[i], stat.Mean(mat.Col(nil, i, mat.NewDense(count, n, flat)), nil), 1e-14)
		for j := range n {
			checkNear(t, "covariance", c[i*n+j], want.At(i, j), 1e-14)
		}
	}
	variances, components := PrincipalComponents(c, n)
	squares, sum := 0.0, 0.0
	for _, v := range variances {
		sum, squares = sum+v, squares+v*v
	}
	checkNear(t, "participation ratio", ParticipationRatio(c, n, 0, n), sum*sum/squares, 1e-12)
	// The scores have the variances.
	var scores []float64
	for _, r := range rows {
		scores = append(scores, Project(r, mean, components, 2)[1])
	}
	checkNear(t, "variance of the second score", stat.Variance(scores, nil), variances[1], 1e-13)
	checkNear(t, "its mean", stat.Mean(scores, nil), 0, 1e-14)
}

func TestParticipationRatio(t *testing.T) {
	c := []float64{2, 0, 0, 0, 2, 0, 0, 0, 0}
	for _, k := range []struct {
		from, to int
		want     float64
	}{{0, 3, 2}, {0, 1, 1}, {1, 3, 1}, {2, 3, 0}} {
		checkNear(t, "participation ratio", ParticipationRatio(c, 3, k.from, k.to), k.want, 0)
	}
	line := []float64{1, 3, 3, 9} // two units on one line
	checkNear(t, "of a line", ParticipationRatio(line, 2, 0, 2), 1, 1e-15)
}

// TestLinearR2 plants what can be read.
func TestLinearR2(t *testing.T) {
	const n, rows = 6, 400
	var x [][]float64
	var known, half, nothing []float64
	noise, w := normal(rows, 11), normal(n, 12)
	for k := range rows {
		x = append(x, normal(n, uint64(500+k)))
		known = append(known, 3+linear.Dot(0, x[k], w))
		half = append(half, known[k]+math.Sqrt(linear.Dot(0, w, w))*noise[k])
		nothing = append(nothing, noise[k])
	}
	checkNear(t, "what is known", LinearR2(x, known, 1e-9), 1, 1e-12)
	checkNear(t, "what is half noise", LinearR2(x, half, 1e-9), 0.5, 0.1)
	checkNear(t, "what is noise", LinearR2(x, nothing, 1e-9), 0, 0.1)
	for k := 1; k < rows; k += 2 {
		half[k] = 1
	}
	if got := LinearR2(x, half, 1e-9); !math.IsNaN(got) {
		t.Errorf("of values that are the same where it is tested: %v, want NaN", got)
	}
	// Units that do not move tell nothing; doubled ones what one tells.
	checkNear(t, "from nothing", LinearR2(slices.Repeat([][]float64{make([]float64, n)}, rows), nothing, 1e-9), 0, 0.05)
	for k := range x {
		x[k] = append(x[k], x[k]...)
	}
	checkNear(t, "from doubled units", LinearR2(x, known, 1e-9), 1, 1e-9)
}
