package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// NetFile is a network from a file, with the settings and the trials for its test.
type NetFile struct {
	Variant  kernels.Variant
	Settings profile.Settings
	Cell     Cell // task and seed
	Network  *rnn.File
	Trials   *rnn.File // has trials X, Y; nil: those of the cell's task, drawn by settings and seed
	Fixation int       // of Trials: the output that is fixation, from 1; 0: none
}

// Subject is a network from a file, in the settings' precision.
type Subject interface {
	Check() error
	Evaluate() (Evaluated, error)
	Exchanged(e Evaluated) (loss float64, better bool)
	Perturb(ctx context.Context, p Perturbation, advance func()) (Perturbed, error)
	Hits(d Damage, level float64) (hit, of int, err error)
	EncodeNPZ(x Export) ([]byte, error)
	EncodeSafetensors(info rnn.Info) ([]byte, error)
}

// typedSubject is a Subject in T.
type typedSubject[T kernels.Float] struct {
	NetFile
	net *rnn.Network[T]
}

// Subject returns the network in the settings' precision.
func (n NetFile) Subject() (Subject, error) {
	if n.Settings.Run.Precision == profile.F64 {
		net, err := rnn.Load[float64](n.Network)
		return typedSubject[float64]{n, net}, err
	}
	net, err := rnn.Load[float32](n.Network)
	return typedSubject[float32]{n, net}, err
}

// TestSize returns the steps and trials that the network is tested on.
func (n NetFile) TestSize() (steps, trials int) { return n.size(n.Settings.Score.TestTrials) }

// size returns the steps and trials that come from the file or, without trials there, from the task:
// draw trials, or at most as many as are held out if the task's trials are given.
func (n NetFile) size(draw int) (steps, trials int) {
	if n.Trials != nil {
		steps, trials, _, _ = n.Trials.TrialsShape()
		return steps, trials
	}
	t := taskset.ByID(n.Settings, n.Cell.Task)
	if t.Arrays != nil {
		draw = min(draw, t.Arrays.TestTrials)
	}
	return t.Steps, draw
}

// StepMS returns how long a step of these trials lasts, in milliseconds; 0 if nothing tells.
func (n NetFile) StepMS() float64 {
	if n.Trials != nil {
		return n.Trials.StepMS()
	}
	return taskStepMS(n.Settings, n.Cell.Task)
}

// taskStepMS returns how long a step of a task lasts, in milliseconds.
func taskStepMS(s profile.Settings, id string) float64 {
	if a := taskset.ByID(s, id).Arrays; a != nil {
		return a.StepMS
	}
	return 1000 * tasks.StepSeconds
}

// test returns the test trials, as many as are asked for if they are drawn. It is an error if they do not
// fit.
func (n typedSubject[T]) test(draw int) (*tasks.Batch[T], error) {
	b, err := trialsOf[T](n.NetFile, draw)
	if err == nil && b.Weights == nil && b.Steps < n.Settings.Score.Window {
		err = fmt.Errorf("trials of %s are shorter than score.window, %s", words.Count(b.Steps, "step"), words.Count(n.Settings.Score.Window, "step"))
	}
	return b, err
}

// Check returns an error if the network cannot be tested on its trials.
func (n typedSubject[T]) Check() error {
	draw := 1 // as good as all
	if n.Trials == nil && taskset.ByID(n.Settings, n.Cell.Task).Arrays != nil {
		draw = n.Settings.Score.TestTrials // of which a mask may leave out each
	}
	_, err := n.test(draw)
	return err
}

// trialsOf returns the trials of a file, or draws as many as are asked for.
func trialsOf[T kernels.Float](n NetFile, draw int) (*tasks.Batch[T], error) {
	if n.Trials == nil {
		if err := n.Fits(); err != nil {
			return nil, err
		}
		return testBatch[T](n.Variant, n.Settings, n.Cell, draw)
	}
	t, err := rnn.LoadTrials[T](n.Trials, n.Network.Shape)
	if err != nil {
		return nil, err
	}
	unit := tasks.Scale{Range: 1}
	b := &tasks.Batch[T]{Steps: t.Steps, Trials: t.Trials, In: t.In, Out: t.Out,
		X: t.X, Y: t.Y, Weights: t.Weights, XScale: unit, YScale: unit, Fixation: n.Fixation}
	return b, checkAsked(b.Weights, b.Trials, b.Out, b.Trials)
}

// Fits returns an error unless the network has the inputs and outputs of the task, or those of the one
// network for all nine tasks.
func (n NetFile) Fits() error {
	net, task, shared := n.Network.Shape, taskset.ByID(n.Settings, n.Cell.Task), sharedShape(n.Settings)
	_, err := tasks.Lookup(n.Cell.Task, tasks.Options{})
	if err == nil && net.In == shared.In && net.Out == shared.Out || len(task.Inputs) == net.In && len(task.Targets) == net.Out {
		return nil
	}
	return fmt.Errorf("the network has %s and %s, %s has %d and %d", words.Count(net.In, "input"), words.Count(net.Out, "output"), task.ID, len(task.Inputs), len(task.Targets))
}

