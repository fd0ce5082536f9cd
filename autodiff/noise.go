package autodiff

import "molap/kernels"

// Noise is η[t] of Eq. 1: Sigma times a standard normal deviate. It is added with one rounding to
// the pre-activation of every unit, after the sum over states. Unit i of trial b in step t has
// deviate b·Units+i of Stream.Child(t), whatever the shards and workers. Gradients treat the noise
// of an iteration as a constant.
type Noise struct {
	Sigma  float64        // 0: none
	Stream kernels.Stream // of the iteration
}

// drawNoise sets the units of z to the deviates of step t for some trials.
func (e *Engine[T]) drawNoise(z []T, r trialRange, deviates []float32, t int) {
	const group = kernels.NormalGroup
	from, n := r.first*e.Units, r.trials*e.Units
	first, end := from/group, (from+n+group-1)/group
	drawn := deviates[:(end-first)*group]
	e.ops.Variant().Normal(drawn, e.Noise.Stream.Child(uint64(t)), uint64(first))
	drawn = drawn[from%group:]
	stride := e.stride()
	for b := range r.trials {
		widen(z[b*stride:][:e.Units], drawn[b*e.Units:])
	}
}

// widen sets dst to the first numbers of src.
func widen[T kernels.Float](dst []T, src []float32) {
	if d, ok := any(dst).([]float32); ok {
		copy(d, src)
		return
	}
	for i, v := range src[:len(dst)] {
		dst[i] = T(v)
	}
}
