package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// sequential reports whether one network of the arm learns all tasks in sequence.
func (a Arm) sequential() bool { return a == DNI || a == DNIFresh }

// place returns the number of tasks that the sequence has before a task.
func place(s profile.Settings, task string) int {
	return strings.Index(s.DNI.Order, strings.TrimPrefix(task, "T"))
}

// sequence is a network that learns tasks in sequence.
type sequence[T kernels.Float] struct {
	Nets                []*rnn.Network[T] // after each task
	Curves              [][]float64       // of each task: mean squared error of every iteration
	Trained, Parameters int
	// Diverged tells in which task, from 0, and where loss, gradients or outputs were
	// no longer finite. Nothing is learnt from there on. Empty: they were to the end.
	Diverged   string
	DivergedIn int
}

// after returns the network that has learnt a number of tasks, and how it was
// trained on the task at a place of the sequence.
func (s sequence[T]) after(learnt, at int) trained[T] {
	r := trained[T]{Net: s.Nets[learnt-1], Curve: s.Curves[at], Trained: s.Trained, Parameters: s.Parameters}
	if s.Diverged != "" && learnt > s.DivergedIn {
		r.Diverged = s.Diverged
	}
	return r
}

// sequenceSettings are the settings that the sequence depends on, the network's own
// in place of those of the other arms. It has no modules; their number says what a
// lesion of a module would hit, if its units divide by it.
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

// inSequence is the job of the network that learns the nine tasks in the order of
// the settings.
func inSequence[T kernels.Float](l *Lab, all profile.Settings, seed uint64) *jobs.Job[sequence[T]] {
	s := sequenceSettings(all)
	step := stepCost(s.DNI.Units, s.DNI.Batch, 1)
	spec := jobs.Spec{Kind: "sequence", Of: of{s, seed}, Label: fmt.Sprintf("dni, order %s, seed %d", s.DNI.Order, seed),
		Cost: step * float64(len(s.DNI.Order)*s.DNI.LevelIterations*s.DNI.Levels)}
	return jobs.New(l.pool, spec, func(ctx context.Context, advance func(float64)) (sequence[T], error) {
		return learnInSequence[T](ctx, l.Variant, s, seed, func() { advance(step) })
	})
}

// learnInSequence trains one network on task after task, the changes for each
// projected away from the activity of those before (rnn.DNI). The tasks' data are
// those of the other arms. What a task used is measured on one batch of its training
// data, as in the authors' code: with fresh batches the one after the last.
//
// All weights, h[0] and the biases that there are move: the authors, who freeze
// the recurrent bias elsewhere, have no mask here.
func learnInSequence[T kernels.Float](ctx context.Context, v kernels.Variant, s profile.Settings, seed uint64, advance func()) (sequence[T], error) {
	shape := sharedShape(s)
	net := newNetwork[T](v, s, seed, shape.In, shape.Out, s.Network.InputGain)
	on := rnn.NoBiases
	if s.Network.Bias != profile.NoBias {
		on = rnn.AllBiases
	}
	q := student[T]{variant: v, settings: s, seed: seed, net: net, mask: net.FullMask(on), protected: rnn.NewDNI[T](v, net.Shape)}
	result := sequence[T]{Trained: q.mask.Len(net.Shape), Parameters: net.Count(on)}
	for at, digit := range s.DNI.Order {
		var curve []float64
		if result.Diverged == "" {
			task := taskOf(s, "T"+string(digit))
			var err error
			curve, err = q.learn(ctx, at, task, advance)
			var diverged *rnn.DivergedError
			switch {
			case errors.As(err, &diverged):
				result.Diverged, result.DivergedIn = fmt.Sprintf("%s: %v", task.ID, diverged), at
			case err != nil:
				return sequence[T]{}, err
			}
		}
		result.Curves, result.Nets = append(result.Curves, curve), append(result.Nets, copied(net))
	}
	return result, nil
}

// student is a network on its way through the tasks.
type student[T kernels.Float] struct {
	variant   kernels.Variant
	settings  profile.Settings
	seed      uint64
	net       *rnn.Network[T]
	mask      autodiff.Mask
	protected *rnn.DNI[T]
}

