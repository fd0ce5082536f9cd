package lab

import (
	"reflect"
	"slices"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// TestTranslation checks what the settings of each profile become: training, initial
// weights, trials and score.
func TestTranslation(t *testing.T) {
	shape := autodiff.Shape{Units: 100, In: 3, Out: 2}
	mask := autodiff.Mask{H0: true}
	weights := []autodiff.Rect{shape.WIn(), shape.WRec(), shape.WOut()}
	third := 1.0 / 3
	for _, c := range []struct {
		profile   string
		phase     func(profile.Settings) (profile.Schedule, float64)
		training  rnn.Training
		init      rnn.Init
		biases    rnn.Biases
		options   tasks.Options
		criterion rnn.Criterion
	}{
		{"paper", func(s profile.Settings) (profile.Schedule, float64) { return s.Training.Schedule, s.Training.Rate },
			rnn.Training{Schedule: rnn.Schedule{Rate: 1e-2, LevelIterations: 200, Levels: 5, Decay: third}, Adam: rnn.PublishedAdam, Mask: mask,
				Penalty: autodiff.Penalty{L2: 1e-5, On: weights, Hidden: 1e-7}},
			rnn.Init{Gain: 1.5, InputGain: 1}, rnn.NoBiases, tasks.Paper, rnn.PublishedCriterion},
		{"paper", func(s profile.Settings) (profile.Schedule, float64) {
			return s.Pretraining.Schedule, s.Pretraining.Rate
		},
			rnn.Training{Schedule: rnn.Schedule{Rate: 3e-3, LevelIterations: 200, Levels: 5, Decay: third}, Adam: rnn.PublishedAdam, Mask: mask,
				Penalty: autodiff.Penalty{L2: 1e-5, On: weights, Hidden: 1e-7}},
			rnn.Init{Gain: 1.5, InputGain: 1}, rnn.NoBiases, tasks.Paper, rnn.PublishedCriterion},
		{"authors", func(s profile.Settings) (profile.Schedule, float64) {
			return s.Training.Schedule, s.Training.SeparateRate
		},
			rnn.Training{Schedule: rnn.Schedule{Rate: 1e-3, LevelIterations: 200, Levels: 9, Decay: 1},
				Adam: rnn.Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, LevelSteps: true}, Mask: mask,
				Penalty: autodiff.Penalty{L2: 2e-6, On: []autodiff.Rect{shape.WIn(), shape.WRec(), shape.B()}}},
			rnn.Init{Gain: 1.5, InputGain: 1, Authors: true, Bias: true}, rnn.ReadoutBias, tasks.Authors,
			rnn.Criterion{Relative: true, Tolerance: 0.1, Window: 30, Fixation: 1, FixationTolerance: 0.15}},
		{"extended", func(s profile.Settings) (profile.Schedule, float64) {
			return s.Pretraining.Schedule, s.Pretraining.Rate
		},
			rnn.Training{Schedule: rnn.Schedule{Rate: 3e-3, LevelIterations: 200, Levels: 6, Decay: 0.6}, Adam: rnn.PublishedAdam, Mask: mask,
				Penalty: autodiff.Penalty{L2: 1e-5, On: weights, Hidden: 1e-7}, Clip: 0.1},
			rnn.Init{Gain: 1.5, InputGain: 0.3, Authors: true}, rnn.NoBiases,
			tasks.Paper, rnn.PublishedCriterion},
	} {
		s := load(t, c.profile)
		phase, rate := c.phase(s)
		if got := trainingSettings(s, phase, rate, shape, mask); !reflect.DeepEqual(got, c.training) {
			t.Errorf("%s: training is %+v, want %+v", c.profile, got, c.training)
		}
		if got := initialWeights(s, s.Network.InputGain); got != c.init {
			t.Errorf("%s: initial weights are %+v, want %+v", c.profile, got, c.init)
		}
		if got, _ := biasSettings(s); got != c.biases {
			t.Errorf("%s: biases are %v, want %v", c.profile, got, c.biases)
		}
		if got := taskset.Options(s); got != c.options {
			t.Errorf("%s: trials are %+v, want %+v", c.profile, got, c.options)
		}
		if got := criterionOn(scoreCriterion(s), &tasks.Batch[float32]{Fixation: 1, YScale: tasks.Scale{Range: 1}}); !reflect.DeepEqual(got, c.criterion) {
			t.Errorf("%s: criterion is %+v, want %+v", c.profile, got, c.criterion)
		}
	}
}

// TestPretrainingBatches checks that every module has its own variate, that
// batches are fresh or fixed as asked, and that neither is the test set.
func TestPretrainingBatches(t *testing.T) {
	s := tiny(t, "paper")
	q, err := NewCorpus[float64](kernels.Best(), s, kernels.NewStream(1), taskset.Corpus(s, nil))
	if err != nil {
		t.Fatal(err)
	}
	v, err := q.FitCCA(2)
	if err != nil {
		t.Fatal(err)
	}
	batch := func(m, iteration int) ([]float64, []float64) {
		x, y := q.Batches(v, m)(iteration)
		return slices.Clone(x), slices.Clone(y)
	}
	x0, y0 := batch(0, 0)
	x1, y1 := batch(1, 0)
	if slices.Equal(x0, x1) || slices.Equal(y0, y1) {
		t.Error("both modules are trained on one variate")
	}
	if later, _ := batch(0, 1); slices.Equal(x0, later) {
		t.Error("fresh batches repeat")
	}
	q.settings.Trials.Fresh = false
	fixed, _ := batch(0, 0)
	if later, _ := batch(0, 1); !slices.Equal(fixed, later) {
		t.Error("the fixed batch changes")
	}
}

