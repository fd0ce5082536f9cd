package lab

import (
	"context"
	"fmt"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Score returns the job of a network's scores on its task.
func (l typedLab[T]) Score(c Cell) *jobs.Job[Run] {
	all := l.Settings
	s := all.Only("network", "trials", "score", "run")
	s.Tasks = taskset.Needed(all, c.Task)
	node, subject := trainingOf[T](l.Lab, c)
	spec := jobs.Spec{Kind: "score", Of: jobBasis{s, c}, Needs: []jobs.Node{node}, Label: c.String(),
		Cost:   testCost(all, c.Arm),
		Memory: testMemory(s, c, c.Arm.Units(all), s.Score.TestTrials, "score.test_trials")}
	return jobs.New(l.Pool, spec, func(_ context.Context, w *jobs.Work) (Run, error) {
		n := subject()
		test, err := testBatch[T](l.Variant, s, c, s.Score.TestTrials)
		if err != nil {
			return Run{}, err
		}
		r := Run{Arm: c.Arm, Task: c.Task, Seed: c.Seed, Trained: n.Trained, Parameters: n.Parameters,
			Diverged: n.Diverged, Learning: learningOf(n.Curve, blindLoss(test)*float64(test.Out)/float64(n.Net.Out))}
		q := newTester(l.Variant, s, c, n.Net.Shape, test)
		fillScores(&r, q.right, q.outputs(n.Net, nil), test)
		w.Advance(spec.Cost)
		return r, nil
	})
}

// testBatch draws that many test trials of a cell's task. If the task's trials are given, it takes
// trials that are held out, and all of them if they are fewer. A small batch has the first trials of a
// large one, unless trials are scaled or resampled batch by batch (trials.scale, trials.resample). It is
// an error if the trials ask nothing of an output, since that output would have no score.
func testBatch[T kernels.Float](v kernels.Variant, s profile.Settings, c Cell, trials int) (*tasks.Batch[T], error) {
	_, b, err := drawTest[T](v, s, c, trials)
	if err != nil {
		return nil, err
	}
	return b, checkAsked(b.Weights, b.Trials, b.Out, b.Trials)
}

// checkAsked returns an error if the weights of n trials of trials leave an output without a score.
func checkAsked[T kernels.Float](weights []T, trials, out, n int) error {
	if o := taskset.Unasked(weights, trials, out, n); o >= 0 {
		return fmt.Errorf("%s for output %d in all of the %s: nothing of it can be scored", taskset.ZeroMask(weights, out, o), o+1, words.Count(n, "trial"))
	}
	return nil
}

// drawTest is testBatch that also returns the generator of the batch, nil if the task's trials are
// given, and takes any mask.
func drawTest[T kernels.Float](v kernels.Variant, s profile.Settings, c Cell, trials int) (*tasks.Generator[T], *tasks.Batch[T], error) {
	task := taskset.ByID(s, c.Task)
	if task.Arrays != nil {
		b, err := tasks.HeldOut[T](task, trials, s.Trials.Scale)
		return nil, b, err
	}
	if err := taskset.CheckSize(trials, task); err != nil {
		return nil, nil, err
	}
	gen, err := tasks.NewGenerator[T](v, taskset.Options(s), task)
	if err != nil {
		return nil, nil, err
	}
	test := gen.NewBatch(trials)
	gen.Draw(test, kernels.NewStream(c.Seed).Child(purposeTest))
	return gen, test, nil
}

// criterionOn returns how answers to a batch are scored.
func criterionOn[T kernels.Float](c rnn.Criterion, b *tasks.Batch[T]) rnn.Criterion {
	c.Fixation, c.Zero = b.Fixation, -b.YScale.Min/b.YScale.Range
	if b.Weights != nil {
		c.Response = seq.Map(b.Weights, func(w T) bool { return w > 0 })
	}
	return c
}

func widen[T kernels.Float](x []T) []float64 {
	return seq.Map(x, func(v T) float64 { return float64(v) })
}

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
		right: criterionOn(scoreCriterion(s), b),
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
