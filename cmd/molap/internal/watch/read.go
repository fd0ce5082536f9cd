package watch

import "fmt"

// Row is a training in a list.
type Row struct {
	ID         int     `json:"id"`
	Name       string  `json:"name"`
	Phase      string  `json:"phase"`
	Done       int     `json:"done"`
	Iterations int     `json:"iterations"`
	Loss       float64 `json:"loss"` // of the last iteration; 0 before the first
	BlindLoss  float64 `json:"blind"`
	State      State   `json:"state"`
	Note       string  `json:"note"`

	Scored            bool    `json:"-"`
	Overall, Decision float64 `json:"-"` // of the last score
}

// sameTarget is the blind loss below which targets are nearly the same in all trials. A blind answer
// then knows the targets, and comparing with its loss means nothing.
const sameTarget = 1e-6

// String returns the row for a terminal, what matters most first.
func (r Row) String() string {
	s := r.Name
	if r.Phase != "" {
		s += " (" + r.Phase + ")"
	}
	s += fmt.Sprintf(": %d/%d", r.Done, r.Iterations)
	if r.Scored {
		s += fmt.Sprintf("  decision %.0f%%, all outputs %.0f%%", r.Decision, r.Overall)
	}
	if r.Done > 0 {
		s += fmt.Sprintf("  loss %.3g", r.Loss)
		if r.BlindLoss > sameTarget {
			s += fmt.Sprintf(" (blind %.3g)", r.BlindLoss)
		}
	}
	return s
}

// Rows returns all trainings in the order they began.
func (b *Board) Rows() []Row {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := make([]Row, len(b.trainings))
	for i, t := range b.trainings {
		rows[i] = t.row
	}
	return rows
}

// Running returns a line for every training under way.
func (b *Board) Running() []string {
	var lines []string
	for _, r := range b.Rows() {
		if r.State == Running {
			lines = append(lines, r.String())
		}
	}
	return lines
}

// History is the course of a training so far.
type History struct {
	Row
	Stride int       `json:"stride"` // iterations of a point of Loss, but perhaps the last
	Loss   []float32 `json:"loss"`   // means of Stride iterations
	Scores []Score   `json:"scores"`
}

// History returns the course of a training, with its losses in at most that many points; false if no
// training has the ID.
func (b *Board) History(id, points int) (History, bool) {
	if b == nil {
		return History{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if id < 0 || id >= len(b.trainings) {
		return History{}, false
	}
	t := b.trainings[id]
	h := History{Row: t.row, Scores: append([]Score(nil), t.scores...)}
	h.Stride, h.Loss = t.curve.thinned(points)
	return h, true
}

// Look returns the last look at weights and activity of a training, with the number of iterations done
// then, and asks for another look. ok is false if there was none yet. Do not change the slices.
func (b *Board) Look(id int) (l Look, done int, ok bool) {
	if b == nil {
		return Look{}, 0, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if id < 0 || id >= len(b.trainings) {
		return Look{}, 0, false
	}
	t := b.trainings[id]
	t.wanted = b.now()
	return t.look, t.lookDone, t.look.WRec != nil
}
