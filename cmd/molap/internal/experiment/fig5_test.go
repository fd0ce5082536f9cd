package experiment

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/kernels"
	"molap/tasks"
)

// TestLeftOut checks that the corpus really lacks the tasks left out, that the
// trials of the others are those of the full corpus, and that the last task's
// neighbour is the first.
func TestLeftOut(t *testing.T) {
	s := tiny(t, "paper")
	corpusOf := func(out []string) *corpus[float32] {
		q, err := newCorpus[float32](kernels.Best(), s, kernels.NewStream(6), corpusTasks(s, out))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	full := corpusOf(nil)
	fullIn, fullOut := full.gen.Labels()
	nine := tasks.All(TrialOptions(s))
	for i := range nine {
		for n := range 3 {
			ids := leftOut(nine, i, n)
			q := corpusOf(ids)
			in, out := q.gen.Labels()
			wantIn, wantOut := 25, 22
			for k, id := range ids {
				task := nine[(i+k)%9]
				if task.ID != id {
					t.Errorf("%v are left out from %s on", ids, nine[i].ID)
				}
				wantIn, wantOut = wantIn-len(task.Inputs), wantOut-len(task.Targets)
				for _, label := range slices.Concat(in, out) {
					if strings.HasPrefix(label, task.Name+" ") {
						t.Errorf("without %v the corpus has a channel %s", ids, label)
					}
				}
			}
			if q.fitted.In != wantIn || q.fitted.Out != wantOut {
				t.Errorf("without %v: %d inputs and %d targets, want %d and %d", ids, q.fitted.In, q.fitted.Out, wantIn, wantOut)
			}
			same(t, ids, in, fullIn, q.fitted.X, full.fitted.X)
			same(t, ids, out, fullOut, q.fitted.Y, full.fitted.Y)
		}
	}
}

// same compares channels by their labels.
func same(t *testing.T, ids, labels, all []string, x, full []float32) {
	t.Helper()
	for c, label := range labels {
		f := slices.Index(all, label)
		for r := range len(x) / len(labels) {
			if got, want := x[r*len(labels)+c], full[r*len(all)+f]; got != want {
				t.Errorf("without %v: %s of row %d is %v, in the full corpus %v", ids, label, r, got, want)
				return
			}
		}
	}
}

// TestLeaveOut checks arms.leave_out: modules differ from those of the full corpus
// where tasks are left out, and by the authors' bug they do not.
func TestLeaveOut(t *testing.T) {
	for _, arm := range []Arm{MoLaP, MoLaPPCA} {
		for _, leaves := range []bool{true, false} {
			s := tiny(t, "paper")
			s.Arms.LeaveOut = leaves
			l := newLab(s, []uint64{2})
			full := Cell{Arm: arm, Task: "T7", Seed: 2}
			without := full
			without.LeftOut = []string{"T7"}
			a, b := l.Score(full), l.Score(without)
			baseA, baseB := pretrained[float32](l, s, full), pretrained[float32](l, s, without)
			do(t, l, a, b)
			if leaves == reflect.DeepEqual(baseA.Value(), baseB.Value()) || leaves == reflect.DeepEqual(a.Value(), b.Value()) {
				t.Errorf("%s, leave_out %v: modules or scores are those of the full corpus: %v, %v", arm, leaves,
					reflect.DeepEqual(baseA.Value(), baseB.Value()), reflect.DeepEqual(a.Value(), b.Value()))
			}
		}
	}
}

// TestFig5 checks the conditions: what each leaves out, and that by the authors'
// reading there are no more networks than those of the full corpus.
func TestFig5(t *testing.T) {
	s := tiny(t, "paper")
	l := newLab(s, []uint64{1})
	needs, done := l.fig5()
	do(t, l, needs...)
	g := done()
	for _, c := range []struct {
		kind string
		cell Cell
	}{
		{fullCCA, Cell{Arm: MoLaP, Task: "T9", Seed: 1}},
		{oneOutCCA, Cell{Arm: MoLaP, Task: "T9", Seed: 1, LeftOut: []string{"T9"}}},
		{twoOutCCA, Cell{Arm: MoLaP, Task: "T9", Seed: 1, LeftOut: []string{"T9", "T1"}}},
		{oneOutPCA, Cell{Arm: MoLaPPCA, Task: "T9", Seed: 1, LeftOut: []string{"T9"}}},
		{twoOutPCA, Cell{Arm: MoLaPPCA, Task: "T9", Seed: 1, LeftOut: []string{"T9", "T1"}}},
		{fullPCA, Cell{Arm: MoLaPPCA, Task: "T9", Seed: 1}},
	} {
		want := l.Score(c.cell)
		if got := g.runs[g.index(c.kind)][8][0]; !reflect.DeepEqual(got, want.Value()) {
			t.Errorf("%s of T9 is not %v", c.kind, c.cell)
		}
	}

	s.Arms.LeaveOut = false
	needs, _ = newLab(s, []uint64{1}).fig5()
	different := map[jobs.Node]bool{}
	for _, n := range needs {
		different[n] = true
	}
	if len(different) != 2*9 {
		t.Errorf("%d networks are scored where nothing is left out, want 18", len(different))
	}
}

// TestGeneralisation checks what is said of data that say where they belong.
func TestGeneralisation(t *testing.T) {
	nine := tasks.All(tasks.Paper)
	g := generalisation{comparison{tasks: nine, runs: make([][][]Run, 6)}}
	for k, name := range []string{fullCCA, oneOutCCA, twoOutCCA, oneOutPCA, twoOutPCA, fullPCA} {
		g.kinds = append(g.kinds, kind{name: name, title: name, about: name})
		for i := range nine {
			score := float64(60 + 5*k + i)
			if name == oneOutCCA && i == 6 {
				score = 20 // T7 falls
			}
			run := func(seed uint64, d float64) Run {
				return Run{Task: nine[i].ID, Seed: seed, Output: []float64{1, 2}, Overall: score + d, Blind: Null{Overall: 66}, Curve: make([]float64, 30)}
			}
			g.runs[k] = append(g.runs[k], []Run{run(1, -1), run(2, 1)})
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
