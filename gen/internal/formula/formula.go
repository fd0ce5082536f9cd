// Package formula states the elementwise mathematics of the kernels for the
// abstract vector machine. Each function is the scalar definition of package
// kernels, operation by operation, so that the machine code rounds where that does.
package formula

import (
	"molap/gen/internal/coef"
	"molap/gen/internal/vector"
)

type (
	program = vector.Program
	value   = vector.Value
)

// Tanh defines kernels.Tanh of the vector that load returns. It calls load twice, since registers
// are scarce.
func Tanh(p *program, load func() value) value {
	c := coef.TanhF32
	if p.Elem.Bits == 64 {
		c = coef.TanhF64
	}
	one, two := p.Const(1), p.Const(2)
	magic := p.Const(c.Magic)
	y := p.Do(vector.Abs, load())
	y = p.Do(vector.Add, y, y)
	y = p.Do(vector.Min, y, p.Const(c.Clamp))
	m := p.Do(vector.Fma, y, p.Const(c.Log2E), magic)
	n := p.Do(vector.Sub, m, magic)
	s := p.Shift(vector.Shl, m, p.Elem.Mantissa)
	rh := p.Do(vector.Fnma, n, p.Const(c.Ln2Hi), y)
	r := p.Do(vector.Fnma, n, p.Const(c.Ln2Lo), rh)
	rl := p.Do(vector.Fnma, n, p.Const(c.Ln2Lo), p.Do(vector.Sub, rh, r))
	if p.Elem.Bits == 64 {
		rl = p.Do(vector.Fma, r, rl, rl)
	}
	q := horner(p, c.Q, r)
	t := p.Do(vector.Fma, p.Do(vector.Mul, r, r), q, rl)
	s1 := p.Do(vector.Sub, s, one)
	hi := p.Do(vector.Fma, s, r, s1)
	lo := p.Do(vector.Fma, s, r, p.Do(vector.Sub, s1, hi))
	lo = p.Do(vector.Fma, s, t, lo)
	e := p.Do(vector.Add, hi, lo)
	el := p.Do(vector.Sub, lo, p.Do(vector.Sub, e, hi))
	d := p.Do(vector.Add, e, two)
	dl := p.Do(vector.Sub, d, p.Do(vector.Max, e, two))
	dl = p.Do(vector.Add, p.Do(vector.Sub, p.Do(vector.Min, e, two), dl), el)
	iv := p.Do(vector.Div, one, d)
	z := p.Do(vector.Mul, e, iv)
	rem := p.Do(vector.Fnma, z, d, e)
	rem = p.Do(vector.Fnma, z, dl, p.Do(vector.Add, rem, el))
	z = p.Do(vector.Fma, rem, iv, z)
	x := load()
	z = p.Do(vector.CopySign, z, x)
	return p.Do(vector.CanonNaN, z, x)
}

// Backprop returns (z + activity·h)·(1-h²), the end of kernels' StepBackward.
func Backprop(p *program, z, activity, h value) value {
	z = p.Do(vector.Fma, activity, h, z)
	return p.Do(vector.Mul, z, p.Do(vector.Fnma, h, h, p.Const(1)))
}

// Leak returns α·a + (1-α)·h, as kernels' Leak does for a state h and a tanh a.
func Leak(p *program, alpha, keep, h, a value) value {
	return p.Do(vector.Fma, alpha, a, p.Do(vector.Mul, keep, h))
}

// LeakBackward returns two derivatives of the loss, the end of kernels' StepBackwardLeak: carry by
// a state h, and delta by the argument of the tanh a that went into h. It takes the product z and
// after, the derivative by the state after h.
func LeakBackward(p *program, alpha, keep, activity, z, after, h, a value) (carry, delta value) {
	carry = p.Do(vector.Fma, keep, after, p.Do(vector.Fma, activity, h, z))
	slope := p.Do(vector.Fnma, a, a, p.Const(1))
	return carry, p.Do(vector.Mul, p.Do(vector.Mul, alpha, carry), slope)
}

// AdamStep are the coefficients of kernels.AdamStep in its order.
type AdamStep struct {
	Beta1, Beta2, Grad1, Grad2, Unbias1, Scale, Rate, Epsilon value
}

// Adam defines kernels.Ops.Adam: one step along g of the parameters w with
// moments m and v.
func Adam(p *program, w, m, v, g value, c AdamStep) (w1, m1, v1 value) {
	m1 = p.Do(vector.Fma, c.Beta1, m, p.Do(vector.Mul, c.Grad1, g))
	v1 = p.Do(vector.Fma, c.Beta2, v, p.Do(vector.Mul, p.Do(vector.Mul, c.Grad2, g), g))
	rate := p.Do(vector.Mul, c.Rate, p.Do(vector.Mul, c.Unbias1, m1))
	root := p.Do(vector.Sqrt, p.Do(vector.Mul, c.Scale, v1))
	step := p.Do(vector.Div, rate, p.Do(vector.Add, root, c.Epsilon))
	return p.Do(vector.Sub, w, step), m1, v1
}

// horner evaluates a polynomial, highest degree first.
func horner(p *program, c []float64, x value) value {
	q := p.Const(c[0])
	for _, k := range c[1:] {
		q = p.Do(vector.Fma, q, x, p.Const(k))
	}
	return q
}
