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
	tables         []corpusTask
	channels       [2][]*corpusChannel // inputs, targets, by column
	steps, in, out int
	valueRows      int // parts of all tables
	startRows      int // periods of all tables, and one more of each

	// Scratch for up to room trials.
	room    int
	trials  int // of the draw at hand
	scene   evaluator
	value   []float64 // of one part, by trial
	values  []T       // valueRows × trials: what each part shows
	starts  []int32   // startRows × trials: where periods start, and the last one ends
	changed [2][]bool // the steps where some channel may change in some trial
	noise   []float32 // inputs × noiseSteps × blockTrials
	whole   *Batch[T] // the trials before they are resampled
	from    []int32   // which of them each trial copies

	projection *projectionScratch[T] // nil until the first DrawProjected
}

// corpusTask is a task and its place in a corpus.
type corpusTask struct {
	task     Task
	key      uint64 // of its random streams
	draws    []drawnNumbers
	channels [2][]*corpusChannel
	start    int          // its first row of starts
	picked   *trialPicker // of given trials
}

const inputSide, targetSide = 0, 1 // of channels

// corpusChannel is a channel of a table and what it needs to be drawn.
type corpusChannel struct {
	Channel
	draws   []drawnNumbers // its task's
	parts   []channelPart
	lead    int            // its task's
	changed []bool         // the steps where it may change in some trial
	noise   kernels.Stream // of an input
	given   *arrayColumn   // of given trials: it has no parts, and no noise
}

// channelPart is a part of a channel and where its values and periods lie.
type channelPart struct {
	value    Value
	row      int  // of values
	from, to int  // rows of starts
	fixed    bool // the same steps in every trial
	moves    bool // the value differs between steps
}

// NewGenerator returns a generator for the tasks ts, side by side in that order. The options say
// how to draw; those about the tables count only in All and Lookup. NewGenerator returns an error
// if an option is out of range, if there is no task, if a task is not valid or occurs twice, or if
// trials differ in length.
func NewGenerator[T kernels.Float](v kernels.Variant, o Options, ts ...Task) (*Generator[T], error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if len(ts) == 0 {
		return nil, fmt.Errorf("no task to draw")
	}
	g := &Generator[T]{options: o, variant: v, steps: ts[0].Steps}
	for i, t := range ts {
		if err := t.Validate(); err != nil {
			return nil, err
		}
		if t.Arrays != nil && t.Arrays.Train == nil {
			return nil, t.notAtHand()
		}
		if t.Steps != g.steps {
			return nil, fmt.Errorf("%s has trials of %d steps and %s of %d: a corpus needs one length",
				ts[0].Name, g.steps, t.Name, t.Steps)
		}
		for _, u := range ts[:i] {
			if u.Name == t.Name {
				return nil, fmt.Errorf("%s is there twice", t.Name)
			}
		}
		g.place(t)
	}
	g.scene = evaluator{steps: g.steps, variant: v}
	g.changed = [2][]bool{make([]bool, g.steps+1), make([]bool, g.steps+1)}
	g.noise = make([]float32, g.in*noiseSteps*blockTrials)
	return g, nil
}

// place puts t to the right of the tasks placed before.
func (g *Generator[T]) place(t Task) {
	b := corpusTask{task: t, key: streamKey(t.Name), start: g.startRows}
	for _, d := range t.Draws {
		b.draws = append(b.draws, drawnNumbers{Draw: d})
	}
	if t.Arrays != nil {
		b.picked = &trialPicker{Given: t.Arrays.Train}
	}
	spans := t.Spans()
	for side, channels := range [2][]Channel{t.Inputs, t.Targets} {
		for i, c := range channels {
			placed := &corpusChannel{Channel: c, draws: b.draws, lead: t.Lead, changed: make([]bool, t.Steps+1)}
			if b.picked != nil {
				placed.lead = t.Steps // noise comes after it
				placed.given = &arrayColumn{b.picked, [2][]float64{b.picked.X, b.picked.Y}[side], len(channels), i}
				for s := range t.Steps {
					placed.changed[s] = true
				}
			}
			for _, p := range c.Parts {
				first, last := t.period(p.First), t.period(p.Last)
				from, to := spans[first].Start, spans[last].End
				placed.parts = append(placed.parts, channelPart{
					value: p.Value, row: g.valueRows, from: b.start + first, to: b.start + last + 1,
					fixed: from.Least == from.Most && to.Least == to.Most, moves: t.moves(p.Value),
				})
				g.valueRows++
			}
			b.channels[side] = append(b.channels[side], placed)
			g.channels[side] = append(g.channels[side], placed)
		}
	}
	g.tables = append(g.tables, b)
	g.in += len(t.Inputs)
	g.out += len(t.Targets)
	g.startRows += len(t.Periods) + 1
}

// streamKey returns the FNV-1a hash of a task's name. The name, not the place among other tasks,
// decides the numbers drawn for a task.
func streamKey(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// NewBatch returns a batch of zeros for Draw to fill. It has weights if the generator is of one
// task, whose trials are given with weights.
func (g *Generator[T]) NewBatch(trials int) *Batch[T] {
	b := NewBatch[T](g.steps, trials, g.in, g.out)
	if len(g.tables) == 1 {
		b.Fixation = g.tables[0].task.Fixation()
		if p := g.tables[0].picked; p != nil && p.Weights != nil {
			b.Weights = make([]T, len(b.Y))
		}
	}
	return b
}

// Labels returns the names of all inputs and of all targets, each as the task's name and the
// channel's.
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
	for i := range g.tables {
		for k := range g.tables[i].draws {
			g.tables[i].draws[k].reserve(trials)
		}
	}
	g.value = make([]float64, trials)
	g.values = make([]T, g.valueRows*trials)
	g.starts = make([]int32, g.startRows*trials)
	if g.options.Resample {
		g.whole = g.NewBatch(trials)
		g.from = make([]int32, trials)
	}
}

// Conditions holds what the last Draw or DrawProjected drew for the trials of one task.
type Conditions struct {
	Draws  [][]float64 // draws × trials, angles in degrees; nil for Noise, which differs from step to step
	Starts [][]int     // periods × trials: the first step of each period
}

// Conditions returns what was last drawn for task i of the corpus, from 0. It panics if there is no
// such task.
func (g *Generator[T]) Conditions(i int) Conditions {
	if i < 0 || i >= len(g.tables) {
		panic(fmt.Sprintf("tasks: Conditions: task %d of %d", i, len(g.tables)))
	}
	b, c := &g.tables[i], Conditions{}
	trial := func(j int) int {
		if g.options.Resample {
			return int(g.from[j])
		}
		return j
	}
	for k := range b.draws {
		d := &b.draws[k]
		if _, noise := d.From.(Noise); noise {
			c.Draws = append(c.Draws, nil)
			continue
		}
		values := make([]float64, g.trials)
		for j := range values {
			if d.turns != nil {
				values[j] = d.turns[trial(j)] * 360
			} else {
				values[j] = d.value[trial(j)]
			}
		}
		c.Draws = append(c.Draws, values)
	}
	for p := range b.task.Periods {
		starts := make([]int, g.trials)
		for j := range starts {
			starts[j] = int(g.starts[(b.start+p)*g.trials+trial(j)])
		}
		c.Starts = append(c.Starts, starts)
	}
	return c
}
