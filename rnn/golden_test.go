package rnn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// golden are the digests of a short training run: loss curve and final network.
// They hold for every kernel variant, number of workers and architecture.
var golden = map[string]string{
	"float32": "4dc0abd2a7a974c1f4f738c203a5250ce9ff628cf5656ce39dc9eee3ab24baf7",
	"float64": "d8582779c2479ccc1d95ca002431734f50e4e1c7387c10e3a35bc732547ca9df",
	// Of leaky units:
	"float32 0.25": "1008dc29b0d01159439efccc9ebf7847af047802032c89f4de6f3976e1f470ff",
	"float64 0.25": "77feaf81557bbb5b4a7f59a74426c99c88f8e2af927783dcb716e8c88a02d61d",
}

// TestGolden trains module after module and then a task, on every variant here
// and with several workers, and compares the digest of every bit.
func TestGolden(t *testing.T) {
	for _, alpha := range []float64{1, 0.25} {
		testGolden[float32](t, alpha)
		testGolden[float64](t, alpha)
	}
}

func testGolden[T kernels.Float](t *testing.T, alpha float64) {
	name := fmt.Sprintf("%T", T(0))
	if alpha != 1 {
		name += fmt.Sprint(" ", alpha)
	}
	want := golden[name]
	for _, v := range kernels.Variants() {
		for _, workers := range []int{1, 2, 5} {
			if v.String() == "generic" && workers > 1 && testing.Short() {
				continue
			}
			h := sha256.New()
			goldenRun[T](t, v, alpha, workers, h)
			if got := hex.EncodeToString(h.Sum(nil)); got != want {
				t.Errorf("%s, kernel %v, %d workers: digest %s, want %s", name, v, workers, got, want)
			}
		}
	}
}

func goldenRun[T kernels.Float](t *testing.T, v kernels.Variant, alpha float64, workers int, h hash.Hash) {
	const trials = 2*autodiff.ShardTrials + 3
	s := autodiff.Shape{Units: 18, In: 3, Out: 2}
	n := New[T](v, s, 2, Init{Gain: 1.5, InputGain: 0.5, Bias: true}, kernels.NewStream(17))
	n.Leak = alpha
	batch := func(i int) (x, y []T) {
		z := make([]float32, testSteps*trials*5)
		v.Normal(z, kernels.NewStream(23).Child(uint64(i)), 0)
		return convert[T](z[:testSteps*trials*3]), convert[T](z[testSteps*trials*3:])
	}
	for _, mask := range []autodiff.Mask{n.PretrainMask(0, AllBiases, false), n.PretrainMask(1, NoBiases, true), n.TaskMask(NoBiases), n.FullMask(AllBiases)} {
		penalty := autodiff.Penalty{L2: 1e-4, On: []autodiff.Rect{s.WRec(), s.WIn(), s.WOut()}, Hidden: 1e-3, H0: 1e-3}
		tr := NewTrainer(v, n, testSteps, trials, Training{Schedule: Schedule{1e-2, 2, 2, 0.5}, Adam: PublishedAdam, Mask: mask, Penalty: penalty}, workers)
		for i := range 4 {
			x, y := batch(i)
			if _, err := tr.Step(x, y); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range tr.Curve {
			fmt.Fprintf(h, "%x ", math.Float64bits(l))
		}
	}
	for _, x := range append(n.A, n.H0...) {
		fmt.Fprintf(h, "%x ", math.Float64bits(float64(x)))
	}
}
