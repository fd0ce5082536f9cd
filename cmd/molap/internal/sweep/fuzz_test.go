package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
)

// sealed puts the right SHA-256 at the end of a document's text: without it no
// change would get past the first check.
func sealed(text []byte) []byte {
	body := text[:max(0, len(text)-sumLength)]
	sum := sha256.Sum256(append(bytes.Clone(body), "\"sha256\": \"\"\n}"...))
	return fmt.Appendf(bytes.Clone(body), "\"sha256\": %q\n}\n", hex.EncodeToString(sum[:]))
}

// small is a manifest of a few indices.
func small(f *testing.F) *Manifest {
	s, err := ParseSpec("sweep.toml", []byte(smallFile))
	if err != nil {
		f.Fatal(err)
	}
	m, err := s.Plan("v1", s.Arms, s.Tasks, anything)
	if err != nil {
		f.Fatal(err)
	}
	return m
}

// FuzzManifest checks that a manifest of any text is refused or can be planned by.
func FuzzManifest(f *testing.F) {
	good := small(f).encode()
	f.Add(good)
	f.Add(bytes.Replace(good, []byte("network.units"), []byte("network.unit"), 1))
	f.Add(bytes.Replace(good, []byte(`"point": 1`), []byte(`"point": -1`), 1))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest(sealed(text))
		if err != nil {
			return
		}
		for i := range m.Indices {
			m.Job(i) // an error, or a job
		}
		m.Arms()
		m.table()
	})
}

// FuzzResult checks that a result of any text is refused or is of the sweep's tasks.
func FuzzResult(f *testing.F) {
	m := small(f)
	f.Add(seal(Result{Sweep: m.Sum, Index: 3, Scores: []Score{{Task: "T1"}, {Task: "T7"}}}))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := parseResult(sealed(text), m, 3)
		if err == nil && (r.Index != 3 || len(r.Scores) != len(m.Tasks)) {
			t.Errorf("accepted %+v", r)
		}
	})
}

// FuzzSpec checks that a sweep file of any text is refused or has a plan or none.
func FuzzSpec(f *testing.F) {
	f.Add([]byte(smallFile))
	f.Add([]byte("[[axis]]\nkeys = [\"training.rate\"]\nfrom = 1e-300\nto = 1e300\nlog = true\nsteps = 1000000000"))
	f.Add([]byte("seeds = 9223372036854775807\nfirst_seed = 18446744073709551615"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			return
		}
		s, err := ParseSpec("sweep.toml", text)
		if err != nil || s.Design == Best || s.Profile != "paper" && s.Profile != "extended" {
			return // no other files are read
		}
		s.Plan("v1", s.Arms, s.Tasks, anything)
	})
}
