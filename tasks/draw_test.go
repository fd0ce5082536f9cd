package tasks

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"
	"testing"

	"molap/kernels"
)

func TestNoise(t *testing.T) {
	const trials, sigma = 300, 0.02
	s := kernels.NewStream(3)
	for _, shared := range []bool{false, true} {
		o := withoutNoise(Paper)
		o.SharedFixationNoise = shared
		clean := draw[float64](t, o, trials, s, All(o)...)
		o.Noise = sigma
		noisy := draw[float64](t, o, trials, s, All(o)...)
		if !slices.Equal(clean.Y, noisy.Y) {
			t.Error("noise changes targets")
		}

		// z[c] is the noise of channel c over steps and trials, in units of σ.
		z := make([][]float64, clean.In)
		for step := range clean.Steps {
			for j := range trials {
				x, y := clean.Inputs(step, j), noisy.Inputs(step, j)
				for c := range x {
					if step < 10 {
						if y[c] != 0 {
							t.Fatalf("step %d of the lead: input %d is %v", step, c, y[c])
						}
						continue
					}
					z[c] = append(z[c], (y[c]-x[c])/sigma)
				}
			}
		}
		n := float64(len(z[0]))
		zero := make([]float64, len(z[0]))
		for c := range z {
			// Five standard errors of mean, variance and fourth moment of 𝒩(0,1).
			checkNear(t, "mean", c, moment(z[c], 1), 0, 5/math.Sqrt(n))
			checkNear(t, "variance", c, moment(z[c], 2), 1, 5*math.Sqrt(2/n))
			checkNear(t, "fourth moment", c, moment(z[c], 4), 3, 5*math.Sqrt(96/n))
			checkNear(t, "correlation with the next trial", c, lagCorrelation(z[c], 1), 0, 5/math.Sqrt(n))
			checkNear(t, "correlation with the next step", c, lagCorrelation(z[c], trials), 0, 5/math.Sqrt(n))
			if slices.Equal(z[c], zero) {
				t.Errorf("input %d has no noise", c)
			}
		}
		fixation := []int{0, 3, 6, 9, 12, 14, 16, 19, 22}
		for c := range z {
			for d := range c {
				r := correlation(z[c], z[d])
				want := 0.0
				if shared && slices.Contains(fixation, c) && slices.Contains(fixation, d) {
					want = 1
				}
				if math.Abs(r-want) > 5/math.Sqrt(n) {
					t.Errorf("shared=%t: noise of inputs %d and %d: correlation %.4f, want %g", shared, c, d, r, want)
				}
			}
		}
	}
}

func checkNear(t *testing.T, what string, channel int, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("input %d: %s is %.4f, want %g ± %.4f", channel, what, got, want, tolerance)
	}
}

func moment(z []float64, k int) float64 {
	var sum float64
	for _, v := range z {
		sum += kernels.PowInt(v, k)
	}
	return sum / float64(len(z))
}

func correlation(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum / float64(len(a))
}

func lagCorrelation(z []float64, lag int) float64 { return correlation(z[:len(z)-lag], z[lag:]) }

// TestNoiseScales: noise is σ times fixed deviates, and every variant draws it alike.
func TestNoiseScales(t *testing.T) {
	s := kernels.NewStream(5)
	o := Paper
	o.Noise = 0.25
	task := tasksNamed(t, o, "T7")
	one := draw[float32](t, o, 70, s, task...)
	o.Noise = 0.5
	two := draw[float32](t, o, 70, s, task...)
	o.Noise = 0
	none := draw[float32](t, o, 70, s, task...)
	for i := range one.X {
		if d := (two.X[i] - none.X[i]) - 2*(one.X[i]-none.X[i]); math.Abs(float64(d)) > 4e-7 {
			t.Fatalf("value %d: noise %v at σ=½, %v at σ=¼", i, two.X[i]-none.X[i], one.X[i]-none.X[i])
		}
	}
	o.Noise = 0.5
	for _, v := range kernels.Variants() {
		g, err := NewGenerator[float32](v, o, task...)
		if err != nil {
			t.Fatal(err)
		}
		b := g.NewBatch(70)
		g.Draw(b, s)
		if !slices.Equal(b.X, two.X) || !slices.Equal(b.Y, two.Y) {
			t.Errorf("kernel=%v draws another batch than generic", v)
		}
	}
}

