package cca

import (
	"math"
	"testing"

	"github.com/sbinet/npyio/npz"
)

// referenceFile is an open file of reference numbers.
type referenceFile struct {
	t *testing.T
	r *npz.Reader
}

func open(t *testing.T, name string) referenceFile {
	t.Helper()
	r, err := npz.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return referenceFile{t, r}
}

func (ref referenceFile) matrix(name string) Matrix {
	ref.t.Helper()
	h := ref.r.Header(name + ".npy")
	if h == nil {
		ref.t.Fatalf("no array %q", name)
	}
	m := Matrix{Rows: 1, Cols: 1}
	if s := h.Descr.Shape; len(s) > 0 {
		m.Cols = s[len(s)-1]
		if len(s) == 2 {
			m.Rows = s[0]
		}
	}
	if err := ref.r.Read(name+".npy", &m.Data); err != nil {
		ref.t.Fatal(err)
	}
	if h.Descr.Fortran { // stored column after column
		m = Matrix{m.Cols, m.Rows, m.Data}.transpose()
	}
	m.check("archive", name)
	return m
}

// compare tests c, fitted to x and y, against the weights and scores of ref,
// relative to the largest entry of each. Its columns are in the units in which
// weights have length 1, and of either sign.
func (ref referenceFile) compare(c *CCA, x, y Matrix, tol float64) {
	t := ref.t
	t.Helper()
	a, b := residualNorms(c.A), residualNorms(c.B)
	for _, m := range []struct {
		name string
		got  Matrix
	}{
		{"x_rotations", unitWeights(c.A, a)},
		{"y_rotations", unitWeights(c.B, b)},
		{"x_scores", unitWeights(c.ProjectX(x), a)},
		{"y_scores", unitWeights(c.ProjectY(y), b)},
	} {
		want, largest := ref.matrix(m.name), 0.0
		for _, v := range want.Data {
			largest = max(largest, math.Abs(v))
		}
		checkNear(t, "difference to "+m.name, differenceUpToSign(t, m.got, want), 0, tol*largest)
	}
}

// The reference stopped its iteration within 1e-5 of the end: testdata/README.md.
func TestScikitLearnStopped(t *testing.T) {
	ref := open(t, "cca_small.npz")
	x, y := ref.matrix("X"), ref.matrix("Y")
	c := mustFit(t, x, y, 3)
	for k, want := range ref.matrix("exact_canonical_correlations").Data {
		checkNear(t, "correlation", c.Corr[k], want, 1e-14)
	}
	ref.compare(c, x, y, 1e-5)
	checkNear(t, "r2_score", c.R2(x, y)[2], ref.matrix("r2_score").Data[0], 2e-6)
}

func TestScikitLearn(t *testing.T) {
	for _, f := range []struct {
		name         string
		rankX, rankY int
	}{
		{"cca_small_exact.npz", 6, 5},
		{"cca_deficient_exact.npz", 5, 4},
	} {
		t.Run(f.name, func(t *testing.T) {
			ref := open(t, f.name)
			x, y := ref.matrix("X"), ref.matrix("Y")
			c := mustFit(t, x, y, 3)
			if c.RankX != f.rankX || c.RankY != f.rankY {
				t.Errorf("ranks %d and %d, want %d and %d", c.RankX, c.RankY, f.rankX, f.rankY)
			}
			exact := ref.matrix("exact_canonical_correlations").Data
			if len(c.Corr) != len(exact) {
				t.Fatalf("%d correlations, want %d", len(c.Corr), len(exact))
			}
			for k, want := range exact {
				checkNear(t, "correlation", c.Corr[k], want, 1e-14)
			}
			ref.compare(c, x, y, 1e-12)
			r2 := c.R2(x, y)
			for k, want := range ref.matrix("r2_score").Data {
				checkNear(t, "r2_score", r2[k], want, 1e-12)
			}

			p, err := FitPCA(x, f.rankX)
			if err != nil {
				t.Fatal(err)
			}
			components := ref.matrix("pca_components").transpose()
			checkNear(t, "difference to pca_components", differenceUpToSign(t, p.W, components.columns(x.Cols, 0, f.rankX)), 0, 1e-12)
			ratio := p.ExplainedVarianceRatio()
			for k, want := range ref.matrix("pca_ratio").Data {
				checkNear(t, "pca_ratio", ratio[k], want, 1e-14)
			}
		})
	}
}
