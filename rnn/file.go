package rnn

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"molap/autodiff"
	"molap/kernels"
)

// Info tells where the network of a file comes from.
type Info struct {
	Task     string // what it was trained on
	Arm      string // how it got its recurrent weights
	Seed     uint64
	Settings string // every resolved setting, as text
	From     string // the network that training went on from, as text; empty: none
	Diverged string // where and how training broke off; empty: it did not
}

// File is a decoded file: a network, perhaps with the state of its training, or trials,
// or both. It refers to the bytes it was decoded from.
type File struct {
	Info
	Shape   autodiff.Shape // zero if the file has no network
	Modules int            // 1 where the file does not say
	Leak    float64        // α of its units, 1 where the file does not say
	Type    string         // of the weights, "f32" or "f64"; "f64" if they are mixed

	// Notices tell what was assumed or left out in reading the file: names that were
	// translated, arrays that are absent and zero, arrays that were ignored and why.
	Notices []string

	// Of a training state only:
	Iteration int // iterations done
	training  string

	arrays  map[string]fileArray
	given   trialsInfo   // what the file says of its trials
	members []fileMember // all that the file has, if another program may have written it
}

// Orientation says whether states are columns or rows.
type Orientation int

const (
	ByShape Orientation = iota // as the shapes tell; columns if they do not
	Columns                    // W_rec h + W_in x, as in Eq. 1
	Rows                       // h W_rec + x W_in: all matrices are transposed
)

// Reading answers what a file of another program leaves open.
type Reading struct {
	Orientation Orientation
	Ignore      []string // names of arrays that are no part of the network
	Trials      bool     // only trials are wanted: arrays of networks are ignored
}

// networkArray is an array of a network in files.
type networkArray struct {
	name     string
	matrix   bool                               // its shape is rows × columns; otherwise it is a vector
	optional bool                               // a file may lack it; it is zero then
	block    func(autodiff.Shape) autodiff.Rect // finds it in the augmented matrix; nil for h[0]
}

// networkArrays are the arrays of a network in the order of files.
var networkArrays = []networkArray{
	{name: "W_rec", matrix: true, block: autodiff.Shape.WRec},
	{name: "W_in", matrix: true, block: autodiff.Shape.WIn},
	{name: "b", optional: true, block: autodiff.Shape.B},
	{name: "h0", optional: true},
	{name: "W_out", matrix: true, block: autodiff.Shape.WOut},
	{name: "b_out", optional: true, block: autodiff.Shape.BOut},
}

// networkNames are the names of networkArrays.
var networkNames = func() (names []string) {
	for _, a := range networkArrays {
		names = append(names, a.name)
	}
	return names
}()

// shape returns the shape that the array has in a network of shape s.
func (a networkArray) shape(s autodiff.Shape) []int {
	switch {
	case a.block == nil:
		return []int{s.Units}
	case a.matrix:
		return []int{a.block(s).Rows, a.block(s).Cols}
	}
	return []int{a.block(s).Rows}
}

// rowsOf returns the rows of an array of n, views of its parameters.
func rowsOf[T kernels.Float](n *Network[T], a networkArray) [][]T {
	if a.block == nil {
		return [][]T{n.H0}
	}
	r := a.block(n.Shape)
	rows := make([][]T, r.Rows)
	for i := range rows {
		rows[i] = n.Row(r, i)
	}
	return rows
}

// Decode reads the bytes of a file: safetensors as EncodeSafetensors and Trainer.State write it,
// npz as EncodeNPZ and NumPy write it, or either as other programs write it (see docs/python.md).
// It checks the whole file before it makes anything of it, and returns an error if a number is not
// finite, if arrays do not fit together or are not understood, or if the file is damaged. Decode
// and Load allocate no more than about twice len(data), at the file's own type, and 8 bytes for
// each target that a mask weighs. For a compressed npz they allocate up to twice what it unpacks
// to; it may unpack to 256 MB or, if that is more, to 100 times len(data).
func Decode(data []byte) (*File, error) { return Reading{}.Decode(data) }

