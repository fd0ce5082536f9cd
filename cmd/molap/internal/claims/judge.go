// Package claims compares what a text claims with what networks score: numbers by seed, their verdicts
// (package judge), tables of both, and what the seeds can tell.
package claims

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
)

// SimilarMargin is the largest distance, in points, between arms that are called similar. The paper
// gives no number. Five points are a seventh of what there is to learn, from the better null (about 65
// % on average) to 100 %.
const SimilarMargin = 5

// Note tells a reader how the verdicts are reached.
var Note = fmt.Sprintf("Scores are per cent of decisions correct: the mean over all outputs, as in the paper, unless the response alone is named. Nulls are answers that ignore the stimulus. "+
	"Values are means over seeds with %.0f %% t intervals. Arms are compared seed by seed. "+
	"A claim holds if its whole interval lies on the claimed side of the level. It does not hold if the whole interval lies on the other side. Otherwise it is inconclusive. "+
	"A claim of several parts, such as nine tasks, holds if all parts hold, unless it asks for fewer. Its value is that of the part that decides. One part alone refutes it only after a correction for the number of parts. "+
	"A verdict must also withstand Holm's correction for all tests of this table. Where the verdict without that correction differs, it stands below. Fewer than %d seeds give no verdict. Counts need no test. Where all seeds have the same value, such as 100 %%, their spread is taken to be one test trial. "+
	"A part is not testable if its measure cannot tell: if no arm of the comparison scores above the better null, by the interval over seeds; if nothing was learnt that damage or a later task could take away; or, where one arm is said to be above another, if all are at %d %% or more. "+
	"The levels of the arms decide this, for damage those of the intact networks; the difference under test does not. A claim is not testable here if it cannot hold without such parts and no other part refutes it. "+
	"Tests of such parts still count in Holm's correction, because levels and differences come from the same networks. "+
	"\"Similar\" means that the interval lies within %d points to either side. This margin is ours: a seventh of what there is to learn, from the better null to 100 %%.", 100*judge.Level, judge.LeastSeeds, judge.Ceiling, SimilarMargin)

// Claim is one way to measure a sentence of the text.
type Claim struct {
	ID, Measure, Unit string
	Expect            judge.Expectation // of each part
	Parts             []Side
	AtLeast           int    // parts that have to be so; 0: all
	Exact             *Exact // in place of parts: a number without chance
	Missing           string // in place of parts: why nothing was measured

	Note string // a remark
	Why  string // our explanation if it does not hold

	Words, Where, Section string // of the text: the sentence, its place, and the experiment that shows it
}

// Exact is a number without chance, such as a count.
type Exact struct {
	Value float64
	Holds bool
}

// InBoth returns two claims: one by all outputs, the paper's measure, and one by the responses alone,
// since fixation needs no memory. fill completes each.
func (c Claim) InBoth(fill func(c *Claim, measure int)) []Claim {
	response := c
	response.ID, response.Measure = c.ID+"-response", c.Measure+", response alone"
	fill(&c, 0)
	fill(&response, 1)
	return []Claim{c, response}
}

// Test is a claim with what came of its parts.
type Test struct {
	Claim
	judge.Answer
	seedPower
}

// Judge gives the verdicts. Counts need no test, and what was not measured has none.
func Judge(claims []Claim) []Test {
	answers := judge.All(seq.Map(claims, func(c Claim) judge.Question {
		return judge.Question{Expect: c.Expect, AtLeast: c.AtLeast, Parts: seq.Map(c.Parts, func(p Side) judge.Part {
			return judge.Part{X: p.X, Step: p.Step, Mute: c.untestable(p) != ""}
		})}
	}))
	n := len(seq.Where(answers, func(a judge.Answer) bool { return a.Decides >= 0 }))
	tests := make([]Test, len(claims))
	for i, c := range claims {
		if c.Exact != nil {
			answers[i].Verdict = judge.HoldsNot
			if c.Exact.Holds {
				answers[i].Verdict = judge.Holds
			}
			answers[i].Alone = answers[i].Verdict
		}
		tests[i] = Test{Claim: c, Answer: answers[i]}
	}
	for i, t := range tests {
		tests[i].seedPower = t.design(n)
	}
	return tests
}

// untestable says why a part cannot speak for or against the claim; empty: it can.
func (c Claim) untestable(p Side) string { return judge.Untestable(p.Of, c.Expect) }

// Mute says which parts are not testable, and why; empty: all are.
func (t Test) Mute() string {
	n, first := 0, ""
	for _, p := range t.Parts {
		if why := t.untestable(p); why != "" {
			if n++; n == 1 && len(t.Parts) > 1 {
				why += " (" + p.Name + ")"
			}
			first = cmp.Or(first, why)
		}
	}
	switch {
	case n == 0:
		return ""
	case len(t.Parts) == 1:
		return "Not testable, " + first
	}
	return fmt.Sprintf("Not testable in %d of %d parts, the first %s", n, len(t.Parts), first)
}

// Row returns the claim for a report.
func (t Test) Row(profile string) page.Claim {
	c := page.Claim{Words: t.Words, Where: t.Where, Section: t.Section, Profile: profile, Measure: t.Measure, Unit: t.Unit,
		Value: math.NaN(), Lo: math.NaN(), Hi: math.NaN(), Verdict: t.Verdict, Alone: t.Alone, Leans: t.Leans}
	var notes []string
	switch {
	case t.Exact != nil:
		c.Value, c.Lo, c.Hi = t.Exact.Value, t.Exact.Value, t.Exact.Value
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
		notes = append(notes, t.Mute())
	default:
		notes = append(notes, "not measured: "+t.Missing)
	}
	notes = append(notes, t.Note)
	if t.Verdict == judge.HoldsNot || t.Alone == judge.HoldsNot {
		notes = append(notes, t.Why)
	}
	c.Note = strings.Join(seq.Where(notes, func(note string) bool { return note != "" }), ". ")
	return c
}

// claimedOf says in words what the claim asks, of how many parts, and which part decides.
func (t Test) claimedOf() string {
	n, k := len(t.Parts), t.Need()
	text := t.Expect.String()
	name := t.Parts[t.Decides].Name
	switch {
	case n == 1:
		return text
	case k == n:
		return fmt.Sprintf("%s in all %d; the mean is so in %d, the weakest: %s", text, n, t.Claimed(), name)
	}
	return fmt.Sprintf("%s in %d of %d; the mean is so in %d, number %d: %s", text, k, n, t.Claimed(), k, name)
}

func (t Test) pInWords(seeds int) string {
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
