package rnn

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"time"

	"molap/kernels"
)

const (
	npzModules   = "modules" // a whole number, 1 if missing
	npzLeak      = "leak"    // α of leaky units, a number, 1 if missing
	npzExpansion = 100       // most bytes that a byte of a compressed file may unpack to
	npzEntries   = 1000      // most arrays of a file
)

// EncodeNPZ returns a file that NumPy reads: arrays W_rec N×N, W_in N×In, b N, h0 N,
// W_out Out×N and b_out Out as in Eq. 1, the number of modules, a leak other than 1, and of
// trials, unless nil, X steps × trials × In and Y steps × trials × Out, with fixation and dt. A nil network gives a file
// of trials alone. Numbers that are not finite are errors.
func EncodeNPZ[T kernels.Float](n *Network[T], trials *Trials[T]) ([]byte, error) {
	w := &npzWriter{}
	w.zip = zip.NewWriter(&w.file)
	size := sizeOf[T]()
	if n != nil {
		if err := checkLeak(n.Leak); err != nil {
			return nil, err
		}
		for _, a := range networkArrays {
			data, err := appendArray(appendNPY(nil, "f", size, a.shape(n.Shape)), n, a)
			if err != nil {
				return nil, err
			}
			w.add(a.name, data)
		}
		w.addWhole(npzModules, n.Modules)
		if n.Leak != 1 {
			w.add(npzLeak, appendFloats(appendNPY(nil, "f", 8, nil), []float64{n.Leak}))
		}
	}
	if trials != nil {
		if err := addTrials(w, trials); err != nil {
			return nil, err
		}
	}
	if w.err == nil {
		w.err = w.zip.Close()
	}
	return w.file.Bytes(), w.err
}

// npzWriter writes entries without compression, which is no use to random numbers,
// and with sizes in front, which simple readers need. It keeps the first error.
type npzWriter struct {
	file bytes.Buffer
	zip  *zip.Writer
	err  error
}

func (w *npzWriter) add(name string, data []byte) {
	if w.err != nil {
		return
	}
	size := uint64(len(data))
	var to io.Writer
	to, w.err = w.zip.CreateRaw(&zip.FileHeader{
		Name:               name + ".npy",
		Modified:           time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), // as NumPy does, for equal bytes
		CRC32:              crc32.ChecksumIEEE(data),
		CompressedSize64:   size,
		UncompressedSize64: size,
	})
	if w.err == nil {
		_, w.err = to.Write(data)
	}
}

func (w *npzWriter) addWhole(name string, n int) {
	w.add(name, binary.LittleEndian.AppendUint64(appendNPY(nil, "i", 8, nil), uint64(n)))
}

// decodeNPZ reads a file of NumPy. Numbers are little-endian float32 or float64
// in C or Fortran order; arrays that are not ours are not looked at. Weights may
// be as in Eq. 1 or all transposed, for states that are rows: shapes tell. Vectors
// may be rows or columns. Biases that are missing are zero, as in Eq. 1.
func decodeNPZ(data []byte) (*File, error) {
	entries, err := npzArrays(data)
	if err != nil {
		return nil, err
	}
	f := &File{Modules: 1, Leak: 1, arrays: map[string]array{}}
	for _, name := range append(slices.Clone(networkNames), "X", "Y") {
		e, ok := entries[name]
		if !ok {
			continue
		}
		a, err := e.floats()
		if err != nil {
			return nil, fmt.Errorf("%s is %w", name, err)
		}
		if err := a.checkFinite(name); err != nil {
			return nil, err
		}
		f.arrays[name] = a
	}
	if e, ok := entries[npzModules]; ok {
		if f.Modules, err = e.whole(); err != nil {
			return nil, fmt.Errorf("%s is %w", npzModules, err)
		}
	}
	if e, ok := entries[npzLeak]; ok {
		if f.Leak, err = e.number(); err != nil {
			return nil, fmt.Errorf("%s is %w", npzLeak, err)
		}
	}
	if err := f.readTrials(entries); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(networkNames, func(name string) bool { _, ok := f.arrays[name]; return ok }) {
		if len(f.arrays) == 0 {
			return nil, fmt.Errorf("no array of ours in the file, want %s or X Y", strings.Join(networkNames, " "))
		}
		return f, nil
	}
	if err := f.orient(); err != nil {
		return nil, err
	}
	return f, f.setNetwork()
}

