package rnn

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// foreignArray is an array as another program would save it.
type foreignArray struct {
	shape  []int
	values []float32
	object string // instead of values: a pickled object
}

// foreign is a file of another program.
type foreign map[string]foreignArray

// foreignNet returns a network and its arrays under our names.
func foreignNet(units, in, out int) (*Network[float32], foreign) {
	n := New[float32](kernels.Best(), autodiff.Shape{Units: units, In: in, Out: out}, 1, Init{Gain: 1.5, InputGain: 1, Bias: true}, kernels.NewStream(7))
	f := foreign{}
	for _, a := range networkArrays {
		f[a.name] = foreignArray{shape: a.shape(n.Shape), values: slices.Concat(rowsOf(n, a)...)}
	}
	return n, f
}

// with returns the file with arrays added, changed or, where they have no shape and no object,
// left out.
func (f foreign) with(more foreign) foreign {
	g := maps.Clone(f)
	maps.Copy(g, more)
	maps.DeleteFunc(g, func(_ string, a foreignArray) bool { return a.shape == nil && a.object == "" })
	return g
}

// renamed returns the file with other names: pairs of old and new.
func (f foreign) renamed(pairs ...string) foreign {
	g := maps.Clone(f)
	for i := 0; i < len(pairs); i += 2 {
		g[pairs[i+1]] = g[pairs[i]]
		delete(g, pairs[i])
	}
	return g
}

func (f foreign) npz() []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		a := f[name]
		data := appendFloats(appendNPY(nil, "f", 4, a.shape), a.values)
		if a.object != "" {
			const descr = "{'descr': '|O', 'fortran_order': False, 'shape': ()}\n"
			data = fmt.Appendf(nil, "%s\x01\x00%c\x00%s%s", npyMagic, len(descr), descr, a.object)
		}
		if !strings.HasSuffix(name, ".npy") && len(name)%2 == 0 { // some writers add it, some do not
			name += ".npy"
		}
		must(must(z.Create(name)).Write(data))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// safetensors writes the tensors in the order of their names, numbers of the last one first.
func (f foreign) safetensors(metadata map[string]string) []byte {
	header := map[string]any{}
	if metadata != nil {
		header["__metadata__"] = metadata
	}
	var numbers []byte
	names := slices.Sorted(maps.Keys(f))
	slices.Reverse(names)
	for _, name := range names {
		at := len(numbers)
		numbers = appendFloats(numbers, f[name].values)
		header[name] = map[string]any{"dtype": "F32", "shape": f[name].shape, "data_offsets": []int{at, len(numbers)}}
	}
	text := must(json.Marshal(header))
	return slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text, numbers)
}

// torch returns a state dict of nn.RNN with nn.Linear: the bias is split in two.
func (f foreign) torch() foreign {
	g := f.with(foreign{"h0": {}}).renamed("W_in", "rnn.weight_ih_l0", "W_rec", "rnn.weight_hh_l0", "b", "rnn.bias_ih_l0", "W_out", "fc.weight", "b_out", "fc.bias")
	b := f["b"].values
	split := slices.Clone(b)
	for i := range split {
		split[i] = 0.3 * b[len(b)-1-i]
	}
	g["rnn.bias_hh_l0"] = foreignArray{shape: f["b"].shape, values: split}
	return g
}

// psychRNN returns what RNN.save writes.
func (f foreign) psychRNN() foreign {
	n := f["b"].shape[0]
	g := f.renamed("b", "b_rec", "h0", "init_state")
	g["init_state"] = foreignArray{shape: []int{1, n}, values: g["init_state"].values}
	for name, a := range maps.Clone(g) {
		g[name+"/Adam"] = foreignArray{shape: a.shape, values: make([]float32, len(a.values))}
	}
	g["beta1_power"] = foreignArray{shape: []int{}, values: []float32{0.9}}
	g["rec_connectivity"] = foreignArray{shape: []int{n, n}, values: slices.Repeat([]float32{1}, n*n)}
	g["Dale_rec"] = foreignArray{shape: []int{n, n}, values: diagonal(n, 0)}
	g["dale_ratio"] = foreignArray{object: none3}
	return g
}

// How NumPy ends the pickle of an array that holds None, in two protocols, and 0.8.
const (
	none3 = "\x80\x03cnumpy.core.multiarray\n_reconstruct\nq\x00tq\x0bb\x89]q\x0cNatq\rb."
	none5 = "\x80\x05t\x94b\x89]\x94Nat\x94b."
	some3 = "\x80\x03q\x0bb\x89]q\x0cG?\xe9\x99\x99\x99\x99\x99\x9aatq\rb."
)

