package paper

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
)

// tinyClaims returns the claims of tiny networks.
func tinyClaims(t *testing.T, l *lab.Lab) Result {
	t.Helper()
	var result Result
	if err := Run(t.Context(), l, &silent{}, []Experiment{experimentNamed("claims")}, func(_ int, r Result) error {
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
	r := tinyClaims(t, newLab(s, []uint64{1}))
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
		if c.Seeds > 0 && (c.Verdict != judge.Inconclusive || c.Seeds != 1 || !math.IsNaN(c.Lo)) {
			t.Errorf("%s: %v from %d seeds, lower end %v", id, c.Verdict, c.Seeds, c.Lo)
		}
		if math.IsNaN(c.Value) {
			t.Errorf("%s: no value (%s)", id, c.Note)
		}
	}
	for id, want := range map[string]page.Verdict{"counts": judge.HoldsNot, "orders": judge.HoldsNot, "increase": judge.Holds} {
		i := slices.IndexFunc(r.Tables[0].Rows, func(row []any) bool { return row[0] == id })
		if i < 0 || r.Claims[i].Verdict != want {
			t.Errorf("%s is not there or not %v", id, want)
		}
	}
}

// TestWhy checks that every claim has an explanation should it fail.
func TestWhy(t *testing.T) {
	l := newLab(tiny(t, "paper"), []uint64{1})
	n := obs.New(l)
	data := claimsOf(n)
	do(t, l, n.Needs()...)
	for _, c := range data().claims() {
		if c.Why == "" {
			t.Errorf("%s has no explanation", c.ID)
		}
	}
}

// TestMissing checks that what settings do not have is told, not compared.
func TestMissing(t *testing.T) {
	s := tiny(t, "paper")
	s.Arms.LeaveOut, s.DNI.Orders, s.DNI.Units = false, 0, 7 // not two modules
	r := tinyClaims(t, newLab(s, []uint64{1, 2, 3}))
	var missing []string
	for i, c := range r.Claims {
		if math.IsNaN(c.Value) {
			missing = append(missing, r.Tables[0].Rows[i][0].(string))
			if c.Verdict != judge.NotMeasured || len(c.Note) < len("not measured: ")+10 {
				t.Errorf("%s: %v, %q", c.Measure, c.Verdict, c.Note)
			}
		}
	}
	want := []string{"m1-dni", "m1-dni-response", "m2-arms", "m2-arms-response", "inter-fall", "left-out-well", "left-out-pca", "left-out-t7", "left-out-t7-lowest", "two-out-70", "two-out-nulls", "dni-order", "dni-order-spread"}
	if !slices.Equal(missing, want) {
		t.Errorf("not measured: %v, want %v", missing, want)
	}
}

// TestNotTestable checks, on networks whose scores are replaced, that comparisons are not
// testable where no arm has learnt and, if they ask who is the best, where all are perfect;
// and that learning itself can always be tested.
func TestNotTestable(t *testing.T) {
	l := newLab(tiny(t, "paper"), []uint64{1, 2, 3, 4})
	n := obs.New(l)
	data := claimsOf(n)
	do(t, l, n.Needs()...)
	// level returns the data with other scores of all networks; jitter keeps them apart.
	level := func(score func(null float64) float64) map[string]claims.Test {
		d := data()
		jitter := rand.New(rand.NewPCG(5, 6))
		over := func(null float64) float64 { return score(null) + 0.1*jitter.Float64() }
		learnt := func(s *obs.Scores) {
			s.Runs = seq.Map(s.Runs, func(r lab.Run) lab.Run {
				r.Blind, r.Constant = lab.Null{Overall: 40, Decision: 20, DecisionUnit: 10}, lab.Null{Overall: 60, Decision: 30, DecisionUnit: 15}
				r.Overall, r.DecisionUnit, r.Output = over(60), over(15), []float64{over(60), over(30), over(60)}
				return r
			})
		}
		for _, s := range []*obs.Scores{&d.learnt, &d.left, &d.modules, &d.sequence.Scores} {
			learnt(s)
		}
		byID := map[string]claims.Test{}
		for _, c := range claims.Judge(d.claims()) {
			byID[c.ID] = c
		}
		return byID
	}
	blind := level(func(null float64) float64 { return null - 1 })
	perfect := level(func(float64) float64 { return 99.8 })
	between := level(func(null float64) float64 { return (null + 99) / 2 })
	for _, c := range []struct {
		id                      string
		blind, perfect, between bool // testable
	}{
		{"success-70", true, true, true}, {"success-nulls", true, true, true}, {"two-out-70", true, true, true}, {"variance-m1", true, true, true}, {"t7-hits", true, true, true},
		{"similar-separate", false, true, true}, {"easy-each", false, true, true}, {"three-modules", false, true, true}, {"left-out-well", false, true, true}, {"dni-interference", false, true, true},
		{"best-mean", false, false, true}, {"best-each", false, false, true}, {"hard-reservoir", false, false, true}, {"hard-molap-pca-response", false, false, true}, {"easy-alike", false, false, true},
		{"t7-readouts", false, false, true}, {"left-out-pca", false, false, true}, {"left-out-t7", false, false, true}, {"left-out-t7-lowest", false, false, true}, {"dni-order", false, true, true},
	} {
		for name, at := range map[string]struct {
			claims.Test
			want bool
		}{"blind": {blind[c.id], c.blind}, "perfect": {perfect[c.id], c.perfect}, "between": {between[c.id], c.between}} {
			if got := at.Mute() == ""; got != at.want || at.ID == "" {
				t.Errorf("%s, all %s: testable is %v (%s), want %v", c.id, name, got, at.Mute(), at.want)
			}
			if at.Verdict == judge.NotTestable && at.want || !at.want && (at.Verdict == judge.Holds || at.Verdict == judge.Inconclusive) {
				t.Errorf("%s, all %s: %v", c.id, name, at.Verdict)
			}
		}
	}
	row := blind["hard-reservoir"].Row("")
	if want := "Not testable, not above the better null: molap; reservoir"; row.Verdict != judge.NotTestable || !strings.Contains(row.Note, want) {
		t.Errorf("hard-reservoir is %v, %q, want %q", row.Verdict, row.Note, want)
	}
	headline, _ := claims.InWords([]page.Claim{row}, 4)
	if want := "Of 1 measure of what the paper claims, 0 hold, 0 do not hold, 1 is not testable here and 0 are inconclusive."; !strings.HasPrefix(headline, want) {
		t.Errorf("headline %q, want %q", headline, want)
	}
}

// TestVerdictsNamed: the title of the experiment, the page of results and the glossary have every verdict.
func TestVerdictsNamed(t *testing.T) {
	texts := map[string]string{"title": experimentNamed("claims").Doc}
	for _, page := range []string{"results.md", "glossary.md"} {
		data, err := os.ReadFile("../../../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		texts[page] = string(data)
	}
	for v := judge.HoldsNot; v.Known(); v++ {
		for where, text := range texts {
			if !strings.Contains(text, v.String()) {
				t.Errorf("%s lacks the verdict %q", where, v)
			}
		}
	}
}
