// Package taskview shows tasks: in words, and drawn.
package taskview

import (
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
	"molap/tasks"
)

// List returns a table of tasks.
func List(all []tasks.Task) *table.Table {
	t := &table.Table{Name: "tasks", Title: "Tasks",
		Columns: []table.Column{{Name: "task"}, {Name: "name"}, {Name: "inputs"}, {Name: "outputs"}, {Name: "response"}}}
	for _, task := range all {
		shows := seq.Map(task.Targets[1:], func(c tasks.Channel) string { return c.Parts[0].Value.String() })
		t.Add(task.ID, task.Name, len(task.Inputs), len(task.Targets), strings.Join(shows, ",  "))
	}
	return t
}

// Print writes a table of what every channel of a task shows in each period.
func Print(w io.Writer, t tasks.Task, o tasks.Options) {
	if t.Arrays != nil {
		fmt.Fprint(w, Given(t))
		return
	}
	fmt.Fprintf(w, "%s (%s): %d steps of %.0f ms, the first %d empty\n", taskTitle(t), t.Name, t.Steps, 1000*tasks.StepSeconds, t.Lead)
	for _, d := range t.Draws {
		from := d.From.String()
		if _, ok := d.From.(tasks.OptionAngle); ok {
			from = fmt.Sprintf("angle, %v", o.Angles)
		}
		fmt.Fprintf(w, "  %-10s %s\n", d.Name, from)
	}
	for i, s := range t.Spans() {
		fmt.Fprintf(w, "  %-10s steps %s to %s%s\n", s.Name, durationText(s.Start), durationText(s.End), durationScale(t.Periods[i]))
	}
	for _, side := range []struct {
		name     string
		channels []tasks.Channel
	}{{"input", t.Inputs}, {"target", t.Targets}} {
		for _, c := range side.channels {
			if c.Index > 0 {
				continue // said with the first of its family
			}
			name := c.Name
			if c.Count > 0 {
				name = fmt.Sprintf("%s[0…%d]", c.FamilyName(), c.Count-1)
			}
			for _, p := range c.Parts {
				when := p.First
				if p.Last != p.First {
					when += " to " + p.Last
				}
				fmt.Fprintf(w, "  %-6s %-10s %s during %s\n", side.name, name, p.Value, when)
			}
			if c.Count > 0 && len(c.Parts) == 0 {
				fmt.Fprintf(w, "  %-6s %-10s 0\n", side.name, name)
			}
		}
	}
}

// Given describes a task whose trials are given.
func Given(t tasks.Task) string {
	a := t.Arrays
	tests := "held out"
	if a.TestSHA256 == a.SHA256 {
		tests = "for tests, the same (a score says nothing of new trials)"
	}
	step := "(the file has no dt)"
	if a.StepMS != 0 {
		step = fmt.Sprintf("of %g ms", a.StepMS)
	}
	text := fmt.Sprintf("%s: %s to train on and %d %s, of %s %s, %s, %s, ", taskTitle(t), words.Count(a.Trials, "trial"), a.TestTrials, tests,
		words.Count(t.Steps, "step"), step, words.Count(len(t.Inputs), "input"), words.Count(len(t.Targets), "output"))
	if n := t.Fixation(); n > 0 {
		text += fmt.Sprintf("output %d is fixation, ", n)
	} else {
		text += "none is fixation, "
	}
	if a.Weighted {
		text += "with a mask, "
	}
	return text + fmt.Sprintf("SHA-256 %.12s…\n", a.SHA256)
}

// taskTitle returns ID and title of a task, or the title alone if the ID is only the name.
func taskTitle(t tasks.Task) string {
	if t.ID == t.Name {
		return t.Title
	}
	return t.ID + " " + t.Title
}

// durationScale says how a duration is drawn, if not evenly.
func durationScale(p tasks.Period) string {
	if p.Exponential == 0 {
		return ""
	}
	return fmt.Sprintf(", %d to %d of them by an exponential of %g", p.Least, p.Most, p.Exponential)
}

func durationText(d tasks.Duration) string {
	if d.Least == d.Most {
		return fmt.Sprint(d.Least)
	}
	return fmt.Sprintf("%d…%d", d.Least, d.Most)
}
