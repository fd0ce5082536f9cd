package rnn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/autodiff"
	"molap/kernels"
)

// Info tells where the network of a file comes from.
type Info struct {
	Task     string // what it was trained on
	Arm      string // how it came by its recurrent weights
	Seed     uint64
	Settings string // every resolved setting, as text
}

// File is a decoded file: a network, perhaps with the state of its training, or trials,
// or both. It refers to the bytes it was decoded from.
type File struct {
	Info
	Shape   autodiff.Shape // zero if the file has no network
	Modules int
	Leak    float64 // α of its units, 1 where the file says nothing
	Type    string  // of the weights, "f32" or "f64"; "f64" if they are mixed

	// Of a training state only:
	Iteration int // iterations done
	training  string

	arrays map[string]array
	given  given // what the file says of its trials
}

// networkArray is an array of a network in files.
type networkArray struct {
	name   string
	matrix bool                               // its shape is rows × columns; otherwise it is a vector
	bias   bool                               // a file may lack it; it is zero then
	block  func(autodiff.Shape) autodiff.Rect // finds it in the augmented matrix; nil for h[0]
}

// networkArrays are the arrays of a network in the order of files.
var networkArrays = []networkArray{
	{name: "W_rec", matrix: true, block: autodiff.Shape.WRec},
	{name: "W_in", matrix: true, block: autodiff.Shape.WIn},
	{name: "b", bias: true, block: autodiff.Shape.B},
	{name: "h0"},
	{name: "W_out", matrix: true, block: autodiff.Shape.WOut},
	{name: "b_out", bias: true, block: autodiff.Shape.BOut},
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

// Decode reads the bytes of a file: safetensors as EncodeSafetensors and Trainer.State
// write it, or npz as EncodeNPZ and NumPy write it. It checks all of a file before it
// makes anything of it: numbers that are not finite, arrays that do not fit together
// and damage are errors. Decode and Load allocate no more than about twice len(data) at
// the file's own type, or twice of what a compressed npz unpacks to, which is limited
// to 100 times len(data).
func Decode(data []byte) (*File, error) {
	var f *File
	err := errors.New("neither a safetensors nor an npz file")
	switch {
	case bytes.HasPrefix(data, []byte("PK")):
		f, err = decodeNPZ(data)
	case len(data) > 8 && data[8] == '{':
		f, err = decodeSafetensors(data)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Load returns the network of a file. Numbers of the other type are converted,
// to float32 by rounding; one that is too large for it is an error.
func Load[T kernels.Float](f *File) (*Network[T], error) {
	if f.Shape.Units == 0 {
		return nil, fmt.Errorf("no network in the file, which has %s", f.names())
	}
	n := &Network[T]{autodiff.NewParams[T](f.Shape), f.Modules}
	n.Leak = f.Leak
	for _, have := range networkArrays {
		a, ok := f.arrays[have.name]
		if !ok {
			continue // a bias, which is zero then
		}
		for i, row := range rowsOf(n, have) {
			if err := readFloats(row, have.name, a, i*a.strides[0], a.strides[len(a.strides)-1]); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}

// names lists the arrays of a file.
func (f *File) names() string {
	var names []string
	for name := range f.arrays {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// setNetwork takes the shape of a network from its arrays and checks that they
// fit together. Biases may be missing.
func (f *File) setNetwork() error {
	for _, want := range networkArrays {
		if _, ok := f.arrays[want.name]; !ok && !want.bias {
			return fmt.Errorf("no array %s, the file has %s", want.name, f.names())
		}
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

// checkLeak is an error unless units can have the leak.
func checkLeak(alpha float64) error {
	if alpha > 0 && alpha <= 1 {
		return nil
	}
	return fmt.Errorf("leak is %v, want more than 0 and at most 1", alpha)
}

// array is a little-endian array of float32 or float64 in the bytes of a file.
type array struct {
	size    int   // bytes of a number, 4 or 8
	shape   []int // one to three dimensions
	strides []int // in numbers, by dimension
	data    []byte
}

// newArray returns an array in C order, the last index fastest, or in Fortran's.
func newArray(size int, shape []int, fortran bool, data []byte) array {
	a := array{size, shape, make([]int, len(shape)), data}
	step := 1
	for i := range shape {
		if !fortran {
			i = len(shape) - 1 - i
		}
		a.strides[i] = step
		step *= shape[i]
	}
	return a
}

// count returns how many numbers an array has.
func (a array) count() int { return len(a.data) / a.size }

// transposed returns a matrix with rows for columns.
func (a array) transposed() array {
	a.shape, a.strides = slices.Clone(a.shape), slices.Clone(a.strides)
	slices.Reverse(a.shape)
	slices.Reverse(a.strides)
	return a
}

// at returns number i of the file, wherever the array has it.
func (a array) at(i int) float64 {
	if a.size == 4 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(a.data[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(a.data[8*i:]))
}

// checkFinite is an error that names the first number that is not finite.
func (a array) checkFinite(name string) error {
	for i := range a.count() {
		if v := a.at(i); v-v != 0 {
			return fmt.Errorf("%s%s is %v", name, a.index(i), v)
		}
	}
	return nil
}

// index writes the indices of number i of the file, from 0, as NumPy has them.
func (a array) index(i int) string {
	at := make([]string, len(a.shape))
	for d, n := range a.shape {
		at[d] = fmt.Sprint(i / a.strides[d] % n)
	}
	return "[" + strings.Join(at, ", ") + "]"
}

// readFloats copies every step-th number of a's file, from the first.
func readFloats[T kernels.Float](dst []T, name string, a array, first, step int) error {
	for j := range dst {
		i := first + j*step
		v := a.at(i)
		dst[j] = T(v)
		if dst[j]-dst[j] != 0 {
			return fmt.Errorf("%s%s is %v, too large for float32", name, a.index(i), v)
		}
	}
	return nil
}

// floats returns all numbers of a by rows.
func floats[T kernels.Float](name string, a array) ([]T, error) {
	dst := make([]T, a.count())
	last := len(a.shape) - 1
	n := a.shape[last]
	for row := range len(dst) / max(1, n) {
		first, rest := 0, row
		for d := last - 1; d >= 0; d-- {
			first += rest % a.shape[d] * a.strides[d]
			rest /= a.shape[d]
		}
		if err := readFloats(dst[row*n:][:n], name, a, first, a.strides[last]); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

// appendFloats appends the bytes of x, little-endian.
func appendFloats[T kernels.Float](dst []byte, x []T) []byte {
	switch x := any(x).(type) {
	case []float32:
		for _, v := range x {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
		}
	case []float64:
		for _, v := range x {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
		}
	}
	return dst
}

// appendArray appends the numbers of an array of n by rows. One that is not
// finite is an error: no file is written that Decode would refuse.
func appendArray[T kernels.Float](dst []byte, n *Network[T], a networkArray) ([]byte, error) {
	from := len(dst)
	for _, row := range rowsOf(n, a) {
		dst = appendFloats(dst, row)
	}
	return dst, newArray(sizeOf[T](), a.shape(n.Shape), false, dst[from:]).checkFinite(a.name)
}

// sizeOf returns the bytes of a T.
func sizeOf[T kernels.Float]() int { return binary.Size(T(0)) }

// entriesOf returns the number of entries of a shape, and false if it exceeds most.
func entriesOf(shape []int, most int) (int, bool) {
	n := 1
	for _, d := range shape {
		if d == 0 {
			return 0, true
		}
	}
	for _, d := range shape {
		if d < 0 || n > most/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// shapeText writes a shape as 100×3.
func shapeText(shape []int) string {
	if len(shape) == 0 {
		return "a single number"
	}
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", "×")
}
