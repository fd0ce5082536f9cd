package lab

import (
	"fmt"
	"strings"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// The memory of jobs counts what they surely hold at once, and leaves out what depends on
// kernels or comes and goes: a run that is refused for it could not have ended.

// memory is so many numbers of the settings' precision and float64, by what the keys say.
func memory(s profile.Settings, numbers, doubles float64, keys ...string) jobs.Memory {
	size := 4.0
	if s.Run.Precision == profile.F64 {
		size = 8
	}
	var by []string
	for _, k := range keys {
		by = append(by, k+"="+strings.Trim(s.Get(k), `"`))
	}
	return jobs.Memory{Bytes: numbers*size + doubles*8, By: strings.Join(by, ", ")}
}

// trainingNumbers is how many numbers a training of so many parameters holds: network,
// parameters and moments, the batch, and what the engine holds.
func trainingNumbers(s profile.Settings, shape autodiff.Shape, trained, steps, trials int) float64 {
	held := autodiff.Held[float32]
	if s.Run.Precision == profile.F64 {
		held = autodiff.Held[float64]
	}
	n := float64(shape.Units)
	batch := float64(steps) * float64(trials) * float64(shape.In+shape.Out)
	return n*n + 3*float64(trained) + batch + held(shape, steps, trials, trained, s.Network.Alpha() != 1)
}

// taskMemory is that of training on a task.
func taskMemory(s profile.Settings, c Cell) jobs.Memory {
	t := taskset.ByID(s, c.Task)
	shape := autodiff.Shape{Units: s.Network.Units, In: len(t.Inputs), Out: len(t.Targets)}
	trained := shape.Units * (shape.In + shape.Out)
	if c.Arm == Separate {
		trained += shape.Units * shape.Units
	}
	return memory(s, trainingNumbers(s, shape, trained, t.Steps, s.Training.Batch), 0, "network.units", "training.batch", "run.precision")
}

// pretrainingMemory is that of training modules: on one variate each, beside the trials
// that the variates were fitted to.
func pretrainingMemory(s profile.Settings, ts []tasks.Task) jobs.Memory {
	shape := autodiff.Shape{Units: s.Network.Units, In: 1, Out: 1}
	module := s.Network.Units / s.Network.Modules
	fitted, fit := corpusNumbers(s, ts)
	train := memory(s, fitted+trainingNumbers(s, shape, module*module, ts[0].Steps, s.Pretraining.Batch), 0,
		"network.units", "pretraining.batch", "pretraining.corpus_trials", "run.precision")
	if m := memory(s, fitted, fit, "pretraining.corpus_trials"); m.Bytes > train.Bytes {
		return m
	}
	return train
}

// corpusMemory is that of an analysis of the corpus.
func corpusMemory(s profile.Settings, ts []tasks.Task) jobs.Memory {
	fitted, fit := corpusNumbers(s, ts)
	return memory(s, fitted, fit, "pretraining.corpus_trials")
}

// corpusNumbers is how many numbers the trials of the corpus are, and how many float64
// the matrices of the fit.
func corpusNumbers(s profile.Settings, ts []tasks.Task) (fitted, fit float64) {
	channels := 0
	for _, t := range ts {
		channels += len(t.Inputs) + len(t.Targets)
	}
	n := float64(ts[0].Steps) * float64(s.Pretraining.CorpusTrials) * float64(channels)
	return n, n
}

// sequenceMemory is that of learning tasks in sequence: all parameters move.
func sequenceMemory(s profile.Settings) jobs.Memory {
	shape := sharedShape(s)
	trained := shape.Units * (shape.Units + shape.In + shape.Out)
	steps := tasks.All(taskset.Options(s))[0].Steps
	return memory(s, trainingNumbers(s, shape, trained, steps, s.DNI.Batch), 0, "dni.units", "dni.batch", "run.precision")
}

// testMemory is that of a test on so many trials of a task, whose number a key sets: the
// network with its packed copies, the trials, and outputs and targets as they are scored.
func testMemory(s profile.Settings, c Cell, units, trials int, key string) jobs.Memory {
	t := taskset.ByID(s, c.Task)
	if t.Arrays != nil {
		trials = min(trials, t.Arrays.TestTrials)
	}
	n, each := float64(units), float64(t.Steps)*float64(trials)
	m := memory(s, 3*n*n+each*float64(len(t.Inputs)+3*len(t.Targets)), 0)
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
