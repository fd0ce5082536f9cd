package autodiff

import (
	"unsafe"

	"molap/kernels"
)

// routes is a set of ways in which all shards can go through the steps. No bit of a result depends on the
// choice.
type routes uint8

const (
	byShard    routes = 1 << iota // each shard by itself
	inLockstep                    // all shards in lockstep
)

// routesOf returns the routes for networks of shape s. With up to 2 MB of weights, some 720 units in
// float32 and 510 in float64, shards by themselves are faster, since their data stay in the
// second-level cache. Above 3.5 MB lockstep is faster. In between the caches decide, so an engine has
// both routes and finds the faster one.
func routesOf[T kernels.Float](s Shape) routes {
	switch size := s.Rows() * s.Cols() * int(unsafe.Sizeof(T(0))); {
	case size <= 2<<20:
		return byShard
	case size <= 7<<19:
		return byShard | inLockstep
	}
	return inLockstep
}

// waveTrials is the number of trials in a wave. A wave keeps its states and deltas through all
// steps. In each step every worker reads the weights once, for its part of the wave.
const waveTrials = 10 * ShardTrials

// lockstep takes waves of shards through the steps, all workers together: each takes its part of the
// trials forth and back, then its part of the gradient. Every sum has the order that it has when
// shards go by themselves, so no bit depends on it. It serves two purposes.
//
// The last shards of a small network, where they are fewer than the workers: so no worker idles.
// Deltas of all steps are kept, and each shard has its own gradient.
//
// All shards of a network that is larger than the caches of a core. Shard by shard, every step would
// read all weights for 20 trials, and every shard would have a gradient as large as the weights. In
// a wave, each worker reads the weights once a step, and a sum over tiles in fast memory serves the one
// gradient of all shards (see tiles.go).
type lockstep[T kernels.Float] struct {
	*Engine[T]
	wave[T]
	shards  []shard[T] // of the wave
	kept    int        // steps whose deltas are kept: two, or all
	delta   []T        // those of step t from slab t modulo kept on, each trials × stride
	lo, hi  int        // rows of the matrix that are trained, from lo below hi
	columns int        // columns of the matrix that are trained, from 0
	packed  []T        // unless nil, deltas by shard: [strip of tileSide rows][term][tileSide]
	workers int
	alone   int               // shards that go by themselves, before the wave
	parts   int               // of the trials, at most one per worker
	parcels []*waveScratch[T] // by worker
	phases  [4]func(index, worker int)
}

// waveScratch is the memory that one worker needs in lockstep.
type waveScratch[T kernels.Float] struct {
	loss     lossRows[T]
	deviates []float32
	edges    []int // first columns of the panels at work, then the end of the last panel
	tiles    []tile
	sums     []T // of a batch of tiles, each tileSide × tileSide
	states   []T // of a shard: [panel][term][tileSide]
}

func newLockstep[T kernels.Float](e *Engine[T]) *lockstep[T] {
	trials := min(waveTrials, e.Trials)
	l := &lockstep[T]{Engine: e, wave: newWave(e, trials), lo: e.Rows()}
	for _, b := range e.blocks {
		l.lo, l.hi, l.columns = min(l.lo, b.Row), max(l.hi, b.Row+b.Rows), max(l.columns, b.Col+b.Cols)
	}
	l.phases = [4]func(int, int){l.forwardPart, l.errors, l.backwardPart, l.gradientSlice}
	if e.Len() == 0 {
		return l
	}
	l.kept = e.Steps + 1
	if e.routes&inLockstep != 0 {
		l.kept = 2
		l.packed = kernels.Zeros[T](l.strips()*(e.Steps+1)*trials*tileSide + tileSide)
		l.phases[3] = l.gradientGroup
	}
	l.delta = e.newRows(l.kept * trials)
	return l
}

// grow makes room for that many workers.
func (l *lockstep[T]) grow(workers int) {
	l.workers = workers
	for len(l.parcels) < workers {
		trials := min(ShardTrials, l.Trials)
		p := &waveScratch[T]{loss: newOutputs(l.Engine, trials), deviates: l.newDeviates(min(waveTrials, l.Trials))}
		if l.packed != nil {
			p.sums = make([]T, batchTiles*tileSide*tileSide)
			for i := range l.groups() { // room for the largest
				l.setTiles(p, i)
			}
		}
		l.parcels = append(l.parcels, p)
	}
}

