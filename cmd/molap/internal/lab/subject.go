package lab

import (
	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// networkOf returns the job that makes a cell's network, and what gives the network
// once the job is done. Nothing may change the network: others read it too.
func networkOf[T kernels.Float](l *Lab, c Cell) (jobs.Node, func() *rnn.Network[T]) {
	job, subject := subjectOf[T](l, c)
	return job, func() *rnn.Network[T] { return subject().Net }
}

// subjectOf is networkOf with what is known of the training on the cell's task.
func subjectOf[T kernels.Float](l *Lab, c Cell) (jobs.Node, func() trained[T]) {
	if !c.Arm.sequential() {
		j := trainedOn[T](l, c)
		return j, j.Value
	}
	j := inSequence[T](l, c.Seed)
	at := Place(l.Settings, c.Task)
	after := c.After
	switch {
	case c.Arm == DNIFresh:
		after = at + 1
	case after == 0:
		after = len(l.Settings.DNI.Order)
	}
	return j, func() trained[T] { return j.Value().after(after, at) }
}

// Units returns the size of an arm's networks.
func (a Arm) Units(s profile.Settings) int {
	if a.sequential() {
		return s.DNI.Units
	}
	return s.Network.Units
}

// inputsOf returns the inputs of a batch of a task for a network of some shape:
// those of the batch, or, where one network learns all tasks, as many as it takes,
// the task's rule input among them (see fitInputs).
func inputsOf[T kernels.Float](shape autodiff.Shape, task string, b *tasks.Batch[T]) []T {
	if shape.In == b.In {
		return b.X
	}
	x := make([]T, b.Steps*b.Trials*shape.In)
	fitInputs(x, shape.In, task, b)
	return x
}

// evaluate returns the outputs of a cell's network on a batch, steps × trials × b.Out.
func evaluate[T kernels.Float](v kernels.Variant, s profile.Settings, c Cell, net *rnn.Network[T], b *tasks.Batch[T]) []float64 {
	e := autodiff.New[T](v, net.Shape, b.Steps, b.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	e.Noise = testNoiseOf(s, c.Seed)
	y := make([]T, b.Steps*b.Trials*net.Out)
	e.Run(net.Params, inputsOf(net.Shape, c.Task, b), y, nil)
	return outputsOf(y, net.Out, b.Out)
}

// testNoiseOf is the noise of Eq. 1 in tests.
func testNoiseOf(s profile.Settings, seed uint64) autodiff.Noise {
	return autodiff.Noise{Sigma: s.Network.UnitNoise, Stream: kernels.NewStream(seed).Child(purposeUnitNoise).Child(testNoise)}
}

// outputsOf returns the outputs that a task asks for, the first out of every have.
func outputsOf[T kernels.Float](y []T, have, out int) []float64 {
	if have != out {
		all := y
		y = make([]T, len(all)/have*out)
		rnn.FitChannels(y, out, all, have)
	}
	return widen(y)
}
