package lab

import (
	"fmt"
	"strings"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// StepCost returns the work of a share of one iteration, in the units of progress: N²·trials in
// millions. Steps do not count, since all trials have the same number of them.
func StepCost(units, trials int, share float64) float64 {
	n := float64(units)
	return n * n * float64(trials) * share * 1e-6
}

// Shares of the work of a whole training step: of a step without the gradient of W_rec, and of the
// forward pass alone.
const (
	TaskShare    = 0.75
	ForwardShare = 0.33
)

// iterations returns how many iterations a training has at most.
func iterations(p profile.Schedule) int { return p.LevelIterations * p.Levels }

// Iterations returns how many iterations an arm's network is trained on a task at most.
func (a Arm) Iterations(s profile.Settings) int {
	if a.sequential() {
		return iterations(s.DNI.Schedule)
	}
	return iterations(s.Training.Schedule)
}

// pretrainingCost returns the work of training all modules.
func pretrainingCost(s profile.Settings) float64 {
	p := s.Pretraining
	return StepCost(s.Network.Units, p.Batch, 1) * float64(s.Network.Modules) * float64(iterations(p.Schedule))
}

// taskStep returns the work of an iteration of training an arm's network on a task.
func taskStep(s profile.Settings, arm Arm) float64 {
	share := TaskShare
	if arm == Separate {
		share = 1
	}
	return StepCost(s.Network.Units, s.Training.Batch, share)
}

// sequenceCost returns the work of learning tasks in sequence.
func sequenceCost(s profile.Settings) float64 {
	return StepCost(s.DNI.Units, s.DNI.Batch, 1) * float64(len(s.DNI.Order)) * float64(iterations(s.DNI.Schedule))
}

// testCost returns the work of a test of an arm's network.
func testCost(s profile.Settings, arm Arm) float64 {
	return StepCost(arm.Units(s), s.Score.TestTrials, ForwardShare)
}

// Cost returns the work of training and testing an arm's networks on that many tasks.
func Cost(s profile.Settings, arm Arm, tasks int) float64 {
	cost := float64(tasks) * testCost(s, arm)
	if arm.sequential() {
		return cost + sequenceCost(s) // one sequence learns all nine tasks
	}
	if arm.Pretrained() {
		cost += pretrainingCost(s)
	}
	return cost + float64(tasks)*taskStep(s, arm)*float64(iterations(s.Training.Schedule))
}

// The memory of a job is a lower bound: what it surely holds at once. It leaves out what depends on
// the kernel and what is held for a moment only. So a run that is refused for its memory could not
// have ended.

// memoryOf returns the memory of some numbers in the settings' precision and some in float64; keys name
// the settings that make it so large.
func memoryOf(s profile.Settings, numbers, doubles float64, keys ...string) jobs.Memory {
	size := 4.0
	if s.Run.Precision == profile.F64 {
		size = 8
	}
	by := seq.Map(keys, func(k string) string { return k + "=" + strings.Trim(s.Get(k), `"`) })
	return jobs.Memory{Bytes: numbers*size + doubles*8, By: strings.Join(by, ", ")}
}

// trainingNumbers returns how many numbers a training of that many parameters holds: the network, the
// parameters with their moments, the batch, and what the engine holds.
func trainingNumbers(s profile.Settings, shape autodiff.Shape, trained, steps, trials int) float64 {
	held := autodiff.Held[float32]
	if s.Run.Precision == profile.F64 {
		held = autodiff.Held[float64]
	}
	n := float64(shape.Units)
	batch := float64(steps) * float64(trials) * float64(shape.In+shape.Out)
	return n*n + 3*float64(trained) + batch + held(shape, steps, trials, trained, s.Network.Alpha() != 1)
}

// taskMemory returns the memory of training on a task.
func taskMemory(s profile.Settings, c Cell) jobs.Memory {
	t := taskset.ByID(s, c.Task)
	shape := autodiff.Shape{Units: s.Network.Units, In: len(t.Inputs), Out: len(t.Targets)}
	trained := shape.Units * (shape.In + shape.Out)
	if c.Arm == Separate {
		trained += shape.Units * shape.Units
	}
	return memoryOf(s, trainingNumbers(s, shape, trained, t.Steps, s.Training.Batch), 0, "network.units", "training.batch", "run.precision")
}

// pretrainingMemory returns the memory of pre-training modules, each on one variate, while the trials
// that the variates were fitted to are held too.
func pretrainingMemory(s profile.Settings, ts []tasks.Task) jobs.Memory {
	shape := autodiff.Shape{Units: s.Network.Units, In: 1, Out: 1}
	module := s.Network.Units / s.Network.Modules
	train := memoryOf(s, corpusNumbers(s, ts)+trainingNumbers(s, shape, module*module, ts[0].Steps, s.Pretraining.Batch), 0,
		"network.units", "pretraining.batch", "pretraining.corpus_trials", "run.precision")
	if m := corpusMemory(s, ts); m.Bytes > train.Bytes {
		return m
	}
	return train
}

// corpusMemory returns the memory of an analysis of the corpus: its trials, and the matrices of the
// fit, which have as many numbers in float64.
func corpusMemory(s profile.Settings, ts []tasks.Task) jobs.Memory {
	n := corpusNumbers(s, ts)
	return memoryOf(s, n, n, "pretraining.corpus_trials")
}

// corpusNumbers returns how many numbers the trials of the corpus have.
func corpusNumbers(s profile.Settings, ts []tasks.Task) float64 {
	channels := 0
	for _, t := range ts {
		channels += len(t.Inputs) + len(t.Targets)
	}
	return float64(ts[0].Steps) * float64(s.Pretraining.CorpusTrials) * float64(channels)
}

// sequenceMemory returns the memory of learning tasks in sequence: all parameters are trained.
func sequenceMemory(s profile.Settings) jobs.Memory {
	shape := sharedShape(s)
	trained := shape.Units * (shape.Units + shape.In + shape.Out)
	steps := tasks.All(taskset.Options(s))[0].Steps
	return memoryOf(s, trainingNumbers(s, shape, trained, steps, s.DNI.Batch), 0, "dni.units", "dni.batch", "run.precision")
}

// testMemory returns the memory of a test on some trials of a task: the network with its packed copies,
// the trials, and the scored outputs and targets. key names the setting that sets the number of trials.
func testMemory(s profile.Settings, c Cell, units, trials int, key string) jobs.Memory {
	t := taskset.ByID(s, c.Task)
	if t.Arrays != nil {
		trials = min(trials, t.Arrays.TestTrials)
	}
	n, each := float64(units), float64(t.Steps)*float64(trials)
	m := memoryOf(s, 3*n*n+each*float64(len(t.Inputs)+3*len(t.Targets)), 0)
	m.By = fmt.Sprintf("%d units, %d test trials (%s)", units, trials, key)
	return m
}

// Memory returns the memory that scoring the network takes.
func (n NetFile) Memory() jobs.Memory {
	if n.Trials != nil {
		return jobs.Memory{} // the trials are in memory already
	}
	return testMemory(n.Settings, n.Cell, n.Network.Shape.Units, n.Settings.Score.TestTrials, "score.test_trials")
}
