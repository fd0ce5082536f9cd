package tasks

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
)

// MaxChannels is the largest number of inputs of a task, and the largest number of its targets.
const MaxChannels = 1024

// Bounds of what a task may ask for.
const (
	maxSteps    = 60000   // ten minutes of 10 ms
	maxValues   = 500_000 // of a trial: steps × channels
	maxDraws    = 16
	maxChoices  = 64
	maxPeriods  = 64
	maxParts    = 64 // of a channel
	maxAllParts = 8192
)

// InvalidError says what is wrong with a task, and where.
type InvalidError struct {
	Task string // its name
	// Path is the entry that is wrong, by the names of the fields: "Lead",
	// "Periods[2]", "Inputs[0].Parts[1].First".
	Path string
	Err  error
}

func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %v", e.Task, e.Err) }

func (e *InvalidError) Unwrap() error { return e.Err }

// Validate returns an *InvalidError about the first thing that is wrong with the table.
func (t Task) Validate() error {
	if path, err := t.validate(); err != nil {
		return &InvalidError{t.Name, path, err}
	}
	return nil
}

func (t Task) validate() (path string, err error) {
	switch {
	case t.Name == "":
		return "Name", fmt.Errorf("task has no name")
	case t.Steps < 1 || t.Steps > maxSteps:
		return "Steps", fmt.Errorf("trial of %d steps is not in 1…%d", t.Steps, maxSteps)
	case t.Lead < 0 || t.Lead >= t.Steps:
		return "Lead", fmt.Errorf("lead of %d steps is not in 0…%d", t.Lead, t.Steps-1)
	case len(t.Draws) > maxDraws:
		return "Draws", fmt.Errorf("%d draws: want at most %d", len(t.Draws), maxDraws)
	case len(t.Inputs) == 0 || len(t.Targets) == 0:
		return "", fmt.Errorf("%d inputs and %d targets: need at least one of each", len(t.Inputs), len(t.Targets))
	case t.Steps*(len(t.Inputs)+len(t.Targets)) > maxValues:
		return "Steps", fmt.Errorf("trial of %d steps × %d channels: want at most %d values", t.Steps, len(t.Inputs)+len(t.Targets), maxValues)
	}
	if t.Arrays == nil {
		if path, err := t.validateTable(); err != nil {
			return path, err
		}
	} else if path, err := t.validateArrays(); err != nil {
		return path, err
	}
	parts := 0
	for _, side := range []struct {
		name, path string
		channels   []Channel
	}{{"input", "Inputs", t.Inputs}, {"target", "Targets", t.Targets}} {
		if len(side.channels) > MaxChannels {
			return side.path, fmt.Errorf("%d %ss: want at most %d", len(side.channels), side.name, MaxChannels)
		}
		for i, c := range side.channels {
			if parts += len(c.Parts); parts > maxAllParts {
				return side.path, fmt.Errorf("channels show %d values or more: want at most %d in all", parts, maxAllParts)
			}
			if k := t.draw(IndexName); k >= 0 && c.Count > 0 {
				return fmt.Sprintf("Draws[%d]", k), fmt.Errorf("draw %d (%s): channels of a family, such as %s, call their number so (want another name)", k+1, IndexName, c.Name)
			}
			if err := validateFamily(side.channels, i); err != nil {
				return fmt.Sprintf("%s[%d]", side.path, i), fmt.Errorf("%s %d (%s): %w", side.name, i+1, c.Name, err)
			}
			if path, err := t.validateChannel(c); err != nil {
				return fmt.Sprintf("%s[%d]%s", side.path, i, path), fmt.Errorf("%s %d (%s): %w", side.name, i+1, c.Name, err)
			}
		}
	}
	return "", nil
}

// validateTable returns what is wrong with draws and periods.
func (t Task) validateTable() (path string, err error) {
	for i, d := range t.Draws {
		if err := t.validateDraw(i, d); err != nil {
			return fmt.Sprintf("Draws[%d]", i), fmt.Errorf("draw %d (%s): %w", i+1, d.Name, err)
		}
	}
	return t.validatePeriods()
}

func (t Task) validateDraw(i int, d Draw) error {
	switch {
	case !IsWord(d.Name):
		return fmt.Errorf("name %q is not a letter with letters, digits and _ after it, or is a function", d.Name)
	case t.draw(d.Name) != i:
		return fmt.Errorf("name %q is taken", d.Name)
	case d.From == nil:
		return fmt.Errorf("drawn from nothing")
	}
	return d.From.check()
}

// Functions returns the names that have a meaning in the text of values.
func Functions() []string {
	return []string{"cos", "sin", "max", "min", "sign", "where", "ramp", "pulses", "exp", "abs"}
}

