package autodiff

import "molap/kernels"

// leak is what a wave keeps besides states where units are leaky: the tanh a that went
// into a state cannot be had of h[t+1] = (1-α)h[t] + α·a[t+1] with all its bits. Memory
// for it is made by the first run that needs it.
type leak[T kernels.Float] struct {
	active []T // a[1 … Steps], each trials × stride; just one of them if nothing goes back
	carry  []T // the derivative of the loss by the states of a step, trials × stride
}

// setLeak takes the leak of the network that the job is about.
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

// advance sets the states of step t+1 of some trials, given all those of step t, and what
// the readouts are in raw.
func (e *Engine[T]) advance(w *wave[T], r rows, now, raw []T, deviates []float32, t int) {
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

// startBack sets the deltas behind the last step, now, to zero, and what is carried.
func (e *Engine[T]) startBack(w *wave[T], r rows, now []T) {
	stride := e.stride()
	for b := range r.trials {
		clear(now[b*stride:][:e.Units]) // δ[Steps] = 0: no step follows
	}
	if e.job.leaky {
		clear(w.carry[(r.first-w.first)*stride:][:r.trials*stride])
	}
}

// back sets before, the deltas of step t-1 of some trials, given those of step t.
func (e *Engine[T]) back(w *wave[T], r rows, before, now []T, activity T, t int) {
	stride := e.stride()
	slab, from := w.trials*stride, (r.first-w.first)*stride
	h := w.state[t*slab+from:]
	if !e.job.leaky {
		e.ops.StepBackward(before, h, now, e.backward, activity, r.trials, stride)
		return
	}
	e.ops.StepBackwardLeak(before, w.carry[from:], h, w.active[(t-1)*slab+from:], now, e.backward, e.job.leak, activity, r.trials, stride)
}

// sumH0 sums over the trials of a shard what the derivative by h[0] is made of: δ[0],
// and the derivative by h[1]; leaky units keep a part of h[1].
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
