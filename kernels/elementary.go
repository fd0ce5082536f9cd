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
