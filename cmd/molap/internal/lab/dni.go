package lab

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// sequential reports whether one network of the arm learns all tasks in sequence.
func (a Arm) sequential() bool { return a == DNI || a == DNIFresh }

// learntSequence holds one network that learns tasks in sequence, as it was after each task.
type learntSequence[T kernels.Float] struct {
	Nets                []*rnn.Network[T] // after each task
	Curves              [][]float64       // of each task: mean squared error of every iteration
	Trained, Parameters int
	// Diverged says where loss, gradients or outputs were no longer finite, and DivergedIn says in which
	// task, from 0. From there on nothing is learnt. Empty: all stayed finite.
	Diverged   string
	DivergedIn int
}

// after returns the network that has learnt a number of tasks, with the training on the task at a place
// of the sequence.
func (s learntSequence[T]) after(learnt, at int) trainedNetwork[T] {
	r := trainedNetwork[T]{Net: s.Nets[learnt-1], Curve: s.Curves[at], Trained: s.Trained, Parameters: s.Parameters}
	if s.Diverged != "" && learnt > s.DivergedIn {
		r.Diverged = s.Diverged
	}
	return r
}

// sequenceSettings returns the settings that the sequence depends on, with this network's own units and
// gain in place of the other arms'. The network has no modules, but it keeps their number if its units
// divide by it: lesions of modules hit the units that such modules would have.
func sequenceSettings(all profile.Settings) profile.Settings {
	s := all.Only("network", "trials", "optimizer", "dni", "run")
	s.Network.Units, s.Network.Gain = s.DNI.Units, s.DNI.Gain
	if s.Network.Units%s.Network.Modules != 0 {
		s.Network.Modules = 1
	}
	s.Training.ResponseWeight = all.Training.ResponseWeight
	s.DNI.Orders = 0 // the order itself is in s.DNI.Order
	return s
}

// inSequence returns the job of the network that learns the nine tasks in the order of the settings.
func inSequence[T kernels.Float](l *Lab, seed uint64) *jobs.Job[learntSequence[T]] {
	s := sequenceSettings(l.Settings)
	step := StepCost(s.DNI.Units, s.DNI.Batch, 1)
	spec := jobs.Spec{Kind: "sequence", Of: jobBasis{s, seed}, Label: fmt.Sprintf("dni, order %s, seed %d", s.DNI.Order, seed),
		Cost: sequenceCost(s), Memory: sequenceMemory(s)}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (learntSequence[T], error) {
		return learnInSequence[T](ctx, l.Variant, s, seed, w, step)
	})
}

// learnInSequence trains one network on task after task. The changes for each task are projected away
// from the activity of those before (rnn.DNI). The tasks' data are those of the other arms. The
// activity of a task is measured on one batch of its training data, as in the authors' code; if every
// iteration has a fresh batch, it is measured on the batch after the last.
//
// All weights, h[0] and all biases are trained: the authors freeze the recurrent bias elsewhere, but
// have no mask here.
func learnInSequence[T kernels.Float](ctx context.Context, v kernels.Variant, s profile.Settings,
	seed uint64, w *jobs.Work, step float64) (learntSequence[T], error) {
	q, err := newSequenceLearner[T](v, s, seed)
	if err != nil {
		return learntSequence[T]{}, err
	}
	w.Resume(func(state []byte) error {
		half, err := newSequenceLearner[T](v, s, seed)
		if err == nil {
			err = half.goOn(state)
		}
		if err == nil {
			q = half
		}
		return err
	})
	for len(q.learnt.Nets) < len(s.DNI.Order) {
		if q.learnt.Diverged == "" {
			if err := q.learn(ctx, w, step); err != nil {
				return learntSequence[T]{}, err
			}
		} else {
			q.pass(nil)
		}
	}
	return q.learnt, nil
}

