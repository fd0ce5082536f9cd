package profile

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Bounds of reading a profile, whatever is in it: the parser makes a tree of some
// 60 bytes for each of a file, which has 64 kB at most.
const (
	mostAllocated = 8 << 20          // bytes, in total
	longestError  = 2000             // bytes
	longestTime   = 20 * time.Second // of a busy machine
)

// decodeWithin decodes and checks what that takes.
func decodeWithin(t *testing.T, data []byte) (Settings, error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	s, err := Parse("f.toml", data)
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > mostAllocated {
		t.Errorf("%.20q: %d bytes allocated for a file of %d, want at most %d", data, got, len(data), mostAllocated)
	}
	if took > longestTime {
		t.Errorf("a file of %d bytes took %v, want at most %v", len(data), took, longestTime)
	}
	if err != nil {
		wantError(t, err, "f.toml")
		if n := len(err.Error()); n > longestError {
			t.Errorf("error of %d bytes, want at most %d: %.100s…", n, longestError, err)
		}
	}
	return s, err
}

// FuzzDecode decodes anything: no panic, no hang, little memory, an error of one
// line, and what is accepted is written as a file that decodes to the same.
func FuzzDecode(f *testing.F) {
	for _, p := range List() {
		data, err := shippedFiles.ReadFile(p.Name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("base = \"paper\"\ntraining = { rate = 2, x = { y = [1, { z = 2 }] } }\n\"a.b\".c = 1979-05-27\n"))
	f.Add([]byte("base = \"paper\"\nscore.window = 0x1f\n[trials]\nnoise = 1_0e-3 # σ\nanti = 'same'\n"))
	f.Add([]byte("base = \"paper\"\n[tasks]\ncorpus = \"T1,a\"\nown = '''\nname = \"a\"\n---\nb'''\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := decodeWithin(t, data)
		if err != nil {
			return
		}
		back, err := Parse("f.toml", s.TOML())
		if err != nil || back != s {
			t.Errorf("read back as %+v (%v), want %+v", back, err, s)
		}
	})
}

// TestLargest decodes files of about the largest size whose parts are as many, as
// deep or as long as they can be.
func TestLargest(t *testing.T) {
	many := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < maxFile-30; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const n = maxFile - 100
	for _, text := range []string{
		many("a%d = 1\n"), many("[a%d]\n"), many("training.a%d = 1\n"), many("training = {a%d = 1}\n"), many("base = %d\n"),
		strings.Repeat("a", n), strings.Repeat("a.", n/2) + "a = 1", strings.Repeat("[[training]]\n", n/13),
		"base = \"" + strings.Repeat("a", n) + "\"",
		"[training]\nrate = 0." + strings.Repeat("1", n) + "e9",
		"[training]\nrate = " + strings.Repeat("1", n),
		"[training]\nbatch = " + strings.Repeat("1", n),
		"[training]\nrate = \"" + strings.Repeat("1", n) + "\"",
		"[trials]\nanti = \"" + strings.Repeat("a", n) + "\"",
		"[trials]\nanti = '''" + strings.Repeat("\n", n) + "'''",
		"training = " + strings.Repeat("{a=", n/4) + "1" + strings.Repeat("}", n/4),
		"[training]\nrate = " + strings.Repeat("[", n/2) + strings.Repeat("]", n/2),
		"[training]\nrate = [" + strings.Repeat("1,", n/2) + "]",
		strings.Repeat("#\n", n/2), strings.Repeat("\r\n", n/2), strings.Repeat("é", n/2),
		strings.Repeat("\x00", n), strings.Repeat("1979-05-27 ", n/11),
	} {
		if _, err := decodeWithin(t, []byte(text)); err == nil {
			t.Errorf("%.40q… is a profile", text)
		}
	}
}
