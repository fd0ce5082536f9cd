package lab

import (
	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// tester runs networks of one shape on the same trials of a task, and scores their outputs.
type tester[T kernels.Float] struct {
	engine *autodiff.Engine[T]
	batch  *tasks.Batch[T]
	x, y   []T // inputs and outputs of the network, which may have more than the task
	fitted []T // the task's outputs
	right  rnn.Criterion
	tenth  rnn.Criterion // within a tenth of the targets' range
}

func newTester[T kernels.Float](v kernels.Variant, s profile.Settings, c Cell, shape autodiff.Shape, b *tasks.Batch[T]) *tester[T] {
	q := &tester[T]{
		engine: autodiff.New[T](v, shape, b.Steps, b.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1),
		batch:  b, x: inputsOf(shape, c.Task, b), y: make([]T, b.Steps*b.Trials*shape.Out), fitted: make([]T, len(b.Y)),
		right: criterionOn(criterion(s), b),
	}
	q.tenth = q.right.Within(tenthOf(b))
	q.engine.Noise = testNoiseOf(s, c.Seed)
	return q
}

// outputs returns the outputs that the task asks for, steps × trials × Out of the batch; the next call
// overwrites them. It writes the states into states unless that is nil.
func (q *tester[T]) outputs(net *rnn.Network[T], states []T) []T {
	q.engine.Run(net.Params, q.x, q.y, states)
	rnn.FitChannels(q.fitted, q.batch.Out, q.y, q.engine.Out)
	return q.fitted
}

func (q *tester[T]) score(net *rnn.Network[T]) Scores {
	y, b := q.outputs(net, nil), q.batch
	r := Scores{
		Output:       rnn.Score(q.right, y, b.Y, b.Trials, b.Out),
		DecisionUnit: rnn.Decision(rnn.Score(q.tenth, y, b.Y, b.Trials, b.Out), b.Fixation),
		Fixation:     b.Fixation,
	}
	r.Error, _ = squaredErrors(y, b)
	return r
}

// inputsOf returns the inputs of a batch of a task for a network of some shape. If one network learns
// all tasks, they are brought to its number of inputs, with the task's rule input (see fitInputs);
// otherwise they are those of the batch.
func inputsOf[T kernels.Float](shape autodiff.Shape, task string, b *tasks.Batch[T]) []T {
	if shape.In == b.In {
		return b.X
	}
	x := make([]T, b.Steps*b.Trials*shape.In)
	fitInputs(x, shape.In, task, b)
	return x
}

// testNoiseOf returns the noise of Eq. 1 in tests.
func testNoiseOf(s profile.Settings, seed uint64) autodiff.Noise {
	return autodiff.Noise{Sigma: s.Network.UnitNoise, Stream: kernels.NewStream(seed).Child(purposeUnitNoise).Child(testNoise)}
}
