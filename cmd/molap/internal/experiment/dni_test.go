package experiment

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/report"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// learnt returns the tiny sequence of some settings, in float64.
func learnt(t *testing.T, change func(*profile.Settings)) sequence[float64] {
	t.Helper()
	s := tiny(t, "paper")
	if change != nil {
		change(&s)
	}
	l := newLab(s, nil)
	q := inSequence[float64](l, s, 1)
	do(t, l, q)
	return q.Value()
}

// firstDifference returns after how many tasks two sequences differ first, 0 if never.
func firstDifference(a, b sequence[float64]) int {
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
	base := learnt(t, nil)
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
		if got := firstDifference(base, learnt(t, c.change)); got != c.from {
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
	alone := trainedOn[float64](l, s, Cell{Arm: Separate, Task: "T1", Seed: 4})
	all := inSequence[float64](l, s, 4)
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
	task := taskOf(s, "T5") // of two inputs and two outputs
	batches, err := sharedBatches[float64](kernels.Best(), s, task, kernels.NewStream(1), shape)
	if err != nil {
		t.Fatal(err)
	}
	gen, err := tasks.NewGenerator[float64](kernels.Best(), TrialOptions(s), task)
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
	if got := outputsOf(y, 3, 2); !slices.Equal(got, b.Y) {
		t.Error("the outputs that a task has are not the first")
	}
}

// TestRuleInputs checks that weights of a rule input move when its task is learnt
// and not before.
func TestRuleInputs(t *testing.T) {
	q := learnt(t, func(s *profile.Settings) { s.DNI.RuleInputs, s.DNI.L2, s.DNI.Order = true, 0, "912345678" })
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
	q := inSequence[float64](l, s, 1)
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
		node, subject := subjectOf[float64](l, s, c.cell)
		if node != jobs.Node(q) {
			t.Errorf("%v has a sequence of its own", c.cell)
		}
		if got := subject(); got.Net != q.Value().Nets[c.learnt-1] || !slices.Equal(got.Curve, q.Value().Curves[c.placed-1]) {
			t.Errorf("%v is not the network after %d tasks, trained on it as task %d", c.cell, c.learnt, c.placed)
		}
	}
	fresh := l.Score(Cell{Arm: DNIFresh, Task: "T5", Seed: 1})
	do(t, l, fresh)
	if r := fresh.Value(); len(r.Output) != 2 || len(r.Curve) != 4 || r.Parameters != 6*6+3*6+3*6+6 || r.Trained != r.Parameters {
		t.Errorf("T5 has %d outputs, %d iterations, %d of %d parameters trained; want 2, 4, all 78", len(r.Output), len(r.Curve), r.Trained, r.Parameters)
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
		q := learnt(t, func(s *profile.Settings) { s.Network.Bias = bias })
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
		for i, y := range evaluate(kernels.Best(), s, Cell{Arm: DNI, Task: "T1", Seed: 2}, net, test) {
			d := y - float64(test.Y[i])
			sum += float64(d * d)
		}
		return sum / float64(len(test.Y))
	}
	left := map[float64]float64{}
	for _, alpha := range []float64{1e-3, 1e6} {
		s.DNI.Alpha = alpha
		l := newLab(s, nil)
		job := inSequence[float32](l, s, 2)
		do(t, l, job)
		q := job.Value()
		left[alpha] = loss(q.Nets[1])
		t.Logf("α = %g: loss on T1 %.4f, after T2 %.4f", alpha, loss(q.Nets[0]), left[alpha])
	}
	if left[1e-3] > left[1e6]/4 {
		t.Errorf("after another task the loss is %.4f with α = 1e-3 and %.4f without protection, want less than a quarter", left[1e-3], left[1e6])
	}
}

// TestSequenceDiverges checks that a sequence that blows up is told of, tables and
// figures included.
func TestSequenceDiverges(t *testing.T) {
	for _, rate := range []float64{1e4, 1e30} {
		s := tiny(t, "paper")
		s.DNI.Rate = rate
		l := newLab(s, []uint64{1, 2})
		for _, name := range []string{"fig2", "dni"} {
			err := l.Run(t.Context(), &silent{}, []Experiment{named(name)}, func(_ int, r Result) error {
				for _, table := range r.Tables {
					table.JSON()
				}
				for _, f := range r.Figures {
					f.SVG()
				}
				if name == "fig2" && rate > 1e20 && !slices.ContainsFunc(r.Findings, func(s string) bool { return strings.Contains(s, "broke off") }) {
					t.Errorf("rate %g: no finding tells of divergence", rate)
				}
				return nil
			})
			if err != nil {
				t.Errorf("rate %g: %s: %v", rate, name, err)
			}
		}
	}
}

