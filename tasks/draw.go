package tasks

import (
	"fmt"
	"slices"

	"molap/kernels"
)

// The random streams of a batch are children of the stream given to Draw. All tasks share the child
// streamCommon; each task has a child of its own, named by the task's key. Each number is then a
// function of task, kind, index, trial and step alone. Neither the other tasks of a corpus nor the
// number of trials changes it.
const (
	streamCommon = 0

	kindDraw     = 0 // index: the draw, from 0; counter: trial, or see evaluator.noise
	kindDuration = 1 // index: the period; counter: trial
	kindNoise    = 2 // index: the input; counter: see drawNoise
	kindResample = 3 // counter: trial
)

// Draw fills b with trials. Equal streams give equal batches, whatever the variant. So let a stream
// name the purpose and the iteration; to train on one fixed batch, draw from one stream. Draw
// panics unless b has the shape of NewBatch. It allocates only when b has more trials than any
// batch before.
func (g *Generator[T]) Draw(b *Batch[T], s kernels.Stream) {
	if b.Steps != g.steps || b.In != g.in || b.Out != g.out {
		panic(fmt.Sprintf("tasks: Draw: batch has %d steps, %d inputs and %d targets, its tasks have %d, %d and %d",
			b.Steps, b.In, b.Out, g.steps, g.in, g.out))
	}
	b.check("Draw")
	g.reserve(b.Trials)
	var from []int32
	if g.options.Resample {
		x, y := g.whole.X[:len(b.X)], g.whole.Y[:len(b.Y)]
		g.draw(x, y, b.Trials, s)
		from = g.resampled(s)
		resample(b.X, x, from, b.In)
		resample(b.Y, y, from, b.Out)
	} else {
		g.draw(b.X, b.Y, b.Trials, s)
	}
	if b.Weights != nil {
		copyWeights(b.Weights, g.tables[0].picked, from)
	}
	b.XScale, b.YScale = Scale{0, 1}, Scale{0, 1}
	if g.options.Units == UnitInterval {
		b.XScale, b.YScale = MinMax(b.X), MinMax(b.Y)
	}
}

// draw draws trials in raw units.
func (g *Generator[T]) draw(x, y []T, trials int, s kernels.Stream) {
	g.drawTrials(trials, s)
	g.fill(x, trials, inputSide)
	g.fill(y, trials, targetSide)
	if g.options.Noise > 0 {
		g.addNoise(x, trials)
	}
}

// drawTrials draws everything of every trial but its noise: when periods start and what parts show.
// It also names the streams of the noise.
func (g *Generator[T]) drawTrials(trials int, s kernels.Stream) {
	g.trials = trials
	for side := range g.changed {
		clear(g.changed[side])
	}
	shared := s.Child(streamCommon)
	for i := range g.tables {
		b := &g.tables[i]
		if b.picked != nil {
			b.picked.draw(trials, shared.Child(kindTrial))
			for side := range g.changed {
				copy(g.changed[side][:g.steps], b.channels[side][0].changed)
			}
			continue
		}
		own := s.Child(b.key)
		g.drawPeriods(b, trials, own.Child(kindDuration))
		for k := range b.draws {
			b.draws[k].stream = own.Child(kindDraw).Child(uint64(k))
		}
		for c, input := range b.channels[inputSide] {
			input.noise = own.Child(kindNoise).Child(uint64(c))
			if g.options.SharedFixationNoise && input.Name == FixationChannel {
				input.noise = shared.Child(kindNoise)
			}
		}
	}
	g.drawValues(trials, shared.Child(kindDraw).Child(0))
}

