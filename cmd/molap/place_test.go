package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/resultdir"
)

// checkRefused runs a command and checks that it is refused with one line that has these parts,
// and that nothing in a directory changes.
func checkRefused(t *testing.T, dir string, args []string, parts ...string) {
	t.Helper()
	before := dirSnapshot(t, dir)
	code, stdout, stderr := run(args...)
	if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
		t.Errorf("%q: exit code %d, output %q, errors %q", args, code, stdout, stderr)
	}
	for _, part := range parts {
		if !strings.Contains(stderr, part) {
			t.Errorf("%q: %q lacks %q", args, stderr, part)
		}
	}
	after := dirSnapshot(t, dir)
	for path, data := range before {
		if after[path] != data {
			t.Errorf("%q: %s changed", args, path)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%q: %d files, %d before", args, len(after), len(before))
	}
}

// writeFile writes a file of a test.
func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestNobodysFiles lets commands write where files of others are, or of other settings.
func TestNobodysFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	train := append([]string{"train", "-arm", "reservoir", "-task", "T1", "-cache", "off"}, tinySettings...)
	reproduce := append([]string{"reproduce", "table1", "-cache", "off"}, tinySettings...)
	for _, args := range [][]string{append(train, "-save", "n"), append(reproduce, "-out", "r")} {
		for range 2 { // the same again changes nothing
			before := dirSnapshot(t, ".")
			if code, _, stderr := run(args...); code != 0 {
				t.Fatalf("%q: exit code %d, %q", args, code, stderr)
			}
			for path, data := range dirSnapshot(t, ".") {
				if old, had := before[path]; had && old != data && !strings.HasSuffix(path, "report.html") && !strings.HasSuffix(path, place.Manifest) {
					t.Errorf("%q again: %s changed", args, path)
				}
			}
		}
	}
	const net = "n/reservoir_T1_seed1.safetensors"
	writeFile(t, "odd/reservoir_T1_seed1.safetensors", "mine")
	writeFile(t, "u/report.html", "mine")
	writeFile(t, "v/figures/fig2.svg", "mine")
	writeFile(t, "x.npz", "mine")
	writeFile(t, "d/dynamics.csv", "mine")
	writeFile(t, "k/task_T7.svg", "mine")
	writeFile(t, "l/task_T7.png", "mine")
	writeFile(t, "prof", "mine")
	if code, _, stderr := run("export", net, "-out", "e.npz"); code != 0 {
		t.Fatal(stderr)
	}
	checkRefused(t, dir, append(train, "-set", "training.rate=0.5", "-save", "n"), "other settings", net)
	checkRefused(t, dir, append(train, "-save", "odd"), "odd/reservoir_T1_seed1.safetensors")
	checkRefused(t, dir, append(train, "-save", "r"), "-save r", "molap reproduce")
	checkRefused(t, dir, append(train, "-save", "r/nets/deep"), "molap reproduce")
	checkRefused(t, dir, append(reproduce, "-out", "u"), "report.html")
	checkRefused(t, dir, append(reproduce, "-out", "v"), "figures")
	checkRefused(t, dir, append(reproduce, "-out", "r/again"), "molap reproduce")
	checkRefused(t, dir, []string{"export", net, "-out", "x.npz"}, "x.npz is there already")
	checkRefused(t, dir, []string{"export", net, "-out", "e.npz", "-trials", "3"}, "e.npz is there already")
	checkRefused(t, dir, []string{"export", net, "-out", net, "-precision", "f64"}, net+" is there already")
	checkRefused(t, dir, []string{"export", net, "-out", "r/x.npz"}, "molap reproduce")
	checkRefused(t, dir, []string{"tasks", "T7", "-out", "r"}, "molap reproduce")
	checkRefused(t, dir, []string{"sweep", "plan", "table2", "-out", "r"}, "molap reproduce")
	checkRefused(t, dir, []string{"info", "-json", "-cpuprofile", "prof"}, "-cpuprofile")
	checkRefused(t, dir, []string{"eval", net, "-cpuprofile", "prof"}, "prof is there already")
	checkRefused(t, dir, []string{"eval", net, "-cpuprofile", "prof/x"}, "prof/x: not a directory")
	checkRefused(t, dir, []string{"export", net, "-out", "prof/x.npz"}, "prof/x.npz: not a directory")
	checkRefused(t, dir, []string{"verify", "r", "-sample", "0", "-cpuprofile", "r/prof"}, "-cpuprofile r", "molap reproduce")
	checkRefused(t, dir, append([]string{"train", "-arm", "reservoir", "-cache", "r/c"}, tinySettings...), "-cache r/c", "molap reproduce")
	for _, args := range [][]string{{"dynamics", net, "-out", "d"}, {"tasks", "T7", "-out", "k"}, {"tasks", "T7", "-out", "l"}} {
		before := dirSnapshot(t, dir)
		if code, _, stderr := run(args...); code != 2 || !strings.Contains(stderr, "is there already") {
			t.Errorf("%q: exit code %d, %q", args, code, stderr)
		}
		if after := dirSnapshot(t, dir); len(after) != len(before) {
			t.Errorf("%q: something is written", args)
		}
	}
	for _, args := range [][]string{{"export", net, "-out", "e.npz"}, {"tasks", "T7", "-out", "own"}, {"tasks", "T7", "-out", "own", "-seed", "2"}} {
		if code, _, stderr := run(args...); code != 0 {
			t.Errorf("%q: exit code %d, %q", args, code, stderr)
		}
	}
}

