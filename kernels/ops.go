package kernels

import (
	"fmt"
	"unsafe"
)

// Ops holds the kernels of one variant for one element type.
//
// The network is one augmented matrix (see package autodiff) with rows [units; outputs] and columns
// [units; inputs; 1]. The states and deltas of a shard of trials are matrices trials × stride, one
// row per trial, with stride ≥ Stride(columns). Entries that a method does not define are scratch.
//
// Every method checks the lengths of its arguments. If one is too small, it panics and says the
// length it got and the length it needs. Only NewPanels allocates. Slices must not overlap unless a
// method allows it.
type Ops[T Float] struct {
	variant Variant
	m       *machineCode[T] // nil: the definition
}

// Of returns the kernels of v for element type T.
func Of[T Float](v Variant) *Ops[T] {
	o := &Ops[T]{variant: v}
	if is32[T]() {
		o.m = any(v.f32).(*machineCode[T])
	} else {
		o.m = any(v.f64).(*machineCode[T])
	}
	return o
}

// Variant returns the variant that these kernels belong to.
func (o *Ops[T]) Variant() Variant { return o.variant }

// Stride returns the least row stride for rows of n elements: n rounded up to whole vectors, since
// kernels write whole vectors.
func (o *Ops[T]) Stride(n int) int {
	if o.m == nil {
		return n
	}
	return (n + o.m.lanes - 1) / o.m.lanes * o.m.lanes
}

// StepForward advances each trial b by one step. With z[b] = W·state[b] it sets
// next[b][i] = tanh(z[b][i]) for units and raw[b][i] = z[b][i] for readouts, where i counts from
// the first unit. The sum runs over increasing columns with one rounding per term. The other
// entries of next and raw below the stride are undefined afterwards.
func (o *Ops[T]) StepForward(next, raw, state []T, w *Panels[T], trials, stride int) {
	o.forward("StepForward", next, raw, state, w, trials, stride, 0)
}

// Readout computes only the readouts of StepForward.
func (o *Ops[T]) Readout(raw, state []T, w *Panels[T], trials, stride int) {
	first := 0
	for first < len(w.panels) && w.panels[first].first+w.panels[first].lanes <= w.units {
		first++
	}
	o.forward("Readout", nil, raw, state, w, trials, stride, first)
}

func (o *Ops[T]) forward(name string, next, raw, state []T, w *Panels[T], trials, stride, from int) {
	if trials == 0 {
		return
	}
	n := trials * stride
	checkLength(name, "stride", stride, max(o.Stride(w.outs), w.depth))
	checkLength(name, "state", len(state), n)
	checkLength(name, "raw", len(raw), n)
	if next != nil {
		checkLength(name, "next", len(next), n)
		raceWrite(next[:n])
	}
	if o.m == nil {
		stepForward(next, raw, state, w.data, trials, w.outs, w.depth, stride)
		return
	}
	raceRead(state[:n])
	raceWrite(raw[:n])
	for i := from; i < len(w.panels); i++ {
		q := w.panels[i]
		rows := rowsPerCall(q.vecs, w.depth)
		for b := 0; b < trials; b += rows {
			at := b*stride + q.first
			z, activated := &raw[at], (*T)(nil)
			if next != nil {
				activated = &next[at]
				if q.first+q.lanes <= w.units { // no readout here: z needs no place of its own
					z = activated
				}
			}
			o.m.product(z, activated, nil, &state[b*stride], &w.data[q.offset], 0, q.vecs, min(rows, trials-b), w.depth, stride, w.ahead(i, b, trials))
		}
	}
}

// Go cannot preempt machine code, and the garbage collector waits for it. So one call works for
// about ten microseconds.
const (
	callFMAs     = 1 << 16 // vector operations
	callElements = 1 << 13 // of an elementwise kernel
)

// rowsPerCall returns the number of rows that one call may treat. It is a multiple of 24, which the
// numbers of rows of most tiles divide. No result depends on it.
func rowsPerCall(vecs, depth int) int { return max(24, callFMAs/(vecs*depth)/24*24) }

