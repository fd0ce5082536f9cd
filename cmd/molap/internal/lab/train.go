package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Arm is a way to obtain a network for a task.
type Arm string

// The arms differ in what W_rec is when the tasks are trained.
const (
	MoLaP     Arm = "molap"     // modules pre-trained on canonical variates
	MoLaPPCA  Arm = "molap-pca" // modules pre-trained on principal components
	Reservoir Arm = "reservoir" // random, never trained
	Separate  Arm = "separate"  // a network for every task, all of it trained
	DNI       Arm = "dni"       // one network trained on all tasks in sequence, after the last
	DNIFresh  Arm = "dni-fresh" // the same network, right after the task in question
)

// Arms lists the arms in the order of figures. DNIFresh is not among them: it is dni at another time.
var Arms = []Arm{Separate, DNI, MoLaP, MoLaPPCA, Reservoir}

// Pretrained reports whether the arm has modules to pre-train.
func (a Arm) Pretrained() bool { return a == MoLaP || a == MoLaPPCA }

// newNetwork draws the initial network of a seed.
func newNetwork[T kernels.Float](v kernels.Variant, s profile.Settings, seed uint64, in, out int, inputGain float64) *rnn.Network[T] {
	shape := autodiff.Shape{Units: s.Network.Units, In: in, Out: out}
	net := rnn.New[T](v, shape, s.Network.Modules, initialWeights(s, inputGain), kernels.NewStream(seed).Child(purposeInit))
	net.Leak = s.Network.Alpha()
	return net
}

// Pretrained returns the job of the network whose reservoir the tasks of an arm share. Its modules are
// trained in turn, each on its own variate, with the rest frozen (A.2.1). For reservoirs and for the
// start of separate networks nothing is trained.
func Pretrained[T kernels.Float](l *Lab, c Cell) *jobs.Job[*rnn.Network[T]] {
	all := l.Settings
	c.Task = ""
	s := all.Only("network", "trials", "run")
	if c.Arm.Pretrained() {
		s = all.Only("network", "trials", "pretraining", "optimizer", "run")
		if !all.Arms.LeaveOut {
			c.LeftOut = nil
		}
		s.Arms.LeaveOut = c.LeftOut != nil
		if c.Arm == MoLaPPCA {
			s.Arms.PCA = all.Arms.PCA
		}
		s.Tasks = taskset.Needed(all, taskset.CorpusIDs(all)...)
		s.Tasks.Corpus = all.Tasks.Corpus
	} else {
		c.Arm, c.LeftOut = Reservoir, nil // all start alike
	}
	s.Network.InputGain = 0 // of the tasks' input weights; modules have their own
	spec := jobs.Spec{Kind: "reservoir", Of: jobBasis{s, c}, Label: c.String()}
	step := 0.0
	if c.Arm.Pretrained() {
		step = StepCost(s.Network.Units, s.Pretraining.Batch, 1)
		spec.Cost = pretrainingCost(s)
		spec.Memory = pretrainingMemory(s, taskset.Corpus(s, c.LeftOut))
	}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (*rnn.Network[T], error) {
		net := newNetwork[T](l.Variant, s, c.Seed, 1, 1, 1)
		if !c.Arm.Pretrained() {
			return net, nil
		}
		err := pretrainModules(ctx, l.Variant, s, c, net, w, step)
		return net, err
	})
}

