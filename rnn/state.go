package rnn

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"molap/autodiff"
	"molap/kernels"
)

// State returns a file with all that a later run needs to go on as if this one had never stopped:
// the network, as EncodeSafetensors writes it, the moments m and v of the trained parameters, the
// loss curve, and the number of iterations done. Streams have no state, since the number of an
// iteration decides what is drawn in it.
func (t *Trainer[T]) State(info Info) ([]byte, error) {
	if len(t.Curve) != t.Iteration {
		panic(fmt.Sprintf("rnn: State: curve of %d iterations, %d done", len(t.Curve), t.Iteration))
	}
	return encodeState(t.Net, info, t.settings(), t.Curve, t.m, t.v)
}

func encodeState[T kernels.Float](n *Network[T], info Info, training string, curve []float64, m, v []T) ([]byte, error) {
	numbers, err := appendNetwork(appendFloats(nil, curve), n)
	if err != nil {
		return nil, err
	}
	h := newHeader(n, formatState, info)
	h.metadata[keyIteration] = strconv.Itoa(len(curve))
	h.metadata[keyTraining] = training
	size := sizeOf[T]()
	h.tensors = append([]tensor{{"curve", 8, []int{len(curve)}}}, h.tensors...)
	h.tensors = append(h.tensors, tensor{"m", size, []int{len(m)}}, tensor{"v", size, []int{len(v)}})
	return h.file(appendFloats(appendFloats(numbers, m), v))
}

// Restore gives t the state in f, which a trainer like t has written: training goes on with the
// same bits. It returns an error and leaves t unchanged if f is no such state, that is if info,
// settings of the training, projection or kind of network differ.
func (t *Trainer[T]) Restore(f *File, info Info) error {
	if f.training == "" {
		return fmt.Errorf("no training state in the file, which has %s", f.Arrays())
	}
	here := networkKind(t.Net.Shape, t.Net.Modules, t.Net.Leak, fmt.Sprintf("f%d", 8*sizeOf[T]()))
	if saved := networkKind(f.Shape, f.Modules, f.Leak, f.Type); saved != here {
		return fmt.Errorf("state of a network %s, here it is %s", saved, here)
	}
	for _, v := range []struct{ name, saved, here string }{
		{keyTask, f.Task, info.Task},
		{keyArm, f.Arm, info.Arm},
		{keySeed, fmt.Sprint(f.Seed), fmt.Sprint(info.Seed)},
		{keyFrom, f.From, info.From},
		{"setting", f.Settings, info.Settings},
		{"training with", f.training, t.settings()},
	} {
		if saved, here := firstDifference(v.saved, v.here); saved != here {
			return fmt.Errorf("state of %s %s, here it is %s", v.name, quoted(saved), quoted(here))
		}
	}
	n, err := Load[T](f)
	if err != nil {
		return err
	}
	m, err := floats[T]("m", f.arrays["m"])
	if err != nil {
		return err
	}
	v, err := floats[T]("v", f.arrays["v"])
	if err != nil {
		return err
	}
	curve, err := floats[float64]("curve", f.arrays["curve"])
	if err != nil {
		return err
	}
	if len(m) != len(t.m) {
		return fmt.Errorf("state of %d trained parameters, here there are %d", len(m), len(t.m))
	}
	t.Curve, t.m, t.v = curve, m, v
	copy(t.Net.A, n.A)
	copy(t.Net.H0, n.H0)
	t.Iteration = f.Iteration
	autodiff.Gather(t.training.Mask, t.theta, t.Net.Params)
	return nil
}

// networkKind returns as text what two networks must share if the training of one is to go on from
// the state of the other.
func networkKind(s autodiff.Shape, modules int, leak float64, typ string) string {
	text := fmt.Sprintf("%+v, %d modules, %s", s, modules, typ)
	if leak != 1 {
		text += ", leak " + leakText(leak)
	}
	return text
}

// settings returns the settings of a training as text, one field to a line. It stands for the
// projection by the digest of a projected vector.
func (t *Trainer[T]) settings() string {
	var b strings.Builder
	v := reflect.ValueOf(t.training)
	for i := range v.NumField() {
		fmt.Fprintf(&b, "%s %+v\n", v.Type().Field(i).Name, v.Field(i))
	}
	if p := t.Projection; p != nil {
		probe := make([]T, len(t.theta))
		for i := range probe {
			probe[i] = T(i%5 + 1)
		}
		p.Apply(probe)
		fmt.Fprintf(&b, "Projection {Update:%v} of digest %s\n", p.Update, sha256Of(appendFloats(nil, probe)))
	}
	return b.String()
}

// firstDifference returns the first lines that differ between two texts.
func firstDifference(a, b string) (string, string) {
	for a != b {
		lineA, restA, _ := strings.Cut(a, "\n")
		lineB, restB, _ := strings.Cut(b, "\n")
		if lineA != lineB {
			return lineA, lineB
		}
		a, b = restA, restB
	}
	return "", ""
}

// setState checks what a training state has besides a network.
func (f *File) setState(metadata map[string]string) error {
	var err error
	if f.Iteration, err = parseCount(keyIteration, metadata[keyIteration]); err != nil {
		return err
	}
	if f.training = metadata[keyTraining]; f.training == "" {
		return errors.New("training state without its settings")
	}
	if n := f.arrays["curve"].count(); n != f.Iteration {
		return fmt.Errorf("curve of %d iterations, %d done", n, f.Iteration)
	}
	m, v := f.arrays["m"].count(), f.arrays["v"].count()
	if m != v || m > f.Shape.Rows()*f.Shape.Cols()+f.Shape.Units {
		return fmt.Errorf("%d and %d moments in a network of %+v", m, v, f.Shape)
	}
	return nil
}
