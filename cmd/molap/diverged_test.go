package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"molap/rnn"
)

// TestDivergedSaid trains on targets so large that squares of gradients overflow. The table, the exit
// code, the file and all that read the file say so, and JSON has no text in the place of a number.
func TestDivergedSaid(t *testing.T) {
	dir := t.TempDir()
	large := writeTrials(t, dir, "large.npz", func(s *rnn.Trials[float64]) {
		for i := range s.Y {
			s.Y[i] *= 1e30
		}
	})
	train := append([]string{"train", "-arm", "reservoir", "-task", large}, smallTraining...)
	code, stdout, stderr := run(append(train, "-save", dir)...)
	if code != 1 || !strings.Contains(stdout, " diverged\n") || !strings.Contains(stdout, " yes\n") || !strings.Contains(stdout, "reservoir large, seed 1: training diverged, the network is that before it\n") {
		t.Errorf("exit code %d, %q", code, stdout)
	}
	for _, want := range []string{"at iteration 0: a gradient is ", "beyond the largest number of f32, 3.4e+38", "\nmolap: training diverged; what helps is targets scaled to about 1, or a lower rate"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q lacks %q", stderr, want)
		}
	}
	net := filepath.Join(dir, "reservoir_large_seed1.safetensors")
	again := filepath.Join(dir, "again.safetensors")
	for _, c := range [][]string{{"eval", net, "-trials", large}, {"export", net, "-out", again}, {"eval", again, "-trials", large}} {
		code, stdout, stderr := run(c...)
		if code != 0 || !strings.Contains(stderr, "training diverged at iteration 0: a gradient is ") || !strings.Contains(stderr, "; this is the network before that") {
			t.Errorf("%q: exit code %d, %q", c, code, stderr)
		}
		if c[0] == "eval" && !strings.Contains(stdout, ": training diverged, the network is that before it\n") {
			t.Errorf("%q: %q", c, stdout)
		}
	}
	code, stdout, _ = run(append(train, "-json")...)
	var runs []map[string]any
	if err := json.Unmarshal([]byte(stdout), &runs); code != 1 || err != nil || len(runs) != 1 {
		t.Fatalf("exit code %d, %q (%v)", code, stdout, err)
	}
	for _, key := range []string{"final_loss", "escape"} {
		if v, ok := runs[0][key]; v != nil || !ok {
			t.Errorf("%s is %v, want null", key, v)
		}
	}
}
