package lab

import (
	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/states"
	"molap/rnn"
	"molap/tasks"
)

// The purposes name the children of a seed's stream. Arms share them, so that arms with one seed differ
// only in what defines them.
const (
	purposeInit = 1 + iota // initial weights
	purposeCorpus
	purposePretraining
	purposeTraining // tasks differ in the children that package tasks draws from
	purposeTest
	purposeUnitNoise // a child for every module, then one for task training
	purposeDamage
	purposeOrder
)

// The children of purposeUnitNoise for task training and for tests; those of
// pre-training are the modules' numbers.
const (
	taskNoise = 1<<32 + iota
	testNoise
)

// biasSettings translates the settings of biases: which are trained, and whether they
// start at random values.
func biasSettings(s profile.Settings) (trained rnn.Biases, random bool) {
	switch s.Network.Bias {
	case profile.FrozenRecurrentBias:
		return rnn.ReadoutBias, true
	case profile.AllBias:
		return rnn.AllBiases, true
	}
	return rnn.NoBiases, false
}

// initialWeights translates the settings of initial weights.
func initialWeights(s profile.Settings, inputGain float64) rnn.Init {
	_, random := biasSettings(s)
	return rnn.Init{Gain: s.Network.Gain, InputGain: inputGain, Authors: s.Network.Init == profile.SqrtNPlus1, Bias: random}
}

// trainingSettings translates the settings of one phase.
func trainingSettings(s profile.Settings, phase profile.Schedule, rate float64, shape autodiff.Shape, mask autodiff.Mask) rnn.Training {
	on := []autodiff.Rect{shape.WIn(), shape.WRec(), shape.WOut()}
	if s.Optimizer.L2On == profile.L2Recurrence {
		on[2] = shape.B()
	}
	return rnn.Training{
		Schedule: rnn.Schedule{Rate: rate, LevelIterations: phase.LevelIterations, Levels: phase.Levels, Decay: phase.Decay},
		Adam: rnn.Adam{Beta1: s.Optimizer.Beta1, Beta2: s.Optimizer.Beta2, Epsilon: s.Optimizer.Epsilon,
			LevelSteps: s.Optimizer.AdamStep == profile.StepRound},
		Mask:    mask,
		Penalty: autodiff.Penalty{L2: phase.L2, On: on, Hidden: phase.Activity},
		Noise:   s.Network.UnitNoise,
		Clip:    s.Optimizer.Clip,
	}
}

// stepWeights translates the weight of the response into a weight of the squared errors of each step of
// a task. It returns nil if all steps count alike or the task's errors have weights of their own. If
// trials are given, their response is the window of the score.
func stepWeights(s profile.Settings, t tasks.Task) []float64 {
	if s.Training.ResponseWeight == 1 || t.Arrays != nil && t.Arrays.Weighted {
		return nil
	}
	from, to := t.Steps-s.Score.Window, t.Steps
	if t.Arrays == nil {
		from, to = states.Answers(t.Spans())
	}
	w := make([]float64, t.Steps)
	for i := range w {
		w[i] = 1
		if from <= i && i < to {
			w[i] = s.Training.ResponseWeight
		}
	}
	return w
}

// scoreCriterion translates the settings of the score; see criterionOn.
func scoreCriterion(s profile.Settings) rnn.Criterion {
	return rnn.Criterion{Relative: s.Score.Criterion == profile.Relative, Choice: s.Score.Criterion == profile.Choice, Tolerance: s.Score.Tolerance,
		FixationTolerance: s.Score.FixationTolerance, Window: s.Score.Window}
}
