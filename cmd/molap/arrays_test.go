package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/intake"
	"molap/kernels"
	"molap/rnn"
)

// writeTrials writes 60 trials of 20 steps: the answer of the last 8 steps is the sign of a pulse
// at the beginning; beside it, if fixation is said, is one. change may spoil them.
func writeTrials(t *testing.T, dir, name string, change func(*rnn.Trials[float64])) string {
	t.Helper()
	const steps, trials = 20, 60
	s := &rnn.Trials[float64]{Steps: steps, Trials: trials, In: 2, Out: 2, Fixation: 1, StepMS: 20,
		X: make([]float64, steps*trials*2), Y: make([]float64, steps*trials*2)}
	stream := kernels.NewStream(5)
	for j := range trials {
		sign := float64(2*stream.Intn(uint64(j), 2) - 1)
		for step := range steps {
			at := (step*trials + j) * 2
			if step < 12 {
				s.X[at], s.Y[at] = 1, 1
			} else {
				s.Y[at+1] = sign
			}
			if step >= 2 && step < 8 {
				s.X[at+1] = sign
			}
		}
	}
	if change != nil {
		change(s)
	}
	data, err := rnn.EncodeNPZ(nil, s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// withMask asks for fixation everywhere and for the answer in the end alone, five times as much.
func withMask(s *rnn.Trials[float64]) {
	for i := range s.Y {
		w := 1.0
		if i%2 == 1 {
			w = 0
			if i/2/s.Trials >= 12 {
				w = 5
			}
		}
		s.Weights = append(s.Weights, w)
	}
}

// smallTraining has settings with which a reservoir learns those trials in a moment.
var smallTraining = []string{"-cache", "off", "-set", "network.units=40", "-set", "network.modules=2", "-set", "training.batch=20",
	"-set", "training.level_iterations=120", "-set", "training.levels=1", "-set", "score.window=8", "-set", "pretraining.levels=1",
	"-set", "pretraining.level_iterations=5", "-set", "pretraining.batch=20", "-set", "pretraining.corpus_trials=60"}

func trainOn(t *testing.T, args ...string) (r map[string]any, out string) {
	t.Helper()
	code, stdout, stderr := run(append(append([]string{"train", "-json"}, args...), smallTraining...)...)
	var runs []map[string]any
	if err := json.Unmarshal([]byte(stdout), &runs); code != 0 || err != nil {
		t.Fatalf("%q: exit code %d, %q (%v)", args, code, stderr, err)
	}
	return runs[0], stdout
}

// TestTrainArrays trains on trials from a file, with and without a mask: the network beats its
// nulls, the bits do not depend on workers, and eval gives the score of training on the trials
// held out.
func TestTrainArrays(t *testing.T) {
	dir := t.TempDir()
	for name, change := range map[string]func(*rnn.Trials[float64]){"plain": nil, "masked": withMask} {
		path := writeTrials(t, dir, name+".npz", change)
		nets := filepath.Join(dir, name)
		r, out := trainOn(t, "-arm", "reservoir", "-task", path, "-workers", "1", "-save", nets)
		if _, again := trainOn(t, "-arm", "reservoir", "-task", path, "-workers", "2"); again != out {
			t.Errorf("%s: two workers give other numbers", name)
		}
		constant := r["constant"].(map[string]any)["decision_unit"].(float64)
		if r["decision_unit"].(float64) < constant+20 || r["fixation"] != 1.0 {
			t.Errorf("%s: decision within a tenth %v %%, constant %v %%, fixation %v", name, r["decision_unit"], constant, r["fixation"])
		}
		net := filepath.Join(nets, "reservoir_"+name+"_seed1.safetensors")
		code, _, stderr := run("eval", net)
		if code != 2 || !strings.Contains(stderr, "-trials") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("without its trials: exit code %d, %q", code, stderr)
		}
		code, stdout, stderr := run("eval", net, "-trials", path, "-json")
		var e []map[string]any
		if err := json.Unmarshal([]byte(stdout), &e); code != 0 || err != nil {
			t.Fatalf("exit code %d, %q (%v)", code, stderr, err)
		}
		if e[0]["trials"] != 12.0 || e[0]["decision_unit"] != r["decision_unit"] || e[0]["overall"] != r["overall"] || e[0]["blind_loss"] != r["blind_loss"] || !strings.Contains(stderr, "12 trials") {
			t.Errorf("%s: eval says %v, training %v; %q", name, e[0], r, stderr)
		}
		if notices := fmt.Sprint(e[0]["notices"]); !strings.Contains(notices, "12 trials of "+path) {
			t.Errorf("%s: notices %s lack the trials of the test", name, notices)
		}
		code, stdout, stderr = run("perturb", net, "-trials", path, "-damage", "global", "-levels", "5", "-draws", "2", "-json")
		var damaged []map[string]any
		if err := json.Unmarshal([]byte(stdout), &damaged); code != 0 || err != nil || damaged[0]["trials"] != 12.0 {
			t.Errorf("%s: perturb: exit code %d, %q, %v, %s", name, code, stderr, err, stdout)
		}
		other := writeTrials(t, dir, "other.npz", func(s *rnn.Trials[float64]) { s.X[0] = 0.5 })
		if _, _, stderr := run("eval", net, "-trials", other); !strings.Contains(stderr, "trials: all of") {
			t.Errorf("%s: on other trials %q", name, stderr)
		}
	}
	if code, _, stderr := run("train", "-from", filepath.Join(dir, "plain", "reservoir_plain_seed1.safetensors"), "-arm", "reservoir", "-cache", "off"); code != 2 || !strings.Contains(stderr, "-task plain.npz") {
		t.Errorf("going on without the trials: exit code %d, %q", code, stderr)
	}
	// More trials of the same name are another task.
	writeTrials(t, dir, "plain.npz", func(s *rnn.Trials[float64]) { s.X[0] = 0.5 })
	more := []string{"train", "-from", filepath.Join(dir, "plain", "reservoir_plain_seed1.safetensors"), "-arm", "reservoir",
		"-task", filepath.Join(dir, "plain.npz"), "-test-share", "0.3", "-cache", "off", "-set", "training.level_iterations=3"}
	if code, _, stderr := run(more...); code != 0 || !strings.Contains(stderr, "42 trials to train on and 18 held out") {
		t.Errorf("going on with trials that changed: exit code %d, %q", code, stderr)
	}
	// The first trials held out, with their mask, go along with the network.
	net, held := filepath.Join(dir, "masked", "reservoir_masked_seed1.safetensors"), filepath.Join(dir, "held.npz")
	if code, _, stderr := run("export", net, "-out", held, "-task", filepath.Join(dir, "masked.npz"), "-trials", "5"); code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	f, err := intake.Decode(held, rnn.Reading{})
	if _, trials, _, _ := f.TrialsShape(); err != nil || trials != 5 || !f.HasMask() || f.StepMS() != 20 {
		t.Errorf("%d trials, mask %v, steps of %v ms (%v)", trials, f.HasMask(), f.StepMS(), err)
	}
	// What stands where the mask is 0 changes nothing.
	spoilt := writeTrials(t, dir, "spoilt.npz", func(s *rnn.Trials[float64]) {
		withMask(s)
		for i, w := range s.Weights {
			if w == 0 {
				s.Y[i] = 1e9
			}
		}
	})
	if err := os.Rename(spoilt, filepath.Join(dir, "masked.npz")); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("eval", filepath.Join(dir, "masked", "reservoir_masked_seed1.safetensors"), "-trials", filepath.Join(dir, "masked.npz")); code != 0 || !strings.Contains(stderr, "held out") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// TestArraysTold checks what train and sweep plan say of trials: their shape, so that a user notices
// exchanged axes, each array that is ignored, once, and which files and names a task may have.
func TestArraysTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	extra := rnn.Extra{Name: "masc", Shape: []int{2}, Values: []float64{1, 2}}
	path := writeTrials(t, dir, "mine.npz", func(s *rnn.Trials[float64]) { s.Beside = append(s.Beside, extra) })
	args := []string{"train", "-arm", "molap", "-task", path, "-corpus", path}
	line := "mine: 48 trials to train on and 12 held out, of 20 steps of 20 ms, 2 inputs, 2 outputs, output 1 is fixation, SHA-256 "
	code, _, stderr := run(append(args, smallTraining...)...)
	if code != 0 || strings.Count(stderr, path+": ignored, not understood: masc\n") != 1 || strings.Count(stderr, line) != 1 {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	timeless := writeTrials(t, dir, "timeless.npz", func(s *rnn.Trials[float64]) { s.StepMS = 0 })
	args = []string{"train", "-arm", "reservoir", "-task", timeless}
	if code, _, stderr := run(append(args, smallTraining...)...); code != 0 || !strings.Contains(stderr, "of 20 steps (the file has no dt), 2 inputs") {
		t.Errorf("without dt: exit code %d, %q", code, stderr)
	}
	spec := filepath.Join(dir, "sweep.toml")
	text := "profile = \"extended\"\narms = [\"reservoir\"]\ntasks = [\"mine.npz\"]\nseeds = 1\ndesign = \"grid\"\nset = [\"score.window=8\", \"training.batch=8\"]\n"
	if err := os.WriteFile(spec, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("sweep", "plan", spec, "-out", filepath.Join(dir, "out")); code != 0 || !strings.Contains(stderr, "masc\n") || !strings.Contains(stderr, line) {
		t.Errorf("plan: exit code %d, %q", code, stderr)
	}
	code, _, stderr = run(append([]string{"train", "-arm", "reservoir", "-task", path, "-test", path, "-save", dir}, smallTraining...)...)
	if code != 0 || !strings.Contains(stderr, "60 trials to train on and 60 for tests, the same (a score says nothing of new trials)") {
		t.Errorf("tested on the trials to train on: exit code %d, %q", code, stderr)
	}
	saved, _ := filepath.Glob(filepath.Join(dir, "reservoir_*.safetensors"))
	if len(saved) != 1 {
		t.Fatalf("saved %q", saved)
	}
	code, stdout, stderr := run("dynamics", saved[0], "-task", path, "-json")
	var m struct{ Notices []string }
	if err := json.Unmarshal([]byte(stdout), &m); code != 0 || err != nil || len(m.Notices) != 2 {
		t.Errorf("dynamics: exit code %d, notices %q (%v), on stderr %q", code, m.Notices, err, stderr)
	}
	if !strings.Contains(stderr, "those it was trained on\n") {
		t.Errorf("dynamics: %q does not say what it is tested on", stderr)
	}
	for _, text := range m.Notices {
		if !strings.Contains(stderr, text+"\n") {
			t.Errorf("dynamics: stderr %q lacks %q", stderr, text)
		}
	}
	for file, want := range map[string]string{"fixation = 3": "task: fixation is 3, want", "test = \"X.npy\"": "X.npy: no such file"} {
		if err := os.WriteFile(spec, []byte(file+"\n"+text), 0o666); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := run("sweep", "plan", spec, "-out", filepath.Join(dir, "out2")); code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, %q lacks %q", file, code, stderr, want)
		}
	}
	named := writeTrials(t, dir, "mine.v2.npz", nil)
	single := filepath.Join(dir, "X.npy")
	if err := os.WriteFile(single, make([]byte, 1<<17), 0o666); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{named: "the task has the name of the file, \"mine.v2\": want at most 40 of", single: "NAME.npz", "X.npy": "NAME.npz"} {
		code, stdout, stderr := run("train", "-arm", "reservoir", "-task", path, "-cache", "off")
		if code != 2 || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q lacks %q", path, code, stderr, want)
		}
	}
}

// TestArraysCorpus pre-trains modules on trials of a file, and runs a sweep of them after the
// file has gone.
func TestArraysCorpus(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := writeTrials(t, dir, "mine.npz", nil)
	if r, _ := trainOn(t, "-arm", "molap", "-corpus", path, "-task", path, "-test-share", "0.5"); r["task"] != "mine" {
		t.Errorf("trained %v", r)
	}
	masked := writeTrials(t, dir, "masked.npz", withMask)
	args := []string{"train", "-arm", "molap", "-task", masked}
	for _, corpus := range [][]string{nil, {"-corpus", masked}} {
		code, _, stderr := run(slices.Concat(args, corpus, smallTraining)...)
		if code != 0 || strings.Contains(stderr, "whatever the mask says, of masked\n") != (corpus != nil) {
			t.Errorf("corpus %v: exit code %d, %q", corpus, code, stderr)
		}
	}
	test := writeTrials(t, dir, "test.npz", func(s *rnn.Trials[float64]) { s.X[0] = 0.5 })
	sizes := map[string]string{"": "12", "test_share = 0.5": "30", "test = \"test.npz\"\nfixation = 0": "60", "test = \"mine.npz\"": "60"}
	plans := map[string]string{}
	for line := range sizes {
		spec, out := filepath.Join(dir, "sweep.toml"), filepath.Join(dir, fmt.Sprint("out", len(plans)))
		var set []string
		for i := 3; i < len(smallTraining); i += 2 {
			set = append(set, `"`+smallTraining[i]+`"`)
		}
		text := "profile = \"extended\"\narms = [\"reservoir\"]\ntasks = [\"mine.npz\"]\nseeds = 2\ndesign = \"grid\"\n" + line + "\nset = [" + strings.Join(set, ", ") + "]\n"
		if err := os.WriteFile(spec, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if code, _, stderr := run("sweep", "plan", spec, "-out", out); code != 0 {
			t.Fatalf("plan with %q: exit code %d, %q", line, code, stderr)
		}
		plans[line] = out
	}
	if err := errors.Join(os.Remove(path), os.Remove(test)); err != nil {
		t.Fatal(err)
	}
	for line, out := range plans {
		m, err := os.ReadFile(filepath.Join(out, "manifest.json"))
		if err != nil || !strings.Contains(string(m), "test_trials = "+sizes[line]) || strings.Contains(string(m), "fixation = 0") != strings.Contains(line, "fixation") {
			t.Errorf("%q: %v, manifest %s", line, err, m)
		}
		if code, stdout, stderr := run("sweep", "run", out); code != 0 || !strings.Contains(stdout, "2 of 2") {
			t.Errorf("run with %q: exit code %d, %q, %q", line, code, stdout, stderr)
		}
		if code, _, stderr := run("sweep", "merge", out); code != 0 {
			t.Errorf("merge with %q: exit code %d, %q", line, code, stderr)
		}
	}
}

// TestBadArrays checks what is said of trials that cannot be trained on: one line each.
func TestBadArrays(t *testing.T) {
	dir := t.TempDir()
	good := writeTrials(t, dir, "good.npz", nil)
	path := func(name string, change func(*rnn.Trials[float64])) string { return writeTrials(t, dir, name, change) }
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"-task", good, "-set", "training.batch=49"}, []string{"good", "48 trials", "training.batch, 49"}},
		{[]string{"-task", good, "-test-share", "0.001"}, []string{"good.npz", "60 trials", "0.001"}},
		{[]string{"-task", good, "-test-share", "1.5"}, []string{"-test-share", "between 0 and 1"}},
		{[]string{"-task", good, "-test", path("long.npz", func(s *rnn.Trials[float64]) { s.Steps, s.Trials = 40, 30 })}, []string{"40 steps", "20 steps"}},
		{[]string{"-task", good, "-test", good, "-test-share", "0.5"}, []string{"-test", "-test-share"}},
		{[]string{"-task", "T1", "-test", good}, []string{"-test", "no task is one"}},
		{[]string{"-task", good, "-fixation", "3"}, []string{"-fixation is 3", "1 to 2"}},
		{[]string{"-task", good, "-set", "score.window=21"}, []string{"good", "20 steps", "score.window, 21"}},
		{[]string{"-task", path("T7.npz", nil)}, []string{"T7", "rename the file"}},
		{[]string{"-task", good + "," + good}, []string{"good", "twice"}},
		{[]string{"-task", path("my trials.npz", nil)}, []string{"my trials"}},
		{[]string{"-task", path("half.npz", func(s *rnn.Trials[float64]) {
			withMask(s)
			for i := range s.Weights {
				s.Weights[i] *= float64(1 - i%2)
			}
		})}, []string{"half.npz", "mask is 0 for output 2"}},
		{[]string{"-task", path("faint.npz", func(s *rnn.Trials[float64]) {
			withMask(s)
			for i := range s.Weights {
				s.Weights[i] *= 1e-46 // 0 in float32
			}
		})}, []string{"faint.npz", "float32 rounds the mask to 0 for output 1"}},
		{[]string{"-task", path("masked.npz", withMask), "-set", "score.test_trials=5", "-test", path("late.npz", func(s *rnn.Trials[float64]) {
			withMask(s)
			for i := range s.Weights {
				if i%2 == 1 && i/2%s.Trials < 5 { // the second output is asked for in later trials only
					s.X[i], s.Weights[i] = 0.5, 0
				}
			}
		})}, []string{"masked", "score.test_trials 5", "mask is 0 for output 2 in all of the 5 trials"}},
		{[]string{"-task", path("large.npz", func(s *rnn.Trials[float64]) { s.X[3] = math.MaxFloat64 })}, []string{"large.npz", "too large for float32"}},
	} {
		code, stdout, stderr := run(withArgs(slices.Concat([]string{"train", "-arm", "reservoir"}, smallTraining), c.args...)...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: exit code %d, %q, %q", c.args, code, stdout, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(stderr, w) {
				t.Errorf("%q: %q lacks %q", c.args, stderr, w)
			}
		}
	}
}

