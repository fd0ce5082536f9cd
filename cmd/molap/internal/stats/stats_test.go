package stats

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// reference is a row of testdata/reference.csv, computed by R.
type reference struct {
	what             string
	level            float64
	x, y             []float64
	value, lo, hi, p float64 // NaN where the row has none
}

func references(t *testing.T, what string) []reference {
	t.Helper()
	f, err := os.Open("testdata/reference.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		if s == "" {
			return math.NaN()
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	numbers := func(s string) (v []float64) {
		for _, part := range strings.Split(s, ";") {
			v = append(v, number(part))
		}
		return v
	}
	var refs []reference
	for _, r := range records[1:] {
		if r[0] == what {
			refs = append(refs, reference{r[0], number(r[1]), numbers(r[2]), numbers(r[3]), number(r[4]), number(r[5]), number(r[6]), number(r[7])})
		}
	}
	if len(refs) == 0 {
		t.Fatalf("no reference for %s", what)
	}
	return refs
}

// near reports whether got is want to eight digits, beside what one unit of
// scale leaves after cancellation.
func near(got, want, scale float64) bool {
	if math.IsNaN(want) {
		return math.IsNaN(got)
	}
	return math.Abs(got-want) <= 1e-8*math.Abs(want)+1e-14*scale
}

func checkInterval(t *testing.T, got Interval, r reference, n int) {
	t.Helper()
	scale := math.Max(math.Abs(r.lo), math.Abs(r.hi))
	if !near(got.Value, r.value, scale) || !near(got.Lo, r.lo, 1e5*scale) || !near(got.Hi, r.hi, 1e5*scale) || got.N != n {
		t.Errorf("%s of %v, level %g: %+v, R says %v [%v, %v]", r.what, r.x, r.level, got, r.value, r.lo, r.hi)
	}
}

func TestMeanAgainstR(t *testing.T) {
	for _, r := range references(t, "mean") {
		checkInterval(t, Mean(r.x, r.level), r, len(r.x))
		if p := TTest(r.x, r.y[0]); !near(p, r.p, 0) {
			t.Errorf("p of %v is %v, R says %v", r.x, p, r.p)
		}
	}
}

func TestPairedAgainstR(t *testing.T) {
	for _, r := range references(t, "paired") {
		checkInterval(t, Paired(r.x, r.y, r.level), r, len(r.x))
		if p := TTest(pairedDifferences(r.x, r.y), 0); !near(p, r.p, 0) {
			t.Errorf("p of %v − %v is %v, R says %v", r.x, r.y, p, r.p)
		}
	}
}

func TestHolmAgainstR(t *testing.T) {
	for _, r := range references(t, "holm") {
		for i, p := range Holm(r.x) {
			if !near(p, r.y[i], 0) {
				t.Errorf("adjusted %v: number %d is %v, R says %v", r.x, i, p, r.y[i])
			}
		}
	}
	if got := Holm(nil); len(got) != 0 {
		t.Errorf("no tests: %v", got)
	}
}

// TestSameEverywhere holds results to the last digit; they hold on any
// architecture.
func TestSameEverywhere(t *testing.T) {
	x := []float64{71.35, 88.2, 90.05, 64.7, 79.95, 83.1, 77.7}
	y := []float64{70.1, 88.9, 84.35, 66.6, 71.05, 80, 75.25}
	got := fmt.Sprint(Mean(x, 0.95), Paired(x, y, 0.99), TTest(pairedDifferences(x, y), 0))
	const want = "{79.29285714285716 70.94737633461662 87.6383379510977 7} " +
		"{2.6857142857142873 -2.509839096321443 7.881267667750018 7} 0.1037736243"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestUnknown goes through data that allow no conclusion: no panic and no ends.
func TestUnknown(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, x := range [][]float64{nil, {5}, {5, 5}, {5, 5, 5, 5, 5}, {1, nan}, {1, 2, inf}, {1, 2, -inf, inf}, {nan, nan, nan},
		{math.MaxFloat64, math.MaxFloat64}, {math.MaxFloat64, -math.MaxFloat64}} {
		for name, i := range map[string]Interval{"mean": Mean(x, 0.95), "paired": Paired(x, make([]float64, len(x)), 0.95)} {
			if i.Lo <= i.Hi || !math.IsNaN(i.Lo) || !math.IsNaN(i.Hi) || i.N != len(x) || math.IsInf(i.Value, 0) {
				t.Errorf("%s of %v: %+v, want ends unknown", name, x, i)
			}
		}
	}
	for _, x := range [][]float64{nil, {5}, {1, nan}, {1, inf}, {math.MaxFloat64, math.MaxFloat64}} {
		if p := TTest(x, 0); !math.IsNaN(p) {
			t.Errorf("p of %v is %v, want unknown", x, p)
		}
	}
	if m := Mean([]float64{5}, 0.95); m.Value != 5 {
		t.Errorf("one value has the mean %v", m.Value)
	}
	if m := Mean([]float64{1, nan}, 0.95); !math.IsNaN(m.Value) {
		t.Errorf("a diverged run was left out: mean %v", m.Value)
	}
}

func TestEqualValues(t *testing.T) {
	equal := func(n int, v float64) (x []float64) {
		for range n {
			x = append(x, v)
		}
		return x
	}
	for n := 2; n < 12; n++ {
		x, y := equal(n, 0.3), equal(n, 0.2) // 0.1 with rounding
		d, p := Paired(x, y, 0.95), TTest(pairedDifferences(x, y), 0)
		if want := math.Pow(2, float64(1-n)); p != want {
			t.Errorf("%d equal differences: p = %v, want %v", n, p, want)
		}
		if (d.Lo <= d.Hi) != (p <= 0.05) {
			t.Errorf("%d equal differences: interval %+v beside p = %v", n, d, p)
		}
		if d.Lo <= d.Hi && (d.Lo != d.Value || d.Hi != d.Value) {
			t.Errorf("%d equal differences: %+v", n, d)
		}
		if p := TTest(equal(n, 100), 100); p != 1 {
			t.Errorf("%d values equal to what is tested: p = %v, want 1", n, p)
		}
	}
	if d := Paired(equal(8, 100), equal(8, 100), 0.95); d.Lo != 0 || d.Hi != 0 {
		t.Errorf("eight pairs without a difference: %+v", d)
	}
}

// TestCoverage draws from a known distribution and counts how often the interval
// holds its mean, and how often the test errs.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const trials, n = 4000, 5
	covered, wrong := 0, 0
	for range trials {
		x := make([]float64, n)
		for j := range x {
			x[j] = 3 + r.NormFloat64()
		}
		if i := Mean(x, 0.95); i.Lo <= 3 && 3 <= i.Hi {
			covered++
		}
		if TTest(x, 3) <= 0.05 {
			wrong++
		}
	}
	if covered < trials*94/100 || covered > trials*96/100 || covered+wrong != trials {
		t.Errorf("95%% intervals covered %d of %d, the test erred %d times", covered, trials, wrong)
	}
}

func TestPanics(t *testing.T) {
	for want, f := range map[string]func(){
		"level 95":                     func() { Mean([]float64{1, 2}, 95) },
		"level NaN":                    func() { Mean([]float64{1, 2}, math.NaN()) },
		"2 values paired with 3":       func() { Paired(make([]float64, 2), make([]float64, 3), 0.95) },
		"p value 1.5, number 1":        func() { Holm([]float64{0, 1.5}) },
		"stats: confidence level -0.5": func() { Mean(nil, -0.5) },
	} {
		func() {
			defer func() {
				if v, _ := recover().(string); !strings.Contains(v, want) {
					t.Errorf("panic %q, want one with %q", v, want)
				}
			}()
			f()
		}()
	}
}

// TestCentral checks ends that are known, and that they stay among the values.
func TestCentral(t *testing.T) {
	if lo, hi := Central([]float64{7}, 0.8); lo != 7 || hi != 7 {
		t.Errorf("of one value %g to %g", lo, hi)
	}
	if lo, hi := Central(nil, 0.8); !math.IsNaN(lo) || !math.IsNaN(hi) {
		t.Errorf("of none %g to %g", lo, hi)
	}
	x := []float64{100, 0, 50, 100, 100, 10, 20, 30, 40, 60}
	lo, hi := Central(x, 0.8)
	if lo != 0 || hi != 100 { // the first and the ninth of ten
		t.Errorf("the central eight of ten: %g to %g", lo, hi)
	}
	if lo, hi = Central(x, 0.5); lo != 15 || hi != 80 {
		t.Errorf("the central half: %g to %g", lo, hi)
	}
}

// TestSpread checks that equal values with a given spread are tested as values that have it.
func TestSpread(t *testing.T) {
	spread := []float64{95, 105, 95, 105}          // standard deviation 10/√3
	equal := []float64{100, 100, 100, 100}         // the same mean
	got := TTestSpread(equal, 10/math.Sqrt(3), 91) // t = 9/(5/√3)
	if want := TTest(spread, 91); math.Abs(got-want) > 1e-9 || want > 0.06 || want < 0.04 {
		t.Errorf("p = %v, want %v", got, want)
	}
	if !Equal(equal) || Equal(spread) || Equal(nil) || !Equal(equal[:1]) {
		t.Error("equal values are not told from others")
	}
}
