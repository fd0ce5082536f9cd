package tasks

import (
	"math"
	"slices"
	"testing"

	"molap/kernels"
)

func TestProject(t *testing.T) {
	b := NewBatch[float32](1, 2, 3, 2)
	copy(b.X, []float32{1, 2, 3, 4, 5, 6})
	copy(b.Y, []float32{7, 8, 9, 10})
	z := make([]float64, 2)
	for _, c := range []struct {
		f    Affine
		want []float64
	}{
		{Affine{Offset: 5}, []float64{5, 5}},
		{Affine{Offset: 0.5, X: []float64{1, 10, 100}}, []float64{321.5, 654.5}},
		{Affine{Y: []float64{1, -1}}, []float64{-1, -1}},
		{Affine{Offset: 1, X: []float64{1, 0, 0}, Y: []float64{0, 2}}, []float64{18, 25}},
		// In order, one rounding a term: 2⁶⁰ swallows the 1 but not the product's 2⁸.
		{Affine{Offset: 1, X: []float64{0x1p60, 0x1p7, 0}, Y: []float64{0, 0}}, []float64{0x1p60 + 0x1p8, 0x1p62 + 0x1p9 + 0x1p7}},
	} {
		if Project(z, c.f, b); !slices.Equal(z, c.want) {
			t.Errorf("%+v: %v, want %v", c.f, z, c.want)
		}
	}
}

// someAffine returns a function of the inputs, of the targets or of both, whose
// weights all differ.
func someAffine(in, out int, x, y bool) Affine {
	f := Affine{Offset: 0.3}
	for i := range in {
		if x {
			f.X = append(f.X, math.Sqrt(float64(i))-2.9)
		}
	}
	for i := range out {
		if y {
			f.Y = append(f.Y, math.Sqrt(float64(i))-3.2)
		}
	}
	return f
}

// flashTask is a task without lead, some of whose periods may have no steps at all.
func flashTask() Task {
	return Task{
		Name: "flash", Steps: 50,
		Draws:   append(angleDraws("θ1", "θ2", "θ3"), Draw{"strength", Uniform{-1, 1}}, Draw{"η", Noise(0.3)}),
		Periods: []Period{{"none", Duration{Least: 0, Most: 3}}, {"a", Duration{Least: 0, Most: 9}}, {"b", Duration{Rest: true}}, {"c", Duration{Least: 0, Most: 30}}},
		Inputs: []Channel{
			{Name: "in", Parts: []Part{{"none", "b", Cos{Sum{theta1, Constant(90)}}}, {"a", "a", Constant(-2)}, {"c", "c", Max{Sin{theta2}, Cos{Drawn("θ3")}}}}},
			{Name: "moving", Parts: []Part{{"none", "a", Ramp{Constant(1), Drawn("strength")}}, {"b", "c", Sum{Drawn("η"), Pulses{Drawn("strength"), 2, 5}}}}},
			{Name: FixationChannel, Parts: []Part{{"c", "c", Constant(3)}}},
			{Name: "nothing"},
		},
		Targets: []Channel{{Name: "out", Parts: []Part{{"a", "b", Constant(1)}, {"c", "c", Sin{theta1}}}}},
	}
}

// TestDrawProjected compares DrawProjected with Draw and Project, to the bit.
func TestDrawProjected(t *testing.T) {
	testDrawProjected[float32](t)
	testDrawProjected[float64](t)
}

