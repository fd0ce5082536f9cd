package rnn

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/kernels"
)

// fileArray is an array of numbers in the bytes of a file.
type fileArray struct {
	size    int   // bytes of a number
	shape   []int // one to three dimensions
	strides []int // in numbers, by dimension
	data    []byte
	number  func([]byte) float64 // reads the number at the start of some bytes; nil: a little-endian float of that size
}

// newArray returns a little-endian array of float32 or float64 in C order, the last index fastest, or
// in Fortran's.
func newArray(size int, shape []int, fortran bool, data []byte) fileArray {
	a := fileArray{size: size, shape: shape, strides: make([]int, len(shape)), data: data}
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
func (a fileArray) count() int { return len(a.data) / a.size }

// vector drops the axes of length one of an array that has at most one other axis; it leaves
// others alone.
func (a fileArray) vector() fileArray {
	shape, strides := []int{}, []int{}
	for d, n := range a.shape {
		if n != 1 {
			shape, strides = append(shape, n), append(strides, a.strides[d])
		}
	}
	switch len(shape) {
	case 0:
		a.shape, a.strides = []int{1}, []int{1}
	case 1:
		a.shape, a.strides = shape, strides
	}
	return a
}

// matrix drops leading axes of length one as long as there are more than two axes.
func (a fileArray) matrix() fileArray {
	for len(a.shape) > 2 && a.shape[0] == 1 {
		a.shape, a.strides = a.shape[1:], a.strides[1:]
	}
	return a
}

// sumOf returns the sum of two vectors, taken in float64 and rounded to their type.
func sumOf(name string, a, b fileArray) (fileArray, error) {
	if len(a.shape) != 1 || !slices.Equal(a.shape, b.shape) {
		return a, fmt.Errorf("%s: shapes are %s and %s, want one", name, shapeText(a.shape), shapeText(b.shape))
	}
	sum := make([]float64, a.count())
	for i := range sum {
		sum[i] = a.at(i) + b.at(i)
	}
	size := 4
	if max(a.size, b.size) == 8 {
		size = 8
	}
	data := appendFloats(nil, sum)
	if size == 4 {
		narrow := make([]float32, len(sum))
		for i, v := range sum {
			narrow[i] = float32(v)
		}
		data = appendFloats(nil, narrow)
	}
	a = newArray(size, a.shape, false, data)
	return a, a.checkFinite(name)
}

// transposed returns a matrix with rows for columns.
func (a fileArray) transposed() fileArray {
	a.shape, a.strides = slices.Clone(a.shape), slices.Clone(a.strides)
	slices.Reverse(a.shape)
	slices.Reverse(a.strides)
	return a
}

// at returns number i in the order of the file, which may not be that of the indices.
func (a fileArray) at(i int) float64 {
	if a.number != nil {
		return a.number(a.data[a.size*i:])
	}
	if a.size == 4 {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(a.data[4*i:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(a.data[8*i:]))
}

// checkFinite returns an error that names the first number that is not finite, or nil.
func (a fileArray) checkFinite(name string) error {
	for i := range a.count() {
		if v := a.at(i); v-v != 0 {
			return fmt.Errorf("%s%s is %v", name, a.index(i), v)
		}
	}
	return nil
}

// index writes the indices of number i of the file, from 0, as NumPy has them.
func (a fileArray) index(i int) string {
	at := make([]string, len(a.shape))
	for d, n := range a.shape {
		at[d] = fmt.Sprint(i / a.strides[d] % n)
	}
	return "[" + strings.Join(at, ", ") + "]"
}

// readFloats fills dst from a: it copies every step-th number in the order of the file, from number
// first on.
func readFloats[T kernels.Float](dst []T, name string, a fileArray, first, step int) error {
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
func floats[T kernels.Float](name string, a fileArray) ([]T, error) {
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

// appendArray appends the numbers of an array of n by rows. A number that is not finite is an
// error, since Decode would refuse the file.
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
