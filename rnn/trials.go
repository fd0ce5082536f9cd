package rnn

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/autodiff"
	"molap/kernels"
)

// Trials holds inputs to run a network on and the targets of its outputs.
type Trials[T kernels.Float] struct {
	Steps, Trials, In, Out int

	X []T // steps × trials × In
	Y []T // steps × trials × Out; nil: no targets, Out is 0
	// Weights, unless nil, weight the squared errors, ≥ 0, steps × trials × Out; in a file they are
	// the array mask. Where a weight is 0, the target is 0, whatever the file has.
	Weights []T

	Fixation int     // number of the fixation output, from 1; 0: each output is a decision
	StepMS   float64 // length of a step; 0: not known

	Beside []Extra // written after these, by name
}

// Names of arrays beside trials. DrawPrefix and the name of a draw name the numbers drawn for each
// trial; StartPrefix and the name of a period name its first step in each trial. LoadTrials returns
// both. Outputs, steps × trials × Out, and States, steps × trials × N, are a network's answers.
// They are not read, since they can be computed again.
const (
	DrawPrefix  = "draw_"
	StartPrefix = "start_"
	Outputs     = "outputs"
	States      = "states"
)

// Extra is a further array of a file of trials, such as what was drawn for them or what a
// network answers.
type Extra struct {
	Name   string
	Shape  []int
	Values any // []float32, []float64 or []int
}

const (
	npzFixation = "fixation" // a whole number, see Trials
	npzStep     = "dt"       // a number, see Trials
	npzMask     = "mask"     // steps × trials × outputs, steps × trials, or steps, see Trials.Weights
)

// trialNames are the arrays of trials in files.
var trialNames = []string{"X", "Y", npzMask, npzFixation, npzStep}

