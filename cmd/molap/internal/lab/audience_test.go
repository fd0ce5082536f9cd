package lab

import (
	"bytes"
	"math"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/watch"
	"molap/kernels"
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
		if l, _, ok := p.board.Look(r.ID); ok && len(l.WRec) == l.Units*l.Units && len(l.Hidden) > 0 && len(l.Hidden)%l.Units == 0 {
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
	j := trainedOn[float32](l, s, Cell{Arm: Reservoir, Task: "T5", Seed: 1})
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
	net := trainedOn[float32](l, l.Settings, Cell{Arm: Separate, Task: "T1", Seed: 1})
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
