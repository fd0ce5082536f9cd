package cca

import (
	"fmt"
	"math"
)

// RankTol says when a direction of standardised data counts as absent: when its singular value is
// at most RankTol times the largest. It lies between what rounding makes of a repeated column
// (10⁻¹⁶, or 10⁻⁸ if the data were float32 once) and the faintest signal worth a variate.
const RankTol = 1e-6

// CCA is a canonical correlation analysis of p inputs and q targets, with the
// first r pairs of variates. Weights apply to standardised columns.
type CCA struct {
	MeanX, ScaleX []float64 // p
	MeanY, ScaleY []float64 // q
	A, B          Matrix    // weights of U and V: p × r, q × r
	LoadX, LoadY  Matrix    // structure correlations of X with U and of Y with V: p × r, q × r
	Corr          []float64 // all canonical correlations, min(RankX, RankY) ≥ r of them
	RankX, RankY  int       // numerical ranks of standardised X and Y

	// For each of the r pairs, means over the columns that vary. ShareX is the share of X's
	// variance in U[:,k], and ShareY the share of Y's variance in V[:,k]. Redundancy is the share
	// of Y's variance that the best linear prediction from U[:,k] explains, ShareY·ρ² (Stewart and
	// Love 1968). The first m redundancies add up to the mean R² of the least-squares prediction of
	// the fitted Y from m variates.
	ShareX, ShareY, Redundancy []float64
}

// Fit analyses x (n × p) and y (n × q) and keeps r pairs of variates. Variates
// do not depend on how many are kept.
//
// It returns an error if x and y differ in rows, if an element is NaN or infinite, if a variance
// overflows, if r is not between 1 and the smaller rank, or if n ≤ RankX + RankY, where some
// correlations would be 1 for any data. It panics if a matrix's data do not have its shape.
func Fit(x, y Matrix, r int) (*CCA, error) {
	x.check("Fit", "x")
	y.check("Fit", "y")
	if x.Rows != y.Rows {
		return nil, fmt.Errorf("x has %d rows, y %d", x.Rows, y.Rows)
	}
	if err := x.checkData("x"); err != nil {
		return nil, err
	}
	if err := y.checkData("y"); err != nil {
		return nil, err
	}
	if r < 1 {
		return nil, fmt.Errorf("r = %d, but at least 1 pair of variates must be kept", r)
	}
	c := new(CCA)
	var err error
	if c.MeanX, c.ScaleX, err = standardise(x, "x"); err != nil {
		return nil, err
	}
	if c.MeanY, c.ScaleY, err = standardise(y, "y"); err != nil {
		return nil, err
	}
	p, n := x.Cols, x.Rows
	xy := Join(x, y)
	f := factorQR(xy, append(c.MeanX[:p:p], c.MeanY...), append(c.ScaleX[:p:p], c.ScaleY...))

	varyX, varyY := unitScale(c.ScaleX), unitScale(c.ScaleY)

	px, dx, vx := svd(f.columns(p, 0, p)) // below row p these columns are 0
	py, dy, vy := svd(f.columns(f.Rows, p, f.Cols))
	c.RankX, c.RankY = numericalRank(dx), numericalRank(dy)
	if r > min(c.RankX, c.RankY) {
		return nil, fmt.Errorf("r = %d, but x has rank %d and y rank %d", r, c.RankX, c.RankY)
	}
	if n <= c.RankX+c.RankY {
		return nil, fmt.Errorf("%d rows are too few for ranks %d and %d: more than their sum are needed", n, c.RankX, c.RankY)
	}
	cross := multiply(px.columns(p, 0, c.RankX).transpose(), py.columns(p, 0, c.RankY))
	s, rho, t := svd(cross)
	c.Corr = rho
	for k := range rho {
		rho[k] = min(rho[k], 1) // a last bit above is rounding
	}
	c.A, c.LoadX = variateWeights(vx, dx, s, c.RankX, r, n)
	c.B, c.LoadY = variateWeights(vy, dy, t, c.RankY, r, n)
	for k := range r {
		if leadIsNegative(c.LoadX, k) {
			for _, m := range []Matrix{c.A, c.B, c.LoadX, c.LoadY} {
				negateColumn(m, k)
			}
		}
	}
	c.ShareX, c.ShareY = varianceShares(c.LoadX, varyX), varianceShares(c.LoadY, varyY)
	c.Redundancy = make([]float64, r)
	for k, share := range c.ShareY {
		c.Redundancy[k] = share * rho[k] * rho[k]
	}
	return c, nil
}

// varianceShares returns, for each column of load, its sum of squares divided by varying.
func varianceShares(load Matrix, varying int) []float64 {
	share := make([]float64, load.Cols)
	for k := range share {
		for j := range load.Rows {
			share[k] = math.FMA(load.At(j, k), load.At(j, k), share[k])
		}
		share[k] /= float64(varying)
	}
	return share
}

// variateWeights returns √(n-1)·v·diag(d)⁻¹·s and the loadings v·diag(d)·s/√(n-1),
// for the first rank columns of v and r columns of s.
func variateWeights(v Matrix, d []float64, s Matrix, rank, r, n int) (w, load Matrix) {
	root := math.Sqrt(float64(n - 1))
	over, by := v.columns(v.Rows, 0, rank), v.columns(v.Rows, 0, rank)
	for i := range v.Rows {
		for k := range rank {
			over.Row(i)[k] *= root / d[k]
			by.Row(i)[k] *= d[k] / root
		}
	}
	s = s.columns(rank, 0, r)
	return multiply(over, s), multiply(by, s)
}

// leadIsNegative reports whether the first entry of column k whose magnitude is
// within a millionth of the largest is negative.
func leadIsNegative(m Matrix, k int) bool {
	largest := 0.0
	for i := range m.Rows {
		largest = max(largest, math.Abs(m.At(i, k)))
	}
	for i := range m.Rows {
		if v := m.At(i, k); math.Abs(v) >= largest*(1-1e-6) {
			return v < 0
		}
	}
	return false
}

// negateColumn changes the sign of column k.
func negateColumn(m Matrix, k int) {
	for i := range m.Rows {
		m.Row(i)[k] = -m.Row(i)[k]
	}
}

// ProjectX returns U, the r input variates of x (n × p), as n × r. On the fitted data they have
// mean 0 and variance 1. It panics unless x has p columns.
func (c *CCA) ProjectX(x Matrix) Matrix {
	x.checkCols("ProjectX", "x", len(c.MeanX))
	return project(x, c.MeanX, c.ScaleX, c.A)
}

// ProjectY returns V, the r target variates of y (n × q), as n × r. It panics unless y has q
// columns.
func (c *CCA) ProjectY(y Matrix) Matrix {
	y.checkCols("ProjectY", "y", len(c.MeanY))
	return project(y, c.MeanY, c.ScaleY, c.B)
}

// project returns the standardised m times w.
func project(m Matrix, mean, scale []float64, w Matrix) Matrix {
	out := NewMatrix(m.Rows, w.Cols)
	for i := range m.Rows {
		row := out.Row(i)
		for j, v := range m.Row(i) {
			z := (v - mean[j]) / scale[j]
			for k, wjk := range w.Row(j) {
				row[k] = math.FMA(z, wjk, row[k])
			}
		}
	}
	return out
}