// sequenceLearner is a network on its way through the tasks.
type sequenceLearner[T kernels.Float] struct {
	variant   kernels.Variant
	settings  profile.Settings
	seed      uint64
	net       *rnn.Network[T]
	mask      autodiff.Mask
	protected *rnn.DNI[T]
	learnt    learntSequence[T] // of the tasks behind it

	// The training on the next task, if there is one.
	task     tasks.Task
	training rnn.Training
	trainer  *rnn.Trainer[T]
	batches  rnn.Batches[T]
}

// newSequenceLearner returns a sequenceLearner that has learnt nothing yet.
func newSequenceLearner[T kernels.Float](v kernels.Variant, s profile.Settings, seed uint64) (*sequenceLearner[T], error) {
	shape := sharedShape(s)
	net := newNetwork[T](v, s, seed, shape.In, shape.Out, s.Network.InputGain)
	on := rnn.NoBiases
	if s.Network.Bias != profile.NoBias {
		on = rnn.AllBiases
	}
	q := &sequenceLearner[T]{variant: v, settings: s, seed: seed, net: net, mask: net.FullMask(on), protected: rnn.NewDNI[T](v, net.Shape)}
	q.learnt = learntSequence[T]{Trained: q.mask.Len(net.Shape), Parameters: net.Count(on)}
	return q, q.prepare()
}

// prepare makes the training on the next task.
func (q *sequenceLearner[T]) prepare() (err error) {
	at, s := len(q.learnt.Nets), q.settings
	if at == len(s.DNI.Order) {
		return nil
	}
	q.task = taskset.ByID(s, "T"+s.DNI.Order[at:at+1])
	stream := kernels.NewStream(q.seed)
	if q.batches, err = sharedBatches[T](q.variant, s, q.task, stream.Child(purposeTraining), q.net.Shape); err != nil {
		return err
	}
	q.training = sequenceTraining(s, q.net.Shape, q.mask)
	q.training.Weights = stepWeights(s, q.task)
	q.training.NoiseStream = stream.Child(purposeUnitNoise).Child(taskNoise).Child(uint64(at))
	q.trainer = rnn.NewTrainer(q.variant, q.net, q.task.Steps, s.DNI.Batch, q.training, 1)
	if q.trainer.Projection, err = q.protected.Projection(q.mask, s.DNI.Alpha); q.trainer.Projection != nil {
		q.trainer.Projection.Update = s.DNI.Project == profile.ProjectUpdate
	}
	return err
}

// learn trains the network on the next task and protects what it has learnt.
func (q *sequenceLearner[T]) learn(ctx context.Context, w *jobs.Work, step float64) error {
	tr := q.trainer
	phase := fmt.Sprintf("%s, %d of %d", q.task.ID, len(q.learnt.Nets)+1, len(q.settings.DNI.Order))
	seen, err := showTask(w, q.variant, q.settings, Cell{Arm: DNI, Task: q.task.ID, Seed: q.seed}, phase, q.training.Schedule, tr, step)
	if err != nil {
		return err
	}
	err = runTraining(ctx, w, tr, q.batches, step, seen, q.state)
	if err == nil {
		err = q.protect(q.net)
	}
	var diverged *rnn.DivergedError
	if errors.As(err, &diverged) {
		q.learnt.Diverged, q.learnt.DivergedIn = fmt.Sprintf("%s: %v", q.task.ID, diverged), len(q.learnt.Nets)
		w.Tell(q.learnt.Diverged)
		err = nil
	}
	if err != nil {
		return err
	}
	q.pass(tr.Curve)
	if q.learnt.Diverged != "" {
		return nil
	}
	return q.prepare()
}

// pass adds the network as it is after a task to the sequence, whether it has learnt the task or
// not.
func (q *sequenceLearner[T]) pass(curve []float64) {
	q.learnt.Curves, q.learnt.Nets = append(q.learnt.Curves, curve), append(q.learnt.Nets, copyNetwork(q.net))
}

