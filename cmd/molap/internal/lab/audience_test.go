package lab

import (
	"bytes"
	"math"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/watch"
	"molap/kernels"
	"molap/tasks"
)

// TestWatchedTheSame trains before an audience that looks at everything after every
// iteration: the values are those of a training that nobody watches, to the bit.
func TestWatchedTheSame(t *testing.T) {
	s := tiny(t, "paper")
	s.Network.UnitNoise = 0.1
	for _, k := range longJobs[float32]() {
		want, _ := perform(t, s, nil, k, 0)
		board := NewBoard(s)
		board.Share, board.Every = math.Inf(1), 0
		l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: 1, Board: board})
		node, value := k.job(l)
		watching := &looker{board: board}
		if err := l.Pool.Run(t.Context(), watching, [][]jobs.Node{{node}}, func(int) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(value(), want) {
			t.Errorf("%s: its value is another when it is watched", k.name)
		}
		done := 0
		for _, r := range board.Rows() {
			done += r.Done
			if r.State != watch.Finished || r.Done != r.Iterations || !(r.BlindLoss > 0) || r.Scored == (k.name == "reservoir") {
				t.Errorf("%s: row %+v", k.name, r)
			}
		}
		if done != k.iterations {
			t.Errorf("%s: %d iterations shown, want %d", k.name, done, k.iterations)
		}
		if watching.seen == 0 {
			t.Errorf("%s: neither weights nor activity were shown", k.name)
		}
	}
}

// looker looks at all trainings whenever one goes on.
type looker struct {
	silent
	board *watch.Board
	seen  int
}

func (p *looker) Add(done float64, label string) {
	p.silent.Add(done, label)
	for _, r := range p.board.Rows() {
		if l, _, ok := p.board.Look(r.ID); ok && len(l.WRec) == l.Units*l.Units && len(l.Hidden) > 0 && len(l.Hidden)%l.Units == 0 &&
			len(l.Output) == len(l.Hidden)/l.Units*len(l.Trial.Outputs) && len(l.Output) == len(l.Trial.Target) {
			p.seen++
		}
	}
}

// TestWatchingCosts counts the work of looks: no more than a hundredth of what they
// look at, and the scores come as often as that allows.
func TestWatchingCosts(t *testing.T) {
	s := tiny(t, "paper")
	s.Training.LevelIterations, s.Training.Levels = 2000, 1
	board := NewBoard(s)
	board.Every = 0
	l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: 1, Board: board})
	j := trainedOn[float32](l, Cell{Arm: Reservoir, Task: "T5", Seed: 1})
	do(t, l, j)
	h, _ := board.History(0, 1)
	step, look := StepCost(s.Network.Units, s.Training.Batch, TaskShare), StepCost(s.Network.Units, lookTrials, ForwardShare)
	work, looks := step*2000, look*float64(len(h.Scores))
	if looks > work/100 {
		t.Errorf("%d looks cost %.2g%% of the training", len(h.Scores), 100*looks/work)
	}
	if looks+look < watch.Share*work {
		t.Errorf("%d looks cost %.2g%% of the training: too few", len(h.Scores), 100*looks/work)
	}
	if h.Done != 2000 || h.Loss[0] <= 0 || math.IsNaN(float64(h.Loss[0])) {
		t.Errorf("history is %+v", h)
	}
}

// TestScoreOfLook: what is shown of a finished network is its score on its first test
// trials.
func TestScoreOfLook(t *testing.T) {
	s := tiny(t, "paper")
	s.Score.TestTrials = lookTrials
	board := NewBoard(s)
	board.Share, board.Every = math.Inf(1), 0
	l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: 1, Board: board})
	j := l.Score(Cell{Arm: Separate, Task: "T1", Seed: 1})
	do(t, l, j)
	net := trainedOn[float32](l, Cell{Arm: Separate, Task: "T1", Seed: 1})
	do(t, l, net)
	curve := net.Value().Curve
	r, row := j.Value(), board.Rows()[0]
	if row.Overall != r.Overall || row.Decision != r.Decision || row.Loss != curve[len(curve)-1] {
		t.Errorf("shown %+v, want %+v", row, r)
	}
	if math.Abs(row.BlindLoss/r.BlindLoss-1) > 0.5 {
		t.Errorf("blind loss %v shown, %v on the test trials", row.BlindLoss, r.BlindLoss)
	}
}

// TestTrialShown: the trial that is shown has the targets of the first test trial and the
// periods that were drawn for it; of many outputs the first are shown.
func TestTrialShown(t *testing.T) {
	s := tiny(t, "paper")
	board := NewBoard(s)
	board.Share, board.Every = math.Inf(1), 0
	l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: 1, Board: board})
	c := Cell{Arm: Separate, Task: "T7", Seed: 1}
	j := trainedOn[float32](l, c)
	if err := l.Pool.Run(t.Context(), &looker{board: board}, [][]jobs.Node{{j}}, func(int) error { return nil }); err != nil {
		t.Fatal(err)
	}
	look, _, ok := board.Look(0)
	if !ok || look.Trial == nil {
		t.Fatal("no trial is shown")
	}
	gen, b, err := drawTest[float32](kernels.Best(), s, c, lookTrials)
	if err != nil {
		t.Fatal(err)
	}
	task, starts := taskset.ByID(s, "T7"), gen.Conditions(0).Starts
	if len(look.Trial.Outputs) != b.Out || len(look.Trial.Periods) != len(starts) || len(look.Trial.Target) != b.Steps*b.Out {
		t.Fatalf("shown %+v", look.Trial)
	}
	for i, p := range look.Trial.Periods {
		if p.Name != task.Periods[i].Name || p.Start != starts[i][0] {
			t.Errorf("period %d is %+v", i, p)
		}
	}
	for step := range b.Steps {
		for i, want := range b.Targets(step, 0) {
			if got := look.Trial.Target[step*b.Out+i]; got != want || look.Trial.Outputs[i] != task.Targets[i].Name {
				t.Fatalf("target %d at step %d is %v, want %v", i, step, got, want)
			}
		}
	}
	many := make([]float64, 2*3*(lookOutputs+2))
	for i := range many {
		many[i] = float64(i)
	}
	first := firstTrial(many, 3, lookOutputs+2)
	if len(first) != 2*lookOutputs || first[lookOutputs-1] != lookOutputs-1 || first[lookOutputs] != 3*(lookOutputs+2) {
		t.Errorf("the first outputs are %v", first)
	}
}

// TestAskedForNothing checks that trials may be looked at whose mask is 0 everywhere.
func TestAskedForNothing(t *testing.T) {
	b := tasks.NewBatch[float64](2, 3, 1, 1)
	b.Weights = make([]float64, len(b.Y))
	if d := tenthOf(b); d != 0 {
		t.Errorf("a tenth of the range of no targets is %v", d)
	}
}
