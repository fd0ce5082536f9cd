package rnn

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// TestDamaged checks that a network and a training state are refused whenever
// they end early or late or a single bit is wrong, unless it makes a character of JSON that
// means the same: the digest is that of the content.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"network_f32.safetensors", "state_f64.safetensors"} {
		data := testFile(t, name)
		intact := must(Decode(slices.Clone(data)))
		for n := range data {
			if _, err := Decode(data[:n]); err == nil {
				t.Errorf("%s of %d bytes is accepted when %d are left", name, len(data), n)
			}
		}
		for _, more := range []string{"\x00", " ", "00000000"} {
			if _, err := Decode(append(slices.Clone(data), more...)); err == nil {
				t.Errorf("%s is accepted with %q at its end", name, more)
			}
		}
		for i := range 8 * len(data) {
			data[i/8] ^= 1 << (i % 8)
			if f, err := Decode(data); err == nil && !sameContent(f, intact) {
				t.Errorf("%s is accepted with bit %d of byte %d flipped", name, i%8, i/8)
			}
			data[i/8] ^= 1 << (i % 8)
		}
	}
}

// sameContent reports whether two files say the same.
func sameContent(f, g *File) bool {
	return f.Info == g.Info && f.Shape == g.Shape && f.Modules == g.Modules && f.Leak == g.Leak && f.Iteration == g.Iteration && f.training == g.training &&
		maps.EqualFunc(f.arrays, g.arrays, func(a, b fileArray) bool {
			return a.size == b.size && slices.Equal(a.shape, b.shape) && bytes.Equal(a.data, b.data)
		})
}

