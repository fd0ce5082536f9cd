package main

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guardedImports lists packages that open connections, run other programs or load code, each with
// the packages that may import it, ours or others'.
var guardedImports = map[string][]string{
	"net":           {"molap/cmd/molap/internal/live"}, // the page of a run, when asked for
	"net/http":      {"molap/cmd/molap/internal/live"},
	"net/http/cgi":  nil,
	"net/http/fcgi": nil,
	"net/rpc":       nil,
	"net/smtp":      nil,
	"crypto/tls":    nil,
	"os/exec":       {"molap/cmd/molap/internal/slurm"}, // queue.go hands scripts to sbatch, when asked to
	"plugin":        nil,
}

// TestPowers checks that nothing else in the program can reach the network or run code.
func TestPowers(t *testing.T) {
	const format = "{{if not .Standard}}{{.ImportPath}} {{join .Imports \" \"}}{{end}}"
	out, err := exec.Command("go", "list", "-deps", "-f", format, "molap/cmd/molap").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range strings.Split(string(out), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		seen++
		for _, imported := range words[1:] {
			if may, power := guardedImports[imported]; power && !slices.Contains(may, words[0]) {
				t.Errorf("%s imports %s", words[0], imported)
			}
		}
	}
	if seen < 20 {
		t.Errorf("%d packages seen", seen)
	}
	files, err := filepath.Glob("internal/slurm/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(name) != "queue.go" && !strings.HasSuffix(name, "_test.go") && bytes.Contains(source, []byte(`"os/exec"`)) {
			t.Errorf("%s runs other programs", name)
		}
	}
}

// TestArchivePaths reads an archive whose names lead out of any directory it might be
// unpacked in, or hide what they hold: names are looked up and never used as paths.
func TestArchivePaths(t *testing.T) {
	good, err := os.ReadFile(foreignNetwork)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	outer := t.TempDir()
	dir := filepath.Join(outer, "a", "b", "c")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	var evil bytes.Buffer
	w := zip.NewWriter(&evil)
	for _, e := range z.File {
		if err := w.Copy(e); err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"../../W_rec.npy", "../../evil.npy", filepath.Join(outer, "evil.npy"), `..\..\evil.npy`, "W_rec.npy/../evil.npy",
		"./X.npy", "__init__.py", "b.pkl", "link.npy"}
	for _, name := range names {
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, ExternalAttrs: 0o120777 << 16}) // a symbolic link, as Info-ZIP has it
		if err == nil {
			_, err = to.Write([]byte("/etc/passwd"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for name, data := range map[string][]byte{"good.npz": good, "evil.npz": evil.Bytes()} {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	before := dirSnapshot(t, outer)
	line := []string{"-damage", "m1", "-levels", "5", "-draws", "1", "-json"}
	if code, got, stderr := run(append([]string{"perturb", "evil.npz"}, line...)...); code != 2 || got != "" || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, %q; printed %q", code, stderr, got)
	}
	ignored := strings.ReplaceAll(strings.Join(names, ","), ".npy,", ",")
	line = append(line, "-ignore", strings.TrimSuffix(ignored, ".npy"))
	_, want, _ := run(append([]string{"perturb", "good.npz"}, line...)...)
	code, got, stderr := run(append([]string{"perturb", "evil.npz"}, line...)...)
	notices := regexp.MustCompile(`(?s)"notices": \[.*?\]`) // what was ignored
	got, want = notices.ReplaceAllString(got, ""), notices.ReplaceAllString(want, "")
	if code != 0 || got != want || want == "" {
		t.Errorf("exit code %d, %q; printed %q, want %q", code, stderr, got, want)
	}
	after := dirSnapshot(t, outer)
	if len(after) != len(before) {
		t.Errorf("%d files after reading an archive, %d before", len(after), len(before))
	}
	for path, data := range after {
		if before[path] != data {
			t.Errorf("reading an archive changed %s", path)
		}
	}
}