// StepBackward carries the gradient of the loss one step back through the transposed weights. It
// sets prev[b][j] = (Σk w[k][j]·delta[b][k] + activity·h[b][j])·(1-h[b][j]²) for every trial b and
// unit j. The sum runs over increasing k with one rounding per term.
func (o *Ops[T]) StepBackward(prev, h, delta []T, w *Panels[T], activity T, trials, stride int) {
	if trials == 0 {
		return
	}
	n := trials * stride
	checkLength("StepBackward", "stride", stride, max(o.Stride(w.outs), w.depth))
	checkLength("StepBackward", "prev", len(prev), n)
	checkLength("StepBackward", "h", len(h), n)
	checkLength("StepBackward", "delta", len(delta), n)
	if o.m == nil {
		stepBackward(prev, h, delta, w.data, activity, trials, w.outs, w.depth, stride)
		return
	}
	raceRead(h[:n])
	raceRead(delta[:n])
	raceWrite(prev[:n])
	for i, q := range w.panels {
		rows := rowsPerCall(q.vecs, w.depth)
		for b := 0; b < trials; b += rows {
			at := b*stride + q.first
			o.m.product(&prev[at], nil, &h[at], &delta[b*stride], &w.data[q.offset], activity, q.vecs, min(rows, trials-b), w.depth, stride, w.ahead(i, b, trials))
		}
	}
}

// AccumulateGrad adds the gradient of one rectangle of the weight matrix, rows × cols:
// g[i][j] += Σr delta[r][i]·state[r][j] over depth rows r in order, with one rounding per term.
// delta and state start at the first row and column of the rectangle. g has the stride
// Stride(cols), and the last row of state must reach Stride(cols) columns too.
func (o *Ops[T]) AccumulateGrad(g, delta, state []T, rows, cols, depth, stride int) {
	if rows == 0 || cols == 0 || depth == 0 {
		return
	}
	gStride := o.Stride(cols)
	checkLength("AccumulateGrad", "g", len(g), rows*gStride)
	checkLength("AccumulateGrad", "delta", len(delta), (depth-1)*stride+rows)
	checkLength("AccumulateGrad", "state", len(state), (depth-1)*stride+gStride)
	if o.m == nil {
		accumulateGrad(g, delta, state, rows, cols, depth, gStride, stride)
		return
	}
	raceRead(delta[:(depth-1)*stride+rows])
	raceRead(state[:(depth-1)*stride+gStride])
	raceWrite(g[:rows*gStride])
	vecs := gStride / o.m.lanes
	pieces := (vecs + o.m.vecs - 1) / o.m.vecs
	for p, first := 0, 0; p < pieces; p++ {
		n := vecs / pieces
		if p < vecs%pieces {
			n++
		}
		some := rowsPerCall(n, depth)
		for i := 0; i < rows; i += some {
			o.m.grad(&g[i*gStride+first], &delta[i], &state[first], n, min(some, rows-i), depth, gStride, stride)
		}
		first += n * o.m.lanes
	}
}

// StepForwardNoise does what StepForward does, with noise in the units. It computes z[b][i] as
// StepForward does and sets next[b][i] = tanh(σ·η[b][i] + z[b][i]), with one rounding before tanh.
// The noise η has the stride of next and may be next. Readouts carry no noise.
func (o *Ops[T]) StepForwardNoise(next, raw, state, noise []T, sigma T, w *Panels[T], trials, stride int) {
	o.forward("StepForwardNoise", nil, raw, state, w, trials, stride, 0)
	n := trials * stride
	checkLength("StepForwardNoise", "next", len(next), n)
	checkLength("StepForwardNoise", "noise", len(noise), n)
	o.NoisyTanh(next[:n], raw[:n], noise[:n], sigma)
}

// NoisyTanh sets dst[i] = Tanh(sigma·noise[i] + src[i]) for every entry of src, the
// argument rounded once; dst may be src or noise.
func (o *Ops[T]) NoisyTanh(dst, src, noise []T, sigma T) {
	checkLength("NoisyTanh", "dst", len(dst), len(src))
	checkLength("NoisyTanh", "noise", len(noise), len(src))
	for o.m != nil && len(src) >= o.m.lanes {
		n := min(len(src)/o.m.lanes*o.m.lanes, callElements)
		raceRead(src[:n])
		raceRead(noise[:n])
		raceWrite(dst[:n])
		o.m.noisyTanh(&dst[0], &src[0], &noise[0], n, sigma)
		dst, src, noise = dst[n:], src[n:], noise[n:]
	}
	noisyTanh(dst, src, noise, sigma)
}

// AddScaled adds c·x[i] to dst[i] for every entry of x, with one rounding each.
func (o *Ops[T]) AddScaled(dst, x []T, c T) {
	checkLength("AddScaled", "dst", len(dst), len(x))
	for o.m != nil && len(x) >= o.m.lanes {
		n := min(len(x)/o.m.lanes*o.m.lanes, callElements)
		raceRead(x[:n])
		raceWrite(dst[:n])
		o.m.addScaled(&dst[0], &x[0], n, c)
		dst, x = dst[n:], x[n:]
	}
	addScaled(dst, x, c)
}