// Evaluated holds the scores of a network from a file, in per cent of trials.
type Evaluated struct {
	Steps, Trials int
	Fixation      int // as of Run

	// By output: per cent correct by the criterion of the settings, the same for both answers that
	// ignore the stimulus, and the mean squared error over all steps.
	Output, BlindOutput, ConstantOutput, Error []float64

	// As of Run.
	Overall, Decision, DecisionUnit, DecisionRaw float64
	Blind, Constant                              Null
	Loss, BlindLoss                              float64
}

// Evaluate scores the network. On the trials of its task a network of "molap train" gets the scores
// that it got after training.
func (n typedSubject[T]) Evaluate() (Evaluated, error) {
	b, err := n.test(n.Settings.Score.TestTrials)
	if err != nil {
		return Evaluated{}, err
	}
	q := newTester(n.Variant, n.Settings, n.Cell, n.net.Shape, b)
	outputs := q.outputs(n.net, nil)
	var r Run
	fillScores(&r, q.right, outputs, b)
	nulls := rnn.ScoreNulls(q.right, b.Y, b.Trials, b.Out)
	e := Evaluated{Steps: b.Steps, Trials: b.Trials, Fixation: b.Fixation,
		Output: r.Output, BlindOutput: nulls.Blind, ConstantOutput: nulls.Constant,
		Overall: r.Overall, Decision: r.Decision, DecisionUnit: r.DecisionUnit, DecisionRaw: r.DecisionRaw,
		Blind: r.Blind, Constant: r.Constant, BlindLoss: blindLoss(b)}
	e.Error, e.Loss = squaredErrors(outputs, b)
	if e.Loss-e.Loss != 0 || e.BlindLoss-e.BlindLoss != 0 {
		return Evaluated{}, errors.New("outputs or targets are too large: their mean squared error is not finite")
	}
	return e, nil
}

// Perturb damages and tests the network as the jobs of [Lab.Damaged] do.
func (n typedSubject[T]) Perturb(ctx context.Context, p Perturbation, advance func()) (Perturbed, error) {
	b, err := n.test(n.Settings.Score.TestTrials)
	if err != nil {
		return Perturbed{}, err
	}
	return testDamaged(ctx, n.Variant, n.Settings, n.Cell, n.net, b, p, advance)
}

// Exchanged returns the mean squared error of the network on the trials of its file with steps and
// trials exchanged. better is true if the file probably has them exchanged: as they stand the network
// does no better than the blind answer, and exchanged ten times better.
func (n typedSubject[T]) Exchanged(e Evaluated) (loss float64, better bool) {
	if n.Trials == nil || e.Steps == e.Trials || e.Loss < e.BlindLoss/2 {
		return 0, false
	}
	b, err := n.test(n.Settings.Score.TestTrials)
	if err != nil {
		panic(err) // the network was tested on these trials before
	}
	other := *b
	other.Steps, other.Trials = b.Trials, b.Steps
	other.X, other.Y = exchangedAxes(b.X, b), exchangedAxes(b.Y, b)
	other.Weights = nil
	_, loss = squaredErrors(newTester(n.Variant, n.Settings, n.Cell, n.net.Shape, &other).outputs(n.net, nil), &other)
	return loss, loss < min(e.Loss, e.BlindLoss)/10
}

// exchangedAxes returns values of a batch as trials × steps × channels.
func exchangedAxes[T kernels.Float](x []T, b *tasks.Batch[T]) []T {
	y := make([]T, 0, len(x))
	channels := len(x) / (b.Steps * b.Trials)
	for j := range b.Trials {
		for t := range b.Steps {
			y = append(y, x[(t*b.Trials+j)*channels:][:channels]...)
		}
	}
	return y
}

// EncodeSafetensors returns the network as a safetensors file.
func (n typedSubject[T]) EncodeSafetensors(info rnn.Info) ([]byte, error) {
	return rnn.EncodeSafetensors(n.net, info)
}

// Export says what goes into a file beside the network.
type Export struct {
	Draw   int  // how many of the task's test trials are drawn, or of the file's are taken, from the first on
	States bool // whether the hidden states of all trials are added
}

// EncodeNPZ returns the network as an npz file, with the trials of its file or with drawn trials of its
// task, if there are any. Beside trials stand the network's outputs and, for drawn trials, what was
// drawn. If the network has more inputs and outputs than the task, unused channels of the trials are 0,
// as in its training.
func (n typedSubject[T]) EncodeNPZ(x Export) ([]byte, error) {
	if n.Trials == nil && x.Draw == 0 {
		return rnn.EncodeNPZ(n.net, nil)
	}
	t, err := n.exported(x)
	if err != nil {
		return nil, err
	}
	return rnn.EncodeNPZ(n.net, t)
}

