package autodiff

import (
	"unsafe"

	"molap/kernels"
)

// inLockstep reports whether all shards of a network go through the steps in lockstep. They do if
// the augmented matrix has more than 2 MB, that is above some 720 units in float32 and 510 in
// float64. In smaller networks shards by themselves are faster, since their data stay in the
// second-level cache. No bit of a result depends on it.
func inLockstep[T kernels.Float](s Shape) bool {
	return s.Rows()*s.Cols()*int(unsafe.Sizeof(T(0))) > 2<<20
}

// waveTrials is the number of trials in a wave. A wave keeps its states and deltas through all
// steps. In each step every worker reads the weights once, for its part of the wave.
const waveTrials = 5 * ShardTrials

// lockstep does the work of Engine for networks that are larger than the caches of a core. Shard by
// shard, every step would read all weights for 20 trials, and every shard would have a gradient as
// large as the weights. Instead, a wave of shards goes through the steps together. Each worker
// takes its part of the trials forth and back. Then each worker takes panels of columns of the
// gradient, sums the terms of a shard tile by tile in fast memory, and adds the sums to the one
// gradient of all shards. Every sum has the order that it has when shards go by themselves, so no
// bit depends on it.
type lockstep[T kernels.Float] struct {
	*Engine[T]
	wave[T]
	shards  []shard[T] // of the wave
	delta   [2][]T     // of this step and the one before, trials × stride
	lo, hi  int        // rows of the matrix that are trained, from lo below hi
	columns int        // columns of the matrix that are trained, from 0
	packed  []T        // deltas by shard: [strip of tileSide rows][term][tileSide]
	workers int
	parts   int              // of the trials, one per worker
	team    team[*parcel[T]] // the workers
	phases  [4]func(int, *parcel[T])
}

// parcel is what one worker needs.
type parcel[T kernels.Float] struct {
	loss     outputs[T]
	deviates []float32
	edges    []int // first columns of the panels at work, then the end of the last panel
	tiles    []tile
	sums     []T // of the tiles, each tileSide × tileSide
	states   []T // [panel][term][tileSide]
}

func newLockstep[T kernels.Float](e *Engine[T]) *lockstep[T] {
	trials := min(waveTrials, e.Trials)
	l := &lockstep[T]{Engine: e, wave: newWave(e, trials), lo: e.Rows()}
	for _, b := range e.blocks {
		l.lo, l.hi, l.columns = min(l.lo, b.Row), max(l.hi, b.Row+b.Rows), max(l.columns, b.Col+b.Cols)
	}
	if e.Len() > 0 {
		l.delta = [2][]T{e.newRows(trials), e.newRows(trials)}
		l.packed = make([]T, l.strips()*(e.Steps+1)*trials*tileSide+tileSide)
	}
	l.phases = [4]func(int, *parcel[T]){l.forwardPart, l.errors, l.backwardPart, l.gradientGroup}
	l.team.make = func() *parcel[T] {
		p := &parcel[T]{loss: newOutputs(e, min(ShardTrials, trials)), deviates: e.newDeviates(trials)}
		if e.Len() > 0 {
			p.states = make([]T, (groupPanels*max(tileDepth, ShardTrials)+1)*tileSide)
			for i := range l.groups() { // room for the largest
				l.setTiles(p, i)
			}
		}
		return p
	}
	return l
}

// grow makes room for that many workers.
func (l *lockstep[T]) grow(workers int) {
	l.workers = workers
	l.team.grow(workers)
}

// strips returns the number of strips of deltas.
func (l *lockstep[T]) strips() int { return max(0, l.hi-l.lo+tileSide-1) / tileSide }

// run runs the job on some shards, wave by wave.
func (l *lockstep[T]) run(shards []shard[T], workers int) {
	l.grow(workers)
	l.makeLeak(l.Engine)
	for ; len(shards) > 0; shards = shards[len(l.shards):] {
		l.shards = shards[:min(waveTrials/ShardTrials, len(shards))]
		last := l.shards[len(l.shards)-1]
		l.wave.first, l.wave.trials = l.shards[0].first, last.first+last.trials-l.shards[0].first
		l.parts = min(workers, l.wave.trials)
		l.team.each(workers, l.parts, l.phases[0])
		if !l.job.gradient {
			continue
		}
		l.team.each(workers, len(l.shards), l.phases[1])
		if l.Len() == 0 {
			continue
		}
		l.team.each(workers, l.parts, l.phases[2])
		l.team.each(workers, l.groups(), l.phases[3])
		for k := range l.shards {
			l.sumH0(&l.shards[k], &l.wave, l.delta[l.Steps%2])
		}
	}
}

// part returns the trials of one worker.
func (l *lockstep[T]) part(i int) rows {
	from, to := l.wave.trials*i/l.parts, l.wave.trials*(i+1)/l.parts
	return rows{l.wave.first + from, to - from}
}

func (l *lockstep[T]) forwardPart(i int, p *parcel[T]) { l.runForward(&l.wave, l.part(i), p.deviates) }

func (l *lockstep[T]) errors(i int, p *parcel[T]) { l.setErrors(&l.shards[i], &l.wave, &p.loss) }

// backwardPart carries the deltas of some trials from the last step to the first.
func (l *lockstep[T]) backwardPart(i int, _ *parcel[T]) {
	r := l.part(i)
	stride, from := l.stride(), r.first-l.wave.first
	activity := l.activityFactor()
	now, before := l.delta[0][from*stride:][:r.trials*stride], l.delta[1][from*stride:][:r.trials*stride]
	l.startBack(&l.wave, r, now)
	for t := l.Steps; t >= 0; t-- {
		l.takeErrors(now, &l.wave, r, t, stride)
		if t > 0 && l.deep {
			l.back(&l.wave, r, before, now, activity, t)
		}
		l.packDeltas(now, r, t)
		now, before = before, now
	}
}

// place returns the place of step t in the order in which a gradient sums the steps: blocks from
// the last to the first, but the steps within a block from the first to the last.
func (l *lockstep[T]) place(t, trials int) int {
	block := gradSteps(trials)
	after := l.Steps + 1 - min((t/block+1)*block, l.Steps+1)
	return after + t%block
}

// strip returns the packed deltas of a shard from row lo + u·tileSide on.
func (l *lockstep[T]) strip(s *shard[T], u int) []T {
	terms := (l.Steps + 1) * tileSide
	return l.packed[((s.first-l.wave.first)*l.strips()+s.trials*u)*terms:]
}

// packDeltas copies the deltas of step t to their places in packed.
func (l *lockstep[T]) packDeltas(now []T, r rows, t int) {
	stride := l.stride()
	for k := range l.shards {
		s := &l.shards[k]
		from, to := max(r.first, s.first), min(r.first+r.trials, s.first+s.trials)
		at := l.place(t, s.trials)*s.trials - s.first
		for u := range l.strips() {
			dst, row := l.strip(s, u), l.lo+u*tileSide
			n := min(tileSide, l.hi-row)
			for b := from; b < to; b++ {
				copyTile(dst[(at+b)*tileSide:], now[(b-r.first)*stride+row:], n)
			}
		}
	}
}

// copyTile copies n numbers, mostly tileSide.
func copyTile[T kernels.Float](dst, src []T, n int) {
	if n == tileSide {
		*(*[tileSide]T)(dst) = *(*[tileSide]T)(src)
		return
	}
	copy(dst[:n], src)
}
