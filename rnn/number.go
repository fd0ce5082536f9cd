package rnn

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// numberType says how a file stores its numbers.
type numberType struct {
	size int                  // bytes of one
	at   func([]byte) float64 // reads the first of some bytes
}

// bfloat16 is the name of a type that NumPy lacks: the upper half of a float32.
const bfloat16 = "bfloat16"

// numberTypeOf returns the type that NumPy calls descr, which begins with the order of the bytes.
// Truth values count as numbers.
func numberTypeOf(descr string) (numberType, error) {
	var order binary.ByteOrder = binary.LittleEndian
	kind := descr
	switch {
	case strings.HasPrefix(descr, ">"):
		order, kind = binary.BigEndian, descr[1:]
	case strings.HasPrefix(descr, "<"), strings.HasPrefix(descr, "|"):
		kind = descr[1:]
	case descr != bfloat16:
		kind = ""
	}
	switch kind {
	case "b1", "u1":
		return numberType{1, func(b []byte) float64 { return float64(b[0]) }}, nil
	case "i1":
		return numberType{1, func(b []byte) float64 { return float64(int8(b[0])) }}, nil
	case "u2":
		return numberType{2, func(b []byte) float64 { return float64(order.Uint16(b)) }}, nil
	case "i2":
		return numberType{2, func(b []byte) float64 { return float64(int16(order.Uint16(b))) }}, nil
	case "u4":
		return numberType{4, func(b []byte) float64 { return float64(order.Uint32(b)) }}, nil
	case "i4":
		return numberType{4, func(b []byte) float64 { return float64(int32(order.Uint32(b))) }}, nil
	case "u8":
		return numberType{8, func(b []byte) float64 { return float64(order.Uint64(b)) }}, nil
	case "i8":
		return numberType{8, func(b []byte) float64 { return float64(int64(order.Uint64(b))) }}, nil
	case "f2":
		return numberType{2, func(b []byte) float64 { return float16Value(order.Uint16(b)) }}, nil
	case bfloat16:
		return numberType{2, func(b []byte) float64 { return float64(math.Float32frombits(uint32(order.Uint16(b)) << 16)) }}, nil
	case "f4":
		return numberType{4, func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }}, nil
	case "f8":
		return numberType{8, func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }}, nil
	}
	return numberType{}, fmt.Errorf("of type %s, want truth values, whole numbers or float16, float32 or float64", quoted(descr))
}

// float16Value returns the float16 with the given bits.
func float16Value(bits uint16) float64 {
	sign, exponent, fraction := 1-2*float64(bits>>15), int(bits>>10&31), float64(bits&1023)
	switch exponent {
	case 0:
		return math.Ldexp(sign*fraction, -24)
	case 31:
		if fraction == 0 {
			return math.Inf(int(sign))
		}
		return math.NaN()
	}
	return math.Ldexp(sign*(1024+fraction), exponent-25)
}

// numbers returns an array of any type of numbers.
func (e npzArray) numbers() (fileArray, error) {
	t, err := numberTypeOf(e.descr)
	if err != nil {
		return fileArray{}, err
	}
	if n, ok := entriesOf(e.shape, len(e.data)); !ok || n*t.size != len(e.data) {
		count := shapeText(e.shape) + " numbers"
		if len(e.shape) == 0 {
			count = "a single number"
		}
		return fileArray{}, fmt.Errorf("%s of %d bytes, but %d bytes long", count, t.size, len(e.data))
	}
	a := newArray(t.size, e.shape, e.fortran, e.data)
	if e.descr != "<f4" && e.descr != "<f8" { // which array reads itself, and faster
		a.number = t.at
	}
	return a, nil
}

// number returns a single number.
func (e npzArray) number() (float64, error) {
	if n, ok := entriesOf(e.shape, 1); !ok || n != 1 {
		return 0, fmt.Errorf("an array of shape %s, want a single number", shapeText(e.shape))
	}
	a, err := e.numbers()
	if err != nil {
		return 0, err
	}
	return a.at(0), nil
}

// whole returns a whole number.
func (e npzArray) whole() (int, error) {
	v, err := e.number()
	switch {
	case err != nil:
		return 0, err
	case strings.HasSuffix(e.descr, "b1"):
		return 0, fmt.Errorf("a truth value, want a whole number")
	case v != math.Trunc(v) || math.Abs(v) > 1<<53:
		return 0, fmt.Errorf("%v, want a whole number", v)
	}
	return int(v), nil
}
