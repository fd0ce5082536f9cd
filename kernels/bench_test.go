package kernels

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkStep measures the three products of a training step on one shard of
// 20 trials. GFLOP/s and %peak count useful operations, no padding; the peak is
// measured in turns with the kernel, since a busy machine's clock moves.
//
//	go test ./kernels -run=- -bench=Step/kernel=avx2/type=f32/n=100 -benchtime=100x
func BenchmarkStep(b *testing.B) {
	for _, v := range Variants() {
		if v.String() == "generic" {
			continue
		}
		for _, n := range []int{20, 50, 100, 200, 300} {
			benchStep[float32](b, v, n)
			benchStep[float64](b, v, n)
		}
	}
}

func benchStep[T Float](b *testing.B, v Variant, n int) {
	const trials, outputs, inputs, steps = 20, 3, 3, 4
	typ := "f64"
	if is32[T]() {
		typ = "f32"
	}
	o := Of[T](v)
	outs, depth := n+outputs, n+inputs+1
	stride := max(o.Stride(outs), o.Stride(depth))
	d := newDice[T](1, 0)
	a := d.fill(make([]T, outs*depth))
	for i := range a {
		a[i] /= 16
	}
	forward, back := o.NewPanels(outs, n, depth, trials), o.NewPanels(n, n, outs, trials)
	forward.Pack(a, depth, 1)
	back.Pack(a, 1, depth)
	next, raw, prev := make([]T, trials*stride), make([]T, trials*stride), make([]T, trials*stride)
	states, deltas := d.fill(make([]T, steps*trials*stride)), d.fill(make([]T, steps*trials*stride))
	g := make([]T, n*o.Stride(depth))
	for _, k := range []struct {
		name string
		fmas int
		run  func()
	}{
		{"forward", trials * outs * depth, func() { o.StepForward(next, raw, states, forward, trials, stride) }},
		{"linear", trials * outs * depth, func() { o.StepForward(nil, raw, states, forward, trials, stride) }},
		{"backward", trials * n * outs, func() { o.StepBackward(prev, states, deltas, back, 1e-7, trials, stride) }},
		{"grad", steps * trials * n * depth, func() { o.AccumulateGrad(g, deltas, states, n, depth, steps*trials, stride) }},
		{"gradinput", steps * trials * n * (inputs + 1), func() {
			o.AccumulateGrad(g, deltas, states[n/16*16:], n, inputs+1, steps*trials, stride)
		}},
		{"tanh", 0, func() { o.Tanh(next, raw) }},
	} {
		b.Run(fmt.Sprintf("kernel=%s/type=%s/n=%d/op=%s", v, typ, n, k.name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k.run()
			}
			perRun := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			if k.fmas == 0 {
				b.ReportMetric(perRun/float64(len(raw)), "ns/element")
				return
			}
			b.ReportMetric(2*float64(k.fmas)/perRun, "GFLOP/s")
			if peak := peakOf(v, is32[T]()); peak != nil {
				b.ReportMetric(100*ofPeak(k.run, k.fmas/o.m.lanes, peak), "%peak")
			}
		})
	}
}

// BenchmarkTile measures a call that sums a tile of a large network's gradient, 48 × 48, as package autodiff
// makes them: eight calls in a row share their deltas. Sums, deltas and states come from as many places as
// the name says; a place has 9 KB of sums, or deltas or states of 192 bytes a term. What a cache does not
// hold comes from beyond it.
//
//	go test ./kernels -run=- -cpu=1 -bench=Tile -benchtime=2000x
func BenchmarkTile(b *testing.B) {
	const side, row = 48, 8
	for _, v := range Variants() {
		if v.String() == "generic" {
			continue
		}
		o, d := Of[float32](v), newDice[float32](1, 0)
		for _, terms := range []int{60, 80, 100, 120, 160} {
			for _, n := range []struct{ sums, deltas, states int }{{32, 4, 8}, {300, 4, 8}, {32, 500, 8}, {32, 4, 200}} {
				sums := d.fill(make([]float32, n.sums*side*side))
				deltas, states := d.fill(make([]float32, n.deltas*side*terms)), d.fill(make([]float32, n.states*side*terms))
				call := 0
				run := func() {
					call++
					o.AccumulateGrad(sums[call%n.sums*side*side:], deltas[call/row%n.deltas*side*terms:],
						states[call%n.states*side*terms:], side, side, terms, side)
				}
				b.Run(fmt.Sprintf("kernel=%s/terms=%d/sums=%d/deltas=%d/states=%d", v, terms, n.sums, n.deltas, n.states), func(b *testing.B) {
					for b.Loop() {
						run()
					}
					if peak := peakOf(v, true); peak != nil {
						b.ReportMetric(100*ofPeak(run, side*side*terms/o.m.lanes, peak), "%peak")
					}
				})
			}
		}
	}
}

// BenchmarkLarge measures the products of a step of 2000 units, whose weights lie beyond all caches.
//
//	go test ./kernels -run=- -cpu=1 -bench=Large
func BenchmarkLarge(b *testing.B) {
	const units, outs, depth = 2000, 2003, 2004
	for _, v := range Variants() {
		if v.String() == "generic" {
			continue
		}
		o, d := Of[float32](v), newDice[float32](1, 0)
		forward, back := o.NewPanels(outs, units, depth, 200), o.NewPanels(units, units, outs, 200)
		d.fill(forward.data)
		d.fill(back.data)
		for _, trials := range []int{20, 100, 200} {
			stride := o.Stride(depth)
			next, raw := Zeros[float32](trials*stride), Zeros[float32](trials*stride)
			state := d.fill(Zeros[float32](trials * stride))
			for _, k := range []struct {
				name string
				run  func()
			}{
				{"linear", func() { o.StepForward(nil, raw, state, forward, trials, stride) }},
				{"backward", func() { o.StepBackward(next, state, state, back, 0, trials, stride) }},
			} {
				b.Run(fmt.Sprintf("kernel=%s/trials=%d/op=%s", v, trials, k.name), func(b *testing.B) {
					for b.Loop() {
						k.run()
					}
					if peak := peakOf(v, true); peak != nil {
						b.ReportMetric(100*ofPeak(k.run, trials*units*depth/o.m.lanes, peak), "%peak")
					}
				})
			}
		}
	}
}

// ofPeak returns the share of the FMA peak that run, of that many vector FMAs,
// attains: the median of interleaved measurements.
func ofPeak(run func(), fmas int, peak func(n int)) float64 {
	const turns = 10000 // of twelve FMAs
	ratios := make([]float64, 31)
	for i := range ratios {
		t0 := time.Now()
		peak(turns)
		t1 := time.Now()
		calls := 0
		for time.Since(t1) < 50*time.Microsecond {
			run()
			calls++
		}
		t := float64(time.Since(t1)) / float64(calls)
		best := float64(t1.Sub(t0)) / (12 * turns) * float64(fmas)
		ratios[i] = best / t
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
