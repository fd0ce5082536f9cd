package autodiff

import (
	"fmt"
	"math"
	"slices"
	"time"

	"molap/kernels"
)

// ShardTrials is the number of trials in a shard; the last one may be smaller.
// A shard's states stay in the second-level cache through all steps.
const ShardTrials = 20

// gradDepth is the least number of rows (steps × trials of a shard) over which
// a block of the weight gradient is summed at once.
const gradDepth = 80

// Engine computes outputs, loss and gradients of networks of one shape on batches of one size. It
// owns all scratch memory. Its methods allocate only in the first two runs, and the first two gradients,
// of a network whose units leak (Params.Leak), and when Cores lends more cores than before. An Engine
// must not be used by two goroutines at once; it spreads the shards of a batch over its own
// workers.
type Engine[T kernels.Float] struct {
	Shape
	Steps, Trials int // of a batch

	// Measure makes Gradient report the activity term of the hidden units, which
	// costs a pass over their states.
	Measure bool

	// Noise, unless its Sigma is 0, enters every unit at every step, in Run and in Gradient.
	Noise Noise

	// Weights, unless nil, holds a number ≥ 0 for each step. The loss multiplies the squared errors
	// of the step by it, so that a response period can count more (Yang et al. 2019). The numbers
	// are not normalised: their mean need not be 1.
	Weights []float64

	// ErrorWeights, unless nil, holds a number ≥ 0 for each error of the batch, steps × trials ×
	// Out. The loss multiplies the squared error by it, beside Weights. Each Gradient reads the
	// numbers; the loss does not normalise them.
	ErrorWeights []T

	// Cores, unless nil, lends cores to each call of Run and Gradient, beside the workers of New. A
	// call that gets more of them than any call before allocates memory. A core that is returned may
	// look for work for a millisecond more, in case that another call follows.
	Cores Lender

	mask    Mask
	blocks  []block
	penalty Penalty
	decays  []paramRun // what the penalty on weights moves
	deep    bool       // the gradient has to be carried back through time

	ops               *kernels.Ops[T]
	forward, backward *kernels.Panels[T]
	shards            []shard[T]
	routes            routes       // that all shards can take
	lockstep          *lockstep[T] // nil until shards go in lockstep
	workers           int
	grad              []T // by trained parameter
	h0Delta           []T // Σ δ[0] over trials
	h0Carry           []T // of leaky units, Σ ∂L/∂h[1]
	h0Grad, zero      []T

	// The arguments of the Run or Gradient at work.
	job struct {
		p        *Params[T]
		x, y     []T
		outputs  []T
		hidden   []T
		gradient bool
		leaky    bool // α is not 1
		leak     kernels.Leak[T]
	}
	runShard func(shard, worker int)
	scratch  []*scratch[T] // by worker, for shards by themselves
	team     team

	// By number of workers, the tuners of Run and of Gradient.
	tuners, gradientTuners []tuner
}

// New returns an engine for networks of shape s and batches of trials trials, each of steps steps.
// It uses the kernels of v, trains what mask names and adds penalty to the loss. Results depend
// neither on workers ≥ 1 nor on v. New panics if a number is out of range, or if a rectangle of
// mask lies outside the matrix or overlaps another.
func New[T kernels.Float](v kernels.Variant, s Shape, steps, trials int, mask Mask, penalty Penalty, workers int) *Engine[T] {
	return newEngine[T](v, s, steps, trials, mask, penalty, workers, routesOf[T](s))
}

// newEngine does what New does. All shards can take the given routes through the steps.
func newEngine[T kernels.Float](v kernels.Variant, s Shape, steps, trials int, mask Mask, penalty Penalty, workers int, routes routes) *Engine[T] {
	if s.Units < 1 || s.In < 0 || s.Out < 1 || steps < 1 || trials < 1 || workers < 1 {
		panic(fmt.Sprintf("autodiff: New: %+v, %d steps, %d trials, %d workers", s, steps, trials, workers))
	}
	mask.validate(s)
	e := &Engine[T]{Shape: s, Steps: steps, Trials: trials, mask: mask, penalty: penalty, ops: kernels.Of[T](v), routes: routes, workers: workers}
	e.blocks = blocksOf(mask)
	orient(e.blocks, e.ops.Stride)
	e.decays = decaysOf(mask, s, penalty)
	e.deep = mask.H0
	for _, r := range mask.Rects {
		e.deep = e.deep || r.Row < s.Units && r.size() > 0
	}
	e.forward = e.ops.NewPanels(s.Rows(), s.Units, s.Cols(), trials)
	e.backward = e.ops.NewPanels(s.Units, s.Units, s.Rows(), trials)
	e.grad = kernels.Zeros[T](mask.Len(s))
	stride := e.stride()
	e.h0Delta, e.h0Carry, e.h0Grad, e.zero = make([]T, stride), make([]T, stride), make([]T, stride), make([]T, stride)

	for first := 0; first < trials; first += ShardTrials {
		e.shards = append(e.shards, newShard(e, first, min(ShardTrials, trials-first)))
	}
	e.runShard = e.shardAlone
	e.grow(workers)
	return e
}

