package cca

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestSVD: every shape, and matrices that are zero, graded or of low rank; s as
// gonum finds it.
func TestSVD(t *testing.T) {
	var cases []Matrix
	for _, shape := range [][2]int{{1, 1}, {5, 1}, {1, 5}, {4, 4}, {25, 22}, {22, 25}, {47, 22}, {60, 60}, {3, 90}} {
		cases = append(cases, newSource(uint64(shape[0])).matrix(shape[0], shape[1]))
	}
	one := multiply(newSource(1).matrix(9, 1), newSource(2).matrix(1, 6))
	graded := newSource(3).matrix(12, 8)
	for i := range graded.Rows {
		for j := range graded.Cols {
			graded.Row(i)[j] *= math.Ldexp(1, -6*j)
		}
	}
	cases = append(cases, NewMatrix(5, 3), one, graded, multiply(newSource(4).matrix(30, 7), newSource(5).matrix(7, 20)))
	for _, a := range cases {
		checkSVD(t, a, 2e-14)
		_, s, _ := svd(a)
		var want mat.SVD
		if !want.Factorize(dense(a), mat.SVDNone) {
			t.Fatal("gonum has no singular values")
		}
		for i, w := range want.Values(nil) {
			checkNear(t, "singular value", s[i], w, 2e-14*s[0])
		}
	}
}

// TestSVDDependent: columns that depend on each other but for rounding. What
// rotations leave of them shrinks from sweep to sweep, down to nothing.
func TestSVDDependent(t *testing.T) {
	for seed := range uint64(60) {
		k := 1 + int(seed%20)
		m := newSource(seed).matrix(64, k)
		for _, d := range []Matrix{
			Join(m, Join(m, m)),
			multiply(m, newSource(seed+1).matrix(k, k+10)),
			multiply(m.columns(64, 0, 1), newSource(seed+1).matrix(1, k)),
		} {
			triangularise(d, make([]float64, d.Rows), make([]float64, d.Cols))
			checkSVD(t, d, 5e-14)
		}
	}
}

// checkSVD tests that a = u·diag(s)·vᵀ, relative to its norm, with orthonormal
// u and v and descending s.
func checkSVD(t *testing.T, a Matrix, tol float64) {
	t.Helper()
	name := fmt.Sprintf("%d×%d", a.Rows, a.Cols)
	u, s, v := svd(a)
	k := min(a.Rows, a.Cols)
	if u.Rows != a.Rows || u.Cols != k || len(s) != k || v.Rows != a.Cols || v.Cols != k {
		t.Fatalf("%s: u is %d×%d, s %d, v %d×%d", name, u.Rows, u.Cols, len(s), v.Rows, v.Cols)
	}
	eye, us := NewMatrix(k, k), u.columns(u.Rows, 0, k)
	for i := range k {
		eye.Row(i)[i] = 1
		for j := range us.Rows {
			us.Row(j)[i] *= s[i]
		}
		if i > 0 && s[i] > s[i-1] {
			t.Errorf("%s: singular value %d is %v after %v", name, i, s[i], s[i-1])
		}
	}
	checkNear(t, name+" vᵀv", largestDifference(multiply(v.transpose(), v), eye), 0, tol)
	checkNear(t, name+" uᵀu", largestDifference(multiply(u.transpose(), u), eye), 0, tol)
	checkNear(t, name+" u·s·vᵀ", largestDifference(multiply(us, v.transpose()), a), 0, tol*s[0])
}

// TestTriangularise: RᵀR = mᵀm, and R is triangular, for tall and wide m.
func TestTriangularise(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {1, 4}, {3, 5}, {5, 5}, {80, 6}} {
		m := newSource(6).matrix(shape[0], shape[1])
		for i := range m.Rows { // a column of zeros
			m.Row(i)[m.Cols/2] = 0
		}
		want := multiply(m.transpose(), m)
		triangularise(m, make([]float64, m.Rows), make([]float64, m.Cols))
		checkNear(t, fmt.Sprint(shape), largestDifference(multiply(m.transpose(), m), want), 0, 5e-15*float64(shape[0]))
		for i := range m.Rows {
			for j := range min(i, m.Cols) {
				if m.At(i, j) != 0 {
					t.Errorf("%v: element (%d, %d) is %v", shape, i, j, m.At(i, j))
				}
			}
		}
	}
}

// TestTinyColumn: a column whose squares underflow must not spoil the others.
func TestTinyColumn(t *testing.T) {
	for _, tiny := range []float64{1e-30, 1e-150, 1e-162, 1e-200, 5e-324} {
		m := newSource(6).matrix(20, 4)
		for i := range m.Rows {
			m.Row(i)[0] = math.Round(4*m.At(i, 0)) * tiny
		}
		want := multiply(m.transpose(), m)
		triangularise(m, make([]float64, m.Rows), make([]float64, m.Cols))
		checkNear(t, fmt.Sprint("RᵀR beside ", tiny), largestDifference(multiply(m.transpose(), m), want), 0, 1e-13)
	}
}

// TestShards: one row more or less than a shard makes no difference beyond rounding.
func TestShards(t *testing.T) {
	for _, n := range []int{2, 5, shardRows - 1, shardRows, shardRows + 1, 2*shardRows + 3} {
		m := newSource(9).matrix(n, 3)
		mean, scale, err := standardise(m, "m")
		if err != nil {
			t.Fatal(err)
		}
		r := factorQR(m, mean, scale)
		g := multiply(r.transpose(), r)
		for i := range 3 {
			for j := range 3 {
				checkNear(t, fmt.Sprint(n, " rows"), g.At(i, j)/float64(n-1), correlation(m, i, m, j), 1e-13)
			}
		}
	}
}

func largestDifference(a, b Matrix) float64 {
	worst := 0.0
	for i, v := range a.Data {
		worst = max(worst, math.Abs(v-b.Data[i]))
	}
	return worst
}