// trialsInfo holds what a file says of its trials.
type trialsInfo struct {
	fixation *int    // nil: nothing
	stepMS   float64 // 0: nothing
	weights  []float64
	beside   []Extra // what was drawn
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
	if e, ok := entries[npzMask]; ok {
		w, err := e.mask(y.shape)
		if err != nil {
			return fmt.Errorf("%s is %w", npzMask, err)
		}
		f.given.weights = w
	}
	if err := f.maskTargets(); err != nil {
		return err
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

// mask returns the weights of the errors of targets of a shape.
func (e npzArray) mask(shape []int) ([]float64, error) {
	steps, trials, out := shape[0], shape[1], shape[2]
	is := slices.Clone(e.shape)
	for len(is) < 3 {
		is = append(is, 1)
	}
	if len(is) > 3 || is[0] != steps || is[1] != trials && is[1] != 1 || is[2] != out && is[2] != 1 || is[1] != trials && is[2] != 1 {
		return nil, fmt.Errorf("%s, want %d×%d×%d as Y, %d×%d or %d: steps, trials and outputs", shapeText(e.shape), steps, trials, out, steps, trials, steps)
	}
	a, err := e.numbers()
	if err != nil {
		return nil, err
	}
	strides := newArray(a.size, is, e.fortran, nil).strides
	w, sum := make([]float64, 0, steps*trials*out), 0.0
	for t := range steps {
		for b := range trials {
			for o := range out {
				v := a.at(t*strides[0] + b%is[1]*strides[1] + o%is[2]*strides[2])
				if !(v >= 0) || v > math.MaxFloat32 {
					return nil, fmt.Errorf("%v at [%d, %d, %d], want a weight ≥ 0 that float32 can hold", v, t, b, o)
				}
				w = append(w, v)
				sum += v
			}
		}
	}
	if sum == 0 {
		return nil, fmt.Errorf("0 everywhere: nothing is asked for")
	}
	return w, nil
}

// maskTargets sets the targets of weight 0 to 0 and checks that all others are finite.
func (f *File) maskTargets() error {
	y := f.arrays["Y"]
	out, trials := y.shape[2], y.shape[1]
	copied := false
	for i := range y.count() {
		at := (i/y.strides[0]%y.shape[0]*trials+i/y.strides[1]%trials)*out + i/y.strides[2]%out
		switch v := y.at(i); {
		case f.given.weights != nil && f.given.weights[at] == 0:
			if !copied { // the file's own bytes stay as they are
				y.data, copied = slices.Clone(y.data), true
			}
			clear(y.data[i*y.size:][:y.size])
		case v-v != 0 && f.given.weights == nil:
			return fmt.Errorf("array Y%s is %v: where no answer is asked for, say so by an array mask (steps × trials × outputs) that is 0 there", y.index(i), v)
		case v-v != 0:
			return fmt.Errorf("array Y%s is %v, and mask is not 0 there", y.index(i), v)
		}
	}
	f.arrays["Y"] = y
	return nil
}

// tellsTrials reports whether a member says what was drawn for trials: it has the name of such an
// array and is a list of numbers.
func (m fileMember) tellsTrials() bool {
	_, err := numberTypeOf(m.descr)
	named := strings.HasPrefix(m.name, DrawPrefix) || strings.HasPrefix(m.name, StartPrefix)
	return named && m.bad == nil && len(m.shape) == 1 && err == nil
}

// readDrawn keeps what was drawn for the trials of the file, or says why it ignores it.
func (f *File) readDrawn(m fileMember) (ignored string, err error) {
	if _, trials, _, _ := f.TrialsShape(); m.shape[0] != trials {
		return "", fmt.Errorf("%s has %d numbers, want one for each of the %d trials of X", nameText(m.name), m.shape[0], trials)
	}
	e, err := m.unpacked()
	var a fileArray
	if err == nil {
		a, err = e.numbers()
	}
	if err != nil {
		return "", err
	}
	if a.checkFinite("") != nil {
		return "not finite in all trials", nil
	}
	values := make([]float64, a.count())
	for i := range values {
		values[i] = a.at(i)
	}
	drawn := Extra{m.name, m.shape, values}
	large := func(v float64) bool { return math.Abs(v) >= 1<<53 } // and perhaps rounded
	if !strings.Contains(m.descr, "f") {
		if slices.ContainsFunc(values, large) {
			return "whole numbers of 2⁵³ and more", nil
		}
		n := make([]int, len(values))
		for i, v := range values {
			n[i] = int(v)
		}
		drawn.Values = n
	}
	f.given.beside = append(f.given.beside, drawn)
	return "", nil
}

// CheckFixation returns an error if output n, from 1, cannot be the fixation of out outputs: at
// least one output has to be a decision. The error begins with n, so that a caller can write
// "fixation is" before it.
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

// Fixation returns the number of the fixation output of the file's trials, from 1, or 0 for none,
// and whether the file says so.
func (f *File) Fixation() (output int, said bool) {
	if f.given.fixation == nil {
		return 0, false
	}
	return *f.given.fixation, true
}

// StepMS returns the length of a step of the file's trials in milliseconds, or 0 if the file does
// not say.
func (f *File) StepMS() float64 { return f.given.stepMS }

// HasMask reports whether the file's trials have a mask.
func (f *File) HasMask() bool { return f.given.weights != nil }

// TrialsShape returns the numbers of steps, trials, inputs and outputs of the file's trials.
// Without trials all are 0; without targets there are no outputs.
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

// LoadTrials returns the trials of a file, with numbers converted as in Load. It returns an error
// unless they have the inputs of a network of shape s and, if they have targets, its outputs.
func LoadTrials[T kernels.Float](f *File, s autodiff.Shape) (*Trials[T], error) {
	x, okX := f.arrays["X"]
	y, okY := f.arrays["Y"]
	if !okX {
		return nil, fmt.Errorf("no trials X in the file, which has %s", f.Arrays())
	}
	t := &Trials[T]{StepMS: f.given.stepMS, Beside: slices.Clone(f.given.beside)}
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
	for _, w := range f.given.weights {
		t.Weights = append(t.Weights, T(w))
	}
	return t, err
}

// addTrials writes the arrays of trials.
func addTrials[T kernels.Float](w *npzWriter, t *Trials[T]) error {
	size := sizeOf[T]()
	w.file.Grow(size*(len(t.X)+len(t.Y)+len(t.Weights)) + 4096) // so that it is not copied as it grows
	for _, a := range []struct {
		name     string
		channels int
		values   []T
	}{{"X", t.In, t.X}, {"Y", t.Out, t.Y}, {npzMask, t.Out, t.Weights}} {
		if a.name != "X" && a.values == nil {
			continue
		}
		if err := w.addExtra(Extra{a.name, []int{t.Steps, t.Trials, a.channels}, a.values}); err != nil {
			return err
		}
	}
	if t.Fixation != 0 {
		w.addWhole(npzFixation, t.Fixation)
	}
	if t.StepMS != 0 {
		w.add(npzStep, binary.LittleEndian.AppendUint64(appendNPY(nil, "f", 8, nil), math.Float64bits(t.StepMS)))
	}
	for _, a := range slices.SortedFunc(slices.Values(t.Beside), func(a, b Extra) int { return strings.Compare(a.Name, b.Name) }) {
		if err := w.addExtra(a); err != nil {
			return err
		}
	}
	return nil
}

// addExtra writes a further array. It returns an error if a number is not finite.
func (w *npzWriter) addExtra(a Extra) error {
	switch v := a.Values.(type) {
	case []float32:
		return addFloats(w, a, v)
	case []float64:
		return addFloats(w, a, v)
	case []int:
		data := appendNPY(nil, "i", 8, a.shape(len(v)))
		for _, n := range v {
			data = binary.LittleEndian.AppendUint64(data, uint64(n))
		}
		w.add(a.Name, data)
		return nil
	}
	panic(fmt.Sprintf("rnn: EncodeNPZ: %s is a %T", a.Name, a.Values))
}

func addFloats[T kernels.Float](w *npzWriter, a Extra, values []T) error {
	size := sizeOf[T]()
	header := appendNPY(nil, "f", size, a.shape(len(values)))
	data := appendFloats(slices.Grow(header, size*len(values)), values)
	if err := newArray(size, a.Shape, false, data[len(header):]).checkFinite(a.Name); err != nil {
		return err
	}
	w.add(a.Name, data)
	return nil
}

// shape returns the shape of an array of so many numbers.
func (a Extra) shape(n int) []int {
	need := 1
	for _, d := range a.Shape {
		need *= d
	}
	if n != need {
		panic(fmt.Sprintf("rnn: EncodeNPZ: %s has %d entries, want %s", a.Name, n, shapeText(a.Shape)))
	}
	return a.Shape
}
