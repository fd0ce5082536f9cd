package tasks

import (
	"fmt"

	"molap/kernels"
)

// Batch is a set of trials of equal length.
type Batch[T kernels.Float] struct {
	Steps, Trials, In, Out int

	X []T // inputs, steps × trials × In
	Y []T // targets, steps × trials × Out
	// Weights, unless nil, weight the squared errors, steps × trials × Out.
	Weights []T

	XScale, YScale Scale // bring X and Y back to the tables' units

	Fixation int // number of the fixation target, from 1; 0: none, or trials of several tasks
}

// NewBatch returns a batch of zeros in raw units. It panics unless all numbers are positive.
func NewBatch[T kernels.Float](steps, trials, in, out int) *Batch[T] {
	if steps < 1 || trials < 1 || in < 1 || out < 1 {
		panic(fmt.Sprintf("tasks: NewBatch: %d steps × %d trials × %d inputs, %d targets: all must be positive",
			steps, trials, in, out))
	}
	return &Batch[T]{
		Steps: steps, Trials: trials, In: in, Out: out,
		X: make([]T, steps*trials*in), Y: make([]T, steps*trials*out),
		XScale: Scale{0, 1}, YScale: Scale{0, 1},
	}
}

// Inputs returns the In inputs of a trial at a step, a view of X. It panics if there is no such trial
// or step.
func (b *Batch[T]) Inputs(step, trial int) []T { return b.view(b.X, b.In, step, trial) }

// Targets returns the Out targets of a trial at a step, a view of Y. It panics if there is no such
// trial or step.
func (b *Batch[T]) Targets(step, trial int) []T { return b.view(b.Y, b.Out, step, trial) }

// check panics if X or Y do not have the length of the shape.
func (b *Batch[T]) check(caller string) {
	if n := b.Steps * b.Trials; len(b.X) != n*b.In || len(b.Y) != n*b.Out {
		panic(fmt.Sprintf("tasks: %s: batch holds %d input and %d target values, its shape %d and %d",
			caller, len(b.X), len(b.Y), n*b.In, n*b.Out))
	}
}

func (b *Batch[T]) view(x []T, channels, step, trial int) []T {
	if trial < 0 || trial >= b.Trials {
		panic(fmt.Sprintf("tasks: Batch: trial %d of %d", trial, b.Trials))
	}
	if step < 0 || step >= b.Steps {
		panic(fmt.Sprintf("tasks: Batch: step %d of %d", step, b.Steps))
	}
	at := (step*b.Trials + trial) * channels
	return x[at : at+channels : at+channels]
}

// Scale says that a value v stands for Min + Range·v.
type Scale struct{ Min, Range float64 }

// Raw returns Min + Range·v.
func (s Scale) Raw(v float64) float64 { return float64(s.Range*v) + s.Min }

// MinMax brings x to [0, 1]: it replaces x[i] by (x[i]-Min)/Range and returns the minimum and the
// range of all of x. If all values are equal, Range is 1. It panics if x is empty.
func MinMax[T kernels.Float](x []T) Scale {
	if len(x) == 0 {
		panic("tasks: MinMax: no values")
	}
	least, most := x[0], x[0]
	for _, v := range x {
		if v < least {
			least = v
		} else if v > most {
			most = v
		}
	}
	width := most - least
	if width == 0 {
		width = 1
	}
	for i, v := range x {
		x[i] = (v - least) / width
	}
	return Scale{float64(least), float64(width)}
}