// pretrainModules trains the modules of net in turn. A checkpoint is the state of the training of one module:
// it names the module and holds the network with the modules trained before.
func pretrainModules[T kernels.Float](ctx context.Context, v kernels.Variant, s profile.Settings, c Cell,
	net *rnn.Network[T], w *jobs.Work, step float64) error {
	p := s.Pretraining
	q, err := NewCorpus[T](v, s, kernels.NewStream(c.Seed), taskset.Corpus(s, c.LeftOut))
	if err != nil {
		return err
	}
	fit := q.FitCCA
	if c.Arm == MoLaPPCA {
		fit = q.fitPCA
	}
	z, err := fit(s.Network.Modules)
	if err != nil {
		return fmt.Errorf("pre-training %s: %w", c, err)
	}
	trained, _ := biasSettings(s)
	newTrainer := func(m int) *rnn.Trainer[T] {
		t := trainingSettings(s, p.Schedule, p.Rate, net.Shape, net.PretrainMask(m, trained, p.Slip))
		t.NoiseStream = kernels.NewStream(c.Seed).Child(purposeUnitNoise).Child(uint64(m))
		return rnn.NewTrainer(v, net, q.fitted.Steps, p.Batch, t, 1)
	}
	info := func(m int) rnn.Info { return infoOf(s, c, fmt.Sprintf("pre-training of module %d", m+1)) }
	m, tr := 0, newTrainer(0)
	w.Resume(func(state []byte) error {
		f, err := rnn.Decode(state)
		if err != nil {
			return err
		}
		at := 0
		for at < s.Network.Modules-1 && f.Task != info(at).Task {
			at++
		}
		half := newTrainer(at)
		if err := half.Restore(f, info(at)); err != nil {
			return err
		}
		m, tr = at, half
		return nil
	})
	for {
		seen := showModule(w, v, s, c, q, z.in[m], z.out[m], fmt.Sprintf("module %d", m+1), tr, step)
		if err := runTraining(ctx, w, tr, q.Batches(z, m), step, seen, func() ([]byte, error) { return tr.State(info(m)) }); err != nil {
			return fmt.Errorf("pre-training module %d of %s: %w", m+1, c, err)
		}
		if m++; m == s.Network.Modules {
			return nil
		}
		tr = newTrainer(m)
	}
}

// runTraining does the remaining iterations of a training, shows them to an audience and keeps
// checkpoints of state. Each iteration costs step. When ctx ends, runTraining stops after the current
// iteration. In float32 with a batch of 200 that takes 15 ms at N = 100; it grows with N² and is less
// than a second up to N = 700.
func runTraining[T kernels.Float](ctx context.Context, w *jobs.Work, tr *rnn.Trainer[T],
	batches rnn.Batches[T], step float64, seen audience, state func() ([]byte, error)) error {
	tr.Cores = w.Pool()
	// Only the checkpoint heeds ctx, so that nothing stops the training before its state is kept.
	err := tr.Run(context.WithoutCancel(ctx), batches, func(loss autodiff.Loss) error {
		w.Advance(step)
		seen.iteration(loss.MSE)
		return w.Checkpoint(ctx, state)
	})
	seen.end(err)
	return err
}

// restoreTraining puts a training where it was when its state was kept.
func restoreTraining[T kernels.Float](tr *rnn.Trainer[T], state []byte, info rnn.Info) error {
	f, err := rnn.Decode(state)
	if err != nil {
		return err
	}
	return tr.Restore(f, info)
}

// infoOf returns the labels of a training state: task, arm, seed and settings that it belongs to.
func infoOf(s profile.Settings, c Cell, task string) rnn.Info {
	return rnn.Info{Task: task, Arm: string(c.Arm), Seed: c.Seed, Settings: string(s.TOML()), From: c.From}
}

// trainedNetwork is a network trained on a task, with the course of its training.
type trainedNetwork[T kernels.Float] struct {
	Net                 *rnn.Network[T]
	Curve               []float64 // mean squared error of every iteration
	Trained, Parameters int
	// Diverged names the iteration when loss or gradients were no longer finite; Net is then the
	// network before that. Empty: they stayed finite.
	Diverged string
}

// trainedOn returns the job of a network trained on a task.
func trainedOn[T kernels.Float](l *Lab, c Cell) *jobs.Job[trainedNetwork[T]] {
	all := l.Settings
	s := all.Only("network", "trials", "training", "optimizer", "run")
	s.Tasks = taskset.Needed(all, c.Task)
	if stepWeights(all, taskset.ByID(all, c.Task)) != nil && taskset.ByID(all, c.Task).Arrays != nil {
		s.Score.Window = all.Score.Window // the steps of the response
	}
	var needs []jobs.Node
	begin := func() (*rnn.Network[T], error) { return startOf[T](l, s, c) }
	if c.From == "" {
		base := Pretrained[T](l, c)
		needs = []jobs.Node{base}
		begin = func() (*rnn.Network[T], error) {
			t := taskset.ByID(s, c.Task)
			net := newNetwork[T](l.Variant, s, c.Seed, len(t.Inputs), len(t.Targets), s.Network.InputGain)
			if c.Arm != Separate {
				net.Adopt(base.Value())
			}
			return net, nil
		}
	}
	if c.Arm == Separate {
		s.Training.Rate = 0 // the names of one arm's jobs do not depend on the other's rate
	} else {
		s.Training.SeparateRate = 0
	}
	step := taskStep(s, c.Arm)
	spec := jobs.Spec{Kind: "network", Of: jobBasis{s, c}, Needs: needs, Label: c.String(),
		Cost: step * float64(iterations(s.Training.Schedule)), Memory: taskMemory(s, c)}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (trainedNetwork[T], error) {
		net, err := begin()
		if err != nil {
			return trainedNetwork[T]{}, err
		}
		return trainOnTask(ctx, l.Variant, s, c, net, w, step)
	})
}

