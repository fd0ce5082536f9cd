package kernels

import "math"

// Tanh returns the hyperbolic tangent of x, as every kernel of this package computes it.
//
// With y = min(2|x|, clamp), n = round(y/ln2), r + rl = y - n·ln2 and
// E = expm1(y) = (2ⁿ-1) + 2ⁿ·(r + r²q(r) + rl),
//
//	tanh|x| = E/(E+2),
//
// where E and E+2 carry their rounding errors along and one Newton correction repairs the quotient.
// Tanh is odd, |Tanh(x)| ≤ 1, Tanh(±0) = ±0, Tanh(±Inf) = ±1, and every NaN gives the one quiet NaN
// 0x7fc00000 or 0x7ff8000000000000. The error is below 0.75 ULP for float32, where every argument
// was tried, and below 0.82 ULP for float64 (docs/accuracy.md).
func Tanh[T Float](x T) T {
	c := tanhOf[T]()
	y := T(abs(x) + abs(x))
	if y > c.clamp { // not taken by NaN
		y = c.clamp
	}
	m := FMA(y, c.log2e, c.magic)
	n := T(m - c.magic)
	s := exponentBits(m) // 2ⁿ: magic carries the exponent's bias in its last bits
	rh := FMA(-n, c.ln2hi, y)
	r := FMA(-n, c.ln2lo, rh)
	rl := FMA(-n, c.ln2lo, T(rh-r))
	if !is32[T]() { // exp(r+rl) needs rl·(1+r); in float32 that is 0.02 ULP
		rl = FMA(r, rl, rl)
	}
	q := c.q[0]
	for _, k := range c.q[1:] {
		q = FMA(q, r, k)
	}
	t := FMA(T(r*r), q, rl)
	s1 := T(s - 1)
	hi := FMA(s, r, s1)
	lo := FMA(s, r, T(s1-hi))
	lo = FMA(s, t, lo)
	e := T(hi + lo)
	el := T(lo - T(e-hi))
	d := T(e + 2)
	dl := T(T(min(e, 2)-T(d-max(e, 2))) + el)
	iv := T(1 / d)
	z := T(e * iv)
	rem := FMA(-z, d, e)
	rem = FMA(-z, dl, T(rem+el))
	return canonicalNaN(copysign(FMA(rem, iv, z), x))
}

// tanhTable holds the constants of Tanh; q is in Horner order, highest degree first.
type tanhTable[T Float] struct {
	clamp, log2e, magic, ln2hi, ln2lo T
	q                                 []T
}

func tanhOf[T Float]() *tanhTable[T] {
	if is32[T]() {
		return any(&tanhF32).(*tanhTable[T])
	}
	return any(&tanhF64).(*tanhTable[T])
}

func abs[T Float](x T) T {
	if is32[T]() {
		return T(math.Float32frombits(math.Float32bits(float32(x)) &^ (1 << 31)))
	}
	return T(math.Abs(float64(x)))
}

// exponentBits moves the last bits of x into the exponent of the result.
func exponentBits[T Float](x T) T {
	if is32[T]() {
		return T(math.Float32frombits(math.Float32bits(float32(x)) << 23))
	}
	return T(math.Float64frombits(math.Float64bits(float64(x)) << 52))
}

// copysign returns x ≥ 0 with the sign of s.
func copysign[T Float](x, s T) T {
	if is32[T]() {
		return T(math.Float32frombits(math.Float32bits(float32(x)) | math.Float32bits(float32(s))&(1<<31)))
	}
	return T(math.Float64frombits(math.Float64bits(float64(x)) | math.Float64bits(float64(s))&(1<<63)))
}

// canonicalNaN replaces every NaN by the one with a clear sign and payload.
func canonicalNaN[T Float](x T) T {
	if x == x {
		return x
	}
	if is32[T]() {
		return T(math.Float32frombits(0x7fc00000))
	}
	return T(math.Float64frombits(0x7ff8000000000000))
}
