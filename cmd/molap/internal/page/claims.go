package page

import (
	"fmt"
	"math"
	"molap/cmd/molap/internal/table"
	"strconv"
	"strings"
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
		{Name: "lo", Description: "lower end of its confidence interval; empty: unknown"},
		{Name: "hi", Description: "upper end of its confidence interval; empty: unknown"},
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

// claimGroup is a claim with the rows that judge it, one for each profile or measure.
type claimGroup struct {
	Words, Where, Section string
	Rows                  []claimRow
}

type claimRow struct {
	Profile, Measure, Value, Full, Seeds, Note string
	Class, Mark, Word                          string // of the verdict
	Alone                                      string // the verdict without correction, where it is another
}

// claimsView is the table of claims made ready for the page's template.
type claimsView struct {
	Tally    []string
	Profiles bool // more than one: each row says its own
	Groups   []claimGroup
}

func viewClaims(claims []Claim) claimsView {
	v := claimsView{Tally: tally(claims)}
	v.Profiles = len(v.Tally) > 1
	for _, c := range claims {
		last := len(v.Groups) - 1
		if last < 0 || v.Groups[last].Words != c.Words || v.Groups[last].Where != c.Where {
			v.Groups = append(v.Groups, claimGroup{Words: c.Words, Where: c.Where, Section: c.Section})
			last++
		}
		word := c.Verdict.String() // panics on a verdict that is none
		row := claimRow{
			Profile: c.Profile, Measure: c.Measure, Value: c.estimate(), Full: c.full(), Note: c.Note,
			Class: c.Verdict.class(), Mark: c.Verdict.mark(), Word: word, Seeds: "–",
		}
		if c.Alone != c.Verdict {
			row.Alone = c.Alone.String()
		}
		if c.Seeds > 0 {
			row.Seeds = strconv.Itoa(c.Seeds)
		}
		v.Groups[last].Rows = append(v.Groups[last].Rows, row)
	}
	return v
}

// tally counts the verdicts in a sentence for each profile.
func tally(claims []Claim) []string {
	var profiles []string
	counts := map[string]map[Verdict]int{}
	for _, c := range claims {
		if counts[c.Profile] == nil {
			profiles, counts[c.Profile] = append(profiles, c.Profile), map[Verdict]int{}
		}
		counts[c.Profile][c.Verdict]++
	}
	plural := map[Verdict][2]string{Holds: {"holds", "hold"}, HoldsNot: {"does not", "do not"}, Inconclusive: {"is inconclusive", "are inconclusive"}}
	var out []string
	for _, p := range profiles {
		n, parts := 0, []string{}
		for _, v := range verdicts {
			k := counts[p][v]
			n += k
			words := plural[v][1]
			if k == 1 {
				words = plural[v][0]
			}
			parts = append(parts, fmt.Sprintf("%d %s", k, words))
		}
		out = append(out, fmt.Sprintf("Profile %s: of %d, %s.", p, n, strings.Join(parts, ", ")))
	}
	return out
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
