package bench

import (
	"testing"
	"time"

	"molap/kernels"
)

// BenchmarkTanh measures tanh alone on numbers in the first-level cache; peers/tanh.sh
// runs SLEEF's beside it. ns/element is the median over calls of twenty times 2240
// elements.
func BenchmarkTanh(b *testing.B) {
	for _, v := range native() {
		b.Run("kernel="+v.String()+"/type=f32", func(b *testing.B) { benchTanh[float32](b, v) })
		b.Run("kernel="+v.String()+"/type=f64", func(b *testing.B) { benchTanh[float64](b, v) })
	}
}

func benchTanh[T kernels.Float](b *testing.B, v kernels.Variant) {
	const n, repeats = 2240, 20
	ops := kernels.Of[T](v)
	x, y := make([]T, n), make([]T, n)
	for i := range x {
		x[i] = T(8*float64(i*997%n)/n - 4)
	}
	var ns []float64
	for b.Loop() {
		start := time.Now()
		for range repeats {
			ops.Tanh(y, x)
		}
		ns = append(ns, float64(time.Since(start).Nanoseconds())/(n*repeats))
	}
	b.ReportMetric(Median(ns), "ns/element")
}
