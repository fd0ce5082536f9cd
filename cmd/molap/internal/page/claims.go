package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"

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
	Alone   Verdict // what it would be without correction for the other claims
	Leans   Verdict // of one without a verdict for want of runs, the side on which its value lies
}

// Verdict is what became of a claim. Its numbers are those by which an interval
// lies above (1), around (0) or below (−1) a level.
type Verdict int

const (
	HoldsNot     Verdict = -1
	Inconclusive Verdict = 0
	Holds        Verdict = 1
)

// verdicts in the order in which they are counted.
var verdicts = []Verdict{Holds, HoldsNot, Inconclusive}

// String returns the verdict in words.
func (v Verdict) String() string {
	switch v {
	case Holds:
		return "holds"
	case HoldsNot:
		return "does not hold"
	case Inconclusive:
		return "inconclusive"
	}
	panic(fmt.Sprintf("page: verdict %d is none", int(v)))
}

// class and mark are the name in the page's style and the sign before the word.
func (v Verdict) class() string { return []string{"holdsnot", "unclear", "holds"}[v+1] }
func (v Verdict) mark() string  { return []string{"✗", "?", "✓"}[v+1] }

// ClaimsTable returns the claims for other programs, as table name.
func ClaimsTable(name string, claims []Claim) *table.Table {
	t := &table.Table{Name: name, Title: "Claims of the paper", Columns: []table.Column{
		{Name: "claim", Description: "the paper's words, short"},
		{Name: "where", Description: "where in the paper"},
		{Name: "profile", Description: "profile of settings"},
		{Name: "measure", Description: "what was measured"},
		{Name: "value", Description: "mean over seeds"},
		{Name: "lo", Part: table.Lower, Description: "lower end of its confidence interval; empty: unknown"},
		{Name: "hi", Part: table.Upper, Description: "upper end of its confidence interval; empty: unknown"},
		{Name: "unit", Description: "unit of the three"},
		{Name: "seeds", Description: "number of runs; 0: chance has no part in it"},
		{Name: "verdict", Description: "holds, does not hold or inconclusive"},
		{Name: "alone", Description: "what the verdict would be without correction for the other claims"},
		{Name: "note", Description: "remarks"},
	}}
	number := func(v float64) any {
		if math.IsNaN(v) {
			return nil
		}
		return v
	}
	for _, c := range claims {
		t.Add(c.Words, c.Where, c.Profile, c.Measure, number(c.Value), number(c.Lo), number(c.Hi), c.Unit, c.Seeds, c.Verdict.String(), c.Alone.String(), c.Note)
	}
	return t
}

// claimsView is the claims made ready for the page's template: those with a verdict, and
// those without.
type claimsView struct {
	Decided, Other []claimGroup
	OtherTally     string
}

// claimGroup is a claim with the rows that judge it, one for each measure.
type claimGroup struct {
	Words, Where, Section string
	Rows                  []claimRow
}

type claimRow struct {
	Measure, Value, Full, Seeds, Note string
	Class, Mark, Word                 string // of the verdict
	Alone                             string // the verdict without correction, where it is another
}

func viewClaims(claims []Claim) claimsView {
	var v claimsView
	leans := map[Verdict]int{}
	for _, c := range claims {
		if c.Verdict == Inconclusive {
			leans[c.Leans]++
			v.Other = grouped(v.Other, c)
		} else {
			v.Decided = grouped(v.Decided, c)
		}
	}
	open := leans[Holds] + leans[HoldsNot] + leans[Inconclusive]
	v.OtherTally = fmt.Sprintf("%s inconclusive", count(open, "is", "are"))
	if leans[Holds]+leans[HoldsNot] > 0 {
		v.OtherTally = fmt.Sprintf("Too few seeds for a verdict on %d: %s so far, %s so far", open,
			count(leans[Holds], "agrees", "agree"), count(leans[HoldsNot], "disagrees", "disagree"))
	}
	return v
}

// Tally counts the verdicts in a sentence.
func Tally(claims []Claim) string {
	n := map[Verdict]int{}
	for _, c := range claims {
		n[c.Verdict]++
	}
	return fmt.Sprintf("Of %s of what the paper claims, %s, %s and %s.", count(len(claims), "measure", "measures"), count(n[Holds], "holds", "hold"),
		count(n[HoldsNot], "does not hold", "do not hold"), count(n[Inconclusive], "is inconclusive", "are inconclusive"))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// grouped adds a claim to the group of its sentence, which is the last one or new.
func grouped(groups []claimGroup, c Claim) []claimGroup {
	last := len(groups) - 1
	if last < 0 || groups[last].Words != c.Words || groups[last].Where != c.Where {
		groups = append(groups, claimGroup{Words: c.Words, Where: c.Where, Section: c.Section})
		last++
	}
	row := claimRow{Measure: c.Measure, Value: c.estimate(), Full: c.full(), Note: c.Note, Seeds: "–",
		Class: c.Verdict.class(), Mark: c.Verdict.mark(), Word: c.word()}
	if c.Alone != c.Verdict {
		row.Alone = c.Alone.String()
	}
	if c.Seeds > 0 {
		row.Seeds = strconv.Itoa(c.Seeds)
	}
	groups[last].Rows = append(groups[last].Rows, row)
	return groups
}

// word is the verdict for a reader. Of too few runs it says where the value lies.
func (c Claim) word() string {
	switch {
	case c.Verdict == Inconclusive && c.Leans == Holds:
		return "agrees so far"
	case c.Verdict == Inconclusive && c.Leans == HoldsNot:
		return "disagrees so far"
	}
	return c.Verdict.String()
}

// estimate is the value with its interval, rounded by the interval's width.
func (c Claim) estimate() string {
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
		switch s := strconv.FormatFloat(v, 'f', decimals, 64); {
		case math.IsInf(v, 0):
			return strings.Replace(table.Minus(s), "Inf", "∞", 1)
		case decimals == 0:
			return table.Group(s)
		default:
			return table.Minus(s)
		}
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

// full is the estimate unrounded, or why it has no interval.
func (c Claim) full() string {
	switch {
	case math.IsNaN(c.Value):
		return ""
	case math.IsNaN(c.Lo) || math.IsNaN(c.Hi):
		return "no interval is known"
	}
	return table.Shortest(c.Value, 64) + " [" + table.Shortest(c.Lo, 64) + ", " + table.Shortest(c.Hi, 64) + "]"
}
