package paper

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/tasks"
)

// TestFig5 checks the conditions: what each leaves out, and that by the authors'
// reading there are no more networks than those of the full corpus.
func TestFig5(t *testing.T) {
	s := tiny(t, "paper")
	l := newLab(s, []uint64{1})
	n := obs.New(l)
	done := fig5(n)
	do(t, l, n.Needs()...)
	g := done()
	for _, c := range []struct {
		kind string
		cell lab.Cell
	}{
		{fullCCA, lab.Cell{Arm: lab.MoLaP, Task: "T9", Seed: 1}},
		{oneOutCCA, lab.Cell{Arm: lab.MoLaP, Task: "T9", Seed: 1, LeftOut: []string{"T9"}}},
		{twoOutCCA, lab.Cell{Arm: lab.MoLaP, Task: "T9", Seed: 1, LeftOut: []string{"T9", "T1"}}},
		{oneOutPCA, lab.Cell{Arm: lab.MoLaPPCA, Task: "T9", Seed: 1, LeftOut: []string{"T9"}}},
		{twoOutPCA, lab.Cell{Arm: lab.MoLaPPCA, Task: "T9", Seed: 1, LeftOut: []string{"T9", "T1"}}},
		{fullPCA, lab.Cell{Arm: lab.MoLaPPCA, Task: "T9", Seed: 1}},
	} {
		want := l.Score(c.cell)
		if got := g.runs[g.index(c.kind)][8][0]; !reflect.DeepEqual(got, want.Value()) {
			t.Errorf("%s of T9 is not %v", c.kind, c.cell)
		}
	}

	s.Arms.LeaveOut = false
	n = obs.New(newLab(s, []uint64{1}))
	fig5(n)
	different := map[jobs.Node]bool{}
	for _, need := range n.Needs() {
		different[need] = true
	}
	if len(different) != 2*9 {
		t.Errorf("%d networks are scored where nothing is left out, want 18", len(different))
	}
}

// TestGeneralisation checks what is said of data that say where they belong.
func TestGeneralisation(t *testing.T) {
	nine := tasks.All(tasks.Paper)
	g := generalisation{comparison{tasks: nine, runs: make([][][]lab.Run, 6)}}
	for k, name := range []string{fullCCA, oneOutCCA, twoOutCCA, oneOutPCA, twoOutPCA, fullPCA} {
		g.kinds = append(g.kinds, kind{name: name, title: name, about: name})
		for i := range nine {
			score := float64(60 + 5*k + i)
			if name == oneOutCCA && i == 6 {
				score = 20 // T7 falls
			}
			run := func(seed uint64, d float64) lab.Run {
				return lab.Run{Task: nine[i].ID, Seed: seed, Output: []float64{1, 2}, Overall: score + d, Blind: lab.Null{Overall: 66}, Learning: lab.Learning{Iterations: 30, Escape: -1}}
			}
			g.runs[k] = append(g.runs[k], []lab.Run{run(1, -1), run(2, 1)})
		}
	}
	if got := g.better(oneOutCCA, fullCCA); slices.Contains(got, "T7") || len(got) != 8 {
		t.Errorf("one task out is better on %v, want all but T7", got)
	}
	if got := g.aboveNulls(g.index(fullCCA)); !slices.Equal(got, []string{"T8", "T9"}) {
		t.Errorf("above the nulls on %v, want T8 and T9", got)
	}
	if got := g.successful(g.index(twoOutCCA)); len(got) != 8 || got[0] != "T2" {
		t.Errorf("above the criterion on %v, want all but T1", got)
	}
	text := strings.Join(g.findings(), "\n")
	for _, want := range []string{"T7 then scores 20.0 %, -46.0 points", "lowest score is that of T7, 20.0 %", "largest fall that of T7", "of 2 seed(s)"} {
		if !strings.Contains(text, want) {
			t.Errorf("findings lack %q:\n%s", want, text)
		}
	}
	row := g.glance("fig5", "").Rows[0]
	if want := []any{"T1", "delay_pro", 60.0, 65.0, 70.0, 75.0, 80.0, 85.0, 66.0, 0.0}; !reflect.DeepEqual(row, want) {
		t.Errorf("row of T1 is %v, want %v", row, want)
	}
	if row := g.summary("fig5").Rows[1]; row[2] != oneOutCCA || row[3] != 2 || row[4] != 65.0 || row[5] != sqrt2 {
		t.Errorf("summary of one task out is %v", row)
	}
	all := g.all("fig5").Rows
	if len(all) != 2*6*9 || all[9][0] != oneOutCCA || all[9][1] != uint64(1) || all[9][3] != "T1" {
		t.Errorf("%d runs are listed, the tenth %v", len(all), all[9][:4])
	}
}
