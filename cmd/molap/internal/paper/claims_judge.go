package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
)

// similarMargin is how far apart, in points, arms are that are called similar. The paper gives
// no number. Five points are a seventh of what there is to learn, from the better null (about
// 65 % on average) to 100 %.
const similarMargin = 5

// ClaimNote tells a reader how the verdicts are reached.
var ClaimNote = fmt.Sprintf("Scores are per cent of decisions correct, the mean over all outputs as in the paper unless the response alone is named; nulls are answers that ignore the stimulus. "+
	"Values are means over seeds with %.0f %% t intervals; arms are compared seed by seed. "+
	"A claim holds if the interval lies wholly on the claimed side of its level, does not hold if it lies wholly on the other, and is inconclusive otherwise. "+
	"Of several parts, such as nine tasks, all have to hold unless the claim asks for some; the value is that of the part that decides, and one part alone refutes the claim only if it withstands a correction for the number of parts. "+
	"The test behind a verdict has to withstand Holm's correction for all tests of this table; what the numbers say alone stands below the verdict, where that is another. With fewer than %d seeds there is no verdict. Counts need neither. "+
	"A part is not testable where the measure cannot tell: where no arm of a comparison scores above the better null, by the interval over seeds, or where nothing was learnt that damage or a later task could take; and, if the claim is that one arm is above another, where all are at %d %% or more. "+
	"The levels of the arms decide that, for damage those of the intact networks, not the difference that is tested. Such a part speaks neither for nor against the claim, and the claim is not testable here if it cannot hold without it and no other part refutes it. "+
	"These tests stay in Holm's correction: the levels come from the same networks as the differences, so only then do verdicts err as seldom as it promises. "+
	"Similar means: the interval lies within %d points to either side, a margin that is ours: a seventh of what there is to learn, from the better null to 100 %%.", 100*judge.Level, judge.LeastSeeds, judge.Ceiling, similarMargin)

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
	atLeast           int    // parts that have to be so; 0: all
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
	power
}

// judged gives the verdicts. Counts need no test, and what was not measured has none.
func judged(claims []claim) []test {
	answers := judge.All(seq.Map(claims, func(c claim) judge.Question {
		q := judge.Question{Expect: c.expect, AtLeast: c.atLeast}
		for _, p := range c.parts {
			q.Parts, q.Mute = append(q.Parts, p.x), append(q.Mute, c.untestable(p) != "")
		}
		return q
	}))
	tests, n := make([]test, len(claims)), 0
	for i, c := range claims {
		if answers[i].Decides >= 0 {
			n++
		}
		if c.exact != nil {
			answers[i].Verdict = judge.HoldsNot
			if c.exact.holds {
				answers[i].Verdict = judge.Holds
			}
			answers[i].Alone = answers[i].Verdict
		}
		tests[i] = test{claim: c, Answer: answers[i]}
	}
	for i, t := range tests {
		tests[i].power = t.design(n)
	}
	return tests
}

// untestable says why a part cannot speak for or against the claim; empty: it can.
func (c claim) untestable(p part) string { return judge.Untestable(p.of, c.expect) }

// mute says which parts are not testable, and why; empty: all are.
func (t test) mute() string {
	n, first := 0, ""
	for _, p := range t.parts {
		if why := t.untestable(p); why != "" {
			if n++; n == 1 && len(t.parts) > 1 {
				why += " (" + p.name + ")"
			}
			first = cmp.Or(first, why)
		}
	}
	switch {
	case n == 0:
		return ""
	case len(t.parts) == 1:
		return "Not testable, " + first
	}
	return fmt.Sprintf("Not testable in %d of %d parts, the first %s", n, len(t.parts), first)
}

// row is the claim for a report.
func (t test) row(profile string) page.Claim {
	c := page.Claim{Words: t.words, Where: t.where, Section: t.section, Profile: profile, Measure: t.measure, Unit: t.unit,
		Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Verdict: t.Verdict, Alone: t.Alone, Leans: t.Leans}
	var notes []string
	switch {
	case t.exact != nil:
		c.Value, c.Lo, c.Hi = t.exact.value, t.exact.value, t.exact.value
	case t.Decides >= 0:
		i := t.Intervals[t.Decides]
		c.Value, c.Lo, c.Hi, c.Seeds = i.Value, i.Lo, i.Hi, i.N
		c.Measure += "; claimed: " + t.claimedOf()
		if t.Verdict != judge.NotTestable {
			notes = append(notes, t.pInWords(i.N))
		}
		if n := t.needs; n > 0 && t.Verdict == judge.Inconclusive {
			notes = append(notes, fmt.Sprintf("%d seeds would tell, if mean and spread stay", n))
		}
		notes = append(notes, t.mute())
	default:
		notes = append(notes, "not measured: "+t.missing)
	}
	notes = append(notes, t.note)
	if t.Verdict == judge.HoldsNot || t.Alone == judge.HoldsNot {
		notes = append(notes, t.why)
	}
	c.Note = strings.Join(slices.DeleteFunc(notes, func(note string) bool { return note == "" }), ". ")
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
	case seeds == 1:
		return "1 seed gives no verdict"
	case seeds < judge.LeastSeeds:
		return fmt.Sprintf("%d seeds give no verdict", seeds)
	case math.IsNaN(t.P):
		return "no test: a value is unknown"
	}
	return fmt.Sprintf("p = %.2g, %.2g after correction", t.P, t.Adjusted)
}
