package claims

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/stats"
)

// TestPowerTable checks what is said of the seeds that a claim needs: as many as the formula
// asks for at the corrected level, no row where nothing can be tested, and that a claim without a
// verdict says it.
func TestPowerTable(t *testing.T) {
	x := []float64{1, 2, 3, 1, 2, 3, -1, 4}
	claims := []Claim{
		{ID: "one", Expect: judge.Above(0), Parts: []Side{Side{X: x, Within: []float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}}.As("x")}},
		{ID: "parts", Expect: judge.Above(0), Parts: []Side{ofSeeds(x).As("x"), ofSeeds(wideValues(-1)).As("less")}},
		{ID: "few", Expect: judge.Above(0), Parts: []Side{ofSeeds(x[:2]).As("x")}},
		{ID: "mute", Expect: judge.Above(0), Parts: []Side{Side{X: x, Of: [][]judge.Score{{{Name: "a", Level: []float64{1, 1, 1}, Null: []float64{2, 2, 2}}}}}.As("x")}},
		{ID: "unclear", Expect: judge.Above(0), Parts: []Side{ofSeeds([]float64{1, 2, -1, 2, 0, 1}).As("x")}},
		{ID: "counted", Exact: &Exact{1, true}},
	}
	tests := Judge(claims)
	rows := powerTable(tests).Rows
	if len(rows) != 3 {
		t.Fatalf("%d rows, want 3", len(rows))
	}
	sd := math.Sqrt(135.0 / 56) // 15/8 is the mean
	alpha := 0.05 / 5
	if r := rows[0]; math.Abs(r[3].(float64)-sd) > 1e-12 || math.Abs(r[4].(float64)-100*0.5/(sd*sd)) > 1e-9 || r[5] != 15.0/8 || r[6] != stats.Tells(sd, 8, alpha) || r[7] != stats.Tells(sd, 10, alpha) || r[8] != stats.Needed(sd, 15.0/8, alpha, mostSeeds) {
		t.Errorf("%v, want SD %v and what it gives at %v", r, sd, alpha)
	}
	// Of two parts one alone refutes only if it withstands a correction for both.
	if r := rows[1]; r[1] != "less" || r[7] != stats.Tells(tests[1].sd, 10, alpha/2) || r[4] != nil {
		t.Errorf("of two parts: %v", r)
	}
	want := fmt.Sprintf("%d seeds would tell", stats.Needed(tests[4].sd, 5.0/6, alpha, mostSeeds))
	if note := tests[4].Row("").Note; tests[4].Verdict != judge.Inconclusive || !strings.Contains(note, want) {
		t.Errorf("%v, %q, want %q", tests[4].Verdict, note, want)
	}
}
