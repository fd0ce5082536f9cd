package resultdir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/memtest"
	"molap/cmd/molap/internal/profile"
)

// manifestTimes bounds what reading a manifest may allocate, all in all, as a multiple of
// its length: lists of empty names are the worst. To check its settings takes 1 MB more.
const manifestTimes = 40

// FuzzManifest looks for manifests that take much memory, or are believed and cannot be.
func FuzzManifest(f *testing.F) {
	s, err := profile.Load("paper")
	if err != nil {
		f.Fatal(err)
	}
	m := New(lab.Config{Settings: s, Seeds: []uint64{1}}, nil, nil, nil, 1)
	m.Experiments, m.Files["results/table1.csv"] = []string{"table1"}, m.Hash
	good, err := json.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	if err := new(Manifest).parse(good); err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.Replace(good, []byte("results/"), []byte("../"), 1))
	f.Add([]byte(`{"files":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Manifest
		var err error
		memtest.Within(t, len(data), manifestTimes, func() { err = m.parse(data) })
		if err != nil {
			return
		}
		if err := m.Settings.Validate(); err != nil || len(m.Seeds) == 0 {
			t.Errorf("%v, seeds %v", err, m.Seeds)
		}
		for name := range m.Files {
			if !filepath.IsLocal(name) {
				t.Errorf("path %q", name)
			}
		}
	})
}

// TestLargestManifest reads manifests of lists as long as they can be.
func TestLargestManifest(t *testing.T) {
	var files strings.Builder
	for i := range 50000 {
		fmt.Fprintf(&files, `"%x":"",`, i)
	}
	for _, text := range []string{
		`{"seeds":[` + strings.Repeat("1,", 1<<18) + `1]}`, `{"experiments":[` + strings.Repeat(`"",`, 1<<17) + `""]}`,
		`{"files":{` + strings.TrimSuffix(files.String(), ",") + `}}`,
	} {
		if !json.Valid([]byte(text)) {
			t.Fatalf("%.30q… is no JSON", text)
		}
		memtest.Within(t, len(text), manifestTimes, func() {
			if new(Manifest).parse([]byte(text)) == nil {
				t.Errorf("%.30q… is a manifest", text)
			}
		})
	}
}
