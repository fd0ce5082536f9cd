package rnn

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"molap/kernels"
)

const (
	npzModules   = "modules"   // a whole number, 1 if missing
	npzLeak      = "leak"      // α of leaky units, a number, 1 if missing
	npzRoom      = 256_000_000 // bytes that a compressed file may unpack to, or more by the next
	npzExpansion = 100         // bytes that each byte of the file may unpack to
	npzDensest   = 1032        // most bytes that Deflate unpacks from one
	npzEntries   = 1000        // most arrays of a file
)

// EncodeNPZ returns a file that NumPy reads. Unless n is nil, it has the arrays W_rec N×N, W_in
// N×In, b N, h0 N, W_out Out×N and b_out Out as in Eq. 1, the number of modules, and a leak other
// than 1. Unless trials is nil, it has X steps × trials × In, Y steps × trials × Out unless that is
// nil, fixation, dt and the arrays of its field Beside. EncodeNPZ returns an error if a number is
// not finite or if the leak is not above 0 and at most 1.
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

// npzWriter writes entries without compression, which does not shrink random numbers, and with
// sizes in front, which simple readers need. It keeps the first error.
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
	flags := uint16(0)
	if strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		flags = 0x800 // the name is UTF-8
	}
	var to io.Writer
	to, w.err = w.zip.CreateRaw(&zip.FileHeader{
		Name:               name + ".npy",
		Modified:           time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), // as NumPy does, for equal bytes
		CRC32:              crc32.ChecksumIEEE(data),
		Flags:              flags,
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

// npzMembers returns the arrays of a NumPy file. It unpacks only the headers of compressed arrays.
func npzMembers(data []byte) ([]fileMember, error) {
	// The directory is read whole, so its size is limited beforehand.
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > npzEntries {
		return nil, fmt.Errorf("a file of %d arrays, want at most %d", n, npzEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("not a whole npz file: %w", err)
	}
	var members []fileMember
	seen := map[string]bool{}
	room := max(npzRoom, npzExpansion*uint64(len(data)))
	begin := make([]byte, npyHeaderMost+12)
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") {
			continue // a directory
		}
		if path.Base(e.Name) == "data.pkl" {
			return nil, errors.New("a file of torch.save, want npz (numpy.savez of the state dict's arrays) or safetensors")
		}
		name := strings.TrimSuffix(e.Name, ".npy")
		if seen[name] {
			return nil, fmt.Errorf("two arrays %s", nameText(name))
		}
		seen[name] = true
		m := fileMember{name: name, bytes: func() ([]byte, error) {
			npy, err := unpack(e, data, &room)
			if err != nil {
				return nil, unreadable(e, err)
			}
			_, numbers, err := parseNPY(npy)
			return numbers, err
		}}
		var start []byte
		if start, m.bad = readHead(e, data, begin); m.bad == nil {
			m.npyHeader, _, m.bad = parseNPY(start)
		} else {
			m.bad = unreadable(e, m.bad)
		}
		members = append(members, m)
	}
	return members, nil
}

// unreadable returns what is wrong with an entry of a zip file in words that go on from "is".
func unreadable(e *zip.File, err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		return fmt.Errorf("packed by method %d of zip files, want 0 or 8, as numpy.savez and savez_compressed write", e.Method)
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt):
		return fmt.Errorf("damaged: %w", err)
	}
	return err
}

// readHead returns the first bytes of an entry of a zip file, as many as the header of an
// array may have.
func readHead(e *zip.File, file, buffer []byte) ([]byte, error) {
	if e.Method == zip.Store {
		room := uint64(0)
		return unpack(e, file, &room)
	}
	if e.Flags&1 != 0 {
		return nil, errors.New("encrypted")
	}
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	n, err := io.ReadFull(r, buffer)
	if err == io.ErrUnexpectedEOF {
		err = nil // an entry this short has no more bytes
	}
	return buffer[:n], err
}

// npzArray is an array as its file has it.
type npzArray struct {
	npyHeader
	data []byte
}

// unpack returns the bytes of an entry of a zip file. It takes the bytes that it decompresses off
// room, which is how many more the file may unpack to.
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
	if e.UncompressedSize64/npzDensest > e.CompressedSize64 {
		return nil, zip.ErrFormat // Deflate cannot unpack to so much
	}
	if e.UncompressedSize64 > *room {
		return nil, fmt.Errorf("the file unpacks to more than %d MB and %d times its size; one without compression is read whatever its size", npzRoom/1_000_000, npzExpansion)
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
func (e npzArray) floats() (fileArray, error) {
	if e.descr != "<f4" && e.descr != "<f8" {
		return fileArray{}, fmt.Errorf("of type %s, want little-endian float32 ('<f4') or float64 ('<f8')", quoted(e.descr))
	}
	return e.numbers()
}
