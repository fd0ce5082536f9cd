package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// around returns ten values with a mean and a small spread.
func around(mean float64) []float64 {
	x := make([]float64, 10)
	for i := range x {
		x[i] = mean + 0.01*(float64(i)-4.5)
	}
	return x
}

// wide returns ten values with a mean and a spread beyond any question.
func wide(mean float64) []float64 {
	x := around(0)
	for i := range x {
		x[i] = mean + 1e4*x[i]
	}
	return x
}

// TestExpectation checks on which side of a level numbers are found, and that the
// p value of the other side is then 1.
func TestExpectation(t *testing.T) {
	for _, c := range []struct {
		e    expectation
		x    []float64
		side report.Verdict
	}{
		{above(70), around(71), report.Holds},
		{above(70), around(69), report.HoldsNot},
		{above(70), wide(71), report.Inconclusive},
		{below(5), around(4), report.Holds},
		{below(5), around(6), report.HoldsNot},
		{within(60, 5), around(57), report.Holds},
		{within(60, 5), around(63), report.Holds},
		{within(60, 5), around(54), report.HoldsNot},
		{within(60, 5), around(66), report.HoldsNot},
		{within(60, 5), wide(60), report.Inconclusive},
		{within(60, 5), around(65), report.Inconclusive}, // on the edge
		{above(70), around(71)[4:6], report.Inconclusive},
		{above(70), []float64{71, 71, math.NaN()}, report.Inconclusive},
		{above(70), []float64{71, 71, 71, 71, 71}, report.Inconclusive}, // equal values bound nothing until there are six
		{above(70), []float64{71, 71, 71, 71, 71, 71}, report.Holds},
	} {
		got := judge([]claim{{parts: []part{{"one", c.x}}, expect: c.e}})[0]
		if got.verdict != c.side {
			t.Errorf("mean %v claimed to be %v: %v (p = %v), want %v", seq.Mean(c.x), c.e, got.verdict, got.p, c.side)
		}
		if i := got.intervals[0]; c.e.sign != 0 && i.N >= leastSeeds && i.Known() && int(c.side) != c.e.sign*i.Against(c.e.level) {
			t.Errorf("mean %v claimed to be %v: verdict %v, interval %v", seq.Mean(c.x), c.e, c.side, i)
		}
		if c.side == report.Holds && got.failsPart[0] != 1 || c.side == report.HoldsNot && got.holdsParts[0] != 1 {
			t.Errorf("mean %v claimed to be %v: p values %v and %v, want one of them 1", seq.Mean(c.x), c.e, got.holdsParts, got.failsPart)
		}
	}
}

// TestParts checks verdicts on several numbers: all have to be on the claimed side,
// or so many of them, and the one that decides is named.
func TestParts(t *testing.T) {
	good, bad, unclear := around(1), around(-1), wide(1)
	for _, c := range []struct {
		name    string
		x       [][]float64
		atLeast int
		verdict report.Verdict
		decides []int // any of them
	}{
		{"all good", [][]float64{good, good, good}, 0, report.Holds, []int{0, 1, 2}},
		{"one bad", [][]float64{good, bad, good}, 0, report.HoldsNot, []int{1}},
		{"one unclear", [][]float64{good, good, unclear}, 0, report.Inconclusive, []int{2}},
		{"bad and unclear", [][]float64{unclear, good, bad}, 0, report.HoldsNot, []int{2}},
		{"two of three", [][]float64{good, bad, good}, 2, report.Holds, []int{0, 2}},
		{"two of three, one good", [][]float64{bad, good, bad}, 2, report.HoldsNot, []int{0, 2}},
		{"two of three, one unclear", [][]float64{unclear, good, bad}, 2, report.Inconclusive, []int{0}},
		{"any of two", [][]float64{bad, good}, 1, report.Holds, []int{1}},
		{"one unknown", [][]float64{good, good[:1]}, 0, report.Inconclusive, []int{1}},
	} {
		q := claim{expect: above(0), atLeast: c.atLeast}
		for _, x := range c.x {
			q.parts = append(q.parts, part{x: x})
		}
		got := judge([]claim{q})[0]
		if got.verdict != c.verdict || !slices.Contains(c.decides, got.decides) {
			t.Errorf("%s: %v, part %d decides (p = %v), want %v and one of %d", c.name, got.verdict, got.decides, got.p, c.verdict, c.decides)
		}
	}
}

