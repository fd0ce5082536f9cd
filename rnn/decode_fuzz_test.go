package rnn

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"molap/kernels"
)

// FuzzSafetensors decodes anything, with the digest it should have so that the
// rest is reached: no panic, no hang, memory within bounds, and what is accepted is
// written as a file that says the same.
func FuzzSafetensors(f *testing.F) {
	addFiles(f, "*.safetensors")
	for _, data := range foreignSafetensors() {
		f.Add(data)
	}
	f.Add(must(EncodeSafetensors(leakyState[float32](0.25, 0).Net, fileInfo)))
	f.Add(must(leakyState[float64](1e-5, 1).State(fileInfo)))
	f.Fuzz(func(t *testing.T, data []byte) {
		data = slices.Clone(data)
		if sumAt(data) >= 0 {
			writeDigest(data)
		}
		file := decodeWithin(t, data, uint64(2*len(data)+slack))
		if file == nil || bytes.HasPrefix(data, []byte("PK")) {
			return
		}
		if file.members != nil {
			if file.Shape.Units > 0 {
				checkAgain(t, file)
			}
			return
		}
		if file.Type == "f32" {
			checkWritten[float32](t, file, data)
		} else {
			checkWritten[float64](t, file, data)
		}
	})
}

// FuzzNPZ decodes anything: no panic, no hang, memory within bounds, and what is
// accepted is written as a file that decodes to the same.
func FuzzNPZ(f *testing.F) {
	addFiles(f, "*.npz")
	for _, data := range foreignNPZ() {
		f.Add(data)
	}
	f.Add(must(EncodeNPZ(leakyState[float32](0.25, 0).Net, nil)))
	f.Fuzz(checkNPZ)
}

// checkNPZ decodes a file within its bound. If it is accepted as a network, it is
// written and read again.
func checkNPZ(t *testing.T, data []byte) {
	file := decodeWithin(t, data, npzBound(data))
	if file == nil || file.Shape.Units == 0 {
		return
	}
	checkAgain(t, file)
}

// checkAgain writes the network of a file and reads it again.
func checkAgain(t *testing.T, file *File) {
	n := must(Load[float64](file)) // all that is in a file is finite in float64
	again := must(Decode(must(EncodeNPZ(n, nil))))
	if !equalBits(must(Load[float64](again)), n) {
		t.Error("written and read again, the network has other numbers")
	}
}

// addFiles adds seeds from testdata/files.
func addFiles(f *testing.F, pattern string) {
	paths := must(filepath.Glob(filepath.Join("testdata/files", pattern)))
	if len(paths) == 0 {
		f.Fatal("no seeds")
	}
	for _, path := range paths {
		if data := must(os.ReadFile(path)); len(data) < 8000 { // not seen.npz
			f.Add(data)
		}
	}
}

// decodeWithin decodes data and returns nil if it is refused.
func decodeWithin(t *testing.T, data []byte, most uint64) *File {
	var file *File
	var err error
	got := allocated(func() {
		if file, err = Decode(data); err != nil {
			file = nil
			return
		}
		if file.Type == "f32" {
			_, err = Load[float32](file)
		} else {
			_, err = Load[float64](file)
		}
		if err != nil && file.Shape.Units != 0 {
			t.Errorf("decoded, but not loaded: %v", err)
		}
		if file.HasTrials() {
			s := file.Shape
			_, _, s.In, s.Out = file.TrialsShape()
			_, _ = LoadTrials[float32](file, s) // numbers may be too large
		}
	})
	if got > most {
		t.Errorf("%d bytes allocated for a file of %d, want at most %d", got, len(data), most)
	}
	return file
}

// npzBound is how much memory an npz may take.
func npzBound(data []byte) uint64 {
	bound := uint64(2*len(data) + slack)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return bound
	}
	for _, e := range z.File {
		if e.Method == zip.Deflate { // unpacked, then as by the above
			return bound + 3*max(npzRoom, npzExpansion*uint64(len(data)))
		}
	}
	return bound
}

// checkWritten writes the content of a file of ours and reads it again.
func checkWritten[T kernels.Float](t *testing.T, f *File, data []byte) {
	n := must(Load[T](f))
	again := must(EncodeSafetensors(n, f.Info))
	if f.training != "" {
		again = must(encodeState(n, f.Info, f.training, must(floats[float64]("", f.arrays["curve"])), must(floats[T]("", f.arrays["m"])), must(floats[T]("", f.arrays["v"]))))
	}
	if !sameContent(must(Decode(again)), f) {
		t.Errorf("accepted, but written as\n%q, not as\n%q", again, data)
	}
}