// TestStrict changes a file and gives it its right digest again: what is no safetensors, or not
// all that a file of ours has, is refused still.
func TestStrict(t *testing.T) {
	network, state := testFile(t, "network_f32.safetensors"), testFile(t, "state_f32.safetensors")
	nan := slices.Clone(network)
	binary.LittleEndian.PutUint32(nan[len(nan)-8:], math.Float32bits(float32(math.NaN())))
	for _, c := range []struct {
		file     []byte
		from, to string
		want     string
	}{
		{network, `"version":"1"`, `"version":"2"`, `file of format version "2", this program reads version "1"`},
		{network, `molap network`, `pt`, `format is "pt", want "molap network" or "molap training state"`},
		{network, `"format"`, `"W_rec"`, `format is "", want "molap network" or "molap training state"`},
		{network, `,"task":"T7"`, ``, `no "task" in the metadata of a molap network`},
		{network, `"T7"`, `"T7","task":"T1"`, `want one entry "task"`},
		{network, `"arm"`, `"Arm"`, `no "arm" in the metadata of a molap network`},
		{network, `"T7"`, ` "T7"`, ``},
		{network, `"T7"`, `"T\u0037"`, ``},
		{network, `"T7"`, `"T\t7"`, ``},
		{network, `"T7"`, "\"T\t7\"", `want a string of JSON`},
		{network, `"T7"`, `"T\u00177"`, ``},
		{network, `"T7"`, `"T\u001F7"`, ``},
		{network, `"T7"`, "\"T\xff7\"", `want UTF-8 before it`},
		{network, `"T7"`, `"T\"7"`, ``},
		{network, `"T7"`, `7`, `want '"'`},
		{network, `"seed":"18446744073709551615"`, `"seed":"18446744073709551616"`, `seed "18446744073709551616" is not a number`},
		{network, `"seed":"18446744073709551615"`, `"seed":"01"`, `seed "01" is not a number`},
		{network, `"seed":"18446744073709551615"`, `"seed":"-1"`, `seed "-1" is not a number`},
		{network, `"modules":"2"`, `"modules":"0"`, `4 units do not divide into 0 modules`},
		{network, `"modules":"2"`, `"modules":"3"`, `4 units do not divide into 3 modules`},
		{network, `"modules":"2"`, `"modules":"+2"`, `modules "+2" is not a number`},
		{network, `"modules":"2"`, `"modules":"2","leak":"0.25"`, ``},
		{network, `"modules":"2"`, `"modules":"2","leak":"1e-05"`, ``},
		{network, `"modules":"2"`, `"modules":"2","leak":"0.250"`, `leak "0.250" is not a number as this program writes it`},
		{network, `"modules":"2"`, `"modules":"2","leak":"1"`, `leak "1" is not a number as this program writes it`},
		{network, `"modules":"2"`, `"modules":"2","leak":"a"`, `leak "a" is not a number as this program writes it`},
		{network, `"modules":"2"`, `"modules":"2","leak":"NaN"`, `leak is NaN, want more than 0 and at most 1`},
		{network, `"modules":"2"`, `"modules":"2","leak":"0"`, `leak is 0, want more than 0 and at most 1`},
		{network, `"modules":"2"`, `"modules":"2","leak":"1.5"`, `leak is 1.5, want more than 0 and at most 1`},
		{network, `"modules":"2"`, `"modules":"2","leak":"0.5","leak":"0.5"`, `want one entry "leak"`},
		{network, `"modules":"2"`, `"leak":"0.5","modules":"2"`, ``},
		{network, `units = 4`, `units = 5`, `SHA-256 of the settings is`},
		{network, `"F32","shape":[4,4]`, `"F16","shape":[4,4]`, `W_rec is of type "<f2", want little-endian float32`},
		{network, `"F32","shape":[4,4]`, `"BF16","shape":[4,4]`, `W_rec is of type "bfloat16", want little-endian float32`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[4,5]`, `W_rec is 4×5 numbers of 4 bytes, but 64 bytes long`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[16]`, `W_rec is 16, want 2 dimensions`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[4,4,1]`, `W_rec is 4×4×1, want 2 dimensions`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[2,8]`, `W_rec is 2×8, want 2×2 in a network of 2 units, 3 inputs, 2 outputs`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[-4,4]`, `want a number`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[04,4]`, `want a number`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[4e0,4]`, `want ','`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[9223372036854775807,9223372036854775807]`, `W_rec is 9223372036854775807×9223372036854775807 numbers of 4 bytes, but 64 bytes long`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[10,10]`, `W_rec is 10×10 numbers of 4 bytes, but 64 bytes long`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[4611686018427387904,4]`, `W_rec is 4611686018427387904×4 numbers of 4 bytes`},
		{network, `"F32","shape":[4,4]`, `"F32","shape":[99999999999999999999,4]`, `want a number`},
		{network, `"shape":[4,4],"data_offsets":[0,64]`, `"data_offsets":[0,64],"shape":[4,4]`, ``},
		{network, `"data_offsets":[64,112]`, `"data_offsets":[0,48]`, `tensor W_rec starts at byte 0, want 48, where the one before it ends`},
		{network, `"W_in"`, `"W_rec"`, `want one entry "W_rec"`},
		{network, `"F32","shape":[4],"data_offsets":[112,128]`, `"F32","shape":[2],"data_offsets":[112,120]`, `tensor h0 starts at byte 128, want 120, where the one before it ends`},
		{network, "}}", "},\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[184,184]}}", `7 tensors in a molap network, want W_rec W_in b h0 W_out b_out`},
		{network, "}} ", "}}\n", ``},
		{network, "}} ", "}}         ", ``},
		{network, "}} ", "}}", ``},
		{append(slices.Clone(network), 0, 0, 0, 0), "", "", "tensors end at byte 184 of 188"},
		{nan, "", "", "b_out[0] is NaN"},
		{state, `"iteration":"3"`, `"iteration":"2"`, `curve of 3 iterations, 2 done`},
		{state, `"iteration":"3"`, `"iteration":"-3"`, `iteration "-3" is not a number`},
		{state, `"curve":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}`, `"curve":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}`, `curve has numbers of 4 bytes, want 8`},
		{state, `molap training state`, `molap network`, `9 tensors in a molap network, want W_rec W_in b h0 W_out b_out`},
		{network, `molap network`, `molap training state`, `no "iteration" in the metadata of a molap training state`},
	} {
		if !bytes.Contains(c.file, []byte(c.from)) {
			t.Fatalf("no %s in the file", c.from)
		}
		data := bytes.Replace(c.file, []byte(c.from), []byte(c.to), 1)
		binary.LittleEndian.PutUint64(data, binary.LittleEndian.Uint64(c.file)+uint64(len(c.to)-len(c.from)))
		// Keep the end of the header where it is aligned, unless that is the matter.
		if pad := len(data) - len(c.file); pad != 0 && !strings.HasPrefix(c.from, "}}") {
			data = alignHeader(data)
		}
		if sumAt(data) >= 0 {
			writeDigest(data)
		}
		_, err := Decode(data)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "")) {
			t.Errorf("%s for %s: %v, want %s", c.to, c.from, err, c.want)
		}
	}
}

