package tasks

import (
	"fmt"
	"slices"
	"strings"
)

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

	// Arrays, unless nil, says that the trials are given: there is nothing to draw, and
	// channels have no parts.
	Arrays *Arrays
}

// Period is a named stretch of a trial.
type Period struct {
	Name string
	Duration
}

// Duration is a number of steps. It is drawn for each trial uniformly from Least…Most, or it is the
// Rest that the other periods leave. With an Exponential τ, in steps too, the chance of n steps
// from Least…Most is proportional to exp(-(n-Least)/τ): a geometric distribution, cut off at Most.
// It is drawn by inversion, from one uniform number per trial.
type Duration struct {
	Least, Most int
	Rest        bool
	Exponential float64 // 0: uniform
}

// Exactly returns a duration of n steps.
func Exactly(n int) Duration { return Duration{Least: n, Most: n} }

// Channel is one input or target: it shows the value of each part during the
// part's periods, and 0 elsewhere. Where parts overlap the later one shows.
type Channel struct {
	Name  string
	Parts []Part

	// A family has Count channels that follow each other, such as a ring of units with preferred
	// directions. Index, from 0, is the place of this one. See Family.
	Index, Count int
}

// IndexName is the name of Index in the text of values.
const IndexName = "i"

// Family returns count channels that show the same functions of Index. They are called name[0],
// name[1] and so on.
func Family(name string, count int, parts ...Part) []Channel {
	family := make([]Channel, count)
	for i := range family {
		family[i] = Channel{Name: fmt.Sprintf("%s[%d]", name, i), Parts: parts, Index: i, Count: count}
	}
	return family
}

// FamilyName returns the name that Family was given, or the name of a channel that is in no family.
func (c Channel) FamilyName() string {
	if c.Count == 0 {
		return c.Name
	}
	return strings.TrimSuffix(c.Name, fmt.Sprintf("[%d]", c.Index))
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
	at, rest := Exactly(t.Lead), 0
	for ; rest < len(t.Periods) && !t.Periods[rest].Rest; rest++ {
		p := t.Periods[rest]
		end := Duration{Least: at.Least + p.Least, Most: at.Most + p.Most}
		spans[rest] = Span{p.Name, at, end}
		at = end
	}
	// What follows the rest is known from the end of the trial backwards.
	end := Exactly(t.Steps)
	for i := len(t.Periods) - 1; i > rest; i-- {
		p := t.Periods[i]
		start := Duration{Least: end.Least - p.Most, Most: end.Most - p.Least}
		spans[i] = Span{p.Name, start, end}
		end = start
	}
	if rest < len(t.Periods) {
		spans[rest] = Span{t.Periods[rest].Name, at, end}
	}
	return spans
}

// Fixation returns the number, from 1, of the target called FixationChannel. It returns 0 if there
// is none, or if it is the only target.
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