// TestPathsLeaveAgain names places to write to by a directory that is not there and is left again.
func TestPathsLeaveAgain(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "s.toml", tinySweep)
	for _, c := range []struct {
		args []string
		made string
	}{
		{append([]string{"reproduce", "table1", "-out", "none/../r", "-cache", "none/../c"}, tinySettings...), "r/report.html"},
		{[]string{"report", "r", "-out", "none/../again"}, "again/report.html"},
		{[]string{"sweep", "plan", "s.toml", "-out", "none/../s"}, "s/manifest.json"},
		{append([]string{"train", "-arm", "reservoir", "-task", "T1", "-cache", "off", "-save", "none/../n"}, tinySettings...), "n/reservoir_T1_seed1.safetensors"},
		{[]string{"export", "n/reservoir_T1_seed1.safetensors", "-out", "none/../x.npz"}, "x.npz"},
	} {
		code, _, stderr := run(c.args...)
		if _, err := os.Stat(c.made); code != 0 || err != nil {
			t.Errorf("%q: exit code %d, %q, %v", c.args, code, stderr, err)
		}
	}
	if _, err := os.Lstat("none"); err == nil {
		t.Error("none is there")
	}
}

// TestCacheApart lets results and cache lie within each other, by whatever names.
func TestCacheApart(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("there", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("there", "link"); err != nil {
		t.Skip(err)
	}
	for _, c := range [][2]string{{"o", "o"}, {"o", "o/c"}, {"o/deep/out", "o"}, {"link/o", "there"}, {"there", "link/c"}, {"link", filepath.Join(dir, "there")}, {"./x/../o", "o/../o/c"}} {
		checkRefused(t, dir, append([]string{"reproduce", "table1", "-out", c[0], "-cache", c[1]}, tinySettings...), "cache", "-out "+filepath.Clean(c[0]))
	}
	checkRefused(t, dir, append([]string{"train", "-arm", "reservoir", "-save", "link/n", "-cache", "there"}, tinySettings...), "cache", "-save")
	if code, _, stderr := run(append([]string{"reproduce", "table1", "-out", "oo", "-cache", "o"}, tinySettings...)...); code != 0 {
		t.Errorf("beside each other: exit code %d, %q", code, stderr)
	}
}

// TestNotAdopted changes the files of an earlier attempt: a run takes over no file whose SHA-256 is not
// that of the manifest, and follows no link out of its directory.
func TestNotAdopted(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	args := append([]string{"reproduce", "table1", "-cache", "off", "-out", out}, tinySettings...)
	if code, _, stderr := run(args...); code != 0 {
		t.Fatal(stderr)
	}
	good, err := os.ReadFile(filepath.Join(out, place.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(m *resultdir.Manifest)) {
		var m resultdir.Manifest
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		m.Complete = false
		f(&m)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(out, place.Manifest), string(data))
	}
	none := strings.Repeat("0", 64)
	for what, f := range map[string]func(m *resultdir.Manifest){
		`"nonsense"`:       func(m *resultdir.Manifest) { m.Finished = []string{"nonsense"} },
		"../gone.csv":      func(m *resultdir.Manifest) { m.Files["../gone.csv"] = none },
		"results/gone.exe": func(m *resultdir.Manifest) { m.Files["results/gone.exe"] = none },
		"gone.csv":         func(m *resultdir.Manifest) { m.Files["gone.csv"] = none },
		"no SHA-256":       func(m *resultdir.Manifest) { m.Files["results/gone.csv"] = "0" },
		"seed 1 after 3":   func(m *resultdir.Manifest) { m.Seeds = []uint64{3, 1} },
		"seed 3 after 3":   func(m *resultdir.Manifest) { m.Seeds = []uint64{3, 3} },
		"fig99":            func(m *resultdir.Manifest) { m.Experiments = []string{"fig99"} },
	} {
		change(f)
		checkRefused(t, dir, args, place.Manifest, what)
	}
	change(func(m *resultdir.Manifest) { m.Files["results/gone.csv"] = none })
	writeFile(t, filepath.Join(out, "results", "table1.csv"), "changed")
	code, _, stderr := run(args...)
	if want := "not taken over: results/gone.csv, results/table1.csv\n"; code != 0 || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, %q lacks %q", code, stderr, want)
	}
	if code, stdout, stderr := run("verify", out, "-all"); code != 0 {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}

	other := filepath.Join(dir, "other")
	if err := os.Rename(filepath.Join(out, "results"), other); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../other", filepath.Join(out, "results")); err != nil {
		t.Skip(err)
	}
	checkRefused(t, dir, args, "results", "no directory")
}

// TestMergePlace merges a sweep into the directory of a run.
func TestMergePlace(t *testing.T) {
	t.Parallel()
	a, dir := planTiny(t), t.TempDir()
	if code, _, stderr := run("sweep", "run", a, "-index", "0"); code != 0 {
		t.Fatal(stderr)
	}
	results := filepath.Join(dir, "r")
	if code, _, stderr := run(append([]string{"reproduce", "table1", "-cache", "off", "-out", results}, tinySettings...)...); code != 0 {
		t.Fatal(stderr)
	}
	checkRefused(t, dir, []string{"sweep", "merge", a, "-out", results}, "molap reproduce")
	checkRefused(t, dir, []string{"sweep", "merge", a, "-out", filepath.Join(results, "figures")}, "molap reproduce")
	if code, _, stderr := run("sweep", "merge", a, "-out", filepath.Join(dir, "merged")); code != 0 {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}
