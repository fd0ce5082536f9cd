package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/resultdir"
)

// asProgram is the environment variable that makes this test's binary the program.
const asProgram = "MOLAP_TEST_AS_PROGRAM"

// TestMain keeps tests out of the user's cache, draws figures coarsely, and lets tests run the
// program in processes of their own; see child. The figures themselves are tested in package figure.
func TestMain(m *testing.M) {
	figure.DPI = 30
	if os.Getenv(asProgram) != "" {
		main()
	}
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

// child returns the program in a process of its own.
func child(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// hangLimit is more time than anything takes, on whatever machine and beside whatever work: a limit
// against hangs alone.
const hangLimit = 20 * time.Minute

// withArgs returns arguments and more of them. A key that -set gives another value the second time has that.
func withArgs(args []string, more ...string) []string {
	args = slices.Clone(args)
	for i := range more {
		if i == 0 || more[i-1] != "-set" {
			args = append(args, more[i])
			continue
		}
		key, _, _ := strings.Cut(more[i], "=")
		if at := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, key+"=") }); at >= 0 {
			args = slices.Delete(args, at-1, at+1) // with its -set
		}
		args = append(args, more[i])
	}
	return args
}

// tinySettings makes any run a matter of a moment.
var tinySettings = []string{"-set", "network.units=8", "-set", "training.batch=4", "-set", "training.level_iterations=1", "-set", "training.levels=2",
	"-set", "pretraining.batch=4", "-set", "pretraining.level_iterations=1", "-set", "pretraining.corpus_trials=8", "-set", "score.test_trials=8",
	"-set", "dni.units=8", "-set", "dni.batch=4", "-set", "dni.level_iterations=1", "-set", "dni.levels=1", "-set", "dni.orders=1",
	"-set", "damage.draws=2", "-set", "damage.trials=4", "-set", "damage.task_trials=4"}

// foreignNetwork is a network that another program trained, with trials.
const foreignNetwork = "../../rnn/testdata/net_delay_pro.npz"

// TestPerturb trains a network, keeps it and damages it.
func TestPerturb(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nets")
	code, _, stderr := run(append([]string{"train", "-arm", "reservoir", "-task", "T5,T9", "-save", dir}, tinySettings...)...)
	if code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	net := filepath.Join(dir, "reservoir_T9_seed1.safetensors")
	code, stdout, stderr := run("perturb", net, "-damage", "m2,noise", "-draws", "2", "-levels", "4.005,10")
	if lines := strings.Count(stdout, "\n"); code != 0 || lines != 5+2*3 || strings.Count(stdout, " 4.005 % ") != 1 || strings.Count(stdout, "σ = 4.005 ") != 1 || !strings.Contains(stdout, "noise") {
		t.Errorf("exit code %d, output %q of %d lines, errors %q", code, stdout, lines, stderr)
	}
	if !strings.Contains(stdout, "Scores of damaged copies on 8 trials of 110 steps") || !strings.Contains(stdout, " blind ") || !strings.Contains(stdout, " constant ") {
		t.Errorf("%q lacks trials or nulls", stdout)
	}
	for _, line := range strings.Split(stdout, "\n") {
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("%q is wider than 80 columns", line)
		}
	}
	for levels, want := range map[string]string{"3": "-levels 3: m2 hits none of 16 (want more than 3.12)", "5,5.0": "-levels 5,5.0 names 5 twice", "5,0": "hits none"} {
		if code, stdout, stderr := run("perturb", net, "-damage", "m2", "-levels", levels); code != 2 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("-levels %s: exit code %d, %q, %q, want %q", levels, code, stdout, stderr, want)
		}
	}
	if code, _, stderr := run("perturb", net, "-damage", "noise", "-levels", "0,0.1"); code != 2 || !strings.Contains(stderr, "-levels 0: noise of σ = 0 changes no weight") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	code, stdout, stderr = run("perturb", foreignNetwork, "-draws", "2", "-levels", "5", "-json")
	var all []struct {
		Damage  string
		Unit    string
		Blind   struct{ Overall float64 }
		Damaged [][]struct{ Output []float64 }
	}
	if err := json.Unmarshal([]byte(stdout), &all); code != 0 || err != nil || len(all) != 4 || all[0].Unit != "%" || all[2].Unit != "σ" || all[0].Blind.Overall == 0 || len(all[0].Damaged[0]) != 2 || len(all[0].Damaged[0][1].Output) != 3 {
		t.Errorf("exit code %d, %v, errors %q: %+v", code, err, stderr, all)
	}
}

// TestReproduce runs the main job and looks at what it wrote.
func TestReproduce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	code, stdout, stderr := run(append([]string{"reproduce", "-seeds", "2", "-out", dir}, tinySettings...)...)
	if code != 0 || !strings.Contains(stdout, "\nClaims of the paper\n") || !strings.Contains(stdout, "report.html") {
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
	var m resultdir.Manifest
	data, err := os.ReadFile(filepath.Join(dir, place.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Seeds) != 2 || m.Settings.Network.Units != 8 || m.Hash == "" || m.Kernel == "" || len(m.Experiments) != 16 {
		t.Errorf("manifest is %+v", m)
	}

	// The same run may be repeated there, another one must not replace it.
	if code, _, stderr := run(append([]string{"reproduce", "-seeds", "2", "-out", dir}, tinySettings...)...); code != 0 {
		t.Errorf("repeating the run: exit code %d, %q", code, stderr)
	}
	for _, other := range [][]string{{"-seeds", "1"}, {"-seeds", "2", "-set", "training.rate=0.02"}, {"-seeds", "2", "table1"}} {
		code, _, stderr = run(append(append([]string{"reproduce", "-out", dir}, tinySettings...), other...)...)
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
	env := cli.Env{Args: append([]string{"reproduce", "fig2", "-out", filepath.Join(dir, "x", "y")}, tinySettings[:2]...), Stdout: &out, Stderr: &stderr,
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
	var m information
	if err := json.Unmarshal([]byte(stdout), &m); code != 0 || err != nil || m.Kernels[len(m.Kernels)-1] != "generic" {
		t.Errorf("exit code %d, %v, %+v", code, err, m)
	}
	if len(m.Peaks) != len(m.Kernels)-1 {
		t.Errorf("%d peaks of the kernels %v, want one of each but generic", len(m.Peaks), m.Kernels)
	}
	for _, p := range m.Peaks { // no core is near the bounds, however busy
		if min(p.F32, p.F64) < 0.01 || max(p.F32, p.F64) > 10000 {
			t.Errorf("%s: a peak of %g GFLOP/s in f32, %g in f64", p.Kernel, p.F32, p.F64)
		}
	}
}
