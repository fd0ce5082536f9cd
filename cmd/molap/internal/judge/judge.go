// Package judge decides by numbers whether a claim about them holds. A [Question] has the
// values of one or more parts, by seed, and the claim about each; [All] answers many at once
// and corrects for their number.
package judge

import (
	"cmp"
	"math"
	"slices"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

const (
	Level      = 0.95 // of intervals; verdicts err with a probability of at most 1 − Level over all questions
	LeastSeeds = 3    // fewer values give no verdict
)

// Verdict is the outcome of a claim.
type Verdict int

const (
	HoldsNot     Verdict = -1
	Inconclusive Verdict = 0
	Holds        Verdict = 1
)

// Question asks whether a claim is true of each of several parts, or of some.
type Question struct {
	Parts   [][]float64 // by seed
	Expect  Expectation // of the mean of each part
	AtLeast int         // parts that it has to be true of; 0: all
}

// Need returns the number of parts that the claim has to be true of.
func (q Question) Need() int {
	if q.AtLeast == 0 {
		return len(q.Parts)
	}
	return q.AtLeast
}

// Answer is a question with the numbers and the verdict that it got.
type Answer struct {
	Question
	Intervals    []stats.Interval // by part
	Holds, Fails []float64        // by part: p values for and against the claim; NaN: unknown
	Decides      int              // the part whose value is the claim's; −1: there is none
	P            float64          // of all parts together, before correction; NaN: unknown
	Side         Verdict          // that P speaks for
	Adjusted     float64          // P by Holm
	Verdict      Verdict
}

// All answers questions, with p values corrected for the number of those that have parts. A
// question without parts is inconclusive.
func All(questions []Question) []Answer {
	answers := seq.Map(questions, Question.decide)
	var p []float64
	for _, a := range answers {
		if a.Decides >= 0 {
			p = append(p, a.P)
		}
	}
	adjusted := stats.Holm(p)
	for i := range answers {
		a := &answers[i]
		if a.Decides < 0 {
			continue
		}
		a.Adjusted, adjusted = adjusted[0], adjusted[1:]
		if a.Adjusted <= 1-Level {
			a.Verdict = a.Side
		}
	}
	return answers
}

// decide tests the parts. That at least k of n parts are true has the p value
// (n−k+1)·p(k), p(k) being the k-th smallest of the parts (Benjamini and Heller
// 2008): the largest for all, n times the smallest for any. That it is false means
// that n−k+1 parts are.
func (q Question) decide() Answer {
	a := Answer{Question: q, Decides: -1, P: math.NaN(), Adjusted: math.NaN()}
	if len(q.Parts) == 0 {
		return a
	}
	for _, x := range q.Parts {
		holds, fails := q.Expect.test(x)
		a.Holds, a.Fails = append(a.Holds, holds), append(a.Fails, fails)
		a.Intervals = append(a.Intervals, stats.Mean(x, Level))
	}
	order := seq.UpTo(len(q.Parts)) // the strongest first
	slices.SortStableFunc(order, a.compare)
	n, k := len(order), q.Need()
	a.Decides = order[k-1]
	holds := float64(n-k+1) * a.Holds[a.Decides]
	fails := float64(k) * a.Fails[a.Decides]
	switch { // a NaN loses no comparison: P stays unknown
	case holds < fails:
		a.P, a.Side = min(1, holds), Holds
	case fails < holds:
		a.P, a.Side = min(1, fails), HoldsNot
	case holds == fails:
		a.P = 1
	}
	return a
}

// compare orders parts by how much speaks for them, unknown ones last.
func (a Answer) compare(i, j int) int {
	strength := func(i int) float64 {
		holds, fails := a.Holds[i], a.Fails[i]
		switch {
		case math.IsNaN(holds):
			return math.Inf(1)
		case fails < 1:
			return 2 - fails
		}
		return holds
	}
	if c := cmp.Compare(strength(i), strength(j)); c != 0 {
		return c
	}
	return cmp.Compare(-a.Expect.distance(a.Intervals[i].Value), -a.Expect.distance(a.Intervals[j].Value))
}

// Alone returns what the verdict would be if the question were the only one.
func (a Answer) Alone() Verdict {
	if a.P <= 1-Level {
		return a.Side
	}
	return Inconclusive
}

// Claimed counts the parts whose mean lies on the claimed side.
func (a Answer) Claimed() (n int) {
	for _, i := range a.Intervals {
		if a.Expect.distance(i.Value) > 0 {
			n++
		}
	}
	return n
}
