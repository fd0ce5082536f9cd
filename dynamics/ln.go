package dynamics

import "math"

// Ln returns the natural logarithm of x ≥ 0, with an error below 2 ULP and the same
// bits on every machine, which math.Log does not promise. Ln(0) is -Inf.
//
// With x = m·2ᵉ, √½ ≤ m < √2 and s = (m-1)/(m+1), ln x = e·ln 2 + 2s + 2s³/3 + 2s⁵/5 + …
func Ln(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case !(x > 0):
		return math.NaN()
	case x > math.MaxFloat64:
		return x
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := (m - 1) / (m + 1)
	z := float64(s * s)
	p := 0.0
	for k := 21; k >= 3; k -= 2 {
		p = math.FMA(p, z, 1/float64(k))
	}
	return math.FMA(float64(e), math.Ln2, math.FMA(float64(2*s*z), p, 2*s))
}
