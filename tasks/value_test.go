package tasks

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"testing"

	"molap/kernels"
)

// everyValueTask is a task of 30 steps, whose period b is of 5…9 steps, with one input
// for each kind of value.
func everyValueTask() (Task, []Value) {
	a, u, c, n := Drawn("a"), Drawn("u"), Drawn("c"), Drawn("n")
	values := []Value{
		0:  Constant(-2.5),
		1:  a,
		2:  u,
		3:  c,
		4:  n,
		5:  Sum{u, c, Constant(1)},
		6:  Difference{u, c},
		7:  Product{u, c, Constant(2)},
		8:  Max{u, c, Constant(0)},
		9:  Min{u, c, Constant(0)},
		10: Sign{u},
		11: Where{u, Constant(0.25), c, Constant(7)},
		12: Cos{Sum{a, Product{Constant(90), c}}},
		13: Sin{Difference{a, u}},
		14: Cos{u},
		15: Ramp{u, Constant(3)},
		16: Pulses{u, 2, 3},
		17: Product{n, Ramp{Constant(0), Constant(1)}},
		18: Sin{Ramp{Constant(0), Constant(720)}},
	}
	t := Task{
		Name: "everything", Steps: 30, Lead: 4,
		Draws:   []Draw{{"a", OptionAngle{}}, {"u", Uniform{-1, 2}}, {"c", Choice{-1, 0, 2}}, {"n", Noise(0.5)}},
		Periods: []Period{{"a", Exactly(6)}, {"b", Duration{Least: 5, Most: 9}}, {"c", Duration{Rest: true}}},
		Targets: []Channel{{Name: "n", Parts: []Part{{"b", "b", n}}}},
	}
	for _, v := range values {
		t.Inputs = append(t.Inputs, Channel{Name: v.String(), Parts: []Part{{"b", "b", v}}})
	}
	return t, values
}

// TestValues compares every kind of value at every step with mathematics, on
// numbers read from the streams by the documented path.
func TestValues(t *testing.T) {
	task, values := everyValueTask()
	const trials = 70 // blocks of 32, one of them not full
	s := kernels.NewStream(61)
	b := draw[float64](t, Options{}, trials, s, task)
	own := s.Child(streamKey("everything"))
	v, err := kernels.Lookup("generic")
	if err != nil {
		t.Fatal(err)
	}
	for j := range trials {
		at := uint64(j)
		a := 180 * own.Child(0).Child(0).Uniform(at)
		u := -1 + 3*own.Child(0).Child(1).Uniform(at)
		c := []float64{-1, 0, 2}[own.Child(0).Child(2).Intn(at, 3)]
		length := 5 + own.Child(1).Child(1).Intn(at, 5)
		for step := range b.Steps {
			var z [32]float32
			v.Normal(z[:], own.Child(0).Child(3), uint64(j/32*30+step))
			n := 0.5 * float64(z[j%32])
			k := step - 10 // steps into the period
			want := make([]float64, len(values))
			if k >= 0 && k < length {
				ramp := float64(k) / float64(length-1)
				pulse, where, sign := 0.0, 7.0, 0.0
				if k%3 < 2 {
					pulse = u
				}
				if u > 0.25 {
					where = c
				}
				if u != 0 {
					sign = math.Copysign(1, u)
				}
				degrees := math.Pi / 180
				want = []float64{-2.5, a, u, c, n, u + c + 1, u - c, u * c * 2, math.Max(0, math.Max(u, c)), math.Min(0, math.Min(u, c)),
					sign, where, math.Cos((a + 90*c) * degrees), math.Sin((a - u) * degrees), math.Cos(u * degrees),
					u + (3-u)*ramp, pulse, n * ramp, math.Sin(720 * ramp * degrees)}
			}
			got := b.Inputs(step, j)
			for i := range want {
				// Rounding alone: angles up to 720° have errors of 1e-15 turns' radians.
				if d := math.Abs(got[i] - want[i]); !(d <= 1e-14*max(1, math.Abs(want[i]))) {
					t.Fatalf("trial %d step %d: %v is %v, want %v", j, step, values[i], got[i], want[i])
				}
			}
			// One draw is the same number wherever it is shown.
			if got[4] != b.Targets(step, j)[0] {
				t.Fatalf("trial %d step %d: noise %v in an input and %v in a target", j, step, got[4], b.Targets(step, j)[0])
			}
		}
	}
}

// TestRampEnds: a ramp is exact at both ends, and From where it has one step.
func TestRampEnds(t *testing.T) {
	task := Task{
		Name: "ends", Steps: 12, Periods: []Period{{"one", Exactly(1)}, {"many", Exactly(11)}},
		Inputs:  []Channel{{Name: "x", Parts: []Part{{"one", "many", Ramp{Constant(0.1), Constant(0.7)}}}}},
		Targets: []Channel{{Name: "y", Parts: []Part{{"one", "one", Ramp{Constant(0.3), Constant(9)}}}}},
	}
	b := draw[float64](t, Options{}, 3, kernels.NewStream(1), task)
	if x, y := b.Inputs(0, 2)[0], b.Inputs(11, 2)[0]; x != 0.1 || y != 0.7 {
		t.Errorf("ramp from %v to %v, want 0.1 to 0.7", x, y)
	}
	if y := b.Targets(0, 2)[0]; y != 0.3 {
		t.Errorf("ramp of one step is %v, want 0.3", y)
	}
}

