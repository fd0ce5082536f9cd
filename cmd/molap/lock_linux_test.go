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

// TestNoLocks runs the program on file systems without locks, for which strace stands: it
// goes on, says so, and removes no temporary file, which might be another run's.
func TestNoLocks(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip(err)
	}
	for _, answer := range []string{"ENOSYS", "ENOLCK", "EOPNOTSUPP"} {
		dir := t.TempDir()
		out, nets := filepath.Join(dir, "out"), filepath.Join(dir, "nets")
		for _, d := range []string{out, nets} {
			if err := os.Mkdir(d, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(d, ".molap-tmp-00000000000000000001"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			dir  string
			args []string
		}{
			{nets, slices.Concat([]string{"train", "-arm", "reservoir", "-task", "T1", "-save", nets, "-cache", filepath.Join(dir, "cache")}, tinySettings)},
			{out, slices.Concat([]string{"reproduce", "table1", "-out", out, "-cache", filepath.Join(dir, "cache")}, tinySettings)},
			{out, []string{"report", out}},
		} {
			p := child()
			p.Path = strace
			p.Args = slices.Concat([]string{strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace=flock", "-e", "inject=flock:error=" + answer, os.Args[0]}, c.args)
			var stderr bytes.Buffer
			p.Stderr = &stderr
			err := p.Run()
			if strings.Contains(stderr.String(), "ptrace") {
				t.Skipf("strace: %v, %.200s", err, &stderr)
			}
			if err != nil || strings.Count(stderr.String(), "no lock: "+c.dir+": the file system has no locks (") != 1 {
				t.Errorf("%s, molap %s: %v, %s", answer, c.args[0], err, &stderr)
			}
			if left, err := filepath.Glob(filepath.Join(c.dir, ".*")); err != nil || len(left) != 1 {
				t.Errorf("%s, molap %s: hidden files %v (%v), want the temporary alone", answer, c.args[0], left, err)
			}
		}
		if code, stdout, stderr := run("verify", out); code != 0 {
			t.Errorf("%s: verify: exit code %d, %s%s", answer, code, stdout, stderr)
		}
	}
}
