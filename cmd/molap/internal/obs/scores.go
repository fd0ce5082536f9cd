package obs

import (
	"cmp"
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
	"molap/tasks"
)

// Network returns the key of the network for a task and a seed: its cell, and the settings that differ
// from the run's.
type Network func(task string, seed uint64) Key

// TrainedBy returns the Network of an arm, trained on the task with some settings changed.
func TrainedBy(arm lab.Arm, settings string) Network {
	return func(task string, seed uint64) Key {
		return Key{Settings: settings, Cell: lab.Cell{Arm: arm, Task: task, Seed: seed}}
	}
}

// ByArm returns the conditions of some arms.
func ByArm(arms ...lab.Arm) []Condition {
	return seq.Map(arms, func(a lab.Arm) Condition {
		return Condition{Name: string(a), Title: Legend(a).Name, Look: Legend(a).As, Network: TrainedBy(a, "")}
	})
}

// Condition is a way to make networks, one for every task and seed.
type Condition struct {
	Name    string // in tables
	Title   string // in figures
	Look    string // the series whose colour it takes; empty: Title's
	About   string // what it is
	Network Network
}

// Scores are the scores of the networks of some conditions on some tasks with some seeds.
type Scores struct {
	Conditions []Condition
	Tasks      []tasks.Task
	Seeds      []uint64
	Settings   profile.Settings // of the run
	Runs       []lab.Run        // by seed, then by condition, then by task
}

// Scores asks for what networks score on the nine tasks with every seed.
func (n *Notebook) Scores(conditions ...Condition) func() Scores {
	s := Scores{Conditions: conditions, Tasks: n.Tasks(), Seeds: n.Seeds, Settings: n.Settings}
	var asked []func() lab.Run
	for _, seed := range s.Seeds {
		for _, c := range s.Conditions {
			for _, t := range s.Tasks {
				k := c.Network(t.ID, seed)
				asked = append(asked, n.Score(k.Settings, k.Cell))
			}
		}
	}
	return func() Scores {
		s.Runs = Answers(asked)
		return s
	}
}

// condition returns the place of a condition.
func (s Scores) condition(name string) int {
	c := slices.IndexFunc(s.Conditions, func(c Condition) bool { return c.Name == name })
	if c < 0 {
		panic("obs: no condition is called " + name)
	}
	return c
}

// Title returns what figures call a condition.
func (s Scores) Title(name string) string { return s.Conditions[s.condition(name)].Title }

// Of returns the runs of a condition on a task, by seed.
func (s Scores) Of(condition string, task int) []lab.Run {
	c := s.condition(condition)
	return seq.Map(seq.UpTo(len(s.Seeds)), func(k int) lab.Run { return s.Runs[(k*len(s.Conditions)+c)*len(s.Tasks)+task] })
}

// On returns a measure of a condition on a task, by seed.
func (s Scores) On(condition string, task int, m RunMeasure) []float64 {
	return seq.Map(s.Of(condition, task), m.Of)
}

// Over returns the mean of On over tasks, by seed; without tasks over all of them.
func (s Scores) Over(condition string, m RunMeasure, tasks ...int) []float64 {
	if len(tasks) == 0 {
		tasks = seq.UpTo(len(s.Tasks))
	}
	return elementMeans(seq.Map(tasks, func(i int) []float64 { return s.On(condition, i, m) }))
}

// Sampling returns, by seed, the part of the variance of Over that comes from the choice of test
// trials. It is an upper bound: the variance if each answer were wholly right or wholly wrong and each
// network were tested on trials of its own.
func (s Scores) Sampling(condition string, m RunMeasure, tasks ...int) []float64 {
	n := s.Settings.Score.TestTrials * cmp.Or(len(tasks), len(s.Tasks))
	return seq.Map(s.Over(condition, m, tasks...), func(percent float64) float64 { return percent * (100 - percent) / float64(n) })
}

// Mean returns the mean of Over over seeds.
func (s Scores) Mean(condition string, m RunMeasure, tasks ...int) float64 {
	return seq.Mean(s.Over(condition, m, tasks...))
}

// Nulls returns the mean nulls of a task over seeds; they are those of every condition.
func (s Scores) Nulls(task int, m RunMeasure) (blind, constant float64) {
	rs := s.Of(s.Conditions[0].Name, task)
	return seq.Mean(seq.Map(rs, func(r lab.Run) float64 { return m.Null(r.Blind) })),
		seq.Mean(seq.Map(rs, func(r lab.Run) float64 { return m.Null(r.Constant) }))
}

// AboveNulls reports whether the mean overall score of a condition on a task is above both nulls.
func (s Scores) AboveNulls(condition string, task int) bool {
	blind, constant := s.Nulls(task, Overall)
	return s.Mean(condition, Overall, task) > max(blind, constant)
}

// TasksWhere lists the tasks where holds is true.
func (s Scores) TasksWhere(holds func(task int) bool) string {
	some := seq.Where(seq.UpTo(len(s.Tasks)), holds)
	if some == nil {
		return "no task"
	}
	return words.List(seq.Map(some, func(i int) string { return s.Tasks[i].ID }))
}

// Only returns the scores of some of the conditions, in that order.
func (s Scores) Only(names ...string) Scores {
	some := Scores{Tasks: s.Tasks, Seeds: s.Seeds, Settings: s.Settings}
	for _, name := range names {
		some.Conditions = append(some.Conditions, s.Conditions[s.condition(name)])
	}
	for k := range s.Seeds {
		for _, name := range names {
			for i := range s.Tasks {
				some.Runs = append(some.Runs, s.Of(name, i)[k])
			}
		}
	}
	return some
}

// AtLeast counts the networks of a condition whose measure is at least least, and the seeds whose
// networks reach that on all tasks.
func (s Scores) AtLeast(least float64, condition string, m RunMeasure) (networks, seeds int) {
	for k := range s.Seeds {
		n := len(seq.Where(seq.UpTo(len(s.Tasks)), func(i int) bool { return s.On(condition, i, m)[k] >= least }))
		if networks += n; n == len(s.Tasks) {
			seeds++
		}
	}
	return networks, seeds
}

// MedianEscape returns how many networks of a condition left the plateau on some tasks, and the
// median iteration of escape over all of them, as the function MedianEscape counts it.
func (s Scores) MedianEscape(condition string, tasks ...int) (escaped int, median float64) {
	runs := slices.Concat(seq.Map(tasks, func(i int) []lab.Run { return s.Of(condition, i) })...)
	return len(Escapes(runs)), MedianEscape(seq.Map(runs, func(r lab.Run) int { return r.Escape }))
}

// MedianEscape returns the median iteration of escape. A negative iteration stands for never and comes
// after all others; if the median is one of those, it is NaN.
func MedianEscape(at []int) float64 {
	median := seq.Median(seq.Map(at, func(k int) float64 {
		if k < 0 {
			return math.Inf(1)
		}
		return float64(k)
	}))
	if math.IsInf(median, 1) {
		return math.NaN()
	}
	return median
}

// BySeeds says how many seeds there are and, if they are too few for spreads, how to get more.
func (s Scores) BySeeds() string {
	if n := len(s.Seeds); n < 3 {
		return words.Count(n, "seed") + " (-seeds 10 gives spreads)"
	}
	return words.Count(len(s.Seeds), "seed")
}

// Escapes returns the iteration of escape of each run that left the plateau of the blind answer.
func Escapes(rs []lab.Run) []float64 {
	escaped := seq.Where(rs, func(r lab.Run) bool { return r.Escape >= 0 })
	return seq.Map(escaped, func(r lab.Run) float64 { return float64(r.Escape) })
}
