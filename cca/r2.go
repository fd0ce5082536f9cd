package cca

import (
	"fmt"
	"math"
)

// R2 returns the score that scikit-learn's CCA(n_components=m).score(x, y) gives for m
// = 1 … r: the coefficient of determination of its prediction of y (n × q) from x (n ×
// p), averaged over the q targets. A target that is constant in y counts 1 if predicted
// exactly and 0 if not.
//
// That prediction is not the least-squares one (see Redundancy of [CCA]). It is
//
//	Ŷ = mean + scale · Σₖ (bₖ/aₖ)·U[:,k]·LoadY[:,k]ᵀ
//
// where aₖ is the length of A[:,k] without its part in A[:,0 … k-1], and bₖ likewise of B:
// scikit-learn predicts the target's score by the input's score, each divided by the length of its
// weights. Least squares has ρₖ in place of bₖ/aₖ. So R2 can be low, and even negative, where
// correlations are high.
//
// R2 panics unless x and y have the columns of the fit and equally many rows, at least one.
func (c *CCA) R2(x, y Matrix) []float64 {
	x.checkCols("R2", "x", len(c.MeanX))
	y.checkCols("R2", "y", len(c.MeanY))
	if x.Rows != y.Rows || x.Rows == 0 {
		panic(fmt.Sprintf("cca: R2: x has %d rows, y %d", x.Rows, y.Rows))
	}
	r, q := c.A.Cols, y.Cols
	a, b := residualNorms(c.A), residualNorms(c.B)
	coef := NewMatrix(r, q)
	for k := range r {
		for j := range q {
			coef.Row(k)[j] = c.LoadY.At(j, k) * (b[k] / a[k]) * c.ScaleY[j]
		}
	}
	mean := columnMeans(y)
	u := c.ProjectX(x)
	total, rest := make([]float64, q), NewMatrix(r, q) // sums of squares
	e := make([]float64, q)
	for i := range y.Rows {
		for j, v := range y.Row(i) {
			d := v - mean[j]
			total[j] = math.FMA(d, d, total[j])
			e[j] = v - c.MeanY[j]
		}
		for k, uk := range u.Row(i) {
			sums := rest.Row(k)
			for j, w := range coef.Row(k) {
				e[j] = math.FMA(-uk, w, e[j])
				sums[j] = math.FMA(e[j], e[j], sums[j])
			}
		}
	}
	r2 := make([]float64, r)
	for k := range r2 {
		for j, ss := range rest.Row(k) {
			switch {
			case ss == 0:
				r2[k]++
			case total[j] != 0:
				r2[k] += 1 - ss/total[j]
			}
		}
		r2[k] /= float64(q)
	}
	return r2
}

// residualNorms returns the length of each column of w without its part in the
// columns before it.
func residualNorms(w Matrix) []float64 {
	t := w.columns(w.Rows, 0, w.Cols)
	triangularise(t, make([]float64, w.Rows), make([]float64, w.Cols))
	a := make([]float64, w.Cols)
	for k := range a {
		a[k] = math.Abs(t.At(k, k))
	}
	return a
}

// columnMeans returns the mean of every column, exact for constant ones.
func columnMeans(m Matrix) []float64 {
	first, mean := m.Row(0), make([]float64, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			mean[j] += v - first[j]
		}
	}
	for j := range mean {
		mean[j] = first[j] + mean[j]/float64(m.Rows)
	}
	return mean
}
