package rnn

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

const stateSteps, stateTrials, stateIterations = 6, 3, 7

// stateTraining uses everything that a training may do.
func stateTraining(mask autodiff.Mask) Training {
	return Training{
		Schedule:    Schedule{Rate: 1e-2, LevelIterations: 3, Levels: 3, Decay: 0.5},
		Adam:        PublishedAdam,
		Mask:        mask,
		Penalty:     autodiff.Penalty{L2: 1e-3, On: []autodiff.Rect{fileShape.WIn()}, Hidden: 1e-3, H0: 1e-3},
		Noise:       0.1,
		NoiseStream: kernels.NewStream(5),
		Clip:        0.5,
		Weights:     []float64{1, 1, 1, 1, 2, 2},
	}
}

// stateTrainer returns a trainer of the network of testdata/files after some
// iterations.
func stateTrainer[T kernels.Float](iterations int) *Trainer[T] {
	n := fileNetwork[T]()
	tr := NewTrainer(kernels.Best(), n, stateSteps, stateTrials, stateTraining(n.FullMask(ReadoutBias)), 1)
	trainFor(tr, iterations)
	return tr
}

// trainFor goes on until a number of iterations are done.
func trainFor[T kernels.Float](tr *Trainer[T], iterations int) {
	for tr.Iteration < iterations {
		z := make([]float32, stateSteps*stateTrials*5)
		kernels.Best().Normal(z, kernels.NewStream(13).Child(uint64(tr.Iteration)), 0)
		must(tr.Step(convert[T](z[:stateSteps*stateTrials*3]), convert[T](z[stateSteps*stateTrials*3:])))
	}
}

// TestResume stops at every iteration, saves, loads and goes on: what is saved in
// the end is the same to the last bit as without a stop.
func TestResume(t *testing.T) {
	testResume[float32](t)
	testResume[float64](t)
}

func testResume[T kernels.Float](t *testing.T) {
	want := must(stateTrainer[T](stateIterations).State(fileInfo))
	for stop := range stateIterations + 1 {
		data := must(stateTrainer[T](stop).State(fileInfo))
		f, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		tr := stateTrainer[T](2) // another state, to be replaced in full
		if err := tr.Restore(f, fileInfo); err != nil {
			t.Fatal(err)
		}
		if tr.Iteration != stop || f.Iteration != stop {
			t.Fatalf("restored at iteration %d, want %d", tr.Iteration, stop)
		}
		if !bytes.Equal(must(tr.State(fileInfo)), data) {
			t.Errorf("%T: saved again after iteration %d, the state differs", T(0), stop)
		}
		trainFor(tr, stateIterations)
		if !bytes.Equal(must(tr.State(fileInfo)), want) {
			t.Errorf("%T: stopped after iteration %d, the training ends elsewhere", T(0), stop)
		}
		if !equalBits(must(Load[T](must(Decode(want)))), tr.Net) {
			t.Errorf("%T: the network of the state differs from the trainer's", T(0))
		}
	}
}

// TestRestoreRefuses checks that a state of anything else is refused by name and
// leaves the trainer alone.
func TestRestoreRefuses(t *testing.T) {
	state := must(Decode(must(stateTrainer[float32](3).State(fileInfo))))
	training := stateTraining(fileNetwork[float32]().FullMask(ReadoutBias))
	build := func(change func(*Training)) *Trainer[float32] {
		tr := training
		change(&tr)
		return NewTrainer(kernels.Best(), fileNetwork[float32](), stateSteps, stateTrials, tr, 1)
	}
	same := func(*Training) {}
	three := fileNetwork[float32]()
	three.Modules = 4
	single := must(Decode(must(EncodeSafetensors(fileNetwork[float32](), fileInfo))))
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"network", build(same).Restore(single, fileInfo), "no training state in the file, which has W_in W_out W_rec b b_out h0"},
		{"type", NewTrainer(kernels.Best(), fileNetwork[float64](), stateSteps, stateTrials, training, 1).Restore(state, fileInfo),
			"state of a network {Units:4 In:3 Out:2}, 2 modules, f32, here it is {Units:4 In:3 Out:2}, 2 modules, f64"},
		{"modules", NewTrainer(kernels.Best(), three, stateSteps, stateTrials, training, 1).Restore(state, fileInfo),
			"state of a network {Units:4 In:3 Out:2}, 2 modules, f32, here it is {Units:4 In:3 Out:2}, 4 modules, f32"},
		{"task", build(same).Restore(state, info(func(i *Info) { i.Task = "T1" })), `state of task "T7", here it is "T1"`},
		{"arm", build(same).Restore(state, info(func(i *Info) { i.Arm = "reservoir" })), `state of arm "molap", here it is "reservoir"`},
		{"seed", build(same).Restore(state, info(func(i *Info) { i.Seed = 1 })), `state of seed "18446744073709551615", here it is "1"`},
		{"setting", build(same).Restore(state, info(func(i *Info) { i.Settings = strings.Replace(i.Settings, "4", "100", 1) })),
			`state of setting "units = 4\t", here it is "units = 100\t"`},
		{"setting more", build(same).Restore(state, info(func(i *Info) { i.Settings += "x = 1" })), `state of setting "", here it is "x = 1"`},
		{"clip", build(func(t *Training) { t.Clip = 0 }).Restore(state, fileInfo), `state of training with "Clip 0.5", here it is "Clip 0"`},
		{"noise", build(func(t *Training) { t.NoiseStream = kernels.NewStream(6) }).Restore(state, fileInfo),
			`state of training with "NoiseStream {k0:5 k1:0}", here it is "NoiseStream {k0:6 k1:0}"`},
		{"schedule", build(func(t *Training) { t.Schedule.Rate = 2e-2 }).Restore(state, fileInfo),
			`state of training with "Schedule {Rate:0.01 LevelIterations:3 Levels:3 Decay:0.5}", here it is "Schedule {Rate:0.02 LevelIterations:3 Levels:3 Decay:0.5}"`},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, c.err, c.want)
		}
	}
	tr := stateTrainer[float32](2)
	before := must(tr.State(fileInfo))
	if err := tr.Restore(state, Info{}); err == nil || !bytes.Equal(must(tr.State(fileInfo)), before) {
		t.Errorf("a state refused with %v changed the trainer", err)
	}
}

