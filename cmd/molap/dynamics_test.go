package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDynamics looks at a network that was just trained, as text, as JSON and in files.
func TestDynamics(t *testing.T) {
	nets, out := t.TempDir(), filepath.Join(t.TempDir(), "dynamics")
	code, _, stderr := run(append([]string{"train", "-arm", "reservoir", "-task", "T7", "-cache", "off", "-save", nets}, tiny...)...)
	if code != 0 {
		t.Fatal(stderr)
	}
	net := filepath.Join(nets, "reservoir_T7_seed1.safetensors")
	code, text, stderr := run("dynamics", net, "-out", out)
	if code != 0 || !strings.Contains(stderr, "dynamics: done in ") {
		t.Fatalf("exit code %d: %q", code, stderr)
	}
	for _, want := range []string{"exponent", "dimensions_m2", "held delay", "held response", "Input of delay, held", "dynamics.svg"} {
		if !strings.Contains(text, want) {
			t.Errorf("output lacks %q:\n%s", want, text)
		}
	}
	for _, name := range []string{"dynamics.svg", "dynamics.png", "dynamics.csv", "dynamics_points.json", "dynamics_eigenvalues.csv", "dynamics_course.csv", "dynamics_paths.csv"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	code, text, stderr = run("dynamics", net, "-json")
	var tables []struct {
		Name string
		Rows []map[string]any
	}
	if err := json.Unmarshal([]byte(text), &tables); code != 0 || err != nil || len(tables) != 5 || tables[0].Rows[0]["quantity"] != "radius" {
		t.Errorf("exit code %d, %v, %s: %d tables", code, err, stderr, len(tables))
	}
	for _, c := range []struct{ args, want []string }{
		{[]string{"dynamics"}, []string{"FILE"}},
		{[]string{"dynamics", filepath.Join(nets, "none.npz")}, []string{"none.npz"}},
		{[]string{"dynamics", net, "-slow", "2"}, []string{"-slow", "2", "1"}},
		{[]string{"dynamics", net, "-task", "T10"}, []string{"T10", "T9"}},
	} {
		code, stdout, stderr := run(c.args...)
		if code != 2 || stdout != "" {
			t.Errorf("%v: exit code %d, output %q", c.args, code, stdout)
		}
		for _, w := range c.want {
			if !strings.Contains(stderr, w) {
				t.Errorf("%v: error %q lacks %q", c.args, stderr, w)
			}
		}
	}
	// A network of another task does not fit, and leaves no directory behind.
	if code, _, stderr := run("dynamics", net, "-task", "T5", "-out", out+"2"); code != 1 || !strings.Contains(stderr, "3 inputs") {
		t.Errorf("T5: exit code %d: %s", code, stderr)
	}
	if _, err := os.Stat(out + "2"); !os.IsNotExist(err) {
		t.Errorf("a directory is left behind: %v", err)
	}
}
