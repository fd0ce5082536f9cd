package autodiff

import "molap/kernels"

// shard is a run of trials and what they contribute to a gradient.
type shard[T kernels.Float] struct {
	first, trials int
	grads         [][]T   // by block, rows × Stride(cols), flipped cols × Stride(rows)
	h0Delta       []T     // Σ δ[0] over the shard's trials, in order
	squares       float64 // Σ (y-d)²
	weighted      float64 // the same, each step by its weight
	activity      float64 // Σ h²
}

func newShard[T kernels.Float](e *Engine[T], first, trials int) shard[T] {
	s := shard[T]{first: first, trials: trials, h0Delta: make([]T, e.Units)}
	for _, b := range e.blocks {
		n := b.Rows * e.ops.Stride(b.Cols)
		if b.flip {
			n = b.Cols * e.ops.Stride(b.Rows)
		}
		s.grads = append(s.grads, make([]T, n))
	}
	return s
}

// scratch is what one worker needs for a shard.
type scratch[T kernels.Float] struct {
	state    []T       // s[0 … Steps], each trials × stride
	raw      []T       // trials × stride, the readouts before they are collected
	delta    [2][]T    // two blocks of deltas, each gradSteps(trials) × trials × stride
	y, d, e  []T       // outputs, targets and errors, steps × trials × Out
	deviates []float32 // the groups that the noise of a step needs
}

func newScratch[T kernels.Float](e *Engine[T], trials int) *scratch[T] {
	// A vector of the gradient may reach beyond the last row.
	rows := func(n int) []T { return make([]T, (n+1)*e.stride()) }
	outputs := e.Steps * trials * e.Out
	return &scratch[T]{
		state: rows((e.Steps + 1) * trials), raw: rows(trials),
		delta: [2][]T{rows(gradDepth + trials), rows(gradDepth + trials)},
		y:     make([]T, outputs), d: make([]T, outputs), e: make([]T, outputs),
		deviates: make([]float32, trials*e.Units+2*kernels.NormalGroup),
	}
}

// gradSteps is the number of time steps in a block of the weight gradient.
func gradSteps(trials int) int { return (gradDepth + trials - 1) / trials }

// runForward advances the trials of a shard through all steps and collects
// their outputs, for a gradient together with the loss.
func (e *Engine[T]) runForward(s *shard[T], w *scratch[T]) {
	stride := e.stride()
	slab := s.trials * stride
	for b := range s.trials {
		copy(w.state[b*stride:], e.job.p.H0)
	}
	per := s.trials * e.Out // outputs of one step
	for t := range e.Steps + 1 {
		now := w.state[t*slab:][:slab]
		e.setInputs(now, s, t, stride)
		switch {
		case t < e.Steps && e.Noise.Sigma != 0:
			next := w.state[(t+1)*slab:]
			e.drawNoise(next, s, w, t)
			e.ops.StepForwardNoise(next, w.raw, now, next, T(e.Noise.Sigma), e.forward, s.trials, stride)
		case t < e.Steps:
			e.ops.StepForward(w.state[(t+1)*slab:], w.raw, now, e.forward, s.trials, stride)
		default:
			e.ops.Readout(w.raw, now, e.forward, s.trials, stride)
		}
		if t > 0 { // the lower rows of A·s[t] are y[t-1]
			y := w.y[(t-1)*per:][:per]
			for b := range s.trials {
				copyFew(y[b*e.Out:][:e.Out], w.raw[b*stride+e.Units:])
			}
		}
	}
	if !e.job.gradient {
		e.collect(s, w, per, slab)
		return
	}
	for t := range e.Steps {
		copy(w.d[t*per:][:per], e.job.y[(t*e.Trials+s.first)*e.Out:])
	}
	s.squares, s.weighted = e.setErrors(w, per)
	if e.Measure {
		s.activity = 0
		for t := 1; t <= e.Steps; t++ {
			for b := range s.trials {
				s.activity += sumSquares(w.state[t*slab+b*stride:][:e.Units])
			}
		}
	}
}

// setInputs completes the states of step t with the inputs x[t] and the 1.
// After the last step there is no input: zeros stand for it.
func (e *Engine[T]) setInputs(now []T, s *shard[T], t, stride int) {
	for b := range s.trials {
		x := now[b*stride+e.Units:][: e.In+1 : e.In+1]
		if t < e.Steps {
			copyFew(x[:e.In], e.job.x[(t*e.Trials+s.first+b)*e.In:])
		} else {
			clear(x)
		}
		x[e.In] = 1
	}
}

// collect copies a shard's outputs and hidden states to where Run wants them.
func (e *Engine[T]) collect(s *shard[T], w *scratch[T], per, slab int) {
	stride := e.stride()
	for t := range e.Steps {
		at := t*e.Trials + s.first
		copy(e.job.outputs[at*e.Out:][:per], w.y[t*per:])
		if e.job.hidden == nil {
			continue
		}
		for b := range s.trials {
			copy(e.job.hidden[(at+b)*e.Units:][:e.Units], w.state[(t+1)*slab+b*stride:])
		}
	}
}

// runBackward is runForward read upwards: it carries the deltas of a shard from
// the last step to the first and sums the gradient of every block of the
// matrix, a few steps at a time, those from the first to the last.
func (e *Engine[T]) runBackward(s *shard[T], w *scratch[T]) {
	stride := e.stride()
	slab := s.trials * stride
	per := s.trials * e.Out
	block := gradSteps(s.trials)
	activity := T(2 * e.penalty.Hidden / float64(e.Steps*e.Trials*e.Units))
	for _, g := range s.grads {
		clear(g)
	}
	this, other := w.delta[0], w.delta[1]
	last := this[e.Steps%block*slab:][:slab]
	for b := range s.trials {
		clear(last[b*stride:][:e.Units]) // δ[Steps] = 0: no step follows
	}
	for t := e.Steps; t >= 0; t-- {
		now := this[t%block*slab:][:slab]
		e.takeErrors(now, s, w.e, t, stride, per)
		if t > 0 && e.deep {
			before := other[(block-1)*slab:]
			if t%block > 0 {
				before = this[(t-1)%block*slab:]
			}
			e.ops.StepBackward(before, w.state[t*slab:], now, e.backward, activity, s.trials, stride)
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
	clear(s.h0Delta)
	if e.mask.H0 {
		for b := range s.trials {
			for i, v := range this[b*stride:][:e.Units] {
				s.h0Delta[i] += v
			}
		}
	}
}

// takeErrors completes the deltas of step t with e[t-1]; y[-1] does not exist.
func (e *Engine[T]) takeErrors(now []T, s *shard[T], errors []T, t, stride, per int) {
	for b := range s.trials {
		d := now[b*stride+e.Units:][:e.Out]
		if t > 0 {
			copyFew(d, errors[(t-1)*per+b*e.Out:])
		} else {
			clear(d)
		}
	}
}

// copyFew is copy to all of dst where that is a few numbers.
func copyFew[T kernels.Float](dst, src []T) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i]
	}
}