// TestPartsP checks the p value of several parts against its formula (Benjamini and
// Heller 2008, by Bonferroni), for and against.
func TestPartsP(t *testing.T) {
	x := [][]float64{{1, 2, 3, 4}, {1, 2, 3, 9}, {1, 2, 3, 20}} // p = 0.03, 0.13, 0.25
	for _, sign := range []float64{1, -1} {
		q := claim{expect: above(0)}
		var p []float64
		for _, x := range x {
			x := seq.Map(x, func(v float64) float64 { return sign * v })
			q.parts, p = append(q.parts, part{x: x}), append(p, stats.TTest(x, 0))
		}
		for k := 1; k <= 3; k++ {
			q.atLeast = k
			want, side := float64(4-k)*p[k-1], report.Holds
			if sign < 0 { // then 4−k of them are against it
				want, side = float64(k)*p[3-k], report.HoldsNot
			}
			if got := q.decide(); math.Abs(got.p-want) > 1e-12 || got.side != side {
				t.Errorf("%d of three, sign %v: p = %v for %v, want %v for %v", k, sign, got.p, got.side, want, side)
			}
		}
	}
}

// TestCorrection checks that a verdict has to withstand the number of tests, that
// counts and what was not measured are none, and that counts need no seeds.
func TestCorrection(t *testing.T) {
	x := []float64{1, 2, 3, 1, 2, 3, -1, 4} // p = 0.01
	alone := judge([]claim{{expect: above(0), parts: []part{{"x", x}}}, {exact: &exact{1, true}}, {missing: "none"}})
	if alone[0].verdict != report.Holds || alone[0].adjusted != alone[0].p {
		t.Errorf("alone: %v with p = %v, %v after correction", alone[0].verdict, alone[0].p, alone[0].adjusted)
	}
	if alone[1].verdict != report.Holds || alone[2].verdict != report.Inconclusive {
		t.Errorf("a count: %v, nothing measured: %v", alone[1].verdict, alone[2].verdict)
	}
	claims := []claim{{expect: above(0), parts: []part{{"x", x}}}}
	for range 9 {
		claims = append(claims, claim{expect: above(0), parts: []part{{"unclear", wide(0)}}})
	}
	many := judge(claims)
	if many[0].verdict != report.Inconclusive || math.Abs(many[0].adjusted-10*many[0].p) > 1e-12 {
		t.Errorf("of ten: %v with p = %v, %v after correction", many[0].verdict, many[0].p, many[0].adjusted)
	}
	if a, b, c := many[0].row("").Alone, many[1].row("").Alone, alone[1].row("").Alone; a != report.Holds || b != report.Inconclusive || c != report.Holds {
		t.Errorf("alone: of ten %v, unclear %v, a count %v", a, b, c)
	}
	headline, findings := claimsData{profile: "paper", learnt: grouped{seeds: 8}}.summary(many[:2])
	if want := "Of 2 measures of what the paper claims, 0 hold, 0 do not hold and 2 are inconclusive with 8 seed(s) of profile paper. Of the inconclusive 1 would hold alone, without the correction for the other tests, and 0 would not."; headline != want || len(findings) != 2 {
		t.Errorf("headline %q, findings %q", headline, findings)
	}
}

