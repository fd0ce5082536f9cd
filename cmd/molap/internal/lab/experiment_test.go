package lab

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cca"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/labtest"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/tasks"
)

// silent is a Progress that adds up.
type silent = labtest.Progress

var load, tiny = labtest.Load, labtest.Tiny

// newLab returns a lab on two workers that keeps nothing.
func newLab(s profile.Settings, seeds []uint64) *Lab {
	return NewLab(Config{s, seeds, kernels.Best()}, &jobs.Pool{Workers: 2})
}

// do does jobs.
func do(t *testing.T, l *Lab, needs ...jobs.Node) {
	t.Helper()
	labtest.Do(t, l.Pool, needs...)
}

// TestFrozenReservoir checks that all tasks of an arm share one W_rec, that the
// arms start from the same one, and that pre-training changed modules alone.
func TestFrozenReservoir(t *testing.T) {
	l := newLab(tiny(t, "paper"), nil)
	first := Pretrained[float32](l, Cell{Arm: Reservoir, Seed: 5})
	do(t, l, first)
	initial := first.Value()
	for _, arm := range []Arm{MoLaP, MoLaPPCA} {
		base := Pretrained[float32](l, Cell{Arm: arm, Seed: 5})
		do(t, l, base)
		net := base.Value()
		size := net.Units / net.Modules
		for i := range net.Units {
			for j, w := range net.Row(net.WRec(), i) {
				same := w == initial.Row(initial.WRec(), i)[j]
				if within := i/size == j/size; same == within {
					t.Errorf("%s: W_rec[%d][%d] changed: %v, inside a module: %v", arm, i, j, !same, within)
				}
			}
		}
	}
}

// TestVariates checks what modules are trained on: unit interval or as projected,
// and for joint components inputs that equal targets.
func TestVariates(t *testing.T) {
	s := tiny(t, "extended")
	s.Pretraining.CorpusTrials, s.Pretraining.Variates = 50, tasks.UnitInterval
	q, err := NewCorpus[float64](kernels.Best(), s, kernels.NewStream(1), taskset.Corpus(s, nil))
	if err != nil {
		t.Fatal(err)
	}
	v, err := q.FitCCA(3)
	if err != nil {
		t.Fatal(err)
	}
	z := func(v tasks.Affine) []float64 {
		z := make([]float64, q.fitted.Steps*q.fitted.Trials)
		tasks.Project(z, v, q.fitted)
		return z
	}
	for m := range v.in {
		for _, side := range []tasks.Affine{v.in[m], v.out[m]} {
			if s := z(side); math.Abs(slices.Min(s)) > 1e-12 || math.Abs(slices.Max(s)-1) > 1e-12 {
				t.Errorf("variate %d spans %v … %v, want 0 … 1", m, slices.Min(s), slices.Max(s))
			}
		}
	}
	q.settings.Arms.PCA = profile.JointPCA
	if v, err = q.fitPCA(2); err != nil {
		t.Fatal(err)
	}
	if in, out := z(v.in[1]), z(v.out[1]); !slices.Equal(in, out) {
		t.Error("joint components: inputs differ from targets")
	}

	// As projected, variates are those of the analysis.
	q.settings.Pretraining.Variates = tasks.RawUnits
	if v, err = q.FitCCA(2); err != nil {
		t.Fatal(err)
	}
	analysis, err := cca.Fit(channelMatrix(q.fitted.X, 25), channelMatrix(q.fitted.Y, 22), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := analysis.ProjectY(channelMatrix(q.fitted.Y, 22))
	for i, got := range z(v.out[1]) {
		if math.Abs(got-want.At(i, 1)) > 1e-12 {
			t.Fatalf("variate at %d is %v, want %v", i, got, want.At(i, 1))
		}
	}
	q.settings.Arms.PCA = profile.SeparatePCA
	if v, err = q.fitPCA(2); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(z(v.in[0]), z(v.out[0])) {
		t.Error("separate components: inputs equal targets")
	}
}

func TestEscape(t *testing.T) {
	curve := make([]float64, 100)
	for i := range curve {
		curve[i] = 1
		if i >= 50 {
			curve[i] = 0.1
		}
	}
	// The mean of 20 drops below half when 12 of them are 0.1: 8·1+12·0.1 = 9.2 < 10.
	if got := learningOf(curve, 1).Escape; got != 62 {
		t.Errorf("escape is at iteration %d, want 62", got)
	}
	if got := learningOf(curve[:50], 1).Escape; got != -1 {
		t.Errorf("escape is at iteration %d, want none", got)
	}
}

// TestDiverges checks that a run that blows up is told of and ends no other.
func TestDiverges(t *testing.T) {
	s := tiny(t, "paper")
	s.Training.SeparateRate = 1e30
	l := newLab(s, []uint64{1})
	bad, good := l.Score(Cell{Arm: Separate, Task: "T1", Seed: 1}), l.Score(Cell{Arm: Reservoir, Task: "T1", Seed: 1})
	do(t, l, bad, good)
	if !strings.Contains(bad.Value().Diverged, "iteration") || good.Value().Diverged != "" {
		t.Errorf("diverged: %q and %q, want the former alone to name its iteration", bad.Value().Diverged, good.Value().Diverged)
	}
}