// TestAnyOrder: a batch depends on its stream alone, not on what was drawn
// before or how large those batches were.
func TestAnyOrder(t *testing.T) {
	root := kernels.NewStream(9)
	for label, o := range map[string]Options{"paper": Paper, "authors": Authors} {
		task := tasksNamed(t, o, "T4", "T9")
		g, err := NewGenerator[float32](kernels.Best(), o, task...)
		if err != nil {
			t.Fatal(err)
		}
		b, other := g.NewBatch(33), g.NewBatch(50)
		for _, i := range []uint64{4, 0, 2, 4, 3, 1, 0} {
			g.Draw(other, root.Child(100+i))
			g.Draw(b, root.Child(i))
			want := draw[float32](t, o, 33, root.Child(i), task...)
			if !slices.Equal(b.X, want.X) || !slices.Equal(b.Y, want.Y) || b.XScale != want.XScale || b.YScale != want.YScale {
				t.Errorf("%s: iteration %d: drawn out of order it differs", label, i)
			}
		}
		first, second := draw[float32](t, o, 33, root.Child(0), task...), draw[float32](t, o, 33, root.Child(1), task...)
		if slices.Equal(first.X, second.X) || slices.Equal(first.Y, second.Y) {
			t.Errorf("%s: two streams give one batch", label)
		}
	}
}

// TestFewerTrials: the first trials of a large batch are those of a small one.
func TestFewerTrials(t *testing.T) {
	s := kernels.NewStream(13)
	ts := All(Paper)
	many, few := draw[float64](t, Paper, 77, s, ts...), draw[float64](t, Paper, 40, s, ts...)
	for step := range few.Steps {
		for j := range few.Trials {
			if !slices.Equal(few.Inputs(step, j), many.Inputs(step, j)) || !slices.Equal(few.Targets(step, j), many.Targets(step, j)) {
				t.Fatalf("step %d trial %d differs between 40 and 77 trials", step, j)
			}
		}
	}
}

// TestPrecision: single and double precision draw the same trials.
func TestPrecision(t *testing.T) {
	s := kernels.NewStream(17)
	for label, o := range map[string]Options{"paper": Paper, "authors": Authors} {
		single, double := draw[float32](t, o, 50, s, All(o)...), draw[float64](t, o, 50, s, All(o)...)
		// Values are below 1.5 and rounded at most four times on the way.
		checkTrials(t, label+" X", single.X, double.X, 4*0x1p-24*1.5)
		checkTrials(t, label+" Y", single.Y, double.Y, 4*0x1p-24*1.5)
	}
}

func TestNoAllocations(t *testing.T) {
	for label, o := range map[string]Options{"paper": Paper, "authors": Authors} {
		g, err := NewGenerator[float32](kernels.Best(), o, All(o)...)
		if err != nil {
			t.Fatal(err)
		}
		b, small := g.NewBatch(20), g.NewBatch(7)
		g.Draw(b, kernels.NewStream(1))
		i := uint64(0)
		if n := testing.AllocsPerRun(5, func() {
			g.Draw(b, kernels.NewStream(1).Child(i))
			g.Draw(small, kernels.NewStream(1).Child(i))
			i++
		}); n != 0 {
			t.Errorf("%s: Draw allocates %v times", label, n)
		}
	}
}

// TestGolden pins the bits of a small corpus: they are the same on every machine
// and for every kernel, and a change of them changes every published result.
func TestGolden(t *testing.T) {
	s := kernels.NewStream(1)
	own := Paper
	own.SharedAngle = false
	sum := sha256.New()
	for _, o := range []Options{Paper, Authors, own} {
		hashBatch(sum, draw[float32](t, o, 35, s, All(o)...))
		hashBatch(sum, draw[float64](t, o, 35, s, All(o)...))
	}
	const want = "482ba58e205434891d76e796519e27f1d84bfdba92ffa6299cd03e024f091522"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

func hashBatch[T kernels.Float](h hash.Hash, b *Batch[T]) {
	for _, x := range [][]T{b.X, b.Y} {
		if err := binary.Write(h, binary.LittleEndian, x); err != nil {
			panic(err)
		}
	}
}