// stride returns the row stride of states and deltas. It avoids multiples of 512 elements: rows a
// multiple of 2 KB apart would share few sets of the first-level cache.
func (e *Engine[T]) stride() int {
	n := e.ops.Stride(max(e.Rows(), e.Cols()))
	if n%512 == 0 {
		n = e.ops.Stride(n + 1)
	}
	return n
}

// Len returns the number of trained parameters.
func (e *Engine[T]) Len() int { return len(e.grad) }

// Grad returns the gradient that the last call of Gradient computed, by trained parameter (see
// Mask). The next call overwrites it.
func (e *Engine[T]) Grad() []T { return e.grad }

// Run computes the outputs of the network p for the inputs x, steps × trials × In, and writes them
// to outputs, steps × trials × Out. Unless hidden is nil, it writes the states h[1:] to hidden,
// steps × trials × Units. The last index is the fastest in all of them. Run panics unless the
// slices have these lengths and p has the shape of the engine.
func (e *Engine[T]) Run(p *Params[T], x, outputs, hidden []T) {
	e.check("Run", p, x)
	e.checkLen("outputs", len(outputs), e.Out)
	if hidden != nil {
		e.checkLen("hidden", len(hidden), e.Units)
	}
	e.job.y, e.job.outputs, e.job.hidden, e.job.gradient = nil, outputs, hidden, false
	e.start(p, x)
}

// Gradient computes and returns the loss of the network p on inputs x, steps × trials × In, and
// targets y, steps × trials × Out. It also computes the gradient by the trained parameters, which
// Grad returns. It panics as Run does, and if Weights or ErrorWeights have the wrong length or a
// weight of a step is negative or not finite.
func (e *Engine[T]) Gradient(p *Params[T], x, y []T) Loss {
	e.check("Gradient", p, x)
	e.checkLen("y", len(y), e.Out)
	e.checkWeights()
	e.backward.Pack(p.A, 1, e.Cols())
	e.job.y, e.job.outputs, e.job.hidden, e.job.gradient = y, nil, nil, true
	e.start(p, x)
	return e.reduce(p)
}

// check panics unless p has the shape of the engine and its lengths, and x those of a batch.
func (e *Engine[T]) check(caller string, p *Params[T], x []T) {
	if p.Shape != e.Shape {
		panic(fmt.Sprintf("autodiff: network is %+v, engine %+v", p.Shape, e.Shape))
	}
	p.checkLengths(caller)
	e.checkLen("x", len(x), e.In)
}

func (e *Engine[T]) checkLen(name string, have, channels int) {
	if need := e.Steps * e.Trials * channels; have != need {
		panic(fmt.Sprintf("autodiff: %s has %d entries, %d steps × %d trials × %d needed", name, have, e.Steps, e.Trials, channels))
	}
}

// start runs the job on all trials and waits.
func (e *Engine[T]) start(p *Params[T], x []T) {
	e.forward.Pack(p.A, e.Cols(), 1)
	e.job.p, e.job.x = p, x
	e.setLeak(p)
	workers := e.workers
	if e.Cores != nil {
		n := e.Cores.Borrow(max(len(e.shards), e.Trials/fewTrials) - workers)
		defer e.Cores.Return(n)
		workers += n
	}
	e.grow(workers)
	e.team.gather(workers)
	switch {
	case e.routes == inLockstep:
		e.runTogether(workers)
	case e.routes == byShard && len(e.shards)%workers == 0:
		e.runAlone()
	default:
		e.runFaster(workers)
	}
}

// runAlone takes each shard through the steps by itself.
func (e *Engine[T]) runAlone() {
	e.team.each(len(e.shards), e.runShard)
	if e.job.gradient {
		e.addShards()
	}
}

// runTogether takes all shards through the steps in lockstep if the engine has that route. If not, it
// takes the last shards in lockstep, fewer than the workers, and the others by themselves.
func (e *Engine[T]) runTogether(workers int) {
	if e.routes&inLockstep != 0 {
		e.lockstep.run(0)
		return
	}
	n := len(e.shards)
	e.lockstep.run(n - n%workers)
	if e.job.gradient {
		e.addShards()
	}
}

