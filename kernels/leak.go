package kernels

import "fmt"

// Leak holds the coefficients of leaky units, h[t+1] = (1-α)·h[t] + α·tanh(z[t]) with 0 < α ≤ 1.
// This is a step dt of a unit whose time constant is τ = dt/α.
type Leak[T Float] struct {
	Alpha T // weight of the new tanh, α
	Keep  T // weight of the old state, 1-α
}

// NewLeak returns the coefficients of α, each rounded once from float64. It panics
// unless 0 < α ≤ 1.
func NewLeak[T Float](alpha float64) Leak[T] {
	if !(alpha > 0 && alpha <= 1) {
		panic(fmt.Sprintf("kernels: leak is %v, more than 0 and at most 1 needed", alpha))
	}
	return Leak[T]{T(alpha), T(1 - alpha)}
}

// leak defines Ops.Leak.
func leak[T Float](next, h, a []T, c Leak[T]) {
	for i, ai := range a {
		next[i] = FMA(c.Alpha, ai, T(c.Keep*h[i]))
	}
}

// leakBackward defines the end of Ops.StepBackwardLeak. On entry delta holds the product of the
// matrices.
func leakBackward[T Float](delta, carry, h, a []T, c Leak[T], activity T) {
	for i, z := range delta {
		g := FMA(c.Keep, carry[i], FMA(activity, h[i], z))
		carry[i] = g
		delta[i] = T(T(c.Alpha*g) * FMA(-a[i], a[i], 1))
	}
}

// Leak sets next[i] = α·a[i] + (1-α)·h[i] for every entry of a. It rounds the second product, then
// adds the first with one rounding. next may be h or a.
func (o *Ops[T]) Leak(next, h, a []T, c Leak[T]) {
	checkLength("Leak", "next", len(next), len(a))
	checkLength("Leak", "h", len(h), len(a))
	for o.m != nil && len(a) >= o.m.lanes {
		n := min(len(a)/o.m.lanes*o.m.lanes, callElements)
		raceRead(h[:n])
		raceRead(a[:n])
		raceWrite(next[:n])
		o.m.leak(&next[0], &h[0], &a[0], n, c.Alpha, c.Keep)
		next, h, a = next[n:], h[n:], a[n:]
	}
	leak(next, h, a, c)
}

// StepBackwardLeak does for leaky units what StepBackward does for others. On entry carry holds the
// derivative of the loss by the states one step after h; on return it holds the derivative by h:
//
//	carry[b][j] = (1-α)·carry[b][j] + (activity·h[b][j] + Σk w[k][j]·delta[b][k])
//	prev[b][j]  = (α·carry[b][j])·(1-a[b][j]²)
//
// where a is the tanh that went into h. The sum runs over increasing k. Each sum is rounded once,
// and so is each product in parentheses. The entries of prev and carry beyond the units and below
// the stride are undefined afterwards, and depend on their values before.
func (o *Ops[T]) StepBackwardLeak(prev, carry, h, a, delta []T, w *Panels[T], c Leak[T], activity T, trials, stride int) {
	const name = "StepBackwardLeak"
	n := trials * stride
	checkLength(name, "prev", len(prev), n)
	checkLength(name, "carry", len(carry), n)
	checkLength(name, "h", len(h), n)
	checkLength(name, "a", len(a), n)
	checkLength(name, "delta", len(delta), n)
	o.forward(name, nil, prev, delta, w, trials, stride, 0) // the same product, of other weights
	prev, carry, h, a = prev[:n], carry[:n], h[:n], a[:n]
	for o.m != nil && len(prev) >= o.m.lanes {
		n := min(len(prev)/o.m.lanes*o.m.lanes, callElements)
		raceRead(h[:n])
		raceRead(a[:n])
		raceWrite(prev[:n])
		raceWrite(carry[:n])
		o.m.leakBackward(&prev[0], &carry[0], &h[0], &a[0], n, c.Alpha, c.Keep, activity)
		prev, carry, h, a = prev[n:], carry[n:], h[n:], a[n:]
	}
	leakBackward(prev, carry, h, a, c, activity)
}
