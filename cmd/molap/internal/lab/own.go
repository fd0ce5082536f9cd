package lab

import (
	"fmt"
	"slices"
	"strings"

	"molap/cca"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskfile"
	"molap/kernels"
	"molap/tasks"
)

// between stands between two tasks of the setting tasks.own. No task file has such a line.
const between = "\n---\n"

// ownTasks returns the tasks that settings define.
func ownTasks(s profile.Settings) ([]tasks.Task, error) {
	if s.Tasks.Own == "" {
		return nil, nil
	}
	var own []tasks.Task
	for i, text := range strings.Split(s.Tasks.Own, between) {
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

// definedBy returns the tasks that settings define, in which [FindTask] or [Check] has found no mistake.
func definedBy(s profile.Settings) []tasks.Task {
	own, err := ownTasks(s)
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

// FindTask returns the task of that name or ID: one that the settings define, or one of
// the nine.
func FindTask(s profile.Settings, name string) (tasks.Task, error) {
	own, err := ownTasks(s)
	if err != nil {
		return tasks.Task{}, err
	}
	for _, t := range own {
		if answersTo(t, name) {
			return t, nil
		}
	}
	t, err := tasks.Lookup(name, TrialOptions(s))
	if err != nil {
		return t, UnknownTask(name, slices.Concat(tasks.All(TrialOptions(s)), own))
	}
	return t, nil
}

// UnknownTask returns an error that says that a name is that of no task, and which there are.
func UnknownTask(name string, have []tasks.Task) error {
	names := seq.Map(have, func(t tasks.Task) string { return t.ID + " " + t.Name })
	return fmt.Errorf("unknown task %q (have %s, or a file NAME.toml or, with trials X and Y, NAME.npz)", name, strings.Join(names, ", "))
}

// Define returns settings that define a task as well. It is an error if another task of
// its name or ID is among the nine or defined already.
func Define(s profile.Settings, t tasks.Task) (profile.Settings, error) {
	own, err := ownTasks(s)
	if err != nil {
		return s, err
	}
	if slices.ContainsFunc(own, func(u tasks.Task) bool { return sameTask(t, u) }) {
		return s, nil
	}
	own = append(own, t)
	if err := clash(own, tasks.All(TrialOptions(s))); err != nil {
		return s, err
	}
	s.Tasks.Own = joined(own)
	if err := s.Validate(); err != nil {
		return s, fmt.Errorf("%s: %w", t.ID, err)
	}
	return s, nil
}

// joined returns the setting that defines tasks.
func joined(own []tasks.Task) string {
	return strings.Join(seq.Map(own, func(t tasks.Task) string { return strings.TrimSuffix(string(taskfile.Format(t)), "\n") }), between)
}

// sameTask reports whether two tasks are one and the same, word for word.
func sameTask(t, u tasks.Task) bool { return string(taskfile.Format(t)) == string(taskfile.Format(u)) }

// clash returns an error if a task of one's own has the name or ID of another, or of one of
// the nine that it is not.
func clash(own, nine []tasks.Task) error {
	for i, t := range own {
		of := func(u tasks.Task) bool { return answersTo(u, t.Name) || answersTo(u, t.ID) }
		if k := slices.IndexFunc(own[:i], of); k >= 0 {
			return fmt.Errorf("two tasks have one name or id, %s (%s) and %s (%s): rename one", own[k].ID, own[k].Name, t.ID, t.Name)
		}
		if k := slices.IndexFunc(nine, of); k >= 0 && !sameTask(t, nine[k]) {
			return fmt.Errorf("%s (%s) has the name or id of %s (%s), one of the nine tasks, and is another: rename it", t.ID, t.Name, nine[k].ID, nine[k].Name)
		}
	}
	return nil
}

// corpusIDs returns the IDs of the corpus that the settings name, none for the nine.
func corpusIDs(s profile.Settings) []string {
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

// needed returns what the settings say of the tasks with some IDs, and of no others: the
// definitions of those that are not among the nine, in one order whatever that of the IDs.
func needed(s profile.Settings, ids ...string) profile.Tasks {
	own := slices.DeleteFunc(definedBy(s), func(t tasks.Task) bool { return !slices.Contains(ids, t.ID) })
	slices.SortFunc(own, func(a, b tasks.Task) int { return strings.Compare(a.ID, b.ID) })
	t := profile.Tasks{Own: joined(own)}
	if slices.ContainsFunc(own, func(t tasks.Task) bool { return t.Arrays != nil }) {
		t.Arrays = s.Tasks.Arrays
	}
	return t
}

// neededBy returns what a network depends on of the tasks: that of its cell, and if it
// has modules to pre-train, those of the corpus.
func neededBy(s profile.Settings, c Cell) profile.Tasks {
	ids := []string{c.Task}
	if !c.Arm.Pretrained() || c.From != "" {
		return needed(s, ids...)
	}
	t := needed(s, append(ids, corpusIDs(s)...)...)
	t.Corpus = s.Tasks.Corpus
	return t
}

// TaskOf returns the task with an ID: one that the settings define, or one of the nine.
func TaskOf(s profile.Settings, id string) tasks.Task {
	all := append(definedBy(s), tasks.All(TrialOptions(s))...)
	i := slices.IndexFunc(all, func(t tasks.Task) bool { return t.ID == id })
	if i < 0 {
		panic(fmt.Sprintf("lab: no task %q in these settings", id))
	}
	return all[i]
}

// CorpusTasks returns the tasks of the corpus of pre-training.
func CorpusTasks(s profile.Settings, leftOut []string) []tasks.Task {
	all := tasks.All(TrialOptions(s))
	if ids := corpusIDs(s); ids != nil {
		all = seq.Map(ids, func(id string) tasks.Task { return TaskOf(s, id) })
	}
	if !s.Arms.LeaveOut {
		return all
	}
	return slices.DeleteFunc(all, func(t tasks.Task) bool { return slices.Contains(leftOut, t.ID) })
}

// Check returns an error if experiments cannot run with settings that are valid one by one: tasks
// of one's own that clash, a corpus that cannot be drawn or has too few variates.
func Check(s profile.Settings) error {
	own, err := ownTasks(s)
	if err == nil {
		err = clash(own, tasks.All(TrialOptions(s)))
	}
	if err != nil {
		return err
	}
	ids := corpusIDs(s)
	if ids == nil {
		return CheckRank(s, CorpusTasks(s, nil), "corpus")
	}
	for i, id := range ids {
		t, err := FindTask(s, id)
		if err == nil && t.ID != id {
			err = fmt.Errorf("want the id %s for %q", t.ID, id)
		}
		if err == nil && slices.Contains(ids[:i], id) {
			err = fmt.Errorf("task %s is named twice", id)
		}
		if err != nil {
			return fmt.Errorf("tasks.corpus: %w", err)
		}
	}
	for _, t := range CorpusTasks(s, nil) {
		if t.Arrays == nil {
			continue
		}
		if t.Arrays.Train == nil {
			return nil // and nothing more can be said of the corpus
		}
		if n := t.Arrays.Trials; n < s.Pretraining.Batch {
			return fmt.Errorf("tasks.corpus: %s has %d trials to train on, fewer than pretraining.batch, %d", t.ID, n, s.Pretraining.Batch)
		}
	}
	err = checkSize(max(s.Pretraining.CorpusTrials, s.Pretraining.Batch), CorpusTasks(s, nil)...)
	if err != nil {
		return fmt.Errorf("tasks.corpus: %w", err)
	}
	q, err := NewCorpus[float64](kernels.Best(), s, kernels.NewStream(1), CorpusTasks(s, nil))
	if err != nil {
		return fmt.Errorf("tasks.corpus: %w", err)
	}
	c, err := cca.Fit(matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out), 1)
	switch {
	case err != nil:
		return fmt.Errorf("tasks.corpus: no canonical variates: %w", err)
	case s.Network.Modules > min(c.RankX, c.RankY):
		side := "targets"
		if c.RankX < c.RankY {
			side = "inputs"
		}
		return manyModules(s, min(c.RankX, c.RankY), side+" of the corpus")
	}
	return nil
}

// CheckRank returns an error if a corpus of some of the nine tasks has too few variates.
func CheckRank(s profile.Settings, ts []tasks.Task, name string) error {
	if most := targetRank(s, ts); s.Network.Modules > most {
		return manyModules(s, most, "targets of the "+name)
	}
	return nil
}

func manyModules(s profile.Settings, most int, of string) error {
	return fmt.Errorf("network.modules is %d (allowed: at most %d, the rank of the %s: each module is trained on a variate of its own)", s.Network.Modules, most, of)
}

// mostValues bounds a batch: a million trials of any of the nine tasks have fewer numbers.
const mostValues = 1 << 30

// checkSize returns an error if so many trials of tasks are too large a batch.
func checkSize(trials int, ts ...tasks.Task) error {
	values := 0
	for _, t := range ts {
		values += t.Steps * (len(t.Inputs) + len(t.Targets))
	}
	if values > mostValues/trials {
		return fmt.Errorf("%d trials of %s have %d values each: want at most %d in a batch", trials, ts[0].ID, values, mostValues)
	}
	return nil
}

// CheckTraining returns an error if networks of some arms cannot be trained and scored on
// tasks, by ID.
func CheckTraining(s profile.Settings, ids []string, arms []Arm) error {
	own, err := ownTasks(s)
	if err != nil {
		return err
	}
	for _, t := range own {
		if !slices.Contains(ids, t.ID) {
			continue
		}
		if slices.ContainsFunc(arms, Arm.sequential) {
			return fmt.Errorf("%s is a task of one's own: arm %s learns the nine, in the order of dni.order", t.ID, DNI)
		}
		if a := t.Arrays; a != nil && a.Trials < s.Training.Batch {
			return fmt.Errorf("%s has %d trials to train on (and %d for tests), fewer than training.batch, %d", t.ID, a.Trials, a.TestTrials, s.Training.Batch)
		}
		if t.Steps < s.Score.Window && !(t.Arrays != nil && t.Arrays.Weighted) {
			return fmt.Errorf("%s has trials of %d steps, fewer than score.window, %d", t.ID, t.Steps, s.Score.Window)
		}
		if err := checkSize(max(s.Training.Batch, s.Score.TestTrials), t); err != nil {
			return err
		}
	}
	return nil
}

// LeftOut returns the IDs of n tasks from the i-th on: the last is followed by the
// first (caption of Fig. 5).
func LeftOut(ts []tasks.Task, i, n int) (ids []string) {
	for k := range n {
		ids = append(ids, ts[(i+k)%len(ts)].ID)
	}
	return ids
}