// drawPeriods sets where the periods of every trial start. It marks these steps as changes of the
// channels that show something else from there on.
func (g *Generator[T]) drawPeriods(b *corpusTask, trials int, s kernels.Stream) {
	// Forwards to the period that takes the rest, and from the end back to it.
	periods := b.task.Periods
	at := func(i int) []int32 { return g.starts[(b.start+i)*trials:][:trials] }
	fillInt32(at(0), b.task.Lead)
	fillInt32(at(len(periods)), b.task.Steps)
	rest := 0
	for ; rest < len(periods) && !periods[rest].Rest; rest++ {
		periods[rest].shift(at(rest+1), at(rest), 1, s.Child(uint64(rest)))
	}
	for i := len(periods) - 1; i > rest; i-- {
		periods[i].shift(at(i), at(i+1), -1, s.Child(uint64(i)))
	}
	for side, channels := range b.channels {
		for _, c := range channels {
			clear(c.changed)
			for _, p := range c.parts {
				for _, row := range []int{p.from, p.to} {
					starts := g.starts[row*trials:][:trials]
					if p.fixed {
						starts = starts[:1]
					}
					for _, t := range starts {
						c.changed[t], g.changed[side][t] = true, true
					}
				}
				if p.moves {
					first, end := slices.Min(at(p.from-b.start)), slices.Max(at(p.to-b.start))
					for t := first; t < end; t++ {
						c.changed[t], g.changed[side][t] = true, true
					}
				}
			}
		}
	}
}

func fillInt32(dst []int32, v int) {
	for j := range dst {
		dst[j] = int32(v)
	}
}

// shift sets dst to src moved by sign times the duration of each trial.
func (d Duration) shift(dst, src []int32, sign int, s kernels.Stream) {
	ratio, total := d.geometric()
	for j := range dst {
		n := d.Least
		switch {
		case d.Exponential > 0:
			x := float64(s.Uniform(uint64(j)) * total)
			for w := 1.0; x >= w && n < d.Most; n++ {
				x -= w
				w = float64(w * ratio)
			}
		case d.Most > d.Least:
			n += s.Intn(uint64(j), d.Most-d.Least+1)
		}
		dst[j] = src[j] + int32(sign*n)
	}
}

// geometric returns the ratio of the chance of n+1 steps to that of n, and the sum of all chances
// in units of the chance of Least. Both are 0 for uniform durations.
func (d Duration) geometric() (ratio, total float64) {
	if d.Exponential == 0 {
		return 0, 0
	}
	ratio = kernels.Exp(-1 / d.Exponential)
	w := 1.0
	for range d.Most - d.Least + 1 {
		total += w
		w = float64(w * ratio)
	}
	return ratio, total
}

// drawValues draws the numbers of every trial and sets what each part shows, if it
// shows the same in all of its steps.
func (g *Generator[T]) drawValues(trials int, shared kernels.Stream) {
	var common *drawnNumbers // the first angle, once drawn
	for i := range g.tables {
		b := &g.tables[i]
		for k := range b.draws {
			d := &b.draws[k]
			if _, angle := d.From.(OptionAngle); angle && k == 0 && g.options.SharedAngle {
				if common != nil {
					d.turns, d.sin, d.cos = common.turns, common.sin, common.cos
					continue
				}
				common, d.stream = d, shared
			}
			d.draw(trials, g.options.Angles)
		}
		for _, channels := range b.channels {
			for _, c := range channels {
				for k := range c.parts {
					if p := &c.parts[k]; !p.moves {
						g.evaluate(c, p, 0, trials)
					}
				}
			}
		}
	}
}

// evaluate sets what a part shows in trials first … end-1.
func (g *Generator[T]) evaluate(c *corpusChannel, p *channelPart, first, end int) {
	g.scene.draws, g.scene.first, g.scene.index = c.draws, first, float64(c.Index)
	g.scene.start, g.scene.end = g.starts[p.from*g.trials:][:g.trials], g.starts[p.to*g.trials:][:g.trials]
	value := g.value[:end-first]
	p.value.eval(value, &g.scene)
	values := g.values[p.row*g.trials:][first:end]
	for j, v := range value {
		values[j] = T(v)
	}
}

// draw returns an angle of a trial in turns.
func (a Angles) draw(s kernels.Stream, trial int) float64 {
	switch a {
	case Tens360:
		return float64(s.Intn(uint64(trial), 36)) / 36
	case Continuous360:
		return s.Uniform(uint64(trial))
	default:
		return s.Uniform(uint64(trial)) / 2
	}
}