// protect protects what a network has learnt of the task.
func (q *sequenceLearner[T]) protect(net *rnn.Network[T]) error {
	s, after := q.settings, q.training.Schedule.Iterations()
	x, _ := q.batches(after)
	weight := 1.0
	if len(q.learnt.Nets) == 0 {
		weight = s.DNI.FirstWeight
	}
	e := autodiff.New[T](q.variant, net.Shape, q.task.Steps, s.DNI.Batch, autodiff.Mask{}, autodiff.Penalty{}, 1)
	e.Noise = autodiff.Noise{Sigma: q.training.Noise, Stream: q.training.NoiseStream.Child(uint64(after))}
	if most := activityBound(e, net, x) / s.DNI.Alpha; !(most < mostActivity) {
		return &rnn.DivergedError{Iteration: after, Found: fmt.Sprintf("activity is up to %.1g times α", most)}
	}
	q.protected.Observe(e, net.Params, x, weight)
	return nil
}

// sequenceCheckpoint is what a checkpoint of a sequence holds: the tasks that are learnt, and the state of the
// training on the next. The projections that protect learnt tasks are computed again from the networks.
type sequenceCheckpoint[T kernels.Float] struct {
	Learnt learntSequence[T]
	State  []byte
}

func (q *sequenceLearner[T]) state() ([]byte, error) {
	state, err := q.trainer.State(q.info())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = gob.NewEncoder(&b).Encode(sequenceCheckpoint[T]{q.learnt, state})
	return b.Bytes(), err
}

// info names the task and the sequence that a state belongs to.
func (q *sequenceLearner[T]) info() rnn.Info {
	return infoOf(q.settings, Cell{Arm: DNI, Seed: q.seed}, fmt.Sprintf("%s, task %d of %s", q.task.ID, len(q.learnt.Nets)+1, q.settings.DNI.Order))
}

// goOn restores the state of a checkpoint into a network that has learnt nothing yet.
func (q *sequenceLearner[T]) goOn(state []byte) error {
	var h sequenceCheckpoint[T]
	if err := gob.NewDecoder(bytes.NewReader(state)).Decode(&h); err != nil {
		return err
	}
	if n := len(h.Learnt.Nets); n >= len(q.settings.DNI.Order) || n != len(h.Learnt.Curves) {
		return fmt.Errorf("%d networks and %d curves of a sequence of %d tasks", n, len(h.Learnt.Curves), len(q.settings.DNI.Order))
	}
	for i, net := range h.Learnt.Nets {
		if net.Shape != q.net.Shape {
			return fmt.Errorf("a network of %+v, here they are %+v", net.Shape, q.net.Shape)
		}
		if err := q.protect(net); err != nil {
			return err
		}
		q.learnt.Nets, q.learnt.Curves = append(q.learnt.Nets, net), append(q.learnt.Curves, h.Learnt.Curves[i])
		if err := q.prepare(); err != nil {
			return err
		}
	}
	return restoreTraining(q.trainer, h.State, q.info())
}

// mostActivity is the largest ratio of activity to α. Beyond it the matrix of the projection may have
// no inverse in float64.
const mostActivity = 1e14

// activityBound returns an upper bound of all mean squares that are to be protected. The loss of the last
// iteration does not tell them, since it comes before the iteration's change of the weights.
func activityBound[T kernels.Float](e *autodiff.Engine[T], net *rnn.Network[T], x []T) float64 {
	samples := float64(e.Steps * e.Trials)
	y := make([]T, e.Steps*e.Trials*net.Out)
	e.Run(net.Params, x, y, nil)
	// |W·z|² ≤ |W|²·|z|² and |z|² ≤ |h[0]|² + N + |x|² + 1.
	z := sumSquares(net.H0) + float64(net.Units+1) + sumSquares(x)/samples
	return max(z, z*sumSquares(net.A), sumSquares(y)/samples)
}