// runFaster takes the shards through the steps by themselves or together. If the number of shards is no
// multiple of the number of workers and all go by themselves, some workers idle while others take the
// last shards. If the workers share the last shards in lockstep, they wait for each other, their
// products have few rows, and cores read what others wrote. In larger networks the caches decide which
// way is faster. A tuner finds the faster way. No bit of a result depends on the choice.
func (e *Engine[T]) runFaster(workers int) {
	tuner := &e.tuners[workers]
	if e.job.gradient {
		tuner = &e.gradientTuners[workers]
	}
	began := time.Now()
	if tuner.way() == 0 {
		e.runAlone()
	} else {
		e.runTogether(workers)
	}
	tuner.took(time.Since(began))
}

// fewTrials is the least number of trials of a worker. Fewer trials do not fill the tiles of the
// kernels.
const fewTrials = 5

// grow makes room for that many workers if there is none yet.
func (e *Engine[T]) grow(workers int) {
	for e.routes&byShard != 0 && len(e.scratch) < workers {
		e.scratch = append(e.scratch, newScratch(e, e.shards[0].trials))
	}
	for len(e.tuners) <= workers {
		e.tuners, e.gradientTuners = append(e.tuners, tuner{}), append(e.gradientTuners, tuner{})
	}
	if e.routes&inLockstep != 0 || len(e.shards)%workers > 0 {
		if e.lockstep == nil {
			e.lockstep = newLockstep(e)
		}
		e.lockstep.grow(workers)
	}
}

// shardAlone takes one shard through all steps and, if asked, back.
func (e *Engine[T]) shardAlone(i, worker int) {
	s, w := &e.shards[i], e.scratch[worker]
	r := trialRange{s.first, s.trials}
	w.first, w.trials = s.first, s.trials
	w.makeLeak(e)
	e.runForward(&w.wave, r, w.deviates)
	if !e.job.gradient {
		return
	}
	e.setErrors(s, &w.wave, &w.loss)
	e.runBackward(s, w)
}

// reduce adds the shards in their order and completes the gradient and the loss.
func (e *Engine[T]) reduce(p *Params[T]) Loss {
	var l Loss
	clear(e.h0Delta)
	clear(e.h0Carry)
	squares, weighted, activity, total := 0.0, 0.0, 0.0, 0.0
	for _, s := range e.shards {
		squares += s.squares
		weighted += s.weighted
		total += s.total
		activity += s.activity
		for i, v := range s.h0Delta {
			e.h0Delta[i] += v
			e.h0Carry[i] += s.h0Carry[i]
		}
	}
	n := float64(e.Steps * e.Trials * e.Out)
	l.MSE, l.Weighted = squares/n, weighted/n
	if e.ErrorWeights != nil {
		l.MSE = squares / max(total, math.SmallestNonzeroFloat64) // 0/0 is 0: nothing is asked for
	}
	if e.Measure {
		l.Activity = float64(e.penalty.Hidden * (activity / float64(e.Steps*e.Trials*e.Units)))
	}
	if e.mask.H0 { // dh[0] = W_recᵀ Σ δ[0]: one more step back, from h = 0 so that 1-h² is 1
		e.ops.StepBackward(e.h0Grad, e.zero, e.h0Delta, e.backward, 0, 1, len(e.h0Delta))
		if e.job.leaky {
			e.ops.AddScaled(e.h0Grad, e.h0Carry, e.job.leak.Keep)
		}
		copy(e.grad[len(e.grad)-e.Units:], e.h0Grad[:e.Units])
	}
	e.addPenalty(p, &l)
	return l
}

// addShards adds the weight gradients of the shards in their order.
func (e *Engine[T]) addShards() {
	for k, g := range e.shards[0].grads { // whole vectors, padding included
		for _, s := range e.shards[1:] {
			e.ops.AddScaled(g, s.grads[k], 1)
		}
	}
	at := 0
	for _, r := range e.mask.Rects {
		k := slices.IndexFunc(e.blocks, func(b block) bool { return b.covers(r) })
		for i := range r.Rows {
			from, step := e.blocks[k].place(r.Row+i, r.Col, e.ops.Stride)
			sum := e.shards[0].grads[k][from:]
			if step == 1 {
				at += copy(e.grad[at:at+r.Cols], sum)
				continue
			}
			for j := range r.Cols {
				e.grad[at] = sum[j*step]
				at++
			}
		}
	}
}
