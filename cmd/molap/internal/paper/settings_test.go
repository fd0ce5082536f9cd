package paper

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/kernels"
	"molap/tasks"
)

// TestGrouped checks the tables on runs whose numbers say where they belong.
func TestGrouped(t *testing.T) {
	nine := tasks.All(tasks.Paper)
	g := obs.Scores{Conditions: obs.ByArm(fig2Arms...), Tasks: nine, Seeds: []uint64{0, 1}}
	for seed := range 2 {
		for a, arm := range fig2Arms {
			for i, task := range nine {
				base := float64(20*a+i) + 2*float64(seed) // means over seeds are base+1
				g.Runs = append(g.Runs, lab.Run{Arm: arm, Task: task.ID, Seed: uint64(seed), Output: []float64{1, 2}, Overall: base, Decision: base + 100,
					DecisionUnit: base + 200, DecisionRaw: base + 300, Blind: lab.Null{Overall: 30}, Constant: lab.Null{Overall: 50},
					Learning: lab.Learning{Iterations: 25, Escape: []int{-1, 20}[min(a, 1)], BlindLoss: float64(a)}})
			}
		}
	}
	r := fig2(g)
	for _, line := range strings.Split(r.Tables[0].Text(), "\n") { // what the first command of README.md ends with
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("%d columns, a terminal has 80: %s", n, line)
		}
	}
	for i, row := range r.Tables[0].Rows {
		for a := range fig2Arms {
			if got, want := row[2+a].(float64), float64(20*a+i+1); got != want {
				t.Errorf("%s of %s is %v, want %v", fig2Arms[a], nine[i].ID, got, want)
			}
		}
		if row[8] != 30.0 || row[9] != 50.0 {
			t.Errorf("nulls of %s are %v and %v, want 30 and 50", nine[i].ID, row[8], row[9])
		}
	}
	for n, row := range r.Tables[2].Rows {
		i, a := n/len(fig2Arms), n%len(fig2Arms)
		mean := float64(20*a + i + 1)
		escaped := 2
		if a == 0 { // a blind loss of 0 cannot be halved
			escaped = 0
		}
		want := []any{nine[i].ID, nine[i].Name, string(fig2Arms[a]), 2, mean, sqrt2, mean + 100, mean + 200, mean + 300, 30.0, 50.0, mean > 70, mean > 50, escaped}
		if !reflect.DeepEqual(row[:len(want)], want) {
			t.Errorf("row %d is %v, want %v", n, row, want)
		}
	}
	if got := len(r.Tables[3].Rows); got != 2*6*9 {
		t.Errorf("%d runs listed, want 108", got)
	}
}

// TestCheck checks that more modules than variates are refused beforehand, by fig5 and
// the claims made of it those of a corpus without two tasks.
func TestCheck(t *testing.T) {
	s := load(t, "paper")
	s.Network.Units, s.Network.Modules = 90, 9
	if err := lab.Check(s); err == nil {
		t.Error("nine modules for eight variates are accepted")
	}
	s.Trials.SharedAngles = false
	if err := lab.Check(s); err != nil {
		t.Errorf("nine modules for fourteen variates: %v", err)
	}
	s.Trials.SharedAngles = true
	for _, c := range []struct {
		modules  int
		leaveOut bool
		fails    string
	}{{6, true, ""}, {7, true, "without T5 and T6, as in fig5"}, {7, false, ""}} {
		s.Network.Units, s.Network.Modules, s.Arms.LeaveOut = 10*c.modules, c.modules, c.leaveOut
		lab := lab.NewLab(lab.Config{Settings: s, Seeds: []uint64{1}, Variant: kernels.Best()}, &jobs.Pool{Workers: 1})
		for _, name := range []string{"fig2", "fig5", "claims"} {
			fails := c.fails != "" && name != "fig2"
			if err := Check(lab, []Experiment{experimentNamed(name)}); (err != nil) != fails || fails && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%d modules in %s: error %v, want %q", c.modules, name, err, c.fails)
			}
		}
	}
}
