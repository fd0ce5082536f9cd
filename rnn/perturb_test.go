package rnn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// threeModules is a network of three modules without a zero in W_rec, so that what a
// lesion hits can be seen.
func threeModules[T kernels.Float](t *testing.T) *Network[T] {
	n := New[T](kernels.Best(), autodiff.Shape{Units: 60, In: 2, Out: 3}, 3, Init{Gain: 1.5, InputGain: 1, Bias: true}, kernels.NewStream(17))
	for i := range n.Units {
		if slices.Contains(n.Row(n.WRec(), i), 0) {
			t.Fatalf("row %d of W_rec has a zero", i)
		}
	}
	return n
}

// sameBits compares exactly: float32 to float64 loses nothing.
func sameBits[T kernels.Float](a, b T) bool {
	return math.Float64bits(float64(a)) == math.Float64bits(float64(b))
}

// changedEntries returns the indices of A where a and b differ.
func changedEntries[T kernels.Float](a, b *Network[T]) (at []int) {
	for i := range a.A {
		if !sameBits(a.A[i], b.A[i]) {
			at = append(at, i)
		}
	}
	return at
}

// checkCopy reports when damage reached the original or shape and modules changed.
func checkCopy[T kernels.Float](t *testing.T, net, damaged *Network[T]) {
	t.Helper()
	if fresh := threeModules[T](t); len(changedEntries(net, fresh)) > 0 || !slices.Equal(net.H0, fresh.H0) {
		t.Fatal("the original changed")
	}
	if damaged.Shape != net.Shape || damaged.Modules != net.Modules {
		t.Fatalf("copy is %+v with %d modules, want %+v with %d", damaged.Shape, damaged.Modules, net.Shape, net.Modules)
	}
}

// isSubset reports whether sorted b has all of a, and more.
func isSubset(a, b []int) bool {
	for _, i := range a {
		if _, has := slices.BinarySearch(b, i); !has {
			return false
		}
	}
	return len(a) < len(b)
}

func testLesion[T kernels.Float](t *testing.T) {
	net := threeModules[T](t)
	size := net.Units / net.Modules
	for _, c := range []struct {
		name    string
		region  Region
		entries int
		has     func(to, from int) bool // by modules
	}{
		{"global", Global, 3600, func(to, from int) bool { return true }},
		{"inter-module", InterModule, 2400, func(to, from int) bool { return to != from }},
		{"module 0", 0, 400, func(to, from int) bool { return to == 0 && from == 0 }},
		{"module 1", 1, 400, func(to, from int) bool { return to == 1 && from == 1 }},
		{"module 2", 2, 400, func(to, from int) bool { return to == 2 && from == 2 }},
	} {
		var last []int
		for k, percent := range []float64{0, 0.5, 10, 33, 99.5, 100} {
			damaged, n, err := Lesion(net, c.region, percent, kernels.NewStream(5))
			if err != nil {
				t.Fatal(err)
			}
			checkCopy(t, net, damaged)
			hit := changedEntries(net, damaged)
			if want := int(percent * float64(c.entries) / 100); n != want || len(hit) != want {
				t.Errorf("%s, %v%%: %d entries returned, %d changed, want %d", c.name, percent, n, len(hit), want)
			}
			for _, at := range hit {
				i, j := at/net.Cols(), at%net.Cols()
				if damaged.A[at] != 0 || i >= net.Units || j >= net.Units || !c.has(i/size, j/size) {
					t.Fatalf("%s, %v%%: row %d, column %d became %v", c.name, percent, i, j, damaged.A[at])
				}
			}
			if !slices.Equal(damaged.H0, net.H0) {
				t.Errorf("%s, %v%%: h[0] changed", c.name, percent)
			}
			if k > 0 && !isSubset(last, hit) {
				t.Errorf("%s: the entries at %v%% lack some of the step before", c.name, percent)
			}
			last = hit
		}
	}
	one, _, _ := Lesion(net, Global, 20, kernels.NewStream(5))
	again, _, _ := Lesion(net, Global, 20, kernels.NewStream(5))
	other, _, _ := Lesion(net, Global, 20, kernels.NewStream(6))
	if len(changedEntries(one, again)) != 0 || len(changedEntries(one, other)) < 720 {
		t.Errorf("%d entries differ in the same draw, %d in another", len(changedEntries(one, again)), len(changedEntries(one, other)))
	}
}

