package autodiff

import "molap/kernels"

// shard is a run of trials and what they contribute to a gradient.
type shard[T kernels.Float] struct {
	first, trials int
	grads         [][]T   // by block, rows × Stride(cols), flipped cols × Stride(rows); nil if no shard goes by itself
	h0Delta       []T     // Σ δ[0] over the shard's trials, in order
	h0Carry       []T     // of leaky units, Σ ∂L/∂h[1]
	squares       float64 // Σ (y-d)², each by its weight if errors have weights
	weighted      float64 // the same, each step by its weight
	total         float64 // Σ of the weights of errors
	activity      float64 // Σ h²
}

func newShard[T kernels.Float](e *Engine[T], first, trials int) shard[T] {
	s := shard[T]{first: first, trials: trials, h0Delta: make([]T, e.Units), h0Carry: make([]T, e.Units)}
	if e.routes&byShard == 0 {
		return s
	}
	for _, b := range e.blocks {
		n := b.Rows * e.ops.Stride(b.Cols)
		if b.flip {
			n = b.Cols * e.ops.Stride(b.Rows)
		}
		s.grads = append(s.grads, make([]T, n))
	}
	return s
}

// wave is a run of trials that go through the steps together, and their states.
type wave[T kernels.Float] struct {
	first, trials int // of the batch
	state         []T // s[0 … Steps], each trials × stride
	raw           []T // trials × stride, the readouts before they are collected
	y, e          []T // outputs and errors, steps × trials × Out
	leakState[T]
}

// trialRange names the trials of the batch that one worker treats.
type trialRange struct{ first, trials int }

func newWave[T kernels.Float](e *Engine[T], trials int) wave[T] {
	outputs := e.Steps * trials * e.Out
	return wave[T]{state: e.newRows((e.Steps + 1) * trials), raw: e.newRows(trials), y: make([]T, outputs), e: make([]T, outputs)}
}

// newRows returns n rows of states or deltas and room for one more, since a vector of the gradient
// may reach beyond the last row.
func (e *Engine[T]) newRows(n int) []T { return kernels.Zeros[T]((n + 1) * e.stride()) }

// newDeviates returns room for the groups that the noise of a step needs.
func (e *Engine[T]) newDeviates(trials int) []float32 {
	return make([]float32, trials*e.Units+2*kernels.NormalGroup)
}

// scratch is the memory that one worker needs for a shard by itself.
type scratch[T kernels.Float] struct {
	wave[T]
	delta    [2][]T // two blocks of deltas, each gradSteps(trials) × trials × stride
	loss     lossRows[T]
	deviates []float32
}

func newScratch[T kernels.Float](e *Engine[T], trials int) *scratch[T] {
	return &scratch[T]{
		wave: newWave(e, trials), loss: newOutputs(e, trials), deviates: e.newDeviates(trials),
		delta: [2][]T{e.newRows(gradDepth + trials), e.newRows(gradDepth + trials)},
	}
}

// gradSteps returns the number of time steps in a block of the weight gradient.
func gradSteps(trials int) int { return (gradDepth + trials - 1) / trials }

// runForward advances some trials of a wave through all steps and collects their
// outputs.
func (e *Engine[T]) runForward(w *wave[T], r trialRange, deviates []float32) {
	stride := e.stride()
	slab, per := w.trials*stride, w.trials*e.Out // of one step
	from := r.first - w.first
	raw := w.raw[from*stride:][:r.trials*stride]
	for b := range r.trials {
		copy(w.state[(from+b)*stride:], e.job.p.H0)
	}
	for t := range e.Steps + 1 {
		now := w.state[t*slab+from*stride:][:r.trials*stride]
		e.setInputs(now, r, t, stride)
		if t < e.Steps {
			e.advance(w, r, now, raw, deviates, t)
		} else {
			e.ops.Readout(raw, now, e.forward, r.trials, stride)
		}
		if t > 0 { // the lower rows of A·s[t] are y[t-1]
			y := w.y[(t-1)*per+from*e.Out:]
			for b := range r.trials {
				copyFew(y[b*e.Out:][:e.Out], raw[b*stride+e.Units:])
			}
		}
	}
	if !e.job.gradient {
		e.collect(w, r)
	}
}

