package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"molap/cmd/molap/internal/sweep"
)

// TestSweepPage plans the sweep files of docs/sweeps.md as they stand there: the first beside a task
// file, then with the axis of pairs in place of its first axis, then the others. One that goes on from
// another sweep is only read.
func TestSweepPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/sweeps.md")
	if err != nil {
		t.Fatal(err)
	}
	task, err := os.ReadFile("../../examples/tasks/compare.toml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.toml"), task, 0o666); err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?m)(^    .*\n+)+`).FindAllString(string(page), -1)
	var files []string
	pairs := ""
	for _, b := range blocks {
		switch {
		case strings.HasPrefix(b, "    profile = "):
			files = append(files, b)
		case strings.HasPrefix(b, "    [[axis]]"):
			pairs = b
		}
	}
	if len(files) != 3 || pairs == "" {
		t.Fatalf("%d sweep files, axis of pairs %q", len(files), pairs)
	}
	axis := strings.SplitAfterN(files[0], "    [[axis]]\n", 3) // what is before the axes, the first, the others
	files = append(files, strings.TrimSuffix(axis[0], "    [[axis]]\n")+pairs+"    [[axis]]\n"+axis[2])
	plans := 0
	for _, text := range files {
		file := filepath.Join(dir, "sweep.toml")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		spec, err := sweep.LoadSpec(file)
		if err == nil && spec.Design == "best" {
			continue
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			continue
		}
		m, err := manifestOf(t.Context(), spec, file, nil)
		if err != nil || len(m.Points) < 2 {
			t.Errorf("%v in\n%s", err, text)
			continue
		}
		plans++
	}
	if plans != 3 {
		t.Errorf("%d sweeps are planned, want 3", plans)
	}
}
