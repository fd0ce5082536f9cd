package obs

import (
	"os"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
)

// TestCheckKey reads keys of files: their tasks are the nine and those that the settings define.
func TestCheckKey(t *testing.T) {
	s, err := profile.Load("paper")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("../../../../examples/tasks/compare.toml")
	if err != nil {
		t.Fatal(err)
	}
	defining := s
	defining.Tasks.Own = string(own)
	for _, c := range []struct {
		s          profile.Settings
		task, want string
	}{
		{s, "T7", ""},
		{s, "", ""},
		{s, "compare", `task is "compare" (want T1 to T9`},
		{s, "T10", `task is "T10"`},
		{defining, "T7", ""},
		{defining, "compare", ""},
		{defining, "match", `task is "match"`},
	} {
		n := &Notebook{Settings: c.s, Seeds: []uint64{1}}
		got := ""
		if err := n.check(Key{Kind: Score, Cell: lab.Cell{Arm: lab.MoLaP, Task: c.task, Seed: 1}}); err != nil {
			got = err.Error()
		}
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("task %q: %q, want %q", c.task, got, c.want)
		}
	}
}

// TestKeyText checks what keys are called: one without arm and task is about the corpus.
func TestKeyText(t *testing.T) {
	for want, k := range map[string]Key{
		"variates of the corpus, seed 1":             {Kind: Variates, Cell: lab.Cell{Seed: 1}},
		"score of molap T7, seed 3":                  {Kind: Score, Cell: lab.Cell{Arm: lab.MoLaP, Task: "T7", Seed: 3}},
		"damage m1 on 20 trials of dni T9, seed 1":   {Kind: Damage, Damage: lab.LesionM1, Trials: 20, Cell: lab.Cell{Arm: lab.DNI, Task: "T9", Seed: 1}},
		"untrained of reservoir, seed 2 with run.x=": {Kind: Untrained, Settings: "run.x=", Cell: lab.Cell{Arm: lab.Reservoir, Seed: 2}},
	} {
		if got := k.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
