package lab

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/tasks"
)

// TestLeftOut checks that the corpus really lacks the tasks left out, that the
// trials of the others are those of the full corpus, and that the last task's
// neighbour is the first.
func TestLeftOut(t *testing.T) {
	s := tiny(t, "paper")
	corpusOf := func(out []string) *corpus[float32] {
		q, err := NewCorpus[float32](kernels.Best(), s, kernels.NewStream(6), taskset.Corpus(s, out))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	full := corpusOf(nil)
	fullIn, fullOut := full.Gen.Labels()
	nine := tasks.All(taskset.Options(s))
	for i := range nine {
		for n := range 3 {
			ids := LeftOut(nine, i, n)
			q := corpusOf(ids)
			in, out := q.Gen.Labels()
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
			checkChannels(t, ids, in, fullIn, q.fitted.X, full.fitted.X)
			checkChannels(t, ids, out, fullOut, q.fitted.Y, full.fitted.Y)
		}
	}
}

// checkChannels compares channels by their labels.
func checkChannels(t *testing.T, ids, labels, all []string, x, full []float32) {
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
			baseA, baseB := Pretrained[float32](l, full), Pretrained[float32](l, without)
			do(t, l, a, b)
			if leaves == reflect.DeepEqual(baseA.Value(), baseB.Value()) || leaves == reflect.DeepEqual(a.Value(), b.Value()) {
				t.Errorf("%s, leave_out %v: modules or scores are those of the full corpus: %v, %v", arm, leaves,
					reflect.DeepEqual(baseA.Value(), baseB.Value()), reflect.DeepEqual(a.Value(), b.Value()))
			}
		}
	}
}
