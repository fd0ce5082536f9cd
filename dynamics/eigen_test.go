package dynamics

import (
	"cmp"
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"molap/kernels/linear"
)

// pairedDistance returns the largest distance of an eigenvalue to its partner when both
// sets are paired greedily.
func pairedDistance(got, want []complex128) float64 {
	left, worst := slices.Clone(want), 0.0
	for _, g := range got {
		i := slices.IndexFunc(left, func(w complex128) bool {
			return cmplx.Abs(w-g) == cmplx.Abs(slices.MinFunc(left, func(a, b complex128) int {
				return cmp.Compare(cmplx.Abs(a-g), cmplx.Abs(b-g))
			})-g)
		})
		worst = max(worst, cmplx.Abs(left[i]-g))
		left = slices.Delete(left, i, i+1)
	}
	return worst
}

// TestEigenvaluesKnown takes matrices whose eigenvalues are known.
func TestEigenvaluesKnown(t *testing.T) {
	cos, sin := math.Cos(0.3), math.Sin(0.3)
	// A ring: unit i is driven by its neighbour, as a rotation of five places.
	ring := make([]float64, 25)
	var roots []complex128
	for i := range 5 {
		ring[i*5+(i+1)%5] = 1
		roots = append(roots, cmplx.Rect(1, 2*math.Pi*float64(i)/5))
	}
	for _, c := range []struct {
		name string
		a    []float64
		want []complex128
		tol  float64
	}{
		{"empty", nil, nil, 0},
		{"one", []float64{-3}, []complex128{-3}, 0},
		{"zero", make([]float64, 9), []complex128{0, 0, 0}, 0},
		{"diagonal", []float64{1, 0, 0, 0, -5, 0, 0, 0, 2}, []complex128{-5, 2, 1}, 1e-15},
		{"rotation", []float64{0.9 * cos, -0.9 * sin, 0.9 * sin, 0.9 * cos}, []complex128{complex(0.9*cos, 0.9*sin), complex(0.9*cos, -0.9*sin)}, 1e-15},
		{"triangular", []float64{1, 2, 3, 0, 4, 5, 0, 0, 6}, []complex128{6, 4, 1}, 1e-14},
		{"ring", ring, roots, 1e-14},
		// The roots 1 … 5 of a polynomial, from its companion matrix.
		{"companion", []float64{15, -85, 225, -274, 120, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0}, []complex128{5, 4, 3, 2, 1}, 1e-10},
		// A Jordan block: the eigenvalues of a defective matrix are known to a root of the rounding.
		{"defective", []float64{2, 1, 0, 0, 2, 1, 0, 0, 2}, []complex128{2, 2, 2}, 1e-5},
	} {
		a := slices.Clone(c.a)
		got, err := Eigenvalues(a, len(c.want))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(c.want) || len(got) > 0 && !(pairedDistance(got, c.want) <= c.tol) {
			t.Errorf("%s: eigenvalues are %v, want %v", c.name, got, c.want)
		}
		if !slices.Equal(a, c.a) {
			t.Errorf("%s: the matrix was changed", c.name)
		}
	}
}

// TestEigenvaluesScaled takes a matrix whose numbers are so large or so small that their squares overflow
// or vanish.
func TestEigenvaluesScaled(t *testing.T) {
	const n = 12
	a := make([]float64, n*n)
	for i := range a {
		a[i] = math.Sin(float64(i*i + 1))
	}
	want, err := Eigenvalues(a, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []int{-1000, -600, -301, 301, 600, 1000} {
		b := slices.Clone(a)
		for i, v := range b {
			b[i] = math.Ldexp(v, e)
		}
		got, err := Eigenvalues(b, n)
		if err != nil {
			t.Fatalf("2^%d: %v", e, err)
		}
		for i, l := range got {
			if d := cmplx.Abs(ldexpComplex(l, -e) - want[i]); !(d <= 1e-13) {
				t.Errorf("2^%d: eigenvalue %d is %v, want 2^%d·%v", e, i, l, e, want[i])
			}
			if m := math.Ldexp(Modulus(l), -e); !(math.Abs(m-Modulus(want[i])) <= 1e-13) {
				t.Errorf("2^%d: modulus of eigenvalue %d is 2^%d·%v, want %v", e, i, e, m, Modulus(want[i]))
			}
		}
	}
}

// TestEigenvaluesRandom compares with LAPACK's algorithm as gonum has it, and with NumPy.
func TestEigenvaluesRandom(t *testing.T) {
	for n := 1; n <= 60; n += 1 + n/4 {
		for seed := range uint64(3) {
			a := normal(n*n, 100*seed+uint64(n))
			if seed == 1 { // as in a map with saturated units
				for i := range a {
					a[i] *= math.Pow(10, -float64(i/n%7))
				}
			}
			got, err := Eigenvalues(a, n)
			if err != nil {
				t.Fatal(err)
			}
			var e mat.Eigen
			if !e.Factorize(mat.NewDense(n, n, slices.Clone(a)), mat.EigenNone) {
				t.Fatal("gonum finds no eigenvalues")
			}
			if d := pairedDistance(got, e.Values(nil)); !(d <= 1e-11) {
				t.Errorf("%d × %d, seed %d: an eigenvalue is %v away from gonum's", n, n, seed, d)
			}
			if !slices.IsSortedFunc(got, func(x, y complex128) int { return cmp.Compare(Modulus(y), Modulus(x)) }) {
				t.Errorf("%d × %d: %v are not sorted", n, n, got)
			}
		}
	}
	r := load(t)
	var want []complex128
	for _, l := range r.Eigenvalues {
		want = append(want, complex(l[0], l[1]))
	}
	got, err := Eigenvalues(slices.Concat(r.Matrix...), len(r.Matrix))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		if !(cmplx.Abs(got[i]-want[i]) <= 1e-13) {
			t.Errorf("eigenvalue %d is %v, NumPy's %v", i, got[i], want[i])
		}
	}
}

