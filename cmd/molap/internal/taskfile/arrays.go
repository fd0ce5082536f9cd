package taskfile

import (
	"fmt"
	"io"

	"molap/cmd/molap/internal/tomlfile"
	"molap/tasks"
)

// Arrays returns a task whose trials are given: its name, the length of its trials, the numbers of its
// inputs and outputs, and the number of its fixation output, from 1 (0: none).
func Arrays(name string, steps, in, out, fixation int, a *tasks.Arrays) tasks.Task {
	t := tasks.Task{Name: name, ID: name, Title: name, Steps: steps, Arrays: a}
	for i := range in {
		t.Inputs = append(t.Inputs, tasks.Channel{Name: fmt.Sprintf("input %d", i+1)})
	}
	for o := range out {
		c := tasks.Channel{Name: fmt.Sprintf("output %d", o+1)}
		if o == fixation-1 {
			c.Name = tasks.FixationChannel
		}
		t.Targets = append(t.Targets, c)
	}
	return t
}

// formatArrays writes the lines of a task whose trials are given; the line with its name comes before.
func formatArrays(w io.Writer, t tasks.Task) {
	a := t.Arrays
	fmt.Fprintf(w, "steps = %d\n\n[arrays]\nsha256 = %s\n", t.Steps, quotedText(a.SHA256))
	if a.TestSHA256 != "" {
		fmt.Fprintf(w, "test_sha256 = %s\n", quotedText(a.TestSHA256))
	}
	fmt.Fprintf(w, "trials = %d\ntest_trials = %d\ninputs = %d\ntargets = %d\nfixation = %d\nweighted = %t\ndt = %s\n",
		a.Trials, a.TestTrials, len(t.Inputs), len(t.Targets), t.Fixation(), a.Weighted, numberText(a.StepMS))
}

// mostGiven is the largest number of trials that a file may give.
const mostGiven = 1 << 30

// arrays reads what formatArrays writes into a task of that name.
func (r *taskReader) arrays(t *tasks.Task, v *tomlfile.Value) {
	r.Need(v, "arrays", "sha256", "trials", "test_trials", "inputs", "targets", "fixation", "weighted", "dt")
	count := func(key string, most int) int {
		n := r.Integer(v.Find(key))
		if e := v.Find(key); e != nil && (n < 0 || n > most) {
			r.Failf(e.At, "%s is %d (allowed: 0 to %d)", key, n, most)
			return 0
		}
		return n
	}
	a := &tasks.Arrays{SHA256: r.Text(v.Find("sha256")), Trials: count("trials", mostGiven),
		TestTrials: count("test_trials", mostGiven), StepMS: r.Number(v.Find("dt"))}
	if e := v.Find("test_sha256"); e != nil {
		a.TestSHA256 = r.Text(e)
	}
	a.Weighted = r.Switch(v.Find("weighted"))
	out := count("targets", tasks.MaxChannels)
	made := Arrays(t.Name, t.Steps, count("inputs", tasks.MaxChannels), out, count("fixation", out), a)
	t.Inputs, t.Targets, t.Arrays = made.Inputs, made.Targets, a
}