// TestHeaderEnds ends the header of a file wherever it may: an error, no panic.
func TestHeaderEnds(t *testing.T) {
	file := testFile(t, "state_f32.safetensors")
	size := binary.LittleEndian.Uint64(file)
	for n := range size - 3 { // then spaces
		data := slices.Delete(slices.Clone(file), int(8+n), int(8+size))
		binary.LittleEndian.PutUint64(data, n)
		if sumAt(data) >= 0 {
			writeDigest(data)
		}
		if _, err := Decode(data); err == nil {
			t.Errorf("a header that ends after %d bytes of %d is accepted", n, size)
		}
	}
}

// alignHeader ends the header of a file with as many spaces as it should have.
func alignHeader(data []byte) []byte {
	end := 8 + binary.LittleEndian.Uint64(data)
	header := bytes.TrimRight(data[8:end], " ")
	header = append(slices.Clone(header), strings.Repeat(" ", -len(header)&7)...)
	return slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header, data[end:])
}

// npzOf returns a file of arrays given by their headers' text and numbers.
func npzOf(method uint16, arrays ...string) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for i := 0; i < len(arrays); i += 3 {
		w := must(z.CreateHeader(&zip.FileHeader{Name: arrays[i] + ".npy", Method: method}))
		header := arrays[i+1]
		must(fmt.Fprintf(w, "%s\x01\x00%c%c%s%s", npyMagic, len(header)%256, len(header)/256, header, arrays[i+2]))
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// TestRefusedNPZ checks what is said of files that are not networks.
func TestRefusedNPZ(t *testing.T) {
	one := func(header string) []byte { return npzOf(zip.Store, "W_in", header, "01234567") }
	f4 := func(shape string) string {
		return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}"
	}
	square := f4("(2, 2)")
	zeros := string(make([]byte, 16))
	network := []string{"W_rec", square, zeros, "W_in", f4("(2, 1)"), zeros[:8], "h0", f4("(2,)"), zeros[:8], "W_out", f4("(1, 2)"), zeros[:8]}
	with := func(more ...string) []byte { return npzOf(zip.Store, slices.Concat(network, more)...) }
	without := func(i int) []byte {
		return npzOf(zip.Store, slices.Delete(slices.Clone(network), 3*i, 3*i+3)...)
	}
	// Both are said to unpack to 300 MB; the second cannot.
	random := make([]float32, 100_000)
	kernels.Best().Normal(random, kernels.NewStream(1), 0)
	large := npzOf(zip.Deflate, "W_in", f4("(1000, 1000)"), string(appendFloats(nil, random))) // does not get smaller
	lying := npzOf(zip.Deflate, "W_in", f4("(1000, 1000)"), string(make([]byte, 4e6)))
	for _, data := range [][]byte{large, lying} {
		size := bytes.LastIndex(data, []byte("PK\x01\x02")) + 24 // in the directory
		binary.LittleEndian.PutUint32(data[size:], 300_000_000)
	}
	for _, c := range []struct {
		data []byte
		want string
	}{
		{testFile(t, "refused_pickle.npz"), `h0 is of type "|O", want truth values, whole numbers or float16, float32 or float64`},
		{testFile(t, "refused_record.npz"), `h0 is of a structured type, want numbers of one type`},
		{testFile(t, "refused_shape.npz"), `W_in is 4×3 and W_out 2×5, want N×inputs and outputs×N, or inputs×N and N×outputs, with N = 4 of W_rec`},
		{nil, "an empty file, want a safetensors or an npz file"}, {[]byte("text"), "neither a safetensors nor an npz file"},
		{[]byte("PK\x05\x06"), "not a whole npz file: zip: not a valid zip file"},
		{npzOf(zip.Store), "no array in the file; " + expectedNames},
		{npzOf(zip.Store, "x", "", ""), "no array of a network or of trials: the file has x (unreadable); " + expectedNames},
		{npzOf(zip.Store, "W_in", string(make([]byte, 10100)), ""), "W_in is with a header of 10100 bytes, want at most 10000"},
		{one(""), `W_in is of a header with "", want {`},
		{one("{}"), `W_in is of a header with "", want descr, fortran_order and shape`},
		{one(f4("(2,)") + "x"), `W_in is of a header with "x", want its end`},
		{one("{'descr': '<f4', 'descr': '<f4'}"), `W_in is of a header with " '<f4'}", want one entry of each key`},
		{one("{'a': 1}"), `W_in is of a header with " 1}", want descr, fortran_order and shape alone`},
		{one("{'descr': '<f4"), `W_in is of a header with "<f4", want a string`},
		{one("{'fortran_order': 1}"), `W_in is of a header with "1}", want True or False`},
		{one(f4("[2]")), `W_in is of a header with "[2]}", want (`},
		{one(f4("(2)")), `W_in is of a header with ")}", want a comma`},
		{one(f4("(-2,)")), `W_in is of a header with "-2,)}", want a size`},
		{one(f4("(2 2)")), `W_in is of a header with "2)}", want a comma`},
		{one(f4("(99999999999999999999,)")), `W_in is of a header with "99999999999999999999,)}", want a size`},
		{one(f4("()")), `W_in is a single number of 4 bytes, but 8 bytes long`},
		{one(f4("(1, 2, 1, 1)")), "W_in is 2×1×1, want a matrix"},
		{one(f4("(3,)")), `W_in is 3 numbers of 4 bytes, but 8 bytes long`},
		{one(f4("(1,)")), `W_in is 1 numbers of 4 bytes, but 8 bytes long`},
		{one(f4("(4294967296, 4294967296)")), `W_in is 4294967296×4294967296 numbers of 4 bytes, but 8 bytes long`},
		{one(f4("(2,)")), "W_in is 2, want a matrix"},
		{one(f4("(2, 1)")), "no array W_rec, the file has W_in 2×1; " + expectedNames},
		{without(0), "no array W_rec, the file has W_in 2×1, W_out 1×2, h0 2; " + expectedNames},
		{npzOf(zip.Store, append(slices.Clone(network[:9]), "W_out", f4("(0, 2)"), "")...), "a network of 2 units, 1 inputs, 0 outputs"},
		{with("W_rec", square, zeros), "two arrays W_rec"},
		{with("b", f4("(3,)"), zeros[:12]), "b is 3, want 2 in a network of 2 units, 1 inputs, 1 outputs"},
		{with("b", f4("(2, 1, 2)"), zeros), "b is 2×1×2, want 2 in a network of 2 units, 1 inputs, 1 outputs"},
		{with("b_out", f4("(1,)"), "\x00\x00\x80\x7f"), "b_out[0] is +Inf"},
		{with("Y", f4("(1, 2, 1)"), zeros[:8]), "targets Y need inputs X, the file has W_in 2×1, W_out 1×2, W_rec 2×2, Y 1×2×1, h0 2"},
		{with("X", f4("(1, 2)"), zeros[:8]), "array X is 1×2, want steps × trials × inputs"},
		{with("X", f4("(1, 2, 1)"), zeros[:8], "Y", f4("(2, 1, 1)"), zeros[:8]), "array X is 1×2×1 and Y 2×1×1, want steps × trials × inputs and steps × trials × outputs"},
		{with("X", f4("(1000000000, 1000000000, 0)"), "", "Y", f4("(1000000000, 1000000000, 0)"), ""), "array X is 1000000000×1000000000×0 and Y 1000000000×1000000000×0, want steps × trials × inputs and steps × trials × outputs"},
		{with("modules", strings.Replace(f4("()"), "<f4", "<i8", 1), "\x03"+zeros[:7]), "2 units do not divide into 3 modules"},
		{with("modules", strings.Replace(f4("()"), "<f4", "<i4", 1), "\xff\xff\xff\xff"), "2 units do not divide into -1 modules"},
		{with("modules", strings.Replace(f4("(2,)"), "<f4", "<i8", 1), zeros), "modules is an array of shape 2, want a single number"},
		{with("modules", f4("()"), "\x00\x00\xc0\x3f"), "modules is 1.5, want a whole number"},
		{large, "W_in: the file unpacks to more than 256 MB and 100 times its size; one without compression is read whatever its size"},
		{npzOf(zip.Deflate, "W_in", f4("(1000, 1000)"), string(make([]byte, 4e6))), "no array W_rec, the file has W_in 1000×1000; " + expectedNames},
		{lying, "W_in: damaged: zip: not a valid zip file"},
		{bytes.Repeat([]byte("PK\x01\x02"), 1001), "a file of 1001 arrays, want at most 1000"},
	} {
		if _, err := Decode(c.data); err == nil || err.Error() != c.want {
			t.Errorf("%v, want\n%s", err, c.want)
		}
	}
	big := fileNetwork[float64]()
	big.Row(big.WOut(), 1)[2] = -1e300
	for _, data := range [][]byte{must(EncodeNPZ(big, nil)), must(EncodeSafetensors(big, fileInfo))} {
		if _, err := Load[float32](must(Decode(data))); err == nil || err.Error() != "W_out[1, 2] is -1e+300, too large for float32" {
			t.Errorf("narrowed: %v", err)
		}
	}
	trials := fileTrials[float64]()
	trials.X[7] = 1e300
	f := must(Decode(must(EncodeNPZ(nil, trials))))
	if _, err := LoadTrials[float32](f, fileShape); err == nil || err.Error() != "X[0, 2, 1] is 1e+300, too large for float32" {
		t.Errorf("narrowed: %v", err)
	}
}

