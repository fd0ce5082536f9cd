package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/jsonvalue"
	"molap/kernels"
	"molap/rnn"

	"github.com/sbinet/npyio/npz"
)

// saveNetworks trains networks and returns the directory of their files and what training
// says of each.
func saveNetworks(t *testing.T, args ...string) (dir string, runs []map[string]any) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "nets")
	code, stdout, stderr := run(append(append([]string{"train", "-json", "-save", dir}, args...), tinySettings...)...)
	if code != 0 {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &runs); err != nil {
		t.Fatal(err)
	}
	return dir, runs
}

// TestEval scores files of networks and wants what training said.
func TestEval(t *testing.T) {
	for _, args := range [][]string{{"-precision", "f32"}, {"-precision", "f64", "-profile", "authors", "-seed", "7"}} {
		dir, runs := saveNetworks(t, append(args, "-arm", "molap,dni", "-task", "T4,T9")...)
		var files []string
		for _, r := range runs {
			files = append(files, filepath.Join(dir, r["arm"].(string)+"_"+r["task"].(string)+"_seed"+strconv.Itoa(int(r["seed"].(float64)))+".safetensors"))
		}
		code, stdout, stderr := run(append([]string{"eval", "-json"}, files...)...)
		var got []map[string]any
		if err := json.Unmarshal([]byte(stdout), &got); code != 0 || err != nil || len(got) != len(runs) {
			t.Fatalf("exit code %d, %q (%v)", code, stderr, err)
		}
		for i, r := range runs {
			for _, key := range []string{"Arm", "Task", "Seed", "Output", "Overall", "Decision", "DecisionUnit", "DecisionRaw", "Blind", "Constant"} {
				if !reflect.DeepEqual(got[i][key], r[key]) {
					t.Errorf("%s: %s is %v, in training %v", files[i], key, got[i][key], r[key])
				}
			}
			if r["arm"] == "molap" && got[i]["blind_loss"] != r["blind_loss"] {
				t.Errorf("%s: BlindLoss is %v, in training %v", files[i], got[i]["blind_loss"], r["blind_loss"])
			}
			if got[i]["trials"] != 8.0 || got[i]["precision"] != args[1] {
				t.Errorf("%s: %v trials in %v", files[i], got[i]["trials"], got[i]["precision"])
			}
		}
	}
}

// TestEvalElsewhere scores networks that another program trained, on the trials they
// came with, and wants the scores it found.
func TestEvalElsewhere(t *testing.T) {
	for _, name := range []string{"delay_pro", "mem_dm1"} {
		path := "../../rnn/testdata/net_" + name + ".npz"
		for profile, key := range map[string]string{"paper": "acc_absolute", "authors": "acc_relative"} {
			var want []float64
			if err := readNPZ("../../rnn/testdata/found_"+name+".npz", key, &want); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := run("eval", path, "-fixation", "1", "-profile", profile, "-json")
			var got []evaluation
			if err := decodeJSON(stdout, &got); code != 0 || err != nil {
				t.Fatalf("exit code %d, %q (%v)", code, stderr, err)
			}
			if e := got[0]; !reflect.DeepEqual(e.Output, want) || e.Trials != 200 || e.Fixation != 1 || e.ConstantOutput[0] != e.BlindOutput[0] || e.Loss <= 0 || e.Loss > 0.01 || e.Loss > e.BlindLoss/5 {
				t.Errorf("%s, %s: %+v, want the scores %v", name, profile, e, want)
			}
		}
	}
}

// readNPZ reads an array as another library does.
func readNPZ(path, name string, to any) error {
	f, err := npz.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Read(name+".npy", to)
}

// decodeJSON reads what a command printed with -json, all of it.
func decodeJSON(text string, to any) error {
	return jsonvalue.Read(reflect.ValueOf(to).Elem(), json.RawMessage(text), jsonvalue.SnakeCase)
}

