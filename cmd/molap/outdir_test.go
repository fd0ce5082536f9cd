package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"molap/cmd/molap/internal/cli"
)

// interruptedRun runs the program, interrupted from the start.
func interruptedRun(args ...string) (code int, stderr string) {
	var out, errors bytes.Buffer
	env := cli.Env{Args: args, Stdout: &out, Stderr: &errors,
		Notify: func(c chan<- os.Signal) func() { c <- os.Interrupt; return func() {} }, Exit: func(int) {}}
	code = program().Main(env)
	return code, errors.String()
}

// TestInterruptedAgain checks that a complete result directory stays one when the run
// is repeated and interrupted, and that stale files of killed writers go.
func TestInterruptedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	args := append([]string{"reproduce", "cca", "-cache", "off", "-out", dir}, tinySettings...)
	if code, _, stderr := run(args...); code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	files := func() map[string]string {
		all := map[string]string{}
		for _, pattern := range []string{"*", "*/*"} {
			paths, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				if data, err := os.ReadFile(path); err == nil {
					all[path] = string(data)
				}
			}
		}
		return all
	}
	before := files()
	for _, stale := range []string{".molap-tmp-00000000000000000001", "results/.molap-tmp-00000000000000000002", "figures/.molap-tmp-00000000000000000003"} {
		if err := os.WriteFile(filepath.Join(dir, stale), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if code, stderr := interruptedRun(args...); code != 130 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	after := files()
	var changed []string
	for path, data := range after {
		if before[path] != data {
			changed = append(changed, path)
		}
	}
	slices.Sort(changed)
	if len(changed) > 0 || len(after) != len(before) {
		t.Errorf("%d files, then %d; changed: %q", len(before), len(after), changed)
	}
	if left, err := os.ReadFile(filepath.Join(dir, ".lock")); err == nil {
		t.Errorf("a lock is left: %q", left)
	}
}
