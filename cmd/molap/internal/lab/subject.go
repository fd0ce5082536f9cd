package lab

import (
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
)

// networkOf returns the job that makes a cell's network, and what gives the network
// once the job is done. Nothing may change the network: others read it too.
func networkOf[T kernels.Float](l *Lab, c Cell) (jobs.Node, func() *rnn.Network[T]) {
	job, training := trainingOf[T](l, c)
	return job, func() *rnn.Network[T] { return training().Net }
}

// trainingOf is networkOf with what is known of the training on the cell's task.
func trainingOf[T kernels.Float](l *Lab, c Cell) (jobs.Node, func() trained[T]) {
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
