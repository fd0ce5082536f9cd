package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"molap/cmd/molap/internal/intake"
	"molap/cmd/molap/internal/lab"
	"molap/rnn"
)

// TestOwnTaskDoc does what docs/tasks.md says, command by command, with fewer units and
// trials. The task file is there for those commands alone that name it.
func TestOwnTaskDoc(t *testing.T) {
	doc, err := os.ReadFile("../../docs/tasks.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("examples/tasks", os.DirFS(filepath.Join(examples, "tasks"))); err != nil {
		t.Fatal(err)
	}
	commands := 0
	for line := range strings.Lines(string(doc)) {
		line, isCommand := strings.CutPrefix(line, "    molap ")
		if !isCommand || strings.Contains(line, "profile P") || strings.HasPrefix(line, " ") {
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line, to, redirected := strings.Cut(strings.TrimSpace(line), " > ")
		args := strings.Fields(line)
		if args[0] == "train" {
			args = withArgs(append(args, "-cache", "cache"), tinySettings...)
		}
		task := "mine"
		if strings.Contains(line, "yang_ctxdm1.toml") {
			task = "yang_ctxdm1"
		}
		if !strings.Contains(line, "mine.toml") && !redirected {
			if err := os.Rename("mine.toml", "hidden"); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(line, " arrays.npz") { // which the page has NumPy make
			writeTrials(t, ".", "arrays.npz", withMask)
			task = "arrays"
		}
		commands++
		code, stdout, stderr := run(args...)
		if code != 0 || stdout == "" {
			t.Fatalf("molap %s: exit code %d, output %q, errors %q", line, code, stdout, stderr)
		}
		if redirected {
			stdout = strings.NewReplacer(`"mem_pro"`, `"mine"`, `id    = "T3"`, "", `"Mem Pro"`, `"My own"`, "cos θ1", "cos(θ1 + 90)").Replace(stdout)
			if err := os.WriteFile(to, []byte(stdout), 0o666); err != nil {
				t.Fatal(err)
			}
		} else if args[0] != "perturb" && !strings.Contains(stdout, task) {
			t.Errorf("molap %s: no word of the task in %q", line, stdout)
		}
		if err := os.Rename("hidden", "mine.toml"); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if commands < 9 {
		t.Errorf("%d commands", commands)
	}
}

// TestOwnTaskFile goes through what a network's file says of its task, and what -task,
// -profile and export make of that.
func TestOwnTaskFile(t *testing.T) {
	const compare = "../../examples/tasks/compare.toml"
	dir, runs := saveNetworks(t, "-arm", "molap", "-task", compare+",T5", "-corpus", "T1,"+compare)
	net, other := filepath.Join(dir, "molap_compare_seed1.safetensors"), filepath.Join(dir, "changed.toml")
	settings := func(path string) string {
		t.Helper()
		f, err := intake.Decode(path, rnn.Reading{})
		if err != nil {
			t.Fatal(err)
		}
		return f.Settings
	}
	for _, name := range []string{"compare", "T5"} {
		if got := settings(filepath.Join(dir, "molap_"+name+"_seed1.safetensors")); !strings.Contains(got, `corpus = "T1,compare"`) || !strings.Contains(got, "sign(first - second)") {
			t.Errorf("the network of %s has the settings %s", name, got)
		}
	}
	score := func(args ...string) (e evaluation) {
		t.Helper()
		code, stdout, stderr := run(append([]string{"eval", "-json"}, args...)...)
		var all []evaluation
		if err := decodeJSON(stdout, &all); code != 0 || err != nil {
			t.Fatalf("%q: exit code %d, %q (%v)", args, code, stderr, err)
		}
		all[0].File = ""
		return all[0]
	}
	e := score(net)
	if e.Task != "compare" || e.Overall != runs[0]["overall"] || e.BlindLoss != runs[0]["blind_loss"] {
		t.Errorf("scores %+v, in training %v", e, runs[0])
	}
	if again := score(net, "-task", compare); !reflect.DeepEqual(again, e) {
		t.Errorf("on trials of the file %+v, of the network's task %+v", again, e)
	}
	if authors := score(net, "-profile", "authors"); authors.Task != "compare" || authors.Trials != 2000 {
		t.Errorf("another profile: %+v", authors)
	}

	text := strings.Replace(readText(t, compare), "uniform = [0.2, 1]", "uniform = [5, 6]", 1)
	if err := os.WriteFile(other, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run("eval", net, "-task", other); code != 2 || !strings.Contains(stderr, "rename one") {
		t.Errorf("another task of the name of one of the corpus: exit code %d, %q", code, stderr)
	}
	npz, back := filepath.Join(dir, "net.npz"), filepath.Join(dir, "back.safetensors")
	for _, args := range [][]string{{net, "-out", npz}, {npz, "-out", back, "-task", other}} {
		if code, _, stderr := run(append([]string{"export"}, args...)...); code != 0 {
			t.Fatalf("export %q: exit code %d, %q", args, code, stderr)
		}
	}
	if got := settings(back); !strings.Contains(got, "uniform = [5, 6]") {
		t.Errorf("export -task FILE writes the settings %s", got)
	}
	if changed := score(back, "-task", compare); changed.BlindLoss == score(back).BlindLoss || changed.Task != "compare" {
		t.Errorf("-task FILE draws the trials of the network's task: %+v", changed)
	}
}

// TestChoiceScores trains, scores and damages by the criterion choice, whose nulls are those
// of a choice between two.
func TestChoiceScores(t *testing.T) {
	dir := t.TempDir()
	code, stdout, stderr := run(append([]string{"train", "-json", "-save", dir, "-arm", "reservoir", "-task",
		"../../examples/tasks/compare.toml,../../examples/tasks/yang_ctxdm1.toml"}, withArgs(tinySettings, "-set", "score.criterion=choice", "-set", "score.test_trials=400")...)...)
	var runs []map[string]any
	if err := json.Unmarshal([]byte(stdout), &runs); code != 0 || err != nil {
		t.Fatalf("exit code %d, %q (%v)", code, stderr, err)
	}
	null := func(of any) lab.Null {
		t.Helper()
		m := of.(map[string]any)
		return lab.Null{Overall: m["overall"].(float64), Decision: m["decision"].(float64)}
	}
	for i, most := range []float64{57, 8} { // of two equally likely, of 32
		blind, constant := null(runs[i]["blind"]), null(runs[i]["constant"])
		if d := constant.Decision; d < most/2 || d > most || blind.Decision > d {
			t.Errorf("%v: nulls %+v and %+v", runs[i]["task"], blind, constant)
		}
	}
	net := filepath.Join(dir, "reservoir_compare_seed1.safetensors")
	var all []evaluation
	for _, args := range [][]string{{}, {"-set", "score.criterion=absolute"}} {
		code, stdout, stderr := run(append([]string{"eval", "-json", net}, args...)...)
		var one []evaluation
		if err := decodeJSON(stdout, &one); code != 0 || err != nil {
			t.Fatalf("%q: exit code %d, %q (%v)", args, code, stderr, err)
		}
		all = append(all, one...)
	}
	if all[0].Decision != runs[0]["decision"] || all[0].ConstantOutput[1] != null(runs[0]["constant"]).Decision || all[1].ConstantOutput[1] == all[0].ConstantOutput[1] && all[1].Decision == all[0].Decision {
		t.Errorf("scored as choices %+v, in training %v, by the tolerance %+v", all[0], runs[0], all[1])
	}
	code, stdout, stderr = run("perturb", net, "-damage", "global", "-levels", "10", "-draws", "1", "-json")
	var damaged []struct{ Intact struct{ Output []float64 } }
	if err := json.Unmarshal([]byte(stdout), &damaged); code != 0 || err != nil || damaged[0].Intact.Output[1] != all[0].Decision {
		t.Errorf("exit code %d, %q (%v): intact %+v, want %v", code, stderr, err, damaged, all[0].Decision)
	}
}
