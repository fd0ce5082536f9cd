package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSweepWide checks that a task may have as many outputs in a sweep as it may have in a file.
func TestSweepWide(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const wide = `
name = "wide"
steps = 40
draws = [{ name = "a", uniform = [-1, 1] }]
periods = [{ name = "stimulus", steps = 10 }, { name = "response", steps = 30 }]
[[inputs]]
name = "in"
show = [{ value = "a", during = "stimulus" }]
[[targets]]
name = "out"
count = 1024
show = [{ value = "a", during = "response" }]
`
	file, out := filepath.Join(dir, "sweep.toml"), filepath.Join(dir, "out")
	for path, text := range map[string]string{filepath.Join(dir, "wide.toml"): wide,
		file: strings.NewReplacer(`"T1", "mem_dm1"`, `"wide.toml"`, `["molap"]`, `["reservoir"]`).Replace(tinySweep)} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"plan", file, "-out", out}, {"run", out}, {"merge", out}} {
		if code, stdout, stderr := run(append([]string{"sweep"}, args...)...); code != 0 {
			t.Fatalf("%q: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
	if _, stdout, _ := run("sweep", "status", out); strings.Contains(stdout, "corrupt") || !strings.Contains(stdout, "done      4") {
		t.Error(stdout)
	}
}
