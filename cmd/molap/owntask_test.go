package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
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
			args = append(append(args, "-cache", "cache"), tiny...)
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
	dir, runs := saved(t, "-arm", "molap", "-task", compare+",T5", "-corpus", "T1,"+compare)
	net, other := filepath.Join(dir, "molap_compare_seed1.safetensors"), filepath.Join(dir, "changed.toml")
	settings := func(path string) string {
		t.Helper()
		f, err := decodeFile(path)
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
		if err := json.Unmarshal([]byte(stdout), &all); code != 0 || err != nil {
			t.Fatalf("%q: exit code %d, %q (%v)", args, code, stderr, err)
		}
		all[0].File = ""
		return all[0]
	}
	e := score(net)
	if e.Task != "compare" || e.Overall != runs[0]["Overall"] || e.BlindLoss != runs[0]["BlindLoss"] {
		t.Errorf("scores %+v, in training %v", e, runs[0])
	}
	if again := score(net, "-task", compare); !reflect.DeepEqual(again, e) {
		t.Errorf("on trials of the file %+v, of the network's task %+v", again, e)
	}
	if authors := score(net, "-profile", "authors"); authors.Task != "compare" || authors.Trials != 2000 {
		t.Errorf("another profile: %+v", authors)
	}

	text := strings.Replace(read(t, compare), "uniform = [0.2, 1]", "uniform = [5, 6]", 1)
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
