package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTaskFiles goes the way of a user: print a task, change it, look at it.
func TestTaskFiles(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.toml")
	code, stdout, stderr := run("tasks", "t3", "-toml")
	if code != 0 || !strings.HasPrefix(stdout, `name  = "mem_pro"`) {
		t.Fatalf("exit code %d, output %q, errors %q", code, stdout, stderr)
	}
	text := strings.NewReplacer(`"mem_pro"`, `"mine"`, `id    = "T3"`, "", `"Mem Pro"`, `"My own"`, `"cos θ1", during = "response"`, `"cos(θ1 + 90)", during = "response"`).Replace(stdout)
	if err := os.WriteFile(mine, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = run("tasks", mine, "T1", "-out", filepath.Join(dir, "out"), "-trials", "2")
	if code != 0 || !strings.HasPrefix(stdout, "My own (mine): 110 steps") || !strings.Contains(stdout, "cos(θ1 + 90) during response") {
		t.Errorf("exit code %d, output %q, errors %q", code, stdout, stderr)
	}
	for _, name := range []string{"task_mine.svg", "task_mine.png", "task_T1.svg"} {
		if info, err := os.Stat(filepath.Join(dir, "out", name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}

	if err := os.WriteFile(mine, []byte(strings.Replace(text, "θ1 + 90", "θ1 + φ", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"tasks", mine}, mine + ":36:30: unknown draw \"φ\" (have θ1)"},
		{[]string{"tasks", filepath.Join(dir, "none.toml")}, "none.toml"},
		{[]string{"tasks", "mine"}, `unknown task "mine"`},
		{[]string{"tasks", "-toml"}, "no task named"},
		{[]string{"tasks", "T1", "T2", "-toml"}, "one task"},
	} {
		code, stdout, stderr := run(c.args...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: exit code %d, output %q, errors %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}
