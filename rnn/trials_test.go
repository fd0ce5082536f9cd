package rnn

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
)

// npy returns the header's text and the bytes of an array of float64.
func npy(shape string, fortran bool, x ...float64) (header, data string) {
	order := map[bool]string{false: "False", true: "True"}[fortran]
	return "{'descr': '<f8', 'fortran_order': " + order + ", 'shape': " + shape + "}", string(appendFloats(nil, x))
}

// maskedTrials returns a file of trials of 2 steps, 3 trials, 1 input and 2 outputs with targets y and
// arrays more, each a name, a header and data.
func maskedTrials(y []float64, more ...string) []byte {
	h, x := npy("(2, 3, 1)", false, 0, 1, 2, 3, 4, 5)
	hy, dy := npy("(2, 3, 2)", false, y...)
	return npzOf(zip.Store, append([]string{"X", h, x, "Y", hy, dy}, more...)...)
}

// TestMask reads masks of every shape and type; targets of weight 0 are 0, whatever they were.
func TestMask(t *testing.T) {
	nan := math.NaN()
	y := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	array := func(shape string, fortran bool, x ...float64) []string {
		h, data := npy(shape, fortran, x...)
		return []string{"mask", h, data}
	}
	typed := func(descr, data string) []string {
		return []string{"mask", "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (2,)}", data}
	}
	byStep := []float64{0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2}
	one := slices.Clone(byStep)
	for i := range one {
		one[i] /= 2
	}
	for _, c := range []struct {
		mask []string
		want []float64
	}{
		{array("(2,)", false, 0, 2), byStep},
		{array("(2, 3)", false, 0, 0, 0, 2, 2, 2), byStep},
		{array("(2, 3)", true, 0, 2, 0, 2, 0, 2), byStep},
		{array("(2, 1, 1)", false, 0, 2), byStep},
		{array("(2, 3, 1)", false, 0, 0, 0, 2, 2, 2), byStep},
		{array("(2, 3, 2)", false, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
		{typed("|b1", "\x00\x01"), one},
		{typed("|u1", "\x00\x02"), byStep},
		{typed("<i8", "\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"), byStep},
	} {
		targets := slices.Clone(y)
		for i, w := range c.want {
			if w == 0 {
				targets[i] = nan
			}
		}
		f, err := Decode(maskedTrials(targets, c.mask...))
		if err != nil {
			t.Errorf("%q: %v", c.mask[1], err)
			continue
		}
		got := must(LoadTrials[float32](f, autodiff.Shape{In: 1, Out: 2}))
		for i, w := range c.want {
			want := float32(y[i])
			if w == 0 {
				want = 0
			}
			if got.Weights[i] != float32(w) || got.Y[i] != want {
				t.Errorf("%q: weight %d is %v, target %v; want %v, %v", c.mask[1], i, got.Weights[i], got.Y[i], w, want)
			}
		}
		again := must(LoadTrials[float32](must(Decode(must(EncodeNPZ(nil, got)))), autodiff.Shape{In: 1, Out: 2}))
		if !slices.Equal(again.Weights, got.Weights) || !slices.Equal(again.Y, got.Y) {
			t.Errorf("%q: written and read again, other weights or targets", c.mask[1])
		}
	}
}

// TestTypes reads trials whose numbers are of any type that NumPy has, in both orders of bytes:
// they are those of float64.
func TestTypes(t *testing.T) {
	h, _ := npy("(2, 3, 1)", false)
	y := []float64{1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0}
	six := func(number string) string { return strings.Repeat(number, 6) }
	all := func(v float64) []float64 { return slices.Repeat([]float64{v}, 6) }
	for _, c := range []struct {
		descr, numbers string
		want           []float64
	}{
		{"|b1", "\x00\x01\x00\x01\x01\x00", []float64{0, 1, 0, 1, 1, 0}},
		{"|u1", six("\xff"), all(255)},
		{"|i1", six("\xff"), all(-1)},
		{"<u2", six("\xff\xfe"), all(65279)},
		{">i2", six("\xff\xfe"), all(-2)},
		{"<i4", six("\xfe\xff\xff\xff"), all(-2)},
		{">u4", six("\x00\x00\x00\x07"), all(7)},
		{"<i8", six("\xfd" + strings.Repeat("\xff", 7)), all(-3)},
		{">u8", six(strings.Repeat("\x00", 6) + "\x01\x00"), all(256)},
		{"<f2", "\x00\x00\x00\x3c\x01\x00\x00\x38\x00\xbc\xff\x7b", []float64{0, 1, 1.0 / (1 << 24), 0.5, -1, 65504}},
		{">f2", six("\x83\xff"), all(-1023.0 / (1 << 24))},
		{">f4", six("\x3f\xc0\x00\x00"), all(1.5)},
		{">f8", six("\xc0" + strings.Repeat("\x00", 7)), all(-2)},
	} {
		hy, dy := npy("(2, 3, 2)", false, y...)
		f, err := Decode(npzOf(zip.Store, "X", strings.Replace(h, "<f8", c.descr, 1), c.numbers, "Y", hy, dy))
		if err != nil {
			t.Errorf("%s: %v", c.descr, err)
			continue
		}
		if got := must(LoadTrials[float64](f, autodiff.Shape{In: 1, Out: 2})).X; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.descr, got, c.want)
		}
	}
	for _, descr := range []string{"f4", "<<f4", "=f4", "|S4", "<f16", "bfloat16x"} {
		if _, err := numberTypeOf(descr); err == nil {
			t.Errorf("%q is read", descr)
		}
	}
	for _, bits := range []string{"\x00\x7c", "\x00\xfc", "\x01\x7e"} { // ∞, -∞ and NaN
		hy, dy := npy("(2, 3, 2)", false, y...)
		_, err := Decode(npzOf(zip.Store, "X", strings.Replace(h, "<f8", "<f2", 1), six(bits), "Y", hy, dy))
		if err == nil || !strings.Contains(err.Error(), "X[0, 0, 0] is ") {
			t.Errorf("float16 %q: %v", bits, err)
		}
	}
}

