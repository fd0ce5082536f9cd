package tasks

import (
	"slices"
	"strings"
	"testing"

	"molap/kernels"
)

// numberedTrials returns given trials: input i of trial k at step t is 100k + 10t + i, targets are
// the same and a half, weights that of the trial.
func numberedTrials(steps, trials, in, out int) *Given {
	g := &Given{Steps: steps, Trials: trials, In: in, Out: out}
	for t := range steps {
		for k := range trials {
			for i := range in {
				g.X = append(g.X, float64(100*k+10*t+i))
			}
			for o := range out {
				g.Y = append(g.Y, float64(100*k+10*t+o)+0.5)
				g.Weights = append(g.Weights, float64(k))
			}
		}
	}
	return g
}

func givenTask(name string, g *Given) Task {
	return Task{Name: name, ID: name, Steps: g.Steps, Inputs: make([]Channel, g.In), Targets: make([]Channel, g.Out),
		Arrays: &Arrays{SHA256: g.Sum(), Trials: g.Trials, TestTrials: 1, Train: g}}
}

// trialsOf returns which trials a batch of numbered ones has, and checks all of their numbers.
func trialsOf(t *testing.T, b *Batch[float32]) (ks []int) {
	t.Helper()
	for j := range b.Trials {
		k := int(b.Inputs(0, j)[0]) / 100
		ks = append(ks, k)
		for step := range b.Steps {
			for i, x := range b.Inputs(step, j) {
				if x != float32(100*k+10*step+i) {
					t.Fatalf("input %d of trial %d at step %d is %v, want that of trial %d", i, j, step, x, k)
				}
			}
			for o, y := range b.Targets(step, j) {
				if y != float32(100*k+10*step+o)+0.5 || b.Weights[(step*b.Trials+j)*b.Out+o] != float32(k) {
					t.Fatalf("target %d of trial %d at step %d is %v, want that of trial %d", o, j, step, y, k)
				}
			}
		}
	}
	return ks
}

// TestGiven draws batches of given trials: whole trials, each once until all are there,
// other ones of another stream, those of one stream whatever the variant; noise is not added.
func TestGiven(t *testing.T) {
	o := Paper
	var first []int
	for _, v := range kernels.Variants() {
		gen, err := NewGenerator[float32](v, o, givenTask("a", numberedTrials(7, 40, 3, 2)))
		if err != nil {
			t.Fatal(err)
		}
		b := gen.NewBatch(25)
		gen.Draw(b, kernels.NewStream(1))
		ks := trialsOf(t, b)
		if first == nil {
			first = ks
		}
		if sorted := slices.Sorted(slices.Values(ks)); len(slices.Compact(sorted)) != 25 || !slices.Equal(ks, first) {
			t.Errorf("%v: trials %v, want each once, and those of another variant, %v", v, ks, first)
		}
		gen.Draw(b, kernels.NewStream(2))
		if slices.Equal(trialsOf(t, b), ks) {
			t.Error("another stream draws the same trials")
		}
		gen.Draw(b, kernels.NewStream(1))
		if !slices.Equal(trialsOf(t, b), ks) {
			t.Error("the same stream draws other trials")
		}
		all := gen.NewBatch(90)
		gen.Draw(all, kernels.NewStream(1))
		ks = trialsOf(t, all)
		for _, part := range [][]int{ks[:40], ks[40:80]} {
			if slices.Sort(part); !slices.Equal(part, seq(40)) {
				t.Errorf("a batch of more trials than there are has %v, want each once", part)
			}
		}
	}
	o.Resample = true
	gen, err := NewGenerator[float32](kernels.Best(), o, givenTask("a", numberedTrials(7, 40, 3, 2)))
	if err != nil {
		t.Fatal(err)
	}
	b := gen.NewBatch(25)
	gen.Draw(b, kernels.NewStream(1))
	if ks := trialsOf(t, b); len(slices.Compact(slices.Sorted(slices.Values(ks)))) == 25 {
		t.Errorf("resampled trials are %v", ks)
	}
}

func seq(n int) (x []int) {
	for i := range n {
		x = append(x, i)
	}
	return x
}

// TestGivenCorpus puts given trials beside a drawn task: those of equal number are the same
// trials side by side, the drawn task is as by itself, and DrawProjected sees what Draw does.
func TestGivenCorpus(t *testing.T) {
	drawn := All(Paper)[0]
	a, b := numberedTrials(drawn.Steps, 30, 2, 1), numberedTrials(drawn.Steps, 30, 1, 2)
	gen, err := NewGenerator[float64](kernels.Best(), Paper, givenTask("a", a), drawn, givenTask("b", b))
	if err != nil {
		t.Fatal(err)
	}
	alone, err := NewGenerator[float64](kernels.Best(), Paper, drawn)
	if err != nil {
		t.Fatal(err)
	}
	all, one := gen.NewBatch(20), alone.NewBatch(20)
	if all.Weights != nil || all.Fixation != 0 {
		t.Errorf("a corpus has weights %v, fixation %d", all.Weights != nil, all.Fixation)
	}
	gen.Draw(all, kernels.NewStream(3))
	alone.Draw(one, kernels.NewStream(3))
	for step := range all.Steps {
		for j := range all.Trials {
			x, y := all.Inputs(step, j), all.Targets(step, j)
			if x[0] != x[5] || y[0] != y[4] {
				t.Fatalf("trial %d at step %d: the two files show trials %v and %v", j, step, x[0], x[5])
			}
			if !slices.Equal(x[2:5], one.Inputs(step, j)) || !slices.Equal(y[1:4], one.Targets(step, j)) {
				t.Fatalf("trial %d at step %d of the drawn task is not as by itself", j, step)
			}
		}
	}
	in, out := Affine{X: []float64{1, 2, 3, 4, 5, 6}}, Affine{Offset: 1, Y: []float64{1, -1, 2, -2, 3, -3}}
	want, got := NewBatch[float64](all.Steps, 20, 1, 1), NewBatch[float64](all.Steps, 20, 1, 1)
	Project(want.X, in, all)
	Project(want.Y, out, all)
	gen.DrawProjected(got, in, out, kernels.NewStream(3))
	if !slices.Equal(got.X, want.X) || !slices.Equal(got.Y, want.Y) {
		t.Error("projected trials are not those drawn")
	}
}

