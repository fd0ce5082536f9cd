package bench

import (
	"fmt"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// The step of the paper's networks: 110 steps, three inputs, three outputs.
const steps, inputs, outputs = 110, 3, 3

// flops is the work of a training step by convention: three products with W_rec,
// two operations each per entry, step and trial. Inputs, readout, tanh, loss and
// whatever a mask saves do not count.
func flops(units, trials int) float64 {
	return 3 * 2 * float64(units) * float64(units) * steps * float64(trials)
}

// masks are what is trained: everything, one module of two, or W_in and W_out.
func masks(s autodiff.Shape) map[string]autodiff.Mask {
	half := s.Units / 2
	return map[string]autodiff.Mask{
		"all":    {Rects: []autodiff.Rect{s.WRec(), s.WIn(), s.B(), s.WOut(), s.BOut()}, H0: true},
		"module": {Rects: []autodiff.Rect{{Row: 0, Col: 0, Rows: half, Cols: half}, s.WIn(), s.WOut()}, H0: true},
		"task":   {Rects: []autodiff.Rect{s.WIn(), s.WOut()}, H0: true},
	}
}

// BenchmarkStep measures one training step on one core: forward, loss, backward,
// every gradient of the mask. %peak is of the FMA peak of the kernel's instruction
// set, measured in turns with the step.
func BenchmarkStep(b *testing.B) {
	for _, v := range kernels.Variants() {
		for _, size := range []struct{ units, trials int }{
			{100, 200}, {20, 200}, {50, 200}, {200, 200}, {300, 200}, {100, 1}, {100, 8}, {100, 20}, {100, 50}, {100, 400},
		} {
			if v.String() == "generic" && size.trials > 8 {
				continue // seconds a step
			}
			b.Run(name(v, "f32", size.units, size.trials), func(b *testing.B) { benchStep[float32](b, v, size.units, size.trials, "all") })
			b.Run(name(v, "f64", size.units, size.trials), func(b *testing.B) { benchStep[float64](b, v, size.units, size.trials, "all") })
		}
	}
}

func name(v kernels.Variant, typ string, units, trials int) string {
	return fmt.Sprintf("kernel=%v/type=%s/n=%d/trials=%d", v, typ, units, trials)
}

// BenchmarkMask measures what masks save of a step.
func BenchmarkMask(b *testing.B) {
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue
		}
		for _, mask := range []string{"all", "module", "task"} {
			b.Run("trained="+mask+"/"+name(v, "f32", 100, 200), func(b *testing.B) { benchStep[float32](b, v, 100, 200, mask) })
		}
	}
}

func benchStep[T kernels.Float](b *testing.B, v kernels.Variant, units, trials int, mask string) {
	s := autodiff.Shape{Units: units, In: inputs, Out: outputs}
	p := autodiff.NewParams[T](s)
	stream := kernels.NewStream(1)
	fill := func(id uint64, x []T, scale float32) {
		z := make([]float32, len(x))
		v.Normal(z, stream.Child(id), 0)
		for i, d := range z {
			x[i] = T(d * scale)
		}
	}
	fill(1, p.A, 0.1)
	x, y := make([]T, steps*trials*inputs), make([]T, steps*trials*outputs)
	fill(2, x, 0.5)
	fill(3, y, 0.5)
	e := autodiff.New[T](v, s, steps, trials, masks(s)[mask], autodiff.Penalty{}, 1)
	e.Gradient(p, x, y)
	b.ReportAllocs()
	for b.Loop() {
		e.Gradient(p, x, y)
	}
	perStep := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(flops(units, trials)/perStep, "GFLOP/s")
	reportPeak[T](b, v, flops(units, trials), func() { e.Gradient(p, x, y) })
}
