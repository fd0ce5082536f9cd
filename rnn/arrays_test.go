package rnn

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestArrays writes arrays for NumPy and reads them back, alone and among others.
func TestArrays(t *testing.T) {
	a := Array{Name: "a", Shape: []int{2, 3}, Values: []float64{1, 2, 3, 4, 5, 6}}
	z := Array{Name: "z", Shape: []int{2}, Complex: true, Values: []float64{1, 2, 3, 4}}
	both, alone := must(EncodeArrays(z, a)), must(EncodeArrays(a))
	for _, data := range [][]byte{both, alone} {
		got, err := DecodeArray(data, "b", "a")
		if err != nil || got.Name != "a" || !slices.Equal(got.Shape, a.Shape) || !slices.Equal(got.Values, a.Values) {
			t.Errorf("read %v, %v, want %v", got, err, a)
		}
	}
	npy := append(appendNPY(nil, "f", 4, []int{2}), appendFloats(nil, []float32{1, 2})...)
	if got, err := DecodeArray(npy); err != nil || !slices.Equal(got.Values, []float64{1, 2}) {
		t.Errorf("read %v, %v", got, err)
	}
	one := must(EncodeArrays(Array{Name: "a", Shape: []int{}, Values: []float64{7}}))
	if got, err := DecodeArray(one); err != nil || !slices.Equal(got.Values, []float64{7}) || !slices.Equal(got.Shape, []int{1}) {
		t.Errorf("read a single number as %v, %v", got, err)
	}
	nan := must(EncodeArrays(Array{Name: "a", Shape: []int{1, 1}, Values: []float64{math.NaN()}}))
	for want, data := range map[string][]byte{
		`several arrays, "z a", none of them called q or r`: both,
		"arrays q and r, want one of q, r":                  must(EncodeArrays(Array{Name: "q", Shape: []int{}, Values: []float64{7}}, Array{Name: "r", Shape: []int{}, Values: []float64{7}})),
		"neither an npy nor an npz file":                    []byte("{}"),
		"a[0, 0] is NaN":                                    nan,
		"the array is 2 numbers of 4 bytes, but 4":          npy[:len(npy)-4],
		"not a whole npz file":                              both[:40],
		"z is of type \"<c16\"":                             must(EncodeArrays(z)),
	} {
		if _, err := DecodeArray(data, "q", "r"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