// TestDrawnLeftOut leaves out what was drawn where it is not finite or would be rounded, and says so.
func TestDrawnLeftOut(t *testing.T) {
	h, data := npy("(3,)", false, 1, math.NaN(), 3)
	whole := strings.Replace(h, "<f8", "<i8", 1)
	beyond := string(binary.LittleEndian.AppendUint64(make([]byte, 16), 1<<53+1))
	y := make([]float64, 12)
	for _, c := range []struct{ header, data, want string }{
		{h, data, "ignored, not finite in all trials: draw_coh"},
		{whole, beyond, "ignored, whole numbers of 2⁵³ and more: draw_coh"},
	} {
		f := must(Decode(maskedTrials(y, "draw_coh", c.header, c.data)))
		if want := []string{c.want}; !slices.Equal(f.Notices, want) || f.given.beside != nil {
			t.Errorf("%q, want %q; kept %v", f.Notices, want, f.given.beside)
		}
	}
}

// TestBFloat16 reads trials of safetensors in bfloat16.
func TestBFloat16(t *testing.T) {
	header := `{"X":{"dtype":"BF16","shape":[1,2,1],"data_offsets":[0,4]},"Y":{"dtype":"F16","shape":[1,2,1],"data_offsets":[4,8]}}`
	text := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header+"\xc0\x3f\x80\xbf\x00\x3c\x00\xc0"...)
	got := must(LoadTrials[float64](must(Decode(text)), autodiff.Shape{In: 1, Out: 1}))
	if !slices.Equal(got.X, []float64{1.5, -1}) || !slices.Equal(got.Y, []float64{1, -2}) {
		t.Errorf("X %v, Y %v", got.X, got.Y)
	}
}

// TestHalfBiases adds up the two biases of PyTorch, which are float16 in one file and whole numbers
// in the other.
func TestHalfBiases(t *testing.T) {
	f4 := func(shape string) string { return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}" }
	zeros := string(make([]byte, 16))
	for descr, number := range map[string]string{"<f2": "\x00\x38", "|i1": "\x03", "<i8": "\x03\x00\x00\x00\x00\x00\x00\x00"} {
		bias, want := strings.Replace(f4("(2,)"), "<f4", descr, 1), 6.0
		if descr == "<f2" {
			want = 1
		}
		f, err := Decode(npzOf(zip.Store, "weight_hh", f4("(2, 2)"), zeros, "weight_ih", f4("(2, 1)"), zeros[:8], "weight", f4("(1, 2)"), zeros[:8],
			"bias_ih", bias, number+number, "bias_hh", bias, number+number))
		if err != nil {
			t.Fatal(err)
		}
		n := must(Load[float64](f))
		for i := range n.Units {
			if b := n.Row(n.B(), i)[0]; b != want {
				t.Errorf("%s: bias %d is %v, want %v", descr, i, b, want)
			}
		}
	}
}

