package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/taskfile"
	"molap/cmd/molap/internal/taskview"
	"molap/kernels"
	"molap/tasks"
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

// TestWideTasks checks that families, and channels that are many, are drawn as images, and any task fits
// a figure.
func TestWideTasks(t *testing.T) {
	const head = "name = \"wide\"\nsteps = 20\nperiods = [{ name = \"a\", steps = \"rest\" }, { name = \"b\", steps = 5 }]\n"
	channel := func(side, name string, count int) string {
		text := fmt.Sprintf("[[%s]]\nname = %q\nshow = [{ value = 1, during = \"b\" }]\n", side, name)
		if count > 0 {
			text += fmt.Sprintf("count = %d\n", count)
		}
		return text
	}
	alternating := ""
	for i := range 40 {
		alternating += channel("inputs", fmt.Sprint("x", i), i%2*3) + channel("targets", fmt.Sprint("y", i), (i+1)%2)
	}
	single := ""
	for i := range 16 {
		single += channel("inputs", fmt.Sprint("x", i), 0) + channel("targets", fmt.Sprint("y", i), 0)
	}
	for name, c := range map[string]struct {
		text   string
		images int
	}{
		"one family":  {channel("inputs", "x", 32) + channel("targets", "y", 0), 1},
		"the largest": {channel("inputs", "x", 1024) + channel("targets", "y", 1024), 2},
		"many":        {single + channel("inputs", "z", 0) + channel("targets", "y", 0), 2},
		"alternating": {alternating, 2},
		"single":      {single, 0},
	} {
		task, err := taskfile.Parse(name, []byte(head+c.text))
		if err != nil {
			t.Fatal(err)
		}
		f, err := taskview.Figure(task, tasks.Paper, kernels.NewStream(1), 1)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(f.SVG()), "data:image/png"); n != 2*c.images { // a picture and its bar
			t.Errorf("%s: %d images, want %d and %d bars", name, n, c.images, c.images)
		}
	}
}

// TestTasksRefused checks that task files which cannot be trained on beside the nine are refused when they
// are shown, as train does, and trials of such a name too.
func TestTasksRefused(t *testing.T) {
	dir := t.TempDir()
	_, text, _ := run("tasks", "T3", "-toml")
	shadow := filepath.Join(dir, "shadow.toml")
	if err := os.WriteFile(shadow, []byte(strings.NewReplacer(`"mem_pro"`, `"T7"`, `"T3"`, `"T7"`).Replace(text)), 0o666); err != nil {
		t.Fatal(err)
	}
	trials := writeTrials(t, dir, "T1.npz", nil)
	all, allTrials := filepath.Join(dir, "nine.toml"), writeTrials(t, dir, "all.npz", nil)
	if err := os.WriteFile(all, []byte(strings.NewReplacer(`"mem_pro"`, `"mine"`, `"T3"`, `"all"`).Replace(text)), 0o666); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		all:       all + ": all (mine) has the name or id all, which stands for all nine tasks: rename it\n",
		allTrials: allTrials + ": a task of trials has the name of their file, and all stands for all nine tasks: rename the file\n",
		shadow:    shadow + ": T7 has the name or id of T7 (context_mem_dm1), one of the nine tasks, and is another: rename it\n",
		trials:    trials + ": a task of trials has the name of their file, and T1 is one of the nine tasks, T1 (delay_pro): rename the file\n",
	} {
		code, stdout, stderr := run("tasks", path)
		if code != 2 || stdout != "" || stderr != "molap: "+want {
			t.Errorf("%s: exit code %d, %q, %q", path, code, stdout, stderr)
		}
		code, _, stderr = run("train", "-arm", "reservoir", "-task", path)
		if code != 2 || !strings.HasSuffix(stderr, want) {
			t.Errorf("train on %s: exit code %d, %q", path, code, stderr)
		}
	}
}

// TestTargetsNamed checks that eval calls outputs what the task calls their targets.
func TestTargetsNamed(t *testing.T) {
	dir, _ := saveNetworks(t, "-arm", "reservoir", "-task", "T1,../../examples/tasks/compare.toml")
	for name, want := range map[string][]string{"T1": {" 1 fixation ", " 2 cos ", " 3 sin "}, "compare": {" 1 fixation ", " 2 choice "}} {
		net := filepath.Join(dir, "reservoir_"+name+"_seed1.safetensors")
		code, stdout, stderr := run("eval", net)
		for _, w := range want {
			if code != 0 || !strings.Contains(stdout, w) {
				t.Errorf("%s: exit code %d, %q, %q lacks %q", name, code, stderr, stdout, w)
			}
		}
	}
}
