package cca

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

func dense(m Matrix) *mat.Dense { return mat.NewDense(m.Rows, m.Cols, m.Data) }

func TestAgainstGonum(t *testing.T) {
	for _, shape := range []struct{ n, p, q int }{{50, 2, 2}, {400, 7, 4}, {3000, 5, 9}, {1025, 1, 3}} {
		x, y := sharedCauses(7, shape.n, shape.p, shape.q)
		r := min(shape.p, shape.q)
		c := mustFit(t, x, y, r)
		var cc stat.CC
		if err := cc.CanonicalCorrelations(dense(x), dense(y), nil); err != nil {
			t.Fatal(err)
		}
		for k, want := range cc.CorrsTo(nil)[:r] {
			checkNear(t, fmt.Sprint(shape, " correlation ", k), c.Corr[k], want, 1e-13)
		}
		p, err := FitPCA(x, shape.p)
		if err != nil {
			t.Fatal(err)
		}
		z := NewMatrix(x.Rows, x.Cols)
		for i := range z.Rows {
			for j, v := range x.Row(i) {
				z.Row(i)[j] = (v - p.Mean[j]) / p.Scale[j]
			}
		}
		var pc stat.PC
		if !pc.PrincipalComponents(dense(z), nil) {
			t.Fatal("gonum has no components")
		}
		for k, want := range pc.VarsTo(nil) {
			checkNear(t, fmt.Sprint(shape, " variance ", k), p.Variance[k], want, 1e-13)
		}
	}
}

// checkVariates tests the definition on the fitted data: unit variances,
// cross-correlations diag(ρ) and nothing else, and loadings that are correlations.
func checkVariates(t *testing.T, c *CCA, x, y Matrix, tol float64) {
	t.Helper()
	u, v := c.ProjectX(x), c.ProjectY(y)
	n := float64(x.Rows - 1)
	for _, m := range []struct {
		name string
		a, b Matrix
		diag func(k int) float64
	}{
		{"UᵀU", u, u, func(int) float64 { return 1 }},
		{"VᵀV", v, v, func(int) float64 { return 1 }},
		{"UᵀV", u, v, func(k int) float64 { return c.Corr[k] }},
	} {
		g := multiply(m.a.transpose(), m.b)
		for i := range g.Rows {
			for j := range g.Cols {
				want := 0.0
				if i == j {
					want = m.diag(i)
				}
				checkNear(t, fmt.Sprintf("%s[%d %d]/(n-1)", m.name, i, j), g.At(i, j)/n, want, tol)
			}
		}
	}
	for k := range c.A.Cols {
		for j := range x.Cols {
			checkNear(t, "loading of x", c.LoadX.At(j, k), correlation(x, j, u, k), tol)
		}
		for j := range y.Cols {
			checkNear(t, "loading of y", c.LoadY.At(j, k), correlation(y, j, v, k), tol)
		}
	}
}

func TestVariates(t *testing.T) {
	x, y := sharedCauses(1, 2100, 6, 9)
	checkVariates(t, mustFit(t, x, y, 6), x, y, 1e-13)
}