// diagonal returns a matrix with 1, and in the last few places -1, on its diagonal.
func diagonal(n, negative int) []float32 {
	d := make([]float32, n*n)
	for i := range n {
		d[i*n+i] = 1
		if i >= n-negative {
			d[i*n+i] = -1
		}
	}
	return d
}

func foreignNPZ() [][]byte {
	_, f := foreignNet(6, 2, 3)
	_, square := foreignNet(3, 3, 3)
	_, alone := foreignNet(4, 0, 1)
	return [][]byte{f.torch().npz(), f.psychRNN().npz(), square.npz(), alone.npz()}
}

func foreignSafetensors() [][]byte {
	_, f := foreignNet(6, 2, 3)
	return [][]byte{f.safetensors(nil), f.safetensors(map[string]string{"format": "np"}), f.torch().safetensors(map[string]string{"format": "pt"})}
}

// notices returns what reading a file tells.
func notices(t *testing.T, r Reading, data []byte) (*File, string) {
	t.Helper()
	f, err := r.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return f, strings.Join(f.Notices, "; ")
}

// TestForeignNames reads networks under the names of other programs: their numbers and what is
// told.
func TestForeignNames(t *testing.T) {
	want, f := foreignNet(6, 2, 3)
	const tanh = "units are taken for tanh with leak 1, which weights do not tell"
	const unproved = "without the metadata of molap: task, arm, seed and settings are unknown, and whether the numbers are those that were written"
	pt := map[string]string{"format": "pt"}
	summed := func(n *Network[float32]) {
		clearFloats(n.H0)
		for i, b := range f["b"].values {
			n.Row(n.B(), i)[0] = float32(float64(b) + float64(float32(0.3*f["b"].values[len(f["b"].values)-1-i])))
		}
	}
	cell := f.torch().renamed("rnn.weight_ih_l0", "cell.weight_ih", "rnn.weight_hh_l0", "cell.weight_hh", "rnn.bias_ih_l0", "cell.bias_ih", "rnn.bias_hh_l0", "cell.bias_hh")
	bare := foreign{"weight_ih_l0": f["W_in"], "weight_hh_l0": f["W_rec"], "weight": f["W_out"], "h0": {shape: []int{1, 1, 6}, values: f["h0"].values}}
	for _, c := range []struct {
		name   string
		data   []byte
		change func(*Network[float32])
		told   []string
	}{
		{"torch", f.torch().npz(), summed, []string{"rnn.weight_hh_l0 as W_rec", "rnn.bias_hh_l0 as b", "fc.bias as b_out", "not in the file and zero: h0", tanh}},
		{"torch safetensors", f.torch().safetensors(pt), summed, []string{"fc.weight as W_out", "zero: h0", tanh, unproved}},
		{"cell", cell.npz(), summed, []string{"cell.weight_ih as W_in", tanh}},
		{"no biases", bare.npz(), func(n *Network[float32]) {
			for i := range n.Units {
				n.Row(n.B(), i)[0] = 0
			}
			for i := range n.Out {
				n.Row(n.BOut(), i)[0] = 0
			}
		}, []string{"not in the file and zero: b, b_out"}},
		{"own names", f.safetensors(nil), nil, []string{unproved}},
		{"own names, metadata of others", f.safetensors(map[string]string{"format": "np", "comment": "mine"}), nil, []string{unproved}},
		{"no h0", f.with(foreign{"h0": {}}).npz(), func(n *Network[float32]) { clearFloats(n.H0) }, []string{"not in the file and zero: h0"}},
		{"PsychRNN", f.psychRNN().npz(), nil, []string{"b_rec as b", "init_state as h0", "ignored, of an optimizer: W_in/Adam, W_out/Adam, W_rec/Adam, b_out/Adam, b_rec/Adam, beta1_power, init_state/Adam",
			"ignored, all ones: rec_connectivity", "ignored, the identity, without a dale_ratio: Dale_rec", "ignored, None: dale_ratio", tanh}},
		{"prefix", f.renamed("W_rec", "model.W_rec", "W_in", "model/W_in").npz(), nil, []string{"model.W_rec as W_rec", "model/W_in as W_in"}},
	} {
		got, told := notices(t, Reading{}, c.data)
		n := must(Load[float32](got))
		w := converted[float32](want)
		if c.change != nil {
			c.change(w)
		}
		if !equalBits(n, w) {
			t.Errorf("%s: another network", c.name)
		}
		for _, say := range c.told {
			if !strings.Contains(told, say) {
				t.Errorf("%s: told %q, lacks %q", c.name, told, say)
			}
		}
	}
	if _, told := notices(t, Reading{}, f.npz()); told != "" {
		t.Errorf("nothing is assumed of a file with all arrays, told %q", told)
	}
}

