//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// judgeSeeds judges the seeds of a directory together, each in a directory called by its number,
// and returns the table of claims. A process of its own judges them: children of this one begin
// with its size, and TestIrregular limits theirs.
func judgeSeeds(t *testing.T, profile string) []byte {
	t.Helper()
	seeds, err := filepath.Glob(filepath.Join(profile, "[0-9]*"))
	if err != nil || len(seeds) == 0 {
		t.Fatalf("%s has no seeds (%v)", profile, err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if said, err := child(slices.Concat([]string{"report"}, seeds, []string{"-with", "claims", "-out", out})...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	table, err := os.ReadFile(filepath.Join(out, "results", "claims.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// evidenceDir is where the observations behind the tables of docs are kept.
const evidenceDir = "../../docs/evidence"

// TestEvidence judges the observations that are kept and compares the verdicts with those that
// the pages quote. Observations without verdicts must make a report.
func TestEvidence(t *testing.T) {
	t.Parallel()
	tables, err := filepath.Glob(filepath.Join(evidenceDir, "*", "claims.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if seeds, _ := filepath.Glob(filepath.Join(evidenceDir, "*", "[0-9]*")); len(tables) == 0 && len(seeds) == 0 {
		t.Skip("no observations are kept yet")
	}
	for _, name := range tables {
		copied := t.TempDir() // report makes a lock beside what it reads
		if err := os.CopyFS(copied, os.DirFS(filepath.Dir(name))); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(name)
		if got := judgeSeeds(t, copied); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its seeds say (%v):\n%s", name, err, got)
		}
	}
	kept, err := filepath.Glob(filepath.Join(evidenceDir, "*", "[0-9]*", "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, manifest := range kept {
		seed := filepath.Dir(manifest)
		if slices.Contains(tables, filepath.Join(filepath.Dir(seed), "claims.csv")) {
			continue
		}
		copied := t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(seed)); err != nil {
			t.Fatal(err)
		}
		if said, err := child("report", copied, "-out", filepath.Join(t.TempDir(), "out")).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", seed, err, said)
		}
	}
}

// TestKeep keeps two seeds as evidence is kept. Judged together they give the verdicts of a run
// with both, and one that was changed is refused.
func TestKeep(t *testing.T) {
	t.Parallel()
	kept, both := t.TempDir(), t.TempDir()
	claims := func(dir string, args ...string) {
		if code, _, stderr := run(slices.Concat([]string{"reproduce", "claims", "-cache", "off", "-out", dir}, tinySettings, args)...); code != 0 {
			t.Fatal(stderr)
		}
	}
	for _, seed := range []string{"1", "2"} {
		dir := t.TempDir()
		claims(dir, "-seed", seed)
		if out, err := exec.Command("sh", filepath.Join(evidenceDir, "keep.sh"), dir, filepath.Join(kept, seed)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	claims(both, "-seeds", "2")
	want, err := os.ReadFile(filepath.Join(both, "results", "claims.csv"))
	if got := judgeSeeds(t, kept); err != nil || !bytes.Equal(got, want) {
		t.Errorf("kept seeds give other verdicts than a run (%v):\n%s", err, got)
	}
	one := filepath.Join(kept, "1", "results", "records.csv.gz")
	other, err := os.ReadFile(filepath.Join(kept, "2", "results", "records.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string][]byte{"is not what the manifest says": other, "gzip": other[:len(other)/2], "no such file": nil} {
		if data == nil {
			err = os.Remove(one)
		} else {
			err = os.WriteFile(one, data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		code, _, stderr := run("report", filepath.Join(kept, "1"), "-out", filepath.Join(t.TempDir(), "out"))
		if code != 1 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "records.csv") {
			t.Errorf("%s: exit code %d, %q", what, code, stderr)
		}
	}
}