// TestTaskBatches checks that trials of task training are fresh or one batch as asked,
// and that weights of the response fall on the response.
func TestTaskBatches(t *testing.T) {
	s := tiny(t, "paper")
	task := taskset.ByID(s, "T7")
	for _, fresh := range []bool{true, false} {
		s.Trials.Fresh = fresh
		gen, err := tasks.NewGenerator[float64](kernels.Best(), taskset.Options(s), task)
		if err != nil {
			t.Fatal(err)
		}
		batches := trainingBatches(s, gen, gen.NewBatch(4), kernels.NewStream(1))
		x, _ := batches(0)
		first := slices.Clone(x)
		if x, _ = batches(1); slices.Equal(x, first) == fresh {
			t.Errorf("fresh %v: the second batch is the first: %v", fresh, !fresh)
		}
	}
	s.Training.ResponseWeight = 5
	from, to := states.Answers(task.Spans())
	for i, w := range stepWeights(s, task) {
		if want := map[bool]float64{true: 5, false: 1}[from <= i && i < to]; w != want {
			t.Errorf("step %d of %d to %d has weight %v, want %v", i, from, to, w, want)
		}
	}
}

// TestTaskSettings checks which weights of a network trained on a task settings change:
// of W_in and W_out, or of the reservoir too.
func TestTaskSettings(t *testing.T) {
	train := func(change func(*profile.Settings)) *rnn.Network[float64] {
		s := tiny(t, "paper")
		s.Run.Precision = profile.F64
		change(&s)
		l := newLab(s, nil)
		net := trainedOn[float64](l, Cell{Arm: MoLaP, Task: "T7", Seed: 3})
		do(t, l, net)
		return net.Value().Net
	}
	same := func(a, b *rnn.Network[float64], of func(*rnn.Network[float64]) autodiff.Rect) bool {
		for i := range a.Units {
			if of(a).Rows > i && !slices.Equal(a.Row(of(a), i), b.Row(of(b), i)) {
				return false
			}
		}
		return true
	}
	base := train(func(*profile.Settings) {})
	for _, c := range []struct {
		name           string
		change         func(*profile.Settings)
		tasks, modules bool // it changes what is trained on the task, what is pre-trained
	}{
		{"nothing", func(*profile.Settings) {}, false, false},
		{"fresh", func(s *profile.Settings) { s.Trials.Fresh = false }, true, true},
		{"response weight", func(s *profile.Settings) { s.Training.ResponseWeight = 5 }, true, false},
		{"input gain", func(s *profile.Settings) { s.Network.InputGain = 0.3 }, true, false},
		{"slip", func(s *profile.Settings) { s.Pretraining.Slip = true }, true, true},
		{"rate of separate networks", func(s *profile.Settings) { s.Training.SeparateRate *= 2 }, false, false},
	} {
		net := train(c.change)
		if got := !same(base, net, (*rnn.Network[float64]).WRec); got != c.modules {
			t.Errorf("%s changes W_rec: %v, want %v", c.name, got, c.modules)
		}
		if got := !same(base, net, (*rnn.Network[float64]).WIn); got != c.tasks {
			t.Errorf("%s changes W_in: %v, want %v", c.name, got, c.tasks)
		}
	}
	// The slip trains the weights that unit 1 sends to module 2, which no module has.
	between := func(slip bool) bool {
		net := train(func(s *profile.Settings) { s.Pretraining.Slip = slip })
		s := tiny(t, "paper")
		start := newNetwork[float64](kernels.Best(), s, 3, 1, 1, 1)
		half := net.Units / 2
		for i := half; i < net.Units; i++ {
			if net.Row(net.WRec(), i)[0] != start.Row(start.WRec(), i)[0] {
				return true
			}
		}
		return false
	}
	if between(false) || !between(true) {
		t.Errorf("weights from unit 1 to module 2 are trained: with the slip %v, without %v", between(true), between(false))
	}
	// Without a step the input weights are those drawn, times the gain.
	still := func(gain float64) *rnn.Network[float64] {
		return train(func(s *profile.Settings) { s.Training.Rate, s.Network.InputGain = 0, gain })
	}
	one, half := still(1), still(0.5)
	for i := range one.Units {
		for k, w := range one.Row(one.WIn(), i) {
			if got := half.Row(half.WIn(), i)[k]; got != w/2 || w == 0 {
				t.Fatalf("with half the gain W_in[%d][%d] is %v, with the whole %v", i, k, got, w)
			}
		}
	}
}

// TestArms checks what the arms do to W_rec when a task is trained: all but
// separate leave that of their base as it is.
func TestArms(t *testing.T) {
	l := newLab(tiny(t, "paper"), nil)
	for _, arm := range Arms {
		if arm.sequential() {
			continue
		}
		c := Cell{Arm: arm, Task: "T7", Seed: 3}
		base, net := Pretrained[float64](l, c), trainedOn[float64](l, c)
		do(t, l, net)
		same := true
		for i := range net.Value().Net.Units {
			same = same && slices.Equal(net.Value().Net.Row(net.Value().Net.WRec(), i), base.Value().Row(base.Value().WRec(), i))
		}
		if same == (arm == Separate) {
			t.Errorf("%s: W_rec is that of the base: %v", arm, same)
		}
	}
}
