package kernels

import "fmt"

// The definitions of the kernels of one training step, in scalar Go. The order
// of their roundings is the contract that every variant meets bit for bit.

// stepForward defines Ops.StepForward on weights packed in one panel [depth][width].
func stepForward[T Float](next, raw, state, w []T, trials, width, depth, stride int) {
	for b := range trials {
		s := state[b*stride:][:depth]
		for i := range width {
			var z T
			for k, h := range s {
				z = FMA(h, w[k*width+i], z)
			}
			raw[b*stride+i] = z
			if next != nil {
				next[b*stride+i] = Tanh(z)
			}
		}
	}
}

// noisyTanh defines Ops.NoisyTanh.
func noisyTanh[T Float](dst, src, noise []T, sigma T) {
	for i, z := range src {
		dst[i] = Tanh(FMA(sigma, noise[i], z))
	}
}

// addScaled defines Ops.AddScaled.
func addScaled[T Float](dst, x []T, c T) {
	for i, v := range x {
		dst[i] = FMA(c, v, dst[i])
	}
}

// stepBackward defines Ops.StepBackward on weights packed in one panel [depth][width].
func stepBackward[T Float](prev, h, delta, w []T, activity T, trials, width, depth, stride int) {
	for b := range trials {
		d := delta[b*stride:][:depth]
		for j := range width {
			var z T
			for k, dk := range d {
				z = FMA(dk, w[k*width+j], z)
			}
			hj := h[b*stride+j]
			z = FMA(activity, hj, z)
			prev[b*stride+j] = T(z * FMA(-hj, hj, 1))
		}
	}
}

// accumulateGrad defines Ops.AccumulateGrad.
func accumulateGrad[T Float](g, delta, state []T, rows, cols, depth, gStride, stride int) {
	for i := range rows {
		for j := range cols {
			z := g[i*gStride+j]
			for r := range depth {
				z = FMA(delta[r*stride+i], state[r*stride+j], z)
			}
			g[i*gStride+j] = z
		}
	}
}

// lossLanes is the number of interleaved partial sums of a loss.
const lossLanes = 8

// lossGrad defines Ops.Loss except for the sum of the partial sums.
func lossGrad[T Float](e, y, target []T, scale T, sum *[lossLanes]float64) {
	for i := range e {
		d := T(y[i] - target[i])
		e[i] = T(scale * d)
		lane := i % lossLanes
		sum[lane] = FMA(float64(d), float64(d), sum[lane])
	}
}

// AdamStep holds the coefficients of one step of Adam (Kingma and Ba 2015).
type AdamStep[T Float] struct {
	Beta1, Beta2   T // decay of the first and second moment
	Grad1, Grad2   T // 1-Beta1, 1-Beta2
	Unbias1, Scale T // 1/(1-Beta1ⁿ), 1/(1-Beta2ⁿ) at step n
	Rate, Epsilon  T // the learning rate; ε, which keeps the divisor above 0
}

// NewAdamStep returns the coefficients at step n ≥ 1, computed in float64. It panics unless n is at
// least 1 and 0 ≤ beta1, beta2 < 1: the divisors 1-Betaⁿ would be 0 or less.
func NewAdamStep[T Float](rate, beta1, beta2, epsilon float64, n int) AdamStep[T] {
	if n < 1 || !(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) {
		panic(fmt.Sprintf("kernels: NewAdamStep: step %d with β = %v and %v", n, beta1, beta2))
	}
	return AdamStep[T]{
		Beta1: T(beta1), Beta2: T(beta2), Grad1: T(1 - beta1), Grad2: T(1 - beta2),
		Unbias1: T(1 / float64(1-PowInt(beta1, n))), Scale: T(1 / float64(1-PowInt(beta2, n))),
		Rate: T(rate), Epsilon: T(epsilon),
	}
}

// adam defines Ops.Adam.
func adam[T Float](p, m, v, g []T, c *AdamStep[T]) {
	for i, gi := range g {
		m[i] = FMA(c.Beta1, m[i], T(c.Grad1*gi))
		v[i] = FMA(c.Beta2, v[i], T(T(c.Grad2*gi)*gi))
		rate := T(c.Rate * T(c.Unbias1*m[i]))
		p[i] = T(p[i] - T(rate/T(Sqrt(T(c.Scale*v[i]))+c.Epsilon)))
	}
}
