package rnn

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"molap/autodiff"
	"molap/kernels"
)

// Trials are inputs to run a network on and the targets of its outputs.
type Trials[T kernels.Float] struct {
	Steps, Trials, In, Out int

	X []T // steps × trials × In
	Y []T // steps × trials × Out; nil: no targets, Out is 0

	Fixation int     // the output that is fixation, from 1; 0: each is a decision
	StepMS   float64 // length of a step; 0: not known
}

const (
	npzFixation = "fixation" // a whole number, see Trials
	npzStep     = "dt"       // a number, see Trials
)

// trialNames are the arrays of trials in files.
var trialNames = []string{"X", "Y", npzFixation, npzStep}

// given is what a file says of its trials.
type given struct {
	fixation *int    // nil: nothing
	stepMS   float64 // 0: nothing
}

// readTrials takes what the entries of a file say of trials and checks that X and Y, if
// there are any, fit together. There may be X alone.
func (f *File) readTrials(entries map[string]npzArray) error {
	x, okX := f.arrays["X"]
	y, okY := f.arrays["Y"]
	switch {
	case okY && !okX:
		return fmt.Errorf("targets Y need inputs X, the file has %s", f.Arrays())
	case !okX:
		return nil
	case !okY && (len(x.shape) != 3 || x.shape[0]*x.shape[1] == 0):
		return fmt.Errorf("array X is %s, want steps × trials × inputs", shapeText(x.shape))
	case !okY:
		return f.readStep(entries)
	}
	if len(x.shape) != 3 || len(y.shape) != 3 || !slices.Equal(x.shape[:2], y.shape[:2]) || y.count() == 0 {
		return fmt.Errorf("array X is %s and Y %s, want steps × trials × inputs and steps × trials × outputs", shapeText(x.shape), shapeText(y.shape))
	}
	if e, ok := entries[npzFixation]; ok {
		n, err := e.whole()
		if err != nil {
			return fmt.Errorf("%s is %w", npzFixation, err)
		}
		if err := CheckFixation(n, y.shape[2]); err != nil {
			return fmt.Errorf("%s is %w", npzFixation, err)
		}
		f.given.fixation = &n
	}
	return f.readStep(entries)
}

// readStep takes the length of a step.
func (f *File) readStep(entries map[string]npzArray) error {
	if e, ok := entries[npzStep]; ok {
		ms, err := e.number()
		if err == nil && !(ms > 0 && ms <= math.MaxFloat32) {
			err = fmt.Errorf("%v, want the length of a step in milliseconds", ms)
		}
		if err != nil {
			return fmt.Errorf("%s is %w", npzStep, err)
		}
		f.given.stepMS = ms
	}
	return nil
}

// CheckFixation returns an error, to be read after "is", if output n, from 1, cannot be the
// fixation of so many outputs: one at least has to be a decision.
func CheckFixation(n, out int) error {
	if n == 0 || n >= 1 && n <= out && out > 1 {
		return nil
	}
	if out == 1 {
		return fmt.Errorf("%d, want 0: the only output is a decision", n)
	}
	return fmt.Errorf("%d, want an output, 1 to %d, or 0 for none", n, out)
}

// HasTrials reports whether the file has trials.
func (f *File) HasTrials() bool {
	_, ok := f.arrays["X"]
	return ok
}

// Fixation returns the output of the file's trials that is fixation, from 1, or 0 for none,
// and whether the file says so.
func (f *File) Fixation() (output int, said bool) {
	if f.given.fixation == nil {
		return 0, false
	}
	return *f.given.fixation, true
}

// TrialsShape returns how many steps, trials, inputs and outputs the trials of the file
// have; without trials all are 0, without targets there are no outputs.
func (f *File) TrialsShape() (steps, trials, in, out int) {
	if !f.HasTrials() {
		return 0, 0, 0, 0
	}
	x := f.arrays["X"].shape
	if y, ok := f.arrays["Y"]; ok {
		out = y.shape[2]
	}
	return x[0], x[1], x[2], out
}

// LoadTrials returns the trials of a file, which must have the inputs and, unless there are
// inputs alone, the outputs of a network of shape s. Numbers are converted as in Load.
func LoadTrials[T kernels.Float](f *File, s autodiff.Shape) (*Trials[T], error) {
	x, okX := f.arrays["X"]
	y, okY := f.arrays["Y"]
	if !okX {
		return nil, fmt.Errorf("no trials X and Y in the file, which has %s", f.Arrays())
	}
	t := &Trials[T]{StepMS: f.given.stepMS}
	t.Fixation, _ = f.Fixation()
	t.Steps, t.Trials, t.In, t.Out = f.TrialsShape()
	if t.In != s.In || okY && t.Out != s.Out {
		return nil, fmt.Errorf("trials have %d inputs and %d outputs, the network %d and %d", t.In, t.Out, s.In, s.Out)
	}
	var err error
	if t.X, err = floats[T]("X", x); err != nil {
		return nil, err
	}
	if okY {
		t.Y, err = floats[T]("Y", y)
	}
	return t, err
}

// addTrials writes the arrays of trials.
func addTrials[T kernels.Float](w *npzWriter, t *Trials[T]) error {
	size := sizeOf[T]()
	w.file.Grow(size*(len(t.X)+len(t.Y)) + 4096) // so that it is not copied as it grows
	for _, v := range []struct {
		name     string
		channels int
		values   []T
	}{{"X", t.In, t.X}, {"Y", t.Out, t.Y}} {
		if v.name == "Y" && v.values == nil {
			continue
		}
		shape := []int{t.Steps, t.Trials, v.channels}
		if need := shape[0] * shape[1] * shape[2]; len(v.values) != need {
			panic(fmt.Sprintf("rnn: EncodeNPZ: %s has %d entries, %d steps × %d trials × %d needed", v.name, len(v.values), shape[0], shape[1], shape[2]))
		}
		header := appendNPY(nil, "f", size, shape)
		data := appendFloats(slices.Grow(header, size*len(v.values)), v.values)
		if err := newArray(size, shape, false, data[len(header):]).checkFinite(v.name); err != nil {
			return err
		}
		w.add(v.name, data)
	}
	if t.Fixation != 0 {
		w.addWhole(npzFixation, t.Fixation)
	}
	if t.StepMS != 0 {
		w.add(npzStep, binary.LittleEndian.AppendUint64(appendNPY(nil, "f", 8, nil), math.Float64bits(t.StepMS)))
	}
	return nil
}

// number returns a single number, whole or not.
func (e npzArray) number() (float64, error) {
	if n, err := e.whole(); err == nil {
		return float64(n), nil
	}
	n, ok := entriesOf(e.shape, 1)
	switch {
	case !ok || n != 1:
		return 0, fmt.Errorf("%s, want a single number", shapeText(e.shape))
	case e.descr == "<f8" && len(e.data) == 8:
		return array{size: 8, data: e.data}.at(0), nil
	case e.descr == "<f4" && len(e.data) == 4:
		return array{size: 4, data: e.data}.at(0), nil
	}
	return 0, fmt.Errorf("of type %s and %d bytes, want '<f8', '<f4', '<i8' or '<i4'", quoted(e.descr), len(e.data))
}
