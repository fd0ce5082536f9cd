package rnn

import (
	"math"
	"testing"

	"molap/autodiff"
	"molap/kernels"

	"github.com/sbinet/npyio/npz"
)

// oracleNet is a network that another program trained, with 200 test trials, or what the program
// found of it; see testdata/README.md.
type oracleNet struct {
	t    *testing.T
	file *npz.Reader
}

func openOracle(t *testing.T, name string) oracleNet {
	f, err := npz.Open("testdata/" + name + ".npz")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return oracleNet{t, f}
}

func (o oracleNet) shape(name string) []int { return o.file.Header(name + ".npy").Descr.Shape }

func (o oracleNet) f64(name string) []float64 {
	var v []float64
	if err := o.file.Read(name+".npy", &v); err != nil {
		o.t.Fatal(err)
	}
	return v
}

func (o oracleNet) f32(name string) []float32 {
	var v []float32
	if err := o.file.Read(name+".npy", &v); err != nil {
		o.t.Fatal(err)
	}
	return v
}

func convert[T, S kernels.Float](x []S) []T {
	y := make([]T, len(x))
	for i, v := range x {
		y[i] = T(v)
	}
	return y
}

// network returns the oracle's network; its weights are stored input × output.
func network[T kernels.Float](o oracleNet) *Network[T] {
	in := o.shape("W_in")
	s := autodiff.Shape{Units: in[1], In: in[0], Out: o.shape("W_out")[1]}
	n := &Network[T]{autodiff.NewParams[T](s), 1}
	for name, r := range map[string]autodiff.Rect{"W_in": s.WIn(), "W_rec": s.WRec(), "b": s.B(), "W_out": s.WOut(), "b_out": s.BOut()} {
		w := o.f64(name)
		for i := range r.Rows {
			for j := range n.Row(r, i) {
				n.Row(r, i)[j] = T(w[j*r.Rows+i])
			}
		}
	}
	copy(n.H0, convert[T](o.f64("h0")))
	return n
}

func testNet[T kernels.Float](t *testing.T, task string, tolerance float64) {
	o, found := openOracle(t, "net_"+task), openOracle(t, "found_"+task)
	n := network[T](o)
	size := o.shape("X")
	steps, trials := size[0], size[1]
	ref, err := npz.Open("testdata/reference_" + task + ".npz")
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	want := oracleNet{t, ref}.f64("outputs")
	targets := convert[T](o.f32("Y"))
	for _, v := range kernels.Variants() {
		if v.String() == "generic" && testing.Short() {
			continue
		}
		e := autodiff.New[T](v, n.Shape, steps, trials, autodiff.Mask{}, autodiff.Penalty{}, 2)
		outputs := make([]T, len(want))
		e.Run(n.Params, convert[T](o.f32("X")), outputs, nil)
		worst := 0.0
		for i, y := range outputs {
			worst = max(worst, math.Abs(float64(y)-want[i]))
		}
		if !(worst <= tolerance) {
			t.Errorf("%s, %v: outputs are off by %g", task, v, worst)
		}
		absolute := PublishedCriterion
		relative := Criterion{Relative: true, Tolerance: 0.1, Window: 30, Fixation: 1, FixationTolerance: 0.15}
		for name, c := range map[string]Criterion{"acc_absolute": absolute, "acc_relative": relative} {
			for i, got := range Score(c, outputs, targets, trials, n.Out) {
				if want := found.f64(name)[i]; got != want {
					t.Errorf("%s, %v: %s of output %d is %v, want %v", task, v, name, i, got, want)
				}
			}
		}
	}
}

// TestOracle runs networks trained elsewhere on their test trials: outputs agree
// with NumPy's in float64, scores exactly.
func TestOracle(t *testing.T) {
	for _, task := range []string{"delay_pro", "mem_dm1"} {
		testNet[float32](t, task, 1e-5)
		testNet[float64](t, task, 1e-12)
	}
}
