package watch

import (
	"sync"
	"time"

	"molap/rnn"
)

// What a board of New allows.
const (
	Share = 0.005
	Every = 500 * time.Millisecond // nobody can read more often
)

// wantedFor is how long a look at weights and activity stays wanted.
const wantedFor = 5 * time.Second

// Board lists the trainings of a run in the order they began. All methods may be
// called by several goroutines, and on a nil Board, which nobody watches.
type Board struct {
	// Criterion says when a test trial counts as correct.
	Criterion rnn.Criterion
	// Share is the most that looks may add to the work of a training. A look is taken when the work of
	// this run's iterations, times Share, covers it.
	Share float64
	Every time.Duration // the least time between two looks at a training

	mu        sync.Mutex
	now       func() time.Time
	trainings []*Training
}

// New returns an empty board.
func New(c rnn.Criterion) *Board {
	return &Board{Criterion: c, Share: Share, Every: Every, now: time.Now}
}

// About describes a training when it begins.
type About struct {
	Name       string // whose training: "molap T7, seed 1"
	Phase      string // what of it: "module 1"; empty: all there is
	Iterations int    // of the whole training
	// Curve holds the losses of the iterations that an earlier run has done.
	Curve []float64

	BlindLoss float64 // of an answer that ignores the trial
	// What an iteration and a look cost, in the same units.
	IterationWork, LookWork float64
}

// Look shows a network at one moment.
type Look struct {
	// Per cent of test trials, overall and of the outputs other than fixation, if
	// they were scored.
	Scored            bool
	Overall, Decision float64

	// Units × units and steps × units of one trial, by rows; nil if they were not
	// wanted.
	WRec, Hidden   []float32
	Units, Modules int

	// That trial, and what the network answers in it, steps × outputs; nil as above.
	Trial  *Trial
	Output []float32
}

// Trial is the first test trial, the same in all looks.
type Trial struct {
	Outputs []string // names of those that are shown
	More    int      // outputs that are not
	Target  []float32
	StepMS  float64 // 0: not known
	Periods []Period
}

// Period is a part of a trial, up to the next.
type Period struct {
	Name  string `json:"name"`
	Start int    `json:"start"` // its first step, from 0
}

// State is how far a training is.
type State string

// The states of a training.
const (
	Running  State = "running"
	Finished State = "finished"
	Broken   State = "stopped" // diverged or interrupted
)

// Training is one training on a board. The methods that report are for the one
// goroutine that trains; on nil they do nothing.
type Training struct {
	board *Board
	row   Row // as lists show it
	about About

	here     int // iterations in this run
	curve    lossCurve
	spent    float64 // work of looks
	lookedAt time.Time
	wanted   time.Time // when somebody last asked for weights and activity
	look     Look
	lookDone int // iterations done at the last look with weights
	scores   []Score
}

// Score is a score after some iterations.
type Score struct {
	Iteration int     `json:"iteration"`
	Overall   float64 `json:"overall"` // per cent
	Decision  float64 `json:"decision"`
}

// Begin lists a training that is about to start, or to go on.
func (b *Board) Begin(a About) *Training {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &Training{board: b, about: a, row: Row{ID: len(b.trainings), Name: a.Name, Phase: a.Phase, Iterations: a.Iterations, BlindLoss: a.BlindLoss, State: Running}}
	t.about.Curve = nil
	for _, loss := range a.Curve {
		t.add(loss)
	}
	b.trainings = append(b.trainings, t)
	return t
}

// Iteration reports the loss of one more iteration.
func (t *Training) Iteration(loss float64) {
	if t == nil {
		return
	}
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	t.here++
	t.add(loss)
}

func (t *Training) add(loss float64) {
	t.row.Done++
	t.row.Loss = loss
	t.curve.add(loss)
}

// Due reports whether a look is due, and whether weights and activity are wanted. A look is due if the
// training can pay for it and it is of use: for a score, or for weights and activity that are wanted.
func (t *Training) Due(scores bool) (due, wanted bool) {
	if t == nil {
		return false, false
	}
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	now := t.board.now()
	wanted = !t.wanted.IsZero() && now.Sub(t.wanted) < wantedFor
	paid := t.spent+t.about.LookWork <= t.board.Share*t.about.IterationWork*float64(t.here)
	due = (scores || wanted) && paid && now.Sub(t.lookedAt) >= t.board.Every
	return due, wanted
}

// Show reports a look. The board keeps its slices.
func (t *Training) Show(l Look) {
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	t.spent += t.about.LookWork
	t.lookedAt = t.board.now()
	if l.Scored {
		if len(t.scores) == maxPoints { // every second of them will do
			for i := range maxPoints / 2 {
				t.scores[i] = t.scores[2*i+1]
			}
			t.scores = t.scores[:maxPoints/2]
		}
		t.scores = append(t.scores, Score{t.row.Done, l.Overall, l.Decision})
		t.row.Scored, t.row.Overall, t.row.Decision = true, l.Overall, l.Decision
	}
	if l.WRec != nil {
		t.look, t.lookDone = l, t.row.Done
	}
}

// End reports that the training is over: with a note if that was before its time.
func (t *Training) End(note string) {
	if t == nil {
		return
	}
	t.board.mu.Lock()
	defer t.board.mu.Unlock()
	t.row.State, t.row.Note = Finished, note
	if note != "" {
		t.row.State = Broken
	}
}
