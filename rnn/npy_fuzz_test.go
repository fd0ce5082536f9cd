package rnn

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// FuzzNPY reads anything as one array of a file whose others are good, with the
// checksum it should have so that the rest is reached: no panic, no hang, memory
// within bounds, and what is accepted is written as a file that decodes to the same.
func FuzzNPY(f *testing.F) {
	names := append(slices.Clone(networkNames), npzModules, "X", "Y", npzLeak)
	good := unzip(f, must(EncodeNPZ(fileNetwork[float32](), nil)))
	for _, file := range []string{"network_f64.npz", "numpy_fortran.npz", "numpy_rows.npz", "numpy_versions.npz", "numpy_trials.npz",
		"numpy_big_endian.npz", "numpy_half.npz", "numpy_integer.npz", "refused_pickle.npz", "refused_record.npz"} {
		entries := unzip(f, testFile(f, file))
		for i, name := range names {
			if npy, ok := entries[name]; ok {
				f.Add(uint8(i), npy)
			}
		}
	}
	f.Add(uint8(len(names)-1), unzip(f, must(EncodeNPZ(leakyState[float32](0.25, 0).Net, nil)))[npzLeak])
	f.Fuzz(func(t *testing.T, which uint8, npy []byte) {
		name := names[int(which)%len(names)]
		w := &npzWriter{}
		w.zip = zip.NewWriter(&w.file)
		for _, other := range names {
			if data, ok := good[other]; ok && other != name {
				w.add(other, data)
			}
		}
		w.add(name, npy)
		if w.err = w.zip.Close(); w.err != nil {
			t.Fatal(w.err)
		}
		checkNPZ(t, w.file.Bytes())
	})
}

// unzip returns the entries of a file by the names of their arrays.
func unzip(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	entries := map[string][]byte{}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		entries[strings.TrimSuffix(e.Name, ".npy")] = content
	}
	return entries
}
