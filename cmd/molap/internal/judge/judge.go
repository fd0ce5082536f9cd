// Package judge decides by numbers whether a claim about them holds. A [Question] has the
// values of one or more parts, by seed, and the claim about each; [All] answers many at once
// and corrects for their number.
package judge

import (
	"cmp"
	"fmt"
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
	NotTestable  Verdict = 2 // no number of values can make it hold, and no testable part speaks against it
	NotMeasured  Verdict = 3 // there are no values
)

// String returns the verdict in words.
func (v Verdict) String() string {
	if !v.Known() {
		panic(fmt.Sprintf("judge: verdict %d is none", int(v)))
	}
	return [...]string{"does not hold", "inconclusive", "holds", "not testable here", "not measured"}[v+1]
}

// Known reports whether v is one of the verdicts.
func (v Verdict) Known() bool { return v >= HoldsNot && v <= NotMeasured }

// Question asks whether a claim is true of each of several parts, or of some.
type Question struct {
	Parts   []Part
	Expect  Expectation // of the mean of each part
	AtLeast int         // parts that it has to be true of; 0: all
}

// Part is one of the numbers that a claim is about.
type Part struct {
	X    []float64 // by seed
	Step float64   // the smallest difference that its measure shows; 0: not known
	Mute bool      // its measure cannot tell, see [Untestable]: it speaks neither for nor against the claim
}

// testable reports whether enough parts can tell for the claim to hold.
func (q Question) testable() bool {
	return len(seq.Where(q.Parts, func(p Part) bool { return !p.Mute })) >= q.Need()
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
	Alone        Verdict // what it would be if the question were the only one and every part could tell
	Leans        Verdict // of a question with too few values for a verdict: where its parts lie
}

// All answers questions, with p values corrected for the number of those that have parts. A
// question without parts was not measured.
//
// A part that is not testable counts with the p value 1. A p value of 1 never leads to a wrong verdict,
// so Holm's correction over all questions keeps its promise. To leave out the parts that are not
// testable would keep it only if testability did not depend on the differences tested. But it does: the
// levels come from the same networks.
func All(questions []Question) []Answer {
	answers := seq.Map(questions, Question.decide)
	decided := seq.Where(answers, func(a Answer) bool { return a.Decides >= 0 })
	adjusted := stats.Holm(seq.Map(decided, func(a Answer) float64 { return a.P }))
	for i := range answers {
		a := &answers[i]
		if a.Decides < 0 {
			continue
		}
		a.Adjusted, adjusted = adjusted[0], adjusted[1:]
		switch few := slices.ContainsFunc(a.Parts, func(p Part) bool { return len(p.X) < LeastSeeds }); {
		case a.Adjusted <= 1-Level:
			a.Verdict = a.Side
		case few && !a.testable():
			a.Leans = NotTestable
		case few && a.Claimed() >= a.Need():
			a.Leans = Holds
		case few:
			a.Leans = HoldsNot
		case !a.testable():
			a.Verdict = NotTestable
		}
	}
	return answers
}

// decide tests the parts. The p value of "at least k of n parts are true" is (n−k+1)·p(k), where p(k)
// is the k-th smallest p value of the parts (Benjamini and Heller 2008): the largest if all have to be
// true, n times the smallest if one suffices. The claim is false if n−k+1 parts are false.
func (q Question) decide() Answer {
	a := Answer{Question: q, Decides: -1, P: math.NaN(), Adjusted: math.NaN()}
	if len(q.Parts) == 0 {
		a.Verdict, a.Alone = NotMeasured, NotMeasured
		return a
	}
	for _, p := range q.Parts {
		holds, fails := q.Expect.test(p.X, p.Step)
		a.Holds, a.Fails = append(a.Holds, holds), append(a.Fails, fails)
		interval := stats.Mean(p.X, Level)
		if len(p.X) >= LeastSeeds && p.Step > 0 && stats.Equal(p.X) {
			interval.Lo, interval.Hi = interval.Value, interval.Value
		}
		a.Intervals = append(a.Intervals, interval)
	}
	decides, p, side := a.weigh(false)
	if p <= 1-Level {
		a.Alone = side
	}
	if a.Decides, a.P, a.Side = a.weigh(true); !q.testable() {
		a.Decides = decides // no part speaks more than another
	}
	return a
}

// weigh returns the part that decides, the p value of all parts together, and the side that this p
// value speaks for. If silent, mute parts have the p value 1.
func (a Answer) weigh(silent bool) (decides int, p float64, side Verdict) {
	of := func(p []float64, i int) float64 {
		if silent && a.Parts[i].Mute && !math.IsNaN(p[i]) {
			return 1
		}
		return p[i]
	}
	strength := func(i int) float64 { // the strongest first, unknown ones last
		holds, fails := of(a.Holds, i), of(a.Fails, i)
		switch {
		case math.IsNaN(holds):
			return math.Inf(1)
		case fails < 1:
			return 2 - fails
		}
		return holds
	}
	order := seq.UpTo(len(a.Parts))
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(strength(i), strength(j)), cmp.Compare(-a.Expect.distance(a.Intervals[i].Value), -a.Expect.distance(a.Intervals[j].Value)))
	})
	n, k := len(order), a.Need()
	decides = order[k-1]
	holds, fails := float64(n-k+1)*of(a.Holds, decides), float64(k)*of(a.Fails, decides)
	switch { // with NaN no comparison is true: p stays unknown
	case holds < fails:
		return decides, min(1, holds), Holds
	case fails < holds:
		return decides, min(1, fails), HoldsNot
	case holds == fails:
		return decides, 1, Inconclusive
	}
	return decides, math.NaN(), Inconclusive
}

// Alpha returns the largest p value of the part that decides which gives a verdict, on the side of that
// part's mean, whatever the other questions are. tests is the number of all questions.
func (a Answer) Alpha(tests int) float64 {
	parts := a.Need()
	if a.Expect.distance(a.Intervals[a.Decides].Value) > 0 {
		parts = len(a.Parts) - a.Need() + 1
	}
	return (1 - Level) / float64(parts*tests)
}

// Distance returns how far the mean of the part that decides lies from the edge of the claimed
// range.
func (a Answer) Distance() float64 { return math.Abs(a.Expect.distance(a.Intervals[a.Decides].Value)) }

// Claimed counts the parts whose mean lies on the claimed side.
func (a Answer) Claimed() int {
	return len(seq.Where(a.Intervals, func(i stats.Interval) bool { return a.Expect.distance(i.Value) > 0 }))
}
