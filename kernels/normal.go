package kernels

import "math"

// NormalGroup is the number of deviates in one group of a normal stream: 16
// blocks give 16 deviates from cosines, then 16 from sines.
const NormalGroup = 32

// normalAt defines the normal deviates. From one block (a, b) it makes two, deviates c and c+16 of
// their group, by the method of Box and Muller (1958):
//
//	z = √(-2 ln u)·(cos φ, sin φ),  u = (a>>8 + 1)/2²⁴,  φ = ¼turn·(j/2²⁴ + quadrant),
//
// where the top two bits of b choose the quadrant and j is the signed 24-bit
// integer below them. Deviates are single precision, |z| ≤ 5.77, and the same
// for both element types, so that a float64 run sees the noise of its float32 twin.
// Their error is below 4.1·2⁻²⁴ of the radius √(-2 ln u).
func normalAt(a, b uint32) (cosine, sine float32) {
	c := &normalF32
	// -2 ln u with u = m·2ᵉ, √½ ≤ m < √2, f = m-1.
	u := float32(float32(int32(a>>8)+1) * (1.0 / (1 << 24)))
	i := int32(math.Float32bits(u)) - sqrtHalfBits
	e := float32(i >> 23)
	f := float32(math.Float32frombits(uint32(i&0x7fffff+sqrtHalfBits)) - 1)
	p := horner(c.log1p, f)
	f2 := float32(f * f)
	l := fma32(f2, -0.5, f)
	l = fma32(float32(f2*f), p, l)
	l = fma32(e, c.ln2, l)
	r := Sqrt(float32(l * -2))

	// sin and cos of φ's remainder x, |x| ≤ π/4.
	x := float32(float32(int32(b<<2)>>8) * c.piOver2e25)
	x2 := float32(x * x)
	sn := fma32(float32(x2*x), horner(c.sin, x2), x)
	cs := fma32(float32(x2*x2), horner(c.cos, x2), fma32(x2, -0.5, 1))

	// Quadrant: swap in the odd ones, then set the signs.
	if b&(1<<30) != 0 {
		sn, cs = cs, sn
	}
	cs = math.Float32frombits(math.Float32bits(cs) ^ (b^b<<1)&(1<<31))
	sn = math.Float32frombits(math.Float32bits(sn) ^ b&(1<<31))
	return float32(r * cs), float32(r * sn)
}

// horner evaluates a polynomial, highest degree first.
func horner(c []float32, x float32) float32 {
	p := c[0]
	for _, k := range c[1:] {
		p = fma32(p, x, k)
	}
	return p
}

// normalTable holds the constants of normalAt; polynomials in Horner order.
type normalTable struct {
	ln2, piOver2e25 float32
	log1p, sin, cos []float32
}

// normalGeneric sets dst to the deviates of groups group, group+1, … of s; the
// last group may be cut short.
func normalGeneric(dst []float32, s Stream, group uint64) {
	for o := 0; o < len(dst); o += NormalGroup {
		g := dst[o:min(o+NormalGroup, len(dst))]
		for c := range min(len(g), NormalGroup/2) {
			a, b := s.Block(group*(NormalGroup/2) + uint64(c))
			cosine, sine := normalAt(a, b)
			g[c] = cosine
			if c+NormalGroup/2 < len(g) {
				g[c+NormalGroup/2] = sine
			}
		}
		group++
	}
}
