package rnn

import (
	"math"
	"testing"

	"molap/kernels"
)

// steadyOutputs repeats the mean outputs of trials × out over 30 steps, after 5 steps
// that must not count.
func steadyOutputs(means []float64) []float64 {
	y := make([]float64, 0, 35*len(means))
	for range 5 {
		for range means {
			y = append(y, 99)
		}
	}
	for range 30 {
		y = append(y, means...)
	}
	return y
}

func TestScore(t *testing.T) {
	targets := steadyOutputs([]float64{0, 0.5, 0, -0.5, 0, 0.5, 0, 0})
	outputs := steadyOutputs([]float64{0.05, 0.59, 0.2, -0.61, -0.09, 0.46, 0, 0.25})
	got := Score(PublishedCriterion, outputs, targets, 4, 2)
	if got[0] != 75 || got[1] != 50 {
		t.Errorf("absolute score is %v, want [75 50]", got)
	}
	// Relative to |t|, negative targets can never be met, nor can zero (half-open).
	got = Score(Criterion{Relative: true, Tolerance: 0.1, Window: 30, Fixation: 1, FixationTolerance: 0.15}, outputs, targets, 4, 2)
	if got[0] != 0 || got[1] != 25 {
		t.Errorf("relative score is %v, want [0 25]", got)
	}
	if d := Decision([]float64{100, 50, 20}, 1); d != 35 {
		t.Errorf("decision score is %v, want 35", d)
	}
	if d := Overall([]float64{100, 50, 30}); d != 60 {
		t.Errorf("overall score is %v, want 60", d)
	}
}

// TestNulls compares both nulls with a search over a fine grid of answers.
func TestNulls(t *testing.T) {
	s := kernels.NewStream(5)
	const trials = 300
	wanted := make([]float64, 2*trials)
	for b := range trials {
		_, wanted[2*b+1] = kernels.SincosTurns(s.Uniform(uint64(b)))
	}
	for _, c := range []Criterion{PublishedCriterion, {Relative: true, Tolerance: 0.1, Window: 30, Fixation: 1, FixationTolerance: 0.15}} {
		n := ScoreNulls(c, steadyOutputs(wanted), trials, 2)
		rate := func(x float64) float64 {
			correct := 0
			for b := range trials {
				if c.accepts(1, wanted[2*b+1]).has(x) {
					correct++
				}
			}
			return 100 * float64(correct) / trials
		}
		best, mean := 0.0, 0.0
		for x := -1.2; x <= 1.2; x += 1e-4 {
			best = max(best, rate(x))
		}
		for b := range trials {
			mean += wanted[2*b+1] / trials
		}
		if n.Constant[1] < best || n.Constant[1] > best+1 {
			t.Errorf("%+v: best constant scores %v, by search %v", c, n.Constant[1], best)
		}
		if want := rate(mean); math.Abs(n.Blind[1]-want) > 0.4 {
			t.Errorf("%+v: blind answer scores %v, want %v", c, n.Blind[1], want)
		}
		// Targets of 0 cannot be met within a share of themselves.
		want := 100.0
		if c.Relative {
			want = 0
		}
		if n.Blind[0] != want || n.Constant[0] != want {
			t.Errorf("%+v: fixation of the nulls is %v and %v, want %v", c, n.Blind[0], n.Constant[0], want)
		}
	}
}

// TestMostCovered checks ends of intervals that touch: a closed end is shared, an
// open one is not.
func TestMostCovered(t *testing.T) {
	for _, c := range []struct {
		intervals []scoreInterval
		want      int
	}{
		{[]scoreInterval{{0, 1, false}, {1, 2, false}}, 2},
		{[]scoreInterval{{0, 1, true}, {1, 2, true}}, 1},
		{[]scoreInterval{{0, 1, true}, {1, 2, false}, {1, 1, false}}, 2},
		{[]scoreInterval{{1, 1, true}}, 0},
	} {
		if got := mostCovered(c.intervals); got != c.want {
			t.Errorf("%v share a point %d times, want %d", c.intervals, got, c.want)
		}
	}
}

func TestScoreWindow(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a window longer than the trial does not panic")
		}
	}()
	Score(PublishedCriterion, make([]float32, 8), make([]float32, 8), 2, 1)
}
