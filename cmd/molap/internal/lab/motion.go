package lab

import (
	"context"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/taskset"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// motionOf analyses a network on test trials of a cell's task.
func motionOf(ctx context.Context, v kernels.Variant, s profile.Settings, c Cell,
	net *rnn.Network[float64], q states.Question, progress jobs.Progress) (m states.Motion, err error) {
	_, b, err := drawTest[float64](v, s, c, states.ReadTrials)
	if err != nil {
		return m, err
	}
	task := taskset.ByID(s, c.Task)
	if task.Arrays != nil {
		return states.Analyse(ctx, v, net, states.Given(b, net.Out, s.Score.Window), q, c.Seed, progress)
	}
	s.Trials.Noise, s.Trials.Scale = 0, tasks.RawUnits
	_, quiet, err := drawTest[float64](v, s, c, b.Trials)
	if err != nil {
		return m, err
	}
	for i, x := range quiet.X { // in the units of b
		quiet.X[i] = (x - b.XScale.Min) / b.XScale.Range
	}
	scene := states.Drawn(task.Spans(), b, net.Shape, inputsOf(net.Shape, c.Task, b), inputsOf(net.Shape, c.Task, quiet))
	return states.Analyse(ctx, v, net, scene, q, c.Seed, progress)
}

// Motion analyses the network of a file.
func (n NetFile) Motion(ctx context.Context, progress jobs.Progress, q states.Question) (m states.Motion, err error) {
	net, err := rnn.Load[float64](n.Network)
	if err != nil {
		return m, err
	}
	if n.Trials == nil {
		if err := n.Fits(); err != nil {
			return m, err
		}
		return motionOf(ctx, n.Variant, n.Settings, n.Cell, net, q, progress)
	}
	b, err := trialsOf[float64](n, 0)
	if err != nil {
		return m, err
	}
	return states.Analyse(ctx, n.Variant, net, states.Given(b, net.Out, n.Settings.Score.Window), q, n.Cell.Seed, progress)
}

// MotionMemory returns the memory that [NetFile.Motion] takes.
func (n NetFile) MotionMemory(q states.Question) jobs.Memory {
	steps, trials := n.size(states.ReadTrials)
	return q.Memory(n.Network.Shape, steps, trials)
}

// Motion returns the job that analyses the states of a cell's network, before its
// training on the task or after it.
func (l typedLab[T]) Motion(c Cell, before bool) *jobs.Job[states.Motion] {
	all := l.Settings
	s := all.Only("network", "trials", "run")
	s.Tasks = taskset.Needed(all, c.Task)
	if taskset.ByID(s, c.Task).Arrays != nil {
		s.Score.Window = all.Score.Window
	}
	node, net := networkOf[T](l.Lab, c)
	if before {
		base := Pretrained[T](l.Lab, c)
		node, net = base, func() *rnn.Network[T] {
			t := taskset.ByID(s, c.Task)
			n := newNetwork[T](l.Variant, s, c.Seed, len(t.Inputs), len(t.Targets), s.Network.InputGain)
			n.Adopt(base.Value())
			return n
		}
	}
	spec := jobs.Spec{Kind: "motion", Of: jobBasis{s, []any{c, before}}, Needs: []jobs.Node{node}, Label: "dynamics of " + c.String(),
		Cost: StepCost(c.Arm.Units(all), states.SearchStates, 50)}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (m states.Motion, err error) {
		narrow := net()
		n := &rnn.Network[float64]{Params: dynamics.Widen(narrow.Params), Modules: narrow.Modules}
		m, err = motionOf(ctx, l.Variant, s, c, n, states.Question{Search: dynamics.DefaultSearch, Most: states.ShownPoints}, nil)
		w.Advance(spec.Cost)
		return m, err
	})
}