func clearFloats(x []float32) { clear(x) }

// TestForeignRefused holds what is said of arrays that are not understood or do not fit.
func TestForeignRefused(t *testing.T) {
	_, f := foreignNet(6, 2, 3)
	vector := func(n int) foreignArray { return foreignArray{shape: []int{n}, values: make([]float32, n)} }
	matrix := func(n, m int) foreignArray {
		return foreignArray{shape: []int{n, m}, values: make([]float32, n*m)}
	}
	half := matrix(6, 6)
	copy(half.values, []float32{1, 1, 1})
	signs := foreignArray{shape: []int{6, 6}, values: diagonal(6, 2)}
	for _, c := range []struct {
		file foreign
		want string
	}{
		{f.with(foreign{"b_rec2": vector(6)}), "b_rec2 is not understood: the file has W_in 6×2, W_out 3×6, W_rec 6×6, b 6, b_out 3, b_rec2 6, h0 6; want W_rec W_in W_out"},
		{f.with(foreign{"alpha": {shape: []int{}, values: []float32{0.2}}, "x\x1b": vector(1)}), `alpha and "x\x1b" are not understood: the file has "x\x1b" 1, W_in 6×2, W_out 3×6, W_rec 6×6, alpha a single number, b 6, b_out 3, h0 6; `},
		{f.with(foreign{"b_rec": vector(6)}), "b and b_rec are both read as b, want one array: the file has W_in 6×2,"},
		{f.torch().with(foreign{"encoder.weight": matrix(6, 2)}), "encoder.weight and fc.weight are both read as W_out, want one array: the file has encoder.weight 6×2, fc.bias 3,"},
		{f.torch().with(foreign{"encoder.weight": matrix(6, 2), "other.weight": matrix(6, 6)}), "encoder.weight, fc.weight and other.weight are all read as W_out, want one array: the file has encoder.weight 6×2, fc.bias 3,"},
		{f.with(foreign{"W_rec": matrix(5, 6)}), "W_rec is 5×6, want N×N"},
		{f.torch().with(foreign{"rnn.bias_hh_l0": vector(5)}), "rnn.bias_hh_l0 + rnn.bias_ih_l0: shapes are 5 and 6, want one"},
		{f.torch().with(foreign{"rnn.weight_hh_l0": matrix(24, 6), "rnn.weight_ih_l0": matrix(24, 2)}), "rnn.weight_hh_l0 24×6 is of an LSTM, which has four gates; want nn.RNN"},
		{f.torch().with(foreign{"rnn.weight_hh_l0": matrix(18, 6), "rnn.weight_ih_l0": matrix(18, 2)}), "rnn.weight_hh_l0 18×6 is of a GRU, which has three gates; want nn.RNN"},
		{f.torch().with(foreign{"rnn.weight_hh_l1": matrix(6, 6)}), "rnn.weight_hh_l1 6×6 is of a network of several layers; want nn.RNN or nn.RNNCell, one layer and one direction"},
		{f.torch().with(foreign{"rnn.weight_hh_l0_reverse": matrix(6, 6)}), "rnn.weight_hh_l0_reverse 6×6 is of a network of two directions;"},
		{f.torch().with(foreign{"rnn.weight_hr_l0": matrix(6, 6)}), "rnn.weight_hr_l0 6×6 is of an LSTM with a projection;"},
		{f.torch().with(foreign{"fc.weight": {}, "fc.bias": {}}), "no array W_out, the file has rnn.bias_hh_l0 6,"},
		{f.psychRNN().with(foreign{"rec_connectivity": half}), "rec_connectivity would change 33 weights of W_rec: save the weights as they act"},
		{f.psychRNN().with(foreign{"rec_connectivity": matrix(5, 6)}), "rec_connectivity is 5×6, want 6×6 as W_rec"},
		{f.psychRNN().with(foreign{"Dale_rec": signs}), "Dale_rec would change the signs of W_rec"},
		{f.psychRNN().with(foreign{"Dale_rec": matrix(3, 3)}), "Dale_rec is 3×3, want 6×6 beside W_rec"},
		{f.psychRNN().with(foreign{"dale_ratio": {object: some3}}), `Dale_rec would change the signs of W_rec`},
		{f.with(foreign{"dale_ratio": {object: some3}}), `dale_ratio is of type "|O", want truth values, whole numbers or float16, float32 or float64`},
		{f.with(foreign{"dale_ratio": {shape: []int{}, values: []float32{0.8}}}), "dale_ratio without Dale_rec: which units are inhibitory is unknown"},
		{foreign{"recurrent": matrix(6, 6)}, "no array of a network or of trials: the file has recurrent 6×6; want W_rec"},
	} {
		if _, err := Decode(c.file.npz()); err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	var unknown *UnknownArraysError
	if _, err := Decode(f.with(foreign{"loss": vector(9)}).npz()); !errors.As(err, &unknown) || !slices.Equal(unknown.Names, []string{"loss"}) {
		t.Errorf("%v, want the name of what is unknown", err)
	}
	got, told := notices(t, Reading{Ignore: []string{"loss", "nothing"}}, f.with(foreign{"loss": vector(9)}).npz())
	if want, _ := foreignNet(6, 2, 3); !equalBits(must(Load[float32](got)), want) || told != "ignored, as asked: loss" {
		t.Errorf("told %q", told)
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{appendNPY(nil, "f", 4, []int{0}), "a single array of NumPy, want an npz file of several (numpy.savez)"},
		{zipOf("archive/data.pkl", "\x80\x02."), "a file of torch.save, want npz (numpy.savez of the state dict's arrays) or safetensors"},
		{zipOf("readme.txt", "not an array"), "no array of a network or of trials: the file has readme.txt (unreadable); want W_rec W_in W_out"},
	} {
		if _, err := Decode(c.data); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
}

// zipOf returns a zip file of one entry.
func zipOf(name, content string) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	must(must(z.Create(name)).Write([]byte(content)))
	if err := z.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// TestSigns accepts masks and signs that the weights have already.
func TestSigns(t *testing.T) {
	_, f := foreignNet(6, 2, 3)
	absolute := func(name string, negative int) foreignArray {
		a := f[name]
		v := slices.Clone(a.values)
		for i := range v {
			v[i] = float32(math.Abs(float64(v[i])))
			if i%a.shape[1] >= a.shape[1]-negative {
				v[i] = -v[i]
			}
		}
		return foreignArray{shape: a.shape, values: v}
	}
	signs := foreignArray{shape: []int{6, 6}, values: diagonal(6, 2)}
	dale := f.psychRNN().with(foreign{"W_rec": absolute("W_rec", 2), "W_out": absolute("W_out", 2), "W_in": absolute("W_in", 0),
		"Dale_rec": signs, "Dale_out": signs, "dale_ratio": {shape: []int{}, values: []float32{0.8}}})
	if _, told := notices(t, Reading{}, dale.npz()); !strings.Contains(told, "ignored, already in the signs of W_rec: Dale_rec") || !strings.Contains(told, "ignored, the weights have its signs: dale_ratio") {
		t.Errorf("told %q", told)
	}
	if _, err := Decode(dale.with(foreign{"W_in": f["W_in"]}).npz()); err == nil || err.Error() != "dale_ratio: W_in has negative weights, save the weights as they act" {
		t.Errorf("%v", err)
	}
	mask := foreignArray{shape: []int{6, 6}, values: diagonal(6, 0)}
	masked := f.psychRNN().with(foreign{"rec_connectivity": mask, "W_rec": {shape: []int{6, 6}, values: diagonal(6, 3)}, "dale_ratio": {object: none5}})
	if _, told := notices(t, Reading{}, masked.npz()); !strings.Contains(told, "ignored, already in the weights of W_rec: rec_connectivity") {
		t.Errorf("told %q", told)
	}
}

// TestOrientation reads matrices whose shapes do not tell rows from columns.
func TestOrientation(t *testing.T) {
	want, square := foreignNet(3, 3, 3)
	turned := converted[float32](want)
	for _, r := range []autodiff.Rect{want.WRec(), want.WIn(), want.WOut()} {
		for i := range 3 {
			for j := range 3 {
				turned.Row(r, i)[j] = want.Row(r, j)[i]
			}
		}
	}
	for _, c := range []struct {
		asked Orientation
		want  *Network[float32]
		told  string
	}{
		{ByShape, want, "W_rec, W_in and W_out are all 3×3, which does not tell the orientation: columns are assumed, W_rec h as in Eq. 1, not rows, h W_rec"},
		{Columns, want, ""},
		{Rows, turned, ""},
	} {
		f, told := notices(t, Reading{Orientation: c.asked}, square.npz())
		if !equalBits(must(Load[float32](f)), c.want) || told != c.told {
			t.Errorf("orientation %d: told %q, or another network", c.asked, told)
		}
	}
	if _, told := notices(t, Reading{}, square.torch().npz()); strings.Contains(told, "orientation") {
		t.Errorf("names tell columns, told %q", told)
	}
	one, small := foreignNet(1, 1, 1)
	if f, told := notices(t, Reading{}, small.npz()); !equalBits(must(Load[float32](f)), one) || told != "" {
		t.Errorf("1×1: told %q, or another network", told)
	}
	_, wide := foreignNet(4, 2, 3)
	if _, err := (Reading{Orientation: Rows}).Decode(wide.npz()); err == nil || err.Error() != "W_in is 4×2 and W_out 3×4, want inputs×N and N×outputs where states are rows, with N = 4 of W_rec" {
		t.Errorf("%v", err)
	}
}

// TestAxes drops axes of length one, and reads a network without inputs.
func TestAxes(t *testing.T) {
	want, f := foreignNet(6, 2, 3)
	longer := f.with(foreign{
		"h0": {shape: []int{1, 1, 6}, values: f["h0"].values}, "b": {shape: []int{6, 1}, values: f["b"].values},
		"b_out": {shape: []int{1, 3, 1}, values: f["b_out"].values}, "W_in": {shape: []int{1, 6, 2}, values: f["W_in"].values},
	})
	alone, none := foreignNet(6, 0, 3)
	for _, data := range [][]byte{longer.npz(), longer.safetensors(nil)} {
		if got, _ := notices(t, Reading{}, data); !equalBits(must(Load[float32](got)), want) {
			t.Error("axes of length one: another network")
		}
	}
	for _, data := range [][]byte{none.npz(), none.safetensors(nil)} {
		if got, _ := notices(t, Reading{}, data); !equalBits(must(Load[float32](got)), alone) {
			t.Error("no inputs: another network")
		}
	}
}

// TestSavedAgain reads files of ours that another program has saved again: with tensors and
// metadata in another order, and more of these; without the metadata; with other numbers.
func TestSavedAgain(t *testing.T) {
	info := Info{Task: "T7", Arm: "molap", Seed: 3, Settings: "a = 1\nname = \"größer\"\n"}
	want, _ := foreignNet(6, 2, 3)
	ours := must(EncodeSafetensors(want, info))
	size := binary.LittleEndian.Uint64(ours)
	var header map[string]json.RawMessage
	if err := json.Unmarshal(ours[8:8+size], &header); err != nil {
		t.Fatal(err)
	}
	var metadata map[string]string
	if err := json.Unmarshal(header["__metadata__"], &metadata); err != nil {
		t.Fatal(err)
	}
	_, arrays := foreignNet(6, 2, 3)
	same := func(what string, data []byte, told string) {
		t.Helper()
		f, got := notices(t, Reading{}, data)
		if !equalBits(must(Load[float32](f)), want) || f.Info != info || got != told {
			t.Errorf("%s: %+v, told %q", what, f.Info, got)
		}
	}
	same("sorted", arrays.safetensors(metadata), "")
	more := maps.Clone(metadata)
	more["comment"] = "mine"
	same("with a comment", arrays.safetensors(more), "ignored, metadata of others: comment")
	other := arrays.with(foreign{"h0": {shape: []int{6}, values: make([]float32, 6)}})
	if _, err := Decode(other.safetensors(metadata)); err == nil || !strings.HasPrefix(err.Error(), "file is damaged: SHA-256 of its content is ") {
		t.Errorf("other numbers: %v", err)
	}
	delete(more, keySum)
	if _, err := Decode(arrays.safetensors(more)); err == nil || err.Error() != `no "sha256" in the metadata of a molap network` {
		t.Errorf("no digest: %v", err)
	}
}

// TestFrom keeps what a training went on from, and how it ended.
func TestFrom(t *testing.T) {
	n, _ := foreignNet(6, 2, 3)
	info := Info{Task: "T1", Arm: "separate", From: "mine.npz", Diverged: "at iteration 3"}
	if f := must(Decode(must(EncodeSafetensors(n, info)))); f.Info != info {
		t.Errorf("%+v", f.Info)
	}
}