func TestLesion(t *testing.T) {
	t.Run("f32", testLesion[float32])
	t.Run("f64", testLesion[float64])
}

// runClamped runs net by its equations with the marked units at 0 at every step,
// h[0] included. Sums run in the engine's order.
func runClamped[T kernels.Float](net *Network[T], silent []bool, x []T, steps, trials int) []T {
	outputs := make([]T, 0, steps*trials*net.Out)
	states := make([][]T, trials)
	clamp := func(h []T) {
		for j := range h {
			if silent[j] {
				h[j] = 0
			}
		}
	}
	row := func(i int, h, x []T) (z T) {
		for j, s := range slices.Concat(h, x, []T{1}) {
			z = kernels.FMA(s, net.A[i*net.Cols()+j], z)
		}
		return z
	}
	for t := range steps {
		for b := range trials {
			if t == 0 {
				states[b] = slices.Clone(net.H0)
				clamp(states[b])
			}
			next := make([]T, net.Units)
			for i := range next {
				next[i] = kernels.Tanh(row(i, states[b], x[(t*trials+b)*net.In:][:net.In]))
				if net.Leak != 1 {
					next[i] = kernels.FMA(T(net.Leak), next[i], T(T(1-net.Leak)*states[b][i]))
				}
			}
			clamp(next)
			for o := range net.Out {
				outputs = append(outputs, row(net.Units+o, next, make([]T, net.In)))
			}
			states[b] = next
		}
	}
	return outputs
}

func testSilence[T kernels.Float](t *testing.T, alpha float64) {
	const steps, trials = 8, 3
	net := threeModules[T](t)
	net.Leak = alpha
	z := make([]float32, steps*trials*net.In)
	kernels.Best().Normal(z, kernels.NewStream(23), 0)
	x := convert[T](z)
	run := func(n *Network[T]) []T {
		outputs := make([]T, steps*trials*n.Out)
		autodiff.New[T](kernels.Best(), n.Shape, steps, trials, autodiff.Mask{}, autodiff.Penalty{}, 1).Run(n.Params, x, outputs, nil)
		return outputs
	}
	var last []int
	for k, percent := range []float64{0, 5, 10, 30, 60, 100} {
		damaged, n, err := Silence(net, percent, kernels.NewStream(7))
		if err != nil {
			t.Fatal(err)
		}
		checkCopy(t, net, damaged)
		silent, units := make([]bool, net.Units), []int(nil)
		for j := range net.Units {
			if silent[j] = damaged.H0[j] == 0; silent[j] {
				units = append(units, j)
			} else if !sameBits(damaged.H0[j], net.H0[j]) {
				t.Errorf("%v%%: h[0] of unit %d changed to %v", percent, j, damaged.H0[j])
			}
		}
		if want := int(percent * 60 / 100); n != want || len(units) != want {
			t.Errorf("%v%%: %d units returned, %d silent, want %d", percent, n, len(units), want)
		}
		if k > 0 && !isSubset(last, units) {
			t.Errorf("the units at %v%% lack some of the step before", percent)
		}
		last = units
		for at := range net.A {
			if j := at % net.Cols(); (j >= net.Units || !silent[j]) && !sameBits(net.A[at], damaged.A[at]) {
				t.Errorf("%v%%: row %d, column %d changed", percent, at/net.Cols(), j)
			}
		}
		got, want := run(damaged), runClamped(net, silent, x, steps, trials)
		if !slices.Equal(got, want) {
			t.Errorf("%v%%: outputs are not those of the clamped network: first %v, want %v", percent, got[0], want[0])
		}
		if differs := !slices.Equal(got, run(net)); differs != (n > 0) {
			t.Errorf("%v%%: outputs differ from the intact network's: %v", percent, differs)
		}
	}
	one, _, _ := Silence(net, 20, kernels.NewStream(7))
	other, _, _ := Silence(net, 20, kernels.NewStream(8))
	if slices.Equal(one.H0, other.H0) {
		t.Error("two draws silence the same units")
	}
}

