// Package taskset knows the tasks of settings: the nine, those that task files define, and those whose
// trials are given. It also knows which of them modules are pre-trained on.
package taskset

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskfile"
	"molap/tasks"
)

// taskSeparator stands between two tasks of the setting tasks.own. No task file has such a line.
const taskSeparator = "\n---\n"

// Own returns the tasks that settings define.
func Own(s profile.Settings) ([]tasks.Task, error) {
	if s.Tasks.Own == "" {
		return nil, nil
	}
	var own []tasks.Task
	for i, text := range strings.Split(s.Tasks.Own, taskSeparator) {
		t, err := taskfile.Parse(fmt.Sprintf("tasks.own, task %d", i+1), []byte(text))
		if err != nil {
			return nil, err
		}
		if t.Arrays != nil {
			t.Arrays = s.Tasks.Arrays.Find(t.Arrays)
		}
		own = append(own, t)
	}
	return own, nil
}

// definedBy returns the tasks that settings define. The settings must have passed [Find] or lab.Check.
func definedBy(s profile.Settings) []tasks.Task {
	own, err := Own(s)
	if err != nil {
		panic(err)
	}
	return own
}

// answersTo reports whether a task has a name or ID, in any case: both are parts of the names
// of files.
func answersTo(t tasks.Task, name string) bool {
	return strings.EqualFold(t.Name, name) || strings.EqualFold(t.ID, name)
}

// Find returns the task of that name or ID: one that the settings define, or one of
// the nine.
func Find(s profile.Settings, name string) (tasks.Task, error) {
	ts, err := FindAll(s, []string{name})
	if err != nil {
		return tasks.Task{}, err
	}
	return ts[0], nil
}

// FindAll returns the tasks of those names or IDs as [Find] does, and makes the tasks of the settings once
// for all of them.
func FindAll(s profile.Settings, names []string) ([]tasks.Task, error) {
	own, err := Own(s)
	if err != nil {
		return nil, err
	}
	nine := tasks.All(Options(s))
	have, found := slices.Concat(own, nine), make([]tasks.Task, len(names))
	for i, name := range names {
		at := slices.IndexFunc(have, func(t tasks.Task) bool { return answersTo(t, name) })
		if at < 0 {
			texts := seq.Map(slices.Concat(nine, own), func(t tasks.Task) string { return t.ID + " " + t.Name })
			return nil, fmt.Errorf("unknown task %q (have %s, or a file NAME.toml or, with trials X and Y, NAME.npz)", name, strings.Join(texts, ", "))
		}
		found[i] = have[at]
	}
	return found, nil
}

// Define returns settings that also define a task. It is an error if another task with its name or ID
// is among the nine or defined already.
func Define(s profile.Settings, t tasks.Task) (profile.Settings, error) {
	own, err := Own(s)
	if err != nil {
		return s, err
	}
	if slices.ContainsFunc(own, func(u tasks.Task) bool { return sameTask(t, u) }) {
		return s, nil
	}
	own = append(own, t)
	if err := Clash(own, tasks.All(Options(s))); err != nil {
		return s, err
	}
	s.Tasks.Own = Joined(own)
	if err := s.Validate(); err != nil {
		return s, fmt.Errorf("%s: %w", t.ID, err)
	}
	return s, nil
}

// Joined returns the text of the setting tasks.own that defines the tasks.
func Joined(own []tasks.Task) string {
	return strings.Join(seq.Map(own, func(t tasks.Task) string { return strings.TrimSuffix(string(taskfile.Format(t)), "\n") }), taskSeparator)
}

// sameTask reports whether two tasks are one and the same, word for word.
func sameTask(t, u tasks.Task) bool { return string(taskfile.Format(t)) == string(taskfile.Format(u)) }

// allNine is the name that stands for all nine tasks.
const allNine = "all"

