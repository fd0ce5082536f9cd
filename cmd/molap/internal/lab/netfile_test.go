package lab

import (
	"os"
	"reflect"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
)

// fileOf returns the network of a cell as its file has it.
func fileOf(t *testing.T, l *Lab, c Cell) *rnn.File {
	t.Helper()
	data, err := l.Networks(t.Context(), &silent{}, []Cell{c})
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(data[0])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// subjectOfFile returns the network of a file.
func subjectOfFile(t *testing.T, n NetFile) Subject {
	t.Helper()
	q, err := n.Subject()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestPerturbFile checks that damage to a network from a file gives the scores that
// an experiment gets: same network, same trials, same draws.
func TestPerturbFile(t *testing.T) {
	for _, precision := range []profile.Precision{profile.F32, profile.F64} {
		s := tiny(t, "paper")
		s.Run.Precision = precision
		for _, c := range []Cell{{Arm: MoLaP, Task: "T9", Seed: 3}, {Arm: DNI, Task: "T2", Seed: 3}} {
			l := newLab(s, []uint64{3})
			for _, d := range []Damage{LesionInter, WeightNoise, Silencing} {
				want := l.Damaged(c, d, s.Score.TestTrials)
				do(t, l, want)
				f := fileOf(t, l, c)
				if f.Task != c.Task || f.Arm != string(c.Arm) || f.Seed != 3 || f.Type != string(precision) {
					t.Errorf("file says %+v of %v", f.Info, c)
				}
				told, err := profile.Parse("the file", []byte(f.Settings))
				if err != nil || told.Hash() != s.Hash() {
					t.Errorf("settings of the file: %v", err)
				}
				got, err := subjectOfFile(t, NetFile{Variant: kernels.Best(), Settings: told, Cell: c, Network: f}).Perturb(t.Context(), Perturbation{d, d.Levels(), s.Damage.Draws}, func() {})
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, want.Value()) {
					t.Errorf("%v, %s: scores from the file differ", c, d)
				}
			}
		}
	}
}

// TestPerturbOracle damages a network that another program trained, on the 200
// trials it came with.
func TestPerturbOracle(t *testing.T) {
	data, err := os.ReadFile("../../../../rnn/testdata/net_delay_pro.npz")
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	s := load(t, "authors")
	s.Run.Precision = profile.F64
	s.Score.FixationTolerance = 0.1
	c := Cell{Seed: 1}
	p := Perturbation{LesionGlobal, []float64{0, 5}, 2}
	got, err := subjectOfFile(t, NetFile{Variant: kernels.Best(), Settings: s, Cell: c, Network: f, Trials: f, Fixation: 1}).Perturb(t.Context(), p, func() {})
	if err != nil {
		t.Fatal(err)
	}
	if got.Hit[1] != 500 || !reflect.DeepEqual(got.Damaged[0][0], got.Intact) || got.Damaged[1][0].Overall() >= got.Intact.Overall() {
		t.Errorf("%d weights hit; intact %v, 0 %% %v, 5 %% %v", got.Hit[1], got.Intact, got.Damaged[0][0], got.Damaged[1][0])
	}
	// The same by hand: the network, damaged by package rnn, on the file's trials.
	net, err := rnn.Load[float64](f)
	if err != nil {
		t.Fatal(err)
	}
	trials, err := rnn.LoadTrials[float64](f, net.Shape)
	if err != nil {
		t.Fatal(err)
	}
	hurt, _, err := rnn.Lesion(net, rnn.Global, 5, LesionGlobal.Stream(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	outputs := runOn(hurt, trials)
	right := scoreCriterion(s)
	right.Fixation = 1
	if want := rnn.Score(right, outputs, trials.Y, trials.Trials, trials.Out); !reflect.DeepEqual(got.Damaged[1][1].Output, want) {
		t.Errorf("scores %v, by hand %v", got.Damaged[1][1].Output, want)
	}
}

// runOn returns the outputs of a network on trials.
func runOn(net *rnn.Network[float64], t *rnn.Trials[float64]) []float64 {
	e := autodiff.New[float64](kernels.Best(), net.Shape, t.Steps, t.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	y := make([]float64, len(t.Y))
	e.Run(net.Params, t.X, y, nil)
	return y
}
