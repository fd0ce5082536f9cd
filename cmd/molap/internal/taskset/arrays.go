package taskset

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskfile"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// TestShare is the share of given trials that is held out for tests unless another is named.
const TestShare = 0.2

// Arrays is a task whose trials are given by files.
type Arrays struct {
	Name     string
	File     *rnn.File // has trials
	Test     *rnn.File // the trials for tests; nil: a Share of those of File
	Share    float64
	Fixation int // the output that is fixation, from 1; 0: none
}

// Task returns the task with its trials. It is an error if they do not fit together, or are
// too few.
func (a Arrays) Task() (tasks.Task, error) {
	train, err := givenOf(a.File)
	if err != nil {
		return tasks.Task{}, err
	}
	t := &tasks.Arrays{SHA256: train.Sum(), Weighted: train.Weights != nil, StepMS: a.File.StepMS()}
	if a.Test != nil {
		test, err := givenOf(a.Test)
		if err != nil {
			return tasks.Task{}, fmt.Errorf("test: %w", err)
		}
		if test.Steps != train.Steps || test.In != train.In || test.Out != train.Out || (test.Weights != nil) != t.Weighted {
			return tasks.Task{}, fmt.Errorf("trials for tests of %s, those to train on of %s: want the same", shapeOf(test), shapeOf(train))
		}
		t.TestSHA256, t.Train, t.Test = test.Sum(), train, test
	} else {
		held := int(math.Round(float64(a.Share * float64(train.Trials))))
		if held < 1 || held >= train.Trials {
			return tasks.Task{}, fmt.Errorf("a share of %[2]g of %[1]d trials is held out for tests: that is %[3]d, want at least 1 and 1 to train on", train.Trials, a.Share, held)
		}
		t.Train, t.Test = train.Split(held)
	}
	t.Trials, t.TestTrials = t.Train.Trials, t.Test.Trials
	for _, g := range []*tasks.Given{t.Train, t.Test} {
		if o := Unasked(g.Weights, g.Trials, g.Out, g.Trials); o >= 0 {
			return tasks.Task{}, fmt.Errorf("%s for output %d in all of the %d trials %s: nothing of it can be learnt or scored", ZeroMask(g.Weights, g.Out, o), o+1, g.Trials, map[bool]string{true: "held out for tests", false: "to train on"}[g == t.Test])
		}
	}
	if err := taskfile.CheckName(a.Name); err != nil {
		return tasks.Task{}, fmt.Errorf("the task has the name of the file, %w; rename the file", err)
	}
	made := taskfile.Arrays(a.Name, train.Steps, train.In, train.Out, a.Fixation, t)
	var invalid *tasks.InvalidError
	if errors.As(made.Validate(), &invalid) {
		return tasks.Task{}, invalid.Err
	}
	return made, nil
}

func shapeOf(g *tasks.Given) string {
	mask := "without a mask"
	if g.Weights != nil {
		mask = "with a mask"
	}
	return fmt.Sprintf("%d steps, %d inputs and %d outputs %s", g.Steps, g.In, g.Out, mask)
}

// Unasked returns an output whose weights, steps × trials × out, are 0 in the first n trials, or -1. A
// weight that float32 rounds to 0 counts as 0.
func Unasked[T kernels.Float](weights []T, trials, out, n int) int {
	asked, left := make([]bool, out), out
	for i, w := range weights {
		if o := i % out; float32(w) > 0 && !asked[o] && i/out%trials < n {
			asked[o] = true
			if left--; left == 0 {
				return -1
			}
		}
	}
	if weights == nil {
		return -1
	}
	return slices.Index(asked, false)
}

// ZeroMask says why an output is [Unasked]: its weights are 0, or float32 rounds some of them to 0.
func ZeroMask[T kernels.Float](weights []T, out, o int) string {
	for i, w := range weights {
		if i%out == o && w != 0 && float32(w) == 0 {
			return "float32 rounds the mask to 0"
		}
	}
	return "mask is 0"
}

// givenOf returns the trials of a file.
func givenOf(f *rnn.File) (*tasks.Given, error) {
	_, _, in, out := f.TrialsShape()
	t, err := rnn.LoadTrials[float64](f, autodiff.Shape{In: in, Out: out})
	if err != nil {
		return nil, err
	}
	return &tasks.Given{Steps: t.Steps, Trials: t.Trials, In: t.In, Out: t.Out, X: t.X, Y: t.Y, Weights: t.Weights}, nil
}

// DefineArrays returns settings that define a task whose trials are given, and that hold these trials.
func DefineArrays(s profile.Settings, a Arrays) (profile.Settings, tasks.Task, error) {
	t, err := a.Task()
	if err != nil {
		return s, t, err
	}
	if err := checkNarrow(s, t.Arrays); err != nil {
		return s, t, err
	}
	s.Tasks.Arrays = s.Tasks.Arrays.With(t.Arrays)
	s, err = Define(s, t)
	return s, t, err
}

// checkNarrow returns an error if a number is too large for the precision of the settings.
func checkNarrow(s profile.Settings, a *tasks.Arrays) error {
	if s.Run.Precision == profile.F64 {
		return nil
	}
	for _, g := range []*tasks.Given{a.Train, a.Test} {
		if g == nil {
			continue
		}
		for i, x := range [][]float64{g.X, g.Y} {
			for _, v := range x {
				if n := float32(v); n-n != 0 {
					return fmt.Errorf("%c has the number %v, too large for float32 (-set run.precision=f64 takes it)", "XY"[i], v)
				}
			}
		}
	}
	return nil
}

// Given returns those tasks of the settings whose trials are given.
func Given(s profile.Settings) ([]tasks.Task, error) {
	own, err := Own(s)
	return seq.Where(own, func(t tasks.Task) bool { return t.Arrays != nil }), err
}

// Attach returns settings that hold the trials of a file if, by their SHA-256, they are the training or
// test trials of the task with that ID. It also returns the SHA-256.
func Attach(s profile.Settings, id string, f *rnn.File) (profile.Settings, string, error) {
	g, err := givenOf(f)
	if err != nil {
		return s, "", err
	}
	a, sum := *ByID(s, id).Arrays, g.Sum()
	switch {
	case sum == a.SHA256 && a.TestSHA256 == "":
		if a.TestTrials < 1 || a.TestTrials >= g.Trials {
			return s, sum, fmt.Errorf("%d of %d trials are said to be held out for tests", a.TestTrials, g.Trials)
		}
		a.Train, a.Test = g.Split(a.TestTrials)
	case sum == a.SHA256 && a.TestSHA256 == sum:
		a.Train, a.Test = g, g
	case sum == a.SHA256 && a.Train == nil:
		a.Train = g
	case sum == a.TestSHA256:
		a.Test = g
	default:
		return s, sum, nil
	}
	s.Tasks.Arrays = s.Tasks.Arrays.With(&a)
	return s, sum, checkNarrow(s, &a)
}