// orient makes the arrays of a network those of Eq. 1.
func (f *File) orient() error {
	for _, name := range []string{"W_rec", "W_in", "W_out"} {
		if a, ok := f.arrays[name]; ok && len(a.shape) != 2 {
			return fmt.Errorf("%s is %s, want a matrix", name, shapeText(a.shape))
		}
	}
	for _, name := range []string{"b", "h0", "b_out"} {
		if a, ok := f.arrays[name]; ok {
			f.arrays[name] = a.vector()
		}
	}
	rec, okRec := f.arrays["W_rec"]
	in, okIn := f.arrays["W_in"]
	out, okOut := f.arrays["W_out"]
	if !okRec || !okIn || !okOut {
		return nil // setNetwork says which is missing
	}
	n := rec.shape[0]
	columns := in.shape[0] == n && out.shape[1] == n // as in Eq. 1
	rows := in.shape[1] == n && out.shape[0] == n
	switch {
	case columns && rows:
		return fmt.Errorf("arrays W_rec, W_in and W_out are all %d×%d: shapes do not tell rows from columns", n, n)
	case rows:
		f.arrays["W_rec"], f.arrays["W_in"], f.arrays["W_out"] = rec.transposed(), in.transposed(), out.transposed()
	case !columns:
		return fmt.Errorf("array W_in is %s and W_out %s, want N×inputs and outputs×N, or inputs×N and N×outputs, with N = %d of W_rec", shapeText(in.shape), shapeText(out.shape), n)
	}
	return nil
}

// vector makes a matrix of one row or one column a vector; it leaves others alone.
func (a array) vector() array {
	if len(a.shape) == 2 && (a.shape[0] == 1 || a.shape[1] == 1) {
		return newArray(a.size, []int{a.shape[0] * a.shape[1]}, false, a.data)
	}
	return a
}

// npzArray is an array as its file has it.
type npzArray struct {
	npyHeader
	data []byte
}

// npzArrays unpacks our arrays of a file.
func npzArrays(data []byte) (map[string]npzArray, error) {
	// The directory is read whole, so its size is limited beforehand.
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > npzEntries {
		return nil, fmt.Errorf("a file of %d arrays, want at most %d", n, npzEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("not a whole npz file: %w", err)
	}
	arrays := map[string]npzArray{}
	room := npzExpansion * uint64(len(data))
	for _, e := range z.File {
		name, isArray := strings.CutSuffix(e.Name, ".npy")
		if !isArray || name != npzModules && name != npzLeak && !slices.Contains(trialNames, name) && !slices.Contains(networkNames, name) {
			continue
		}
		if _, twice := arrays[name]; twice {
			return nil, fmt.Errorf("two arrays %s", name)
		}
		npy, err := unpack(e, data, &room)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var a npzArray
		if a.npyHeader, a.data, err = parseNPY(npy); err != nil {
			return nil, fmt.Errorf("%s is %w", name, err)
		}
		arrays[name] = a
	}
	return arrays, nil
}

// unpack returns the bytes of an entry of a zip file and takes what had to be
// decompressed off the room that is left.
func unpack(e *zip.File, file []byte, room *uint64) ([]byte, error) {
	if e.Flags&1 != 0 {
		return nil, errors.New("encrypted")
	}
	if e.Method == zip.Store { // as it lies there
		at, err := e.DataOffset()
		if err != nil {
			return nil, err
		}
		if at < 0 || at > int64(len(file)) || e.CompressedSize64 > uint64(int64(len(file))-at) || e.CompressedSize64 != e.UncompressedSize64 {
			return nil, zip.ErrFormat
		}
		data := file[at:][:e.CompressedSize64]
		if crc32.ChecksumIEEE(data) != e.CRC32 {
			return nil, zip.ErrChecksum
		}
		return data, nil
	}
	if e.UncompressedSize64 > *room {
		return nil, fmt.Errorf("the file unpacks to more than %d times its size; one without compression is read whatever its size", npzExpansion)
	}
	*room -= e.UncompressedSize64
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, e.UncompressedSize64)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	// The checksum is compared at the end.
	if _, err := io.ReadFull(r, make([]byte, 1)); err == nil {
		return nil, zip.ErrFormat
	} else if err != io.EOF {
		return nil, err
	}
	return data, nil
}

// floats returns an array of float32 or float64.
func (e npzArray) floats() (array, error) {
	size := 0
	switch e.descr {
	case "<f4":
		size = 4
	case "<f8":
		size = 8
	default:
		return array{}, fmt.Errorf("of type %s, want little-endian float32 ('<f4') or float64 ('<f8')", quoted(e.descr))
	}
	if len(e.shape) < 1 || len(e.shape) > 3 {
		return array{}, fmt.Errorf("%s, want one to three dimensions", shapeText(e.shape))
	}
	if n, ok := entriesOf(e.shape, len(e.data)); !ok || n*size != len(e.data) {
		return array{}, fmt.Errorf("%s numbers of %d bytes, but %d bytes long", shapeText(e.shape), size, len(e.data))
	}
	return newArray(size, e.shape, e.fortran, e.data), nil
}

// whole returns a whole number.
func (e npzArray) whole() (int, error) {
	n, ok := entriesOf(e.shape, 1)
	switch {
	case !ok || n != 1:
		return 0, fmt.Errorf("%s, want a single number", shapeText(e.shape))
	case e.descr == "<i8" && len(e.data) == 8:
		return int(int64(binary.LittleEndian.Uint64(e.data))), nil
	case e.descr == "<i4" && len(e.data) == 4:
		return int(int32(binary.LittleEndian.Uint32(e.data))), nil
	}
	return 0, fmt.Errorf("of type %s and %d bytes, want '<i8' or '<i4'", quoted(e.descr), len(e.data))
}
