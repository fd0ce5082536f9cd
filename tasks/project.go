package tasks

import (
	"fmt"
	"math"

	"molap/kernels"
)

// Affine is an affine function of the channels of a batch in raw units, such as a
// canonical variate of a corpus (§3.3):
//
//	Offset + Σ X[c]·input c + Σ Y[c]·target c
//
// summed in that order in float64, each term added with one rounding. X or Y is nil if the function
// uses the targets or the inputs alone.
type Affine struct {
	Offset float64
	X, Y   []float64
}

// Project sets z, steps × trials, to a function of the channels of a batch. It panics if z or the
// weights of f have another length, or if the numbers of b do not have its shape.
func Project[S, T kernels.Float](z []S, f Affine, b *Batch[T]) {
	b.check("Project")
	f.check(b.In, b.Out)
	if need := b.Steps * b.Trials; len(z) != need {
		panic(fmt.Sprintf("tasks: Project: room for %d values, batch has %d", len(z), need))
	}
	for i := range z {
		sum := f.Offset
		for c, w := range f.X {
			sum = math.FMA(w, float64(b.X[i*b.In+c]), sum)
		}
		for c, w := range f.Y {
			sum = math.FMA(w, float64(b.Y[i*b.Out+c]), sum)
		}
		z[i] = S(sum)
	}
}

func (f Affine) check(in, out int) {
	if f.X != nil && len(f.X) != in || f.Y != nil && len(f.Y) != out {
		panic(fmt.Sprintf("tasks: Project: weights of %d inputs and %d targets, trials have %d and %d", len(f.X), len(f.Y), in, out))
	}
}

// DrawProjected fills b, which has one input and one target, with functions of the trials that Draw
// would draw from the same stream. Its numbers are those of Project, to the bit, in less than half
// the time, since the channels themselves are not stored. It panics unless b has that shape and the
// generator's options ask for raw units. It allocates only when b has more trials than any batch
// before.
func (g *Generator[T]) DrawProjected(b *Batch[T], in, out Affine, s kernels.Stream) {
	if b.Steps != g.steps || b.In != 1 || b.Out != 1 {
		panic(fmt.Sprintf("tasks: DrawProjected: batch has %d steps, %d inputs and %d targets, want %d, 1 and 1",
			b.Steps, b.In, b.Out, g.steps))
	}
	b.check("DrawProjected")
	in.check(g.in, g.out)
	out.check(g.in, g.out)
	if g.options.Units == UnitInterval {
		panic(fmt.Sprintf("tasks: DrawProjected: units are %v, want %v", g.options.Units, RawUnits))
	}
	g.reserve(b.Trials)
	if g.projection == nil {
		g.projection = newProjection(g)
	}
	g.drawTrials(b.Trials, s)
	x, y := b.X, b.Y
	if g.options.Resample {
		x, y = g.whole.X[:len(x)], g.whole.Y[:len(y)] // whole has more channels than b
	}
	for first := 0; first < b.Trials; first += blockTrials {
		g.project(x, in, first)
		g.project(y, out, first)
	}
	if g.options.Resample {
		from := g.resampled(s)
		resample(b.X, x, from, 1)
		resample(b.Y, y, from, 1)
	}
	b.XScale, b.YScale = Scale{0, 1}, Scale{0, 1}
}

// projectionScratch is the scratch memory of DrawProjected: noiseSteps steps of blockTrials
// trials, which stay in the first-level cache.
type projectionScratch[T kernels.Float] struct {
	ops     *kernels.Ops[float64]
	sum     []float64
	channel []float64
	noise   []float32
	shown   [2][][blockTrials]T // by channel: what it shows at a step, without noise
}

func newProjection[T kernels.Float](g *Generator[T]) *projectionScratch[T] {
	const n = noiseSteps * blockTrials
	p := &projectionScratch[T]{
		ops: kernels.Of[float64](g.variant),
		sum: make([]float64, n), channel: make([]float64, n), noise: make([]float32, n),
	}
	for side, channels := range g.channels {
		p.shown[side] = make([][blockTrials]T, len(channels))
	}
	return p
}

