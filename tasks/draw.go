package tasks

import (
	"fmt"

	"molap/kernels"
)

// The random streams of a draw are children of the stream given to Draw: what
// tasks share is under the child common, what is a task's own under the child
// named by its key. Each number is then a function of task, kind, index, trial
// and step alone; neither the other tasks of a corpus nor the number of trials
// changes it.
const (
	common = 0

	kindAngle    = 0 // index: the angle, from 0; counter: trial
	kindDuration = 1 // index: the period; counter: trial
	kindNoise    = 2 // index: the input; counter: see addNoise
	kindResample = 3 // counter: trial
)

// Draw fills b with trials. Equal streams give equal batches, whatever the
// variant; a stream therefore names the purpose and the iteration, and training
// on one fixed batch is drawing from one stream. Draw panics unless b has the
// shape of NewBatch, and allocates only when b has more trials than any batch
// before.
func (g *Generator[T]) Draw(b *Batch[T], s kernels.Stream) {
	if b.Steps != g.steps || b.In != g.in || b.Out != g.out {
		panic(fmt.Sprintf("tasks: Draw: batch has %d steps, %d inputs and %d targets, its tasks have %d, %d and %d",
			b.Steps, b.In, b.Out, g.steps, g.in, g.out))
	}
	if n := b.Steps * b.Trials; len(b.X) != n*b.In || len(b.Y) != n*b.Out {
		panic(fmt.Sprintf("tasks: Draw: batch holds %d input and %d target values, its shape %d and %d",
			len(b.X), len(b.Y), n*b.In, n*b.Out))
	}
	g.reserve(b.Trials)
	if g.options.Resample {
		x, y, from := g.whole.X[:len(b.X)], g.whole.Y[:len(b.Y)], g.from[:b.Trials]
		g.draw(x, y, b.Trials, s)
		s = s.Child(common).Child(kindResample)
		for j := range from {
			from[j] = int32(s.Intn(uint64(j), b.Trials))
		}
		resample(b.X, x, from, b.In)
		resample(b.Y, y, from, b.Out)
	} else {
		g.draw(b.X, b.Y, b.Trials, s)
	}
	b.XScale, b.YScale = Scale{0, 1}, Scale{0, 1}
	if g.options.Units == UnitInterval {
		b.XScale, b.YScale = MinMax(b.X), MinMax(b.Y)
	}
}

// draw draws trials in raw units.
func (g *Generator[T]) draw(x, y []T, trials int, s kernels.Stream) {
	clear(g.changed)
	for i := range g.tables {
		b := &g.tables[i]
		g.drawPeriods(b, trials, s.Child(b.key).Child(kindDuration))
		g.drawValues(b, trials, s)
	}
	for t := range g.steps {
		g.fill(x, t, trials, g.in, inputs)
		g.fill(y, t, trials, g.out, targets)
	}
	if g.options.Noise > 0 {
		g.addNoise(x, trials, s)
	}
}

// drawPeriods sets where the periods of every trial start and marks those steps
// as changed.
func (g *Generator[T]) drawPeriods(b *table, trials int, s kernels.Stream) {
	// Forwards to the period that takes the rest, and from the end back to it.
	periods := b.task.Periods
	at := func(i int) []int32 { return g.starts[(b.start+i)*trials:][:trials] }
	set(at(0), b.task.Lead)
	set(at(len(periods)), b.task.Steps)
	rest := 0
	for ; rest < len(periods) && !periods[rest].Rest; rest++ {
		periods[rest].shift(at(rest+1), at(rest), 1, s.Child(uint64(rest)))
	}
	for i := len(periods) - 1; i > rest; i-- {
		periods[i].shift(at(i), at(i+1), -1, s.Child(uint64(i)))
	}
	for i := range len(periods) + 1 {
		for _, t := range at(i) {
			g.changed[t] = true
		}
	}
}

func set(dst []int32, v int) {
	for j := range dst {
		dst[j] = int32(v)
	}
}