func testDrawProjected[T kernels.Float](t *testing.T) {
	authors, own, silent := Authors, Paper, withoutNoise(Paper)
	authors.Units = RawUnits
	own.SharedAngle, own.SharedFixationNoise, own.Noise = false, true, 0.4
	for label, o := range map[string]Options{"paper": Paper, "authors": authors, "own": own, "silent": silent} {
		corpora := map[string][]Task{"all": All(o), "T3 and T9": tasksNamed(t, o, "T3", "T9"), "small": {smallTask()}, "flash": {flashTask()}}
		for name, ts := range corpora {
			for _, v := range kernels.Variants() {
				g, err := NewGenerator[T](v, o, ts...)
				if err != nil {
					t.Fatal(err)
				}
				for _, trials := range []int{40, 1, 65} { // blocks of 32: some full, some not
					if v.String() == "generic" && (trials > 40 || trials > 1 && testing.Short()) {
						continue
					}
					whole := g.NewBatch(trials)
					s := kernels.NewStream(51).Child(uint64(trials))
					g.Draw(whole, s)
					for _, sides := range [][4]bool{{true, false, false, true}, {true, true, false, false}, {false, true, true, true}} {
						in, out := someAffine(g.in, g.out, sides[0], sides[1]), someAffine(g.in, g.out, sides[2], sides[3])
						b, want := NewBatch[T](g.steps, trials, 1, 1), NewBatch[T](g.steps, trials, 1, 1)
						b.XScale = Scale{7, 7}
						g.DrawProjected(b, in, out, s)
						Project(want.X, in, whole)
						Project(want.Y, out, whole)
						for i := range want.X {
							if b.X[i] != want.X[i] || b.Y[i] != want.Y[i] {
								t.Fatalf("%T, %s, %s, kernel %v, %d trials, sides %v: step %d, trial %d: %v and %v, want %v and %v", T(0), label, name,
									v, trials, sides, i/trials, i%trials, b.X[i], b.Y[i], want.X[i], want.Y[i])
							}
						}
						if b.XScale != want.XScale || b.YScale != want.YScale {
							t.Errorf("scales are %v and %v", b.XScale, b.YScale)
						}
					}
				}
			}
		}
	}
}

func TestProjectedAllocations(t *testing.T) {
	for label, o := range map[string]Options{"paper": Paper, "authors": Authors} {
		o.Units = RawUnits
		g, err := NewGenerator[float32](kernels.Best(), o, All(o)...)
		if err != nil {
			t.Fatal(err)
		}
		b, in, out := NewBatch[float32](g.steps, 20, 1, 1), someAffine(g.in, g.out, true, false), someAffine(g.in, g.out, false, true)
		if n := testing.AllocsPerRun(5, func() { g.DrawProjected(b, in, out, kernels.NewStream(1)) }); n != 0 {
			t.Errorf("%s: DrawProjected allocates %v times", label, n)
		}
	}
}

func TestWrongProjections(t *testing.T) {
	generator := func(o Options) *Generator[float32] {
		g, err := NewGenerator[float32](kernels.Best(), o, tasksNamed(t, o, "T5")...)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	g := generator(Paper)
	good := someAffine(2, 2, true, true)
	for _, c := range []struct {
		want string
		call func()
	}{
		{"tasks: Project: weights of 3 inputs and 0 targets, trials have 2 and 2", func() {
			g.DrawProjected(NewBatch[float32](110, 4, 1, 1), Affine{X: make([]float64, 3)}, good, kernels.NewStream(1))
		}},
		{"tasks: Project: weights of 0 inputs and 1 targets, trials have 2 and 2", func() {
			Project(make([]float32, 440), Affine{Y: make([]float64, 1)}, g.NewBatch(4))
		}},
		{"tasks: Project: room for 439 values, batch has 440", func() { Project(make([]float32, 439), good, g.NewBatch(4)) }},
		{"tasks: DrawProjected: batch has 110 steps, 2 inputs and 1 targets, want 110, 1 and 1", func() {
			g.DrawProjected(NewBatch[float32](110, 4, 2, 1), good, good, kernels.NewStream(1))
		}},
		{"tasks: DrawProjected: units are unit_interval, want raw", func() {
			generator(Authors).DrawProjected(NewBatch[float32](110, 4, 1, 1), good, good, kernels.NewStream(1))
		}},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v\n want %s", got, c.want)
				}
			}()
			c.call()
		}()
	}
}