// TestCorpus has the shape of the nine tasks: targets repeat or mirror each
// other, inputs differ by noise only, so that X is of full rank but nearly not.
func TestCorpus(t *testing.T) {
	for _, c := range []struct {
		shared bool
		sigma  float64
		rankX  int
		rankY  int
	}{
		{true, 0.002, 25, 8}, // fixation, 2 for T1 to T4, 5 decisions
		{true, 0.02, 25, 8},
		{false, 0.002, 25, 14}, // fixation, 2 each for T1 to T4, 5 decisions
		{false, 0.02, 25, 14},
		{true, 0, 13, 8}, // fixation, 2 each for T1/2 and T3/4, a pulse train in T5 and T6, 2 each in T7 to T9
	} {
		x, y := corpus(3, 100, c.shared, c.sigma)
		f := mustFit(t, x, y, 5)
		t.Logf("shared=%v sigma=%v: ranks %d, %d, ρ=%.4f, R²=%.3f, redundancy=%.3f", c.shared, c.sigma, f.RankX, f.RankY, f.Corr, f.R2(x, y), f.Redundancy)
		if f.RankX != c.rankX || f.RankY != c.rankY {
			t.Errorf("shared=%v sigma=%v: ranks %d and %d, want %d and %d", c.shared, c.sigma, f.RankX, f.RankY, c.rankX, c.rankY)
		}
		checkVariates(t, f, x, y, 1e-12)

		// Float32 data have repeats that differ in their last bit, and the same rank.
		for i, v := range x.Data {
			x.Data[i] = float64(float32(v))
		}
		for i, v := range y.Data {
			y.Data[i] = float64(float32(v) * (1 + float32(i%3)*0x1p-23))
		}
		g := mustFit(t, x, y, 5)
		if g.RankX != c.rankX || g.RankY != c.rankY {
			t.Errorf("shared=%v sigma=%v as float32: ranks %d and %d, want %d and %d", c.shared, c.sigma, g.RankX, g.RankY, c.rankX, c.rankY)
		}
		for k := range g.Corr {
			checkNear(t, "correlation of float32 data", g.Corr[k], f.Corr[k], 1e-5)
		}
	}
}

// TestRank builds Y of every rank from 1 to 6 and repeats columns of X.
func TestRank(t *testing.T) {
	const n = 1500
	for rank := 1; rank <= 6; rank++ {
		x, full := sharedCauses(5, n, 6, 6)
		base := full.columns(n, 0, rank)
		y := Join(Join(base, multiply(base, newSource(2).matrix(rank, 9-rank))), base)
		for i := range n { // a constant but for rounding
			y.Row(i)[rank] = 0.1 + float64(i%3)*0x1p-56
			x.Row(i)[5] = x.At(i, 0)
		}
		c := mustFit(t, x, y, min(rank, 5))
		if c.RankX != 5 || c.RankY != rank {
			t.Errorf("ranks %d and %d, want 5 and %d", c.RankX, c.RankY, rank)
		}
		want := mustFit(t, x.columns(n, 0, 5), base, min(rank, 5))
		for k := range want.Corr {
			checkNear(t, "correlation", c.Corr[k], want.Corr[k], 1e-13)
		}
		for k := range c.B.Cols {
			if c.B.At(rank, k) != 0 || c.LoadY.At(rank, k) != 0 {
				t.Errorf("the constant column has weight %v, loading %v", c.B.At(rank, k), c.LoadY.At(rank, k))
			}
		}
		checkNear(t, "weights of repeated columns", c.A.At(0, 0), c.A.At(5, 0), 1e-13)
	}
}

// TestAffine: scaling, shifting and mirroring columns changes no variate but
// by sign, and no correlation.
func TestAffine(t *testing.T) {
	x, y := sharedCauses(11, 800, 5, 4)
	c := mustFit(t, x, y, 4)
	x2, y2 := x.columns(800, 0, 5), y.columns(800, 0, 4)
	for i := range x2.Rows {
		for j := range x2.Cols {
			x2.Row(i)[j] = math.FMA(x.At(i, j), []float64{1e-6, -3, 1e5, 1, 0.7}[j], float64(j)*10)
		}
		for j := range y2.Cols {
			y2.Row(i)[j] = math.FMA(y.At(i, j), []float64{-1, 1e-3, 40, 1e9}[j], -2)
		}
	}
	d := mustFit(t, x2, y2, 4)
	for k := range c.Corr {
		checkNear(t, "correlation", d.Corr[k], c.Corr[k], 1e-11)
	}
	checkNear(t, "U", differenceUpToSign(t, c.ProjectX(x), d.ProjectX(x2)), 0, 1e-8)
	checkNear(t, "V", differenceUpToSign(t, c.ProjectY(y), d.ProjectY(y2)), 0, 1e-8)
	for k, want := range c.Redundancy {
		checkNear(t, "redundancy", d.Redundancy[k], want, 1e-11)
	}
}

