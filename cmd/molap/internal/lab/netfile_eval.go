package lab

import (
	"context"
	"errors"
	"fmt"

	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// NetFile is a network from a file with the trials that test it.
type NetFile struct {
	Variant  kernels.Variant
	Settings profile.Settings
	Cell     Cell // task and seed
	Network  *rnn.File
	Trials   *rnn.File // has trials X, Y; nil: those of the cell's task, drawn by settings and seed
	Fixation int       // of Trials: the output that is fixation, from 1; 0: none
}

// double reports whether numbers are float64.
func (n NetFile) double() bool { return n.Settings.Run.Precision == profile.F64 }

// TestSize returns the steps and trials that the network is tested on.
func (n NetFile) TestSize() (steps, trials int) {
	if n.Trials != nil {
		steps, trials, _, _ = n.Trials.TrialsShape()
		return steps, trials
	}
	return TaskOf(n.Settings, n.Cell.Task).Steps, n.Settings.Score.TestTrials
}

// StepMS returns how long a step of these trials lasts, in milliseconds; 0 if nothing tells.
func (n NetFile) StepMS() float64 {
	if n.Trials != nil {
		return n.Trials.StepMS()
	}
	return taskStepMS(n.Settings, n.Cell.Task)
}

// taskStepMS is that of a task.
func taskStepMS(s profile.Settings, id string) float64 {
	if a := TaskOf(s, id).Arrays; a != nil {
		return a.StepMS
	}
	return 1000 * tasks.StepSeconds
}

// testOf returns the network and its test trials. It is an error if they do not fit.
func testOf[T kernels.Float](n NetFile) (*rnn.Network[T], *tasks.Batch[T], error) {
	net, err := rnn.Load[T](n.Network)
	if err != nil {
		return nil, nil, err
	}
	b, err := trialsOf(n, net, n.Settings.Score.TestTrials)
	if err != nil {
		return nil, nil, err
	}
	if b.Weights == nil && b.Steps < n.Settings.Score.Window {
		return nil, nil, fmt.Errorf("trials of %d steps are shorter than score.window, %d steps", b.Steps, n.Settings.Score.Window)
	}
	return net, b, nil
}

// trialsOf returns the trials of a file, or draws as many as are asked for.
func trialsOf[T kernels.Float](n NetFile, net *rnn.Network[T], draw int) (*tasks.Batch[T], error) {
	if n.Trials != nil {
		t, err := rnn.LoadTrials[T](n.Trials, net.Shape)
		if err != nil {
			return nil, err
		}
		if o := unasked(t.Weights, t.Out); o >= 0 {
			return nil, fmt.Errorf("mask is 0 for output %d in all trials: nothing of it can be scored", o+1)
		}
		unit := tasks.Scale{Range: 1}
		return &tasks.Batch[T]{Steps: t.Steps, Trials: t.Trials, In: t.In, Out: t.Out, X: t.X, Y: t.Y, Weights: t.Weights, XScale: unit, YScale: unit, Fixation: n.Fixation}, nil
	}
	if err := n.fits(net.Shape); err != nil {
		return nil, err
	}
	return testBatch[T](n.Variant, n.Settings, n.Cell, draw)
}

// fits returns an error unless a network of that shape has the task's inputs and outputs, or
// those of the one network of all nine.
func (n NetFile) fits(net autodiff.Shape) error {
	task, shared := TaskOf(n.Settings, n.Cell.Task), sharedShape(n.Settings)
	_, err := tasks.Lookup(n.Cell.Task, tasks.Options{})
	if err == nil && net.In == shared.In && net.Out == shared.Out || len(task.Inputs) == net.In && len(task.Targets) == net.Out {
		return nil
	}
	return fmt.Errorf("the network has %d inputs and %d outputs, %s has %d and %d", net.In, net.Out, task.ID, len(task.Inputs), len(task.Targets))
}

// Evaluated holds the scores of a network from a file, in per cent of trials.
type Evaluated struct {
	Steps, Trials int
	Fixation      int // as of Run

	// By output: correct by the criterion of the
	// settings, the same of both answers that ignore the stimulus, and the mean squared error
	// over all steps.
	Output, BlindOutput, ConstantOutput, Error []float64

	// As of Run.
	Overall, Decision, DecisionUnit, DecisionRaw float64
	Blind, Constant                              Null
	Loss, BlindLoss                              float64
}

// Evaluate scores the network: a network of "molap train" on the trials of its task
// gets the scores that training gave it.
func (n NetFile) Evaluate() (Evaluated, error) {
	if n.double() {
		return evaluated[float64](n)
	}
	return evaluated[float32](n)
}

func evaluated[T kernels.Float](n NetFile) (Evaluated, error) {
	net, b, err := testOf[T](n)
	if err != nil {
		return Evaluated{}, err
	}
	outputs, targets := evaluate(n.Variant, n.Settings, n.Cell, net, b), widen(b.Y)
	var r Run
	c := criterionOn(criterion(n.Settings), b)
	scored(&r, c, outputs, b)
	nulls := rnn.ScoreNulls(c, targets, b.Trials, b.Out)
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

// Perturb damages and tests the network of the file as the function Perturb does.
func (n NetFile) Perturb(ctx context.Context, p Perturbation, advance func()) (Perturbed, error) {
	if n.double() {
		return perturbed[float64](ctx, n, p, advance)
	}
	return perturbed[float32](ctx, n, p, advance)
}

func perturbed[T kernels.Float](ctx context.Context, n NetFile, p Perturbation, advance func()) (Perturbed, error) {
	net, b, err := testOf[T](n)
	if err != nil {
		return Perturbed{}, err
	}
	return perturbOn(ctx, n.Variant, n.Settings, n.Cell, net, b, p, advance)
}

// EncodeSafetensors returns the network as a file of that format, with numbers of the
// settings' precision.
func (n NetFile) EncodeSafetensors(info rnn.Info) ([]byte, error) {
	if n.double() {
		return encodedSafetensors[float64](n, info)
	}
	return encodedSafetensors[float32](n, info)
}

func encodedSafetensors[T kernels.Float](n NetFile, info rnn.Info) ([]byte, error) {
	net, err := rnn.Load[T](n.Network)
	if err != nil {
		return nil, err
	}
	return rnn.EncodeSafetensors(net, info)
}
