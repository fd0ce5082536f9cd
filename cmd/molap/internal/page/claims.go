package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/table"
)

// Claim is a sentence of the paper held against what was measured.
type Claim struct {
	Words   string // the paper's, short
	Where   string // "Fig. 2A", "§4.1"
	Section string // anchor of the section that shows it; empty for none

	Profile string
	Measure string  // what was measured, and against what
	Value   float64 // NaN: not measured
	Lo, Hi  float64 // ends of its confidence interval; NaN: unknown, as of one seed; equal to Value: exact, as of a count
	Unit    string
	Seeds   int    // 0: chance has no part in it
	Note    string // such as a p value, or why there is no verdict; may be empty
	Verdict Verdict
	Alone   Verdict // the verdict without correction for the other claims and if every measure could tell
	Leans   Verdict // if there are too few runs for a verdict: the side of the value
}

// Verdict is the outcome of a claim.
type Verdict = judge.Verdict

// verdictLook is how the page marks a verdict.
type verdictLook struct {
	Verdict
	Class, Mark string
	one, many   string
}

// verdictLooks has the looks in the order of the verdicts on the page.
var verdictLooks = []verdictLook{
	{judge.Holds, "holds", "✓", "holds", "hold"},
	{judge.HoldsNot, "holdsnot", "✗", "does not hold", "do not hold"},
	{judge.NotTestable, "unclear", "–", "is not testable here", "are not testable here"},
	{judge.Inconclusive, "unclear", "?", "is inconclusive", "are inconclusive"},
	{judge.NotMeasured, "unclear", "–", "was not measured", "were not measured"},
}

// lookOf returns how the page marks a verdict, which must be one.
func lookOf(v Verdict) verdictLook {
	return verdictLooks[slices.IndexFunc(verdictLooks, func(l verdictLook) bool { return l.Verdict == v })]
}

// claimsView has the claims for the page's template, those on one sentence together. Those that do neither
// hold nor not hold are folded.
type claimsView struct {
	Decided [][]Claim
	Folded  []foldedClaims
}

type foldedClaims struct {
	Tally  string
	Claims [][]Claim
}

func viewClaims(claims []Claim) (v claimsView) {
	n, leans, folded := map[Verdict]int{}, map[Verdict]int{}, map[Verdict][][]Claim{}
	for _, c := range claims {
		n[c.Verdict]++
		switch c.Verdict {
		case judge.Holds, judge.HoldsNot:
			v.Decided = addToGroups(v.Decided, c)
			continue
		case judge.Inconclusive:
			leans[c.Leans]++
		}
		folded[c.Verdict] = addToGroups(folded[c.Verdict], c)
	}
	fold := func(of Verdict, tally string) {
		if n[of] > 0 {
			v.Folded = append(v.Folded, foldedClaims{tally, folded[of]})
		}
	}
	tally := countWords(n[judge.Inconclusive], "is", "are") + " inconclusive"
	if few := leans[judge.Holds] + leans[judge.HoldsNot] + leans[judge.NotTestable]; few > 0 {
		tally = fmt.Sprintf("Too few seeds for a verdict on %d: %s so far, %s so far", n[judge.Inconclusive],
			countWords(leans[judge.Holds], "agrees", "agree"), countWords(leans[judge.HoldsNot], "disagrees", "disagree"))
		if n := leans[judge.NotTestable]; n > 0 {
			tally += fmt.Sprintf(", %s not testable", countWords(n, "is", "are"))
		}
	}
	fold(judge.NotTestable, countWords(n[judge.NotTestable], "is", "are")+" not testable here: no arm learns what is asked, or all do")
	fold(judge.Inconclusive, tally)
	fold(judge.NotMeasured, countWords(n[judge.NotMeasured], "was", "were")+" not measured by this run")
	return v
}

// Tally counts the verdicts in a sentence.
func Tally(claims []Claim) string {
	n := map[Verdict]int{}
	for _, c := range claims {
		n[c.Verdict]++
	}
	var counts []string
	for _, v := range verdictLooks {
		if n[v.Verdict] > 0 || v.Verdict != judge.NotTestable && v.Verdict != judge.NotMeasured {
			counts = append(counts, countWords(n[v.Verdict], v.one, v.many))
		}
	}
	last := len(counts) - 1
	return fmt.Sprintf("Of %s of what the paper claims, %s and %s.", countWords(len(claims), "measure", "measures"), strings.Join(counts[:last], ", "), counts[last])
}

func countWords(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// addToGroups adds a claim to the group of its sentence, which is the last one or new.
func addToGroups(groups [][]Claim, c Claim) [][]Claim {
	last := len(groups) - 1
	if last < 0 || groups[last][0].Words != c.Words || groups[last][0].Where != c.Where {
		return append(groups, []Claim{c})
	}
	groups[last] = append(groups[last], c)
	return groups
}

// Word returns the verdict for a reader. If there are too few runs for one, it says where the value
// lies.
func (c Claim) Word() string {
	if c.Verdict == judge.Inconclusive {
		switch c.Leans {
		case judge.Holds:
			return "agrees so far"
		case judge.HoldsNot:
			return "disagrees so far"
		case judge.NotTestable:
			return "not testable so far"
		}
	}
	return c.Verdict.String()
}

// Estimate returns the value with its interval, rounded by the interval's width.
func (c Claim) Estimate() string {
	if math.IsNaN(c.Value) {
		return "not measured"
	}
	decimals := 2
	switch wide := c.Hi - c.Lo; {
	case wide > 0 && !math.IsInf(wide, 0): // two digits of the width
		decimals = max(0, min(6, 1-int(math.Floor(math.Log10(wide)))))
	case c.Value == math.Trunc(c.Value):
		decimals = 0
	}
	text := func(v float64) string {
		if half := 0.5 * math.Pow10(-decimals); math.Abs(v) < half {
			v = 0 // not -0
		}
		s := strconv.FormatFloat(v, 'f', decimals, 64)
		if decimals == 0 && table.Finite(v) {
			return table.Group(s)
		}
		return table.Minus(s)
	}
	unit := ""
	if c.Unit != "" {
		unit = "\u00a0" + c.Unit
	}
	if math.IsNaN(c.Lo) || math.IsNaN(c.Hi) || c.Lo == c.Hi {
		return text(c.Value) + unit
	}
	return text(c.Value) + " [" + text(c.Lo) + ", " + text(c.Hi) + "]" + unit
}

// Full returns the estimate unrounded, or why it has no interval.
func (c Claim) Full() string {
	switch {
	case math.IsNaN(c.Value):
		return ""
	case math.IsNaN(c.Lo) || math.IsNaN(c.Hi):
		return "no interval is known"
	}
	return table.Shortest(c.Value, 64) + " [" + table.Shortest(c.Lo, 64) + ", " + table.Shortest(c.Hi, 64) + "]"
}
