package lab

import (
	"fmt"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Export says what goes into a file beside the network.
type Export struct {
	Draw   int  // trials of the task that are drawn, the first of those that test it
	States bool // and the hidden states of all trials
}

// EncodeNPZ returns the network as a file of that format with the trials of its file, or
// with trials of its task; without either it is alone. Beside trials stand what the network
// answers and, of those that are drawn, what was drawn. A network that has more inputs and
// outputs than the task gets the task's trials as it saw them: unused channels are 0.
func (n NetFile) EncodeNPZ(x Export) ([]byte, error) {
	if n.double() {
		return encodedNPZ[float64](n, x)
	}
	return encodedNPZ[float32](n, x)
}

func encodedNPZ[T kernels.Float](n NetFile, x Export) ([]byte, error) {
	net, err := rnn.Load[T](n.Network)
	if err != nil {
		return nil, err
	}
	var t *rnn.Trials[T]
	switch {
	case n.Trials != nil:
		if t, err = rnn.LoadTrials[T](n.Trials, net.Shape); err == nil {
			t.Fixation = n.Fixation
		}
	case x.Draw > 0:
		t, err = drawnTrials(n, net, x.Draw)
	default:
		return rnn.EncodeNPZ(net, nil)
	}
	if err != nil {
		return nil, err
	}
	e := autodiff.New[T](n.Variant, net.Shape, t.Steps, t.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	e.Noise = testNoiseOf(n.Settings, n.Cell.Seed)
	var states []T
	if x.States {
		states = make([]T, t.Steps*t.Trials*net.Units)
	}
	outputs := make([]T, t.Steps*t.Trials*net.Out)
	e.Run(net.Params, t.X, outputs, states)
	t.Beside = append(t.Beside, rnn.Extra{Name: rnn.Outputs, Shape: []int{t.Steps, t.Trials, net.Out}, Values: outputs})
	if x.States {
		t.Beside = append(t.Beside, rnn.Extra{Name: rnn.States, Shape: []int{t.Steps, t.Trials, net.Units}, Values: states})
	}
	return rnn.EncodeNPZ(net, t)
}

// drawnTrials draws trials of the task with what was drawn for them.
func drawnTrials[T kernels.Float](n NetFile, net *rnn.Network[T], trials int) (*rnn.Trials[T], error) {
	if err := n.fits(net.Shape); err != nil {
		return nil, err
	}
	gen, b, err := drawTest[T](n.Variant, n.Settings, n.Cell, trials)
	if err != nil {
		return nil, err
	}
	t := &rnn.Trials[T]{Steps: b.Steps, Trials: b.Trials, In: net.In, Out: net.Out,
		X: inputsOf(net.Shape, n.Cell.Task, b), Y: b.Y, Fixation: b.Fixation, StepMS: 1000 * tasks.StepSeconds}
	if b.Out != net.Out {
		t.Y = make([]T, b.Steps*b.Trials*net.Out)
		rnn.FitChannels(t.Y, net.Out, b.Y, b.Out)
	}
	task, c := TaskOf(n.Settings, n.Cell.Task), gen.Conditions(0)
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

// ExportMemory returns the memory that writing the network with trials takes: the trials,
// what the network answers, the file, and the largest of its arrays by itself.
func (n NetFile) ExportMemory(x Export) jobs.Memory {
	s, steps, trials, have := n.Network.Shape, 0, x.Draw, 0
	by := fmt.Sprintf("%d trials (-trials)", trials)
	if n.Trials != nil {
		steps, trials, _, _ = n.Trials.TrialsShape()
		by = fmt.Sprintf("%d trials of the file", trials)
	} else {
		t := TaskOf(n.Settings, n.Cell.Task)
		steps, have = t.Steps, len(t.Inputs)+len(t.Targets)
		if s.In != len(t.Inputs) {
			have += s.In
		}
		if s.Out != len(t.Targets) {
			have += s.Out
		}
	}
	arrays, largest := s.In+2*s.Out, max(s.In, s.Out)
	if have == 0 {
		have = s.In + s.Out
	}
	if x.States {
		arrays, largest, by = arrays+s.Units, max(largest, s.Units), by+" with states of "+fmt.Sprint(s.Units)+" units (-states)"
		have += s.Units
	}
	m := memory(n.Settings, 2*float64(s.Units)*float64(s.Units)+float64(steps)*float64(trials)*float64(have+s.Out+arrays+largest), 0)
	m.By = by
	return m
}
