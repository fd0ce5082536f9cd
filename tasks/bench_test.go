package tasks

import (
	"fmt"
	"testing"

	"molap/kernels"
)

// BenchmarkDraw draws the batch of one training iteration, 110 steps × 200
// trials: of the slowest task, with and without noise, and of the corpus.
func BenchmarkDraw(b *testing.B) {
	for _, v := range kernels.Variants() {
		for _, noise := range []float64{0, 0.002} {
			for _, c := range []struct {
				name    string
				options Options
				tasks   []string
			}{
				{"T1", Paper, []string{"T1"}},
				{"T4", Paper, []string{"T4"}},
				{"T9", Paper, []string{"T9"}},
				{"T9-authors", Authors, []string{"T9"}},
				{"corpus", Paper, nil},
			} {
				o := c.options
				o.Noise = noise
				ts := All(o)
				if c.tasks != nil {
					ts = tasksNamed(b, o, c.tasks...)
				}
				b.Run(fmt.Sprintf("kernel=%v/noise=%g/%s", v, noise, c.name), func(b *testing.B) {
					g, err := NewGenerator[float32](v, o, ts...)
					if err != nil {
						b.Fatal(err)
					}
					batch := g.NewBatch(200)
					i := uint64(0)
					b.ReportAllocs()
					for b.Loop() {
						g.Draw(batch, kernels.NewStream(1).Child(i))
						i++
					}
				})
			}
		}
	}
}

// BenchmarkDrawProjected draws what one iteration of pre-training needs: one
// variate of the inputs and one of the targets of the corpus.
func BenchmarkDrawProjected(b *testing.B) {
	for _, v := range kernels.Variants() {
		b.Run(fmt.Sprintf("kernel=%v", v), func(b *testing.B) {
			g, err := NewGenerator[float32](v, Paper, All(Paper)...)
			if err != nil {
				b.Fatal(err)
			}
			batch := NewBatch[float32](g.steps, 200, 1, 1)
			in, out := someAffine(g.in, g.out, true, false), someAffine(g.in, g.out, false, true)
			i := uint64(0)
			b.ReportAllocs()
			for b.Loop() {
				g.DrawProjected(batch, in, out, kernels.NewStream(1).Child(i))
				i++
			}
		})
	}
}

// tasksNamed returns the named tasks.
func tasksNamed(tb testing.TB, o Options, names ...string) []Task {
	tb.Helper()
	var ts []Task
	for _, name := range names {
		t, err := Lookup(name, o)
		if err != nil {
			tb.Fatal(err)
		}
		ts = append(ts, t)
	}
	return ts
}