// TestAddedDraw: another draw at the end changes none of the others, and one that is
// no option angle in the first place is not shared between tasks.
func TestAddedDraw(t *testing.T) {
	task, _ := everyValueTask()
	s := kernels.NewStream(67)
	before := draw[float32](t, Paper, 40, s, task)
	task.Draws = append(task.Draws, Draw{"more", Uniform{0, 1}})
	if after := draw[float32](t, Paper, 40, s, task); !slices.Equal(before.X, after.X) {
		t.Error("another draw changes the trials")
	}
	swapped := task
	swapped.Name, swapped.Draws = "swapped", slices.Clone(task.Draws)
	swapped.Draws[0], swapped.Draws[1] = swapped.Draws[1], swapped.Draws[0]
	o := withoutNoise(Paper)
	both := draw[float64](t, o, 40, s, swapped, task)
	alone := draw[float64](t, o, 40, s, task)
	same := 0
	for j := range both.Trials {
		x, y := both.Inputs(10, j), alone.Inputs(10, j)
		if !slices.Equal(x[len(task.Inputs):], y) {
			t.Fatalf("trial %d differs beside a task with other draws", j)
		}
		if x[1] == y[1] || x[2] == y[2] {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d trials share an angle that is not the first draw, or a number", same)
	}
}

// TestMovingAllocations: values that move cost no memory either.
func TestMovingAllocations(t *testing.T) {
	task, _ := everyValueTask()
	g, err := NewGenerator[float32](kernels.Best(), Paper, task)
	if err != nil {
		t.Fatal(err)
	}
	b := g.NewBatch(20)
	g.Draw(b, kernels.NewStream(1))
	if n := testing.AllocsPerRun(5, func() { g.Draw(b, kernels.NewStream(1)) }); n != 0 {
		t.Errorf("Draw allocates %v times", n)
	}
}

// TestGoldenValues pins the bits of every kind of value, as TestGolden does of the nine
// tasks.
func TestGoldenValues(t *testing.T) {
	task, _ := everyValueTask()
	sum := sha256.New()
	hashBatch(sum, draw[float32](t, Paper, 35, kernels.NewStream(1), task))
	hashBatch(sum, draw[float64](t, Authors, 35, kernels.NewStream(1), task))
	const want = "ce377925d66cecac1570dbf5a7d8a133f55714c3f7e4132b1df91c13a001b54b"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

func TestStrings(t *testing.T) {
	a, b, c := Drawn("a"), Drawn("b"), Drawn("c")
	for _, x := range []struct {
		value Value
		want  string
	}{
		{Constant(-0.5), "-0.5"},
		{Sum{a, Sum{b, c}}, "a + (b + c)"},
		{Sum{Sum{a, b}, c}, "(a + b) + c"},
		{Sum{Difference{a, b}, c}, "a - b + c"},
		{Difference{Sum{a, b}, c}, "a + b - c"},
		{Difference{a, Sum{b, c}}, "a - (b + c)"},
		{Product{Sum{a, b}, Difference{b, c}, Constant(-1)}, "(a + b) * (b - c) * -1"},
		{Product{Product{a, b}, Product{b, c}}, "(a * b) * (b * c)"},
		{Product{Quotient{a, b}, Quotient{b, c}}, "a / b * (b / c)"},
		{Quotient{Quotient{a, b}, Product{b, c}}, "a / b / (b * c)"},
		{Quotient{Product{a, b}, Sum{b, c}}, "a * b / (b + c)"},
		{Power{a, Power{b, c}}, "a ^ b ^ c"},
		{Power{Power{a, b}, Constant(-1)}, "(a ^ b) ^ -1"},
		{Power{Constant(-2), Product{a, b}}, "(-2) ^ (a * b)"},
		{Power{Cos{a}, Exp{b}}, "(cos a) ^ exp(b)"},
		{Product{Constant(-1), Power{Abs{a}, Constant(2)}}, "-1 * abs(a) ^ 2"},
		{Power{Sum{a, Index{}}, Cos{b}}, "(a + i) ^ cos b"},
		{Where{a, Sum{b, c}, Sign{a}, Min{a, b}}, "where(a > b + c, sign(a), min(a, b))"},
		{Cos{a}, "cos a"},
		{Sin{Sum{a, Constant(180)}}, "sin(a + 180)"},
		{Ramp{Pulses{a, 2, 10}, Constant(0)}, "ramp(pulses(a, 2, 10), 0)"},
	} {
		if got := x.value.String(); got != x.want {
			t.Errorf("%#v is %q, want %q", x.value, got, x.want)
		}
	}
}
