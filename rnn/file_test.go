package rnn

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"

	"github.com/sbinet/npyio/npz"
)

var updateFiles = flag.Bool("update-files", false, "write testdata/files anew; then run make.py there")

// The network of testdata/files, see make.py there.
var (
	fileShape  = autodiff.Shape{Units: 4, In: 3, Out: 2}
	fileInfo   = Info{Task: "T7", Arm: "molap", Seed: 1<<64 - 1, Settings: "# every setting\nunits = 4\t\nname = \"größer\\\"\x01\n"}
	fileArrays = append(slices.Clone(networkNames), "X", "Y")
)

// fileNumber is number k of an array.
func fileNumber[T kernels.Float](name string, k int) T {
	v := float64((37*k+11*slices.Index(fileArrays, name))%101-50) / 64
	if sizeOf[T]() == 8 {
		v += math.Ldexp(float64(k), -30)
	}
	return T(v)
}

func fileNumbers[T kernels.Float](name string, n int) []T {
	x := make([]T, n)
	for k := range x {
		x[k] = fileNumber[T](name, k)
	}
	return x
}

func fileNetwork[T kernels.Float]() *Network[T] {
	n := &Network[T]{autodiff.NewParams[T](fileShape), 2}
	for _, a := range networkArrays {
		for i, row := range rowsOf(n, a) {
			for j := range row {
				row[j] = fileNumber[T](a.name, i*len(row)+j)
			}
		}
	}
	return n
}

func fileTrials[T kernels.Float]() *Trials[T] {
	const steps, trials = 5, 3
	return &Trials[T]{Steps: steps, Trials: trials, In: fileShape.In, Out: fileShape.Out,
		X: fileNumbers[T]("X", steps*trials*fileShape.In), Y: fileNumbers[T]("Y", steps*trials*fileShape.Out)}
}

// equalBits reports whether two networks are the same to the last bit.
func equalBits[T kernels.Float](a, b *Network[T]) bool {
	return a.Shape == b.Shape && a.Modules == b.Modules && a.Leak == b.Leak &&
		bytes.Equal(appendFloats(appendFloats(nil, a.A), a.H0), appendFloats(appendFloats(nil, b.A), b.H0))
}

func equalTrials[T kernels.Float](a, b *Trials[T]) bool {
	return a.Steps == b.Steps && a.Trials == b.Trials && a.In == b.In && a.Out == b.Out && slices.Equal(a.X, b.X) && slices.Equal(a.Y, b.Y)
}