// Decode reads the bytes of a file as the function Decode does.
func (r Reading) Decode(data []byte) (*File, error) {
	f := &File{Modules: 1, Leak: 1, arrays: map[string]fileArray{}}
	err := errors.New("neither a safetensors nor an npz file")
	switch {
	case len(data) == 0:
		err = errors.New("an empty file, want a safetensors or an npz file")
	case bytes.HasPrefix(data, []byte("PK")):
		var members []fileMember
		if members, err = npzMembers(data); err == nil {
			err = f.take(members, r)
		}
	case bytes.HasPrefix(data, []byte(npyMagic)):
		err = errors.New("a single array of NumPy, want an npz file of several (numpy.savez)")
	case len(data) > 8 && (data[8] == '{' || data[8] == ' '):
		err = f.decodeSafetensors(data, r)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Load returns the network of a file with numbers of type T. Numbers of the other type are
// converted, to float32 by rounding. A number too large for float32 is an error.
func Load[T kernels.Float](f *File) (*Network[T], error) {
	if f.Shape.Units == 0 {
		return nil, fmt.Errorf("no network in the file, which has %s; %s", f.Arrays(), expectedNames)
	}
	n := &Network[T]{autodiff.NewParams[T](f.Shape), f.Modules}
	n.Leak = f.Leak
	for _, have := range networkArrays {
		a, ok := f.arrays[have.name]
		if !ok {
			continue // it is zero
		}
		for i, row := range rowsOf(n, have) {
			if err := readFloats(row, have.name, a, i*a.strides[0], a.strides[len(a.strides)-1]); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}

// Arrays returns a text with the names of all arrays of a file, and for a file of another program
// also their shapes.
func (f *File) Arrays() string {
	if f.members != nil {
		return f.list()
	}
	return strings.Join(slices.Sorted(maps.Keys(f.arrays)), " ")
}

// setNetwork takes the shape of a network from its arrays and checks that they
// fit together. Biases and h0 may be missing.
func (f *File) setNetwork() error {
	var absent []string
	for _, want := range networkArrays {
		if _, ok := f.arrays[want.name]; ok {
			continue
		}
		if !want.optional {
			return fmt.Errorf("no array %s, the file has %s; %s", want.name, f.Arrays(), expectedNames)
		}
		absent = append(absent, want.name)
	}
	if len(absent) > 0 {
		f.note("not in the file and zero: %s", strings.Join(absent, ", "))
	}
	stored := 0
	f.Type = "f32"
	s := autodiff.Shape{Units: f.arrays["W_rec"].shape[0], In: f.arrays["W_in"].shape[1], Out: f.arrays["W_out"].shape[0]}
	for _, have := range networkArrays {
		a, ok := f.arrays[have.name]
		if !ok {
			continue
		}
		if want := have.shape(s); !slices.Equal(a.shape, want) {
			return fmt.Errorf("%s is %s, want %s in a network of %d units, %d inputs, %d outputs",
				have.name, shapeText(a.shape), shapeText(want), s.Units, s.In, s.Out)
		}
		if a.size == 8 {
			f.Type = "f64"
		}
		stored += a.count()
	}
	if s.Units < 1 || s.Out < 1 {
		return fmt.Errorf("a network of %d units, %d inputs, %d outputs", s.Units, s.In, s.Out)
	}
	// The augmented matrix has a block of zeros that no file holds.
	if most := max(1<<16, stored); s.In > most/s.Out {
		return fmt.Errorf("a network of %d units with %d inputs and %d outputs is not supported: inputs × outputs exceed %d", s.Units, s.In, s.Out, most)
	}
	if f.Modules < 1 || s.Units%f.Modules != 0 {
		return fmt.Errorf("%d units do not divide into %d modules", s.Units, f.Modules)
	}
	f.Shape = s
	return checkLeak(f.Leak)
}

// checkLeak returns an error unless 0 < alpha ≤ 1.
func checkLeak(alpha float64) error {
	if alpha > 0 && alpha <= 1 {
		return nil
	}
	return fmt.Errorf("leak is %v, want more than 0 and at most 1", alpha)
}
