package experiment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cca"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/tasks"
)

// silent is a Progress that only adds up.
type silent struct{ add func(float64) }

func (s silent) Add(done float64, _ string) {
	if s.add != nil {
		s.add(done)
	}
}

// tiny returns settings for runs of a moment.
func tiny(t *testing.T, name string) profile.Settings {
	t.Helper()
	s, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	s.Network.Units = 8
	for _, phase := range []*profile.Schedule{&s.Pretraining.Schedule, &s.Training.Schedule} {
		phase.Batch, phase.LevelIterations, phase.Levels = 4, 2, 2
	}
	s.Pretraining.CorpusTrials, s.Score.TestTrials = 8, 6
	return s
}

func files(t *testing.T, c Config) []byte {
	t.Helper()
	r, err := Fig2(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, table := range r.Tables {
		b.Write(table.CSV())
		b.Write(table.JSON())
	}
	return b.Bytes()
}

// golden are digests of all result tables of two seeds with tiny settings: they
// change when any number of the main job does.
var golden = map[string]string{
	"paper":     "10a19056e57af39d9c6f2cec66bc15fc8259cf51d5f8d85acba8c9c22ad0afb6",
	"authors":   "c1ab3fa1f8951ac485e6103c48e68746756c517d7f0afb30efaebbf2a076a9c4",
	"extended":  "a5bb9f9e2a0e7c33993e24fcf142f5a4d2c376d0fa9d205e0e312541ef03d44c",
	"paper f64": "456892d198cf0aa9e4be3a00fa7cd08af6e2086fadd146d2abd48bbecc97ed08",
}

// TestSameFiles checks that result files depend on settings and seeds alone, and
// that they are what they were.
func TestSameFiles(t *testing.T) {
	for name, digest := range golden {
		base, double, _ := strings.Cut(name, " ")
		s := tiny(t, base)
		if double != "" {
			s.Run.Precision = profile.F64
		}
		want := files(t, Config{s, []uint64{1, 2}, kernels.Best(), 1, silent{}})
		sum := sha256.Sum256(want)
		if got := hex.EncodeToString(sum[:]); got != digest {
			t.Errorf("%s: digest of the tables is %s, want %s", name, got, digest)
		}
		for _, v := range kernels.Variants() {
			if v.String() == "generic" && testing.Short() {
				continue
			}
			if got := files(t, Config{s, []uint64{1, 2}, v, 3, silent{}}); !bytes.Equal(got, want) {
				t.Errorf("%s: files differ between %v with 3 workers and %v with 1", name, v, kernels.Best())
			}
		}
		if got := files(t, Config{s, []uint64{3, 2}, kernels.Best(), 1, silent{}}); bytes.Equal(got, want) {
			t.Errorf("%s: another seed gives the same files", name)
		}
	}
}

// TestCost checks that the work announced is the work reported.
func TestCost(t *testing.T) {
	sum := 0.0
	c := Config{tiny(t, "paper"), []uint64{1, 2}, kernels.Best(), 1, silent{func(d float64) { sum += d }}}
	files(t, c)
	if want := Cost(c); sum < 0.999*want || sum > 1.001*want {
		t.Errorf("%v units of work reported, %v announced", sum, want)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fig2(ctx, Config{tiny(t, "paper"), []uint64{1}, kernels.Best(), 2, silent{}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want %v", err, context.Canceled)
	}
}

// TestTable1 checks the counts against N²+2N and its parts.
func TestTable1(t *testing.T) {
	got := map[string]int{}
	for _, row := range Table1().Tables[0].Rows {
		got[row[0].(string)+" "+row[1].(string)] = row[2].(int)
	}
	const n = 100
	for what, want := range map[string]int{
		"overall separate": 9 * (n*n + 2*n), "overall dni": n*n + 2*n, "overall molap": n*n + 10*2*n,
		"trained separate": 9 * (n*n + 2*n), "trained dni": 9 * (n*n + 2*n), "trained molap": 2*(n/2*n/2) + 2*2*n + 9*2*n,
		"trained per task separate": n*n + 2*n, "trained per task molap": 2 * n,
	} {
		if got[what] != want {
			t.Errorf("%s is %d, want %d", what, got[what], want)
		}
	}
}

// TestFrozenReservoir checks that all tasks of an arm share one W_rec, that the
// arms start from the same one, and that pre-training changed modules alone.
func TestFrozenReservoir(t *testing.T) {
	c := Config{tiny(t, "paper"), []uint64{5}, kernels.Best(), 1, silent{}}
	initial, err := pretrain[float32](context.Background(), c, Reservoir, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, arm := range []Arm{MoLaP, MoLaPPCA} {
		net, err := pretrain[float32](context.Background(), c, arm, 5)
		if err != nil {
			t.Fatal(err)
		}
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
	c := Config{s, nil, kernels.Best(), 1, silent{}}
	q, err := newCorpus[float64](c, kernels.NewStream(1), 50, tasks.All(TrialOptions(s)))
	if err != nil {
		t.Fatal(err)
	}
	v, err := q.fitCCA(3)
	if err != nil {
		t.Fatal(err)
	}
	z := func(v variate) []float64 {
		z := make([]float64, q.fitted.Steps*q.fitted.Trials)
		project(z, v, q.fitted)
		return z
	}
	for m := range v.in {
		for _, side := range []variate{v.in[m], v.out[m]} {
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
	q.settings.Pretraining.Variates = profile.Raw
	if v, err = q.fitCCA(2); err != nil {
		t.Fatal(err)
	}
	analysis, err := cca.Fit(matrix(q.fitted.X, 25), matrix(q.fitted.Y, 22), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := analysis.ProjectY(matrix(q.fitted.Y, 22))
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
	if got := (Run{Curve: curve, BlindLoss: 1}).Escape(); got != 62 {
		t.Errorf("escape is at iteration %d, want 62", got)
	}
	if got := (Run{Curve: curve[:50], BlindLoss: 1}).Escape(); got != -1 {
		t.Errorf("escape is at iteration %d, want none", got)
	}
}

// TestDiverges checks that a run that blows up ends the experiment with an error
// that says which run and where.
func TestDiverges(t *testing.T) {
	s := tiny(t, "paper")
	s.Training.Rate, s.Training.SeparateRate = 1e30, 1e30
	_, err := Fig2(context.Background(), Config{s, []uint64{1}, kernels.Best(), 1, silent{}})
	if err == nil || !strings.Contains(err.Error(), "iteration") || !strings.Contains(err.Error(), "separate T1, seed 1") {
		t.Errorf("error is %v, want one that names run and iteration", err)
	}
}
