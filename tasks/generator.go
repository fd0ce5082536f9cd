package tasks

import (
	"fmt"
	"hash/fnv"

	"molap/kernels"
)

// Generator draws batches of one task, or of several side by side: a corpus. A
// corpus has the inputs of all its tasks, task after task, and likewise the
// targets; trial j of every task belongs together. A generator owns scratch
// memory, so one goroutine at a time may use it.
type Generator[T kernels.Float] struct {
	options        Options
	variant        kernels.Variant
	tables         []table
	steps, in, out int
	valueRows      int // parts of all tables
	startRows      int // periods of all tables, and one more of each

	// Scratch for up to room trials.
	room    int
	stimuli stimuli
	values  []T       // valueRows × trials: what each part shows
	starts  []int32   // startRows × trials: where periods start, and the last one ends
	changed []bool    // steps at which a channel of some trial may change
	noise   []float32 // steps × noiseTrials, of one channel
	whole   *Batch[T] // the trials before resampling
	from    []int32   // which of them each trial is
}

// table is a task in its place in a corpus.
type table struct {
	task   Task
	key    uint64 // of its random streams
	angles int
	parts  [2][]shown // inputs, targets
	column int        // its first input
	start  int        // its first row of starts
}

const inputs, targets = 0, 1 // of table.parts

// shown is a part in its place.
type shown struct {
	value    Value
	row      int // of values
	column   int // of X or Y
	from, to int // rows of starts
}

// NewGenerator returns a generator for the tasks ts, side by side in that order.
// The options say how to draw; what they say about the tables was heeded by All
// or Lookup. It is an error if an option is out of range, there is no task, a
// task is not valid or there twice, or trials differ in length.
func NewGenerator[T kernels.Float](v kernels.Variant, o Options, ts ...Task) (*Generator[T], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if len(ts) == 0 {
		return nil, fmt.Errorf("tasks: no task to draw")
	}
	g := &Generator[T]{options: o, variant: v, steps: ts[0].Steps}
	angles := 0
	for i, t := range ts {
		if err := t.Validate(); err != nil {
			return nil, err
		}
		if t.Steps != g.steps {
			return nil, fmt.Errorf("tasks: %s has trials of %d steps and %s of %d: a corpus needs one length",
				ts[0].Name, g.steps, t.Name, t.Steps)
		}
		for _, u := range ts[:i] {
			if u.Name == t.Name {
				return nil, fmt.Errorf("tasks: %s is there twice", t.Name)
			}
		}
		g.place(t)
		angles = max(angles, t.Angles())
	}
	g.stimuli = stimuli{make([]float64, angles), make([]float64, angles), make([]float64, angles)}
	g.changed = make([]bool, g.steps+1)
	g.noise = make([]float32, g.steps*noiseTrials)
	return g, nil
}

// place puts t to the right of the tasks placed before.
func (g *Generator[T]) place(t Task) {
	b := table{task: t, key: streamKey(t.Name), angles: t.Angles(), column: g.in, start: g.startRows}
	parts := func(channels []Channel, column int) (all []shown) {
		for i, c := range channels {
			for _, p := range c.Parts {
				all = append(all, shown{
					value: p.Value, row: g.valueRows, column: column + i,
					from: b.start + t.period(p.First), to: b.start + t.period(p.Last) + 1,
				})
				g.valueRows++
			}
		}
		return all
	}
	b.parts = [2][]shown{parts(t.Inputs, g.in), parts(t.Targets, g.out)}
	g.tables = append(g.tables, b)
	g.in += len(t.Inputs)
	g.out += len(t.Targets)
	g.startRows += len(t.Periods) + 1
}

// streamKey is the FNV-1a hash of a task's name: the name, not its place among
// others, decides what is drawn for a task.
func streamKey(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// NewBatch returns a batch of zeros for Draw to fill.
func (g *Generator[T]) NewBatch(trials int) *Batch[T] {
	return NewBatch[T](g.steps, trials, g.in, g.out)
}

// Labels returns the names of the inputs and of the targets, each as task and
// channel.
func (g *Generator[T]) Labels() (in, out []string) {
	for _, b := range g.tables {
		for _, c := range b.task.Inputs {
			in = append(in, b.task.Name+" "+c.Name)
		}
		for _, c := range b.task.Targets {
			out = append(out, b.task.Name+" "+c.Name)
		}
	}
	return in, out
}

// reserve makes room for that many trials.
func (g *Generator[T]) reserve(trials int) {
	if trials <= g.room {
		return
	}
	g.room = trials
	g.values = make([]T, g.valueRows*trials)
	g.starts = make([]int32, g.startRows*trials)
	if g.options.Resample {
		g.whole = g.NewBatch(trials)
		g.from = make([]int32, trials)
	}
}
