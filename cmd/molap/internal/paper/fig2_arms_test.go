package paper

import (
	"math"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/tasks"
)

// TestOrder checks the comparison of arms on made-up runs: scores by seed, what is
// learnt, the median escape, for which a run that never escapes is the last, and the sentence.
func TestOrder(t *testing.T) {
	g := obs.Scores{Conditions: obs.ByArm(lab.Reservoir, lab.MoLaP), Tasks: tasks.All(tasks.Paper)[:5], Seeds: []uint64{0, 1, 2}} // T1 to T5
	for seed := range uint64(3) {
		for i, task := range g.Tasks {
			other := lab.Run{Arm: lab.Reservoir, Task: task.ID, Seed: seed, DecisionUnit: 80 + 10*float64(seed), Learning: lab.Learning{Iterations: 100, Escape: 20}}
			if i == 4 || i == 3 && seed > 0 {
				other.Escape = -1
			}
			g.Runs = append(g.Runs, other)
		}
		for _, task := range g.Tasks {
			g.Runs = append(g.Runs, lab.Run{Arm: lab.MoLaP, Task: task.ID, Seed: seed, DecisionUnit: 95, Learning: lab.Learning{Iterations: 100, Escape: 20}})
		}
	}
	rows := fig2Order(g.Only("molap", "reservoir")).Rows
	for k, want := range [][]any{
		{"molap", 3, 95.0, nil, nil, 0.0, nil, nil, 15, 3, 9, 20.0},
		{"reservoir", 3, 90.0, 65.15862288, 114.84137712, 5.0, -19.84137712, 29.84137712, 10, 2, 4, nil},
	} {
		checkRow(t, rows[k], want)
	}
	const want = "T3–T9, the tasks that need memory, responses within a tenth of the range: molap 95.0 %, reservoir 90.0 %; an answer that ignores the stimulus 0.0 %. Means over 3 seeds."
	if got := fig2Headline(g); got != want {
		t.Errorf("headline %q, want %q", got, want)
	}
}

// checkRow compares a row of a table with what it should be, numbers to seven digits.
func checkRow(t *testing.T, row, want []any) {
	t.Helper()
	for i, w := range want {
		a, isFloat := row[i].(float64)
		b, wantFloat := w.(float64)
		if isFloat && wantFloat && math.Abs(a-b) <= 1e-7*max(1, math.Abs(b)) {
			continue
		}
		if row[i] != w {
			t.Errorf("column %d of %v: %v, want %v", i, row[:2], row[i], w)
		}
	}
}
