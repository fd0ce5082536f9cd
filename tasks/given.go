package tasks

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"

	"molap/kernels"
)

// Given holds trials as numbers, for a task whose trials were made elsewhere and are not drawn from
// a table.
type Given struct {
	Steps, Trials, In, Out int

	X []float64 // inputs, steps × trials × In
	Y []float64 // targets, steps × trials × Out
	// Weights, unless nil, weight the squared errors, ≥ 0, steps × trials × Out. The response of a
	// trial is where they are above 0. Elsewhere the target is 0.
	Weights []float64
}

// Arrays names the given trials of a task, and holds them if they are at hand. Their numbers are
// not drawn and get no noise: a generator draws only which of the trials are in a batch.
type Arrays struct {
	SHA256     string // of the file's trials, see [Given.Sum]
	TestSHA256 string // of the trials of tests, if another file has them
	Trials     int    // to train on
	TestTrials int
	Weighted   bool    // the squared errors have weights
	StepMS     float64 // length of a step; 0: not known

	Train, Test *Given // nil: not at hand
}

// Sum returns the SHA-256 of the trials' numbers and shapes, as hexadecimal digits. Files of
// float32 and float64 with the same numbers have the same.
func (g *Given) Sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %d %d %d\n", g.Steps, g.Trials, g.In, g.Out, len(g.Weights))
	var block [4096]byte
	for _, x := range [][]float64{g.X, g.Y, g.Weights} {
		for len(x) > 0 {
			n := min(len(x), len(block)/8)
			for i, v := range x[:n] {
				binary.LittleEndian.PutUint64(block[8*i:], math.Float64bits(v+0)) // -0 is 0
			}
			h.Write(block[:8*n])
			x = x[n:]
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// check panics if the numbers of g do not have its shape.
func (g *Given) check(caller string) {
	n := g.Steps * g.Trials
	if g.Steps < 1 || g.Trials < 1 || len(g.X) != n*g.In || len(g.Y) != n*g.Out || g.Weights != nil && len(g.Weights) != n*g.Out {
		panic(fmt.Sprintf("tasks: %s: %d steps × %d trials × %d inputs and %d outputs with %d inputs, %d targets and %d weights in all",
			caller, g.Steps, g.Trials, g.In, g.Out, len(g.X), len(g.Y), len(g.Weights)))
	}
}

// Pick returns the trials of these numbers, from 0, in that order. It panics if there is no such
// trial, or if the numbers of g do not have its shape.
func (g *Given) Pick(trials []int) *Given {
	g.check("Pick")
	for _, j := range trials {
		if j < 0 || j >= g.Trials {
			panic(fmt.Sprintf("tasks: Pick: trial %d of %d", j, g.Trials))
		}
	}
	part := &Given{Steps: g.Steps, Trials: len(trials), In: g.In, Out: g.Out,
		X: pickTrials(g.X, trials, g.Trials, g.In), Y: pickTrials(g.Y, trials, g.Trials, g.Out)}
	if g.Weights != nil {
		part.Weights = pickTrials(g.Weights, trials, g.Trials, g.Out)
	}
	return part
}

func pickTrials(x []float64, trials []int, of, channels int) []float64 {
	dst := make([]float64, 0, len(x)/of*len(trials))
	for ; len(x) > 0; x = x[of*channels:] {
		for _, j := range trials {
			dst = append(dst, x[j*channels:][:channels]...)
		}
	}
	return dst
}

// splitSeed is the seed of Split, whose result depends only on numbers of trials.
const splitSeed = 0x73706c6974

// Split draws a number of trials, test, without replacement. It returns them as held and the others
// as rest, each in the order of the file. Equal numbers of trials are split in the same way. Split
// panics unless test is within 0 … Trials.
func (g *Given) Split(test int) (rest, held *Given) {
	if test < 0 || test > g.Trials {
		panic(fmt.Sprintf("tasks: Split: %d of %d trials for tests", test, g.Trials))
	}
	order := make([]int, g.Trials)
	shuffle(order, g.Trials, kernels.NewStream(splitSeed), 0)
	slices.Sort(order[:test])
	slices.Sort(order[test:])
	return g.Pick(order[test:]), g.Pick(order[:test])
}

// shuffle sets order to a permutation of 0 … len(order)-1. It draws only the first n places, by the
// counters from at on.
func shuffle[I int | int32](order []I, n int, s kernels.Stream, at int) {
	for i := range order {
		order[i] = I(i)
	}
	for i := range min(n, len(order)-1) {
		j := i + s.Intn(uint64(at+i), len(order)-i)
		order[i], order[j] = order[j], order[i]
	}
}

// firstTrials returns a batch of the first n trials in units u.
func firstTrials[T kernels.Float](g *Given, n int, u Units) *Batch[T] {
	b := NewBatch[T](g.Steps, n, g.In, g.Out)
	cut := func(dst []T, src []float64, channels int) {
		for ; len(dst) > 0; dst, src = dst[n*channels:], src[g.Trials*channels:] {
			for i, v := range src[:n*channels] {
				dst[i] = T(v)
			}
		}
	}
	cut(b.X, g.X, g.In)
	cut(b.Y, g.Y, g.Out)
	if g.Weights != nil {
		b.Weights = make([]T, len(b.Y))
		cut(b.Weights, g.Weights, g.Out)
	}
	if u == UnitInterval {
		b.XScale, b.YScale = MinMax(b.X), MinMax(b.Y)
	}
	return b
}

// HeldOut returns the first trials for tests of a task whose trials are given, at most n of them,
// in units u. It returns an error if the trials are not at hand, and panics if n is not positive or the
// trials of t are not given.
func HeldOut[T kernels.Float](t Task, n int, u Units) (*Batch[T], error) {
	if t.Arrays == nil {
		panic(fmt.Sprintf("tasks: HeldOut: the trials of %s are not given", t.Name))
	}
	if t.Arrays.Test == nil {
		return nil, t.notAtHand()
	}
	b := firstTrials[T](t.Arrays.Test, min(n, t.Arrays.TestTrials), u)
	b.Fixation = t.Fixation()
	return b, nil
}

func (t Task) notAtHand() error {
	return fmt.Errorf("the trials of %s are not at hand, arrays of SHA-256 %.12s…", t.Name, t.Arrays.SHA256)
}

// Shelf holds given trials by name: all fields of an Arrays but the numbers. A nil shelf is empty.
// No method changes a shelf.
type Shelf struct{ arrays map[Arrays]*Arrays }

// With returns a shelf that holds a as well.
func (s *Shelf) With(a *Arrays) *Shelf {
	more := &Shelf{map[Arrays]*Arrays{}}
	if s != nil {
		maps.Copy(more.arrays, s.arrays)
	}
	more.arrays[a.name()] = a
	return more
}

// Find returns the trials that the shelf holds under the name of a, or a itself if there are none.
func (s *Shelf) Find(a *Arrays) *Arrays {
	if s != nil && s.arrays[a.name()] != nil {
		return s.arrays[a.name()]
	}
	return a
}

// name returns all of a but the numbers.
func (a Arrays) name() Arrays {
	a.Train, a.Test = nil, nil
	return a
}

// trialPicker draws which of the given trials of a task a batch has.
type trialPicker struct {
	*Given
	order []int32 // a permutation of the trials at work
	from  []int32 // which of them each trial of the batch copies
}

// kindTrial is the stream that draws which trials a batch has; counter: trial. Tasks share it:
// tasks with equally many trials draw the same ones.
const kindTrial = 4

// draw draws the trials of a batch without replacement. If a batch has more trials than there are,
// it takes all of them and begins anew.
func (p *trialPicker) draw(trials int, s kernels.Stream) {
	if p.order == nil {
		p.order = make([]int32, p.Trials)
	}
	p.from = slices.Grow(p.from[:0], trials)
	for len(p.from) < trials {
		n := min(p.Trials, trials-len(p.from))
		shuffle(p.order, n, s, len(p.from))
		p.from = append(p.from, p.order[:n]...)
	}
}

// arrayColumn is a channel of given trials.
type arrayColumn struct {
	of       *trialPicker
	x        []float64 // the channels of its side
	channels int
	at       int
}

// showColumn sets every stride-th value of row to the channel at step t in trials first … end-1 of the
// batch.
func showColumn[T kernels.Float](c *arrayColumn, row []T, stride, t, first, end int) {
	x := c.x[t*c.of.Trials*c.channels+c.at:]
	for j, k := range c.of.from[first:end] {
		row[j*stride] = T(x[int(k)*c.channels])
	}
}

// copyWeights sets dst to the weights of a batch, whose trial j is trial from[j] of those drawn, or j
// if from is nil.
func copyWeights[T kernels.Float](dst []T, p *trialPicker, from []int32) {
	for w := p.Weights; len(w) > 0; w = w[p.Trials*p.Out:] {
		for j := range p.from {
			k := j
			if from != nil {
				k = int(from[j])
			}
			for o, v := range w[int(p.from[k])*p.Out:][:p.Out] {
				dst[o] = T(v)
			}
			dst = dst[p.Out:]
		}
	}
}

// validateArrays returns what is wrong with a task whose trials are given.
func (t Task) validateArrays() (path string, err error) {
	a := t.Arrays
	switch {
	case t.Lead != 0 || len(t.Draws) > 0 || len(t.Periods) > 0:
		return "", fmt.Errorf("a lead, draws or periods beside arrays")
	case a.Trials < 1 || a.TestTrials < 1:
		return "Arrays", fmt.Errorf("%d trials to train on and %d for tests: need at least one of each", a.Trials, a.TestTrials)
	}
	for _, g := range []*Given{a.Train, a.Test} {
		if g != nil && (g.Steps != t.Steps || g.In != len(t.Inputs) || g.Out != len(t.Targets)) {
			return "Arrays", fmt.Errorf("trials of %d steps × %d inputs and %d outputs in a task of %d × %d and %d", g.Steps, g.In, g.Out, t.Steps, len(t.Inputs), len(t.Targets))
		}
	}
	for _, c := range slices.Concat(t.Inputs, t.Targets) {
		if len(c.Parts) > 0 {
			return "", fmt.Errorf("channel %s shows something beside arrays", c.Name)
		}
	}
	return "", nil
}
