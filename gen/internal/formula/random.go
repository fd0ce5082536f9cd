package formula

import (
	"molap/gen/internal/coef"
	"molap/gen/internal/vector"
)

// Threefry defines kernels' threefry, Threefry2x32 with 20 rounds: key is the
// two key words and their parity word, (x0, x1) the counter.
func Threefry(p *program, key [3]value, x0, x1 value) (value, value) {
	rotations := [8]int{13, 15, 26, 6, 17, 29, 16, 24}
	x0 = p.Do(vector.IAdd, x0, key[0])
	x1 = p.Do(vector.IAdd, x1, key[1])
	for r := range 20 {
		x0 = p.Do(vector.IAdd, x0, x1)
		x1 = p.Do(vector.Xor, p.Shift(vector.Rotl, x1, rotations[r%8]), x0)
		if r%4 == 3 {
			i := r/4 + 1
			x0 = p.Do(vector.IAdd, x0, key[i%3])
			x1 = p.Do(vector.IAdd, x1, key[(i+1)%3])
			x1 = p.Do(vector.IAdd, x1, p.Bits(uint64(i)))
		}
	}
	return x0, x1
}

// Normal defines kernels' normalAt: the two normal deviates of block (a, b).
func Normal(p *program, a, b value) (cosine, sine value) {
	c := coef.NormalF32
	const sign = 1 << 31
	negative := func(bits uint32) value { return p.Bits(uint64(-bits)) }

	// √(-2 ln u), u = m·2ᵉ.
	u := p.Do(vector.IToF, p.Do(vector.IAdd, p.Shift(vector.Shr, a, 8), p.Bits(1)))
	u = p.Do(vector.Mul, u, p.Const(1.0/(1<<24)))
	i := p.Do(vector.IAdd, u, negative(coef.SqrtHalfBits))
	e := p.Do(vector.IToF, p.Shift(vector.Sra, i, 23))
	f := p.Do(vector.IAdd, p.Do(vector.And, i, p.Bits(0x7fffff)), p.Bits(coef.SqrtHalfBits))
	f = p.Do(vector.Sub, f, p.Const(1))
	q := horner(p, c.Log1p, f)
	f2 := p.Do(vector.Mul, f, f)
	l := p.Do(vector.Fma, f2, p.Const(-0.5), f)
	l = p.Do(vector.Fma, p.Do(vector.Mul, f2, f), q, l)
	l = p.Do(vector.Fma, e, p.Const(c.Ln2), l)
	r := p.Do(vector.Sqrt, p.Do(vector.Mul, l, p.Const(-2)))

	// sin and cos within the quadrant.
	x := p.Do(vector.IToF, p.Shift(vector.Sra, p.Shift(vector.Shl, b, 2), 8))
	x = p.Do(vector.Mul, x, p.Const(c.PiOver2e25))
	x2 := p.Do(vector.Mul, x, x)
	sn := p.Do(vector.Fma, p.Do(vector.Mul, x2, x), horner(p, c.Sin, x2), x)
	cs := p.Do(vector.Fma, x2, p.Const(-0.5), p.Const(1))
	cs = p.Do(vector.Fma, p.Do(vector.Mul, x2, x2), horner(p, c.Cos, x2), cs)

	// The quadrant: its low bit swaps, its two bits give the signs.
	b1 := p.Shift(vector.Shl, b, 1)
	cosine = p.Do(vector.Select, b1, sn, cs)
	sine = p.Do(vector.Select, b1, cs, sn)
	flip := p.Do(vector.And, p.Do(vector.Xor, b, b1), p.Bits(sign))
	cosine = p.Do(vector.Xor, cosine, flip)
	sine = p.Do(vector.Xor, sine, p.Do(vector.And, b, p.Bits(sign)))
	return p.Do(vector.Mul, r, cosine), p.Do(vector.Mul, r, sine)
}