// shift sets dst to src moved by sign times the duration of each trial.
func (d Duration) shift(dst, src []int32, sign int, s kernels.Stream) {
	for j := range dst {
		n := d.Least
		if d.Most > d.Least {
			n += s.Intn(uint64(j), d.Most-d.Least+1)
		}
		dst[j] = src[j] + int32(sign*n)
	}
}

// drawValues draws the angles of every trial and sets what each part shows.
func (g *Generator[T]) drawValues(b *table, trials int, s kernels.Stream) {
	var angles [maxAngles]kernels.Stream
	for k := range b.angles {
		angles[k] = s.Child(b.key).Child(kindAngle).Child(uint64(k))
	}
	if g.options.SharedAngle {
		angles[0] = s.Child(common).Child(kindAngle).Child(0)
	}
	for j := range trials {
		for k, a := range angles[:b.angles] {
			g.stimuli.set(k, g.options.Angles.draw(a, j))
		}
		for _, parts := range b.parts {
			for _, p := range parts {
				g.values[p.row*trials+j] = T(p.value.eval(&g.stimuli))
			}
		}
	}
}

// draw returns an angle of a trial in turns.
func (a Angles) draw(s kernels.Stream, trial int) float64 {
	if a == Tens360 {
		return float64(s.Intn(uint64(trial), 36)) / 36
	}
	return s.Uniform(uint64(trial)) / 2
}

// fill sets row t of x, trials × channels, to what the parts of one side, inputs
// or targets, show at step t.
func (g *Generator[T]) fill(x []T, t, trials, channels, side int) {
	row := x[t*trials*channels:][:trials*channels]
	if t > 0 && !g.changed[t] {
		copy(row, x[(t-1)*trials*channels:])
		return
	}
	clear(row)
	for i := range g.tables {
		for _, p := range g.tables[i].parts[side] {
			from, to := g.starts[p.from*trials:][:trials], g.starts[p.to*trials:][:trials]
			for j, v := range g.values[p.row*trials:][:trials] {
				if from[j] <= int32(t) && int32(t) < to[j] {
					row[j*channels+p.column] = v
				}
			}
		}
	}
}

// noiseTrials is the number of trials whose noise is drawn at a time: one group
// of kernels.Variant.Normal is one step of that many trials.
const noiseTrials = 32

// addNoise adds independent noise to every input after its lead: x += σ·z, the
// product rounded before the sum. Trials 32k…32k+31 at step t after the lead take
// group k·steps + t of their channel's stream.
func (g *Generator[T]) addNoise(x []T, trials int, s kernels.Stream) {
	// Trials outside, channels inside: 32 trials of a whole corpus stay in L2.
	for first := 0; first < trials; first += noiseTrials {
		for i := range g.tables {
			b := &g.tables[i]
			for c, channel := range b.task.Inputs {
				own := s.Child(b.key).Child(kindNoise).Child(uint64(c))
				if g.options.SharedFixationNoise && channel.Name == FixationChannel {
					own = s.Child(common).Child(kindNoise)
				}
				g.addChannelNoise(x[b.column+c:], b.task.Lead, first, trials, own)
			}
		}
	}
}

// addChannelNoise adds the noise of trials first…first+31 of one channel to x,
// which starts at that channel.
func (g *Generator[T]) addChannelNoise(x []T, lead, first, trials int, s kernels.Stream) {
	sigma := T(g.options.Noise)
	steps := g.steps - lead
	g.variant.Normal(g.noise[:steps*noiseTrials], s, uint64(first/noiseTrials*steps))
	for t := range steps {
		row := x[((lead+t)*trials+first)*g.in:]
		for j, z := range g.noise[t*noiseTrials:][:min(noiseTrials, trials-first)] {
			row[j*g.in] += T(sigma * T(z))
		}
	}
}

// resample sets trial j of dst, steps × trials × channels, to trial from[j] of src.
func resample[T kernels.Float](dst, src []T, from []int32, channels int) {
	for len(dst) > 0 {
		for j, k := range from {
			to := dst[j*channels:][:channels]
			for c, v := range src[int(k)*channels:][:channels] {
				to[c] = v
			}
		}
		dst, src = dst[len(from)*channels:], src[len(from)*channels:]
	}
}
