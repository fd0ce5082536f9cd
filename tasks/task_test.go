package tasks

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/kernels"
)

// TestCorpus: a corpus is its tasks side by side, each as it is drawn alone.
func TestCorpus(t *testing.T) {
	s := kernels.NewStream(41)
	for label, o := range map[string]Options{"paper": Paper, "authors": Authors} {
		o.Units = RawUnits // which depend on the whole batch
		all := All(o)
		corpora := map[string][]Task{"all": all}
		for _, task := range all {
			rest, err := Without(all, task.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(rest) != 8 || slices.ContainsFunc(rest, func(u Task) bool { return u.Name == task.Name }) {
				t.Fatalf("Without(%s) leaves %d tasks", task.ID, len(rest))
			}
			corpora["without "+task.Name] = rest
		}
		for name, ts := range corpora {
			b := draw[float32](t, o, 37, s, ts...)
			in, out := 0, 0
			for _, task := range ts {
				alone := draw[float32](t, o, 37, s, task)
				for step := range b.Steps {
					for j := range b.Trials {
						x, y := b.Inputs(step, j)[in:in+alone.In], b.Targets(step, j)[out:out+alone.Out]
						if !slices.Equal(x, alone.Inputs(step, j)) || !slices.Equal(y, alone.Targets(step, j)) {
							t.Fatalf("%s: %s: %s differs from the task alone at step %d, trial %d", label, name, task.Name, step, j)
						}
					}
				}
				in, out = in+alone.In, out+alone.Out
			}
			if in != b.In || out != b.Out {
				t.Errorf("%s: %s: %d inputs and %d targets, tasks have %d and %d", label, name, b.In, b.Out, in, out)
			}
			if name == "all" && (b.In != 25 || b.Out != 22) {
				t.Errorf("%s: corpus has %d inputs and %d targets, want 25 and 22", label, b.In, b.Out)
			}
		}
	}
}

// TestSubsets: every set of tasks makes a corpus, in any order, and a trial of a
// task is the same in all of them.
func TestSubsets(t *testing.T) {
	const trials = 3
	s := kernels.NewStream(47)
	all := All(Paper)
	drawn := func(ts []Task) *Batch[float32] {
		g, err := NewGenerator[float32](kernels.Best(), Paper, ts...)
		if err != nil {
			t.Fatal(err)
		}
		b := g.NewBatch(trials)
		g.Draw(b, s)
		return b
	}
	alone := map[string]*Batch[float32]{}
	for _, task := range all {
		alone[task.Name] = drawn([]Task{task})
	}
	step := 1
	if testing.Short() {
		step = 15
	}
	for set := 1; set < 1<<len(all); set += step {
		var ts []Task
		for i, task := range all {
			if set>>i&1 != 0 {
				ts = append(ts, task)
			}
		}
		if set%2 == 1 {
			slices.Reverse(ts)
		}
		b := drawn(ts)
		for i := range b.Steps * trials {
			x, y := b.X[i*b.In:][:b.In], b.Y[i*b.Out:][:b.Out]
			for _, task := range ts {
				a := alone[task.Name]
				if !slices.Equal(x[:a.In], a.X[i*a.In:][:a.In]) || !slices.Equal(y[:a.Out], a.Y[i*a.Out:][:a.Out]) {
					t.Fatalf("set %b: %s differs from the task alone at step %d, trial %d", set, task.Name, i/trials, i%trials)
				}
				x, y = x[a.In:], y[a.Out:]
			}
		}
	}
}

func TestLabels(t *testing.T) {
	g, err := NewGenerator[float32](kernels.Best(), Paper, tasksNamed(t, Paper, "T5", "T1")...)
	if err != nil {
		t.Fatal(err)
	}
	in, out := g.Labels()
	if want := "mem_dm1 fixation,mem_dm1 cos,delay_pro fixation,delay_pro cos,delay_pro sin"; strings.Join(in, ",") != want {
		t.Errorf("inputs %q, want %s", in, want)
	}
	if want := "mem_dm1 fixation,mem_dm1 decision,delay_pro fixation,delay_pro cos,delay_pro sin"; strings.Join(out, ",") != want {
		t.Errorf("targets %q, want %s", out, want)
	}
}

func TestLookup(t *testing.T) {
	for i, task := range All(Paper) {
		for _, name := range []string{task.Name, task.ID, strings.ToUpper(task.Name), strings.ToLower(task.ID)} {
			got, err := Lookup(name, Paper)
			if err != nil || got.Name != task.Name {
				t.Errorf("Lookup(%q) is %q, error %v", name, got.Name, err)
			}
		}
		if want := "T" + string(rune('1'+i)); task.ID != want {
			t.Errorf("task %d has ID %s", i+1, task.ID)
		}
	}
	_, err := Lookup("T10", Paper)
	if err == nil {
		t.Fatal("no error for T10")
	}
	for _, task := range All(Paper) {
		if !strings.Contains(err.Error(), task.ID+" "+task.Name) {
			t.Errorf("error %q does not list %s", err, task.Name)
		}
	}
	if _, err := Without(All(Paper), "T1", "mem"); err == nil || !strings.Contains(err.Error(), `"mem"`) {
		t.Errorf("Without an unknown task: error %v", err)
	}
	if rest, err := Without(All(Paper), "T7", "mem_pro"); err != nil || len(rest) != 7 {
		t.Errorf("Without two: %d tasks, error %v", len(rest), err)
	}
}

func TestSpans(t *testing.T) {
	spans := tasksNamed(t, Paper, "T3")[0].Spans()
	want := []Span{
		{"fixation", Exactly(10), Exactly(35)},
		{"stimulus", Exactly(35), Duration{Least: 45, Most: 75}},
		{"delay", Duration{Least: 45, Most: 75}, Exactly(85)},
		{"response", Exactly(85), Exactly(110)},
	}
	if !slices.Equal(spans, want) {
		t.Errorf("T3: %v, want %v", spans, want)
	}
	for _, task := range All(Authors) {
		spans := task.Spans()
		if end := spans[len(spans)-1].End; end != Exactly(110) {
			t.Errorf("%s ends at %v", task.Name, end)
		}
	}
	// A drawn duration behind the rest moves the end of the rest, and not what follows it.
	odd := Task{Steps: 100, Periods: []Period{
		{"a", Duration{Rest: true}}, {"b", Duration{Least: 5, Most: 9}}, {"c", Exactly(20)},
	}}
	want = []Span{
		{"a", Exactly(0), Duration{Least: 71, Most: 75}}, {"b", Duration{Least: 71, Most: 75}, Exactly(80)}, {"c", Exactly(80), Exactly(100)},
	}
	if got := odd.Spans(); !slices.Equal(got, want) {
		t.Errorf("spans %v, want %v", got, want)
	}
}

// smallTask is a valid task of 20 steps whose last period is drawn.
func smallTask() Task {
	return Task{
		Name: "small", Steps: 20, Lead: 2,
		Draws:   angleDraws("θ1", "θ2", "θ3"),
		Periods: []Period{{"wait", Duration{Rest: true}}, {"go", Duration{Least: 3, Most: 6}}},
		Inputs:  []Channel{{Name: "in", Parts: []Part{{"wait", "wait", Sum{Cos{Drawn("θ3")}, Constant(2)}}}}},
		Targets: []Channel{{Name: "out", Parts: []Part{{"wait", "go", Constant(1)}, {"go", "go", Sin{theta1}}}}},
	}
}

// TestOwnTask: periods may be drawn from the end, parts may overlap, angles may
// be more than two.
func TestOwnTask(t *testing.T) {
	task := smallTask()
	s := kernels.NewStream(43)
	b := draw[float64](t, Options{}, 64, s, task)
	own := s.Child(streamKey("small"))
	for j := range b.Trials {
		n := 3 + own.Child(1).Child(1).Intn(uint64(j), 4)
		for step := range b.Steps {
			x, y := 0.0, 0.0
			if step >= 2 {
				x, y = 2+math.Cos(math.Pi*own.Child(0).Child(2).Uniform(uint64(j))), 1
			}
			if step >= 20-n {
				x, y = 0, math.Sin(math.Pi*own.Child(0).Child(0).Uniform(uint64(j)))
			}
			checkTrials(t, "inputs", b.Inputs(step, j), []float64{x}, radiansError)
			checkTrials(t, "targets", b.Targets(step, j), []float64{y}, radiansError)
		}
		if t.Failed() {
			t.Fatalf("trial %d, response of %d steps", j, n)
		}
	}
}

func TestInvalidTasks(t *testing.T) {
	for _, c := range []struct {
		want   string
		damage func(*Task)
	}{
		{": task has no name", func(t *Task) { t.Name = "" }},
		{"small: trial of 0 steps is not in 1…60000", func(t *Task) { t.Steps = 0 }},
		{"small: trial of 60001 steps is not in 1…60000", func(t *Task) { t.Steps = 60001 }},
		{"small: lead of 20 steps is not in 0…19", func(t *Task) { t.Lead = 20 }},
		{"small: 0 inputs and 1 targets: need at least one of each", func(t *Task) { t.Inputs = nil }},
		{`small: period 2: name "wait" is empty or taken`, func(t *Task) { t.Periods[1].Name = "wait" }},
		{"small: period go of 6…3 steps: want 0 ≤ least ≤ most ≤ 20", func(t *Task) { t.Periods[1].Duration = Duration{Least: 6, Most: 3} }},
		{"small: period wait has both the rest and 0…4 steps", func(t *Task) { t.Periods[0].Most = 4 }},
		{"small: lead and periods take up to 21 of 20 steps", func(t *Task) { t.Periods[1].Most = 19 }},
		{"small: lead and periods take up to 26 of 20 steps: trials are of one length (want 26 steps and one more period that takes the rest)", func(t *Task) {
			t.Periods = []Period{{"wait", Exactly(3)}, {"go", Duration{Least: 1, Most: 20, Exponential: 10}}, {"end", Exactly(1)}}
		}},
		{"small: lead and periods take only 15 of 20 steps and none takes the rest", func(t *Task) { t.Periods[0].Duration = Exactly(10) }},
		{"small: 2 periods take the rest: want at most one", func(t *Task) { t.Periods[1].Duration = Duration{Rest: true} }},
		{`small: input 1 (in): unknown period "cue" (have wait, go)`, func(t *Task) { t.Inputs[0].Parts[0].First = "cue" }},
		{`small: target 1 (out): unknown period "cue" (have wait, go)`, func(t *Task) { t.Targets[0].Parts[1].Last = "cue" }},
		{"small: target 1 (out): period wait comes before go", func(t *Task) { t.Targets[0].Parts[1].Last = "wait" }},
		{"small: input 1 (in): no value from wait to wait", func(t *Task) { t.Inputs[0].Parts[0].Value = nil }},
		{"small: 17 draws: want at most 16", func(t *Task) { t.Draws = make([]Draw, 17) }},
		{`small: draw 2 (θ1): name "θ1" is taken`, func(t *Task) { t.Draws[1].Name = "θ1" }},
		{`small: draw 1 (2a): name "2a" is not a letter with letters, digits and _ after it, or is a function`, func(t *Task) { t.Draws[0].Name = "2a" }},
		{`small: draw 1 (max): name "max" is not a letter with letters, digits and _ after it, or is a function`, func(t *Task) { t.Draws[0].Name = "max" }},
		{"small: draw 1 (θ1): drawn from nothing", func(t *Task) { t.Draws[0].From = nil }},
		{"small: draw 1 (θ1): uniform from 2 to 1: want two finite numbers, the smaller first", func(t *Task) { t.Draws[0].From = Uniform{2, 1} }},
		{"small: draw 1 (θ1): choice of 0 numbers: want 1…64", func(t *Task) { t.Draws[0].From = Choice{} }},
		{"small: draw 1 (θ1): choice of NaN, which is not finite", func(t *Task) { t.Draws[0].From = Choice{1, math.NaN()} }},
		{"small: draw 1 (θ1): noise -1 is not a finite number ≥ 0", func(t *Task) { t.Draws[0].From = Noise(-1) }},
		{`small: input 1 (in): unknown draw "φ" (have θ1, θ2, θ3)`, func(t *Task) { t.Inputs[0].Parts[0].Value = Max{Drawn("φ")} }},
		{"small: input 1 (in): angle of cos(θ1 * 5000) can reach 1.8e+06°: want at most 1e+06", func(t *Task) { t.Inputs[0].Parts[0].Value = Cos{Product{theta1, Constant(5000)}} }},
		{"small: input 1 (in): 1e+06 + θ1 can reach a size of 1.00036e+06: want at most 1e+06", func(t *Task) { t.Inputs[0].Parts[0].Value = Sum{Constant(1e6), theta1} }},
		{"small: input 1 (in): pulses of 3 steps every 2: want 1 ≤ steps ≤ every ≤ 20", func(t *Task) { t.Inputs[0].Parts[0].Value = Pulses{Constant(1), 3, 2} }},
		{"small: input 1 (in): cos of a missing term", func(t *Task) { t.Inputs[0].Parts[0].Value = Cos{} }},
		{"small: trial of 60000 steps × 9 channels: want at most 500000 values", func(t *Task) { t.Steps, t.Inputs = 60000, make([]Channel, 8) }},
		{"small: 65 periods: want at most 64", func(t *Task) { t.Periods = make([]Period, 65) }},
		{"small: 1025 targets: want at most 1024", func(t *Task) { t.Targets = make([]Channel, 1025) }},
		{"small: channels show 8193 values or more: want at most 8192 in all", func(t *Task) { t.Targets = Family("out", 129, slices.Repeat([]Part{{"go", "go", Constant(1)}}, 64)...) }},
		{"small: target 1 (out[0]): number 0 of a family of 4, which is not whole", func(t *Task) { t.Targets = Family("out", 4)[:3] }},
		{"small: target 2 (ouch): number 1 of a family of 2 is not what Family makes", func(t *Task) { t.Targets = Family("out", 2); t.Targets[1].Name = "ouch" }},
		{"small: target 1 (out): i is the number of a channel in its family, and this one is in none", func(t *Task) { t.Targets[0].Parts[0].Value = Index{} }},
		{"small: target 2 (out[1]): 1 / (i - 1) divides by i - 1, which can be from 0 to 0: want at least 1e-06 in size in every trial, such as max(i - 1, 0.01)", func(t *Task) {
			t.Targets = Family("out", 2, Part{"go", "go", Quotient{Constant(1), Difference{Index{}, Constant(1)}}})
		}},
		{"small: period go with exponential NaN: want more than 0 and at most 60000 steps", func(t *Task) { t.Periods[1].Exponential = math.NaN() }},
		{"small: period go with exponential -1: want more than 0 and at most 60000 steps", func(t *Task) { t.Periods[1].Exponential = -1 }},
		{"small: period wait has both the rest and 0…0 steps", func(t *Task) { t.Periods[0].Exponential = 3 }},
		{"small: target 1 (out): 65 parts: want at most 64", func(t *Task) { t.Targets[0].Parts = make([]Part, 65) }},
		{"small: input 1 (in): constant +Inf is not finite", func(t *Task) { t.Inputs[0].Parts[0].Value = Constant(math.Inf(1)) }},
		{"small: input 1 (in): sum of no terms", func(t *Task) { t.Inputs[0].Parts[0].Value = Sum{} }},
		{"small: input 1 (in): max of a missing term", func(t *Task) { t.Inputs[0].Parts[0].Value = Max{nil} }},
	} {
		task := smallTask()
		c.damage(&task)
		if err := task.Validate(); err == nil || err.Error() != c.want {
			t.Errorf("error %v\n want %s", err, c.want)
		}
		if _, err := NewGenerator[float32](kernels.Best(), Options{}, task); err == nil {
			t.Errorf("NewGenerator accepts: %s", c.want)
		}
	}
}

func TestGeneratorErrors(t *testing.T) {
	short := smallTask()
	for _, c := range []struct {
		want    string
		options Options
		tasks   []Task
	}{
		{"no task to draw", Paper, nil},
		{"small is there twice", Paper, []Task{short, short}},
		{"delay_pro has trials of 110 steps and small of 20: a corpus needs one length", Paper, []Task{All(Paper)[0], short}},
		{"noise -1 is not a finite number ≥ 0", Options{Noise: -1}, []Task{short}},
		{"noise NaN is not a finite number ≥ 0", Options{Noise: math.NaN()}, []Task{short}},
		{"pulse gap of 31 steps is not in 0…30", Options{PulseGap: 31}, []Task{short}},
		{`unknown units "2", want one of ["raw" "unit_interval"]`, Options{Units: "2"}, []Task{short}},
		{`unknown angles "tens", want one of ["continuous_180" "tens_360" "continuous_360"]`, Options{Angles: "tens"}, []Task{short}},
		{`unknown anti "2", want one of ["opposite" "same"]`, Options{Anti: "2"}, []Task{short}},
		{`unknown stimulus "Full", want one of ["variable" "full"]`, Options{Stimulus: "Full"}, []Task{short}},
	} {
		if _, err := NewGenerator[float64](kernels.Best(), c.options, c.tasks...); err == nil || err.Error() != c.want {
			t.Errorf("error %v\n want %s", err, c.want)
		}
	}
}

func TestWrongBatches(t *testing.T) {
	g, err := NewGenerator[float32](kernels.Best(), Paper, tasksNamed(t, Paper, "T5")...)
	if err != nil {
		t.Fatal(err)
	}
	cut := g.NewBatch(4)
	cut.X = cut.X[:7]
	for _, c := range []struct {
		want string
		call func()
	}{
		{"tasks: Draw: batch has 110 steps, 3 inputs and 2 targets, its tasks have 110, 2 and 2", func() {
			g.Draw(NewBatch[float32](110, 4, 3, 2), kernels.NewStream(1))
		}},
		{"tasks: Draw: batch holds 7 input and 880 target values, its shape 880 and 880", func() {
			g.Draw(cut, kernels.NewStream(1))
		}},
		{"tasks: NewBatch: 110 steps × 0 trials × 2 inputs, 2 targets: all must be positive", func() { g.NewBatch(0) }},
		{"tasks: Batch: trial 4 of 4", func() { g.NewBatch(4).Inputs(0, 4) }},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v\n want %s", got, c.want)
				}
			}()
			c.call()
		}()
	}
}
