package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"molap/cmd/molap/internal/memtest"
)

// What reading may allocate, all in all, as multiples of a file's length. Manifests and
// results of ours take about 5 times theirs, table2.toml, which is short, 120 times.
const (
	manifestTimes = 80
	resultTimes   = 320 // of at most resultMost
	specTimes     = 220 // of at most maxFile
)

// sealText puts the right SHA-256 at the end of a document's text: without it no
// change would get past the first check.
func sealText(text []byte) []byte {
	body := text[:max(0, len(text)-sumLength)]
	sum := sha256.Sum256(append(bytes.Clone(body), "\"sha256\": \"\"\n}"...))
	return fmt.Appendf(bytes.Clone(body), "\"sha256\": %q\n}\n", hex.EncodeToString(sum[:]))
}

// smallManifest returns a manifest of a few indices.
func smallManifest(f *testing.F) *Manifest {
	s, err := ParseSpec("sweep.toml", []byte(smallFile))
	if err != nil {
		f.Fatal(err)
	}
	m, err := planSpec(s)
	if err != nil {
		f.Fatal(err)
	}
	return m
}

// FuzzManifest checks that a manifest of any text takes bounded memory, and is refused
// or can be planned by.
func FuzzManifest(f *testing.F) {
	good := smallManifest(f).encode()
	f.Add(good)
	f.Add(bytes.Replace(good, []byte("network.units"), []byte("network.unit"), 1))
	f.Add(bytes.Replace(good, []byte(`"point": 1`), []byte(`"point": -1`), 1))
	f.Fuzz(func(t *testing.T, text []byte) {
		text = sealText(text)
		var m *Manifest
		var err error
		memtest.Within(t, len(text), manifestTimes, func() { m, err = parseManifest(text) })
		if err != nil || m.mistake() != nil {
			return
		}
		for i := range m.Indices {
			m.Job(i) // an error, or a job
		}
		m.Arms()
		m.pointTable().CSV()
	})
}

// FuzzResult checks that a result of any text takes bounded memory, and is refused or of
// the sweep's tasks.
func FuzzResult(f *testing.F) {
	m := smallManifest(f)
	f.Add(seal(Result{Sweep: m.Sum, Index: 3, Scores: []Score{{Task: "T1"}, {Task: "T7"}}}))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		text = sealText(text)
		var r *Result
		var err error
		memtest.Within(t, len(text), resultTimes, func() { r, err = parseResult(text, &scoreCheck{Manifest: m}, 3) })
		if err == nil && (r.Index != 3 || len(r.Scores) != len(m.Tasks)) {
			t.Errorf("accepted %+v", r)
		}
	})
}

// FuzzSpec checks that a sweep file of any text takes bounded memory, and is refused or
// has a plan or none.
func FuzzSpec(f *testing.F) {
	f.Add([]byte(smallFile))
	f.Add([]byte("[[axis]]\nkeys = [\"training.rate\"]\nfrom = 1e-300\nto = 1e300\nlog = true\nsteps = 1000000000"))
	f.Add([]byte("seeds = 9223372036854775807\nfirst_seed = 18446744073709551615"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > maxFile {
			return
		}
		var s *Spec
		var err error
		memtest.Within(t, len(text), specTimes, func() { s, err = ParseSpec("sweep.toml", text) })
		if err != nil || len(text) > 4096 || s.Design == Best || s.Profile != "paper" && s.Profile != "extended" {
			return // no other files are read
		}
		planSpec(s)
	})
}

// TestLargest reads files whose parts are as many, as deep or as long as they can be.
func TestLargest(t *testing.T) {
	list := func(before, one string, most int) []byte {
		return sealText([]byte(before + strings.TrimSuffix(strings.Repeat(one, (most-200)/len(one)), ",") + "]," + strings.Repeat(" ", sumLength)))
	}
	for _, key := range []string{"axes", "points", "indices"} {
		text := list(`{"format":1,"`+key+`":[`, "{},", 1<<20)
		memtest.Within(t, len(text), manifestTimes, func() { parseManifest(text) })
	}
	for _, text := range [][]byte{list(`{"scores":[`, "{},", resultMost), list(`{"scores":[{"output":[1],"output":[`, "1,", resultMost)} {
		memtest.Within(t, len(text), resultTimes, func() { parseResult(text, &scoreCheck{Manifest: &Manifest{}}, 0) })
	}
	const n = maxFile - 100
	many := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for _, text := range []string{
		many("a%d = 1\n"), many("[a%d]\n"), many("[[a%d]]\n"), "[[axis]]\n" + many("a%d = 1\n"), many("axis = [{a%d = 1}]\n"),
		strings.Repeat("a.", n/2) + "a = 1", "[" + strings.Repeat("a.", n/2) + "a]", strings.Repeat("[[axis]]\n", n/9),
		"set = [" + strings.Repeat("1,", n/2) + "]", "axis = [" + strings.Repeat("{},", n/3) + "]",
		"axis = [{ values = [" + strings.Repeat("{},", n/3) + "] }]", "axis = [{ values = " + strings.Repeat("[", n/2) + strings.Repeat("]", n/2) + " }]",
	} {
		memtest.Within(t, len(text), specTimes, func() {
			if _, err := ParseSpec("f", []byte(text)); err == nil || len(err.Error()) > 300 {
				t.Errorf("%.40q…: %.300v", text, err)
			}
		})
	}
}
