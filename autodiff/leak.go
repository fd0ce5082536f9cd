package autodiff

import "molap/kernels"

// leakState holds the numbers that a wave of leaky units needs beside its states: the tanh a that went
// into each state. It cannot be computed from h[t+1] = (1-α)h[t] + α·a[t+1] to the last bit. The first
// run that needs this memory allocates it.
type leakState[T kernels.Float] struct {
	active []T // a[1 … Steps], each trials × stride; only one of them without a backward pass
	carry  []T // the derivative of the loss by the states of a step, trials × stride
}

// setLeak sets the leak of the job to that of the network p.
func (e *Engine[T]) setLeak(p *Params[T]) {
	e.job.leak = kernels.NewLeak[T](p.Leak)
	e.job.leaky = p.Leak != 1
}

// makeLeak makes room for a job with leaky units.
func (w *wave[T]) makeLeak(e *Engine[T]) {
	if !e.job.leaky {
		return
	}
	steps := 1
	if e.keepsActive() {
		steps = e.Steps
	}
	if n := steps * len(w.raw); len(w.active) < n {
		w.active, w.carry = make([]T, n), make([]T, len(w.raw))
	}
}

// keepsActive reports whether a job of leaky units needs the tanh of all steps.
func (e *Engine[T]) keepsActive() bool { return e.job.gradient && e.deep }

// advance computes the states of step t+1 of some trials from now, their states of step t, and
// writes the readouts into raw.
func (e *Engine[T]) advance(w *wave[T], r trialRange, now, raw []T, deviates []float32, t int) {
	stride := e.stride()
	slab, from, n := w.trials*stride, (r.first-w.first)*stride, r.trials*stride
	next := w.state[(t+1)*slab+from:][:n]
	a := next
	if e.job.leaky {
		a = w.active[from:][:n]
		if e.keepsActive() {
			a = w.active[t*slab+from:][:n]
		}
	}
	if e.Noise.Sigma != 0 {
		e.drawNoise(a, r, deviates, t)
		e.ops.StepForwardNoise(a, raw, now, a, T(e.Noise.Sigma), e.forward, r.trials, stride)
	} else {
		e.ops.StepForward(a, raw, now, e.forward, r.trials, stride)
	}
	if e.job.leaky {
		e.ops.Leak(next, now, a, e.job.leak)
	}
}

// startBack sets now, the deltas behind the last step, and the carried derivatives to zero.
func (e *Engine[T]) startBack(w *wave[T], r trialRange, now []T) {
	stride := e.stride()
	for b := range r.trials {
		clear(now[b*stride:][:e.Units]) // δ[Steps] = 0: no step follows
	}
	if e.job.leaky {
		clear(w.carry[(r.first-w.first)*stride:][:r.trials*stride])
	}
}

// back sets before to the deltas of step t-1 of some trials, given now, their deltas of step t.
func (e *Engine[T]) back(w *wave[T], r trialRange, before, now []T, activity T, t int) {
	stride := e.stride()
	slab, from := w.trials*stride, (r.first-w.first)*stride
	h := w.state[t*slab+from:]
	if !e.job.leaky {
		e.ops.StepBackward(before, h, now, e.backward, activity, r.trials, stride)
		return
	}
	e.ops.StepBackwardLeak(before, w.carry[from:], h, w.active[(t-1)*slab+from:], now, e.backward, e.job.leak, activity, r.trials, stride)
}

// sumH0 sums over the trials of a shard the two terms of the derivative by h[0]: δ[0] and, where
// units leak, the derivative by h[1], since h[1] keeps a part of h[0].
func (e *Engine[T]) sumH0(s *shard[T], w *wave[T], deltas []T) {
	clear(s.h0Delta)
	clear(s.h0Carry)
	if !e.mask.H0 {
		return
	}
	stride := e.stride()
	from := (s.first - w.first) * stride
	addRows(s.h0Delta, deltas[from:], s.trials, stride)
	if e.job.leaky {
		addRows(s.h0Carry, w.carry[from:], s.trials, stride)
	}
}

// addRows adds rows of a matrix to sum, in order.
func addRows[T kernels.Float](sum, x []T, rows, stride int) {
	for b := range rows {
		for i, v := range x[b*stride:][:len(sum)] {
			sum[i] += v
		}
	}
}
