package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// How claims are judged. The paper gives no number for "similar"; similarMargin is
// ours, in points.
const (
	claimLevel    = 0.95 // of intervals; verdicts err with a probability of at most 1 − claimLevel over all claims
	leastSeeds    = 3    // fewer give no verdict
	similarMargin = 5
)

// ClaimNote tells a reader how the verdicts are reached.
var ClaimNote = fmt.Sprintf("Scores are per cent of decisions correct, the mean over all outputs as in the paper unless the response alone is named; nulls are answers that do not know the stimulus. "+
	"Values are means over seeds with %.0f %% t intervals; arms are compared seed by seed. "+
	"A claim holds if the interval lies wholly on the claimed side of its level, does not hold if it lies wholly on the other, and is inconclusive otherwise. "+
	"Of several parts, such as nine tasks, all have to hold unless the claim asks for some; the value is that of the part that decides, and one part alone refutes the claim only if it withstands a correction for the number of parts. "+
	"The test behind a verdict has to withstand Holm's correction for all tests of this table; what it says alone stands below the verdict, where that is another. With fewer than %d seeds there is no verdict. Counts need neither. "+
	"Alike means: the interval lies within %d points to either side, a margin that is ours; the paper has none.", 100*claimLevel, leastSeeds, similarMargin)

// expectation is what a claim says of a number.
type expectation struct {
	sign          int     // 1: above level, −1: below it, 0: within margin of it
	level, margin float64 // margin only for sign 0
}

func above(level float64) expectation          { return expectation{sign: 1, level: level} }
func below(level float64) expectation          { return expectation{sign: -1, level: level} }
func within(level, margin float64) expectation { return expectation{level: level, margin: margin} }

func (e expectation) String() string {
	switch e.sign {
	case 1:
		return fmt.Sprintf("> %g", e.level)
	case -1:
		return fmt.Sprintf("< %g", e.level)
	}
	if e.level == 0 {
		return fmt.Sprintf("0 ± %g", e.margin)
	}
	return fmt.Sprintf("%g ± %g", e.level, e.margin)
}

// distance is how far a value lies on the claimed side; below 0: on the other.
func (e expectation) distance(v float64) float64 {
	if e.sign == 0 {
		return e.margin - math.Abs(v-e.level)
	}
	return float64(e.sign) * (v - e.level)
}

// test returns the p values that the mean of x is on the claimed side of the level
// and that it is on the other; NaN: there are too few values. Both are p values of
// two-sided t tests, 1 for the side on which the mean is not, so that one is at most
// 0.05 where the 95 % interval lies wholly on its side.
func (e expectation) test(x []float64) (holds, fails float64) {
	if len(x) < leastSeeds {
		return math.NaN(), math.NaN()
	}
	var p float64
	d := e.distance(seq.Mean(x))
	if e.sign != 0 {
		p = stats.TTest(x, e.level)
	} else { // two one-sided tests for being within; the nearer edge for being outside
		lo, hi := stats.TTest(x, e.level-e.margin), stats.TTest(x, e.level+e.margin)
		if p = max(lo, hi); d < 0 && seq.Mean(x) < e.level {
			p = lo
		} else if d < 0 {
			p = hi
		}
	}
	switch {
	case math.IsNaN(p) || math.IsNaN(d):
		return math.NaN(), math.NaN()
	case d > 0:
		return p, 1
	case d < 0:
		return 1, p
	}
	return 1, 1
}

// part is a number that a claim speaks of.
type part struct {
	name string
	x    []float64 // by seed
}

// claim is a sentence of the paper and one way to measure it.
type claim struct {
	id, words, where string
	section          string // experiment that shows it

	measure string // what the numbers are
	unit    string
	parts   []part
	expect  expectation // of each part
	atLeast int         // parts of which it has to be true; 0: all

	exact   *exact // in place of parts: a number without chance
	missing string // in place of parts: why nothing was measured

	note string // a remark
	why  string // our explanation, should the claim not hold
}

// exact is a number that chance has no part in.
type exact struct {
	value float64
	holds bool
}

// test is a claim with what came of its parts.
type test struct {
	claim
	intervals             []stats.Interval // by part
	holdsParts, failsPart []float64        // by part: p values
	decides               int              // the part whose value is the claim's
	p                     float64          // of all parts together, before correction; NaN: none
	side                  report.Verdict   // to which p speaks
	adjusted              float64          // p by Holm
	verdict               report.Verdict
}

// need returns of how many parts the claim has to be true.
func (c claim) need() int {
	if c.atLeast == 0 {
		return len(c.parts)
	}
	return c.atLeast
}

