package rnn

import (
	"math"
	"slices"
	"testing"

	"molap/kernels"
)

// TestChoice: right is who chooses what the target chooses; ties and zeros as stated.
func TestChoice(t *testing.T) {
	nan := math.NaN()
	three := Criterion{Choice: true, Window: 30}
	for _, x := range []struct {
		c              Criterion
		answer, target []float64
		right          bool
	}{
		{three, []float64{0.1, 0.3, -1}, []float64{0, 1, 0}, true},
		{three, []float64{0.4, 0.3, -1}, []float64{0, 1, 0}, false},
		{three, []float64{-3, -2, -4}, []float64{-9, -1, -2}, true},
		{three, []float64{0.3, 0.2, 0}, []float64{1, 1, 0}, true}, // either of a tie
		{three, []float64{0.2, 0.2, 0}, []float64{1, 1, 0}, true}, // both
		{three, []float64{0.2, 0.1, 0.2}, []float64{1, 1, 0}, false},
		{three, []float64{0, 0, 0}, []float64{0, 1, 0}, false}, // a dead network
		{three, []float64{5, 2, 0}, []float64{0, 0, 0}, true},  // nothing is asked for
		{three, []float64{nan, 1, 0}, []float64{0, 1, 0}, false},
		{three, []float64{0, 1, 0}, []float64{0, nan, 0}, false},
		{three, []float64{0.01}, []float64{1}, true}, // a single decision: its sign
		{three, []float64{-0.01}, []float64{1}, false},
		{three, []float64{-7}, []float64{-0.1}, true},
		{three, []float64{0}, []float64{1}, false},
		{three, []float64{-1}, []float64{0}, true},
		{three, []float64{nan}, []float64{1}, false},
		{Criterion{Choice: true, Window: 30, Zero: 0.5}, []float64{0.4}, []float64{0.1}, true},
		{Criterion{Choice: true, Window: 30, Zero: 0.5}, []float64{0.6}, []float64{0.1}, false},
		{Criterion{Choice: true, Relative: true, Window: 30, Fixation: 2, FixationTolerance: 0.1}, []float64{0.1, 1, 0}, []float64{1, 0.95, 0.5}, true},
	} {
		got := Score(x.c, steadyOutputs(x.answer), steadyOutputs(x.target), 1, len(x.answer))
		for o, score := range got {
			if x.c.fixates(o) && score != 100 || !x.c.fixates(o) && score != map[bool]float64{true: 100}[x.right] {
				t.Errorf("%+v: %v for %v is %v, want %t", x.c, x.answer, x.target, got, x.right)
			}
		}
	}
	if c := three.Within(0.1); c.Choice {
		t.Error("Within makes no tolerance of a choice")
	}
}

// TestChoiceNulls compares the nulls with a search, and exchanges outputs.
func TestChoiceNulls(t *testing.T) {
	const trials, out = 400, 4
	s := kernels.NewStream(6)
	wanted := make([]float64, trials*out)
	for b := range trials {
		wanted[b*out+1] = 1 // fixation
		k := []int{0, 2, 3, 3}[s.Intn(uint64(b), 4)]
		wanted[b*out+k] = 1
		if b%10 == 0 {
			wanted[b*out], wanted[b*out+2], wanted[b*out+3] = 0.5, 0.5, 0.25 // a tie
		}
	}
	c := Criterion{Choice: true, Window: 30, Fixation: 2, FixationTolerance: 0.1}
	n := ScoreNulls(c, steadyOutputs(wanted), trials, out)
	rate := func(answer []float64) float64 {
		all := make([]float64, 0, len(wanted))
		for range trials {
			all = append(all, answer...)
		}
		return Decision(Score(c, steadyOutputs(all), steadyOutputs(wanted), trials, out), c.Fixation)
	}
	best, mean := 0.0, make([]float64, out)
	for _, k := range []int{0, 2, 3} {
		one := make([]float64, out)
		one[k] = 1
		best = max(best, rate(one))
	}
	for i, v := range wanted {
		mean[i%out] += v / trials
	}
	if best < 40 || best > 60 || n.Constant[0] != best || n.Constant[3] != best || n.Blind[2] != rate(mean) || n.Blind[1] != 100 || n.Constant[1] != 100 {
		t.Errorf("nulls %+v, best single choice %v, the mean target's %v", n, best, rate(mean))
	}

	// Exchanged outputs exchange rows and change nothing else.
	exchanged := slices.Clone(wanted)
	for b := range trials {
		row := exchanged[b*out:][:out]
		row[0], row[1] = row[1], row[0]
	}
	e := c
	e.Fixation = 1
	m := ScoreNulls(e, steadyOutputs(exchanged), trials, out)
	if m.Blind[1] != n.Blind[0] || m.Blind[0] != n.Blind[1] || m.Blind[3] != n.Blind[3] || m.Constant[2] != n.Constant[2] {
		t.Errorf("exchanged: %+v, before %+v", m, n)
	}

	// Two sides that are equally likely: half is what a single choice gets.
	sides := steadyOutputs([]float64{1, -0.5, 0.25, -2})
	single := ScoreNulls(Criterion{Choice: true, Window: 30}, sides, 4, 1)
	if single.Constant[0] != 50 || single.Blind[0] != 50 {
		t.Errorf("nulls of a sign %+v, want 50", single)
	}

	// Targets that balance to the last bit, so that their mean ties: chance, not zero.
	for out, targets := range map[int][]float64{1: {1, -1, -1, 1}, 2: {1, 0, 0, 1, 1, 0, 0, 1}} {
		balanced := ScoreNulls(Criterion{Choice: true, Window: 30}, steadyOutputs(targets), 4, out)
		if balanced.Constant[0] != 50 || balanced.Blind[0] != 50 {
			t.Errorf("nulls of %v %+v, want 50", targets, balanced)
		}
	}
	three := ScoreNulls(Criterion{Choice: true, Window: 30}, steadyOutputs([]float64{2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 2, 2, 0, 0, 0, 0, 0}), 6, 3)
	if three.Constant[0] != 50 || three.Blind[0] != 50 {
		t.Errorf("nulls of three %+v", three)
	}
}
