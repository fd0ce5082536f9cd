package tasks

import "slices"

// StepSeconds is the length of one step of a trial: 10 ms.
const StepSeconds = 0.010

// Task is a table: what a trial draws, its periods, and what each input and
// target channel shows in them.
type Task struct {
	Name  string // mem_dm1; it also names the task's random streams
	ID    string // T5
	Title string // Mem Dm 1, as the paper prints it

	Steps   int      // length of a trial, Lead included
	Lead    int      // leading steps with every channel at 0, without noise
	Draws   []Draw   // random numbers that the channels show functions of
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

// Exactly returns a duration of n steps.
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

// Fixation returns the target that is fixation, from 1: the one that is called so, where
// there are others; 0 if none is.
func (t Task) Fixation() int {
	if len(t.Targets) == 1 {
		return 0
	}
	return 1 + slices.IndexFunc(t.Targets, func(c Channel) bool { return c.Name == FixationChannel })
}

// period returns the index of the first period of that name, or -1.
func (t Task) period(name string) int {
	return slices.IndexFunc(t.Periods, func(p Period) bool { return p.Name == name })
}

// draw returns the index of the first draw of that name, or -1.
func (t Task) draw(name string) int {
	return slices.IndexFunc(t.Draws, func(d Draw) bool { return d.Name == name })
}