// project sets z, steps × trials, to a function of the block of trials from first.
func (g *Generator[T]) project(z []T, f Affine, first int) {
	for side := range g.channels {
		clear(g.projection.shown[side])
	}
	if f.X == nil || g.options.Noise == 0 {
		g.projectQuiet(z, f, first)
		return
	}
	for from := 0; from < g.steps; from += noiseSteps {
		g.projectNoisy(z, f, first, from, min(from+noiseSteps, g.steps))
	}
}

// projectQuiet does what project does where there is no noise. Most steps are like the step before.
func (g *Generator[T]) projectQuiet(z []T, f Affine, first int) {
	p := g.projection
	end := min(first+blockTrials, g.trials)
	for t := range g.steps {
		row := z[t*g.trials:][first:end]
		if t > 0 && !(f.X != nil && g.changed[inputSide][t] || f.Y != nil && g.changed[targetSide][t]) {
			copy(row, z[(t-1)*g.trials:][first:end])
			continue
		}
		for side, weights := range [2][]float64{f.X, f.Y} {
			for i := range weights {
				if c := g.channels[side][i]; c.changed[t] {
					g.show(p.shown[side][i][:], 1, c, t, first, end)
				}
			}
		}
		for j := range row {
			sum := f.Offset
			for side, weights := range [2][]float64{f.X, f.Y} {
				for i, w := range weights {
					sum = math.FMA(w, float64(p.shown[side][i][j]), sum)
				}
			}
			row[j] = T(sum)
		}
	}
}

// projectNoisy does what project does, for steps from … to-1.
func (g *Generator[T]) projectNoisy(z []T, f Affine, first, from, to int) {
	p := g.projection
	n := (to - from) * blockTrials
	for i := range p.sum {
		p.sum[i] = f.Offset
	}
	for side, weights := range [2][]float64{f.X, f.Y} {
		for i, w := range weights {
			g.drawChannel(g.channels[side][i], &p.shown[side][i], side, first, from, to)
			p.ops.AddScaled(p.sum, p.channel[:n], w)
		}
	}
	for t := from; t < to; t++ {
		row := z[t*g.trials:][first:min(first+blockTrials, g.trials)]
		for j, v := range p.sum[(t-from)*blockTrials:][:len(row)] {
			row[j] = T(v)
		}
	}
}

// drawChannel sets p.channel to what an input or target shows in the block of trials from first, in
// steps from … to-1, rounded to T as in a batch.
func (g *Generator[T]) drawChannel(c *corpusChannel, shown *[blockTrials]T, side, first, from, to int) {
	p := g.projection
	quiet := to // the steps before are without noise
	if side == inputSide {
		quiet = max(from, c.lead)
		g.drawNoise(p.noise, c, first, from, to)
	}
	for t := from; t < to; {
		if c.changed[t] {
			g.show(shown[:], 1, c, t, first, min(first+blockTrials, g.trials))
		}
		end := t + 1
		for end < to && end != quiet && !c.changed[end] {
			end++
		}
		i, j := (t-from)*blockTrials, (end-from)*blockTrials
		if t >= quiet {
			addNoise(p.channel[i:j], shown, p.noise[i:j], T(g.options.Noise), g.trials-first)
		} else {
			repeatRows(p.channel[i:j], shown)
		}
		t = end
	}
}

// repeatRows sets every row of dst to shown.
func repeatRows[T kernels.Float](dst []float64, shown *[blockTrials]T) {
	for j, v := range shown {
		dst[j] = float64(v)
	}
	for n := blockTrials; n < len(dst); n *= 2 {
		copy(dst[n:], dst[:n])
	}
}

// addNoise sets trials numbers of every row of dst, and possibly more, to shown + σ·z, rounded to T
// after each operation.
func addNoise[T kernels.Float](dst []float64, shown *[blockTrials]T, z []float32, sigma T, trials int) {
	for len(dst) >= blockTrials && len(z) >= blockTrials {
		d, n := (*[blockTrials]float64)(dst), (*[blockTrials]float32)(z)
		for j := 0; j < blockTrials; j += 4 {
			if j >= trials {
				break
			}
			d[j] = float64(T(shown[j] + T(sigma*T(n[j]))))
			d[j+1] = float64(T(shown[j+1] + T(sigma*T(n[j+1]))))
			d[j+2] = float64(T(shown[j+2] + T(sigma*T(n[j+2]))))
			d[j+3] = float64(T(shown[j+3] + T(sigma*T(n[j+3]))))
		}
		dst, z = dst[blockTrials:], z[blockTrials:]
	}
}
