package cca

import (
	"math"
	"testing"

	"molap/kernels"
)

// numberSource draws the tests' numbers; the same on every machine.
type numberSource struct {
	s kernels.Stream
	i uint64
}

func newSource(seed uint64) *numberSource { return &numberSource{s: kernels.NewStream(seed)} }

// uniform returns a deviate of mean 0 and variance 1.
func (s *numberSource) uniform() float64 {
	s.i++
	return (s.s.Uniform(s.i) - 0.5) * (2 * math.Sqrt(3))
}

func (s *numberSource) matrix(rows, cols int) Matrix {
	m := NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = s.uniform()
	}
	return m
}

// sharedCauses returns x and y that share hidden causes of falling strength.
func sharedCauses(seed uint64, n, p, q int) (x, y Matrix) {
	s := newSource(seed)
	causes := s.matrix(n, min(p, q))
	x, y = s.matrix(n, p), s.matrix(n, q)
	for i := range n {
		for k, z := range causes.Row(i) {
			x.Row(i)[k] += 2 * z / float64(k+1)
			y.Row(i)[k] += z / float64(k+1)
		}
	}
	return x, y
}

// corpus returns trials of 110 steps shaped like the nine tasks: 25 inputs with
// uniform noise of standard deviation sigma, 22 targets. Angles lie between 0
// and half a turn; the first one of a trial is shared by the tasks or not.
func corpus(seed uint64, trials int, shared bool, sigma float64) (x, y Matrix) {
	s := newSource(seed)
	angle := func() (sin, cos float64) {
		s.i++
		return kernels.SincosTurns(s.s.Uniform(s.i) / 2)
	}
	x, y = NewMatrix(110*trials, 25), NewMatrix(110*trials, 22)
	for trial := range trials {
		at, to := 0, 0 // columns of the task
		s1, c1 := angle()
		for task := range 9 {
			if !shared {
				s1, c1 = angle()
			}
			s2, c2 := angle()
			pro, mem := 1-2*float64(task%2), task >= 2
			target := []float64{pro * c1, pro * s1}
			first, second := []float64{c1, s1}, []float64{c2, s2}
			switch task {
			case 4:
				first, second, target = first[:1], second[:1], []float64{max(c1, c2)}
			case 5:
				first, second, target = first[1:], second[1:], []float64{max(s1, s2)}
			case 6:
				target = []float64{max(c1, c2)}
			case 7:
				target = []float64{max(s1, s2)}
			case 8:
				target = []float64{max(c1+s1, c2+s2)}
			}
			for step := range 100 {
				in, out := x.Row(trial*110 + 10 + step)[at:], y.Row(trial*110 + 10 + step)[to:]
				respond := step >= 75
				if !respond {
					in[0], out[0] = 1, 1
				} else {
					copy(out[1:], target)
				}
				pulse := func(v []float64) { copy(in[1:], v) }
				switch {
				case task < 4 && step >= 25 && (!respond || !mem):
					pulse(first)
				case task >= 4 && step >= 25 && step < 35:
					pulse(first)
				case task >= 4 && step >= 55 && step < 65:
					pulse(second)
				}
			}
			at += 1 + len(first)
			to += 1 + len(target)
		}
	}
	for i := range x.Data {
		x.Data[i] += float64(sigma * s.uniform())
	}
	return x, y
}

// checkNear fails unless |got - want| ≤ tol.
func checkNear(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s is %v, want %v (off by %.2g, allowed %.2g)", what, got, want, got-want, tol)
	}
}

// differenceUpToSign returns the largest difference between a and ±b, column by column.
func differenceUpToSign(t *testing.T, a, b Matrix) float64 {
	t.Helper()
	if a.Rows != b.Rows || a.Cols != b.Cols {
		t.Fatalf("%d×%d against %d×%d", a.Rows, a.Cols, b.Rows, b.Cols)
	}
	worst := 0.0
	for k := range a.Cols {
		plus, minus := 0.0, 0.0
		for i := range a.Rows {
			plus = max(plus, math.Abs(a.At(i, k)-b.At(i, k)))
			minus = max(minus, math.Abs(a.At(i, k)+b.At(i, k)))
		}
		worst = max(worst, min(plus, minus))
	}
	return worst
}

// unitWeights returns w with columns divided by the given lengths.
func unitWeights(w Matrix, length []float64) Matrix {
	u := w.columns(w.Rows, 0, w.Cols)
	for i := range u.Rows {
		for k := range u.Cols {
			u.Row(i)[k] /= length[k]
		}
	}
	return u
}

func mustFit(t *testing.T, x, y Matrix, r int) *CCA {
	t.Helper()
	c, err := Fit(x, y, r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// correlation of column j of a with column k of b, in the plain textbook way.
func correlation(a Matrix, j int, b Matrix, k int) float64 {
	var ma, mb, aa, bb, ab float64
	for i := range a.Rows {
		ma += a.At(i, j) / float64(a.Rows)
		mb += b.At(i, k) / float64(a.Rows)
	}
	for i := range a.Rows {
		u, v := a.At(i, j)-ma, b.At(i, k)-mb
		aa, bb, ab = math.FMA(u, u, aa), math.FMA(v, v, bb), math.FMA(u, v, ab)
	}
	return ab / math.Sqrt(aa*bb)
}