// TestExportTrials checks which trials go along with a network: those of a file that -task names, the
// first of them if fewer are asked for, those held out if the network was trained on them. Hints say how
// trials are named to export, whose -trials is a number.
func TestExportTrials(t *testing.T) {
	dir := t.TempDir()
	mine, foreign := writeTrials(t, dir, "mine.npz", nil), filepath.Join(dir, "foreign.npz")
	code, _, stderr := run(append([]string{"train", "-arm", "reservoir", "-task", mine, "-save", dir}, smallTraining...)...)
	ours := filepath.Join(dir, "reservoir_mine_seed1.safetensors")
	if code != 0 {
		t.Fatal(stderr)
	}
	if code, _, stderr := run("export", ours, "-out", foreign); code != 0 {
		t.Fatal(stderr)
	}
	for i, c := range []struct {
		args   string
		trials int
		states bool
		said   string
	}{
		{foreign + " -task " + mine, 60, false, ""},
		{foreign + " -task " + mine + " -trials 5 -states", 5, true, ""},
		{foreign + " -task " + mine + " -states", 60, true, ""},
		{foreign + " -task " + mine + " -trials 100", 60, false, "-trials 100: there are 60, which are all written\n"},
		{ours + " -task " + mine, 12, false, "trials: the 12 trials of " + mine + " held out"},
		{ours + " -task " + mine + " -trials 5", 5, false, "held out"},
		{ours + " -task " + mine + " -trials 100 -states", 12, true, "-trials 100: there are 12, which are all written\n"},
	} {
		out := filepath.Join(dir, fmt.Sprintf("out%d.npz", i))
		code, _, stderr := run(append(strings.Fields("export "+c.args), "-out", out)...)
		if code != 0 || !strings.Contains(stderr, c.said) || strings.Contains(stderr, "tested") {
			t.Errorf("%s: exit code %d, %q", c.args, code, stderr)
			continue
		}
		f, err := intake.Decode(out, rnn.Reading{})
		if err != nil {
			t.Fatal(err)
		}
		if _, trials, _, _ := f.TrialsShape(); trials != c.trials || strings.Contains(f.Arrays(), "states") != c.states {
			t.Errorf("%s: %d trials, arrays %s", c.args, trials, f.Arrays())
		}
	}
	for args, want := range map[string]string{
		foreign + " -trials 5":                        "names no task and has no trials X, Y (set -task, such as -task T7, or -task FILE with trials X, Y)\n",
		foreign + " -states":                          "no trials to run the network on (set -task, such as -task T7, or -task FILE with trials X, Y)\n",
		mine + " -trials 5":                           "no network in the file, which has X ",
		ours + " -trials 5":                           "name their file by -task FILE\n",
		filepath.Join(dir, "out1.npz") + " -trials 2": "names no task (set -task, such as -task T7, or -task FILE with trials X, Y)\n",
	} {
		code, _, stderr := run(append(strings.Fields("export "+args), "-out", filepath.Join(dir, "none.npz"))...)
		if code != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, %q, want %q", args, code, stderr, want)
		}
	}
}
