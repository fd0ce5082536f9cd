package obs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// Kind says what is done with a network to observe it.
type Kind string

// The kinds of observations.
const (
	Score     Kind = "score"     // it is tested on its task
	Damage    Kind = "damage"    // it is tested after damage, at every level in every draw
	Examples  Kind = "examples"  // it is run on some trials after damage
	CloseUp   Kind = "close-up"  // it is run on some trials
	Variates  Kind = "variates"  // the corpus of its pre-training is analysed
	Untrained Kind = "untrained" // its dynamics are analysed before it is trained on its task
	Trained   Kind = "trained"   // its dynamics are analysed after that
)

// Key names an observation. It reads the same in every version of the program.
type Key struct {
	Kind     Kind
	Settings string // those that differ from the run's, as -set takes them, with spaces between
	lab.Cell
	Damage lab.Damage
	Trials int // of a test after damage
}

// id returns the key as a text that no other key has.
func (k Key) id() string {
	return fmt.Sprintf("%q", []any{k.Kind, k.Settings, k.Arm, k.Task, k.Seed, strings.Join(k.LeftOut, "+"), k.After, k.Damage, k.Trials})
}

// compare orders keys as in files, whatever was asked for first.
func (k Key) compare(o Key) int {
	return cmp.Or(strings.Compare(string(k.Kind), string(o.Kind)), strings.Compare(k.Settings, o.Settings), cmp.Compare(k.Seed, o.Seed),
		strings.Compare(string(k.Damage), string(o.Damage)), cmp.Compare(k.Trials, o.Trials), strings.Compare(string(k.Arm), string(o.Arm)),
		strings.Compare(k.Task, o.Task), slices.Compare(k.LeftOut, o.LeftOut), cmp.Compare(k.After, o.After))
}

// String returns the key as a reader knows it.
func (k Key) String() string {
	text := string(k.Kind)
	if k.Damage != "" {
		text += fmt.Sprintf(" %s on %d trials", k.Damage, k.Trials)
	}
	text += " of " + k.Cell.String()
	if k.Settings != "" {
		text += " with " + k.Settings
	}
	return text
}

// Notebook collects the observations that an experiment asks for. Each answer is a function:
// it returns the observation once the jobs of Needs are done.
type Notebook struct {
	Settings profile.Settings
	Seeds    []uint64

	lab     *lab.Lab            // nil: observations come from files
	labs    map[string]*lab.Lab // of other settings
	needs   []jobs.Node
	missing []Key

	keys []Key                 // of the observations, in the order of their arrival
	have map[string]func() any // the observations by Key.id
}

// New returns an empty notebook whose observations a lab makes.
func New(l *lab.Lab) *Notebook {
	return &Notebook{Settings: l.Settings, Seeds: l.Seeds, lab: l, labs: map[string]*lab.Lab{"": l}}
}

// put keeps an observation.
func (n *Notebook) put(k Key, value func() any) {
	if n.have == nil {
		n.have = map[string]func() any{}
	}
	if _, known := n.have[k.id()]; !known {
		n.keys = append(n.keys, k)
	}
	n.have[k.id()] = value
}

// of returns the keys of a kind.
func (n *Notebook) of(kind Kind) []Key {
	return seq.Where(n.keys, func(k Key) bool { return k.Kind == kind })
}

// sorted returns the keys of a kind in the order of files.
func (n *Notebook) sorted(kind Kind) []Key {
	return slices.SortedFunc(slices.Values(n.of(kind)), Key.compare)
}

// observe returns a function that returns the observation of a key, a V. If there is none yet, plan
// returns the job that makes it.
func observe[V any](n *Notebook, k Key, plan func(*lab.Lab) *jobs.Job[V]) func() V {
	if value, ok := n.have[k.id()]; ok {
		return func() V { return value().(V) }
	}
	if n.lab == nil {
		n.missing = append(n.missing, k)
		return nil
	}
	job := plan(n.with(k.Settings))
	n.needs = append(n.needs, job)
	n.put(k, func() any { return job.Value() })
	return job.Value
}

// Answers returns the observations that were asked for.
func Answers[V any](asked []func() V) []V {
	return seq.Map(asked, func(answer func() V) V { return answer() })
}

// with returns the lab with some settings changed.
func (n *Notebook) with(changes string) *lab.Lab {
	l, ok := n.labs[changes]
	if !ok {
		c := n.lab.Config
		for _, change := range strings.Fields(changes) {
			if err := c.Settings.Set(change); err != nil {
				panic("obs: " + err.Error())
			}
		}
		l = lab.NewLab(c, n.lab.Pool)
		n.labs[changes] = l
	}
	return l
}

// Needs returns the jobs that make what was asked for.
func (n *Notebook) Needs() []jobs.Node { return n.needs }