// TestGivenParts splits trials, and sums them up.
func TestGivenParts(t *testing.T) {
	g := numberedTrials(3, 10, 2, 2)
	rest, held := g.Split(4)
	if rest.Trials != 6 || held.Trials != 4 {
		t.Fatalf("%d and %d trials", rest.Trials, held.Trials)
	}
	ks := append(trialsOf(t, firstTrials[float32](rest, 6, RawUnits)), trialsOf(t, firstTrials[float32](held, 4, RawUnits))...)
	if slices.Sort(ks); !slices.Equal(ks, seq(10)) {
		t.Errorf("the two parts have the trials %v", ks)
	}
	if again, _ := g.Split(4); !slices.Equal(again.X, rest.X) {
		t.Error("another split")
	}
	sums := map[string]bool{g.Sum(): true}
	for _, change := range []func(*Given){
		func(g *Given) { g.X[5]++ }, func(g *Given) { g.Y[11]++ }, func(g *Given) { g.Weights[0] = 9 }, func(g *Given) { g.Weights = nil },
		func(g *Given) { g.Trials, g.Steps = 3, 10 },
	} {
		other := numberedTrials(3, 10, 2, 2)
		change(other)
		sums[other.Sum()] = true
	}
	if len(sums) != 6 || numberedTrials(3, 10, 2, 2).Sum() != g.Sum() {
		t.Errorf("%d sums of 6 sets of trials", len(sums))
	}
	b := firstTrials[float64](g, 10, UnitInterval)
	if slices.Min(b.Y) != 0 || slices.Max(b.Y) != 1 || b.YScale.Min != 0.5 {
		t.Errorf("targets from %v to %v, scale %v", slices.Min(b.Y), slices.Max(b.Y), b.YScale)
	}
}

// TestGivenInvalid makes tasks that cannot be.
func TestGivenInvalid(t *testing.T) {
	for want, change := range map[string]func(*Task){
		"not at hand":      func(u *Task) { u.Arrays.Train = nil },
		"0 for tests":      func(u *Task) { u.Arrays.TestTrials = 0 },
		"a lead":           func(u *Task) { u.Lead = 1 },
		"beside arrays":    func(u *Task) { u.Inputs[0].Parts = make([]Part, 1) },
		"in a task of 3 ×": func(u *Task) { u.Targets = u.Targets[:1] },
	} {
		u := givenTask("a", numberedTrials(3, 10, 2, 2))
		change(&u)
		_, err := NewGenerator[float32](kernels.Best(), Paper, u)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestRefuse checks what is said of trials, steps and tasks that are not there, and of numbers that do
// not have their shape.
func TestRefuse(t *testing.T) {
	g := numberedTrials(3, 8, 2, 1)
	short := *g
	short.X = short.X[:47]
	u := givenTask("a", g)
	gen, err := NewGenerator[float32](kernels.Best(), Paper, u)
	if err != nil {
		t.Fatal(err)
	}
	b := gen.NewBatch(4)
	cut := gen.NewBatch(4)
	cut.X = cut.X[:7]
	for want, f := range map[string]func(){
		"tasks: Split: 9 of 8 trials for tests":  func() { g.Split(9) },
		"tasks: Split: -1 of 8 trials for tests": func() { g.Split(-1) },
		"tasks: Pick: trial 9 of 8":              func() { g.Pick([]int{0, 9}) },
		"tasks: Pick: trial 8 of 8":              func() { g.Pick([]int{8}) },
		"tasks: Pick: trial -1 of 8":             func() { g.Pick([]int{-1}) },
		"tasks: Pick: 3 steps × 8 trials × 2 inputs and 1 outputs with 47 inputs, 24 targets and 24 weights in all": func() { short.Pick([]int{0}) },
		"tasks: Pick: 0 steps × 0 trials × 0 inputs and 0 outputs with 0 inputs, 0 targets and 0 weights in all":    func() { new(Given).Pick(nil) },
		"tasks: HeldOut: the trials of mem_dm1 are not given":                                                       func() { HeldOut[float32](tasksNamed(t, Paper, "T5")[0], 1, RawUnits) },
		"tasks: Conditions: task -1 of 1": func() { gen.Conditions(-1) },
		"tasks: Conditions: task 1 of 1":  func() { gen.Conditions(1) },
		"tasks: Batch: step 3 of 3":       func() { b.Inputs(3, 0) },
		"tasks: Batch: step -1 of 3":      func() { b.Targets(-1, 0) },
		"tasks: MinMax: no values":        func() { MinMax[float32](nil) },
		"tasks: Project: batch holds 7 input and 12 target values, its shape 24 and 12": func() {
			Project(make([]float32, 12), Affine{}, cut)
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v\n want %s", got, want)
				}
			}()
			f()
		}()
	}
	if rest, held := g.Split(0); rest.Trials != 8 || held.Trials != 0 {
		t.Errorf("without tests there are %d and %d trials", rest.Trials, held.Trials)
	}
}
