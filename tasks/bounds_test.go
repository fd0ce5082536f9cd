package tasks

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"molap/kernels"
)

// valueTask returns a task of 3 steps with one input for each value.
func valueTask(values ...Value) Task {
	t := Task{
		Name: "calculation", Steps: 3,
		Draws:   []Draw{{"u", Uniform{-1, 2}}, {"p", Uniform{0.5, 3}}, {"c", Choice{0, 1, 2}}, {"n", Noise(0.5)}, {"a", OptionAngle{}}},
		Periods: []Period{{"all", Exactly(3)}},
		Targets: []Channel{{Name: "y"}},
	}
	for i, v := range values {
		t.Inputs = append(t.Inputs, Channel{Name: fmt.Sprint(i), Parts: []Part{{"all", "all", v}}})
	}
	return t
}

// TestArithmetic compares quotients, powers, exponentials and sizes with mathematics.
func TestArithmetic(t *testing.T) {
	const u, p, c, n = Drawn("u"), Drawn("p"), Drawn("c"), Drawn("n")
	values := []Value{u, p, c, n,
		4:  Quotient{u, p},
		5:  Power{u, Constant(3)},
		6:  Power{u, Constant(2)},
		7:  Power{p, Constant(-2)},
		8:  Power{p, u},
		9:  Power{Max{u, Constant(0)}, Constant(0.5)},
		10: Power{c, c}, // of which 0 to the power of 0
		11: Exp{Product{Constant(3), u}},
		12: Abs{u},
		13: Exp{Product{Constant(-1), Power{n, Constant(2)}}},
		14: Power{p, Constant(11.5)},
	}
	b := draw[float64](t, Options{}, 70, kernels.NewStream(3), valueTask(values...))
	for step := range b.Steps {
		for j := range b.Trials {
			x := b.Inputs(step, j)
			u, p, c, n := x[0], x[1], x[2], x[3]
			want := []float64{u, p, c, n, u / p, u * u * u, u * u, 1 / (p * p), math.Pow(p, u), math.Sqrt(math.Max(u, 0)), math.Pow(c, c),
				math.Exp(3 * u), math.Abs(u), math.Exp(-n * n), math.Pow(p, 11.5)}
			for i, v := range x {
				if d := math.Abs(v - want[i]); !(d <= 1e-14*math.Abs(want[i])) {
					t.Fatalf("%v is %v, want %v", values[i], v, want[i])
				}
			}
		}
	}
	sum := sha256.New()
	hashBatch(sum, draw[float32](t, Paper, 35, kernels.NewStream(1), valueTask(values...)))
	hashBatch(sum, draw[float64](t, Authors, 35, kernels.NewStream(1), valueTask(values...)))
	const want = "ccadf548cb48fc2c7961dfa3bbb8ab504a39dc95d65163221555901c41f3937d"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

// anyValue returns a random expression.
func anyValue(r *rand.Rand, depth int) Value {
	if depth == 0 || r.IntN(6) == 0 {
		leaves := []Value{Drawn("u"), Drawn("p"), Drawn("c"), Drawn("n"), Drawn("a"), Constant(0), Constant(-2), Constant(0.5), Constant(3)}
		return leaves[r.IntN(len(leaves))]
	}
	a, b := anyValue(r, depth-1), anyValue(r, depth-1)
	all := []Value{Sum{a, b, a}, Difference{a, b}, Product{a, b}, Quotient{a, b}, Power{a, b}, Power{a, Constant(r.IntN(7) - 3)}, Max{a, b}, Min{a, b},
		Abs{a}, Exp{a}, Sign{a}, Where{a, b, b, a}, Cos{a}, Ramp{a, b}, Pulses{a, 1, 2}, Quotient{a, Max{b, Constant(0.01)}}}
	return all[r.IntN(len(all))]
}

// TestBounds: what a valid task shows is finite and within its bounds; and valid tasks are
// not rare.
func TestBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	n := 4000
	if testing.Short() {
		n = 500
	}
	valid := 0
	for range n {
		v := anyValue(r, 4)
		task := valueTask(v)
		if err := task.Validate(); err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") || strings.Contains(err.Error(), "NaN") {
				t.Fatalf("%v: error %q", v, err)
			}
			continue
		}
		valid++
		of, err := task.bounds(task.Inputs[0], v)
		if err != nil {
			t.Fatal(err)
		}
		room := 1e-9 * (1 + of.size())
		b := draw[float64](t, Options{}, 40, kernels.NewStream(r.Uint64()), task)
		for _, x := range b.X {
			if !(of.lo-room <= x && x <= of.hi+room) {
				t.Fatalf("%v shows %v, its bounds are %v", v, x, of)
			}
		}
	}
	if valid < n/3 {
		t.Errorf("%d of %d expressions are valid", valid, n)
	}
}