// TestRefusedMask checks what is said of trials that contradict their mask, and of what else a
// file says of them.
func TestRefusedMask(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	y := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	bad := slices.Clone(y)
	bad[9] = nan
	array := func(name, shape string, x ...float64) []string {
		h, data := npy(shape, false, x...)
		return []string{name, h, data}
	}
	for _, c := range []struct {
		y    []float64
		more []string
		want string
	}{
		{bad, nil, "array Y[1, 1, 1] is NaN: where no answer is asked for, say so by an array mask (steps × trials × outputs) that is 0 there"},
		{bad, array("mask", "(2,)", 1, 1), "array Y[1, 1, 1] is NaN, and mask is not 0 there"},
		{y, array("mask", "(3,)", 1, 1, 1), "mask is 3, want 2×3×2 as Y, 2×3 or 2: steps, trials and outputs"},
		{y, array("mask", "(2, 2)", 1, 1, 1, 1), "mask is 2×2, want 2×3×2 as Y, 2×3 or 2: steps, trials and outputs"},
		{y, array("mask", "(2, 1, 2)", 1, 1, 1, 1), "mask is 2×1×2, want 2×3×2 as Y, 2×3 or 2: steps, trials and outputs"},
		{y, array("mask", "(2,)", 1, -1), "mask is -1 at [1, 0, 0], want a weight ≥ 0 that float32 can hold"},
		{y, array("mask", "(2,)", 1, nan), "mask is NaN at [1, 0, 0], want a weight ≥ 0 that float32 can hold"},
		{y, array("mask", "(2,)", 1, inf), "mask is +Inf at [1, 0, 0], want a weight ≥ 0 that float32 can hold"},
		{y, array("mask", "(2,)", 0, 0), "mask is 0 everywhere: nothing is asked for"},
		{y, array("mask", "(2,)", 1), "mask is 2 numbers of 8 bytes, but 8 bytes long"},
		{y, []string{"mask", "{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}", ""}, `mask is of type "<c8", want truth values, whole numbers or float16, float32 or float64`},
		{y, array("Mask", "(2,)", 1, 1), "array Mask differs from mask in case alone: rename it"},
		{y, array("Fixation", "()", 1), "array Fixation differs from fixation in case alone: rename it"},
		{y, array("dt", "()", -1), "dt is -1, want the length of a step in milliseconds"},
		{y, array("dt", "(2,)", 1, 1), "dt is an array of shape 2, want a single number"},
		{y, array("fixation", "()", 1.5), "fixation is 1.5, want a whole number"},
		{y, []string{"fixation", "{'descr': '|b1', 'fortran_order': False, 'shape': ()}", "\x01"}, "fixation is a truth value, want a whole number"},
	} {
		if _, err := Decode(maskedTrials(c.y, c.more...)); err == nil || err.Error() != c.want {
			t.Errorf("%v, want\n%s", err, c.want)
		}
	}
	for n, want := range map[byte]string{3: "fixation is 3, want an output, 1 to 2, or 0 for none", 0: "", 2: ""} {
		f, err := Decode(maskedTrials(y, "fixation", "{'descr': '<i4', 'fortran_order': False, 'shape': ()}", string([]byte{n, 0, 0, 0})))
		if want != "" && (err == nil || err.Error() != want) || want == "" && err != nil {
			t.Errorf("%v, want %q", err, want)
		}
		if err == nil {
			if got, said := f.Fixation(); got != int(n) || !said {
				t.Errorf("fixation is %d (%v), want %d", got, said, n)
			}
		}
	}
}

// TestResponse scores where trials are asked for an answer, and there alone.
func TestResponse(t *testing.T) {
	// Two steps of three trials and two outputs; 9 is where nobody asks.
	targets := []float64{1, 9, 9, 0, 9, 0, 1, 9, 1, 0, 9, 0}
	outputs := []float64{1, 5, 5, 0, 5, 1, 0.9, 5, 0, 0, 5, 0}
	c := Criterion{Tolerance: 0.1, Window: 99}
	for _, y := range targets {
		c.Response = append(c.Response, y != 9)
	}
	// Output 1: trial 1 right (mean 0.95 of 1), trial 2 wrong, trial 3 not asked. Output 2:
	// trial 1 not asked, trial 2 right, trial 3 wrong (mean 0.5 of 0).
	if got := Score(c, outputs, targets, 3, 2); !slices.Equal(got, []float64{50, 50}) {
		t.Errorf("score %v", got)
	}
	if n := ScoreNulls(c, targets, 3, 2); !slices.Equal(n.Blind, []float64{100, 100}) || !slices.Equal(n.Constant, []float64{100, 100}) {
		t.Errorf("nulls %v: of the trials that are asked all ask the same", n)
	}
	for i := range outputs { // what is answered elsewhere does not matter
		if !c.Response[i] {
			outputs[i] = math.NaN()
		}
	}
	if got := fmt.Sprint(Score(c, outputs, targets, 3, 2)); got != "[50 50]" {
		t.Errorf("score %v", got)
	}
	c.Choice = true // only the second trial is asked for both outputs, and chooses the first
	if got, n := fmt.Sprint(Score(c, outputs, targets, 3, 2)), ScoreNulls(c, targets, 3, 2); got != "[0 0]" || n.Constant[0] != 100 {
		t.Errorf("choices score %v, nulls %v", got, n)
	}
	c.Choice = false
	for i := range c.Response {
		c.Response[i] = c.Response[i] && i%2 == 0
	}
	if got := fmt.Sprint(Score(c, outputs, targets, 3, 2)); !strings.HasSuffix(got, " NaN]") {
		t.Errorf("an output that nobody asks for scores %v", got)
	}
}
