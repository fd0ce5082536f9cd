package bench

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"molap/autodiff"
	"molap/kernels"
)

// sizes are units and trials of BenchmarkStep.
var sizes = [][2]int{{100, 200}, {20, 200}, {50, 200}, {200, 200}, {300, 200}, {100, 1}, {100, 8}, {100, 20}, {100, 50}, {100, 400},
	{500, 20}, {1000, 20}, {1000, 200}, {2000, 20}, {2000, 200}}

// BenchmarkStep measures one training step on one core: forward, loss, backward,
// every gradient of the mask. %peak is of the FMA peak of the kernel's instruction
// set, measured in turns with the step.
func BenchmarkStep(b *testing.B) {
	for _, v := range kernels.Variants() {
		for _, size := range sizes {
			if v.String() == "generic" && size[1] > 8 {
				continue // seconds a step
			}
			for _, typ := range []string{"f32", "f64"} {
				c := Case{v, typ, size[0], size[1], "all", 1}
				b.Run(c.String(), func(b *testing.B) {
					m := NewMeter(c)
					benchmarkLoop(b, m.run)
					b.ReportMetric(c.FLOPs()*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
					if r := m.Round(context.Background(), 200*time.Millisecond); r.OfPeak > 0 {
						b.ReportMetric(100*r.OfPeak, "%peak")
					}
				})
			}
		}
	}
}

// BenchmarkMask measures what masks save of a step: of-all is the share of the
// full step that a masked one takes, measured in turns.
func BenchmarkMask(b *testing.B) {
	for _, v := range native() {
		for _, mask := range []string{"module", "task"} {
			c := Case{v, "f32", 100, 200, mask, 1}
			b.Run(c.String(), func(b *testing.B) {
				masked, all := c.Step(), Case{v, "f32", 100, 200, "all", 1}.Step()
				benchmarkLoop(b, masked)
				b.ReportMetric(ratio(masked, all), "of-all")
			})
		}
	}
}

// BenchmarkNoise measures a step with noise in every unit. %extra is the time it
// takes more than without, measured in turns.
func BenchmarkNoise(b *testing.B) {
	for _, v := range native() {
		for _, trials := range []int{200, 1} {
			f32, f64 := Case{v, "f32", 100, trials, "all", 1}, Case{v, "f64", 100, trials, "all", 1}
			b.Run(f32.String(), func(b *testing.B) { benchNoise[float32](b, f32) })
			b.Run(f64.String(), func(b *testing.B) { benchNoise[float64](b, f64) })
		}
	}
}

func benchNoise[T kernels.Float](b *testing.B, c Case) {
	plain, noisy := newStep[T](c), newStep[T](c)
	noisy.engine.Noise = autodiff.Noise{Sigma: 0.02, Stream: kernels.NewStream(7)}
	benchmarkLoop(b, noisy.run)
	b.ReportMetric(100*(ratio(noisy.run, plain.run)-1), "%extra")
}

// BenchmarkLeak measures a step of leaky units. of-none is its time over that of a step
// without leak: the median over steps that take turns, and of-least that of the fastest
// of each, which a busy machine leaves alone.
func BenchmarkLeak(b *testing.B) {
	for _, v := range native() {
		for _, typ := range []string{"f32", "f64"} {
			for _, size := range [][2]int{{100, 200}, {100, 1}, {300, 200}} {
				c := Case{v, typ, size[0], size[1], "all", 1}
				b.Run(c.String(), func(b *testing.B) {
					if typ == "f32" {
						benchLeak[float32](b, c)
					} else {
						benchLeak[float64](b, c)
					}
				})
			}
		}
	}
}

func benchLeak[T kernels.Float](b *testing.B, c Case) {
	plain, leaky := newStep[T](c), newStep[T](c)
	leaky.p.Leak = 0.2
	plain.run()
	leaky.run()
	var ratios []float64
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for b.Loop() {
		took := [2]float64{timed(plain.run), timed(leaky.run)}
		for i, t := range took {
			least[i] = min(least[i], t)
		}
		ratios = append(ratios, took[1]/took[0])
	}
	b.ReportMetric(Median(ratios), "of-none")
	b.ReportMetric(least[1]/least[0], "of-least")
	b.ReportMetric(least[1]*1e3, "least-ms")
	b.ReportMetric(0, "ns/op") // of two steps, which says nothing
}

func timed(run func()) float64 {
	start := time.Now()
	run()
	return time.Since(start).Seconds()
}

// BenchmarkWorkers measures a step on two workers. speedup is over one worker,
// measured in turns of four steps: in training the second core is awake when a
// step begins. independent is what two engines of one worker each do at once, the
// most that the machine gives.
func BenchmarkWorkers(b *testing.B) {
	for _, v := range native() {
		// 50 trials are two shards and a half; 1000 units go in lockstep.
		for _, size := range [][2]int{{100, 200}, {200, 50}, {1000, 40}} {
			c := Case{v, "f32", size[0], size[1], "all", 2}
			b.Run(c.String(), func(b *testing.B) { benchWorkers(b, c) })
		}
	}
}

func benchWorkers(b *testing.B, c Case) {
	alone := c
	alone.Workers = 1
	one, other, two := alone.Step(), alone.Step(), c.Step()
	both := func() {
		var wait sync.WaitGroup
		wait.Go(other)
		one()
		wait.Wait()
	}
	benchmarkLoop(b, two)
	b.ReportMetric(ratio(repeated(4, one), repeated(4, two)), "speedup")
	b.ReportMetric(2*ratio(repeated(4, one), repeated(4, both)), "independent")
}

// native returns the variants in machine code.
func native() []kernels.Variant {
	all := kernels.Variants()
	return all[:len(all)-1]
}

// benchmarkLoop is the benchmark of one function.
func benchmarkLoop(b *testing.B, run func()) {
	run()
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
}

// repeated returns a function that calls run n times.
func repeated(n int, run func()) func() {
	return func() {
		for range n {
			run()
		}
	}
}

// ratio returns how many times as long as base run takes: the median over rounds
// that measure both in turns.
func ratio(run, base func()) float64 {
	run()
	base()
	ratios := make([]float64, 51)
	for i := range ratios {
		t0 := time.Now()
		base()
		t1 := time.Now()
		run()
		ratios[i] = time.Since(t1).Seconds() / t1.Sub(t0).Seconds()
	}
	return Median(ratios)
}
