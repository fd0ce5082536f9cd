package rnn

import (
	"math"
	"strings"
	"testing"

	"molap/kernels"

	"gonum.org/v1/gonum/mat"
)

// random returns n deviates.
func random(n int, stream uint64) []float64 {
	z := make([]float32, n)
	kernels.Best().Normal(z, kernels.NewStream(stream), 0)
	return convert[float64](z)
}

// positive returns a symmetric positive definite matrix n × n whose least
// eigenvalue is 1 and whose largest is some thousands, as in DNI.
func positive(n int) []float64 {
	b := mat.NewDense(n, n, random(n*n, uint64(n)))
	var m mat.Dense
	m.Mul(b, b.T())
	m.Scale(1000/float64(n), &m)
	for i := range n {
		m.Set(i, i, m.At(i, i)+1)
	}
	return m.RawMatrix().Data
}

func TestInvert(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 30, 101} {
		m := positive(n)
		got := inverse(m, n)
		var want mat.Dense
		if err := want.Inverse(mat.NewDense(n, n, m)); err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i := range n {
			for j := range n {
				worst = max(worst, math.Abs(got[i*n+j]-want.At(i, j)))
				if got[i*n+j] != got[j*n+i] {
					t.Fatalf("n = %d: the inverse is not symmetric at %d, %d", n, i, j)
				}
			}
		}
		if !(worst < 1e-12) {
			t.Errorf("n = %d: inverse is off by %g", n, worst)
		}
	}
	if len(inverse(nil, 0)) != 0 {
		t.Error("the inverse of nothing is something")
	}
}

// TestInvertUpper checks that invert reads nothing below the diagonal.
func TestInvertUpper(t *testing.T) {
	const n = 5
	m := positive(n)
	want := inverse(m, n)
	for i := range n {
		for j := range i {
			m[i*n+j] = math.NaN()
		}
	}
	for i, v := range inverse(m, n) {
		if v != want[i] {
			t.Fatalf("entry %d is %v, want %v", i, v, want[i])
		}
	}
}

// TestNoInverse checks what is not positive definite.
func TestNoInverse(t *testing.T) {
	for name, m := range map[string][]float64{
		"indefinite": {1, 2, 2, 1}, "singular": {1, 1, 1, 1}, "NaN": {1, 0, 0, math.NaN()}, "infinite": {math.Inf(1), 0, 0, 1},
	} {
		if _, err := invert(m, 2); err == nil || !strings.Contains(err.Error(), "2×2") {
			t.Errorf("%s: error %v, want one that names the matrix", name, err)
		}
	}
}

// panicOf returns the message with which f panics, or "".
func panicOf(f func()) (message string) {
	defer func() {
		if v := recover(); v != nil {
			message, _ = v.(string)
		}
	}()
	f()
	return ""
}

func TestCongruence(t *testing.T) {
	const n, k = 6, 9
	w, c := random(n*k, 1), positive(k)
	var want mat.Dense
	want.Product(mat.NewDense(n, k, w), mat.NewDense(k, k, c), mat.NewDense(n, k, w).T())
	got := congruence(w, c, n, k)
	for i := range n {
		for j := range n {
			if math.Abs(got[i*n+j]-want.At(i, j)) > 1e-12*want.At(i, i) || got[i*n+j] != got[j*n+i] {
				t.Errorf("entry %d, %d is %v and transposed %v, want %v", i, j, got[i*n+j], got[j*n+i], want.At(i, j))
			}
		}
	}
}

// inverse returns an inverse that there must be.
func inverse(m []float64, n int) []float64 {
	x, err := invert(m, n)
	if err != nil {
		panic(err)
	}
	return x
}