// decide tests the parts. That at least k of n parts are true has the p value
// (n−k+1)·p(k), p(k) being the k-th smallest of the parts (Benjamini and Heller
// 2008): the largest for all, n times the smallest for any. That it is false means
// that n−k+1 parts are.
func (c claim) decide() test {
	t := test{claim: c, decides: -1, p: math.NaN(), adjusted: math.NaN()}
	if c.exact != nil {
		t.verdict = report.HoldsNot
		if c.exact.holds {
			t.verdict = report.Holds
		}
	}
	if len(c.parts) == 0 {
		return t
	}
	order := make([]int, len(c.parts)) // the strongest first
	for i, p := range c.parts {
		order[i] = i
		holds, fails := c.expect.test(p.x)
		t.holdsParts, t.failsPart = append(t.holdsParts, holds), append(t.failsPart, fails)
		t.intervals = append(t.intervals, stats.Mean(p.x, claimLevel))
	}
	slices.SortStableFunc(order, func(i, j int) int { return t.compare(i, j) })
	n, k := len(order), c.need()
	t.decides = order[k-1]
	holds := float64(n-k+1) * t.holdsParts[t.decides]
	fails := float64(k) * t.failsPart[t.decides]
	switch { // a NaN loses no comparison: p stays unknown
	case holds < fails:
		t.p, t.side = min(1, holds), report.Holds
	case fails < holds:
		t.p, t.side = min(1, fails), report.HoldsNot
	case holds == fails:
		t.p = 1
	}
	return t
}

// compare orders parts by how much speaks for them, unknown ones last.
func (t test) compare(i, j int) int {
	strength := func(i int) float64 {
		holds, fails := t.holdsParts[i], t.failsPart[i]
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
	return cmp.Compare(-t.expect.distance(t.intervals[i].Value), -t.expect.distance(t.intervals[j].Value))
}

// judge gives the verdicts, p values being corrected for the number of tests. What
// was not measured is none.
func judge(claims []claim) []test {
	tests := seq.Map(claims, claim.decide)
	var p []float64
	for _, t := range tests {
		if len(t.parts) > 0 {
			p = append(p, t.p)
		}
	}
	adjusted := stats.Holm(p)
	for i := range tests {
		t := &tests[i]
		if len(t.parts) == 0 {
			continue
		}
		t.adjusted, adjusted = adjusted[0], adjusted[1:]
		if t.adjusted <= 1-claimLevel {
			t.verdict = t.side
		}
	}
	return tests
}

// alone is what the verdict would be if the table had this test only.
func (t test) alone() report.Verdict {
	switch {
	case t.exact != nil:
		return t.verdict
	case t.p <= 1-claimLevel:
		return t.side
	}
	return report.Inconclusive
}

// claimed counts the parts whose mean lies on the claimed side.
func (t test) claimed() (n int) {
	for _, i := range t.intervals {
		if t.expect.distance(i.Value) > 0 {
			n++
		}
	}
	return n
}

// row is the claim for a report.
func (t test) row(profile string) report.Claim {
	c := report.Claim{Words: t.words, Where: t.where, Section: t.section, Profile: profile, Measure: t.measure, Unit: t.unit,
		Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Verdict: t.verdict, Alone: t.alone()}
	var notes []string
	switch {
	case t.exact != nil:
		c.Value, c.Lo, c.Hi = t.exact.value, t.exact.value, t.exact.value
	case t.decides >= 0:
		i := t.intervals[t.decides]
		c.Value, c.Lo, c.Hi, c.Seeds = i.Value, i.Lo, i.Hi, i.N
		c.Measure += "; claimed: " + t.claimedOf()
		notes = append(notes, t.pInWords(i.N))
	default:
		notes = append(notes, "not measured: "+t.missing)
	}
	if t.note != "" {
		notes = append(notes, t.note)
	}
	if t.verdict == report.HoldsNot || t.alone() == report.HoldsNot {
		notes = append(notes, t.why)
	}
	c.Note = strings.Join(notes, ". ")
	return c
}

// claimedOf says what is claimed of how many parts, and which of them decides.
func (t test) claimedOf() string {
	n, k := len(t.parts), t.need()
	text := t.expect.String()
	name := t.parts[t.decides].name
	switch {
	case n == 1:
		return text
	case k == n:
		return fmt.Sprintf("%s in all %d; the mean is so in %d, the weakest: %s", text, n, t.claimed(), name)
	}
	return fmt.Sprintf("%s in %d of %d; the mean is so in %d, number %d: %s", text, k, n, t.claimed(), k, name)
}

func (t test) pInWords(seeds int) string {
	switch {
	case seeds < leastSeeds:
		return fmt.Sprintf("%d seed(s) give no verdict", seeds)
	case math.IsNaN(t.p):
		return "no test: a value is unknown"
	}
	return fmt.Sprintf("p = %.2g, %.2g after correction", t.p, t.adjusted)
}