// exported returns the trials of the file or of the task with the network's outputs.
func (n typedSubject[T]) exported(x Export) (*rnn.Trials[T], error) {
	net := n.net
	var t *rnn.Trials[T]
	var err error
	if n.Trials == nil {
		t, err = n.drawn(x.Draw)
	} else if t, err = rnn.LoadTrials[T](n.Trials, net.Shape); err == nil {
		t.Fixation = n.Fixation
		if x.Draw > 0 {
			keepFirst(t, x.Draw)
		}
	}
	if err != nil {
		return nil, err
	}
	e := autodiff.New[T](n.Variant, net.Shape, t.Steps, t.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	e.Noise = testNoiseOf(n.Settings, n.Cell.Seed)
	outputs, states := make([]T, t.Steps*t.Trials*net.Out), []T(nil)
	if x.States {
		states = make([]T, t.Steps*t.Trials*net.Units)
	}
	e.Run(net.Params, t.X, outputs, states)
	t.Beside = append(t.Beside, rnn.Extra{Name: rnn.Outputs, Shape: []int{t.Steps, t.Trials, net.Out}, Values: outputs})
	if x.States {
		t.Beside = append(t.Beside, rnn.Extra{Name: rnn.States, Shape: []int{t.Steps, t.Trials, net.Units}, Values: states})
	}
	return t, nil
}

// keepFirst leaves the first n of some trials; all if they are fewer.
func keepFirst[T kernels.Float](t *rnn.Trials[T], n int) {
	n = min(n, t.Trials)
	t.X, t.Y, t.Weights = firstOf(t.X, t.Steps, t.Trials, n), firstOf(t.Y, t.Steps, t.Trials, n), firstOf(t.Weights, t.Steps, t.Trials, n)
	for i := range t.Beside {
		e := &t.Beside[i] // a value for each trial
		e.Shape = []int{n}
		switch values := e.Values.(type) {
		case []float64:
			e.Values = values[:n]
		case []int:
			e.Values = values[:n]
		}
	}
	t.Trials = n
}

// firstOf returns the values of the first n trials of steps × trials × channels.
func firstOf[V any](x []V, steps, trials, n int) (first []V) {
	for row := range slices.Chunk(x, max(1, len(x)/steps)) {
		first = append(first, row[:len(row)/trials*n]...)
	}
	return first
}

// drawn draws trials of the task with what was drawn for them.
func (n typedSubject[T]) drawn(trials int) (*rnn.Trials[T], error) {
	net := n.net
	if err := n.Fits(); err != nil {
		return nil, err
	}
	gen, b, err := drawTest[T](n.Variant, n.Settings, n.Cell, trials)
	if err != nil {
		return nil, err
	}
	t := &rnn.Trials[T]{Steps: b.Steps, Trials: b.Trials, In: net.In, Out: net.Out,
		X: inputsOf(net.Shape, n.Cell.Task, b), Y: b.Y, Fixation: b.Fixation, StepMS: taskStepMS(n.Settings, n.Cell.Task)}
	if b.Out != net.Out {
		t.Y = make([]T, b.Steps*b.Trials*net.Out)
		rnn.FitChannels(t.Y, net.Out, b.Y, b.Out)
	}
	if gen == nil {
		if b.Out == net.Out {
			t.Weights = b.Weights
		}
		return t, nil
	}
	task, c := taskset.ByID(n.Settings, n.Cell.Task), gen.Conditions(0)
	for k, d := range task.Draws {
		if c.Draws[k] != nil {
			t.Beside = append(t.Beside, rnn.Extra{Name: rnn.DrawPrefix + d.Name, Shape: []int{trials}, Values: c.Draws[k]})
		}
	}
	for k, p := range task.Periods {
		t.Beside = append(t.Beside, rnn.Extra{Name: rnn.StartPrefix + p.Name, Shape: []int{trials}, Values: c.Starts[k]})
	}
	return t, nil
}

// ExportMemory returns the memory that writing the network with trials takes: for the trials, the
// network's outputs, the file, and the largest of its arrays once more.
func (n NetFile) ExportMemory(x Export) jobs.Memory {
	s := n.Network.Shape
	var steps, trials, in, out int
	by := "trials of the file"
	if n.Trials != nil {
		steps, trials, in, out = n.Trials.TrialsShape()
	} else {
		t := taskset.ByID(n.Settings, n.Cell.Task)
		steps, trials, in, out, by = t.Steps, x.Draw, len(t.Inputs), len(t.Targets), "trials (-trials)"
	}
	numbers, answers, largest := in+out, s.Out, max(s.In, s.Out)
	if in != s.In {
		numbers += s.In
	}
	if out != s.Out {
		numbers += s.Out
	}
	if x.States {
		answers, largest = answers+s.Units, max(largest, s.Units)
		by += fmt.Sprintf(" with states of %d units (-states)", s.Units)
	}
	numbers += answers + (s.In + s.Out + answers) + largest
	m := memoryOf(n.Settings, 2*float64(s.Units)*float64(s.Units)+float64(steps)*float64(trials)*float64(numbers), 0)
	m.By = fmt.Sprintf("%d %s", trials, by)
	return m
}