// fill sets x, steps × trials × channels, to what the channels of one side show.
// Most steps are like the step before.
func (g *Generator[T]) fill(x []T, trials, side int) {
	channels, changed := g.channels[side], g.changed[side]
	n := trials * len(channels)
	clear(x[:n])
	for t := range g.steps {
		row := x[t*n:][:n]
		if t > 0 {
			copy(row, x[(t-1)*n:])
		}
		if !changed[t] {
			continue
		}
		for i, c := range channels {
			if c.changed[t] {
				g.show(row[i:], len(channels), c, t, 0, trials)
			}
		}
	}
}

// show sets every stride-th value of row to what a channel shows at step t in trials first … end-1.
func (g *Generator[T]) show(row []T, stride int, c *corpusChannel, t, first, end int) {
	if c.given != nil {
		showColumn(c.given, row, stride, t, first, end)
		return
	}
	for j := range end - first {
		row[j*stride] = 0
	}
	for i := range c.parts {
		p := &c.parts[i]
		values := g.values[p.row*g.trials:][first:end]
		from, to := g.starts[p.from*g.trials:][first:end], g.starts[p.to*g.trials:][first:end]
		if p.fixed && (int32(t) < from[0] || to[0] <= int32(t)) {
			continue
		}
		if p.moves {
			g.scene.step = t
			g.evaluate(c, p, first, end)
		}
		if p.fixed {
			for j, v := range values {
				row[j*stride] = v
			}
			continue
		}
		for j, v := range values {
			if from[j] <= int32(t) && int32(t) < to[j] {
				row[j*stride] = v
			}
		}
	}
}

// Noise is drawn for blockTrials trials at a time, since one group of kernels.Variant.Normal is one
// step of that many trials, and for noiseSteps steps at a time, so that the noise of a whole corpus
// stays in fast memory while it is added.
const (
	blockTrials = kernels.NormalGroup
	noiseSteps  = 16
)

// addNoise adds independent noise to every input after its lead: x += σ·z, the
// product rounded before the sum.
func (g *Generator[T]) addNoise(x []T, trials int) {
	sigma := T(g.options.Noise)
	for first := 0; first < trials; first += blockTrials {
		n := min(blockTrials, trials-first)
		for from := 0; from < g.steps; from += noiseSteps {
			to := min(from+noiseSteps, g.steps)
			for i, c := range g.channels[inputSide] {
				g.drawNoise(g.noise[i*noiseSteps*blockTrials:], c, first, from, to)
			}
			for t := from; t < to; t++ {
				row := x[(t*trials+first)*g.in:][:n*g.in]
				for i, c := range g.channels[inputSide] {
					if t < c.lead {
						continue
					}
					z := g.noise[(i*noiseSteps+t-from)*blockTrials:][:n]
					for j, at := 0, i; j < len(z) && at < len(row); j, at = j+1, at+g.in {
						row[at] += T(sigma * T(z[j]))
					}
				}
			}
		}
	}
}

// drawNoise sets z to the deviates of an input in steps from … to-1 of the block of trials that
// begins with first. z has a row of blockTrials for each step; the rows of the lead stay as they
// are. Steps are counted from the end of the lead: at step t trials 32k…32k+31 take group k·steps +
// t of the channel's stream.
func (g *Generator[T]) drawNoise(z []float32, c *corpusChannel, first, from, to int) {
	after := max(from, c.lead)
	if after >= to {
		return
	}
	group := first/blockTrials*(g.steps-c.lead) + after - c.lead
	g.variant.Normal(z[(after-from)*blockTrials:(to-from)*blockTrials], c.noise, uint64(group))
}

// resampled draws, for each trial of a resampled batch, the trial that it copies.
func (g *Generator[T]) resampled(s kernels.Stream) []int32 {
	s = s.Child(streamCommon).Child(kindResample)
	from := g.from[:g.trials]
	for j := range from {
		from[j] = int32(s.Intn(uint64(j), len(from)))
	}
	return from
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