// setInputs completes the states of step t with the inputs x[t] and the 1.
// After the last step there is no input: zeros stand for it.
func (e *Engine[T]) setInputs(now []T, r trialRange, t, stride int) {
	for b := range r.trials {
		x := now[b*stride+e.Units:][: e.In+1 : e.In+1]
		if t < e.Steps {
			copyFew(x[:e.In], e.job.x[(t*e.Trials+r.first+b)*e.In:])
		} else {
			clear(x)
		}
		x[e.In] = 1
	}
}

// collect copies outputs and hidden states to where Run wants them.
func (e *Engine[T]) collect(w *wave[T], r trialRange) {
	stride := e.stride()
	from := r.first - w.first
	for t := range e.Steps {
		at := t*e.Trials + r.first
		copy(e.job.outputs[at*e.Out:][:r.trials*e.Out], w.y[(t*w.trials+from)*e.Out:])
		if e.job.hidden == nil {
			continue
		}
		for b := range r.trials {
			copy(e.job.hidden[(at+b)*e.Units:][:e.Units], w.state[((t+1)*w.trials+from+b)*stride:])
		}
	}
}

// activityFactor returns the c of the penalty on the activity, which adds c·h to the derivative of
// the loss by a state h.
func (e *Engine[T]) activityFactor() T {
	return T(2 * e.penalty.Hidden / float64(e.Steps*e.Trials*e.Units))
}

// runBackward carries the deltas of a shard from the last step to the first. It sums the gradient
// of every block of the matrix a few steps at a time, and these few from the first to the last.
func (e *Engine[T]) runBackward(s *shard[T], w *scratch[T]) {
	stride := e.stride()
	slab := s.trials * stride
	block := gradSteps(s.trials)
	activity := e.activityFactor()
	all := trialRange{s.first, s.trials}
	for _, g := range s.grads {
		clear(g)
	}
	this, other := w.delta[0], w.delta[1]
	e.startBack(&w.wave, all, this[e.Steps%block*slab:][:slab])
	for t := e.Steps; t >= 0; t-- {
		now := this[t%block*slab:][:slab]
		e.takeErrors(now, &w.wave, all, t, stride)
		if t > 0 && e.deep {
			before := other[(block-1)*slab:]
			if t%block > 0 {
				before = this[(t-1)%block*slab:]
			}
			e.back(&w.wave, all, before, now, activity, t)
		}
		if t%block == 0 {
			steps := min(block, e.Steps+1-t)
			for k, b := range e.blocks {
				deltas, states := this[b.Row:], w.state[t*slab+b.Col:]
				if b.flip {
					e.ops.AccumulateGrad(s.grads[k], states, deltas, b.Cols, b.Rows, steps*s.trials, stride)
				} else {
					e.ops.AccumulateGrad(s.grads[k], deltas, states, b.Rows, b.Cols, steps*s.trials, stride)
				}
			}
			if t > 0 {
				this, other = other, this
			}
		}
	}
	e.sumH0(s, &w.wave, this)
}

// takeErrors completes the deltas of step t with e[t-1], or with zeros at t = 0, since y[-1] does
// not exist.
func (e *Engine[T]) takeErrors(now []T, w *wave[T], r trialRange, t, stride int) {
	for b := range r.trials {
		d := now[b*stride+e.Units:][:e.Out]
		if t > 0 {
			copyFew(d, w.e[((t-1)*w.trials+r.first-w.first+b)*e.Out:])
		} else {
			clear(d)
		}
	}
}

// copyFew fills dst, a few numbers, from src.
func copyFew[T kernels.Float](dst, src []T) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i]
	}
}