// Tasks returns the nine tasks as the settings draw them.
func (n *Notebook) Tasks() []tasks.Task { return tasks.All(taskset.Options(n.Settings)) }

// Score asks for what a network scores on its task.
func (n *Notebook) Score(settings string, c lab.Cell) func() lab.Run {
	return observe(n, Key{Kind: Score, Settings: settings, Cell: c},
		func(l *lab.Lab) *jobs.Job[lab.Run] { return l.Score(c) })
}

// Damaged asks for the scores of a network on that many trials under every level and draw of a damage.
func (n *Notebook) Damaged(c lab.Cell, d lab.Damage, trials int) func() lab.Perturbed {
	return observe(n, Key{Kind: Damage, Cell: c, Damage: d, Trials: trials},
		func(l *lab.Lab) *jobs.Job[lab.Perturbed] { return l.Damaged(c, d, trials) })
}

// Examples asks for trials of a network in the first draw of a damage at some level.
func (n *Notebook) Examples(c lab.Cell, d lab.Damage, level float64, trials int) func() lab.Examples {
	return observe(n, Key{Kind: Examples, Cell: c, Damage: d, Trials: trials},
		func(l *lab.Lab) *jobs.Job[lab.Examples] { return l.Examples(c, d, level, trials) })
}

// CloseUp asks for trials of a network with its states and weights.
func (n *Notebook) CloseUp(c lab.Cell) func() lab.Close {
	return observe(n, Key{Kind: CloseUp, Cell: c},
		func(l *lab.Lab) *jobs.Job[lab.Close] { return l.CloseUp(c) })
}

// Variates asks for the analysis of a seed's corpus. The tasks of a trial share their first angle if
// shared is true.
func (n *Notebook) Variates(seed uint64, shared bool) func() lab.Explained {
	return observe(n, Key{Kind: Variates, Settings: fmt.Sprintf("trials.shared_angles=%t", shared), Cell: lab.Cell{Seed: seed}},
		func(l *lab.Lab) *jobs.Job[lab.Explained] { return l.Explained(seed, shared) })
}

// Motion asks for the dynamics of a network, before its training on the task or after it.
func (n *Notebook) Motion(c lab.Cell, before bool) func() states.Motion {
	k := Key{Kind: Trained, Cell: c}
	if before {
		k.Kind = Untrained
	}
	return observe(n, k, func(l *lab.Lab) *jobs.Job[states.Motion] { return l.Motion(c, before) })
}

// Keys returns the keys of the observations that are rows of numbers: scores, then scores after damage.
func (n *Notebook) Keys() []Key { return slices.Concat(n.of(Score), n.of(Damage)) }

// Ask asks for one of Keys.
func (n *Notebook) Ask(k Key) {
	if k.Kind == Damage {
		n.Damaged(k.Cell, k.Damage, k.Trials)
		return
	}
	n.Score(k.Settings, k.Cell)
}

// Only returns a notebook with some of the keys of another.
func (n *Notebook) Only(keys []Key) *Notebook {
	some := &Notebook{Settings: n.Settings, Seeds: n.Seeds}
	for _, k := range keys {
		some.put(k, n.have[k.id()])
	}
	return some
}

// check returns an error if no experiment with the notebook's settings and seeds can have the key.
func (n *Notebook) check(k Key) error {
	if !slices.Contains(n.Seeds, k.Seed) {
		return fmt.Errorf("seed %d is not one of the run (%v)", k.Seed, n.Seeds)
	}
	if k.Arm != "" && k.Arm != lab.DNIFresh && !slices.Contains(lab.Arms, k.Arm) {
		return fmt.Errorf("arm is %.40q (have %v)", k.Arm, lab.Arms)
	}
	for _, id := range append([]string{k.Task}, k.LeftOut...) {
		if id == "" {
			continue
		}
		if _, err := taskset.Find(n.Settings, id); err != nil {
			return fmt.Errorf("task is %.40q (want T1 to T9, or one that the settings define)", id)
		}
	}
	if k.After < 0 || k.After > len(n.Settings.DNI.Order) {
		return fmt.Errorf("after is %d (want at most %d)", k.After, len(n.Settings.DNI.Order))
	}
	if k.Damage != "" && !slices.Contains(lab.Damages, k.Damage) {
		return fmt.Errorf("damage is %.40q (have %v)", k.Damage, lab.Damages)
	}
	if k.Trials < 0 || k.Trials > max(n.Settings.Damage.Trials, n.Settings.Damage.TaskTrials) {
		return fmt.Errorf("trials is %d, more than the settings have", k.Trials)
	}
	s := n.Settings
	for _, change := range strings.Fields(k.Settings) {
		if err := s.Set(change); err != nil {
			return fmt.Errorf("settings: %w", err)
		}
	}
	return s.Validate()
}