// trainOnTask trains a network on the task of a cell.
func trainOnTask[T kernels.Float](ctx context.Context, v kernels.Variant, s profile.Settings, c Cell,
	net *rnn.Network[T], w *jobs.Work, step float64) (trainedNetwork[T], error) {
	gen, err := tasks.NewGenerator[T](v, taskset.Options(s), taskset.ByID(s, c.Task))
	if err != nil {
		return trainedNetwork[T]{}, err
	}
	b := gen.NewBatch(s.Training.Batch)
	on, _ := biasSettings(s)
	mask, rate := net.TaskMask(on), s.Training.Rate
	if c.Arm == Separate {
		mask, rate = net.FullMask(on), s.Training.SeparateRate
	}
	t := trainingSettings(s, s.Training.Schedule, rate, net.Shape, mask)
	t.Weights = stepWeights(s, taskset.ByID(s, c.Task))
	t.NoiseStream = kernels.NewStream(c.Seed).Child(purposeUnitNoise).Child(taskNoise)
	tr := rnn.NewTrainer(v, net, b.Steps, s.Training.Batch, t, 1)
	tr.ErrorWeights = b.Weights
	result := trainedNetwork[T]{Net: net, Trained: mask.Len(net.Shape), Parameters: net.Count(on)}
	info := infoOf(s, c, c.Task)
	w.Resume(func(state []byte) error { return restoreTraining(tr, state, info) })
	batches := trainingBatches(s, gen, b, kernels.NewStream(c.Seed).Child(purposeTraining))
	seen, err := showTask(w, v, s, c, "", t.Schedule, tr, step)
	if err != nil {
		return result, err
	}
	err = runTraining(ctx, w, tr, batches, step, seen, func() ([]byte, error) { return tr.State(info) })
	result.Curve = tr.Curve
	var diverged *rnn.DivergedError
	if errors.As(err, &diverged) {
		result.Diverged, err = diverged.Error(), nil
		w.Tell(result.Diverged)
	}
	return result, err
}

// trainingBatches returns the batches of task training: fresh trials in every iteration, or
// one batch for all.
func trainingBatches[T kernels.Float](s profile.Settings, gen *tasks.Generator[T], b *tasks.Batch[T], stream kernels.Stream) rnn.Batches[T] {
	gen.Draw(b, stream.Child(0))
	return func(iteration int) ([]T, []T) {
		if s.Trials.Fresh && iteration > 0 {
			gen.Draw(b, stream.Child(uint64(iteration)))
		}
		return b.X, b.Y
	}
}

// networkOf returns the job that makes a cell's network, and a function that returns the network once
// the job is done. Do not change the network: others read it too.
func networkOf[T kernels.Float](l *Lab, c Cell) (jobs.Node, func() *rnn.Network[T]) {
	job, training := trainingOf[T](l, c)
	return job, func() *rnn.Network[T] { return training().Net }
}

// trainingOf is networkOf with the course of the training on the cell's task.
func trainingOf[T kernels.Float](l *Lab, c Cell) (jobs.Node, func() trainedNetwork[T]) {
	if !c.Arm.sequential() {
		j := trainedOn[T](l, c)
		return j, j.Value
	}
	j := inSequence[T](l, c.Seed)
	at := strings.Index(l.Settings.DNI.Order, strings.TrimPrefix(c.Task, "T")) // tasks that come before
	after := c.After
	switch {
	case c.Arm == DNIFresh:
		after = at + 1
	case after == 0:
		after = len(l.Settings.DNI.Order)
	}
	return j, func() trainedNetwork[T] { return j.Value().after(after, at) }
}

// Units returns the size of an arm's networks.
func (a Arm) Units(s profile.Settings) int {
	if a.sequential() {
		return s.DNI.Units
	}
	return s.Network.Units
}
