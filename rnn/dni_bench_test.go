package rnn

import (
	"fmt"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// dniShape is the paper's network for DNI with nine rule inputs.
var dniShape = autodiff.Shape{Units: 200, In: 3 + 9, Out: 3}

// BenchmarkProjection is what DNI adds to an iteration.
func BenchmarkProjection(b *testing.B) {
	benchmarkProjection[float32](b, "f32")
	benchmarkProjection[float64](b, "f64")
}

func benchmarkProjection[T kernels.Float](b *testing.B, kind string) {
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue
		}
		b.Run(fmt.Sprintf("kernel=%v/type=%s/n=200", v, kind), func(b *testing.B) {
			d, n, e, x := dniToObserve[T](v)
			d.Observe(e, n.Params, x, 1)
			mask := n.FullMask(NoBiases)
			p := projection(d, mask, PublishedAlpha)
			g := convert[T](random(mask.Len(n.Shape), 1))
			for b.Loop() {
				p.Apply(g)
			}
		})
	}
}

// BenchmarkObserve is what DNI costs once a task: moments and inverses.
func BenchmarkObserve(b *testing.B) {
	d, n, e, x := dniToObserve[float32](kernels.Best())
	for b.Loop() {
		d.Observe(e, n.Params, x, 1)
		projection(d, n.FullMask(NoBiases), PublishedAlpha)
	}
}

// dniToObserve returns a DNI and what to observe: 200 trials of 110 steps.
func dniToObserve[T kernels.Float](v kernels.Variant) (*DNI[T], *Network[T], *autodiff.Engine[T], []T) {
	const steps, trials = 110, 200
	n := New[T](v, dniShape, 1, Init{Gain: 1.5, InputGain: 1}, kernels.NewStream(1))
	e := autodiff.New[T](v, dniShape, steps, trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	return NewDNI[T](v, dniShape), n, e, convert[T](random(steps*trials*dniShape.In, 2))
}
