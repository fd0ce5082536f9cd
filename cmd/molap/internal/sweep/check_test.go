package sweep

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// TestCheckOfScores checks that a score is checked without the making of tasks: sweeps have 100 000. It
// counts allocations, some 200 for the nine tasks.
func TestCheckOfScores(t *testing.T) {
	m := planText(t, smallFile)
	j, err := m.Job(0)
	if err != nil {
		t.Fatal(err)
	}
	check, scores := &scoreCheck{Manifest: m}, madeScores(j)
	if n := testing.AllocsPerRun(10, func() { err = errors.Join(err, check.possible(0, scores)) }); n > 50 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
	if n := testing.AllocsPerRun(10, func() { kindOf("run.precision") }); n > 0 {
		t.Errorf("%v allocations to look up a key", n)
	}
}

// TestOutputsAtEveryPoint checks that tasks have the same outputs whatever an axis sets.
func TestOutputsAtEveryPoint(t *testing.T) {
	base, err := profile.Load("paper")
	if err != nil {
		t.Fatal(err)
	}
	outputs := func(s profile.Settings) (n []int) {
		for _, task := range tasks.All(taskset.Options(s)) {
			n = append(n, len(task.Targets))
		}
		return n
	}
	tried := 0
	for _, k := range profile.Keys() {
		if !strings.HasPrefix(k.Name, "trials.") {
			continue
		}
		for _, value := range append(strings.Split(k.Allowed(), ", "), "0", "1", "30") {
			s := base
			if s.Set(k.Name+"="+value) != nil {
				continue
			}
			tried++
			if got, want := outputs(s), outputs(base); !slices.Equal(got, want) {
				t.Errorf("with %s = %s tasks have %v outputs, want %v", k.Name, value, got, want)
			}
		}
	}
	if tried < 20 {
		t.Errorf("%d values tried", tried)
	}
}