// TestEvalTrials tests on trials from elsewhere, from the file, and drawn.
func TestEvalTrials(t *testing.T) {
	dir, _ := saveNetworks(t, "-arm", "reservoir", "-task", "T2")
	net := filepath.Join(dir, "reservoir_T2_seed1.safetensors")
	with := filepath.Join(dir, "with.npz")
	if code, _, stderr := run("export", net, "-out", with, "-trials", "5", "-seed", "9"); code != 0 {
		t.Fatal(stderr)
	}
	scores := func(args ...string) (e evaluation) {
		t.Helper()
		code, stdout, stderr := run(append([]string{"eval", "-json"}, args...)...)
		var all []evaluation
		if err := decodeJSON(stdout, &all); code != 0 || err != nil {
			t.Fatalf("%q: exit code %d, %q (%v)", args, code, stderr, err)
		}
		e = all[0]
		e.File, e.Arm, e.Task, e.Seed, e.Targets, e.DecisionRaw = "", "", "", 0, nil, 0 // the trials do not know their targets and units
		return e
	}
	drawn := scores(net, "-seed", "9", "-set", "score.test_trials=5")
	if drawn.Trials != 5 {
		t.Errorf("%d trials", drawn.Trials)
	}
	for _, args := range [][]string{{with}, {net, "-trials", with}, {with, "-trials", with}, {with, "-task", "delay_anti", "-seed", "9", "-set", "score.test_trials=5"}} {
		if got := scores(args...); !reflect.DeepEqual(got, drawn) {
			t.Errorf("%q: %+v, want %+v", args, got, drawn)
		}
	}
	if got := scores(with, "-fixation", "0"); got.Fixation != 0 || got.Decision != got.Overall || drawn.Fixation != 1 {
		t.Errorf("without fixation: %+v, with it %+v", got, drawn)
	}
	if got := scores(with, "-task", "T2", "-set", "score.test_trials=5"); got.Loss == drawn.Loss {
		t.Error("another seed has the same trials")
	}
	for _, c := range []struct{ args, want []string }{
		{[]string{"eval"}, []string{"FILE"}},
		{[]string{"eval", filepath.Join(dir, "none")}, []string{"none"}},
		{[]string{"eval", dir}, []string{dir}},
		{[]string{"eval", net, "-task", "T2", "-trials", with}, []string{"-task", "-trials"}},
		{[]string{"eval", net, "-trials", net}, []string{"-trials", net, "X"}},
		{[]string{"eval", net, "-fixation", "1"}, []string{"-fixation 1", "T2"}},
		{[]string{"eval", with, "-fixation", "4"}, []string{"-fixation is 4", "1 to 3"}},
		{[]string{"eval", with, "-fixation", "first"}, []string{"-fixation", "first", "number"}},
		{[]string{"eval", net, "-seed", "x"}, []string{"-seed", `"x"`}},
		{[]string{"eval", net, "-task", "T0"}, []string{"-task", "T0", "T9"}},
		{[]string{"eval", os.DevNull}, []string{os.DevNull}},
		{[]string{"perturb", net, "-trials", net}, []string{"-trials", net, "X"}},
		{[]string{"export", net}, []string{"-out"}},
		{[]string{"export", net, "-out", filepath.Join(dir, "x.mat")}, []string{".mat", ".npz", ".safetensors"}},
		{[]string{"export", net, "-out", filepath.Join(dir, "x.safetensors"), "-trials", "3"}, []string{"-trials 3", ".npz"}},
		{[]string{"export", net, "-out", filepath.Join(dir, "x.npz"), "-trials", "-1"}, []string{"-trials", "-1"}},
		{[]string{"export", net, "-out", filepath.Join(dir, "x.safetensors"), "-states"}, []string{"-states", ".npz"}},
		{[]string{"export", net, "-out", filepath.Join(dir, "x.npz"), "-states"}, []string{"-states", "no trials", "set -trials"}},
		{[]string{"export", foreignNetwork, "-out", filepath.Join(dir, "x.npz"), "-trials", "3"}, []string{"-task"}},
		{[]string{"export", net, net, "-out", filepath.Join(dir, "x.npz")}, []string{"one FILE"}},
		{[]string{"export", net, "-out", filepath.Join(net, "x.npz")}, []string{net}},
	} {
		code, stdout, stderr := run(c.args...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("molap %q: exit code %d, %q, %q", c.args, code, stdout, stderr)
		}
		for _, w := range c.want {
			if !strings.Contains(stderr, w) {
				t.Errorf("molap %q: %q lacks %q", c.args, stderr, w)
			}
		}
	}
	// A network that does not fit its task is a failure of one file, and others are scored.
	code, stdout, stderr := run("eval", net, "../../rnn/testdata/net_mem_dm1.npz", "-task", "T2")
	if code != 1 || !strings.Contains(stdout, "reservoir_T2_seed1.safetensors T2 ") || !strings.Contains(stderr, "T2 has 3 and 3") {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

// TestExchangedAxes scores trials whose steps and trials are exchanged: it says so, and of trials as
// they should be it says nothing.
func TestExchangedAxes(t *testing.T) {
	dir := t.TempDir()
	f, err := intake.Decode(foreignNetwork, rnn.Reading{})
	if err != nil {
		t.Fatal(err)
	}
	net, err := rnn.Load[float32](f)
	if err != nil {
		t.Fatal(err)
	}
	right, err := rnn.LoadTrials[float32](f, net.Shape)
	if err != nil {
		t.Fatal(err)
	}
	wrong := *right
	wrong.Steps, wrong.Trials = right.Trials, right.Steps
	wrong.X, wrong.Y = nil, nil
	for j := range right.Trials {
		for s := range right.Steps {
			at := s*right.Trials + j
			wrong.X = append(wrong.X, right.X[at*right.In:][:right.In]...)
			wrong.Y = append(wrong.Y, right.Y[at*right.Out:][:right.Out]...)
		}
	}
	for name, c := range map[string]struct {
		trials *rnn.Trials[float32]
		said   bool
	}{"right.npz": {right, false}, "wrong.npz": {&wrong, true}} {
		data, err := rnn.EncodeNPZ(net, c.trials)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := run("eval", path, "-json")
		if said := strings.Contains(stderr, "are steps and trials exchanged? "); code != 0 || said != c.said || said != strings.Contains(stdout, "are steps and trials exchanged? ") {
			t.Errorf("%s: exit code %d, %q", name, code, stderr)
		}
	}
}

// TestExport converts networks to and fro and loses no bit.
func TestExport(t *testing.T) {
	dir, _ := saveNetworks(t, "-arm", "molap,dni", "-task", "T9", "-seed", "3")
	for _, arm := range []string{"molap", "dni"} {
		net := filepath.Join(dir, arm+"_T9_seed3.safetensors")
		at := func(name string) string { return filepath.Join(dir, "new", arm+name) }
		for _, step := range [][]string{
			{net, "-out", at("a.safetensors")},
			{net, "-out", at("b.npz"), "-trials", "6"},
			{at("b.npz"), "-out", at("c.npz"), "-precision", "f64"},
			{at("c.npz"), "-out", at("d.npz"), "-precision", "f32"},
			{at("d.npz"), "-out", at("e.safetensors"), "-task", "T9", "-seed", "3"},
		} {
			if code, stdout, stderr := run(append([]string{"export"}, step...)...); code != 0 || !strings.HasPrefix(stdout, step[2]) {
				t.Fatalf("%q: exit code %d, %q", step, code, stderr)
			}
		}
		if readText(t, net) != readText(t, at("a.safetensors")) {
			t.Error("a copy differs")
		}
		if readText(t, at("b.npz")) != readText(t, at("d.npz")) {
			t.Error("float64 and back differs")
		}
		want := loadNetwork[float32](t, net)
		for name, precision := range map[string]string{"b.npz": "f32", "c.npz": "f64", "d.npz": "f32", "e.safetensors": "f32"} {
			f, err := intake.Decode(at(name), rnn.Reading{})
			if err != nil {
				t.Fatal(err)
			}
			if got := loadNetwork[float32](t, at(name)); !reflect.DeepEqual(got, want) || f.Type != precision || f.HasTrials() != strings.HasSuffix(name, ".npz") {
				t.Errorf("%s: %v in %s, trials %v; want %v", name, got, f.Type, f.HasTrials(), want)
			}
		}
		if f, err := intake.Decode(at("e.safetensors"), rnn.Reading{}); err != nil || f.Task != "T9" || f.Seed != 3 || f.Settings != "" {
			t.Errorf("metadata %+v (%v)", f.Info, err)
		}
	}
	if code, _, stderr := run("export", foreignNetwork, "-out", filepath.Join(dir, "o.safetensors"), "-profile", "authors", "-task", "T1"); code != 0 || !strings.Contains(stderr, "left out") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	if f, err := intake.Decode(filepath.Join(dir, "o.safetensors"), rnn.Reading{}); err != nil || !strings.Contains(f.Settings, "profile authors") || f.Task != "T1" {
		t.Errorf("metadata %+v (%v)", f.Info, err)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func loadNetwork[T kernels.Float](t *testing.T, path string) *rnn.Network[T] {
	t.Helper()
	f, err := intake.Decode(path, rnn.Reading{})
	if err != nil {
		t.Fatal(err)
	}
	net, err := rnn.Load[T](f)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// TestSeenByPython has NumPy read exports and write what it read; that is the network
// again, to the last bit.
func TestSeenByPython(t *testing.T) {
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(p, "-c", "import numpy").Run() == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("no python3 with NumPy here (Debian: python3-numpy)")
	}
	dir, _ := saveNetworks(t, "-arm", "molap", "-task", "T7", "-precision", "f64")
	net, npz, back := filepath.Join(dir, "molap_T7_seed1.safetensors"), filepath.Join(dir, "t7.npz"), filepath.Join(dir, "back.npz")
	if code, _, stderr := run("export", net, "-out", npz, "-trials", "4"); code != 0 {
		t.Fatal(stderr)
	}
	out, err := exec.Command(python, "testdata/roundtrip.py", npz, net, back).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
	if !reflect.DeepEqual(loadNetwork[float64](t, back), loadNetwork[float64](t, net)) {
		t.Error("the network came back changed")
	}
	_, before, _ := run("eval", npz, "-profile", "paper", "-json")
	_, after, _ := run("eval", back, "-profile", "paper", "-json")
	if after == "" || strings.ReplaceAll(after, back, "") != strings.ReplaceAll(before, npz, "") {
		t.Errorf("scores before %s, after %s", before, after)
	}
}

// TestExportMakesDirectories checks that export makes the directory of its file as other commands make
// theirs, and says so: the name may be mistyped.
func TestExportMakesDirectories(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for _, want := range []string{"made the directory " + dir + "\n", ""} {
		if code, _, stderr := run("export", foreignNetwork, "-out", filepath.Join(dir, "x.npz")); code != 0 || stderr != want {
			t.Errorf("exit code %d, %q, want %q", code, stderr, want)
		}
	}
}

// TestSeveralFiles checks that files which cannot be read get a line each, and the others what was asked
// for.
func TestSeveralFiles(t *testing.T) {
	net := readFile(t, "../net_delay_pro.npz")
	t.Chdir(t.TempDir())
	for name, data := range map[string][]byte{"net.npz": net, "empty.npz": nil, "cut.npz": net[:1000]} {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	bad := []string{"molap: empty.npz", "molap: cut.npz", "molap: none"}
	for _, c := range []struct {
		args []string
		code int
		want string // on standard output
		bad  []string
	}{
		{[]string{"eval", "empty.npz", "net.npz", "cut.npz", "none"}, 1, "\nnet.npz ", bad},
		{[]string{"eval", "-json", "empty.npz", "cut.npz", "none", "net.npz"}, 1, `"file": "net.npz"`, bad},
		{[]string{"eval", "empty.npz", "cut.npz", "none"}, 2, "", bad},
		{[]string{"eval", "-fixation", "9", "net.npz", "net.npz"}, 2, "", []string{"molap: -fixation is 9"}},
		{[]string{"tasks", "T10", "T3", "none.toml", "T5"}, 1, "T5", []string{`molap: unknown task "T10"`, "molap: none.toml"}},
		{[]string{"tasks", "T10", "none.toml"}, 2, "", []string{`molap: unknown task "T10"`, "molap: none.toml"}},
	} {
		code, stdout, stderr := run(c.args...)
		lines := 0
		for _, line := range strings.Split(stderr, "\n") {
			if strings.HasPrefix(line, "molap: ") {
				if lines < len(c.bad) && !strings.HasPrefix(line, c.bad[lines]) {
					t.Errorf("%q: line %q, want %q", c.args, line, c.bad[lines])
				}
				lines++
			}
		}
		if code != c.code || lines != len(c.bad) || !strings.Contains(stdout, c.want) || c.want == "" && stdout != "" {
			t.Errorf("%q: exit code %d, want %d; %q, %q", c.args, code, c.code, stdout, stderr)
		}
	}
}
