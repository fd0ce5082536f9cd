package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/intake"
	"molap/rnn"
)

// stateDict writes the arrays of nn.RNN and nn.Linear, units × inputs to outputs, as npz.
func stateDict(t *testing.T, path string, units, in, out int) {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for i, a := range []struct {
		name  string
		shape []int
	}{{"rnn.weight_ih_l0", []int{units, in}}, {"rnn.weight_hh_l0", []int{units, units}}, {"rnn.bias_ih_l0", []int{units}},
		{"rnn.bias_hh_l0", []int{units}}, {"fc.weight", []int{out, units}}, {"fc.bias", []int{out}}} {
		w, err := z.Create(a.name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		size, shape := 1, ""
		for _, d := range a.shape {
			size, shape = size*d, shape+fmt.Sprint(d)+","
		}
		header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n", shape)
		fmt.Fprintf(w, "\x93NUMPY\x01\x00%c\x00%s", len(header), header)
		for k := range size {
			_ = binary.Write(w, binary.LittleEndian, float32((31*k+7*i)%19-9)/30)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestTrainFrom fine-tunes a state dict of PyTorch, and goes on from what came of it.
func TestTrainFrom(t *testing.T) {
	dir := t.TempDir()
	torch, nets := filepath.Join(dir, "torch.npz"), filepath.Join(dir, "nets")
	stateDict(t, torch, 20, 3, 2)
	train := func(args ...string) (string, string) {
		t.Helper()
		line := append([]string{"train", "-json", "-save", nets, "-cache", filepath.Join(dir, "cache")}, args...)
		code, stdout, stderr := run(append(line, tinySettings[2:]...)...) // all but the number of units
		if code != 0 {
			t.Fatalf("%q: exit code %d, %s", args, code, stderr)
		}
		return stdout, stderr
	}
	one, told := train("-from", torch, "-arm", "separate", "-task", "T7", "-workers", "1")
	if !strings.Contains(told, "torch.npz: read ") || !strings.Contains(told, "not in the file and zero: h0") {
		t.Errorf("told %q", told)
	}
	var runs []struct{ Trained, Parameters int }
	if err := json.Unmarshal([]byte(one), &runs); err != nil || len(runs) != 1 || runs[0].Trained != 20*20+20*3+2*20+20 {
		t.Errorf("%+v (%v)", runs, err)
	}
	files, _ := filepath.Glob(filepath.Join(nets, "separate_T7_seed1_from_*.safetensors"))
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	f, err := intake.Decode(files[0], rnn.Reading{})
	if err != nil || !strings.HasPrefix(f.From, "torch.npz, SHA-256 of the network ") || !strings.Contains(f.Settings, "units = 20") {
		t.Fatalf("%+v (%v)", f.Info, err)
	}
	// The same again is there already; another arm goes on from what came of it, on its own task.
	before := readText(t, files[0])
	if again, _ := train("-from", torch, "-arm", "separate", "-task", "T7", "-workers", "2"); again != one || readText(t, files[0]) != before {
		t.Error("the same command trains another network")
	}
	train("-from", files[0], "-arm", "reservoir")
	second, _ := filepath.Glob(filepath.Join(nets, "reservoir_T7_seed1_from_*.safetensors"))
	if len(second) != 1 {
		t.Fatalf("files %v", second)
	}
	a, b := loadNetwork[float32](t, files[0]), loadNetwork[float32](t, second[0])
	if r := a.WRec(); fmt.Sprint(a.Row(r, 3)) != fmt.Sprint(b.Row(r, 3)) {
		t.Error("arm reservoir changed W_rec")
	}
	if code, _, stderr := run("eval", second[0]); code != 0 {
		t.Errorf("eval: %s", stderr)
	}
	for _, c := range []struct{ args, want []string }{
		{[]string{"-from", torch, "-arm", "separate"}, []string{"torch.npz", "-task"}},
		{[]string{"-from", torch, "-arm", "separate", "-task", "T1"}, []string{"-from", "3 inputs and 2 outputs, T1 has 3 and 3"}},
		{[]string{"-from", torch, "-arm", "dni", "-task", "T7"}, []string{"-from", "dni"}},
		{[]string{"-from", torch, "-arm", "molap", "-task", "T7", "-set", "network.modules=3"}, []string{"network.units is 20", "network.modules, which is 3"}},
		{[]string{"-from", torch, "-arm", "molap", "-task", "T7", "-set", "network.modules=1"}, []string{"-from", "arm molap", "20 units"}},
		{[]string{"-from", torch, "-arm", "separate", "-task", "T7", "-set", "network.units=30"}, []string{"network.units=30", "-from", "20"}},
		{[]string{"-from", torch, "-arm", "molap", "-task", "T7", "-corpus", "T1,T2"}, []string{"-corpus", "-from"}},
		{[]string{"-from", filepath.Join(dir, "none.npz"), "-arm", "separate"}, []string{"none.npz"}},
		{[]string{"-orientation", "rows", "-arm", "separate"}, []string{"-orientation", "-from"}},
	} {
		code, stdout, stderr := run(append([]string{"train"}, c.args...)...)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		last := lines[len(lines)-1]
		if code != 2 || stdout != "" || len(lines) > 2 {
			t.Errorf("%q: exit code %d, %q, %q", c.args, code, stdout, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(last, w) {
				t.Errorf("%q: %q lacks %q", c.args, last, w)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(nets, "reservoir_T7_seed1.safetensors")); err == nil {
		t.Error("a network that goes on has the name of one that does not")
	}
}
