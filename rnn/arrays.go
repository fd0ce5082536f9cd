package rnn

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Array is an array of numbers that NumPy reads or has written.
type Array struct {
	Name    string
	Shape   []int
	Complex bool      // numbers are pairs, real and imaginary part
	Values  []float64 // by rows, the last index fastest
}

// EncodeArrays returns a file in NumPy's npz format that holds the arrays. It panics if an
// array has more or fewer numbers than its shape says.
func EncodeArrays(arrays ...Array) ([]byte, error) {
	w := &npzWriter{}
	w.zip = zip.NewWriter(&w.file)
	for _, a := range arrays {
		kind, size, each := "f", 8, 1
		if a.Complex {
			kind, size, each = "c", 16, 2
		}
		if n, ok := entriesOf(a.Shape, len(a.Values)); !ok || n*each != len(a.Values) {
			panic(fmt.Sprintf("rnn: EncodeArrays: %s is %s and has %d numbers", a.Name, shapeText(a.Shape), len(a.Values)))
		}
		w.add(a.Name, appendFloats(appendNPY(nil, kind, size, a.Shape), a.Values))
	}
	if w.err == nil {
		w.err = w.zip.Close()
	}
	return w.file.Bytes(), w.err
}

// DecodeArray reads an array of numbers from an npy file, or from an npz file that holds only this
// array or has it under one of the names, and under no other of them. A single number becomes an array of shape 1. It returns
// an error if a number is not finite.
func DecodeArray(data []byte, names ...string) (Array, error) {
	if len(data) == 0 {
		return Array{}, errors.New("an empty file, want an npy or an npz file")
	}
	npy, name := data, "the array"
	if bytes.HasPrefix(data, []byte("PK")) {
		var err error
		if npy, name, err = entryNamed(data, names); err != nil {
			return Array{}, err
		}
	} else if !bytes.HasPrefix(data, []byte(npyMagic)) {
		return Array{}, errors.New("neither an npy nor an npz file")
	}
	var e npzArray
	var err error
	if e.npyHeader, e.data, err = parseNPY(npy); err != nil {
		return Array{}, fmt.Errorf("%s is %w", name, err)
	}
	a, err := e.numbers()
	if err != nil {
		return Array{}, fmt.Errorf("%s is %w", name, err)
	}
	if len(a.shape) == 0 { // a single number
		a = a.vector()
	}
	if err := a.checkFinite(name); err != nil {
		return Array{}, err
	}
	values, err := floats[float64](name, a)
	return Array{Name: name, Shape: a.shape, Values: values}, err
}

// entryNamed returns the bytes and the name of an array of an npz file: of the only array, or of
// the one whose name is among wanted.
func entryNamed(data []byte, wanted []string) ([]byte, string, error) {
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > npzEntries {
		return nil, "", fmt.Errorf("a file of %d arrays, want at most %d", n, npzEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, "", fmt.Errorf("not a whole npz file: %w", err)
	}
	var names []string
	var found *zip.File
	for _, e := range z.File {
		name := strings.TrimSuffix(e.Name, ".npy")
		names = append(names, name)
		if len(z.File) > 1 && !slices.Contains(wanted, name) {
			continue
		}
		if found != nil {
			return nil, "", fmt.Errorf("arrays %s and %s, want one of %s", nameText(strings.TrimSuffix(found.Name, ".npy")), nameText(name), strings.Join(wanted, ", "))
		}
		found = e
	}
	if found == nil {
		return nil, "", fmt.Errorf("several arrays, %s, none of them called %s", quoted(strings.Join(names, " ")), strings.Join(wanted, " or "))
	}
	name := strings.TrimSuffix(found.Name, ".npy")
	room := npzExpansion * uint64(len(data))
	npy, err := unpack(found, data, &room)
	if err != nil {
		err = fmt.Errorf("%s: %w", quoted(name), unreadable(found, err))
	}
	return npy, name, err
}