func TestSigns(t *testing.T) {
	x, y := sharedCauses(4, 600, 5, 5)
	c := mustFit(t, x, y, 5)
	u, v := c.ProjectX(x), c.ProjectY(y)
	for k := range 5 {
		best := 0.0
		for j := range 5 {
			if r := correlation(x, j, u, k); math.Abs(r) > math.Abs(best) {
				best = r
			}
		}
		if best <= 0 {
			t.Errorf("the largest loading of variate %d is %v", k, best)
		}
		if r := correlation(u, k, v, k); r <= 0 {
			t.Errorf("pair %d correlates with %v", k, r)
		}
	}
	// A column and its mirror tie; the first decides, whatever the rounding.
	for range 20 {
		a, s := NewMatrix(60, 3), newSource(uint64(c.RankX))
		for i := range a.Rows {
			z := s.uniform()
			a.Row(i)[0], a.Row(i)[1], a.Row(i)[2] = s.uniform()/10, -z*(1+1e-12*s.uniform()), z
		}
		p, err := FitPCA(a, 1)
		if err != nil {
			t.Fatal(err)
		}
		if p.W.At(1, 0) <= 0 || p.W.At(2, 0) >= 0 {
			t.Errorf("the first of two mirrored columns weighs %v, the second %v", p.W.At(1, 0), p.W.At(2, 0))
		}
		c.RankX++ // another seed
	}
}

// TestKeepingMore: how many variates are kept does not change one bit of them.
func TestKeepingMore(t *testing.T) {
	x, y := sharedCauses(6, 300, 5, 4)
	c, d := mustFit(t, x, y, 2), mustFit(t, x, y, 4)
	for j := range 5 {
		for k := range 2 {
			if c.A.At(j, k) != d.A.At(j, k) {
				t.Fatalf("A[%d %d] is %v with 2 kept, %v with 4", j, k, c.A.At(j, k), d.A.At(j, k))
			}
		}
	}
}

// TestUncorrelated is a factorial design: X and Y exactly orthogonal, all ρ = 0.
// The variates must still be variates.
func TestUncorrelated(t *testing.T) {
	x, y := NewMatrix(16, 2), NewMatrix(16, 2)
	for i := range 16 {
		x.Row(i)[0], x.Row(i)[1] = float64(i&1), float64(i>>1&1)
		y.Row(i)[0], y.Row(i)[1] = float64(i>>2&1), float64(i>>3&1)
	}
	c := mustFit(t, x, y, 2)
	checkNear(t, "ρ", c.Corr[0], 0, 1e-15)
	checkVariates(t, c, x, y, 1e-14)
}

// TestRedundancy: least squares on U explains what Redundancy says, and what
// R2 predicts is worse.
func TestRedundancy(t *testing.T) {
	x, y := sharedCauses(8, 900, 5, 4)
	c := mustFit(t, x, y, 3)
	u := c.ProjectX(x)
	r2, red := c.R2(x, y), c.Redundancy
	sum := 0.0
	for k := range 3 {
		sum += red[k]
		mean := 0.0
		for j := range y.Cols { // R² on uncorrelated regressors is a sum of squares
			for l := range k + 1 {
				r := correlation(y, j, u, l)
				mean = math.FMA(r, r/float64(y.Cols), mean)
			}
		}
		checkNear(t, "summed redundancy", sum, mean, 1e-13)
		if r2[k] > sum {
			t.Errorf("R2 of %d variates is %v, above the least-squares %v", k+1, r2[k], sum)
		}
	}
	all := mustFit(t, x, y, 4)
	ex, ey := all.ShareX, all.ShareY
	checkNear(t, "variance of Y in all its variates", ey[0]+ey[1]+ey[2]+ey[3], 1, 1e-13)
	if s := ex[0] + ex[1] + ex[2] + ex[3]; s <= 0 || s >= 1 {
		t.Errorf("4 variates of 5 inputs carry %v of their variance", s)
	}

	// A column without variance is no part of the mean.
	with := mustFit(t, Join(x, NewMatrix(900, 1)), Join(NewMatrix(900, 2), y), 3)
	for k := range 3 {
		checkNear(t, "share of X beside a constant", with.ShareX[k], c.ShareX[k], 1e-13)
		checkNear(t, "share of Y beside constants", with.ShareY[k], c.ShareY[k], 1e-13)
		checkNear(t, "redundancy beside constants", with.Redundancy[k], red[k], 1e-13)
	}
}

