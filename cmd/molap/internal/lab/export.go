package lab

import (
	"fmt"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
)

// Export says what goes into a file beside the network.
type Export struct {
	Draw   int  // how many of the task's test trials are drawn, or of the file's are taken, from the first on
	States bool // whether the hidden states of all trials are added
}

// EncodeNPZ returns the network as an npz file, with the trials of its file or with drawn trials of its
// task, if there are any. Beside trials stand the network's outputs and, for drawn trials, what was
// drawn. If the network has more inputs and outputs than the task, unused channels of the trials are 0,
// as in its training.
func (n subject[T]) EncodeNPZ(x Export) ([]byte, error) {
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
func (n subject[T]) exported(x Export) (*rnn.Trials[T], error) {
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
func (n subject[T]) drawn(trials int) (*rnn.Trials[T], error) {
	net := n.net
	if err := n.fits(); err != nil {
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
	m := memory(n.Settings, 2*float64(s.Units)*float64(s.Units)+float64(steps)*float64(trials)*float64(numbers), 0)
	m.By = fmt.Sprintf("%d %s", trials, by)
	return m
}