func testFile(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.Join("testdata/files", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// ourFiles are the files of ours that Python reads.
func ourFiles() map[string][]byte {
	return map[string][]byte{
		"network_f32.safetensors": must(EncodeSafetensors(fileNetwork[float32](), fileInfo)),
		"network_f64.safetensors": must(EncodeSafetensors(fileNetwork[float64](), fileInfo)),
		"network_f32.npz":         must(EncodeNPZ(fileNetwork[float32](), fileTrials[float32]())),
		"network_f64.npz":         must(EncodeNPZ(fileNetwork[float64](), fileTrials[float64]())),
		"state_f32.safetensors":   must(stateTrainer[float32](3).State(fileInfo)),
		"state_f64.safetensors":   must(stateTrainer[float64](3).State(fileInfo)),
	}
}

// TestFilesStay compares files of today with those of the day the format was fixed.
// A training state also depends on what a Training has.
func TestFilesStay(t *testing.T) {
	for name, data := range ourFiles() {
		if *updateFiles {
			if err := os.WriteFile(filepath.Join("testdata/files", name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if !strings.HasPrefix(name, "state") && !bytes.Equal(data, testFile(t, name)) {
			t.Errorf("%s is written differently now", name)
		}
	}
}

// TestSeenByPython compares what NumPy and a reader of safetensors in Python found
// in our files (make.py) with what we find there.
func TestSeenByPython(t *testing.T) {
	var metadata map[string]map[string]string
	if err := json.Unmarshal(testFile(t, "seen.json"), &metadata); err != nil {
		t.Fatal(err)
	}
	seen, err := npz.Open("testdata/files/seen.npz")
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	for _, key := range seen.Keys() {
		key := strings.TrimSuffix(key, ".npy")
		at := strings.LastIndex(key, ".")
		file, name := key[:at], key[at+1:]
		if name == npzModules {
			continue
		}
		if filepath.Ext(file) != ".npz" {
			file += ".safetensors"
		}
		f, err := Decode(testFile(t, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if strings.HasSuffix(file, ".safetensors") {
			m := metadata[strings.TrimSuffix(file, ".safetensors")]
			if m[keyTask] != f.Task || m[keyArm] != f.Arm || m[keySettings] != f.Settings || m[keySeed] != "18446744073709551615" || f.Seed != 1<<64-1 {
				t.Errorf("%s: Python sees %q, we %+v", file, m, f.Info)
			}
		}
		want := oracleNet{t, seen}
		if a := f.arrays[name]; !slices.Equal(a.shape, want.shape(key)) {
			t.Errorf("%s: %s is %v, Python sees %v", file, name, a.shape, want.shape(key))
		} else if a.size == 8 && !slices.Equal(must(floats[float64]("", a)), want.f64(key)) ||
			a.size == 4 && !slices.Equal(must(floats[float32]("", a)), want.f32(key)) {
			t.Errorf("%s: other numbers of %s than Python sees", file, name)
		}
	}
}

// TestSeenByReference compares what the reference implementation of safetensors
// found in our files (reference.rs) with what is there.
func TestSeenByReference(t *testing.T) {
	seen := strings.Split(strings.TrimSpace(string(testFile(t, "seen_reference.txt"))), "\n")
	if len(seen) != 48 {
		t.Fatalf("%d tensors, want 6 of 4 networks and 9 of 2 states, and their metadata", len(seen))
	}
	for _, line := range seen {
		file, line, _ := strings.Cut(line, " ")
		f := must(Decode(testFile(t, file)))
		name, rest, _ := strings.Cut(line, " ")
		have := fmt.Sprintf("%q %q %d %q", f.Task, f.Arm, f.Seed, f.Settings)
		if name != "metadata" {
			a, sum := f.arrays[name], 0
			for _, b := range a.data {
				sum += int(b)
			}
			have = fmt.Sprintf("F%d %v %d", 8*a.size, a.shape, sum)
		}
		if have != rest {
			t.Errorf("%s: %s is %s, the reference sees %s", file, name, have, rest)
		}
	}
}

// TestWrittenElsewhere reads files of other programs, of either type as either.
func TestWrittenElsewhere(t *testing.T) {
	for _, c := range []struct {
		file    string
		double  bool
		trials  bool
		modules int
	}{
		{"python_f32.safetensors", false, false, 2},
		{"python_f64.safetensors", true, false, 2},
		{"numpy_f4.npz", false, false, 2},
		{"numpy_f8.npz", true, true, 2},
		{"numpy_fortran.npz", true, true, 1},
		{"numpy_rows.npz", true, false, 1},
		{"numpy_rows_copied.npz", true, false, 1},
		{"numpy_versions.npz", false, false, 1},
		{"numpy_big_endian.npz", false, false, 1},
		{"numpy_half.npz", false, false, 1},
	} {
		f, err := Decode(testFile(t, c.file))
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if want := map[bool]string{false: "f32", true: "f64"}[c.double]; f.Type != want {
			t.Errorf("%s: type %s, want %s", c.file, f.Type, want)
		}
		want := fileNetwork[float64]()
		if !c.double {
			want = converted[float64](fileNetwork[float32]())
		}
		want.Modules = c.modules
		if n, err := Load[float64](f); err != nil || !equalBits(n, want) {
			t.Errorf("%s in float64: %v, or other numbers", c.file, err)
		}
		if n, err := Load[float32](f); err != nil || !equalBits(n, converted[float32](want)) {
			t.Errorf("%s in float32: %v, or other numbers", c.file, err)
		}
		if trials, err := LoadTrials[float64](f, fileShape); c.trials && (err != nil || !equalTrials(trials, fileTrials[float64]())) {
			t.Errorf("%s: trials: %v, or other numbers", c.file, err)
		}
	}
}

// TestWholeWeights reads a bias of whole numbers.
func TestWholeWeights(t *testing.T) {
	want := converted[float64](fileNetwork[float32]())
	want.Modules = 1
	for i := range want.Units {
		want.Row(want.B(), i)[0] = 0
	}
	if n := must(Load[float64](must(Decode(testFile(t, "numpy_integer.npz"))))); !equalBits(n, want) {
		t.Error("other numbers")
	}
}

func converted[T, S kernels.Float](n *Network[S]) *Network[T] {
	return &Network[T]{&autodiff.Params[T]{Shape: n.Shape, A: convert[T](n.A), H0: convert[T](n.H0), Leak: n.Leak}, n.Modules}
}

// TestParts reads what is compressed, mixed or left out.
func TestParts(t *testing.T) {
	f := must(Reading{Ignore: []string{"scale", "readme"}}.Decode(testFile(t, "numpy_compressed.npz")))
	n, trials := must(Load[float64](f)), must(LoadTrials[float32](f, fileShape))
	if want := fileNetwork[float64](); n.Modules != 1 || !slices.Equal(n.A, want.A) || !slices.Equal(n.H0, want.H0) {
		t.Error("compressed network has other numbers")
	}
	if !equalTrials(trials, fileTrials[float32]()) {
		t.Error("compressed trials have other numbers")
	}

	n32 := must(Load[float32](must(Decode(testFile(t, "numpy_no_bias.npz")))))
	want := fileNetwork[float32]()
	for i := range want.Rows() {
		want.A[(i+1)*want.Cols()-1] = 0
	}
	if !slices.Equal(n32.A, want.A) || !slices.Equal(n32.H0, want.H0) {
		t.Error("a network without biases has other numbers")
	}

	for _, data := range [][]byte{testFile(t, "numpy_trials.npz"), must(EncodeNPZ(nil, fileTrials[float32]()))} {
		f = must(Decode(data))
		if !equalTrials(must(LoadTrials[float32](f, fileShape)), fileTrials[float32]()) {
			t.Error("a file of trials alone has other numbers")
		}
		if _, err := Load[float32](f); err == nil || err.Error() != "no network in the file, which has X 5×3×3, Y 5×3×2; "+expectedNames {
			t.Errorf("a file of trials alone: %v", err)
		}
	}
	s := fileShape
	s.In++
	if _, err := LoadTrials[float32](f, s); err == nil || err.Error() != "trials have 3 inputs and 2 outputs, the network 4 and 2" {
		t.Errorf("trials of another network: %v", err)
	}
	f = must(Decode(testFile(t, "numpy_f4.npz")))
	if _, err := LoadTrials[float32](f, s); err == nil || err.Error() != "no trials X in the file, which has W_in 4×3, W_out 2×4, W_rec 4×4, b 4, b_out 2, h0 4, modules a single number" {
		t.Errorf("no trials: %v", err)
	}
}

// TestRoundTrip writes and reads networks of other shapes, and unusual numbers.
func TestRoundTrip(t *testing.T) {
	testRoundTrip[float32](t, math.SmallestNonzeroFloat32, math.MaxFloat32)
	testRoundTrip[float64](t, math.SmallestNonzeroFloat64, math.MaxFloat64)
}

func testRoundTrip[T kernels.Float](t *testing.T, smallest, largest T) {
	for _, s := range []autodiff.Shape{{Units: 1, In: 0, Out: 1}, {Units: 1, In: 300, Out: 200}, {Units: 6, In: 2, Out: 6}, {Units: 9, In: 9, Out: 4}} {
		n := New[T](kernels.Best(), s, 1, Init{Gain: 1.5, InputGain: 1, Bias: true}, kernels.NewStream(7))
		n.H0[0] = smallest
		n.Row(s.WRec(), 0)[0] = -largest
		n.Row(s.WOut(), 0)[0] = T(math.Copysign(0, -1))
		for name, data := range map[string][]byte{
			"safetensors": must(EncodeSafetensors(n, Info{})),
			"npz":         must(EncodeNPZ(n, nil)),
		} {
			f, err := Decode(data)
			if err != nil {
				t.Fatalf("%s of %+v: %v", name, s, err)
			}
			if f.Info != (Info{}) {
				t.Errorf("%s of %+v: %+v", name, s, f.Info)
			}
			if got := must(Load[T](f)); !equalBits(got, n) {
				t.Errorf("%s of %+v: other numbers", name, s)
			}
		}
	}
}

// TestOracleFiles reads networks and trials that other programs made, with the
// same result as the library npyio, and runs them.
func TestOracleFiles(t *testing.T) {
	for _, task := range []string{"delay_pro", "mem_dm1"} {
		f, err := Decode(must(os.ReadFile("testdata/net_" + task + ".npz")))
		if err != nil {
			t.Fatal(err)
		}
		o := openOracle(t, "net_"+task)
		n := must(Load[float64](f))
		if !equalBits(n, network[float64](o)) || f.Type != "f64" || !equalBits(must(Load[float32](f)), network[float32](o)) {
			t.Errorf("%s: other numbers than npyio reads", task)
		}
		trials := must(LoadTrials[float64](f, n.Shape))
		if !slices.Equal(trials.X, convert[float64](o.f32("X"))) || !slices.Equal(trials.Y, convert[float64](o.f32("Y"))) {
			t.Errorf("%s: other trials than npyio reads", task)
		}
		ref, err := npz.Open("testdata/reference_" + task + ".npz")
		if err != nil {
			t.Fatal(err)
		}
		defer ref.Close()
		outputs := make([]float64, len(trials.Y))
		e := autodiff.New[float64](kernels.Best(), n.Shape, trials.Steps, trials.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
		e.Run(n.Params, trials.X, outputs, nil)
		for i, want := range (oracleNet{t, ref}).f64("outputs") {
			if !(math.Abs(outputs[i]-want) <= 1e-12) {
				t.Fatalf("%s: output %d is %v, want %v", task, i, outputs[i], want)
			}
		}
	}
}

// TestRefusedToWrite checks that nothing is written that could not be read.
func TestRefusedToWrite(t *testing.T) {
	n := fileNetwork[float32]()
	n.Row(n.WIn(), 2)[1] = float32(math.NaN())
	bad := fileTrials[float64]()
	bad.Y[7] = math.Inf(-1)
	long := info(func(i *Info) { i.Task = strings.Repeat("a", 100) + "\xff" })
	for want, err := range map[string]error{
		"W_in[2, 1] is NaN":        errorOf(EncodeSafetensors(n, fileInfo)),
		"W_in[2, 1] is NaN ":       errorOf(EncodeNPZ(n, nil)),
		"Y[1, 0, 1] is -Inf":       errorOf(EncodeNPZ(fileNetwork[float64](), bad)),
		`arm "m\xff" is not UTF-8`: errorOf(EncodeSafetensors(fileNetwork[float32](), info(func(i *Info) { i.Arm = "m\xff" }))),
		`task "` + strings.Repeat("a", 80) + `"… is not UTF-8`: errorOf(EncodeSafetensors(fileNetwork[float32](), long)),
	} {
		if err == nil || err.Error() != strings.TrimSuffix(want, " ") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func info(change func(*Info)) Info {
	i := fileInfo
	change(&i)
	return i
}

func errorOf[V any](_ V, err error) error { return err }