// Clash returns an error if a task of one's own has the name or ID of another of them, or of one of the
// nine without being that task, or the name that stands for the nine.
func Clash(own, nine []tasks.Task) error {
	for i, t := range own {
		of := func(u tasks.Task) bool { return answersTo(u, t.Name) || answersTo(u, t.ID) }
		if k := slices.IndexFunc(own[:i], of); k >= 0 {
			return fmt.Errorf("two tasks have one name or id, %s and %s: rename one", bothNames(own[k]), bothNames(t))
		}
		k := slices.IndexFunc(nine, of)
		switch {
		case answersTo(t, allNine) && t.Arrays != nil:
			return fmt.Errorf("a task of trials has the name of their file, and %s stands for all nine tasks: rename the file", allNine)
		case answersTo(t, allNine):
			return fmt.Errorf("%s has the name or id %s, which stands for all nine tasks: rename it", bothNames(t), allNine)
		case k < 0 || sameTask(t, nine[k]):
		case t.Arrays != nil:
			return fmt.Errorf("a task of trials has the name of their file, and %s is one of the nine tasks, %s: rename the file", t.Name, bothNames(nine[k]))
		default:
			return fmt.Errorf("%s has the name or id of %s, one of the nine tasks, and is another: rename it", bothNames(t), bothNames(nine[k]))
		}
	}
	return nil
}

// bothNames returns the ID and the name of a task, once if they are the same.
func bothNames(t tasks.Task) string {
	if t.ID == t.Name {
		return t.ID
	}
	return fmt.Sprintf("%s (%s)", t.ID, t.Name)
}

// CorpusIDs returns the IDs of the corpus that the settings name, none for the nine.
func CorpusIDs(s profile.Settings) []string {
	if s.Tasks.Corpus == "" {
		return nil
	}
	return strings.Split(s.Tasks.Corpus, ",")
}

// WithCorpus returns settings that pre-train modules on some tasks.
func WithCorpus(s profile.Settings, ids []string) profile.Settings {
	s.Tasks.Corpus = strings.Join(ids, ",")
	return s
}

// Needed returns the settings of the tasks with some IDs and of no others: the definitions of those
// that are not among the nine. Their order does not depend on that of the IDs.
func Needed(s profile.Settings, ids ...string) profile.Tasks {
	own := seq.Where(definedBy(s), func(t tasks.Task) bool { return slices.Contains(ids, t.ID) })
	slices.SortFunc(own, func(a, b tasks.Task) int { return strings.Compare(a.ID, b.ID) })
	t := profile.Tasks{Own: Joined(own)}
	if slices.ContainsFunc(own, func(t tasks.Task) bool { return t.Arrays != nil }) {
		t.Arrays = s.Tasks.Arrays
	}
	return t
}

// ByID returns the task with an ID: one that the settings define, or one of the nine.
func ByID(s profile.Settings, id string) tasks.Task {
	all := append(definedBy(s), tasks.All(Options(s))...)
	i := slices.IndexFunc(all, func(t tasks.Task) bool { return t.ID == id })
	if i < 0 {
		panic(fmt.Sprintf("taskset: no task %q in these settings", id))
	}
	return all[i]
}

// Corpus returns the tasks of the corpus of pre-training.
func Corpus(s profile.Settings, leftOut []string) []tasks.Task {
	all := tasks.All(Options(s))
	if ids := CorpusIDs(s); ids != nil {
		all = seq.Map(ids, func(id string) tasks.Task { return ByID(s, id) })
	}
	if !s.Arms.LeaveOut {
		return all
	}
	return slices.DeleteFunc(all, func(t tasks.Task) bool { return slices.Contains(leftOut, t.ID) })
}

// mostValues bounds a batch: a million trials of any of the nine tasks have fewer numbers.
const mostValues = 1 << 30

// CheckSize returns an error if that many trials of tasks are too large a batch.
func CheckSize(trials int, ts ...tasks.Task) error {
	values := 0
	for _, t := range ts {
		values += t.Steps * (len(t.Inputs) + len(t.Targets))
	}
	if values > mostValues/trials {
		return fmt.Errorf("%d trials of %s have %d values each: want at most %d in a batch", trials, ts[0].ID, values, mostValues)
	}
	return nil
}

// Options returns the settings of trials as package tasks takes them.
func Options(s profile.Settings) tasks.Options {
	t := s.Trials
	return tasks.Options{Angles: t.Angles, Noise: t.Noise, Stimulus: t.Stimulus, PulseGap: t.PulseGap, Anti: t.Anti, Units: t.Scale,
		SharedAngle: t.SharedAngles, SharedFixationNoise: t.SharedFixationNoise, Resample: t.Resample}
}
