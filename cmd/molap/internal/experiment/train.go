package experiment

import (
	"context"
	"fmt"

	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Arm is a way to come by a network for a task.
type Arm string

// The arms of SPEC: what W_rec is when the tasks are trained.
const (
	MoLaP     Arm = "molap"     // modules pre-trained on canonical variates
	MoLaPPCA  Arm = "molap-pca" // modules pre-trained on principal components
	Reservoir Arm = "reservoir" // random, never trained
	Separate  Arm = "separate"  // a network for every task, all of it trained
)

// Arms lists the arms in the order of figures.
var Arms = []Arm{Separate, MoLaP, MoLaPPCA, Reservoir}

// pretrained reports whether the arm has modules to pre-train.
func (a Arm) pretrained() bool { return a == MoLaP || a == MoLaPPCA }

// stepCost is the work of one iteration in the units of progress, N²·trials in
// millions, of which a share is done: all trials have the same number of steps.
func stepCost(s profile.Settings, trials int, share float64) float64 {
	n := float64(s.Network.Units)
	return n * n * float64(trials) * share * 1e-6
}

// baseCost and taskCost are the work of pre-training and of training a task.
func baseCost(s profile.Settings, a Arm) float64 {
	if !a.pretrained() {
		return 0
	}
	p := s.Pretraining
	return stepCost(s, p.Batch, 1) * float64(s.Network.Modules*p.LevelIterations*p.Levels)
}

func taskCost(s profile.Settings, a Arm) float64 {
	return stepCost(s, s.Training.Batch, taskShare(a)) * float64(s.Training.LevelIterations*s.Training.Levels)
}

func taskShare(a Arm) float64 {
	if a == Separate {
		return 1
	}
	return 0.75 // no gradient of W_rec
}

// newNetwork draws the initial network of a seed.
func newNetwork[T kernels.Float](c Config, seed uint64, in, out int, inputGain float64) *rnn.Network[T] {
	s := c.Settings.Network
	shape := autodiff.Shape{Units: s.Units, In: in, Out: out}
	return rnn.New[T](c.Variant, shape, s.Modules, initial(c.Settings, inputGain), kernels.NewStream(seed).Child(purposeInit))
}

// pretrain returns the network whose reservoir the tasks of an arm share: its
// modules trained in turn, each on its own variate, the rest frozen (A.2.1).
func pretrain[T kernels.Float](ctx context.Context, c Config, arm Arm, seed uint64) (*rnn.Network[T], error) {
	net := newNetwork[T](c, seed, 1, 1, 1)
	if !arm.pretrained() {
		return net, nil
	}
	p, modules := c.Settings.Pretraining, c.Settings.Network.Modules
	q, err := newCorpus[T](c, kernels.NewStream(seed), p.CorpusTrials, tasks.All(TrialOptions(c.Settings)))
	if err != nil {
		return nil, err
	}
	fit := q.fitCCA
	if arm == MoLaPPCA {
		fit = q.fitPCA
	}
	v, err := fit(modules)
	if err != nil {
		return nil, fmt.Errorf("pre-training %s, seed %d: %w", arm, seed, err)
	}
	trained, _ := biases(c.Settings)
	cost := stepCost(c.Settings, p.Batch, 1)
	for m := range modules {
		mask := net.PretrainMask(m, trained, p.Slip)
		tr := rnn.NewTrainer(c.Variant, net, q.fitted.Steps, p.Batch, training(c.Settings, p.Schedule, p.Rate, net.Shape, mask), 1)
		label := fmt.Sprintf("%s module %d, seed %d", arm, m+1, seed)
		err := tr.Run(ctx, q.batches(v, m), func(autodiff.Loss) { c.Progress.Add(cost, label) })
		if err != nil {
			return nil, fmt.Errorf("pre-training %s: %w", label, err)
		}
	}
	return net, nil
}

// trainTask trains a network on a task from the reservoir of base and scores it.
func trainTask[T kernels.Float](ctx context.Context, c Config, arm Arm, base *rnn.Network[T], task tasks.Task, seed uint64) (Run, error) {
	net, r, err := trainNetwork(ctx, c, arm, base, task, seed)
	if err != nil {
		return Run{}, err
	}
	gen, err := tasks.NewGenerator[T](c.Variant, TrialOptions(c.Settings), task)
	if err != nil {
		return Run{}, err
	}
	test := gen.NewBatch(c.Settings.Score.TestTrials)
	gen.Draw(test, kernels.NewStream(seed).Child(purposeTest))
	r.BlindLoss = blindLoss(test)
	r.score(criterion(c.Settings), evaluate(c.Variant, net, test), widen(test.Y), test.Trials, test.Out, test.YScale.Range)
	return r, nil
}

// trainNetwork is trainTask without the score.
func trainNetwork[T kernels.Float](ctx context.Context, c Config, arm Arm, base *rnn.Network[T], task tasks.Task, seed uint64) (*rnn.Network[T], Run, error) {
	s := c.Settings.Training
	gen, err := tasks.NewGenerator[T](c.Variant, TrialOptions(c.Settings), task)
	if err != nil {
		return nil, Run{}, err
	}
	b := gen.NewBatch(s.Batch)
	net := newNetwork[T](c, seed, b.In, b.Out, c.Settings.Network.InputGain)
	trained, _ := biases(c.Settings)
	mask, rate := net.TaskMask(trained), s.Rate
	if arm == Separate {
		mask, rate = net.FullMask(trained), s.SeparateRate
	} else {
		net.Adopt(base)
	}
	stream := kernels.NewStream(seed).Child(purposeTraining)
	gen.Draw(b, stream.Child(0))
	batches := func(iteration int) ([]T, []T) {
		if c.Settings.Trials.Fresh && iteration > 0 {
			gen.Draw(b, stream.Child(uint64(iteration)))
		}
		return b.X, b.Y
	}
	tr := rnn.NewTrainer(c.Variant, net, b.Steps, s.Batch, training(c.Settings, s.Schedule, rate, net.Shape, mask), 1)
	label := fmt.Sprintf("%s %s, seed %d", arm, task.ID, seed)
	cost := stepCost(c.Settings, s.Batch, taskShare(arm))
	if err := tr.Run(ctx, batches, func(autodiff.Loss) { c.Progress.Add(cost, label) }); err != nil {
		return nil, Run{}, fmt.Errorf("training %s: %w", label, err)
	}
	return net, Run{Arm: arm, Task: task, Seed: seed, Curve: tr.Curve, Trained: mask.Len(net.Shape), Parameters: net.Count(trained)}, nil
}

// evaluate returns the outputs of net on a batch, steps × trials × Out.
func evaluate[T kernels.Float](v kernels.Variant, net *rnn.Network[T], b *tasks.Batch[T]) []float64 {
	e := autodiff.New[T](v, net.Shape, b.Steps, b.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	y := make([]T, len(b.Y))
	e.Run(net.Params, b.X, y, nil)
	return widen(y)
}

func widen[T kernels.Float](x []T) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