// claimed returns the claims of tiny networks.
func claimed(t *testing.T, l *lab.Lab) Result {
	t.Helper()
	var result Result
	if err := Run(t.Context(), l, &silent{}, []Experiment{named("claims")}, func(_ int, r Result) error {
		result = r
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return result
}

// TestClaims checks that every claim says what it is about, that its values are the
// tables' and that one seed gives verdicts on counts alone.
func TestClaims(t *testing.T) {
	s := tiny(t, "paper")
	r := claimed(t, newLab(s, []uint64{1}))
	sections := seq.Map(Experiments(), func(e Experiment) string { return e.Name })
	seen := map[string]bool{}
	for i, row := range r.Tables[0].Rows {
		id, c := row[0].(string), r.Claims[i]
		if id == "" || seen[id] || c.Words == "" || c.Where == "" || c.Measure == "" || c.Profile != s.Label() {
			t.Errorf("claim %d, %q, is incomplete or there twice: %+v", i, id, c)
		}
		seen[id] = true
		if !slices.Contains(sections, c.Section) {
			t.Errorf("%s: no experiment is called %q", id, c.Section)
		}
		if c.Seeds > 0 && (c.Verdict != report.Inconclusive || c.Seeds != 1 || !math.IsNaN(c.Lo)) {
			t.Errorf("%s: %v from %d seed(s), lower end %v", id, c.Verdict, c.Seeds, c.Lo)
		}
		if math.IsNaN(c.Value) {
			t.Errorf("%s: no value (%s)", id, c.Note)
		}
	}
	for id, want := range map[string]report.Verdict{"counts": report.HoldsNot, "orders": report.HoldsNot, "increase": report.Holds} {
		i := slices.IndexFunc(r.Tables[0].Rows, func(row []any) bool { return row[0] == id })
		if i < 0 || r.Claims[i].Verdict != want {
			t.Errorf("%s is not there or not %v", id, want)
		}
	}
}

// TestWhy checks that every claim has an explanation should it fail, which is shown if
// it does, with the correction for other tests or without.
func TestWhy(t *testing.T) {
	l := newLab(tiny(t, "paper"), []uint64{1})
	n := obs.New(l)
	data := claimsOf(n)
	do(t, l, n.Needs()...)
	for _, c := range data().claims() {
		if c.why == "" {
			t.Errorf("%s has no explanation", c.id)
		}
	}
	q := claim{expect: above(0), why: "the reason"}
	for side, x := range map[report.Verdict][]float64{report.Holds: {1, 2, 3, 1, 2, 3, -1, 4}, report.HoldsNot: {-1, -2, -3, -1, -2, -3, 1, -4}} {
		q.parts = []part{{"x", x}}
		many := judge(append(slices.Repeat([]claim{{expect: above(0), parts: []part{{"unclear", wide(0)}}}}, 9), q))
		for _, c := range []test{judge([]claim{q})[0], many[9]} {
			if shown := strings.Contains(c.row("").Note, q.why); shown != (side == report.HoldsNot) {
				t.Errorf("%v, alone %v: explained %v", c.verdict, c.alone(), shown)
			}
		}
	}
}

// TestMissing checks that what settings do not have is told, not compared.
func TestMissing(t *testing.T) {
	s := tiny(t, "paper")
	s.Arms.LeaveOut, s.DNI.Orders, s.DNI.Units = false, 0, 7 // not two modules
	r := claimed(t, newLab(s, []uint64{1, 2, 3}))
	var missing []string
	for i, c := range r.Claims {
		if math.IsNaN(c.Value) {
			missing = append(missing, r.Tables[0].Rows[i][0].(string))
			if c.Verdict != report.Inconclusive || len(c.Note) < len("not measured: ")+10 {
				t.Errorf("%s: %v, %q", c.Measure, c.Verdict, c.Note)
			}
		}
	}
	want := []string{"m1-dni", "m1-dni-response", "m2-arms", "m2-arms-response", "inter-fall", "left-out-well", "left-out-pca", "left-out-t7", "left-out-t7-lowest", "two-out-70", "two-out-nulls", "dni-order", "dni-order-spread"}
	if !slices.Equal(missing, want) {
		t.Errorf("not measured: %v, want %v", missing, want)
	}
}