// BenchmarkState is the cost of a checkpoint without its file, and of reading it.
func BenchmarkState(b *testing.B) {
	s := autodiff.Shape{Units: 100, In: 25, Out: 22}
	n := New[float32](kernels.Best(), s, 2, Init{Gain: 1.5, InputGain: 1}, kernels.NewStream(1))
	tr := NewTrainer(kernels.Best(), n, 1, 1, Training{Schedule: testSchedule, Adam: PublishedAdam, Mask: n.FullMask(NoBiases)}, 1)
	tr.Curve = make([]float64, 1000)
	tr.Iteration = len(tr.Curve)
	data := must(tr.State(fileInfo))
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			must(tr.State(fileInfo))
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if err := tr.Restore(must(Decode(data)), fileInfo); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestStateRefused checks states whose parts do not fit together.
func TestStateRefused(t *testing.T) {
	n := fileNetwork[float32]()
	state := func(training string, curve []float64, m, v int) error {
		return errorOf(Decode(must(encodeState(n, fileInfo, training, curve, make([]float32, m), make([]float32, v)))))
	}
	for want, err := range map[string]error{
		"":                                    state("x", nil, 52, 52),
		"training state without its settings": state("", nil, 3, 3),
		"3 and 2 moments in a network of {Units:4 In:3 Out:2}":   state("x", nil, 3, 2),
		"53 and 53 moments in a network of {Units:4 In:3 Out:2}": state("x", nil, 53, 53),
		"curve[1] is NaN": state("x", []float64{1, math.NaN()}, 3, 3),
	} {
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	tr := stateTrainer[float32](0)
	f := must(Decode(must(encodeState(n, fileInfo, tr.settings(), nil, make([]float32, 3), make([]float32, 3)))))
	if err := tr.Restore(f, fileInfo); err == nil || err.Error() != "state of 3 trained parameters, here there are 42" {
		t.Errorf("%v", err)
	}
}

// TestTrainingIsText checks that the text of a Training says all of it: fields of
// plain values, no addresses.
func TestTrainingIsText(t *testing.T) {
	var plain func(t reflect.Type) error
	plain = func(t reflect.Type) error {
		switch t.Kind() {
		case reflect.Struct:
			for i := range t.NumField() {
				if err := plain(t.Field(i).Type); err != nil {
					return fmt.Errorf("%s.%w", t.Field(i).Name, err)
				}
			}
		case reflect.Slice, reflect.Array:
			return plain(t.Elem())
		case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan, reflect.Interface, reflect.UnsafePointer:
			return fmt.Errorf("%v", t)
		}
		return nil
	}
	if err := plain(reflect.TypeFor[Training]()); err != nil {
		t.Error(err)
	}
}

// TestStateHasProjection checks that a training with another projection, or none,
// does not go on from a state.
func TestStateHasProjection(t *testing.T) {
	texts := map[string]string{}
	for name, scale := range map[string]float64{"none": 0, "one": 1, "other": 2} {
		tr := stateTrainer[float64](0)
		if scale != 0 {
			tr.Projection = projectionAfter(tr, scale)
		}
		texts[tr.settings()] = name
		if again := tr.settings(); texts[again] != name {
			t.Errorf("projection %s is described in two ways", name)
		}
	}
	if len(texts) != 3 {
		t.Errorf("%d descriptions of 3 projections", len(texts))
	}
}

// projectionAfter returns the projection after a task of inputs of a scale.
func projectionAfter(tr *Trainer[float64], scale float64) *Projection[float64] {
	x := fileNumbers[float64]("X", stateSteps*stateTrials*fileShape.In)
	for i := range x {
		x[i] *= scale
	}
	d := NewDNI[float64](kernels.Best(), fileShape)
	d.Observe(tr.engine, tr.Net.Params, x, 1)
	return projection(d, tr.training.Mask, PublishedAlpha)
}
