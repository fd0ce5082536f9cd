package obs

import (
	"math"
	"slices"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/labtest"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/tasks"
)

// TestExplained checks that the analysis is that of the corpus modules are trained
// on: its variates over time are what pre-training gets, its rows are named after
// the corpus's channels, and shared and own first angles are two readings.
func TestExplained(t *testing.T) {
	s := labtest.Tiny(t, "extended")
	s.Pretraining.CorpusTrials, s.Pretraining.Batch = 40, 40
	s.Trials.Fresh = false // one batch, the corpus itself
	s.Network.Units, s.Network.Modules = 9, 3
	l := lab.NewLab(lab.Config{Settings: s, Seeds: []uint64{4}, Variant: kernels.Best()}, &jobs.Pool{Workers: 2})
	shared, own := l.Explained(4, true), l.Explained(4, false)
	labtest.Do(t, l.Pool, shared, own)
	if a, b := shared.Value(), own.Value(); a.RankY != 8 || b.RankY != 14 || a.R2[1] == b.R2[1] {
		t.Errorf("targets have rank %d and %d and explain %v and %v, want ranks 8 and 14 and two readings", a.RankY, b.RankY, a.R2[1], b.R2[1])
	}

	e := shared.Value()
	q, err := lab.NewCorpus[float32](kernels.Best(), s, kernels.NewStream(4), taskset.Corpus(s, nil))
	if err != nil {
		t.Fatal(err)
	}
	v, err := q.FitCCA(3)
	if err != nil {
		t.Fatal(err)
	}
	for m := range 3 {
		x, y := q.Batches(v, m)(0)
		for j := range lab.ShownTrials {
			for step := range e.U[m][j] {
				if got := float32(e.U[m][j][step]); got != x[step*40+j] {
					t.Fatalf("U%d of trial %d at step %d is %v, module %d gets %v", m+1, j, step, got, m+1, x[step*40+j])
				}
				if got := float32(e.V[m][j][step]); got != y[step*40+j] {
					t.Fatalf("V%d of trial %d at step %d is %v, module %d is to give %v", m+1, j, step, got, m+1, y[step*40+j])
				}
			}
		}
	}

	d := Explained{Tasks: tasks.All(taskset.Options(l.Settings))}
	in, out := q.Gen.Labels()
	inputs, targets := d.channels(e)
	for side, channels := range [][]corpusChannel{inputs, targets} {
		labels := [][]string{in, out}[side]
		if len(channels) != len(labels) {
			t.Fatalf("%d channels are named, the corpus has %d", len(channels), len(labels))
		}
		for i, c := range channels {
			if want := taskset.ByID(s, c.task).Name + " " + c.name; labels[i] != want {
				t.Errorf("channel %d is named %s, the corpus's is %s", i, want, labels[i])
			}
		}
	}
	if r := e.Redundancy; !slices.IsSorted(r) || math.Abs(r[0]-e.Corr[0]*e.Corr[0]*share(e, 0)) > 1e-12 {
		t.Errorf("redundancies are %v", r)
	}
	if a := e.Associations(); math.Abs(a[len(a)-1]-1) > 1e-12 || !slices.IsSorted(a) {
		t.Errorf("shares of the squared correlations are %v", a)
	}
}

// share is the share of the targets' variance in variate k.
func share(e lab.Explained, k int) float64 {
	sum := 0.0
	for i := range e.LoadY.Rows {
		sum = math.FMA(e.LoadY.At(i, k), e.LoadY.At(i, k), sum)
	}
	return sum / float64(e.LoadY.Rows)
}
