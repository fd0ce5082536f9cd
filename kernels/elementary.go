package kernels

import "math"

// SincosTurns returns the sine and cosine of an angle given in turns
// (1 turn = 2π), with an error below 2 ULP and the same bits on every machine,
// which math.Sincos does not promise. The bound holds for |turns| ≤ 2
// (docs/accuracy.md); an argument that is not finite gives NaN.
func SincosTurns(turns float64) (sin, cos float64) {
	q := math.RoundToEven(float64(turns * 4))
	x := float64(math.FMA(q, -0.25, turns) * (2 * math.Pi)) // exact difference, |x| ≤ π/4
	x2 := float64(x * x)
	s, c := 0.0, 0.0
	for k := len(sinTaylor) - 1; k >= 0; k-- {
		s = math.FMA(s, x2, sinTaylor[k])
		c = math.FMA(c, x2, cosTaylor[k])
	}
	s = math.FMA(float64(x2*x), s, x)
	c = math.FMA(float64(x2*x2), c, math.FMA(x2, -0.5, 1))
	switch int64(q) & 3 {
	case 1:
		return c, -s
	case 2:
		return -s, -c
	case 3:
		return -c, s
	}
	return s, c
}

// Taylor coefficients (-1)ᵏ/n! of sin from x³ and of cos from x⁴; on |x| ≤ π/4
// the first one left out is below 2⁻⁶⁰.
var (
	sinTaylor = [8]float64{-1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800,
		1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000}
	cosTaylor = [8]float64{1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600,
		-1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000}
)

// Exp returns eˣ with an error below 1 ULP and the same bits on every machine, or +Inf if eˣ is
// above the largest float64. As in Tanh, n = round(x/ln2), r = x - n·ln2 and eˣ = 2ⁿ·(1 + (r +
// r²q(r))).
func Exp(x float64) float64 {
	switch {
	case x != x:
		return canonicalNaN(x)
	case x > 710:
		return math.Inf(1)
	case x < -750:
		return 0
	}
	c := &tanhF64
	n := math.RoundToEven(float64(x * c.log2e))
	r := math.FMA(-n, c.ln2lo, math.FMA(-n, c.ln2hi, x))
	q := c.q[0]
	for _, k := range c.q[1:] {
		q = math.FMA(q, r, k)
	}
	return math.Ldexp(1+math.FMA(float64(r*r), q, r), int(n))
}

// Log returns the natural logarithm of x with an error below 1 ULP and the same bits on every
// machine. Log(0) is -Inf, and the logarithm of a negative number is NaN. With x = m·2ᵉ, √½ ≤ m <
// √2, f = m-1 and s = f/(2+f), it computes e·ln2 + f - (f²/2 - s·(f²/2 + R(s²))), where R is that
// of FreeBSD's e_log.c, by W. J. Cody's method.
func Log(x float64) float64 {
	switch {
	case !(x >= 0):
		return canonicalNaN(math.NaN())
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	m, exp := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, exp = m*2, exp-1
	}
	e, f := float64(exp), m-1
	s := f / (2 + f)
	z, series := float64(s*s), 0.0
	for _, k := range logSeries {
		series = math.FMA(series, z, k)
	}
	half := float64(float64(f*f) * 0.5)
	tail := math.FMA(s, math.FMA(series, z, half), float64(e*tanhF64.ln2lo))
	return math.FMA(e, tanhF64.ln2hi, -float64(float64(half-tail)-f))
}

// logSeries is R(z)/z of Log in Horner order.
var logSeries = [7]float64{1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
	2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01}

// PowInt returns bⁿ for n ≥ 0 by squaring, in a stated order of roundings, with a
// relative error of at most (n+1)·2⁻⁵³. A negative n counts as 0.
func PowInt(b float64, n int) float64 {
	p := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			p = float64(p * b)
		}
		b = float64(b * b)
	}
	return p
}