// TestRankTol: a column repeated but for noise is a direction of its own as
// long as the noise is not far below float32's rounding.
func TestRankTol(t *testing.T) {
	for noise, want := range map[float64]int{1e-5: 3, 1e-7: 2} {
		x, s := newSource(1).matrix(500, 3), newSource(2)
		for i := range x.Rows {
			x.Row(i)[2] = x.At(i, 0) + float64(noise*s.uniform())
		}
		p, err := FitPCA(x, 1)
		if err != nil {
			t.Fatal(err)
		}
		if p.Rank != want {
			t.Errorf("rank %d with noise %v, want %d", p.Rank, noise, want)
		}
	}
}

// TestPerfect: what is known exactly correlates with 1, and never above.
func TestPerfect(t *testing.T) {
	for seed := range uint64(20) {
		x := newSource(seed).matrix(100, 5)
		for _, rho := range mustFit(t, x, multiply(x, newSource(seed+100).matrix(5, 5)), 1).Corr {
			if rho > 1 || rho < 1-1e-14 {
				t.Errorf("correlation 1%+.2g", rho-1)
			}
		}
	}
}

func TestPCA(t *testing.T) {
	x, y := corpus(2, 20, true, 0.01)
	both := Join(x, y)
	p, err := FitPCA(both, 5)
	if err != nil {
		t.Fatal(err)
	}
	g := multiply(p.Project(both).transpose(), p.Project(both))
	for i := range 5 {
		for j := range 5 {
			want := 0.0
			if i == j {
				want = p.Variance[i]
			}
			checkNear(t, fmt.Sprintf("covariance of scores %d and %d", i, j), g.At(i, j)/float64(x.Rows-1), want, 1e-12)
		}
	}
	sum := 0.0
	for _, r := range p.ExplainedVarianceRatio() {
		sum += r
	}
	checkNear(t, "all shares", sum, 1, 1e-14)
}

// TestSameBits hashes the bits of a fit. The numbers were made on amd64 and
// hold on every architecture.
func TestSameBits(t *testing.T) {
	h := fnv.New64a()
	add := func(v ...[]float64) {
		for _, s := range v {
			if err := binary.Write(h, binary.LittleEndian, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	x, y := corpus(1, 20, true, 0.02)
	c := mustFit(t, x, y, 3)
	add(c.MeanX, c.ScaleX, c.MeanY, c.ScaleY, c.A.Data, c.B.Data, c.LoadX.Data, c.LoadY.Data, c.Corr)
	add(c.ProjectX(x).Data, c.ProjectY(y).Data, c.R2(x, y), c.ShareX, c.ShareY, c.Redundancy)
	p, err := FitPCA(Join(x, y), 4)
	if err != nil {
		t.Fatal(err)
	}
	add(p.W.Data, p.Variance, p.Project(Join(x, y)).Data, p.ExplainedVarianceRatio())
	if got, want := h.Sum64(), uint64(0xf955445d5e53d2b7); got != want {
		t.Errorf("hash %#x, want %#x", got, want)
	}
}