// run sends the first shards through the steps by themselves, alone of them, and the others in
// lockstep, wave by wave. The first wave begins as soon as a worker has no shard.
func (l *lockstep[T]) run(alone int) {
	l.makeLeak(l.Engine)
	l.alone = alone
	for shards := l.Engine.shards[alone:]; len(shards) > 0; shards = shards[len(l.shards):] {
		l.shards = shards[:min(waveTrials/ShardTrials, len(shards))]
		last := l.shards[len(l.shards)-1]
		l.wave.first, l.wave.trials = l.shards[0].first, last.first+last.trials-l.shards[0].first
		l.parts = min(l.workers, (l.wave.trials+1)/2)
		l.team.each(l.alone+l.parts, l.phases[0])
		l.alone = 0
		if !l.job.gradient {
			continue
		}
		l.team.each(len(l.shards), l.phases[1])
		if l.Len() == 0 {
			continue
		}
		l.team.each(l.parts, l.phases[2])
		n := l.groups()
		if l.packed == nil {
			n = len(l.shards) * len(l.blocks) * l.workers
		}
		l.team.each(n, l.phases[3])
		for k := range l.shards {
			l.sumH0(&l.shards[k], &l.wave, l.delta)
		}
	}
}

// part returns the trials of one worker: an even number but for the last trial, since a product waits
// longest for a row that is left over.
func (l *lockstep[T]) part(i int) trialRange {
	edge := func(i int) int { return min((l.wave.trials*i/l.parts+1)/2*2, l.wave.trials) }
	return trialRange{l.wave.first + edge(i), edge(i+1) - edge(i)}
}

// forwardPart advances some trials through all steps, after the shards that go by themselves.
func (l *lockstep[T]) forwardPart(i, worker int) {
	if i < l.alone {
		l.runShard(i, worker)
		return
	}
	l.runForward(&l.wave, l.part(i-l.alone), l.parcels[worker].deviates)
}

func (l *lockstep[T]) errors(i, worker int) {
	l.setErrors(&l.shards[i], &l.wave, &l.parcels[worker].loss)
}

// backwardPart carries the deltas of some trials from the last step to the first.
func (l *lockstep[T]) backwardPart(i, _ int) {
	r := l.part(i)
	stride, from := l.stride(), r.first-l.wave.first
	activity := l.activityFactor()
	deltas := func(t int) []T { return l.delta[(t%l.kept*l.wave.trials+from)*stride:][:r.trials*stride] }
	l.startBack(&l.wave, r, deltas(l.Steps))
	for t := l.Steps; t >= 0; t-- {
		now := deltas(t)
		l.takeErrors(now, &l.wave, r, t, stride)
		if t > 0 && l.deep {
			l.back(&l.wave, r, deltas(t-1), now, activity, t)
		}
		if l.packed != nil {
			l.packDeltas(now, r, t)
		}
	}
}

// gradientSlice sums some rows of a block of the gradient of a shard. The order of each sum is that of
// runBackward.
func (l *lockstep[T]) gradientSlice(i, _ int) {
	i, k := i/len(l.blocks), i%len(l.blocks)
	i, slice := i/l.workers, i%l.workers
	s, b := &l.shards[i], l.blocks[k]
	rows, cols := b.Rows, b.Cols
	if b.flip {
		rows, cols = cols, rows
	}
	from, to := rows*slice/l.workers, rows*(slice+1)/l.workers
	g := s.grads[k][from*l.ops.Stride(cols):][:(to-from)*l.ops.Stride(cols)]
	clear(g)
	if from == to {
		return
	}
	stride := l.stride()
	block := gradSteps(s.trials)
	steps := block // in a call: the rows of a shard that is the whole wave follow each other
	if s.trials < l.wave.trials {
		steps = 1
	}
	for first := l.Steps / block * block; first >= 0; first -= block {
		end := min(first+block, l.Steps+1)
		for t := first; t < end; t += steps {
			at := (t*l.wave.trials + s.first - l.wave.first) * stride
			deltas, states := l.delta[at+b.Row:], l.state[at+b.Col:]
			if b.flip {
				deltas, states = states, deltas
			}
			l.ops.AccumulateGrad(g, deltas[from:], states, to-from, cols, min(steps, end-t)*s.trials, stride)
		}
	}
}
