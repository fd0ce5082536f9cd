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
}

// TestGolden trains module after module and then a task, on every variant here
// and with several workers, and compares the digest of every bit.
func TestGolden(t *testing.T) {
	testGolden[float32](t)
	testGolden[float64](t)
}

func testGolden[T kernels.Float](t *testing.T) {
	want := golden[fmt.Sprintf("%T", T(0))]
	for _, v := range kernels.Variants() {
		for _, workers := range []int{1, 2, 5} {
			if v.String() == "generic" && workers > 1 && testing.Short() {
				continue
			}
			h := sha256.New()
			goldenRun[T](t, v, workers, h)
			if got := hex.EncodeToString(h.Sum(nil)); got != want {
				t.Errorf("%T, kernel %v, %d workers: digest %s, want %s", T(0), v, workers, got, want)
			}
		}
	}
}

func goldenRun[T kernels.Float](t *testing.T, v kernels.Variant, workers int, h hash.Hash) {
	const trials = 2*autodiff.ShardTrials + 3
	s := autodiff.Shape{Units: 18, In: 3, Out: 2}
	n := New[T](v, s, 2, Init{Gain: 1.5, InputGain: 0.5, Bias: true}, kernels.NewStream(17))
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
