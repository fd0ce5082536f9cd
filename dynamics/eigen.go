package dynamics

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/kernels/linear"
)

// Eigenvalues returns the eigenvalues of A, n × n, by falling modulus. Of a conjugate pair the one
// above the real axis comes first. Each is an eigenvalue of a matrix that differs from A by some
// 1e-15·|A|. A is not changed. Eigenvalues returns an error if A is not finite, or if the iteration
// does not converge; we know of no such matrix. It panics if n is negative or a is not n·n numbers
// long.
//
// It brings A to Hessenberg form by Householder reflections, and from there to blocks of one and
// two by Francis's implicit double shifts (Golub and Van Loan, §7.4 and 7.5; the exceptional shifts
// are those of EISPACK's hqr).
func Eigenvalues(a []float64, n int) ([]complex128, error) {
	if n < 0 || len(a) != n*n {
		panic(fmt.Sprintf("dynamics: Eigenvalues: %d numbers for a matrix %d × %d", len(a), n, n))
	}
	if i := notFinite(a); i >= 0 {
		return nil, fmt.Errorf("dynamics: entry (%d, %d) of a matrix is %v", i/n, i%n, a[i])
	}
	q := &francisQR{a: slices.Clone(a), n: n}
	largest := 0.0
	for _, v := range a {
		largest = max(largest, math.Abs(v))
	}
	e := scaleExponent(largest)
	if e != 0 {
		for i, v := range q.a {
			q.a[i] = math.Ldexp(v, -e)
		}
	}
	q.reduce()
	if err := q.run(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(q.values, func(x, y complex128) int {
		if c := cmp.Compare(modulus2(y), modulus2(x)); c != 0 {
			return c
		}
		if c := cmp.Compare(real(y), real(x)); c != 0 {
			return c
		}
		return cmp.Compare(imag(y), imag(x))
	})
	if e != 0 {
		for i, l := range q.values {
			q.values[i] = ldexpComplex(l, e)
		}
	}
	return q.values, nil
}

// scaleExponent returns 0 if squares of numbers up to x neither overflow nor vanish, and otherwise e such that
// those of numbers up to x/2ᵉ do not.
func scaleExponent(x float64) int {
	if x == 0 || x-x != 0 || x >= 0x1p-300 && x <= 0x1p300 {
		return 0
	}
	_, e := math.Frexp(x)
	return e
}

// ldexpComplex returns 2ᵉ·λ.
func ldexpComplex(l complex128, e int) complex128 {
	return complex(math.Ldexp(real(l), e), math.Ldexp(imag(l), e))
}

// Modulus returns |λ|, the same on every machine, which cmplx.Abs does not promise.
func Modulus(l complex128) float64 {
	if e := scaleExponent(max(math.Abs(real(l)), math.Abs(imag(l)))); e != 0 {
		return math.Ldexp(math.Sqrt(modulus2(ldexpComplex(l, -e))), e)
	}
	return math.Sqrt(modulus2(l))
}

func modulus2(l complex128) float64 { return math.FMA(real(l), real(l), float64(imag(l)*imag(l))) }

// TimeConstant returns the number of steps after which a disturbance along an
// eigenvector of eigenvalue λ has fallen, or grown, e times: 1/|ln|λ||.
func TimeConstant(l complex128) float64 { return math.Abs(1 / Ln(Modulus(l))) }

// francisQR is the state of the QR algorithm.
type francisQR struct {
	a      []float64 // n × n
	n      int
	shift  float64 // taken off the diagonal so far
	norm   float64 // Σ|a| of the Hessenberg matrix
	values []complex128
}

func (q *francisQR) at(i, j int) *float64 { return &q.a[i*q.n+j] }

// reduce brings a to Hessenberg form.
func (q *francisQR) reduce() {
	n := q.n
	v, w := make([]float64, n), make([]float64, n)
	for k := 0; k < n-2; k++ {
		x := v[k+1 : n]
		s := 0.0
		for i := range x {
			x[i] = *q.at(k+1+i, k)
			s = math.FMA(x[i], x[i], s)
		}
		norm := math.Sqrt(s)
		if norm == 0 {
			continue
		}
		alpha := -math.Copysign(norm, x[0])
		x[0] -= alpha
		b := 1 / float64(-alpha*x[0]) // 2/(xᵀx), since xᵀx = -2·alpha·x[0]
		// (I - b·x·xᵀ)·A: columns from k on.
		clear(w)
		for i, xi := range x {
			linear.AddScaled(w[k:], q.a[(k+1+i)*n+k:][:n-k], xi)
		}
		for i, xi := range x {
			linear.AddScaled(q.a[(k+1+i)*n+k:][:n-k], w[k:], -float64(b*xi))
		}
		// A·(I - b·x·xᵀ).
		for i := range n {
			row := q.a[i*n+k+1:][:len(x)]
			linear.AddScaled(row, x, -float64(b*linear.Dot(0, x, row)))
		}
		for i := k + 2; i < n; i++ {
			*q.at(i, k) = 0
		}
	}
	for i := range n {
		for j := max(0, i-1); j < n; j++ {
			q.norm += math.Abs(*q.at(i, j))
		}
	}
}

const (
	unitRoundoff = 0x1p-52
	maxSweeps    = 60 // of one eigenvalue
)

// run splits eigenvalues off the lower end until none is left.
func (q *francisQR) run() error {
	for last, sweep := q.n-1, 0; last >= 0; {
		first := q.split(last)
		x := *q.at(last, last)
		switch {
		case first == last:
			q.values = append(q.values, complex(x+q.shift, 0))
			last, sweep = last-1, 0
			continue
		case first == last-1:
			q.pair(last)
			last, sweep = last-2, 0
			continue
		case sweep == maxSweeps:
			return fmt.Errorf("dynamics: eigenvalues of a matrix %d × %d not found in %d sweeps", q.n, q.n, sweep)
		}
		y := *q.at(last-1, last-1)
		w := float64(*q.at(last, last-1) * *q.at(last-1, last))
		if sweep%10 == 9 { // exceptional
			q.shift += x
			for i := 0; i <= last; i++ {
				*q.at(i, i) -= x
			}
			s := math.Abs(*q.at(last, last-1)) + math.Abs(*q.at(last-1, last-2))
			x, y, w = float64(0.75*s), float64(0.75*s), float64(float64(-0.4375*s)*s)
		}
		q.sweep(first, last, x, y, w)
		sweep++
	}
	return nil
}

// split returns the first row of the unreduced block that ends with row last.
func (q *francisQR) split(last int) int {
	for l := last; l > 0; l-- {
		s := math.Abs(*q.at(l-1, l-1)) + math.Abs(*q.at(l, l))
		if s == 0 {
			s = q.norm
		}
		if math.Abs(*q.at(l, l-1)) <= unitRoundoff*s {
			*q.at(l, l-1) = 0
			return l
		}
	}
	return 0
}

// pair takes the two eigenvalues of the block in rows last-1 and last.
func (q *francisQR) pair(last int) {
	x, y := *q.at(last, last), *q.at(last-1, last-1)
	w := float64(*q.at(last, last-1) * *q.at(last-1, last))
	p := float64(0.5 * (y - x))
	d := math.FMA(p, p, w)
	z := math.Sqrt(math.Abs(d))
	x += q.shift
	if d < 0 {
		q.values = append(q.values, complex(x+p, z), complex(x+p, -z))
		return
	}
	z = p + math.Copysign(z, p)
	other := x + z
	if z != 0 {
		other = x - float64(w/z)
	}
	q.values = append(q.values, complex(x+z, 0), complex(other, 0))
}

// sweep does one double shift on the block of rows first … last. The two shifts are given by their
// sum x + y and their product x·y - w.
func (q *francisQR) sweep(first, last int, x, y, w float64) {
	// Start where two small subdiagonals follow each other.
	m := last - 2
	var p, r, t float64
	for ; ; m-- {
		z := *q.at(m, m)
		dx, dy := x-z, y-z
		p = math.FMA(dx, dy, -w) / *q.at(m+1, m) + *q.at(m, m+1)
		r = *q.at(m+1, m+1) - z - dx - dy
		t = *q.at(m+2, m+1)
		s := math.Abs(p) + math.Abs(r) + math.Abs(t)
		p, r, t = p/s, r/s, t/s
		if m == first {
			break
		}
		u := float64(math.Abs(*q.at(m, m-1)) * (math.Abs(r) + math.Abs(t)))
		v := float64(math.Abs(p) * (math.Abs(*q.at(m-1, m-1)) + math.Abs(z) + math.Abs(*q.at(m+1, m+1))))
		if u <= unitRoundoff*v {
			break
		}
	}
	for i := m; i < last-1; i++ {
		*q.at(i+2, i) = 0
		if i != m {
			*q.at(i+2, i-1) = 0
		}
	}
	for k := m; k < last; k++ {
		three := k+1 != last
		scale := 0.0
		if k != m {
			p, r, t = *q.at(k, k-1), *q.at(k+1, k-1), 0
			if three {
				t = *q.at(k+2, k-1)
			}
			if scale = math.Abs(p) + math.Abs(r) + math.Abs(t); scale == 0 {
				continue
			}
			p, r, t = p/scale, r/scale, t/scale
		}
		s := math.Copysign(math.Sqrt(math.FMA(p, p, math.FMA(r, r, float64(t*t)))), p)
		if s == 0 {
			continue
		}
		if k != m {
			*q.at(k, k-1) = -float64(s * scale)
		} else if first != m {
			*q.at(k, k-1) = -*q.at(k, k-1)
		}
		p += s
		q.reflect(k, first, last, three, [3]float64{p / s, r / s, t / s}, [2]float64{r / p, t / p})
	}
}

// reflect applies I - x·(1, v)ᵀ to rows k, k+1, k+2 and to the same columns, or to the first two of
// them unless three is true.
func (q *francisQR) reflect(k, first, last int, three bool, x [3]float64, v [2]float64) {
	for j := k; j <= last; j++ {
		p := math.FMA(v[0], *q.at(k+1, j), *q.at(k, j))
		if three {
			p = math.FMA(v[1], *q.at(k+2, j), p)
			*q.at(k+2, j) = math.FMA(-p, x[2], *q.at(k+2, j))
		}
		*q.at(k+1, j) = math.FMA(-p, x[1], *q.at(k+1, j))
		*q.at(k, j) = math.FMA(-p, x[0], *q.at(k, j))
	}
	for i := first; i <= min(last, k+3); i++ {
		p := math.FMA(x[1], *q.at(i, k+1), float64(x[0]**q.at(i, k)))
		if three {
			p = math.FMA(x[2], *q.at(i, k+2), p)
			*q.at(i, k+2) = math.FMA(-p, v[1], *q.at(i, k+2))
		}
		*q.at(i, k+1) = math.FMA(-p, v[0], *q.at(i, k+1))
		*q.at(i, k) -= p
	}
}
