package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"molap/cmd/molap/internal/sweep"
)

// tinySweep is a sweep of four indices that take a moment each.
const tinySweep = `
profile = "extended"
set = ["network.units=8", "training.batch=4", "training.level_iterations=2", "training.levels=2", "pretraining.batch=4",
  "pretraining.level_iterations=1", "pretraining.corpus_trials=8", "score.test_trials=8"]
arms = ["molap"]
tasks = ["T1", "mem_dm1"]
seeds = 2
design = "grid"
[[axis]]
keys = ["training.rate"]
values = [1e-3, 1e-2]
`

func planTiny(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	file := filepath.Join(dir, "tiny.toml")
	if err := os.WriteFile(file, []byte(tinySweep), 0o666); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "sweep")
	code, stdout, stderr := run("sweep", "plan", file, "-out", out)
	if code != 0 || !strings.Contains(stdout, "= 4 indices, each with 2 tasks") || !strings.Contains(stdout, "core-hours") {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	return out
}

// TestSweep takes a sweep from plan to merge and checks that results do not depend
// on kernel, workers and shards, and that they are what molap train gives.
func TestSweep(t *testing.T) {
	t.Parallel()
	a, b := planTiny(t), planTiny(t)
	for _, args := range [][]string{
		{"run", a, "-workers", "2"},
		{"run", b, "-shard", "1/2", "-kernel", "generic", "-workers", "1"},
		{"run", b, "-index", "0-2"},
		{"merge", a}, {"merge", b},
	} {
		if code, stdout, stderr := run(append([]string{"sweep"}, args...)...); code != 0 {
			t.Fatalf("%q: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
	for _, name := range []string{"results/000000.json", "results/000003.json", "merged/runs.csv", "merged/leaderboard.json", "merged/best_molap.toml",
		"merged/figures/marginal_accuracy.svg", "merged/report.html", "manifest.json"} {
		one, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		if two, err := os.ReadFile(filepath.Join(b, name)); err != nil || string(one) != string(two) {
			t.Errorf("%s differs (%v)", name, err)
		}
	}
	code, stdout, _ := run("sweep", "status", a, "-json")
	var state struct{ Done, Missing []int }
	if code != 0 || json.Unmarshal([]byte(stdout), &state) != nil || len(state.Done) != 4 || len(state.Missing) != 0 {
		t.Errorf("status: %s", stdout)
	}
	if code, stdout, _ := run("sweep", "status", a, "-array"); code != 0 || stdout != "\n" {
		t.Errorf("status -array: %q", stdout)
	}
	if code, stdout, _ := run("sweep", "status", a, "-follow"); code != 0 || stdout != "4 done\n" {
		t.Errorf("status -follow: %q", stdout)
	}

	// Index 3 is rate 1e-2 with seed 2.
	compareWithTrain(t, a, 3, "-arm", "molap", "-task", "T1,T5", "-seed", "2", "-set", "training.rate=1e-2")
}

// compareWithTrain checks that an index of a tiny sweep is what molap train gives.
func compareWithTrain(t *testing.T, dir string, index int, args ...string) {
	t.Helper()
	args = append([]string{"train", "-json", "-profile", "extended", "-cache", "off"}, args...)
	for _, part := range strings.Split(tinySweep, `"`) {
		if strings.Contains(part, ".") && strings.Contains(part, "=") && !strings.Contains(part, " ") {
			args = append(args, "-set", part)
		}
	}
	code, stdout, stderr := run(args...)
	var trained []struct {
		Overall      float64
		DecisionUnit float64 `json:"decision_unit"`
		BlindLoss    float64 `json:"blind_loss"`
	}
	if code != 0 || json.Unmarshal([]byte(stdout), &trained) != nil {
		t.Fatalf("train: exit code %d, %s", code, stderr)
	}
	data, err := os.ReadFile(filepath.Join(dir, "results", fmt.Sprintf("%06d.json", index)))
	if err != nil {
		t.Fatal(err)
	}
	var swept struct {
		Scores []struct {
			Overall      float64
			DecisionUnit float64 `json:"decision_unit"`
			BlindLoss    float64 `json:"blind_loss"`
		}
	}
	if err := json.Unmarshal(data, &swept); err != nil {
		t.Fatal(err)
	}
	if len(swept.Scores) != len(trained) {
		t.Fatalf("the sweep has %d networks, train %d", len(swept.Scores), len(trained))
	}
	for i, s := range swept.Scores {
		if w := trained[i]; s.Overall != w.Overall || s.DecisionUnit != w.DecisionUnit || s.BlindLoss != w.BlindLoss {
			t.Errorf("network %d: the sweep has %+v, train %+v", i, s, w)
		}
	}
}

// TestSweepOfOwnTasks checks that task files beside the sweep file are trained on, and
// pre-trained on, as by molap train, and that a task without fixation is reported as one.
func TestSweepOfOwnTasks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rhythm, err := os.ReadFile("../../examples/tasks/rhythm.toml")
	if err != nil {
		t.Fatal(err)
	}
	mine, file, out := filepath.Join(dir, "rhythm.toml"), filepath.Join(dir, "own.toml"), filepath.Join(dir, "sweep")
	text := strings.Replace(tinySweep, `tasks = ["T1", "mem_dm1"]`, `tasks = ["rhythm.toml", "T5"]`+"\n"+`corpus = ["T1", "rhythm", "T5"]`, 1)
	for path, data := range map[string][]byte{mine: rhythm, file: []byte(text)} {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"plan", file, "-out", out}, {"run", out, "-index", "0"}, {"merge", out}} {
		if code, stdout, stderr := run(append([]string{"sweep"}, args...)...); code != 0 {
			t.Fatalf("%q: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
	compareWithTrain(t, out, 0, "-arm", "molap", "-task", mine+",T5", "-corpus", "T1,rhythm,T5", "-seed", "1", "-set", "training.rate=1e-3")
	table, err := os.ReadFile(filepath.Join(out, "merged", "runs.csv"))
	if err != nil || !strings.Contains(string(table), "task,output_1,output_2,output_3,overall") {
		t.Errorf("runs.csv begins %.200s (%v)", table, err)
	}
}

func TestSweepBadInput(t *testing.T) {
	t.Parallel()
	planned := planTiny(t)
	dir := t.TempDir()
	file, other := filepath.Join(dir, "bad.toml"), filepath.Join(dir, "other.toml")
	steps, grid, latin := filepath.Join(dir, "steps.toml"), filepath.Join(dir, "grid.toml"), filepath.Join(dir, "latin.toml")
	axis := func(key, values string) string { return "[[axis]]\nkeys = [\"" + key + "\"]\n" + values + "\n" }
	wide := "from = 1e-3\nto = 1\nsteps = 100000"
	corpus, idle := filepath.Join(dir, "corpus.toml"), filepath.Join(dir, "idle.toml")
	for path, text := range map[string]string{
		file:  strings.Replace(tinySweep, "T1", "T10", 1),
		other: strings.Replace(tinySweep, "seeds = 2", "seeds = 3", 1),

		steps: tinySweep + axis("training.l2", "from = 0\nto = 1\nsteps = 2000000000"),
		grid:  tinySweep + axis("training.l2", wide) + axis("pretraining.l2", wide) + axis("training.decay", wide) + axis("pretraining.decay", wide),
		latin: strings.Replace(tinySweep, `design = "grid"`, "design = \"latin\"\npoints = 100000", 1),

		corpus: strings.Replace(tinySweep, "seeds", "corpus = [\"mine.toml\"]\nseeds", 1),
		idle:   strings.Replace(tinySweep, `["molap"]`, "[\"reservoir\"]\ncorpus = [\"T1\"]", 1),
	} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{}, []string{"plan", "merge"}},
		{[]string{"ran"}, []string{`"ran"`, "run"}},
		{[]string{"run"}, []string{"run", "DIR"}},
		{[]string{"run", planned, planned}, []string{"one DIR"}},
		{[]string{"run", dir}, []string{dir, "no sweep"}},
		{[]string{"run", planned, "-follow"}, []string{"-follow", "help sweep run"}},
		{[]string{"run", planned, "-index", "4"}, []string{"-index", `"4"`, "3"}},
		{[]string{"run", planned, "-shard", "2/2"}, []string{"-shard", "2/2"}},
		{[]string{"run", planned, "-shard", "0/2", "-index", "1"}, []string{"-index", "-shard"}},
		{[]string{"plan", file, "-out", dir + "/s"}, []string{"T10"}},
		{[]string{"plan", steps, "-out", dir + "/s"}, []string{"training.l2", "2000000000", "100000"}},
		{[]string{"plan", grid, "-out", dir + "/s"}, []string{"too many points", "100000"}},
		{[]string{"plan", latin, "-out", dir + "/s"}, []string{"too many points", "2 seeds", "100000"}},
		{[]string{"plan", corpus, "-out", dir + "/s"}, []string{corpus, "corpus", filepath.Join(dir, "mine.toml")}},
		{[]string{"plan", idle, "-out", dir + "/s"}, []string{idle, "corpus", "reservoir", "molap-pca"}},
		{[]string{"plan", dir + "/none.toml", "-out", dir + "/s"}, []string{"none.toml", "table2"}},
		{[]string{"plan", other, "-out", planned}, []string{"another sweep"}},
		{[]string{"plan", other, "-out", dir + "/s", "-budget", "1e-9"}, []string{"-budget", "core-hours"}},
		{[]string{"plan", other, "-out", dir + "/s", "-budget", "-1"}, []string{"-budget"}},
		{[]string{"plan", other}, []string{"-out"}},
		{[]string{"status", planned, "-follow", "-json"}, []string{"-follow"}},
		{[]string{"merge", planned, "-by", "luck"}, []string{"luck", "decision_unit"}},
		{[]string{"merge", planned, "-out", planned}, []string{planned, "estimate.json", "did not write"}},
		{[]string{"slurm", planned, "-minutes", "1", "-warning", "60"}, []string{"warning", "60", "59"}},
		{[]string{"slurm", planned, "-sbatch", "--output=/elsewhere"}, []string{"--output=/elsewhere"}},
		{[]string{"slurm", planned, "-sbatch", "reboot"}, []string{"reboot", "--partition"}},
		{[]string{"kubernetes", planned}, []string{"image"}},
		{[]string{"kubernetes", planned, "-image", "molap", "-claim", "A_B"}, []string{"A_B"}},
	} {
		code, stdout, stderr := run(append([]string{"sweep"}, c.args...)...)
		lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
		last := lines[len(lines)-1]
		if code != 2 || stdout != "" || !strings.HasPrefix(last, "molap: ") {
			t.Errorf("sweep %q: exit code %d, %q %q, want 2 and an error", c.args, code, stdout, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(last, w) {
				t.Errorf("sweep %q: %q lacks %q", c.args, last, w)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "s")); err == nil {
		t.Error("a refused plan left a directory")
	}
}

// TestSweepOfOtherVersion checks that results of different code are not mixed.
func TestSweepOfOtherVersion(t *testing.T) {
	spec, err := sweep.ParseSpec("tiny", []byte(tinySweep))
	if err != nil {
		t.Fatal(err)
	}
	base, err := spec.Base()
	if err != nil {
		t.Fatal(err)
	}
	m, err := spec.Plan(t.Context(), "v0.1.0", base, []string{"T1", "T5"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := m.Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, empty := range []string{"results", "state"} { // as a copy may lack them
		if err := os.Remove(filepath.Join(dir, empty)); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := run("sweep", "run", dir); code != 2 || !strings.Contains(stderr, "v0.1.0") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if code, stdout, stderr := run("sweep", "status", dir); code != 0 || !strings.Contains(stdout, "missing      4   0-3") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
}

// TestMergeInto checks that merge writes over what it wrote of the same sweep, and over
// nothing else.
func TestMergeInto(t *testing.T) {
	t.Parallel()
	sweep, other := planTiny(t), planTiny(t)
	manifest := filepath.Join(other, "manifest.json")
	text, err := os.ReadFile(filepath.Join(filepath.Dir(other), "tiny.toml"))
	if err != nil {
		t.Fatal(err)
	}
	spec := filepath.Join(t.TempDir(), "other.toml")
	if err := os.WriteFile(spec, []byte(strings.Replace(string(text), "seeds = 2", "seeds = 1", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(manifest); err != nil {
		t.Fatal(err)
	}
	must := func(args ...string) {
		t.Helper()
		if code, _, stderr := run(args...); code != 0 {
			t.Fatalf("%q: %s", args, stderr)
		}
	}
	must("sweep", "plan", spec, "-out", other)
	must("sweep", "run", sweep, "-index", "0")
	must("sweep", "run", other)
	out := filepath.Join(t.TempDir(), "out")
	must("sweep", "merge", sweep, "-out", out)
	must("sweep", "run", sweep)
	must("sweep", "merge", sweep, "-out", out, "-by", "overall") // more results, and in another order
	results := filepath.Join(t.TempDir(), "results")
	must(append([]string{"reproduce", "table1", "-cache", "off", "-out", results}, tinySettings...)...)
	mine := t.TempDir()
	if err := os.WriteFile(filepath.Join(mine, "report.html"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{out: "another sweep", results: "holds results of molap reproduce", mine: "report.html", filepath.Join(sweep, "results"): "belongs to the sweep"} {
		before := resultsBelow(t, dir)
		code, stdout, stderr := run("sweep", "merge", other, "-out", dir)
		if code != 2 || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q%q, want 2 and %q", dir, code, stdout, stderr, want)
		}
		if after := resultsBelow(t, dir); !maps.Equal(before, after) {
			t.Errorf("%s was changed", dir)
		}
	}
}

// resultsBelow returns the files below a directory.
func resultsBelow(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