// TestEigenvaluesRefuse checks what is not finite, and caller bugs.
func TestEigenvaluesRefuse(t *testing.T) {
	_, err := Eigenvalues([]float64{1, 2, math.NaN(), 4}, 2)
	if want := "dynamics: entry (1, 0) of a matrix is NaN"; fmt.Sprint(err) != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	defer func() {
		if r := recover(); r != "dynamics: Eigenvalues: 3 numbers for a matrix 2 × 2" {
			t.Errorf("panic is %v", r)
		}
	}()
	Eigenvalues(make([]float64, 3), 2)
}

// TestPrincipalComponents compares with gonum and checks the definition.
func TestPrincipalComponents(t *testing.T) {
	for _, n := range []int{1, 2, 5, 24} {
		var rows [][]float64
		for i := range n/2 + 3 { // the larger ones lack rank
			rows = append(rows, normal(n, uint64(1000+100*n+i)))
		}
		_, c := Covariance(rows)
		variances, v := PrincipalComponents(c, n)
		var e mat.EigenSym
		if !e.Factorize(mat.NewSymDense(n, c), false) {
			t.Fatal("gonum finds no eigenvalues")
		}
		want := e.Values(nil)
		slices.Reverse(want)
		for i := range n {
			checkNear(t, fmt.Sprintf("variance %d of %d", i, n), variances[i], want[i], 1e-13*want[0])
			row := v[i*n:][:n]
			for j := range n {
				checkNear(t, "C·v - λv", linear.Dot(-variances[i]*row[j], c[j*n:][:n], row), 0, 1e-13*want[0])
				checkNear(t, "product of components", linear.Dot(0, row, v[j*n:][:n]), map[bool]float64{true: 1}[i == j], 1e-13)
			}
			if largest := slices.MaxFunc(row, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) }); largest <= 0 {
				t.Errorf("the largest entry of component %d is %v", i, largest)
			}
		}
	}
	variances, _ := PrincipalComponents(make([]float64, 9), 3)
	if !slices.Equal(variances, []float64{0, 0, 0}) {
		t.Errorf("variances of nothing are %v", variances)
	}
}

func TestLn(t *testing.T) {
	for _, z := range normal(2000, 3) {
		x := math.Exp(20 * z)
		if d := math.Abs(Ln(x) - math.Log(x)); !(d <= 2*(math.Nextafter(math.Abs(math.Log(x)), math.Inf(1))-math.Abs(math.Log(x)))) {
			t.Fatalf("Ln(%v) is %v, want %v", x, Ln(x), math.Log(x))
		}
		x = 1 + 1e-3*z
		if !(math.Abs(Ln(x)/math.Log(x)-1) <= 0x1p-51) {
			t.Fatalf("Ln(%v) is %v, want %v", x, Ln(x), math.Log(x))
		}
	}
	if Ln(1) != 0 || !math.IsInf(Ln(0), -1) || !math.IsInf(Ln(math.Inf(1)), 1) || !math.IsNaN(Ln(-1)) || !math.IsNaN(Ln(math.NaN())) {
		t.Errorf("ln of 1, 0, Inf, -1, NaN: %v %v %v %v %v", Ln(1), Ln(0), Ln(math.Inf(1)), Ln(-1), Ln(math.NaN()))
	}
}
