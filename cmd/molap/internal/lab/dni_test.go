package lab

import (
	"slices"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// tinySequence returns the tiny sequence of some settings, in float64.
func tinySequence(t *testing.T, change func(*profile.Settings)) learntSequence[float64] {
	t.Helper()
	s := tiny(t, "paper")
	if change != nil {
		change(&s)
	}
	l := newLab(s, nil)
	q := inSequence[float64](l, 1)
	do(t, l, q)
	return q.Value()
}

// firstDifference returns after how many tasks two sequences differ first, 0 if never.
func firstDifference(a, b learntSequence[float64]) int {
	for k := range a.Nets {
		if !slices.Equal(a.Nets[k].A, b.Nets[k].A) || !slices.Equal(a.Nets[k].H0, b.Nets[k].H0) {
			return k + 1
		}
	}
	return 0
}

// TestSequenceSwitches checks from which task on each setting of dni matters: what
// protects earlier tasks not before there are any.
func TestSequenceSwitches(t *testing.T) {
	base := tinySequence(t, nil)
	for _, c := range []struct {
		name   string
		change func(*profile.Settings)
		from   int
	}{
		{"nothing", func(*profile.Settings) {}, 0},
		{"alpha", func(s *profile.Settings) { s.DNI.Alpha = 1e-2 }, 2},
		{"project", func(s *profile.Settings) { s.DNI.Project = profile.ProjectUpdate }, 2},
		{"first_weight", func(s *profile.Settings) { s.DNI.FirstWeight = 2 }, 3}, // of one task the mean is the same
		{"order", func(s *profile.Settings) { s.DNI.Order = "123465789" }, 5},
		{"activity_on", func(s *profile.Settings) { s.DNI.ActivityOn, s.DNI.Activity = profile.OnInitial, 1e-3 }, 1},
		{"activity", func(s *profile.Settings) { s.DNI.Activity = 1e-3 }, 1},
		{"gain", func(s *profile.Settings) { s.DNI.Gain *= 0.9 }, 1},
		{"rate", func(s *profile.Settings) { s.DNI.Rate *= 0.9 }, 1},
		{"l2", func(s *profile.Settings) { s.DNI.L2 *= 2 }, 1},
		{"response weight", func(s *profile.Settings) { s.Training.ResponseWeight = 5 }, 1},
		{"unit noise", func(s *profile.Settings) { s.Network.UnitNoise = 0.1 }, 1},
		{"orders", func(s *profile.Settings) { s.DNI.Orders = 7 }, 0},
		{"units of other arms", func(s *profile.Settings) { s.Network.Units, s.Network.Gain, s.Training.Rate = 10, 1, 1 }, 0},
	} {
		if got := firstDifference(base, tinySequence(t, c.change)); got != c.from {
			t.Errorf("%s matters first to the network after %d tasks, want %d (0: never)", c.name, got, c.from)
		}
	}
}

// TestSequenceOfOne checks that what the sequence learns first is what a separate
// network of the same settings learns, bit for bit.
func TestSequenceOfOne(t *testing.T) {
	s := tiny(t, "paper")
	s.DNI.Units, s.DNI.Gain, s.DNI.Schedule = s.Network.Units, s.Network.Gain, s.Training.Schedule
	s.Training.SeparateRate = s.DNI.Rate
	l := newLab(s, nil)
	alone := trainedOn[float64](l, Cell{Arm: Separate, Task: "T1", Seed: 4})
	all := inSequence[float64](l, 4)
	do(t, l, alone, all)
	if a, b := alone.Value(), all.Value(); !slices.Equal(a.Net.A, b.Nets[0].A) || !slices.Equal(a.Net.H0, b.Nets[0].H0) || !slices.Equal(a.Curve, b.Curves[0]) {
		t.Error("the first task of the sequence is not learnt as a separate network learns it")
	}
}

// TestActivityOn checks which activity is penalised.
func TestActivityOn(t *testing.T) {
	shape := autodiff.Shape{Units: 6, In: 3, Out: 3}
	for on, want := range map[profile.ActivityOn]autodiff.Penalty{
		profile.OnHidden:  {L2: 1e-5, Hidden: 1e-7},
		profile.OnInitial: {L2: 1e-5, H0: 1e-7},
	} {
		s := load(t, "paper")
		s.DNI.ActivityOn = on
		p := sequenceTraining(s, shape, autodiff.Mask{}).Penalty
		if p.L2 != want.L2 || p.Hidden != want.Hidden || p.H0 != want.H0 {
			t.Errorf("activity on %s: penalty is %+v, want %+v", on, p, want)
		}
	}
}

// TestSharedChannels checks what the network of all tasks is shown of one.
func TestSharedChannels(t *testing.T) {
	s := tiny(t, "paper")
	if got := sharedShape(s); got != (autodiff.Shape{Units: 6, In: 3, Out: 3}) {
		t.Errorf("shape is %+v, want 6 units, 3 inputs, 3 outputs", got)
	}
	s.DNI.RuleInputs = true
	shape := sharedShape(s)
	if shape.In != 12 {
		t.Fatalf("with rule inputs there are %d inputs, want 12", shape.In)
	}
	task := taskset.ByID(s, "T5") // of two inputs and two outputs
	batches, err := sharedBatches[float64](kernels.Best(), s, task, kernels.NewStream(1), shape)
	if err != nil {
		t.Fatal(err)
	}
	gen, err := tasks.NewGenerator[float64](kernels.Best(), taskset.Options(s), task)
	if err != nil {
		t.Fatal(err)
	}
	b := gen.NewBatch(s.DNI.Batch)
	gen.Draw(b, kernels.NewStream(1).Child(3))
	x, y := batches(3)
	for step := range b.Steps {
		for trial := range b.Trials {
			row := step*b.Trials + trial
			want := append(slices.Clone(b.Inputs(step, trial)), 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)
			if got := x[row*12:][:12]; !slices.Equal(got, want) {
				t.Fatalf("inputs are %v, want %v", got, want)
			}
			want = append(slices.Clone(b.Targets(step, trial)), 0)
			if got := y[row*3:][:3]; !slices.Equal(got, want) {
				t.Fatalf("targets are %v, want %v", got, want)
			}
		}
	}
	if got := inputsOf(shape, "T5", b); !slices.Equal(got, x) {
		t.Error("tests show other inputs than training")
	}
	got := make([]float64, len(b.Y))
	if rnn.FitChannels(got, 2, y, 3); !slices.Equal(got, b.Y) {
		t.Error("the outputs that a task has are not the first")
	}
}

// TestRuleInputs checks that weights of a rule input move when its task is learnt
// and not before.
func TestRuleInputs(t *testing.T) {
	q := tinySequence(t, func(s *profile.Settings) { s.DNI.RuleInputs, s.DNI.L2, s.DNI.Order = true, 0, "912345678" })
	column := func(k, channel int) []float64 {
		var w []float64
		for i := range q.Nets[k].Units {
			w = append(w, q.Nets[k].Row(q.Nets[k].WIn(), i)[channel])
		}
		return w
	}
	for at, digit := range "912345678" {
		if at == 0 {
			continue
		}
		rule := 3 + int(digit-'1')
		for k := 1; k < at; k++ {
			if !slices.Equal(column(k, rule), column(0, rule)) {
				t.Errorf("the rule input of T%c changes when task %d of the sequence is learnt, its own is task %d", digit, k+1, at+1)
			}
		}
		if slices.Equal(column(at, rule), column(0, rule)) {
			t.Errorf("learning T%c leaves its rule input as it is", digit)
		}
	}
}

// TestSubjects checks which network of the sequence a cell names, and how it
// is said to be trained.
func TestSubjects(t *testing.T) {
	s := tiny(t, "paper")
	s.DNI.Order, s.Run.Precision = "219876543", profile.F64
	l := newLab(s, nil)
	q := inSequence[float64](l, 1)
	do(t, l, q)
	for _, c := range []struct {
		cell           Cell
		learnt, placed int
	}{
		{Cell{Arm: DNI, Task: "T1", Seed: 1}, 9, 2},
		{Cell{Arm: DNIFresh, Task: "T1", Seed: 1}, 2, 2},
		{Cell{Arm: DNIFresh, Task: "T3", Seed: 1}, 9, 9},
		{Cell{Arm: DNI, Task: "T9", Seed: 1, After: 1}, 1, 3},
	} {
		node, subject := trainingOf[float64](l, c.cell)
		if node != jobs.Node(q) {
			t.Errorf("%v has a sequence of its own", c.cell)
		}
		if got := subject(); got.Net != q.Value().Nets[c.learnt-1] || !slices.Equal(got.Curve, q.Value().Curves[c.placed-1]) {
			t.Errorf("%v is not the network after %d tasks, trained on it as task %d", c.cell, c.learnt, c.placed)
		}
	}
	fresh := l.Score(Cell{Arm: DNIFresh, Task: "T5", Seed: 1})
	do(t, l, fresh)
	if r := fresh.Value(); len(r.Output) != 2 || r.Iterations != 4 || r.Parameters != 6*6+3*6+3*6+6 || r.Trained != r.Parameters {
		t.Errorf("T5 has %d outputs, %d iterations, %d of %d parameters trained; want 2, 4, all 78", len(r.Output), r.Iterations, r.Trained, r.Parameters)
	}
}

// TestModulesOfSequence checks that units that do not divide into the modules of
// the other arms are no obstacle.
func TestModulesOfSequence(t *testing.T) {
	s := tiny(t, "paper")
	if got := sequenceSettings(s).Network.Modules; got != 2 {
		t.Errorf("6 units have %d blocks, want 2", got)
	}
	s.Network.Modules, s.DNI.Units = 4, 7
	if got := sequenceSettings(s).Network.Modules; got != 1 {
		t.Errorf("7 units have %d blocks, want 1", got)
	}
}

// TestBiasesOfSequence checks that the sequence trains the biases that there are.
func TestBiasesOfSequence(t *testing.T) {
	for bias, trained := range map[profile.Bias]int{profile.NoBias: 78, profile.FrozenRecurrentBias: 78 + 6 + 3, profile.AllBias: 78 + 6 + 3} {
		q := tinySequence(t, func(s *profile.Settings) { s.Network.Bias = bias })
		if q.Trained != trained || q.Parameters != trained {
			t.Errorf("bias %s: %d of %d parameters are trained, want all %d", bias, q.Trained, q.Parameters, trained)
		}
	}
}

// TestSequenceForgets trains a network on two tasks in sequence that a rule input
// tells apart: with α = 1e-3 it keeps the first, without protection to speak of it does
// not. The updates are projected: of projected gradients Adam restores too much.
func TestSequenceForgets(t *testing.T) {
	s := tiny(t, "extended")
	s.DNI.Units, s.DNI.Batch, s.DNI.LevelIterations, s.DNI.Levels = 30, 10, 150, 1
	s.DNI.Project, s.DNI.RuleInputs, s.DNI.Order = profile.ProjectUpdate, true, "12"
	test, err := testBatch[float32](kernels.Best(), s, Cell{Task: "T1", Seed: 2}, 20)
	if err != nil {
		t.Fatal(err)
	}
	loss := func(net *rnn.Network[float32]) float64 {
		sum := 0.0
		for i, y := range widen(newTester(kernels.Best(), s, Cell{Arm: DNI, Task: "T1", Seed: 2}, net.Shape, test).outputs(net, nil)) {
			d := y - float64(test.Y[i])
			sum += float64(d * d)
		}
		return sum / float64(len(test.Y))
	}
	left := map[float64]float64{}
	for _, alpha := range []float64{1e-3, 1e6} {
		s.DNI.Alpha = alpha
		l := newLab(s, nil)
		job := inSequence[float32](l, 2)
		do(t, l, job)
		q := job.Value()
		left[alpha] = loss(q.Nets[1])
		t.Logf("α = %g: loss on T1 %.4f, after T2 %.4f", alpha, loss(q.Nets[0]), left[alpha])
	}
	if left[1e-3] > left[1e6]/4 {
		t.Errorf("after another task the loss is %.4f with α = 1e-3 and %.4f without protection, want less than a quarter", left[1e-3], left[1e6])
	}
}

// TestRandomOrders checks that orders are permutations of their seed and number.
func TestRandomOrders(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(10) {
		for k := range 3 {
			o := RandomOrder(seed, k)
			digits := []byte(o)
			slices.Sort(digits)
			if string(digits) != "123456789" || o != RandomOrder(seed, k) {
				t.Errorf("order %d of seed %d is %s", k, seed, o)
			}
			seen[o] = true
		}
	}
	if len(seen) != 30 {
		t.Errorf("30 random orders are %d different ones", len(seen))
	}
}
