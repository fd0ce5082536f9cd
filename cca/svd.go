package cca

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/kernels/linear"
)

// maxSweeps bounds the sweeps of svd. A dozen suffice for any finite matrix;
// LAPACK's dgesvj has the same bound.
const maxSweeps = 30

// svd returns the thin singular value decomposition a = u·diag(s)·vᵀ, s
// descending: u is Rows × k, v Cols × k, k the smaller of both. u and v are
// orthonormal even where s is zero.
//
// It is the one-sided Jacobi method of Hestenes: columns are rotated in pairs,
// row by row of the upper triangle, until all are orthogonal. Small singular
// values come out as accurately as a's columns allow (Demmel and Veselić 1992),
// down to 2⁻⁶⁰ of a's Frobenius norm; smaller ones are rounding and returned as 0.
func svd(a Matrix) (u Matrix, s []float64, v Matrix) {
	if a.Rows < a.Cols {
		v, s, u = svd(a.transpose())
		return u, s, v
	}
	// Rows of g are columns of a·v, rows of vt columns of v.
	g, vt := a.transpose(), NewMatrix(a.Cols, a.Cols)
	for j := range vt.Cols {
		vt.Data[j*vt.Cols+j] = 1
	}
	tol := math.Sqrt(float64(a.Rows)) * 0x1p-52
	floor := float64(linear.Dot(0, a.Data, a.Data) * 0x1p-120)
	for sweep, rotated := 0, true; rotated; sweep++ {
		if sweep == maxSweeps {
			panic(fmt.Sprintf("cca: svd of a %d×%d matrix not done in %d sweeps", a.Rows, a.Cols, maxSweeps))
		}
		rotated = false
		for i := range g.Rows {
			for j := i + 1; j < g.Rows; j++ {
				gi, gj := g.Row(i), g.Row(j)
				ii, jj, ij := linear.Dot(0, gi, gi), linear.Dot(0, gj, gj), linear.Dot(0, gi, gj)
				if ii <= floor || jj <= floor {
					continue // what is left of a dependent column could shrink for ever
				}
				if math.Abs(ij) <= tol*math.Sqrt(ii)*math.Sqrt(jj) {
					continue
				}
				rotated = true
				_, cos, sin := linear.Jacobi(ii, ij, jj)
				linear.Rotate(gi, gj, cos, sin)
				linear.Rotate(vt.Row(i), vt.Row(j), cos, sin)
			}
		}
	}

	norm, order := make([]float64, g.Rows), make([]int, g.Rows)
	for j := range order {
		order[j] = j
		if jj := linear.Dot(0, g.Row(j), g.Row(j)); jj > floor {
			norm[j] = math.Sqrt(jj)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(norm[j], norm[i]) })
	ut, vo := NewMatrix(g.Rows, g.Cols), NewMatrix(vt.Rows, vt.Cols)
	s = make([]float64, g.Rows)
	for k, j := range order {
		s[k] = norm[j]
		copy(vo.Row(k), vt.Row(j))
		if s[k] == 0 {
			completeBasis(ut, k)
			continue
		}
		for i, x := range g.Row(j) {
			ut.Row(k)[i] = x / s[k]
		}
	}
	return ut.transpose(), s, vo.transpose()
}

// completeBasis sets row k of m to a unit vector orthogonal to the k orthonormal
// rows before it.
func completeBasis(m Matrix, k int) {
	row := m.Row(k)
	for e := range row {
		clear(row)
		row[e] = 1
		for range 2 { // Gram–Schmidt, twice is enough
			for j := range k {
				linear.AddScaled(row, m.Row(j), -linear.Dot(0, m.Row(j), row))
			}
		}
		// Some axis keeps at least 1/m.Cols of its squared length.
		if ss := linear.Dot(0, row, row); float64(ss*float64(2*m.Cols)) > 1 {
			norm := math.Sqrt(ss)
			for i := range row {
				row[i] /= norm
			}
			return
		}
	}
}

// numericalRank returns how many singular values exceed RankTol of the largest.
func numericalRank(s []float64) int {
	r := 0
	for r < len(s) && s[r] > RankTol*s[0] {
		r++
	}
	return r
}