func TestSilence(t *testing.T) {
	for _, alpha := range []float64{1, 0.3} {
		t.Run("f32", func(t *testing.T) { testSilence[float32](t, alpha) })
		t.Run("f64", func(t *testing.T) { testSilence[float64](t, alpha) })
	}
}

// addedNoise returns what noise added to W_rec, by rows, and fails if anything else changed.
func addedNoise[T kernels.Float](t *testing.T, sigma float64, s kernels.Stream) (d []float64) {
	t.Helper()
	net := threeModules[T](t)
	damaged, err := AddNoise(kernels.Best(), net, sigma, s)
	if err != nil {
		t.Fatal(err)
	}
	checkCopy(t, net, damaged)
	for _, at := range changedEntries(net, damaged) {
		if i, j := at/net.Cols(), at%net.Cols(); i >= net.Units || j >= net.Units {
			t.Fatalf("row %d, column %d changed", i, j)
		}
	}
	if !slices.Equal(damaged.H0, net.H0) {
		t.Fatal("h[0] changed")
	}
	for _, v := range kernels.Variants() {
		if same, _ := AddNoise(v, net, sigma, s); len(changedEntries(same, damaged)) > 0 {
			t.Fatalf("%v adds other noise than %v", v, kernels.Best())
		}
	}
	for i := range net.Units {
		for j, w := range damaged.Row(net.WRec(), i) {
			d = append(d, float64(w)-float64(net.Row(net.WRec(), i)[j]))
		}
	}
	return d
}

func testAddNoise[T kernels.Float](t *testing.T) {
	const sigma = 0.03
	d := addedNoise[T](t, sigma, kernels.NewStream(9))
	twice := addedNoise[T](t, 2*sigma, kernels.NewStream(9))
	other := addedNoise[T](t, sigma, kernels.NewStream(10))
	n := float64(len(d))
	var sum, squares, rows, columns, draws float64
	for i, v := range d {
		sum += v / sigma / n
		squares += v * v / (sigma * sigma * n)
		rows += v * d[(i+60)%len(d)] / (sigma * sigma * n)
		columns += v * d[(i+1)%len(d)] / (sigma * sigma * n)
		draws += v * other[i] / (sigma * sigma * n)
		if v == 0 {
			t.Errorf("row %d, column %d did not change", i/60, i%60)
		}
		if math.Abs(twice[i]-2*v) > 3e-7 { // roundings of float32 weights below 1
			t.Errorf("row %d, column %d: noise %v at σ = %v, %v at twice that", i/60, i%60, v, sigma, twice[i])
		}
	}
	for name, z := range map[string]float64{
		"mean":                     sum * math.Sqrt(n),
		"standard deviation":       (math.Sqrt(squares) - 1) * math.Sqrt(2*n),
		"correlation of rows":      rows * math.Sqrt(n),
		"correlation of columns":   columns * math.Sqrt(n),
		"correlation of two draws": draws * math.Sqrt(n),
	} {
		if !(math.Abs(z) < 3.5) {
			t.Errorf("%s of the noise is off by %.1f standard errors", name, z)
		}
	}
	for i, v := range addedNoise[T](t, 0, kernels.NewStream(9)) {
		if v != 0 {
			t.Fatalf("noise %v in entry %d at σ = 0", v, i)
		}
	}
}

