package experiment

import (
	"context"
	"fmt"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Networks trains networks, or finds them in the cache, and returns each as a
// safetensors file.
func (l *Lab) Networks(ctx context.Context, progress jobs.Progress, cells []Cell) ([][]byte, error) {
	if l.Settings.Run.Precision == profile.F64 {
		return networks[float64](ctx, l, progress, cells)
	}
	return networks[float32](ctx, l, progress, cells)
}

func networks[T kernels.Float](ctx context.Context, l *Lab, progress jobs.Progress, cells []Cell) ([][]byte, error) {
	var needs []jobs.Node
	var nets []func() *rnn.Network[T]
	for _, c := range cells {
		need, net := networkOf[T](l, l.Settings, c)
		needs, nets = append(needs, need), append(nets, net)
	}
	if err := l.pool.Run(ctx, progress, [][]jobs.Node{needs}, func(int) error { return nil }); err != nil {
		return nil, err
	}
	var files [][]byte
	for i, c := range cells {
		info := rnn.Info{Task: c.Task, Arm: string(c.Arm), Seed: c.Seed, Settings: string(l.Settings.TOML())}
		data, err := rnn.EncodeSafetensors(nets[i](), info)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		files = append(files, data)
	}
	return files, nil
}

// PerturbFile is Perturb for a network from a file, tested on the trials of the
// file if it has any. It is an error if the network does not fit its task.
func PerturbFile(ctx context.Context, v kernels.Variant, s profile.Settings, c Cell, f *rnn.File, p Perturbation, advance func()) (Perturbed, error) {
	if s.Run.Precision == profile.F64 {
		return perturbFile[float64](ctx, v, s, c, f, p, advance)
	}
	return perturbFile[float32](ctx, v, s, c, f, p, advance)
}

func perturbFile[T kernels.Float](ctx context.Context, v kernels.Variant, s profile.Settings, c Cell, f *rnn.File, p Perturbation, advance func()) (Perturbed, error) {
	net, err := rnn.Load[T](f)
	if err != nil {
		return Perturbed{}, err
	}
	if f.HasTrials() {
		t, err := rnn.LoadTrials[T](f, net.Shape)
		if err != nil {
			return Perturbed{}, err
		}
		b := &tasks.Batch[T]{Steps: t.Steps, Trials: t.Trials, In: t.In, Out: t.Out, X: t.X, Y: t.Y, XScale: tasks.Scale{Range: 1}, YScale: tasks.Scale{Range: 1}}
		if b.Steps < s.Score.Window {
			return Perturbed{}, fmt.Errorf("trials of %d steps are shorter than score.window, %d steps", b.Steps, s.Score.Window)
		}
		return perturbOn(ctx, v, s, c, net, b, p, advance)
	}
	task := taskOf(s, c.Task)
	shared := sharedShape(s)
	if own := len(task.Inputs) == net.In && len(task.Targets) == net.Out; !own && (net.In != shared.In || net.Out != shared.Out) {
		return Perturbed{}, fmt.Errorf("the network has %d inputs and %d outputs, %s has %d and %d", net.In, net.Out, task.ID, len(task.Inputs), len(task.Targets))
	}
	return Perturb(ctx, v, s, c, net, p, advance)
}
