package judge

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/seq"
)

// scoreAround returns ten scores with a mean and some spread, beside a null.
func scoreAround(r *rand.Rand, name string, mean, null float64) Score {
	noisy := func(mean float64) []float64 {
		return seq.Map(seq.UpTo(10), func(int) float64 { return mean + 0.3*(r.Float64()-0.5) })
	}
	s := Score{Name: name, Level: noisy(mean), Null: noisy(null)}
	s.Top = s.Level
	return s
}

// TestUntestable checks the rule: somebody has to have learnt, and for a claim that one is
// above another not all may be at the ceiling. Neither the order of the arms nor which of
// them is the higher counts.
func TestUntestable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	at := func(name string, mean float64) Score { return scoreAround(r, name, mean, 60) }
	for _, c := range []struct {
		name   string
		groups [][]Score
		expect Expectation
		why    string // begins so; empty: testable
	}{
		{"both learnt", [][]Score{{at("a", 80), at("b", 85)}}, Above(0), ""},
		{"one learnt", [][]Score{{at("a", 60), at("b", 85)}}, Above(0), ""},
		{"both blind", [][]Score{{at("a", 60), at("b", 60)}}, Above(0), "not above the better null: a; b"},
		{"both blind, alike", [][]Score{{at("a", 60), at("b", 60)}}, Within(0, 5), "not above the better null: a; b"},
		{"both below the null", [][]Score{{at("a", 20), at("b", 40)}}, Below(5), "not above the better null: a; b"},
		{"nothing to lose", [][]Score{{at("a", 60), at("a", 60)}}, Below(5), "not above the better null: a"},
		{"both at the ceiling", [][]Score{{at("a", 99.5), at("b", 99.4)}}, Above(0), "all at 99 % or more: a; b"},
		{"both at the ceiling, alike", [][]Score{{at("a", 99.5), at("b", 99.4)}}, Within(0, 5), ""},
		{"one at the ceiling", [][]Score{{at("a", 99.5), at("b", 98.4)}}, Above(0), ""},
		{"one network before and after", [][]Score{{at("a", 99.5), at("a", 99.4)}}, Above(0), ""},
		{"one group blind", [][]Score{{at("a", 99.5), at("b", 70)}, {at("a", 60), at("b", 59)}}, Above(0), "not above the better null: a; b"},
		{"two groups", [][]Score{{at("a", 99.5), at("b", 99.6)}, {at("a", 70), at("b", 59)}}, Above(0), ""},
		{"no scores", nil, Above(0), ""},
	} {
		got := Untestable(c.groups, c.expect)
		if !strings.HasPrefix(got, c.why) || (got == "") != (c.why == "") {
			t.Errorf("%s: %q, want %q", c.name, got, c.why)
		}
		for _, g := range c.groups {
			slices.Reverse(g)
		}
		if again := Untestable(c.groups, c.expect); (again == "") != (got == "") {
			t.Errorf("%s, the arms exchanged: %q, want %q", c.name, again, got)
		}
	}
	few := Score{Name: "a", Level: []float64{61}, Null: []float64{60}}
	if why := Untestable([][]Score{{few}}, Above(0)); why != "" {
		t.Errorf("one seed above the null: %q", why)
	}
	few.Level = []float64{59}
	if Untestable([][]Score{{few}}, Above(0)) == "" {
		t.Error("one seed below the null counts as learnt")
	}
}

// TestUntestableTakesAway checks, over random questions, that what cannot be tested only takes
// verdicts away, from no question gives one, and leaves what the numbers say alone; and that a
// question with too few parts that can tell does not hold.
func TestUntestableTakesAway(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	seen := map[Verdict]int{}
	for range 300 {
		var plain, muted []Question
		for range 1 + r.IntN(4) {
			q := Question{Expect: []Expectation{Above(0), Below(1), Within(0, 2)}[r.IntN(3)]}
			n := 1 + r.IntN(4)
			for range n {
				mean := 6 * (r.Float64() - 0.4)
				q.Parts = append(q.Parts, Part{X: seq.Map(seq.UpTo(6), func(int) float64 { return mean + r.NormFloat64() })})
			}
			q.AtLeast = r.IntN(n + 1)
			plain = append(plain, q)
			q.Parts = seq.Map(q.Parts, func(p Part) Part { p.Mute = r.IntN(3) == 0; return p })
			muted = append(muted, q)
		}
		before, after := All(plain), All(muted)
		for i, a := range after {
			seen[a.Verdict]++
			if b := before[i]; a.Verdict != NotTestable && a.Verdict != Inconclusive && a.Verdict != b.Verdict || a.Alone != b.Alone || a.P < b.P || a.Adjusted < b.Adjusted {
				t.Fatalf("with mute parts %v: %v (alone %v, p = %v, %v), without %v (alone %v, p = %v, %v)", a.Parts, a.Verdict, a.Alone, a.P, a.Adjusted, b.Verdict, b.Alone, b.P, b.Adjusted)
			}
			if !a.testable() && (a.Verdict == Holds || a.Verdict == Inconclusive) {
				t.Fatalf("of %v %d parts are needed: %v", a.Parts, a.Need(), a.Verdict)
			}
		}
	}
	for _, v := range []Verdict{HoldsNot, Inconclusive, Holds, NotTestable} {
		if seen[v] < 10 {
			t.Errorf("verdict %d came out %d times", v, seen[v])
		}
	}
}

// TestNotTestable checks verdicts on questions of which parts are mute.
func TestNotTestable(t *testing.T) {
	good, bad := narrowValues(1), narrowValues(-1)
	for _, c := range []struct {
		name    string
		x       [][]float64
		mute    []bool
		atLeast int
		verdict Verdict
		leans   Verdict
	}{
		{"the only part", [][]float64{bad}, []bool{true}, 0, NotTestable, 0},
		{"a mute part is needed", [][]float64{good, bad}, []bool{false, true}, 0, NotTestable, 0},
		{"another part refutes", [][]float64{good, bad}, []bool{true, false}, 0, HoldsNot, 0},
		{"others are enough", [][]float64{good, good, bad}, []bool{false, false, true}, 2, Holds, 0},
		{"one seed", [][]float64{{1}}, []bool{true}, 0, Inconclusive, NotTestable},
		{"one seed that agrees", [][]float64{{1}}, nil, 0, Inconclusive, Holds},
		{"one seed that does not", [][]float64{{-1}}, nil, 0, Inconclusive, HoldsNot},
	} {
		q := Question{Parts: partsOf(c.x...), Expect: Above(0), AtLeast: c.atLeast}
		for i, mute := range c.mute {
			q.Parts[i].Mute = mute
		}
		got := All([]Question{q})[0]
		if got.Verdict != c.verdict || got.Leans != c.leans {
			t.Errorf("%s: verdict %v, leans %v, want %v and %v", c.name, got.Verdict, got.Leans, c.verdict, c.leans)
		}
	}
}