// TestRefusedNPY checks what is said of arrays that NumPy did not write.
func TestRefusedNPY(t *testing.T) {
	for data, want := range map[string]string{
		"":                                   "not in NumPy's format",
		"\x93NUMPX\x01\x00\x00\x00":          "not in NumPy's format",
		"\x93NUMPY\x01\x00\x00":              "not in NumPy's format",
		"\x93NUMPY\x01\x01\x00\x00":          "in version 1.1 of NumPy's format, want 1.0, 2.0 or 3.0",
		"\x93NUMPY\x04\x00\x00\x00":          "in version 4.0 of NumPy's format, want 1.0, 2.0 or 3.0",
		"\x93NUMPY\x02\x00\x00\x00":          "in version 2.0 of NumPy's format, want 1.0, 2.0 or 3.0",
		"\x93NUMPY\x01\x00\x01\x00":          "with a header of 1 bytes, want at most 0",
		"\x93NUMPY\x02\x00\xff\xff\xff\xff{": "with a header of 4294967295 bytes, want at most 1",
	} {
		if _, _, err := parseNPY([]byte(data)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", data, err, want)
		}
	}
}

// TestDamagedNPZ checks that of a damaged npz nothing is read that was not in the
// file: NumPy's format has a checksum of every array, not of the arrays' names.
func TestDamagedNPZ(t *testing.T) {
	with := Reading{Ignore: []string{"scale", "readme"}}
	for _, name := range []string{"network_f32.npz", "numpy_compressed.npz"} {
		data := testFile(t, name)
		intact := must(with.Decode(slices.Clone(data)))
		for n := range data {
			if _, err := with.Decode(data[:n]); err == nil {
				t.Errorf("%s of %d bytes is accepted when %d are left", name, len(data), n)
			}
		}
		step := 1
		if testing.Short() {
			step = 13
		}
		for i := 0; i < 8*len(data); i += step {
			data[i/8] ^= 1 << (i % 8)
			if f, err := with.Decode(data); err == nil {
				for key, a := range f.arrays {
					if !slices.Equal(a.shape, intact.arrays[key].shape) || !slices.Equal(must(floats[float64]("", a)), must(floats[float64]("", intact.arrays[key]))) {
						t.Errorf("%s with bit %d of byte %d flipped has another %s", name, i%8, i/8, key)
					}
				}
			}
			data[i/8] ^= 1 << (i % 8)
		}
	}
}

