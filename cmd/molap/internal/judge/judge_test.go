package judge

import (
	"math"
	"slices"
	"testing"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// narrowValues returns ten values with a mean and a small spread.
func narrowValues(mean float64) []float64 {
	x := make([]float64, 10)
	for i := range x {
		x[i] = mean + 0.01*(float64(i)-4.5)
	}
	return x
}

// wideValues returns ten values with a mean and a spread beyond any question.
func wideValues(mean float64) []float64 {
	x := narrowValues(0)
	for i := range x {
		x[i] = mean + 1e4*x[i]
	}
	return x
}

// TestExpectation checks on which side of a level numbers are found, and that the
// p value of the other side is then 1.
func TestExpectation(t *testing.T) {
	for _, c := range []struct {
		e    Expectation
		x    []float64
		side Verdict
	}{
		{Above(70), narrowValues(71), Holds},
		{Above(70), narrowValues(69), HoldsNot},
		{Above(70), wideValues(71), Inconclusive},
		{Below(5), narrowValues(4), Holds},
		{Below(5), narrowValues(6), HoldsNot},
		{Within(60, 5), narrowValues(57), Holds},
		{Within(60, 5), narrowValues(63), Holds},
		{Within(60, 5), narrowValues(54), HoldsNot},
		{Within(60, 5), narrowValues(66), HoldsNot},
		{Within(60, 5), wideValues(60), Inconclusive},
		{Within(60, 5), narrowValues(65), Inconclusive}, // on the edge
		{Above(70), narrowValues(71)[4:6], Inconclusive},
		{Above(70), []float64{71, 71, math.NaN()}, Inconclusive},
		{Above(70), []float64{71, 71, 71, 71, 71}, Inconclusive}, // equal values bound nothing until there are six
		{Above(70), []float64{71, 71, 71, 71, 71, 71}, Holds},
	} {
		got := All([]Question{{Parts: partsOf(c.x), Expect: c.e}})[0]
		if got.Verdict != c.side {
			t.Errorf("mean %v claimed to be %v: %v (p = %v), want %v", seq.Mean(c.x), c.e, got.Verdict, got.P, c.side)
		}
		i, side := got.Intervals[0], Inconclusive
		switch {
		case i.Lo > c.e.level:
			side = Verdict(c.e.sign)
		case i.Hi < c.e.level:
			side = -Verdict(c.e.sign)
		}
		if c.e.sign != 0 && i.N >= LeastSeeds && i.Lo <= i.Hi && c.side != side {
			t.Errorf("mean %v claimed to be %v: verdict %v, interval %v", seq.Mean(c.x), c.e, c.side, i)
		}
		if c.side == Holds && got.Fails[0] != 1 || c.side == HoldsNot && got.Holds[0] != 1 {
			t.Errorf("mean %v claimed to be %v: p values %v and %v, want one of them 1", seq.Mean(c.x), c.e, got.Holds, got.Fails)
		}
	}
}

// partsOf returns parts with these values.
func partsOf(xs ...[]float64) []Part {
	return seq.Map(xs, func(x []float64) Part { return Part{X: x} })
}

// TestParts checks verdicts on several numbers: all have to be on the claimed side,
// or so many of them, and the one that decides is named.
func TestParts(t *testing.T) {
	good, bad, unclear := narrowValues(1), narrowValues(-1), wideValues(1)
	for _, c := range []struct {
		name    string
		x       [][]float64
		atLeast int
		verdict Verdict
		decides []int // any of them
	}{
		{"all good", [][]float64{good, good, good}, 0, Holds, []int{0, 1, 2}},
		{"one bad", [][]float64{good, bad, good}, 0, HoldsNot, []int{1}},
		{"one unclear", [][]float64{good, good, unclear}, 0, Inconclusive, []int{2}},
		{"bad and unclear", [][]float64{unclear, good, bad}, 0, HoldsNot, []int{2}},
		{"two of three", [][]float64{good, bad, good}, 2, Holds, []int{0, 2}},
		{"two of three, one good", [][]float64{bad, good, bad}, 2, HoldsNot, []int{0, 2}},
		{"two of three, one unclear", [][]float64{unclear, good, bad}, 2, Inconclusive, []int{0}},
		{"any of two", [][]float64{bad, good}, 1, Holds, []int{1}},
		{"one unknown", [][]float64{good, good[:1]}, 0, Inconclusive, []int{1}},
	} {
		got := All([]Question{{Parts: partsOf(c.x...), Expect: Above(0), AtLeast: c.atLeast}})[0]
		if got.Verdict != c.verdict || !slices.Contains(c.decides, got.Decides) {
			t.Errorf("%s: %v, part %d decides (p = %v), want %v and one of %d", c.name, got.Verdict, got.Decides, got.P, c.verdict, c.decides)
		}
	}
}

// TestPartsP checks the p value of several parts against its formula (Benjamini and
// Heller 2008, by Bonferroni), for and against.
func TestPartsP(t *testing.T) {
	x := [][]float64{{1, 2, 3, 4}, {1, 2, 3, 9}, {1, 2, 3, 20}} // p = 0.03, 0.13, 0.25
	for _, sign := range []float64{1, -1} {
		q := Question{Expect: Above(0)}
		var p []float64
		for _, x := range x {
			x := seq.Map(x, func(v float64) float64 { return sign * v })
			q.Parts, p = append(q.Parts, Part{X: x}), append(p, stats.TTest(x, 0))
		}
		for k := 1; k <= 3; k++ {
			q.AtLeast = k
			want, side := float64(4-k)*p[k-1], Holds
			if sign < 0 { // then 4−k of them are against it
				want, side = float64(k)*p[3-k], HoldsNot
			}
			if got := q.decide(); math.Abs(got.P-want) > 1e-12 || got.Side != side {
				t.Errorf("%d of three, sign %v: p = %v for %v, want %v for %v", k, sign, got.P, got.Side, want, side)
			}
		}
	}
}

// TestCorrection checks that a verdict has to withstand the number of tests, and that a
// question without parts is none.
func TestCorrection(t *testing.T) {
	x := []float64{1, 2, 3, 1, 2, 3, -1, 4} // p = 0.01
	alone := All([]Question{{Expect: Above(0), Parts: partsOf(x)}, {}})
	if alone[0].Verdict != Holds || alone[0].Adjusted != alone[0].P || alone[1].Verdict != NotMeasured {
		t.Errorf("alone: %v with p = %v, %v after correction; nothing measured: %v", alone[0].Verdict, alone[0].P, alone[0].Adjusted, alone[1].Verdict)
	}
	questions := []Question{{Expect: Above(0), Parts: partsOf(x)}}
	for range 9 {
		questions = append(questions, Question{Expect: Above(0), Parts: partsOf(wideValues(0))})
	}
	many := All(questions)
	if many[0].Verdict != Inconclusive || many[0].Alone != Holds || math.Abs(many[0].Adjusted-10*many[0].P) > 1e-12 {
		t.Errorf("of ten: %v, alone %v, with p = %v, %v after correction", many[0].Verdict, many[0].Alone, many[0].P, many[0].Adjusted)
	}
}

// TestEqualValues asks about values without spread. If the step of their measure is known, the
// verdict is that of values that spread by it; otherwise their number alone speaks.
func TestEqualValues(t *testing.T) {
	full := slices.Repeat([]float64{100}, 4)
	for _, c := range []struct {
		what    string
		x       []float64
		expect  Expectation
		step    float64
		verdict Verdict
	}{
		{"four perfect seeds", full, Above(70), 0.05, Holds},
		{"no difference", make([]float64, 4), Within(0, 5), 0.05, Holds},
		{"all at the level", make([]float64, 4), Above(0), 0.05, Inconclusive},
		{"a measure too coarse to tell", full, Above(70), 50, Inconclusive},
		{"a step that is not known", full, Above(70), 0, Inconclusive},
		{"two seeds", full[:2], Above(70), 0.05, Inconclusive},
	} {
		got := All([]Question{{Parts: []Part{{X: c.x, Step: c.step}}, Expect: c.expect}})[0]
		if got.Verdict != c.verdict || c.verdict == Holds && !(got.Intervals[0].Lo == c.x[0] && got.P < 1e-6) {
			t.Errorf("%s: %v with p = %v, interval %+v, want %v", c.what, got.Verdict, got.P, got.Intervals[0], c.verdict)
		}
	}
	spread := []float64{100, 99.95, 99.95, 100}
	got := All([]Question{{Parts: []Part{{X: spread, Step: 10}}, Expect: Above(70)}})[0]
	if want := All([]Question{{Parts: partsOf(spread), Expect: Above(70)}})[0]; got.P != want.P {
		t.Errorf("values that differ: p = %v with a step, %v without", got.P, want.P)
	}
}