// learn trains the network on the next task, at tasks being behind it, and protects
// what it has learnt. It returns the mean squared error of every iteration.
func (q *student[T]) learn(ctx context.Context, at int, task tasks.Task, advance func()) ([]float64, error) {
	s, stream := q.settings, kernels.NewStream(q.seed)
	batches, err := sharedBatches[T](q.variant, s, task, stream.Child(purposeTraining), q.net.Shape)
	if err != nil {
		return nil, err
	}
	t := sequenceTraining(s, q.net.Shape, q.mask)
	t.Weights = stepWeights(s, task)
	t.NoiseStream = stream.Child(purposeUnitNoise).Child(taskNoise).Child(uint64(at))
	tr := rnn.NewTrainer(q.variant, q.net, task.Steps, s.DNI.Batch, t, 1)
	if tr.Projection = q.protected.Projection(q.mask, s.DNI.Alpha); tr.Projection != nil {
		tr.Projection.Update = s.DNI.Project == profile.ProjectUpdate
	}
	if err := tr.Run(ctx, batches, func(autodiff.Loss) { advance() }); err != nil {
		return tr.Curve, err
	}
	after := t.Schedule.Iterations()
	x, _ := batches(after)
	weight := 1.0
	if at == 0 {
		weight = s.DNI.FirstWeight
	}
	e := autodiff.New[T](q.variant, q.net.Shape, task.Steps, s.DNI.Batch, autodiff.Mask{}, autodiff.Penalty{}, 1)
	e.Noise = autodiff.Noise{Sigma: t.Noise, Stream: t.NoiseStream.Child(uint64(after))}
	if most := q.activity(e, x) / s.DNI.Alpha; !(most < mostActivity) {
		return tr.Curve, &rnn.DivergedError{Iteration: after, Found: fmt.Sprintf("activity is up to %.1g times α", most)}
	}
	q.protected.Observe(e, q.net.Params, x, weight)
	return tr.Curve, nil
}

// mostActivity is how far activity may lie above α: beyond that the matrix of the
// projection is not sure to have an inverse in float64.
const mostActivity = 1e14

// activity returns a bound of all mean squares that are to be protected: what the
// last iteration has done to them is not known from its loss.
func (q *student[T]) activity(e *autodiff.Engine[T], x []T) float64 {
	samples := float64(e.Steps * e.Trials)
	y := make([]T, e.Steps*e.Trials*q.net.Out)
	e.Run(q.net.Params, x, y, nil)
	// |W·z|² ≤ |W|²·|z|² and |z|² ≤ |h[0]|² + N + |x|² + 1.
	z := squares(q.net.H0) + float64(q.net.Units+1) + squares(x)/samples
	return max(z, z*squares(q.net.A), squares(y)/samples)
}

// squares returns Σ x².
func squares[T kernels.Float](x []T) float64 {
	sum := 0.0
	for _, v := range x {
		sum = math.FMA(float64(v), float64(v), sum)
	}
	return sum
}

// sequenceTraining is the training of each task of the sequence.
func sequenceTraining(s profile.Settings, shape autodiff.Shape, mask autodiff.Mask) rnn.Training {
	t := training(s, s.DNI.Schedule, s.DNI.Rate, shape, mask)
	if s.DNI.ActivityOn == profile.OnInitial {
		t.Penalty.Hidden, t.Penalty.H0 = 0, s.DNI.Activity
	}
	return t
}

// copied returns a copy of a network that training does not reach.
func copied[T kernels.Float](net *rnn.Network[T]) *rnn.Network[T] {
	p := *net.Params
	p.A, p.H0 = slices.Clone(p.A), slices.Clone(p.H0)
	return &rnn.Network[T]{Params: &p, Modules: net.Modules}
}

// sharedShape is the shape of a network for all tasks: as many inputs and outputs
// as any of them has, and with rule inputs one more for each.
func sharedShape(s profile.Settings) autodiff.Shape {
	shape := autodiff.Shape{Units: s.DNI.Units}
	all := tasks.All(TrialOptions(s))
	for _, t := range all {
		shape.In, shape.Out = max(shape.In, len(t.Inputs)), max(shape.Out, len(t.Targets))
	}
	if s.DNI.RuleInputs {
		shape.In += len(all)
	}
	return shape
}

// ruleInput returns the input that tells a network with so many inputs that it is
// a task's turn: the last nine, in the order of the tasks' names whatever that of
// training. A network with no more inputs than tasks have has none.
func ruleInput(inputs int, task string) (channel int, ok bool) {
	nine := tasks.All(tasks.Paper)
	most := 0
	for _, t := range nine {
		most = max(most, len(t.Inputs))
	}
	return most + slices.IndexFunc(nine, func(t tasks.Task) bool { return t.ID == task }), inputs > most
}

// fitInputs sets x to the inputs of a batch for a network with in of them: the
// task's first, then zeros, as in the authors' code, and its rule input if the
// network has any. No noise is added to either.
func fitInputs[T kernels.Float](x []T, in int, task string, b *tasks.Batch[T]) {
	rnn.FitChannels(x, in, b.X, b.In)
	if c, ok := ruleInput(in, task); ok {
		rnn.SetRule(x, in, c)
	}
}

// sharedBatches returns the training batches of a task for a network of a shape.
func sharedBatches[T kernels.Float](v kernels.Variant, s profile.Settings, task tasks.Task, stream kernels.Stream, shape autodiff.Shape) (rnn.Batches[T], error) {
	gen, err := tasks.NewGenerator[T](v, TrialOptions(s), task)
	if err != nil {
		return nil, err
	}
	b := gen.NewBatch(s.DNI.Batch)
	x, y := make([]T, b.Steps*b.Trials*shape.In), make([]T, b.Steps*b.Trials*shape.Out)
	batches := drawn(s, gen, b, stream)
	return func(iteration int) ([]T, []T) {
		batches(iteration)
		fitInputs(x, shape.In, task.ID, b)
		rnn.FitChannels(y, shape.Out, b.Y, b.Out)
		return x, y
	}, nil
}
