package rnn

import (
	"math"
	"slices"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

// trainingOptions is a training of everything with noise in the units, clipped gradients
// and a response of three steps that counts five times.
func trainingOptions[T kernels.Float](n *Network[T]) Training {
	s := n.Shape
	weights := make([]float64, testSteps)
	for i := range weights {
		weights[i] = 1
		if i >= testSteps-3 {
			weights[i] = 5
		}
	}
	return Training{
		Schedule: testSchedule, Adam: PublishedAdam, Mask: n.FullMask(NoBiases),
		Penalty: autodiff.Penalty{L2: 1e-3, On: []autodiff.Rect{s.WRec(), s.WIn(), s.WOut()}, H0: 1e-2},
		Noise:   0.3, NoiseStream: kernels.NewStream(77), Clip: 0.05, Weights: weights,
	}
}

// trainedParameters returns the parameters of a test network after three iterations.
func trainedParameters[T kernels.Float](t *testing.T, v kernels.Variant, workers int, training func(*Network[T]) Training) []T {
	t.Helper()
	n := testNetwork[T](false)
	tr := NewTrainer(v, n, testSteps, testTrials, training(n), workers)
	for i := range 3 {
		if _, err := tr.Step(echoBatch[T](i)); err != nil {
			t.Fatal(err)
		}
	}
	return append(append([]T(nil), n.A...), n.H0...)
}

// TestOptionsIndependence: kernel and workers change no bit of a training with
// noise, clipping and weights.
func TestOptionsIndependence(t *testing.T) {
	testOptionsIndependence[float32](t)
	testOptionsIndependence[float64](t)
}

func testOptionsIndependence[T kernels.Float](t *testing.T) {
	want := trainedParameters(t, kernels.Best(), 1, trainingOptions[T])
	for _, v := range kernels.Variants() {
		for _, workers := range []int{1, 2} {
			if !slices.Equal(trainedParameters(t, v, workers, trainingOptions[T]), want) {
				t.Errorf("%T, kernel %v, %d workers: another network than %v with one", T(0), v, workers, kernels.Best())
			}
		}
	}
}

// TestOptionsMatter: each option changes the network, and is off at zero.
func TestOptionsMatter(t *testing.T) {
	all := trainedParameters(t, kernels.Best(), 1, trainingOptions[float64])
	off := trainedParameters(t, kernels.Best(), 1, func(n *Network[float64]) Training {
		o := trainingOptions(n)
		return Training{Schedule: o.Schedule, Adam: o.Adam, Mask: o.Mask, Penalty: o.Penalty}
	})
	for _, c := range []struct {
		name   string
		change func(*Training)
		of     []float64 // the network without the change
		same   bool
	}{
		{"no noise", func(o *Training) { o.Noise = 0 }, all, false},
		{"another noise", func(o *Training) { o.NoiseStream = kernels.NewStream(78) }, all, false},
		{"no clipping", func(o *Training) { o.Clip = 0 }, all, false},
		{"no weights", func(o *Training) { o.Weights = nil }, all, false},
		{"all off", func(o *Training) { o.Noise, o.Clip, o.Weights = 0, 0, nil }, off, true},
		{"all without effect", func(o *Training) {
			o.Noise, o.Clip = 0, 1e9
			for i := range o.Weights {
				o.Weights[i] = 1
			}
		}, off, true},
	} {
		got := trainedParameters(t, kernels.Best(), 1, func(n *Network[float64]) Training {
			o := trainingOptions(n)
			c.change(&o)
			return o
		})
		if slices.Equal(got, c.of) != c.same {
			t.Errorf("%s: the same network is %v, want %v", c.name, !c.same, c.same)
		}
	}
}

// TestTrainingNoise: iteration i has the noise of child i of the stream, however
// many iterations came before in this process.
func TestTrainingNoise(t *testing.T) {
	n := testNetwork[float64](false)
	training := trainingOptions(n)
	training.Clip = 0
	tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, training, 1)
	e := autodiff.New[float64](kernels.Best(), n.Shape, testSteps, testTrials, training.Mask, training.Penalty, 1)
	e.Weights = training.Weights
	for i := range 3 {
		x, y := echoBatch[float64](i)
		e.Noise = autodiff.Noise{Sigma: training.Noise, Stream: training.NoiseStream.Child(uint64(i))}
		want := e.Gradient(n.Params, x, y)
		got, err := tr.Step(x, y)
		if err != nil {
			t.Fatal(err)
		}
		if got != want || !slices.Equal(tr.engine.Grad(), e.Grad()) {
			t.Errorf("iteration %d: loss %+v, want %+v", i, got, want)
		}
		if tr.Curve[i] != want.MSE {
			t.Errorf("iteration %d: the curve has %v, want the unweighted %v", i, tr.Curve[i], want.MSE)
		}
	}
}

// TestClip checks the gradient that Adam is given against the whole one.
func TestClip(t *testing.T) {
	testClip[float32](t, 0x1p-23)
	testClip[float64](t, 0x1p-52)
}

func testClip[T kernels.Float](t *testing.T, epsilon float64) {
	gradient := func(most float64) []T {
		n := testNetwork[T](false)
		training := trainingOptions(n)
		training.Clip = most
		tr := NewTrainer(kernels.Best(), n, testSteps, testTrials, training, 1)
		if _, err := tr.Step(echoBatch[T](0)); err != nil {
			t.Fatal(err)
		}
		return append([]T(nil), tr.engine.Grad()...)
	}
	norm := func(g []T) float64 {
		sum := 0.0
		for _, v := range g {
			sum += float64(v) * float64(v)
		}
		return math.Sqrt(sum)
	}
	whole := gradient(0)
	length := norm(whole)
	for _, most := range []float64{length / 3, length / 1e3} {
		g := gradient(most)
		if got := norm(g); math.Abs(got/most-1) > 2*epsilon {
			t.Errorf("%T: norm is %v, want %v", T(0), got, most)
		}
		for i, v := range g { // h[0] is the last of them
			want := float64(whole[i]) * (most / length)
			if math.Abs(float64(v)-want) > 2*epsilon*math.Abs(want) {
				t.Fatalf("%T: gradient %d of %d is %v, want %v", T(0), i, len(g), v, want)
			}
		}
	}
	if g := gradient(length * 1.001); !slices.Equal(g, whole) {
		t.Errorf("%T: a gradient shorter than the limit was changed", T(0))
	}

	g := []T{3, -4, 0}
	if clipNorm(g, 5); !slices.Equal(g, []T{3, -4, 0}) {
		t.Errorf("%T: a gradient as long as the limit became %v", T(0), g)
	}
	if clipNorm(g, 2.5); !slices.Equal(g, []T{1.5, -2, 0}) {
		t.Errorf("%T: clipped to %v, want 1.5, -2, 0", T(0), g)
	}
	if clipNorm(g[2:], 1); g[2] != 0 {
		t.Errorf("%T: a gradient of zero became %v", T(0), g[2])
	}
}

func TestWrongTraining(t *testing.T) {
	for want, training := range map[string]Training{
		"rnn: NewTrainer: noise of σ = -1, gradients clipped at 0: both must be ≥ 0":  {Noise: -1},
		"rnn: NewTrainer: noise of σ = 0, gradients clipped at NaN: both must be ≥ 0": {Clip: math.NaN()},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\n want %s", got, want)
				}
			}()
			NewTrainer(kernels.Best(), testNetwork[float32](false), testSteps, testTrials, training, 1)
		}()
	}
}
