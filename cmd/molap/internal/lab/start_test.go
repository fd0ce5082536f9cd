package lab

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
)

// startCell gives a lab a network to go on from, drawn with a seed of its own, and returns the
// cell that does.
func startCell(l *Lab, c Cell, seed uint64) Cell {
	t := taskset.ByID(l.Settings, c.Task)
	shape := autodiff.Shape{Units: l.Settings.Network.Units, In: len(t.Inputs), Out: len(t.Targets)}
	net := rnn.New[float32](kernels.Best(), shape, l.Settings.Network.Modules, rnn.Init{Gain: 1.2, InputGain: 1, Bias: true}, kernels.NewStream(seed))
	data, err := rnn.EncodeSafetensors(net, rnn.Info{})
	if err != nil {
		panic(err)
	}
	f, err := rnn.Decode(data)
	if err != nil {
		panic(err)
	}
	if l.Start, err = NewStart(f, l.Settings.Run.Precision); err != nil {
		panic(err)
	}
	l.Start.Text = "drawn for a test"
	c.From = l.Start.Sum
	return c
}

// trainContinued trains a cell that goes on from a network, with so many workers.
func trainContinued(t *testing.T, s profile.Settings, c Cell, seed uint64, workers int) (before, after *rnn.Network[float32], file []byte) {
	t.Helper()
	l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: workers})
	c = startCell(l, c, seed)
	files, err := l.Networks(t.Context(), &silent{}, []Cell{c})
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if f.From != "drawn for a test" {
		t.Errorf("the network says that it comes from %q", f.From)
	}
	if before, err = rnn.Load[float32](l.Start.File); err == nil {
		after, err = rnn.Load[float32](f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return before, after, files[0]
}

// TestContinued goes on from a network: the same bits with any number of workers, other bits from
// another network, and what the arm's mask freezes stays to the bit.
func TestContinued(t *testing.T) {
	s := tiny(t, "paper")
	for _, arm := range []Arm{Separate, MoLaP, Reservoir} {
		c := Cell{Arm: arm, Task: "T7", Seed: 2}
		before, after, file := trainContinued(t, s, c, 3, 1)
		if _, _, again := trainContinued(t, s, c, 3, 2); !bytes.Equal(file, again) {
			t.Errorf("%s: two workers train another network", arm)
		}
		if _, _, other := trainContinued(t, s, c, 4, 1); bytes.Equal(file, other) {
			t.Errorf("%s: another start gives the same network", arm)
		}
		same := func(r autodiff.Rect) bool {
			for i := range r.Rows {
				if !slices.Equal(before.Row(r, i), after.Row(r, i)) {
					return false
				}
			}
			return true
		}
		if same(before.WRec()) != (arm != Separate) || !same(before.B()) || !same(before.BOut()) {
			t.Errorf("%s: W_rec is the same: %t, biases: %t, %t", arm, same(before.WRec()), same(before.B()), same(before.BOut()))
		}
		if same(before.WIn()) || same(before.WOut()) || slices.Equal(before.H0, after.H0) {
			t.Errorf("%s: input weights, readout or h[0] were not trained", arm)
		}
	}
}

// TestStartModules checks that a network whose file tells no modules has those of the settings:
// lesions within modules and between them go by them.
func TestStartModules(t *testing.T) {
	l := newLab(tiny(t, "paper"), nil)
	c := startCell(l, Cell{Arm: MoLaP, Task: "T7", Seed: 2}, 3)
	l.Start.File.Modules = 1
	net, err := startOf[float32](l, l.Settings, c)
	if err != nil || net.Modules != 2 || l.Settings.Network.Modules != 2 {
		t.Errorf("%v: the start has %d modules, the settings %d", err, net.Modules, l.Settings.Network.Modules)
	}
}

// TestStartNames checks that the jobs of a cell are named by what it goes on from.
func TestStartNames(t *testing.T) {
	l := newLab(tiny(t, "paper"), nil)
	plain := Cell{Arm: Separate, Task: "T7", Seed: 1}
	names := map[string]bool{nameOf(trainedOn[float32](l, plain)): true, nameOf(l.Score(plain)): true}
	for seed := range uint64(2) {
		c := startCell(l, plain, seed)
		names[nameOf(trainedOn[float32](l, c))], names[nameOf(l.Score(c))] = true, true
	}
	if len(names) != 6 || names[""] {
		t.Errorf("%d names of 6 jobs: %v", len(names), names)
	}
	if c := startCell(l, plain, 0); c.FileName() != "separate_T7_seed1_from_"+c.From[:8]+".safetensors" || plain.FileName() != "separate_T7_seed1.safetensors" {
		t.Errorf("files %s and %s", c.FileName(), plain.FileName())
	}
}

// TestStartRefused holds what is said of a network that cannot be trained as asked.
func TestStartRefused(t *testing.T) {
	l := newLab(tiny(t, "paper"), nil)
	startCell(l, Cell{Arm: Separate, Task: "T7"}, 1)
	f := *l.Start.File
	odd := f
	odd.Shape.Units, odd.Modules = 21, 1
	s := l.Settings
	s.Network.Units, s.Network.Modules = 100, 2
	for _, c := range []struct {
		file *rnn.File
		task string
		arm  Arm
		want string
	}{
		{&f, "T1", Separate, "it has 3 inputs and 2 outputs, T1 has 3 and 3"},
		{&f, "T7", DNI, "arm dni learns all tasks in sequence from its own start (want separate, molap, molap-pca or reservoir)"},
		{&odd, "T7", MoLaP, "arm molap has modules of equal size, and this network of 21 units does not tell any (-set network.modules=n)"},
	} {
		if _, err := StartSettings(s, c.file, []string{c.task}, []Arm{c.arm}); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if got, err := StartSettings(s, &odd, []string{"T7"}, []Arm{Separate}); err != nil || got.Network.Units != 21 || got.Network.Modules != 1 {
		t.Errorf("%v, %d units in %d modules", err, got.Network.Units, got.Network.Modules)
	}
	big := wide64(t)
	if _, err := NewStart(big, profile.F32); err == nil || !strings.Contains(err.Error(), "too large for float32") {
		t.Errorf("%v", err)
	}
}

// wide64 returns a file with a weight that float32 does not hold.
func wide64(t *testing.T) *rnn.File {
	t.Helper()
	net := rnn.New[float64](kernels.Best(), autodiff.Shape{Units: 4, In: 3, Out: 2}, 1, rnn.Init{Gain: 1, InputGain: 1}, kernels.NewStream(1))
	net.Row(net.WRec(), 0)[0] = 1e300
	data, err := rnn.EncodeNPZ(net, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
