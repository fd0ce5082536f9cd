package tasks

import (
	"fmt"
	"math"
)

// StepSeconds is the length of one step of a trial: 10 ms.
const StepSeconds = 0.010

// Task is a table: the periods of a trial, and what each input and target
// channel shows in them.
type Task struct {
	Name  string // mem_dm1; it also names the task's random streams
	ID    string // T5
	Title string // Mem Dm 1, as the paper prints it

	Steps   int      // length of a trial, Lead included
	Lead    int      // leading steps in which every channel is 0, without noise
	Periods []Period // in order; they fill the steps after the lead

	Inputs  []Channel // with noise
	Targets []Channel // without
}

// Period is a named stretch of a trial.
type Period struct {
	Name string
	Duration
}

// Duration is a number of steps: drawn for each trial uniformly from
// Least…Most, or the Rest that the other periods leave.
type Duration struct {
	Least, Most int
	Rest        bool
}

// Exactly is a duration of n steps.
func Exactly(n int) Duration { return Duration{Least: n, Most: n} }

// Channel is one input or target: it shows the value of each part during the
// part's periods, and 0 elsewhere. Where parts overlap the later one shows.
type Channel struct {
	Name  string
	Parts []Part
}

// Part is a value shown from the start of period First to the end of period Last.
type Part struct {
	First, Last string
	Value       Value
}

// Span is where a period lies: it starts at step Start.Least…Start.Most and ends
// before step End.Least…End.Most, steps counted from the start of the trial.
type Span struct {
	Name       string
	Start, End Duration
}

// Spans returns where the periods of a valid task lie. Least and Most are equal
// unless a duration before them is drawn.
func (t Task) Spans() []Span {
	spans := make([]Span, len(t.Periods))
	at := Exactly(t.Lead)
	for i, p := range t.Periods {
		spans[i].Name, spans[i].Start = p.Name, at
		if p.Rest {
			// What follows is known from the end of the trial backwards.
			at = Exactly(t.Steps)
			for _, q := range t.Periods[i+1:] {
				at.Least -= q.Most
				at.Most -= q.Least
			}
		} else {
			at.Least += p.Least
			at.Most += p.Most
		}
		spans[i].End = at
	}
	return spans
}

// Angles returns the number of angles that a trial of a valid task draws.
func (t Task) Angles() int {
	n := 0
	for _, channels := range [][]Channel{t.Inputs, t.Targets} {
		for _, c := range channels {
			for _, p := range c.Parts {
				n = max(n, p.Value.angles())
			}
		}
	}
	return n
}

// maxSteps bounds the length of a trial: ten minutes of 10 ms steps.
const maxSteps = 60000

// Validate reports the first thing that is wrong with the table.
func (t Task) Validate() error {
	if err := t.validate(); err != nil {
		return fmt.Errorf("tasks: %s: %w", t.Name, err)
	}
	return nil
}

func (t Task) validate() error {
	switch {
	case t.Name == "":
		return fmt.Errorf("task has no name")
	case t.Steps < 1 || t.Steps > maxSteps:
		return fmt.Errorf("trial of %d steps is not in 1…%d", t.Steps, maxSteps)
	case t.Lead < 0 || t.Lead >= t.Steps:
		return fmt.Errorf("lead of %d steps is not in 0…%d", t.Lead, t.Steps-1)
	case len(t.Inputs) == 0 || len(t.Targets) == 0:
		return fmt.Errorf("%d inputs and %d targets: need at least one of each", len(t.Inputs), len(t.Targets))
	}
	if err := t.validatePeriods(); err != nil {
		return err
	}
	for i, c := range t.Inputs {
		if err := t.validateChannel(c); err != nil {
			return fmt.Errorf("input %d (%s): %w", i+1, c.Name, err)
		}
	}
	for i, c := range t.Targets {
		if err := t.validateChannel(c); err != nil {
			return fmt.Errorf("target %d (%s): %w", i+1, c.Name, err)
		}
	}
	return nil
}

func (t Task) validatePeriods() error {
	least, most, rest := t.Lead, t.Lead, 0
	for i, p := range t.Periods {
		if t.period(p.Name) != i || p.Name == "" {
			return fmt.Errorf("period %d: name %q is empty or taken", i+1, p.Name)
		}
		if p.Rest {
			if p.Least != 0 || p.Most != 0 {
				return fmt.Errorf("period %s has both the rest and %d…%d steps", p.Name, p.Least, p.Most)
			}
			rest++
			continue
		}
		if p.Least < 0 || p.Most < p.Least || p.Most > t.Steps {
			return fmt.Errorf("period %s of %d…%d steps: want 0 ≤ least ≤ most ≤ %d", p.Name, p.Least, p.Most, t.Steps)
		}
		least += p.Least
		most += p.Most
	}
	switch {
	case rest > 1:
		return fmt.Errorf("%d periods take the rest: want at most one", rest)
	case most > t.Steps:
		return fmt.Errorf("lead and periods take up to %d of %d steps", most, t.Steps)
	case rest == 0 && least < t.Steps:
		return fmt.Errorf("lead and periods take only %d of %d steps and none takes the rest", least, t.Steps)
	}
	return nil
}

func (t Task) validateChannel(c Channel) error {
	for _, p := range c.Parts {
		first, last := t.period(p.First), t.period(p.Last)
		switch {
		case first < 0:
			return fmt.Errorf("unknown period %q", p.First)
		case last < 0:
			return fmt.Errorf("unknown period %q", p.Last)
		case last < first:
			return fmt.Errorf("period %s comes before %s", p.Last, p.First)
		case p.Value == nil:
			return fmt.Errorf("no value from %s to %s", p.First, p.Last)
		}
		if err := p.Value.check(); err != nil {
			return err
		}
	}
	return nil
}

// period returns the index of the first period of that name, or -1.
func (t Task) period(name string) int {
	for i, p := range t.Periods {
		if p.Name == name {
			return i
		}
	}
	return -1
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