// TestUnreadableNPZ checks that the name of an array and what is wrong with it make a sentence.
func TestUnreadableNPZ(t *testing.T) {
	for _, c := range []struct {
		at    string // after which bytes
		to    int    // so many further
		value byte
		want  string
	}{
		{"\x93NUMPY", 150, 0xa5, "W_rec is damaged: zip: checksum error"},
		{"PK\x01\x02", 6, 12, "W_rec is packed by method 12 of zip files, want 0 or 8, as numpy.savez and savez_compressed write"},
		{"PK\x01\x02", 20, 1, "W_rec is damaged: zip: not a valid zip file"}, // its size
		{"PK\x01\x02", 41, 0x7f, "W_rec is damaged: EOF"},                    // its place
	} {
		data := slices.Clone(testFile(t, "network_f32.npz"))
		data[bytes.Index(data, []byte(c.at))+len(c.at)+c.to] = c.value
		if _, err := Decode(data); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// slack is what reading may allocate for itself, beside twice the file.
const slack = 1 << 20

// TestDecodeAllocates checks that memory is bounded by the size of the file.
func TestDecodeAllocates(t *testing.T) {
	n := New[float32](kernels.Best(), autodiff.Shape{Units: 1000, In: 25, Out: 22}, 1, Init{}, kernels.NewStream(1))
	for name, data := range map[string][]byte{
		"safetensors":   must(EncodeSafetensors(n, fileInfo)),
		"npz":           must(EncodeNPZ(n, nil)),
		"long settings": must(EncodeSafetensors(fileNetwork[float32](), Info{Settings: strings.Repeat("a\n", 1<<20)})),
	} {
		var err error
		got := allocated(func() {
			var f *File
			if f, err = Decode(data); err == nil {
				_, err = Load[float32](f)
			}
		})
		if most := uint64(2*len(data) + slack); err != nil || got > most {
			t.Errorf("%s of %d bytes: %v, %d bytes allocated, want at most %d", name, len(data), err, got, most)
		}
	}
	// One unit with very many inputs and outputs has a huge matrix of zeros.
	wide := &Network[float32]{&autodiff.Params[float32]{Shape: autodiff.Shape{Units: 1, In: 50000, Out: 50000}, Leak: 1}, 1}
	data := must(newHeader(wide, formatNetwork, fileInfo).file(make([]byte, 4*(1+50000+1+1+50000+50000))))
	_, err := Decode(data)
	if want := "a network of 1 units with 50000 inputs and 50000 outputs is not supported: inputs × outputs exceed 150003"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
