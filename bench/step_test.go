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
			b.Run(name(v, "f32", size.units, size.trials), func(b *testing.B) { benchStep[float32](b, v, size.units, size.trials) })
			b.Run(name(v, "f64", size.units, size.trials), func(b *testing.B) { benchStep[float64](b, v, size.units, size.trials) })
		}
	}
}

func name(v kernels.Variant, typ string, units, trials int) string {
	return fmt.Sprintf("kernel=%v/type=%s/n=%d/trials=%d", v, typ, units, trials)
}

// BenchmarkMask measures what masks save of a step: of-all is the share of the
// full step that a masked one takes, measured in turns.
func BenchmarkMask(b *testing.B) {
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue
		}
		for _, mask := range []string{"module", "task"} {
			b.Run("trained="+mask+"/"+name(v, "f32", 100, 200), func(b *testing.B) {
				masked, all := newStep[float32](v, 100, 200, mask, 1), newStep[float32](v, 100, 200, "all", 1)
				masked.run()
				b.ReportAllocs()
				for b.Loop() {
					masked.run()
				}
				b.ReportMetric(ratio(masked.run, all.run), "of-all")
			})
		}
	}
}

// BenchmarkNoise measures a step with noise in every unit. %extra is the time it
// takes more than without, measured in turns.
func BenchmarkNoise(b *testing.B) {
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue
		}
		for _, size := range []struct{ units, trials int }{{100, 200}, {100, 1}} {
			b.Run(name(v, "f32", size.units, size.trials), func(b *testing.B) { benchNoise[float32](b, v, size.units, size.trials) })
			b.Run(name(v, "f64", size.units, size.trials), func(b *testing.B) { benchNoise[float64](b, v, size.units, size.trials) })
		}
	}
}

func benchNoise[T kernels.Float](b *testing.B, v kernels.Variant, units, trials int) {
	plain := newStep[T](v, units, trials, "all", 1)
	noisy := newStep[T](v, units, trials, "all", 1)
	noisy.engine.Noise = autodiff.Noise{Sigma: 0.02, Stream: kernels.NewStream(7)}
	noisy.run()
	b.ReportAllocs()
	for b.Loop() {
		noisy.run()
	}
	b.ReportMetric(100*(ratio(noisy.run, plain.run)-1), "%extra")
}

// BenchmarkWorkers measures a step on two workers. speedup is over one worker,
// measured in turns.
func BenchmarkWorkers(b *testing.B) {
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue
		}
		b.Run(name(v, "f32", 100, 200), func(b *testing.B) {
			one, two := newStep[float32](v, 100, 200, "all", 1), newStep[float32](v, 100, 200, "all", 2)
			two.run()
			b.ReportAllocs()
			for b.Loop() {
				two.run()
			}
			b.ReportMetric(ratio(one.run, two.run), "speedup")
		})
	}
}

// step is a training step of a network on a batch, both random.
type step[T kernels.Float] struct {
	engine *autodiff.Engine[T]
	p      *autodiff.Params[T]
	x, y   []T
}

func (s *step[T]) run() { s.engine.Gradient(s.p, s.x, s.y) }

func newStep[T kernels.Float](v kernels.Variant, units, trials int, mask string, workers int) *step[T] {
	shape := autodiff.Shape{Units: units, In: inputs, Out: outputs}
	stream := kernels.NewStream(1)
	draw := func(id uint64, n int, scale float32) []T {
		z, x := make([]float32, n), make([]T, n)
		v.Normal(z, stream.Child(id), 0)
		for i, d := range z {
			x[i] = T(d * scale)
		}
		return x
	}
	p := autodiff.NewParams[T](shape)
	p.A = draw(1, len(p.A), 0.1)
	return &step[T]{
		engine: autodiff.New[T](v, shape, steps, trials, masks(shape)[mask], autodiff.Penalty{}, workers),
		p:      p, x: draw(2, steps*trials*inputs, 0.5), y: draw(3, steps*trials*outputs, 0.5),
	}
}

func benchStep[T kernels.Float](b *testing.B, v kernels.Variant, units, trials int) {
	s := newStep[T](v, units, trials, "all", 1)
	s.run()
	b.ReportAllocs()
	for b.Loop() {
		s.run()
	}
	perStep := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	b.ReportMetric(flops(units, trials)/perStep, "GFLOP/s")
	reportPeak[T](b, v, flops(units, trials), s.run)
}