// Prefetch asks the core to bring x into its second-level cache. It does not wait for x and changes
// nothing.
func (o *Ops[T]) Prefetch(x []T) {
	if o.m != nil && len(x) > 0 {
		o.variant.prefetch((*float32)(unsafe.Pointer(&x[0])), len(x)*int(unsafe.Sizeof(x[0])/4))
	}
}

// Tanh sets dst[i] = Tanh(src[i]) for every entry of src; the slices may be the same.
func (o *Ops[T]) Tanh(dst, src []T) {
	checkLength("Tanh", "dst", len(dst), len(src))
	for o.m != nil && len(src) >= o.m.lanes {
		n := min(len(src)/o.m.lanes*o.m.lanes, callElements)
		raceRead(src[:n])
		raceWrite(dst[:n])
		o.m.tanh(&dst[0], &src[0], n)
		dst, src = dst[n:], src[n:]
	}
	for i, x := range src {
		dst[i] = Tanh(x)
	}
}

// Loss sets e[i] = scale·(y[i]-target[i]) and returns Σ (y[i]-target[i])² in float64. It keeps
// eight partial sums, one for each i modulo 8, and adds them pairwise.
func (o *Ops[T]) Loss(e, y, target []T, scale T) float64 {
	checkLength("Loss", "y", len(y), len(e))
	checkLength("Loss", "target", len(target), len(e))
	var s [lossLanes]float64
	for o.m != nil && len(e) >= lossLanes {
		n := min(len(e)/lossLanes*lossLanes, callElements)
		raceRead(y[:n])
		raceRead(target[:n])
		raceWrite(e[:n])
		s = o.m.loss(&e[0], &y[0], &target[0], n, scale, s)
		e, y, target = e[n:], y[n:], target[n:]
	}
	lossGrad(e, y, target, scale, &s)
	return sumLanes(&s)
}

// WeightedLoss sets e[i] = weights[i]·(scale·(y[i]-target[i])) and rounds after each operation. It
// returns, in float64, squares = Σ weights[i]·(y[i]-target[i])², with the partial sums of Loss, and
// total = Σ weights[i]. With weights of 1, e and squares are those of Loss. All variants share this
// code.
func (o *Ops[T]) WeightedLoss(e, y, target, weights []T, scale T) (squares, total float64) {
	checkLength("WeightedLoss", "y", len(y), len(e))
	checkLength("WeightedLoss", "target", len(target), len(e))
	checkLength("WeightedLoss", "weights", len(weights), len(e))
	var s [lossLanes]float64
	for i, w := range weights {
		d := T(y[i] - target[i])
		e[i] = T(w * T(scale*d))
		lane := i % lossLanes
		s[lane] = FMA(float64(float64(w)*float64(d)), float64(d), s[lane])
		total += float64(w)
	}
	return sumLanes(&s), total
}

// sumLanes adds the partial sums of a loss.
func sumLanes(s *[lossLanes]float64) float64 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// Adam moves p by one step down the gradient g and updates the moments m and v (Kingma and Ba 2015,
// algorithm 1, ε outside the root):
//
//	m = β₁m + (1-β₁)g    v = β₂v + (1-β₂)g²    p -= rate·m/(1-β₁ⁿ) / (√(v/(1-β₂ⁿ)) + ε)
//
// It works on len(g) entries.
func (o *Ops[T]) Adam(p, m, v, g []T, c *AdamStep[T]) {
	checkLength("Adam", "p", len(p), len(g))
	checkLength("Adam", "m", len(m), len(g))
	checkLength("Adam", "v", len(v), len(g))
	for o.m != nil && len(g) >= o.m.lanes {
		n := min(len(g)/o.m.lanes*o.m.lanes, callElements)
		raceRead(g[:n])
		raceWrite(p[:n])
		raceWrite(m[:n])
		raceWrite(v[:n])
		o.m.adam(&p[0], &m[0], &v[0], &g[0], n, *c)
		p, m, v, g = p[n:], m[n:], v[n:], g[n:]
	}
	adam(p, m, v, g, c)
}

func checkLength(kernel, what string, have, need int) {
	if have < need {
		panic(fmt.Sprintf("kernels: %s: %s is %d, at least %d needed", kernel, what, have, need))
	}
}