func TestBoundsErrors(t *testing.T) {
	const u, p, c = Drawn("u"), Drawn("p"), Drawn("c")
	for _, x := range []struct {
		value Value
		want  string // empty: valid
	}{
		{Quotient{u, c}, "u / c divides by c, which can be from 0 to 2: want at least 1e-06 in size in every trial, such as max(c, 0.01)"},
		{Quotient{u, Max{c, Constant(0.01)}}, ""},
		{Quotient{u, Sum{Power{u, Constant(2)}, Constant(1)}}, ""},
		{Quotient{u, Difference{u, Constant(3)}}, ""},
		{Quotient{Constant(1e6), p}, "1e+06 / p can reach a size of 2e+06: want at most 1e+06"},
		{Where{c, Constant(0), Quotient{u, c}, Constant(0)}, "u / c divides by c"},
		{Power{u, Constant(0.5)}, "u ^ 0.5 is a power of u, which can be from -1 to 2: want at least 0, unless the exponent is a whole number from -64 to 64"},
		{Power{u, c}, "u ^ c is a power of u"},
		{Power{u, Constant(65)}, "u ^ 65 is a power of u"},
		{Power{c, Constant(-1)}, "c ^ -1 is a negative power of c, which can be from 0 to 2: want at least 1e-06 in size in every trial"},
		{Power{c, Constant(0.5)}, ""},
		{Power{Constant(10), Product{Constant(3), u}}, ""},
		{Power{Constant(10), Product{Constant(4), u}}, "10 ^ (4 * u) can reach a size of 1e+08: want at most 1e+06"},
		{Exp{Product{Constant(500), u}}, "exp(500 * u) can reach a size of +Inf: want at most 1e+100 of each part of an expression"},
		{Min{Constant(1), Exp{Product{Constant(20), u}}}, ""},
		{Sign{Difference{Exp{Product{Constant(300), u}}, Exp{Product{Constant(300), u}}}}, "exp(300 * u) can reach a size of"},
	} {
		err := valueTask(x.value).Validate()
		if x.want == "" && err != nil || x.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "calculation: input 1 (0): "+x.want)) {
			t.Errorf("%v: error %v\n want %s", x.value, err, x.want)
		}
	}
}

// TestFamily: a family shows what so many channels show that are written one by one.
func TestFamily(t *testing.T) {
	const n = 5
	ring := func(i Value) Value {
		angle := Difference{Drawn("a"), Quotient{Product{i, Constant(360)}, Constant(n)}}
		return Exp{Product{Constant(2), Difference{Cos{angle}, Constant(1)}}}
	}
	family, single := valueTask(), valueTask()
	family.Inputs = append(Family("ring", n, Part{"all", "all", ring(Index{})}), Channel{Name: "last", Parts: []Part{{"all", "all", Drawn("u")}}})
	for i := range n {
		single.Inputs = append(single.Inputs, Channel{Name: fmt.Sprint(i), Parts: []Part{{"all", "all", ring(Constant(i))}}})
	}
	single.Inputs = append(single.Inputs, family.Inputs[n])
	got, want := draw[float64](t, Paper, 40, kernels.NewStream(5), family), draw[float64](t, Paper, 40, kernels.NewStream(5), single)
	if !slices.Equal(got.X, want.X) {
		t.Error("a family draws other trials than its channels one by one")
	}
	if x := got.Inputs(0, 0); x[0] == x[1] || family.Inputs[3].Name != "ring[3]" || family.Inputs[3].FamilyName() != "ring" || family.Inputs[n].FamilyName() != "last" {
		t.Errorf("%v of %+v", x, family.Inputs)
	}
}

// TestExponential: durations have the chances that are stated, each a function of one
// uniform number.
func TestExponential(t *testing.T) {
	const trials, least, most, tau = 20000, 5, 40, 10.0
	task := Task{
		Name: "wait", Steps: 50, Lead: 1,
		Periods: []Period{{"a", Exactly(2)}, {"stimulus", Duration{Least: least, Most: most, Exponential: tau}}, {"c", Duration{Rest: true}}},
		Inputs:  []Channel{{Name: "x", Parts: []Part{{"stimulus", "stimulus", Constant(1)}}}},
		Targets: []Channel{{Name: "y"}},
	}
	s := kernels.NewStream(11)
	b := draw[float64](t, Options{}, trials, s, task)
	chance := make([]float64, most+1)
	total := 0.0
	for n := least; n <= most; n++ {
		chance[n] = math.Exp(-float64(n-least) / tau)
		total += chance[n]
	}
	count := make([]int, most+2)
	for j := range trials {
		n := 0
		for step := range b.Steps {
			n += int(b.Inputs(step, j)[0])
		}
		count[n]++
		u, want := s.Child(streamKey("wait")).Child(1).Child(1).Uniform(uint64(j)), least
		for below := chance[least]; below <= u*total && want < most; below += chance[want] {
			want++
		}
		if n != want {
			t.Fatalf("trial %d: %d steps, want %d of %v", j, n, want, u)
		}
	}
	chi := 0.0
	for n := least; n <= most; n++ {
		expected := trials * chance[n] / total
		chi += (float64(count[n]) - expected) * (float64(count[n]) - expected) / expected
	}
	if chi > 70 { // 35 degrees of freedom: 1 in 2000
		t.Errorf("χ² is %.1f of %d durations, counts %v", chi, most-least+1, count)
	}
	for _, d := range []Duration{{Least: 3, Most: 3, Exponential: 2}, {Least: 3, Most: 4, Exponential: 1e-300}, {Least: 0, Most: 3, Exponential: maxSteps}} {
		to := make([]int32, 200)
		d.shift(to, make([]int32, 200), 1, s)
		if least, most := slices.Min(to), slices.Max(to); int(least) != d.Least || int(most) > d.Most || d.Exponential > 2 && int(most) != d.Most {
			t.Errorf("%+v: from %d to %d", d, least, most)
		}
	}
}
