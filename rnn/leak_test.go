package rnn

import (
	"archive/zip"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// leakyState returns a trainer of the network of testdata/files with leaky units.
func leakyState[T kernels.Float](alpha float64, iterations int) *Trainer[T] {
	n := fileNetwork[T]()
	n.Leak = alpha
	tr := NewTrainer(kernels.Best(), n, stateSteps, stateTrials, stateTraining(n.FullMask(ReadoutBias)), 1)
	trainFor(tr, iterations)
	return tr
}

// TestLeakFiles: every kind of file has the leak to the last bit, in either type.
func TestLeakFiles(t *testing.T) {
	testLeakFiles[float32](t)
	testLeakFiles[float64](t)
}

func testLeakFiles[T kernels.Float](t *testing.T) {
	for _, alpha := range []float64{1, 0.2, 1.0 / 3, 1e-7} {
		tr := leakyState[T](alpha, 2)
		for name, data := range map[string][]byte{
			"safetensors": must(EncodeSafetensors(tr.Net, fileInfo)),
			"npz":         must(EncodeNPZ(tr.Net, fileTrials[T]())),
			"state":       must(tr.State(fileInfo)),
		} {
			f, err := Decode(data)
			if err != nil {
				t.Fatalf("%s of leak %v: %v", name, alpha, err)
			}
			if n := must(Load[T](f)); !equalBits(n, tr.Net) || n.Leak != alpha {
				t.Errorf("%s of leak %v: leak %v, or other numbers", name, alpha, n.Leak)
			}
			if said := strings.Contains(string(data), "leak"); said != (alpha != 1) {
				t.Errorf("%s of leak %v names a leak: %v", name, alpha, said)
			}
		}
	}
}

// TestLeakNumPy reads the leak that another program wrote, whatever its type.
func TestLeakNumPy(t *testing.T) {
	f4, f8 := "<f4", "<f8"
	header := func(descr, shape string) string {
		return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + "}"
	}
	zeros := string(make([]byte, 16))
	network := []string{"W_rec", header(f4, "(2, 2)"), zeros, "W_in", header(f4, "(2, 1)"), zeros[:8],
		"h0", header(f4, "(2,)"), zeros[:8], "W_out", header(f4, "(1, 2)"), zeros[:8]}
	for _, c := range []struct {
		descr, shape, numbers string
		want                  float64
		err                   string
	}{
		{f8, "()", string(appendFloats(nil, []float64{0.1})), 0.1, ""},
		{f4, "(1,)", string(appendFloats(nil, []float32{0.1})), float64(float32(0.1)), ""},
		{"<i8", "()", "\x01" + zeros[:7], 1, ""},
		{f8, "()", zeros[:8], 0, "leak is 0, want more than 0 and at most 1"},
		{"<i8", "()", "\x02" + zeros[:7], 0, "leak is 2, want more than 0 and at most 1"},
		{f4, "()", "\x00\x00\xc0\x7f", 0, "leak is NaN, want more than 0 and at most 1"},
		{f4, "(2,)", zeros[:8], 0, "leak is an array of shape 2, want a single number"},
		{"<f2", "()", "\x00\x38", 0.5, ""},
		{"<c8", "()", zeros[:8], 0, `leak is of type "<c8", want truth values, whole numbers or float16, float32 or float64`},
		{f8, "()", zeros[:4], 0, "leak is a single number of 8 bytes, but 4 bytes long"},
	} {
		f, err := Decode(npzOf(zip.Store, slices.Concat(network, []string{"leak", header(c.descr, c.shape), c.numbers})...))
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s %s: %v, want %s", c.descr, c.shape, err, c.err)
			}
			continue
		}
		if err != nil || f.Leak != c.want || must(Load[float32](f)).Leak != c.want {
			t.Errorf("%s %s: %v, want leak %v", c.descr, c.shape, err, c.want)
		}
	}
}

// TestLeakResumes: a training of leaky units that was stopped ends as one that was not,
// and its state is not that of other units.
func TestLeakResumes(t *testing.T) {
	const alpha = 0.3
	want := must(leakyState[float32](alpha, 4).State(fileInfo))
	f := must(Decode(must(leakyState[float32](alpha, 2).State(fileInfo))))
	tr := leakyState[float32](alpha, 0)
	if err := tr.Restore(f, fileInfo); err != nil {
		t.Fatal(err)
	}
	trainFor(tr, 4)
	if !slices.Equal(must(tr.State(fileInfo)), want) {
		t.Error("it ends elsewhere")
	}
	err := leakyState[float32](1, 0).Restore(f, fileInfo)
	if err == nil || !strings.HasSuffix(err.Error(), "f32, leak 0.3, here it is {Units:4 In:3 Out:2}, 2 modules, f32") {
		t.Errorf("restored without leak: %v", err)
	}
}

// TestLeakAdopted: a task's network takes the reservoir's leak, which damage leaves alone.
func TestLeakAdopted(t *testing.T) {
	base, n := threeModules[float32](t), threeModules[float32](t)
	base.Leak = 0.4
	n.Adopt(base)
	damaged, _, err := Lesion(n, Global, 50, kernels.NewStream(1))
	if err != nil {
		t.Fatal(err)
	}
	noisy, err := AddNoise(kernels.Best(), n, 0.1, kernels.NewStream(1))
	if err != nil {
		t.Fatal(err)
	}
	for what, m := range map[string]*Network[float32]{"adopted": n, "lesioned": damaged, "noisy": noisy} {
		if m.Leak != 0.4 {
			t.Errorf("leak of the %s network is %v, want 0.4", what, m.Leak)
		}
	}
	n.Leak = 0
	for _, err := range []error{errorOf(EncodeSafetensors(n, fileInfo)), errorOf(EncodeNPZ(n, nil))} {
		if err == nil || err.Error() != "leak is 0, want more than 0 and at most 1" {
			t.Errorf("a network without a leak is written: %v", err)
		}
	}
	if fresh := New[float32](kernels.Best(), autodiff.Shape{Units: 2, Out: 1}, 1, Init{}, kernels.NewStream(1)); fresh.Leak != 1 {
		t.Errorf("leak of a new network is %v, want 1", fresh.Leak)
	}
}