// IsWord reports whether a draw may have that name: a letter, then letters, digits
// and _, and none of Functions.
func IsWord(name string) bool {
	for i, r := range name {
		if !unicode.IsLetter(r) && (i == 0 || r != '_' && !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != "" && !slices.Contains(Functions(), name)
}

func (t Task) validatePeriods() (path string, err error) {
	if len(t.Periods) > maxPeriods {
		return "Periods", fmt.Errorf("%d periods: want at most %d", len(t.Periods), maxPeriods)
	}
	least, most, rest := t.Lead, t.Lead, 0
	for i, p := range t.Periods {
		path := fmt.Sprintf("Periods[%d]", i)
		if t.period(p.Name) != i || p.Name == "" {
			return path, fmt.Errorf("period %d: name %q is empty or taken", i+1, p.Name)
		}
		if p.Rest {
			if p.Duration != (Duration{Rest: true}) {
				return path, fmt.Errorf("period %s has both the rest and %d…%d steps", p.Name, p.Least, p.Most)
			}
			rest++
			continue
		}
		if p.Least < 0 || p.Most < p.Least || p.Most > t.Steps {
			return path, fmt.Errorf("period %s of %d…%d steps: want 0 ≤ least ≤ most ≤ %d", p.Name, p.Least, p.Most, t.Steps)
		}
		if x := p.Exponential; !(x >= 0 && x <= maxSteps) {
			return path, fmt.Errorf("period %s with exponential %g: want more than 0 and at most %d steps", p.Name, x, maxSteps)
		}
		least += p.Least
		most += p.Most
	}
	switch {
	case rest > 1:
		return "Periods", fmt.Errorf("%d periods take the rest: want at most one", rest)
	case most > t.Steps:
		return "Periods", fmt.Errorf("lead and periods take up to %d of %d steps%s", most, t.Steps, t.fill(least, most, rest))
	case rest == 0 && least < t.Steps:
		return "Periods", fmt.Errorf("lead and periods take only %d of %d steps and none takes the rest", least, t.Steps)
	}
	return "", nil
}

// validateFamily returns an error if channel i claims to belong to a family but differs from what
// Family makes.
func validateFamily(channels []Channel, i int) error {
	c, first := channels[i], i-channels[i].Index
	if c.Count == 0 && c.Index == 0 {
		return nil
	}
	if c.Index < 0 || c.Index >= c.Count || first < 0 || first+c.Count > len(channels) {
		return fmt.Errorf("number %d of a family of %d, which is not whole", c.Index, c.Count)
	}
	f := channels[first]
	shared := len(c.Parts) == len(f.Parts) && (len(c.Parts) == 0 || &c.Parts[0] == &f.Parts[0])
	if f.Index != 0 || c.Count != f.Count || c.FamilyName() != f.FamilyName() || c.FamilyName() == c.Name || !shared {
		return fmt.Errorf("number %d of a family of %d is not what Family makes", c.Index, c.Count)
	}
	return nil
}

// fill returns advice, for the end of an error, on how periods that take from least to most steps
// can fill a trial. It is empty if these are equal or if a period takes the rest.
func (t Task) fill(least, most, rest int) string {
	if least == most || rest > 0 {
		return ""
	}
	return fmt.Sprintf(": trials are of one length (want %d steps and one more period that takes the rest)", most)
}

func (t Task) validateChannel(c Channel) (path string, err error) {
	if len(c.Parts) > maxParts {
		return "", fmt.Errorf("%d parts: want at most %d", len(c.Parts), maxParts)
	}
	for i, p := range c.Parts {
		path := fmt.Sprintf(".Parts[%d]", i)
		first, last := t.period(p.First), t.period(p.Last)
		switch {
		case first < 0:
			return path + ".First", fmt.Errorf("unknown period %q (have %s)", p.First, t.periodNames())
		case last < 0:
			return path + ".Last", fmt.Errorf("unknown period %q (have %s)", p.Last, t.periodNames())
		case last < first:
			return path + ".Last", fmt.Errorf("period %s comes before %s", p.Last, p.First)
		case p.Value == nil:
			return path, fmt.Errorf("no value from %s to %s", p.First, p.Last)
		}
		b, err := t.bounds(c, p.Value)
		if err == nil && !(b.size() <= maxSize) {
			err = fmt.Errorf("%v can reach a size of %g: want at most %g", p.Value, b.size(), maxSize)
		}
		if err != nil {
			return path + ".Value", err
		}
	}
	return "", nil
}

func (t Task) periodNames() string {
	var names []string
	for _, p := range t.Periods {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

func (t Task) drawNames() string {
	var names []string
	for _, d := range t.Draws {
		names = append(names, d.Name)
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}

// moves reports whether a value differs between the steps of its part.
func (t Task) moves(v Value) bool {
	switch v := v.(type) {
	case Ramp, Pulses:
		return true
	case Drawn:
		_, noise := t.Draws[t.draw(string(v))].From.(Noise)
		return noise
	}
	return slices.ContainsFunc(v.terms(), t.moves)
}

func isFinite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
