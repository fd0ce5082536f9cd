package watch

import (
	"math"
	"testing"
	"time"

	"molap/rnn"
)

func TestCurve(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5, maxPoints, maxPoints + 1, 5*maxPoints + 3, 100_000} {
		var c lossCurve
		for i := range n {
			c.add(float64(i))
		}
		stride, all := c.thinned(math.MaxInt)
		if len(all) > maxPoints+1 || len(all) != (n+stride-1)/stride {
			t.Errorf("%d losses make %d points of %d", n, len(all), stride)
		}
		for i, v := range all {
			last := min((i+1)*stride, n) - 1
			if want := float32(i*stride+last) / 2; v != want {
				t.Errorf("point %d of %d losses is %v, want %v", i, n, v, want)
			}
		}
		if _, few := c.thinned(10); len(few) > 10 || n > 0 && (few[0] > all[len(all)-1] || len(few) == 0) {
			t.Errorf("%d losses in at most 10 points: %v", n, few)
		}
	}
}

// board is one whose clock moves when told.
func board() (*Board, *time.Time) {
	b := New(rnn.PublishedCriterion)
	now := time.Unix(1e9, 0)
	b.now = func() time.Time { return now }
	return b, &now
}

// TestShare counts work: looks never cost more than their share, and they come as
// soon as it allows.
func TestShare(t *testing.T) {
	for _, look := range []float64{0.01, 0.3, 7} {
		b, now := board()
		tr := b.Begin(About{Iterations: 5000, IterationWork: 2, LookWork: look, Curve: make([]float64, 1000)})
		spent, looks := 0.0, 0
		for i := range 4000 {
			tr.Iteration(1)
			*now = now.Add(time.Minute)
			if due, _ := tr.Due(true); due {
				tr.Show(Look{})
				spent += look
				looks++
			}
			if done := 2 * float64(i+1); spent > Share*done {
				t.Fatalf("looks have cost %g of %g after %d iterations", spent, done, i+1)
			}
		}
		if want := min(4000, int(Share*8000/look)); looks < want-1 {
			t.Errorf("%d looks of work %g in 4000 iterations, want %d", looks, look, want)
		}
	}
}

// TestDue: looks keep their distance, and weights and activity are for those who look.
func TestDue(t *testing.T) {
	b, now := board()
	tr := b.Begin(About{Iterations: 10, IterationWork: 1e6, LookWork: 1})
	tr.Iteration(1)
	if due, wanted := tr.Due(true); !due || wanted {
		t.Errorf("due %v, wanted %v: want a score alone", due, wanted)
	}
	if due, _ := tr.Due(false); due {
		t.Error("a look is due that nobody wants")
	}
	tr.Show(Look{Scored: true, Overall: 50, Decision: 25})
	*now = now.Add(Every - 1)
	if due, _ := tr.Due(true); due {
		t.Error("due too soon")
	}
	if _, _, ok := b.Look(0); ok {
		t.Error("there are weights that nobody has shown")
	}
	*now = now.Add(1)
	if due, wanted := tr.Due(false); !due || !wanted {
		t.Errorf("due %v, wanted %v: somebody looks", due, wanted)
	}
	tr.Show(Look{WRec: []float32{1}, Hidden: []float32{1}, Units: 1, Modules: 1})
	if l, done, ok := b.Look(0); !ok || done != 1 || l.Units != 1 {
		t.Errorf("look is %+v after %d, %v", l, done, ok)
	}
	*now = now.Add(wantedFor)
	if due, _ := tr.Due(false); due {
		t.Error("a look is due long after somebody looked")
	}
	if r := b.Rows()[0]; r.String() != ": 1/10  decision 25%, all outputs 50%  loss 1" || len(b.Running()) != 1 {
		t.Errorf("row is %q", r)
	}
	tr.End("diverged")
	if r := b.Rows()[0]; r.State != Broken || r.Note != "diverged" || len(b.Running()) != 0 {
		t.Errorf("row is %+v", r)
	}
}

// TestScoresThinned shows more scores than are kept.
func TestScoresThinned(t *testing.T) {
	b, _ := board()
	tr := b.Begin(About{Iterations: 3 * maxPoints})
	for range 3 * maxPoints {
		tr.Iteration(1)
		tr.Show(Look{Scored: true})
	}
	h, ok := b.History(0, 10)
	if !ok || len(h.Scores) > maxPoints || h.Scores[len(h.Scores)-1].Iteration != 3*maxPoints {
		t.Errorf("%d scores", len(h.Scores))
	}
	for i := range h.Scores[1:] {
		if h.Scores[i].Iteration >= h.Scores[i+1].Iteration {
			t.Fatalf("score %d is of iteration %d, the next of %d", i, h.Scores[i].Iteration, h.Scores[i+1].Iteration)
		}
	}
}

// TestNobody calls everything where nobody watches.
func TestNobody(t *testing.T) {
	var b *Board
	tr := b.Begin(About{})
	tr.Iteration(1)
	if due, _ := tr.Due(true); due {
		t.Error("a look is due that nobody sees")
	}
	tr.End("")
	_, history := b.History(0, 1)
	_, _, look := b.Look(0)
	if b.Rows() != nil || b.Running() != nil || history || look {
		t.Error("nobody's board holds something")
	}
	c := New(rnn.PublishedCriterion)
	if _, ok := c.History(0, 1); ok {
		t.Error("an empty board has a history")
	}
}
