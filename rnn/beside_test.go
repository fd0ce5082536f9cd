package rnn

import (
	"reflect"
	"strings"
	"testing"
)

// TestBeside: what was drawn for trials comes back as it was written, and a list of another
// length or kind is not taken for it.
func TestBeside(t *testing.T) {
	trials := fileTrials[float64]()
	want := []Extra{{"draw_coh", []int{3}, []float64{0.1, -0.2, 0}}, {"draw_θ", []int{3}, []float64{1, 2, 3}}, {"start_pulse 1", []int{3}, []int{5, 6, -7}}}
	trials.Beside = []Extra{want[2], want[0], want[1], {"outputs", []int{5, 3, fileShape.Out}, make([]float32, 15*fileShape.Out)}}
	f := must(Decode(must(EncodeNPZ(fileNetwork[float64](), trials))))
	if len(f.Notices) > 0 {
		t.Errorf("said %q", f.Notices)
	}
	got := must(LoadTrials[float64](f, fileShape))
	if !reflect.DeepEqual(got.Beside, want) {
		t.Errorf("%+v, want %+v", got.Beside, want)
	}
	trials.Beside = []Extra{{"outputs", []int{5, 2}, make([]float64, 10)}}
	if f := must(Decode(must(EncodeNPZ(fileNetwork[float64](), trials)))); len(f.Notices) != 1 || f.Notices[0] != "ignored, not of the trials X: outputs" {
		t.Errorf("said %q", f.Notices)
	}
	for _, c := range []struct {
		array Extra
		want  string
	}{
		{Extra{"draw_coh", []int{2}, []float64{1, 2}}, "draw_coh has 2 numbers, want one for each of the 3 trials of X"},
		{Extra{"start_a", []int{1, 3}, []int{1, 2, 3}}, "start_a is not understood"},
	} {
		trials.Beside = []Extra{c.array}
		if _, err := Decode(must(EncodeNPZ(fileNetwork[float64](), trials))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.array, err, c.want)
		}
	}
}
