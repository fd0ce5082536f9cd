package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
)

// TestMain keeps tests out of the user's cache.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "molap-test-")
	if err != nil {
		panic(err)
	}
	os.Setenv("HOME", dir)
	os.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// run runs the program as from a shell.
func run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	env := cli.Env{Args: args, Stdout: &out, Stderr: &err,
		Notify: func(chan<- os.Signal) func() { return func() {} }, Exit: func(int) {}}
	code = program().Main(env)
	return code, out.String(), err.String()
}

// tiny makes any run a matter of a moment.
var tiny = []string{"-set", "network.units=8", "-set", "training.batch=4", "-set", "training.level_iterations=1", "-set", "training.levels=2",
	"-set", "pretraining.batch=4", "-set", "pretraining.level_iterations=1", "-set", "pretraining.corpus_trials=8", "-set", "score.test_trials=8",
	"-set", "dni.units=8", "-set", "dni.batch=4", "-set", "dni.level_iterations=1", "-set", "dni.levels=1", "-set", "dni.orders=1",
	"-set", "damage.draws=2", "-set", "damage.trials=4", "-set", "damage.task_trials=4"}

// TestBadInput checks that a mistake gives one line that names it, exit code 2,
// nothing on standard output, and leaves nothing behind.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{}, []string{"no command"}},
		{[]string{"reproduc"}, []string{`"reproduc"`, "reproduce"}},
		{[]string{"tasks", "T10"}, []string{`"T10"`, "T9 multi_mem"}},
		{[]string{"tasks", "-out", out}, []string{"-out", "no task"}},
		{[]string{"tasks", "T1", "-trials", "9"}, []string{"-trials", "9", "8"}},
		{[]string{"info", "now"}, []string{`"now"`}},
		{[]string{"reproduce", "fig9", "-out", out}, []string{`"fig9"`, "table1", "fig2"}},
		{[]string{"reproduce", "fig2", "fig2", "-out", out}, []string{"twice"}},
		{[]string{"reproduce", "-kernel", "sse9", "-out", out}, []string{"sse9", "generic"}},
		{[]string{"reproduce", "-kernel", "neon9", "-out", out}, []string{"neon9"}},
		{[]string{"reproduce", "-set", "network.modules=3", "-out", out}, []string{"network.modules", "3", "100"}},
		{[]string{"reproduce", "-set", "network.modules=10", "-out", out}, []string{"network.modules", "10", "8"}},
		{[]string{"reproduce", "-seed", "18446744073709551615", "-seeds", "2", "-out", out}, []string{"-seed", "-seeds 2"}},
		{[]string{"reproduce", "-set", "training.rate=-1", "-out", out}, []string{"training.rate", "-1"}},
		{[]string{"reproduce", "-set", "training.rate=NaN", "-out", out}, []string{"training.rate", "NaN"}},
		{[]string{"reproduce", "-seeds", "x", "-out", out}, []string{"-seeds", `"x"`, "30"}},
		{[]string{"reproduce", "-seeds", "31", "-out", out}, []string{"-seeds", "31", "30"}},
		{[]string{"reproduce", "-workers", "0", "-out", out}, []string{"-workers", "0"}},
		{[]string{"reproduce", "-precision", "f16", "-out", out}, []string{"f16", "f32", "f64"}},
		{[]string{"reproduce", "-profile", "papre", "-out", out}, []string{"papre", "paper"}},
		{[]string{"reproduce", "-profile", file + ".toml", "-out", out}, []string{file}},
		{[]string{"reproduce", "-out", file}, []string{file}},
		{[]string{"reproduce", "-out", filepath.Join(file, "below")}, []string{file}},
		{[]string{"reproduce", "-out", out, "-cache", filepath.Join(file, "cache")}, []string{"-cache", file}},
		{[]string{"reproduce", "-out", out, "-set", "dni.order=12345678"}, []string{"dni.order", "12345678", "1 to 9"}},
		{[]string{"train"}, []string{"-arm", "separate", "reservoir"}},
		{[]string{"train", "-arm", "molap,dnn"}, []string{"-arm", "dnn", "dni"}},
		{[]string{"train", "-arm", "molap", "-task", "T0"}, []string{"-task", "T0", "T9"}},
		{[]string{"train", "-arm", "molap", "T1"}, []string{`"T1"`}},
		{[]string{"train", "-arm", "molap", "-save", file}, []string{file}},
		{[]string{"perturb"}, []string{"FILE"}},
		{[]string{"perturb", filepath.Join(dir, "none")}, []string{"none"}},
		{[]string{"perturb", dir}, []string{dir}},
		{[]string{"perturb", file}, []string{file, "safetensors", "npz"}},
		{[]string{"perturb", oracle, "-damage", "m3"}, []string{"-damage", "m3", "m1"}},
		{[]string{"perturb", oracle, "-damage", "m2"}, []string{"m2", "modules", "1"}},
		{[]string{"perturb", oracle, "-levels", "5,101"}, []string{"-levels", "101", "100"}},
		{[]string{"perturb", oracle, "-levels", "NaN"}, []string{"-levels", "NaN"}},
		{[]string{"perturb", oracle, "-task", "T10"}, []string{"-task", "T10"}},
		{[]string{"perturb", oracle, "-seed", "-1"}, []string{"-seed", "-1"}},
		{[]string{"perturb", oracle, "-draws", "0"}, []string{"-draws", "0"}},
		{[]string{"reproduce", "-frobnicate"}, []string{"-frobnicate"}},
		{[]string{"reproduce", "-out"}, []string{"-out"}},
	} {
		code, stdout, stderr := run(c.args...)
		if code != 2 || stdout != "" {
			t.Errorf("molap %q: exit code %d, output %q, want 2 and none", c.args, code, stdout)
		}
		if strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n") || !strings.HasPrefix(stderr, "molap: ") {
			t.Errorf("molap %q: %q is not one line", c.args, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(stderr, w) {
				t.Errorf("molap %q: %q lacks %q", c.args, stderr, w)
			}
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// oracle is a network that another program trained, with trials.
const oracle = "../../rnn/testdata/net_delay_pro.npz"

// TestPerturb trains a network, keeps it and damages it.
func TestPerturb(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nets")
	code, _, stderr := run(append([]string{"train", "-arm", "reservoir", "-task", "T5,T9", "-save", dir}, tiny...)...)
	if code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	net := filepath.Join(dir, "reservoir_T9_seed1.safetensors")
	code, stdout, stderr := run("perturb", net, "-damage", "m2,noise", "-draws", "2", "-levels", "0.005,10")
	if lines := strings.Count(stdout, "\n"); code != 0 || lines != 4+2*3 || strings.Count(stdout, " 0.005 ") != 2 || !strings.Contains(stdout, "noise") {
		t.Errorf("exit code %d, output %q of %d lines, errors %q", code, stdout, lines, stderr)
	}
	code, stdout, stderr = run("perturb", oracle, "-draws", "2", "-levels", "5", "-json")
	var all []struct {
		Damage  string
		Damaged [][]struct{ Output []float64 }
	}
	if err := json.Unmarshal([]byte(stdout), &all); code != 0 || err != nil || len(all) != 4 || len(all[0].Damaged[0]) != 2 || len(all[0].Damaged[0][1].Output) != 3 {
		t.Errorf("exit code %d, %v, errors %q: %+v", code, err, stderr, all)
	}
}

// TestReproduce runs the main job and looks at what it wrote.
func TestReproduce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	code, stdout, stderr := run(append([]string{"reproduce", "-seeds", "2", "-out", dir}, tiny...)...)
	if code != 0 || !strings.Contains(stdout, "multi_mem") || !strings.Contains(stdout, "report.html") {
		t.Fatalf("exit code %d, output %q, errors %q", code, stdout, stderr)
	}
	for _, name := range []string{"report.html", "results/table1.csv", "results/fig2.csv", "results/fig2.json", "results/fig2_summary.csv",
		"results/fig2_runs.csv", "results/fig2_curves.csv", "figures/fig1c.svg", "figures/fig2.svg", "figures/fig2.png", "figures/fig2_loss.png"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	runs, err := os.ReadFile(filepath.Join(dir, "results/fig2_runs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(runs, []byte("\n")); lines != 1+2*6*9 {
		t.Errorf("fig2_runs.csv has %d lines, want a header, 2 seeds × 6 arms × 9 tasks", lines)
	}
	var m manifest
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Seeds) != 2 || m.Settings.Network.Units != 8 || m.Hash == "" || m.Kernel == "" || len(m.Experiments) != 15 {
		t.Errorf("manifest is %+v", m)
	}

	// The same run may be repeated there, another one must not replace it.
	if code, _, stderr := run(append([]string{"reproduce", "-seeds", "2", "-out", dir}, tiny...)...); code != 0 {
		t.Errorf("repeating the run: exit code %d, %q", code, stderr)
	}
	for _, other := range [][]string{{"-seeds", "1"}, {"-seeds", "2", "-set", "training.rate=0.02"}, {"-seeds", "2", "table1"}} {
		code, _, stderr = run(append(append([]string{"reproduce", "-out", dir}, tiny...), other...)...)
		if code != 2 || !strings.Contains(stderr, "another run") {
			t.Errorf("%q in the same directory: exit code %d, %q", other, code, stderr)
		}
	}
	if again, err := os.ReadFile(filepath.Join(dir, "results/fig2_runs.csv")); err != nil || !bytes.Equal(again, runs) {
		t.Errorf("the results changed (%v)", err)
	}
}

// TestInterrupted checks that a run that is cut short says so, exits with 130 and
// leaves neither files nor the directories it made.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	var out, stderr bytes.Buffer
	env := cli.Env{Args: append([]string{"reproduce", "fig2", "-out", filepath.Join(dir, "x", "y")}, tiny[:2]...), Stdout: &out, Stderr: &stderr,
		Notify: func(c chan<- os.Signal) func() { c <- os.Interrupt; return func() {} }, Exit: func(int) {}}
	if code := program().Main(env); code != 130 || !strings.Contains(stderr.String(), "interrupted") || strings.Contains(stderr.String(), "done in") {
		t.Errorf("exit code %d, %q, want 130 and no success", code, stderr.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestTasks(t *testing.T) {
	code, stdout, _ := run("tasks")
	if code != 0 || strings.Count(stdout, "\n") < 11 || !strings.Contains(stdout, "context_mem_dm2") {
		t.Errorf("exit code %d, output %q", code, stdout)
	}
	dir := t.TempDir()
	code, stdout, stderr := run("tasks", "mem_pro", "T9", "-out", dir, "-trials", "2")
	if code != 0 || !strings.Contains(stdout, "cos θ1 during stimulus") {
		t.Errorf("exit code %d, output %q, errors %q", code, stdout, stderr)
	}
	for _, name := range []string{"task_T3.svg", "task_T9.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	first, _ := os.ReadFile(filepath.Join(dir, "task_T9.svg"))
	run("tasks", "T9", "-out", dir, "-trials", "2", "-seed", "2")
	if second, _ := os.ReadFile(filepath.Join(dir, "task_T9.svg")); bytes.Equal(first, second) {
		t.Error("another seed draws the same trials")
	}
}

func TestInfo(t *testing.T) {
	code, stdout, _ := run("info", "-json")
	var m machine
	if err := json.Unmarshal([]byte(stdout), &m); code != 0 || err != nil || m.Kernels[len(m.Kernels)-1] != "generic" {
		t.Errorf("exit code %d, %v, %+v", code, err, m)
	}
}
