package paper

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
)

// How claims are judged. The paper gives no number for "similar"; similarMargin is
// ours, in points.
const similarMargin = 5

// ClaimNote tells a reader how the verdicts are reached.
var ClaimNote = fmt.Sprintf("Scores are per cent of decisions correct, the mean over all outputs as in the paper unless the response alone is named; nulls are answers that do not know the stimulus. "+
	"Values are means over seeds with %.0f %% t intervals; arms are compared seed by seed. "+
	"A claim holds if the interval lies wholly on the claimed side of its level, does not hold if it lies wholly on the other, and is inconclusive otherwise. "+
	"Of several parts, such as nine tasks, all have to hold unless the claim asks for some; the value is that of the part that decides, and one part alone refutes the claim only if it withstands a correction for the number of parts. "+
	"The test behind a verdict has to withstand Holm's correction for all tests of this table; what it says alone stands below the verdict, where that is another. With fewer than %d seeds there is no verdict. Counts need neither. "+
	"Alike means: the interval lies within %d points to either side, a margin that is ours; the paper has none.", 100*judge.Level, judge.LeastSeeds, similarMargin)

// What claims put numbers at.
var (
	ahead     = judge.Above(0)
	high      = judge.Above(publishedCriterion)
	similarly = judge.Within(0, similarMargin)
)

// passage is a sentence of the paper with the ways to measure it.
type passage struct {
	words, where string
	section      string // experiment that shows it
	why          string // our explanation, should it not hold, of claims that have none
	claims       []claim
}

// claim is one way to measure a sentence of the paper.
type claim struct {
	id, measure, unit string
	expect            judge.Expectation // of each part
	parts             []part
	atLeast           int    // parts of which it has to be true; 0: all
	exact             *exact // in place of parts: a number without chance
	missing           string // in place of parts: why nothing was measured

	note string // a remark
	why  string // our explanation, should it not hold

	words, where, section string // of its passage
}

// exact is a number that chance has no part in.
type exact struct {
	value float64
	holds bool
}

// inBoth returns two claims: by all outputs, the paper's measure, and by the responses alone,
// since fixation needs no memory; fill completes each.
func (c claim) inBoth(fill func(c *claim, measure int)) []claim {
	response := c
	response.id, response.measure = c.id+"-response", c.measure+", response alone"
	fill(&c, 0)
	fill(&response, 1)
	return []claim{c, response}
}

// rows returns the claims of passages, complete.
func rows(all ...passage) (claims []claim) {
	for _, p := range all {
		for _, c := range p.claims {
			c.words, c.where, c.section, c.why = p.words, p.where, p.section, cmp.Or(c.why, p.why)
			for _, part := range c.parts {
				c.missing = cmp.Or(c.missing, part.missing)
			}
			if c.missing != "" {
				c.parts = nil
			}
			claims = append(claims, c)
		}
	}
	return claims
}

// test is a claim with what came of its parts.
type test struct {
	claim
	judge.Answer
}

// judged gives the verdicts. Counts need no test, and what was not measured has none.
func judged(claims []claim) []test {
	answers := judge.All(seq.Map(claims, func(c claim) judge.Question {
		return judge.Question{Parts: seq.Map(c.parts, func(p part) []float64 { return p.x }), Expect: c.expect, AtLeast: c.atLeast}
	}))
	tests := make([]test, len(claims))
	for i, c := range claims {
		tests[i] = test{c, answers[i]}
	}
	return tests
}

// verdict and alone are the verdict with the correction for the other tests and without it.
func (t test) verdict() page.Verdict { return t.certain(t.Verdict) }
func (t test) alone() page.Verdict   { return t.certain(t.Alone()) }

// certain returns what counts say, whatever a test says.
func (t test) certain(v judge.Verdict) page.Verdict {
	if t.exact == nil {
		return page.Verdict(v)
	}
	if t.exact.holds {
		return page.Holds
	}
	return page.HoldsNot
}

// row is the claim for a report.
func (t test) row(profile string) page.Claim {
	c := page.Claim{Words: t.words, Where: t.where, Section: t.section, Profile: profile, Measure: t.measure, Unit: t.unit,
		Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Verdict: t.verdict(), Alone: t.alone()}
	var notes []string
	switch {
	case t.exact != nil:
		c.Value, c.Lo, c.Hi = t.exact.value, t.exact.value, t.exact.value
	case t.Decides >= 0:
		i := t.Intervals[t.Decides]
		c.Value, c.Lo, c.Hi, c.Seeds = i.Value, i.Lo, i.Hi, i.N
		c.Measure += "; claimed: " + t.claimedOf()
		if i.N < judge.LeastSeeds {
			c.Leans = page.HoldsNot
			if t.Claimed() >= t.Need() {
				c.Leans = page.Holds
			}
		}
		notes = append(notes, t.pInWords(i.N))
	default:
		notes = append(notes, "not measured: "+t.missing)
	}
	if t.note != "" {
		notes = append(notes, t.note)
	}
	if t.verdict() == page.HoldsNot || t.alone() == page.HoldsNot {
		notes = append(notes, t.why)
	}
	c.Note = strings.Join(notes, ". ")
	return c
}

// claimedOf says what is claimed of how many parts, and which of them decides.
func (t test) claimedOf() string {
	n, k := len(t.parts), t.Need()
	text := t.Expect.String()
	name := t.parts[t.Decides].name
	switch {
	case n == 1:
		return text
	case k == n:
		return fmt.Sprintf("%s in all %d; the mean is so in %d, the weakest: %s", text, n, t.Claimed(), name)
	}
	return fmt.Sprintf("%s in %d of %d; the mean is so in %d, number %d: %s", text, k, n, t.Claimed(), k, name)
}

func (t test) pInWords(seeds int) string {
	switch {
	case seeds < judge.LeastSeeds:
		return fmt.Sprintf("%d seed(s) give no verdict", seeds) // these words are pinned with the table
	case math.IsNaN(t.P):
		return "no test: a value is unknown"
	}
	return fmt.Sprintf("p = %.2g, %.2g after correction", t.P, t.Adjusted)
}