// sumSquares returns Σ x².
func sumSquares[T kernels.Float](x []T) float64 {
	sum := 0.0
	for _, v := range x {
		sum = math.FMA(float64(v), float64(v), sum)
	}
	return sum
}

// sequenceTraining returns the training of each task of the sequence.
func sequenceTraining(s profile.Settings, shape autodiff.Shape, mask autodiff.Mask) rnn.Training {
	t := trainingSettings(s, s.DNI.Schedule, s.DNI.Rate, shape, mask)
	if s.DNI.ActivityOn == profile.OnInitial {
		t.Penalty.Hidden, t.Penalty.H0 = 0, s.DNI.Activity
	}
	return t
}

// copyNetwork returns a copy of a network that further training does not change.
func copyNetwork[T kernels.Float](net *rnn.Network[T]) *rnn.Network[T] {
	p := *net.Params
	p.A, p.H0 = slices.Clone(p.A), slices.Clone(p.H0)
	return &rnn.Network[T]{Params: &p, Modules: net.Modules}
}

// sharedShape returns the shape of a network for all tasks. It has as many inputs and outputs as the
// task with the most and, with rule inputs, one more input for each task.
func sharedShape(s profile.Settings) autodiff.Shape {
	shape := autodiff.Shape{Units: s.DNI.Units}
	all := tasks.All(taskset.Options(s))
	for _, t := range all {
		shape.In, shape.Out = max(shape.In, len(t.Inputs)), max(shape.Out, len(t.Targets))
	}
	if s.DNI.RuleInputs {
		shape.In += len(all)
	}
	return shape
}

// ruleInput returns the rule input of a task in a network with that many inputs. The rule inputs are
// the last nine, in the order of the tasks' names, not in that of training. ok is false if the network
// has no more inputs than tasks have: then it has no rule inputs.
func ruleInput(inputs int, task string) (channel int, ok bool) {
	nine := tasks.All(tasks.Paper)
	most := 0
	for _, t := range nine {
		most = max(most, len(t.Inputs))
	}
	return most + slices.IndexFunc(nine, func(t tasks.Task) bool { return t.ID == task }), inputs > most
}

// fitInputs sets x to a batch's inputs for a network with in inputs: first those of the task, then
// zeros, as in the authors' code, and the task's rule input if the network has them. Neither zeros nor
// rule inputs get noise.
func fitInputs[T kernels.Float](x []T, in int, task string, b *tasks.Batch[T]) {
	rnn.FitChannels(x, in, b.X, b.In)
	if c, ok := ruleInput(in, task); ok {
		rnn.SetRule(x, in, c)
	}
}

// sharedBatches returns the training batches of a task for a network of the given shape.
func sharedBatches[T kernels.Float](v kernels.Variant, s profile.Settings, task tasks.Task,
	stream kernels.Stream, shape autodiff.Shape) (rnn.Batches[T], error) {
	gen, err := tasks.NewGenerator[T](v, taskset.Options(s), task)
	if err != nil {
		return nil, err
	}
	b := gen.NewBatch(s.DNI.Batch)
	x, y := make([]T, b.Steps*b.Trials*shape.In), make([]T, b.Steps*b.Trials*shape.Out)
	batches := trainingBatches(s, gen, b, stream)
	return func(iteration int) ([]T, []T) {
		batches(iteration)
		fitInputs(x, shape.In, task.ID, b)
		rnn.FitChannels(y, shape.Out, b.Y, b.Out)
		return x, y
	}, nil
}

// RandomOrder returns the k-th random order of a seed: a Fisher–Yates shuffle.
func RandomOrder(seed uint64, k int) string {
	order := []byte("123456789")
	stream := kernels.NewStream(seed).Child(purposeOrder).Child(uint64(k))
	for i := range order {
		j := i + stream.Intn(uint64(i), len(order)-i)
		order[i], order[j] = order[j], order[i]
	}
	return string(order)
}
