package cca

import "fmt"

// PCA is a principal component analysis of standardised data: the eigenvectors
// of its correlation matrix. For components of inputs and targets jointly, fit
// [Join](x, y); the scores then describe both at once.
type PCA struct {
	Mean, Scale []float64 // p
	W           Matrix    // components, p × r, orthonormal columns
	Variance    []float64 // of every component, not only of the r kept, descending
	Rank        int       // numerical rank, see RankTol
}

// FitPCA analyses x (n × p) and keeps r components. It returns an error if n is below 2, if an
// element is NaN or infinite, if a variance overflows, or if r is not between 1 and the rank. It
// panics if the data of x do not have its shape.
func FitPCA(x Matrix, r int) (*PCA, error) {
	x.check("FitPCA", "x")
	if err := x.checkData("x"); err != nil {
		return nil, err
	}
	if r < 1 {
		return nil, fmt.Errorf("r = %d, but at least 1 component must be kept", r)
	}
	mean, scale, err := standardise(x, "x")
	if err != nil {
		return nil, err
	}
	_, s, v := svd(factorQR(x, mean, scale))
	unitScale(scale)
	c := &PCA{Mean: mean, Scale: scale, Variance: s, Rank: numericalRank(s)}
	if r > c.Rank {
		return nil, fmt.Errorf("r = %d, but x has rank %d", r, c.Rank)
	}
	for k := range s {
		s[k] = s[k] * s[k] / float64(x.Rows-1)
	}
	c.W = v.columns(v.Rows, 0, r)
	for k := range r {
		if leadIsNegative(c.W, k) {
			negateColumn(c.W, k)
		}
	}
	return c, nil
}

// Project returns the r scores of x (n × p), as n × r. On the fitted data their variances are
// Variance[:r]. It panics unless x has p columns.
func (c *PCA) Project(x Matrix) Matrix {
	x.checkCols("Project", "x", len(c.Mean))
	return project(x, c.Mean, c.Scale, c.W)
}

// ExplainedVarianceRatio returns the share of each component in the variance
// of the standardised data; all of them add to 1.
func (c *PCA) ExplainedVarianceRatio() []float64 {
	total := 0.0
	for _, v := range c.Variance {
		total += v
	}
	ratio := make([]float64, len(c.Variance))
	for k, v := range c.Variance {
		ratio[k] = v / total
	}
	return ratio
}
