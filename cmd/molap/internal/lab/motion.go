package lab

import (
	"context"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/states"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// sceneOf returns the trials b of a cell's task as a network of a shape takes them.
func sceneOf(v kernels.Variant, s profile.Settings, c Cell, shape autodiff.Shape, b *tasks.Batch[float64]) (states.Scene, error) {
	task := TaskOf(s, c.Task)
	if task.Arrays != nil {
		return states.Given(b, shape.Out, s.Score.Window), nil
	}
	s.Trials.Noise, s.Trials.Scale = 0, tasks.RawUnits
	quiet, err := testBatch[float64](v, s, c, b.Trials)
	if err != nil {
		return states.Scene{}, err
	}
	for i, x := range quiet.X { // in the units of b
		quiet.X[i] = (x - b.XScale.Min) / b.XScale.Range
	}
	return states.Drawn(task.Spans(), b, shape, inputsOf(shape, c.Task, b), inputsOf(shape, c.Task, quiet)), nil
}

// Motion analyses the network of a file.
func (n NetFile) Motion(ctx context.Context, progress jobs.Progress, q states.Question) (m states.Motion, err error) {
	net, err := rnn.Load[float64](n.Network)
	if err != nil {
		return m, err
	}
	b, err := trialsOf[float64](n, states.ReadTrials)
	if err != nil {
		return m, err
	}
	scene := states.Given(b, net.Out, n.Settings.Score.Window)
	if n.Trials == nil {
		if scene, err = sceneOf(n.Variant, n.Settings, n.Cell, net.Shape, b); err != nil {
			return m, err
		}
	}
	return states.Analyse(ctx, n.Variant, net, scene, q, n.Cell.Seed, progress)
}

// MotionMemory returns the memory that [NetFile.Motion] takes.
func (n NetFile) MotionMemory(q states.Question) jobs.Memory {
	steps, trials := n.size(states.ReadTrials)
	return q.Memory(n.Network.Shape, steps, trials)
}

// Motion returns the job that analyses the states of a cell's network, before its
// training on the task or after it.
func (l typed[T]) Motion(c Cell, before bool) *jobs.Job[states.Motion] {
	all := l.Settings
	s := all.Only("network", "trials", "run")
	s.Tasks = needed(all, c.Task)
	if TaskOf(s, c.Task).Arrays != nil {
		s.Score.Window = all.Score.Window
	}
	node, net := networkOf[T](l.Lab, c)
	if before {
		base := Pretrained[T](l.Lab, c)
		node, net = base, func() *rnn.Network[T] {
			t := TaskOf(s, c.Task)
			n := newNetwork[T](l.Variant, s, c.Seed, len(t.Inputs), len(t.Targets), s.Network.InputGain)
			n.Adopt(base.Value())
			return n
		}
	}
	spec := jobs.Spec{Kind: "motion", Of: of{s, []any{c, before}}, Needs: []jobs.Node{node}, Label: "dynamics of " + c.String(),
		Cost: StepCost(c.Arm.Units(all), states.SearchStates, 50)}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (m states.Motion, err error) {
		narrow := net()
		n := &rnn.Network[float64]{Params: dynamics.Widen(narrow.Params), Modules: narrow.Modules}
		b, err := testBatch[float64](l.Variant, s, c, states.ReadTrials)
		if err != nil {
			return m, err
		}
		scene, err := sceneOf(l.Variant, s, c, n.Shape, b)
		if err != nil {
			return m, err
		}
		m, err = states.Analyse(ctx, l.Variant, n, scene, states.Question{Search: dynamics.DefaultSearch, Most: states.ShownPoints}, c.Seed, nil)
		w.Advance(spec.Cost)
		return m, err
	})
}