// toyDNI has scores that say where they belong.
func toyDNI(order string) dniData {
	run := func(x float64) Run { return Run{Overall: x, DecisionUnit: x / 10, Blind: Null{Overall: 1}} }
	d := dniData{tasks: tasks.All(tasks.Paper), order: order}
	for seed := range 2 {
		s := dniSeed{seed: uint64(seed)}
		for k := range order {
			var after []Run
			for i := range d.tasks {
				after = append(after, run(float64(10*(k+1)+i+2*seed)))
			}
			s.after = append(s.after, after)
		}
		for i := range d.tasks {
			s.separate = append(s.separate, run(float64(200+i)))
		}
		for _, o := range []string{order, "987654321"} {
			var fresh, final []Run
			for i, t := range d.tasks {
				at := strings.Index(o, t.ID[1:])
				fresh = append(fresh, run(float64(100*i-3*at)))      // every place costs 3 of fresh scores
				final = append(final, run(float64(100*i+7*at+seed))) // and adds 7 to final ones
			}
			s.orders = append(s.orders, ordered{o, fresh, final})
			s.cited = ordered{o, final, fresh}
		}
		d.seeds = append(d.seeds, s)
	}
	return d
}

// TestDNITables checks where scores go.
func TestDNITables(t *testing.T) {
	d := toyDNI("213456789")
	row := d.byTask().Rows[1] // T2, learnt first
	if row[0] != "T2" || row[2] != 1 || row[3] != 2 || row[4] != 100.0 || row[5] != 0.0 || row[6] != 100.5 || row[8] != 201.0 || row[9] != 1.0 || row[11] != 10.0 || row[16] != 149.5 || row[17] != 79.0 {
		t.Errorf("row of T2 is %v", row)
	}
	row = d.forgetting().Rows[9+0] // seed 0, two tasks learnt, tested on T1
	if row[0] != uint64(0) || row[1] != 2 || row[2] != "T1" || row[3] != "T1" || row[4] != true || row[5] != 20.0 {
		t.Errorf("row of T1 after two tasks is %v", row)
	}
	if row = d.forgetting().Rows[0]; row[4] != false {
		t.Errorf("T1 counts as learnt before it is: %v", row)
	}
	row = d.byPlace().Rows[9+8] // seed 0, the other order, T9
	if row[1] != "T987654321" || row[2] != "T9" || row[3] != 1 || row[4] != 800.0 || row[5] != 800.0 {
		t.Errorf("row of T9 in the other order is %v", row)
	}
	for _, c := range []struct {
		name   string
		scores func(ordered) []Run
		want   float64
	}{{"fresh", freshOf, -3}, {"final", finalOf, 7}} {
		if got := d.slope(d.seeds[1], c.scores, overall); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("a place later changes %s scores by %v, want %v", c.name, got, c.want)
		}
	}
	// 1 and 2 are 7 places apart, 3 to 9 four, two, none, two, four, six and eight.
	if got, want := d.seeds[1].apart(freshOf, overall), 3*(7+7+4+2+0+2+4+6+8)/9.0; math.Abs(got-want) > 1e-12 {
		t.Errorf("over orders fresh scores lie %v apart, want %v", got, want)
	}
	if last, before := d.left(true), d.left(false); len(last) != 4 || math.Abs(mean(last)-45.65) > 1e-9 || len(before) != 2*2*8 {
		t.Errorf("in the last place %v is left, and %d scores of places before it", last, len(before))
	}
	h := d.matrices().Rows[0][0].(*report.HeatMap)
	if h.RowNames[0] != "T2" || h.ColNames[1] != "T1" || h.Values[0] != 12 || h.Values[9*8+1] != 91 {
		t.Errorf("the matrix begins with %s, %v, and ends with %v on %s; want T2, 12, 91, T1", h.RowNames[0], h.Values[0], h.Values[9*8+1], h.ColNames[1])
	}
}

// TestCited checks that the other reading is one of the settings.
func TestCited(t *testing.T) {
	l := newLab(tiny(t, "paper"), nil)
	if l.dni(nil).cited {
		t.Error("profile paper counts as DNI of Duncker et al.")
	}
	// What the claims take of dni is not of that reading, which takes a training of its own.
	newLab(tiny(t, "paper"), []uint64{1}).dni(func(l *Lab, c Cell) Run {
		if l.Settings.DNI.RuleInputs {
			t.Errorf("the claims ask for %s with rule inputs", c)
		}
		return Run{}
	})
	l = l.cited()
	if d := l.dni(nil); !d.cited || !d.told || l.Settings.DNI.Project != profile.ProjectUpdate {
		t.Error("DNI of Duncker et al. is not what it counts as")
	}
	if f := (dniData{cited: true, order: "1"}).kept(); len(f.Rows) != 2 {
		t.Errorf("the figure shows it twice: %d panels, want 2", len(f.Rows))
	}
}

// TestRandomOrders checks that orders are permutations of their seed and number.
func TestRandomOrders(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(10) {
		for k := range 3 {
			o := randomOrder(seed, k)
			digits := []byte(o)
			slices.Sort(digits)
			if string(digits) != "123456789" || o != randomOrder(seed, k) {
				t.Errorf("order %d of seed %d is %s", k, seed, o)
			}
			seen[o] = true
		}
	}
	if len(seen) != 30 {
		t.Errorf("30 random orders are %d different ones", len(seen))
	}
}