func TestAddNoise(t *testing.T) {
	t.Run("f32", testAddNoise[float32])
	t.Run("f64", testAddNoise[float64])
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		n       int
		percent float64
		want    int
	}{
		{2500, 0, 0}, {2500, 0.02, 0}, {2500, 0.06, 2}, {2500, 30, 750}, {2500, 100, 2500}, {2500, 99.98, 2500},
		{10, 5, 0}, {10, 15, 2}, {10, 25, 2}, {10, 24, 2}, {10, 26, 3}, {3, 50, 2}, {100, 12.5, 12}, {100, 37.5, 38},
	} {
		if got := len(drawShare(c.n, c.percent, kernels.NewStream(1))); got != c.want {
			t.Errorf("%v%% of %d are %d, want %d", c.percent, c.n, got, c.want)
		}
	}
	// Every subset of 3 of 10 is as likely as the next.
	const draws = 6000
	count := map[[3]int]int{}
	for i := range uint64(draws) {
		c := drawShare(10, 30, kernels.NewStream(2).Child(i))
		slices.Sort(c)
		count[[3]int(c)]++
	}
	square := 0.0
	for _, k := range count {
		square += (float64(k) - draws/120) * (float64(k) - draws/120) / (draws / 120)
	}
	if len(count) != 120 || math.Abs(square-119) > 4*math.Sqrt(2*119) {
		t.Errorf("%d subsets with χ² = %.0f, want 120 with about 119", len(count), square)
	}
	// The same on every machine, in this version and the next.
	if got, want := drawShare(10, 100, kernels.NewStream(42)), []int{8, 2, 6, 4, 7, 1, 9, 0, 3, 5}; !slices.Equal(got, want) {
		t.Errorf("order is %v, want %v", got, want)
	}
}

func TestPerturbErrors(t *testing.T) {
	net, s := testNetwork[float32](false), kernels.NewStream(1)
	single := New[float32](kernels.Best(), net.Shape, 1, Init{Gain: 1}, s)
	lesion := func(n *Network[float32], r Region, percent float64) error {
		d, _, err := Lesion(n, r, percent, s)
		if (d == nil) != (err != nil) {
			t.Errorf("network %v beside error %v", d, err)
		}
		return err
	}
	silence := func(percent float64) error { _, _, err := Silence(net, percent, s); return err }
	noise := func(sigma float64) error { _, err := AddNoise(kernels.Best(), net, sigma, s); return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{lesion(net, Global, 101), "101 per cent of lesioned weights, not within 0 … 100"},
		{lesion(net, 1, -0.5), "-0.5 per cent of lesioned weights, not within 0 … 100"},
		{lesion(net, 1, math.NaN()), "NaN per cent of lesioned weights, not within 0 … 100"},
		{lesion(net, 2, 10), "lesion of region 2, not one of Global (-1), InterModule (-2), modules 0 … 1"},
		{lesion(net, -3, 10), "lesion of region -3, not one of"},
		{lesion(single, InterModule, 10), "lesion of inter-module weights of 1 module, at least 2 needed"},
		{lesion(single, 0, 10), ""},
		{lesion(net, 1, 100), ""},
		{silence(100.5), "100.5 per cent of silenced units, not within 0 … 100"},
		{silence(math.NaN()), "NaN per cent of silenced units"},
		{silence(0), ""},
		{noise(-1), "weight noise of σ = -1, not finite and at least 0"},
		{noise(math.NaN()), "weight noise of σ = NaN"},
		{noise(math.Inf(1)), "weight noise of σ = +Inf"},
	} {
		switch {
		case c.err == nil && c.want != "":
			t.Errorf("no error, want %q", c.want)
		case c.err != nil && (c.want == "" || !strings.HasPrefix(c.err.Error(), c.want)):
			t.Errorf("error %q, want %q", c.err, c.want)
		}
	}
}
