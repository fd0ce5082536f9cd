package claims

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/page"
)

// wideValues returns ten values with a mean and a spread beyond any question.
func wideValues(mean float64) (x []float64) {
	for i := range 10 {
		x = append(x, mean+100*(float64(i)-4.5))
	}
	return x
}

// TestCorrection checks that a verdict has to withstand the number of tests, that
// counts and what was not measured are none, and that counts need no seeds.
func TestCorrection(t *testing.T) {
	x := []float64{1, 2, 3, 1, 2, 3, -1, 4} // p = 0.01
	alone := Judge([]Claim{{Expect: judge.Above(0), Parts: []Side{ofSeeds(x).As("x")}}, {Exact: &Exact{1, true}}, {Missing: "none"}})
	if alone[0].Verdict != judge.Holds || alone[0].Adjusted != alone[0].P {
		t.Errorf("alone: %v with p = %v, %v after correction", alone[0].Verdict, alone[0].P, alone[0].Adjusted)
	}
	if alone[1].Verdict != judge.Holds || alone[2].Verdict != judge.NotMeasured {
		t.Errorf("a count: %v, nothing measured: %v", alone[1].Verdict, alone[2].Verdict)
	}
	claims := []Claim{{Expect: judge.Above(0), Parts: []Side{ofSeeds(x).As("x")}}}
	for range 9 {
		claims = append(claims, Claim{Expect: judge.Above(0), Parts: []Side{ofSeeds(wideValues(0)).As("unclear")}})
	}
	many := Judge(claims)
	if many[0].Verdict != judge.Inconclusive || math.Abs(many[0].Adjusted-10*many[0].P) > 1e-12 {
		t.Errorf("of ten: %v with p = %v, %v after correction", many[0].Verdict, many[0].P, many[0].Adjusted)
	}
	if a, b, c := many[0].Row("").Alone, many[1].Row("").Alone, alone[1].Row("").Alone; a != judge.Holds || b != judge.Inconclusive || c != judge.Holds {
		t.Errorf("alone: of ten %v, unclear %v, a count %v", a, b, c)
	}
	headline, findings := InWords([]page.Claim{many[0].Row(""), many[1].Row("")}, 8)
	if want := "Of 2 measures of what the paper claims, 0 hold, 0 do not hold and 2 are inconclusive. Means over 8 seeds. Of the inconclusive 1 would hold alone, without the correction for the other tests, and 0 would not."; headline != want || len(findings) != 0 {
		t.Errorf("headline %q, findings %q", headline, findings)
	}
	headline, _ = InWords([]page.Claim{many[0].Row(""), many[1].Row("")}, 10)
	if want := "Means over 8 to 10 seeds."; !strings.Contains(headline, want) {
		t.Errorf("claims of 8 and 10 seeds: %q, want %q", headline, want)
	}
}

// TestWhyShown checks that the explanation of a claim is shown if it fails, with the correction
// for other tests or without.
func TestWhyShown(t *testing.T) {
	q := Claim{Expect: judge.Above(0), Why: "the reason"}
	for side, x := range map[page.Verdict][]float64{judge.Holds: {1, 2, 3, 1, 2, 3, -1, 4}, judge.HoldsNot: {-1, -2, -3, -1, -2, -3, 1, -4}} {
		q.Parts = []Side{ofSeeds(x).As("x")}
		many := Judge(append(slices.Repeat([]Claim{{Expect: judge.Above(0), Parts: []Side{ofSeeds(wideValues(0)).As("unclear")}}}, 9), q))
		for _, c := range []Test{Judge([]Claim{q})[0], many[9]} {
			if shown := strings.Contains(c.Row("").Note, q.Why); shown != (side == judge.HoldsNot) {
				t.Errorf("%v, alone %v: explained %v", c.Verdict, c.Alone, shown)
			}
		}
	}
}

// ofSeeds is a Side of values that are given.
func ofSeeds(x []float64) Side { return Side{X: x} }

// TestLeans: with too few seeds a claim says on which side its value lies; with enough it
// has a verdict and leans nowhere.
func TestLeans(t *testing.T) {
	claims := []Claim{
		{ID: "yes", Parts: []Side{ofSeeds([]float64{3}).As("a")}, Expect: judge.Above(2)},
		{ID: "no", Parts: []Side{ofSeeds([]float64{3}).As("a"), ofSeeds([]float64{1}).As("b")}, Expect: judge.Above(2)},
		{ID: "some", Parts: []Side{ofSeeds([]float64{3}).As("a"), ofSeeds([]float64{1}).As("b")}, Expect: judge.Above(2), AtLeast: 1},
		{ID: "enough", Parts: []Side{ofSeeds([]float64{2.9, 3, 1.8, 3.1}).As("a")}, Expect: judge.Above(2)},
		{ID: "missing", Missing: "not run"},
	}
	want := []page.Verdict{judge.Holds, judge.HoldsNot, judge.Holds, judge.Inconclusive, judge.Inconclusive}
	for i, test := range Judge(claims) {
		row := test.Row("paper")
		verdict := judge.Inconclusive
		if test.Missing != "" {
			verdict = judge.NotMeasured
		}
		if row.Leans != want[i] || row.Verdict != verdict {
			t.Errorf("%s leans to %d with verdict %v, want %d and none", test.ID, row.Leans, row.Verdict, want[i])
		}
	}
}
