package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
)

// TestTrainStarts checks that train starts from settings that learn, says so in a line, and
// says of a network that has not learnt that it has not, with help and a page that there are.
func TestTrainStarts(t *testing.T) {
	nets := t.TempDir()
	train := slices.Concat([]string{"train", "-arm", "reservoir", "-task", "T5", "-cache", "off"}, tinySettings)
	for profile, args := range map[string][]string{"extended": nil, "paper": {"-profile", "paper"}} {
		code, stdout, stderr := run(append(train, append(args, "-save", filepath.Join(nets, profile))...)...)
		if code != 0 || strings.Count(stderr, "profile "+profile+", with") != 1 {
			t.Errorf("%s: exit code %d, %q", profile, code, stderr)
		}
		found := regexp.MustCompile(`(?m)^reservoir T5, seed 1: not above the blind answer: has not learnt \(molap help settings says what can be set, (docs/\S+\.md) what helped\)$`).FindStringSubmatch(stdout)
		if found == nil {
			t.Fatalf("%s: %q", profile, stdout)
		}
		if _, err := os.Stat(filepath.Join("../..", found[1])); err != nil {
			t.Error(err)
		}
	}
	if code, stdout, _ := run("help", "settings"); code != 0 || !strings.Contains(stdout, "training.rate") {
		t.Errorf("help settings: exit code %d, %q", code, stdout)
	}
	net := filepath.Join(nets, "extended", "reservoir_T5_seed1.safetensors")
	if code, stdout, _ := run("eval", net); code != 0 || !strings.Contains(stdout, net+": not above the blind answer") {
		t.Errorf("eval: exit code %d, %q", code, stdout)
	}
	if code, _, stderr := run("eval", filepath.Dir(net)); code != 2 || !strings.Contains(stderr, "such as "+net) {
		t.Errorf("eval of a directory: exit code %d, %q", code, stderr)
	}
	if code, stdout, _ := run("version"); code != 0 || !strings.HasPrefix(stdout, "molap ") {
		t.Errorf("version: exit code %d, %q", code, stdout)
	}
}

func TestUnlearnt(t *testing.T) {
	u, null := unlearntNetworks{}, func(x float64) lab.Null { return lab.Null{Overall: x} }
	u.add("learnt", "", 79, null(70), null(78))
	for _, name := range []string{"a", "b", "c", "d"} {
		u.add(name, "", 70, null(70), null(60))
	}
	u.add("e", "", 74, null(70), null(74))
	u.add("f", "", 81, null(100), null(100))
	var b strings.Builder
	u.add("g", "training diverged", 81, null(70), null(60))
	u.print(&b, learningHelp(true))
	const help = ": has not learnt (-quick trains for a moment)\n"
	if want := "g: training diverged, the network is that before it\na; b; c and 1 more: not above the blind answer" + help + "e: not above the constant answer" + help +
		"f: an answer that ignores the stimulus is always right: these trials cannot tell what was learnt\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestReproduceOwnTasks checks that settings may define tasks of one's own, and that those
// change nothing of what the nine have.
func TestReproduceOwnTasks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, task, _ := run("tasks", "T5", "-toml")
	if code != 0 {
		t.Fatal(task)
	}
	task = strings.NewReplacer("mem_dm1", "mine", `"T5"`, `"mine"`).Replace(task)
	mine := filepath.Join(dir, "mine.toml")
	if err := os.WriteFile(mine, []byte("base = \"paper\"\n\n[tasks]\nown = '''\n"+task+"'''\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	tables := func(profile string) map[string]string {
		out := filepath.Join(dir, filepath.Base(profile)+".out")
		code, _, stderr := run(slices.Concat([]string{"reproduce", "fig2", "fig3", "-out", out, "-profile", profile}, tinySettings)...)
		if code != 0 {
			t.Fatal(stderr)
		}
		if code, stdout, stderr := run("verify", out, "-sample", "1"); code != 0 {
			t.Errorf("%s: %q, %q", profile, stdout, stderr)
		}
		files := map[string]string{}
		for name, data := range dirSnapshot(t, filepath.Join(out, "results")) {
			files[filepath.Base(name)] = data
		}
		return files
	}
	if with, without := tables(mine), tables("paper"); !maps.Equal(with, without) {
		for name := range without {
			if with[name] != without[name] {
				t.Errorf("%s differs", name)
			}
		}
	}
}

// TestSpacesInLists checks that spaces around the names of a list are no part of them.
func TestSpacesInLists(t *testing.T) {
	code, stdout, stderr := run(slices.Concat([]string{"train", "-arm", "molap, reservoir", "-task", " T1 ,T5", "-cache", "off"}, tinySettings)...)
	if code != 0 || strings.Count(stdout, "reservoir ") < 2 {
		t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
	}
}
