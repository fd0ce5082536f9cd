package claims

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// InWords counts the verdicts. Some claims may have values of fewer seeds than the run has.
func InWords(claims []page.Claim, seeds int) (headline string, findings []string) {
	alone, least := map[page.Verdict]int{}, seeds
	for _, c := range claims {
		if c.Seeds > 0 {
			least = min(least, c.Seeds)
		}
		if c.Verdict == judge.Inconclusive {
			alone[c.Alone]++
		}
	}
	headline = page.Tally(claims) + " Means over "
	if least < seeds {
		headline += fmt.Sprintf("%d to ", least)
	}
	headline += words.Count(seeds, "seed") + "."
	if would, not := alone[judge.Holds], alone[judge.HoldsNot]; would+not > 0 {
		headline += fmt.Sprintf(" Of the inconclusive %d would hold alone, without the correction for the other tests, and %d would not.", would, not)
	}
	if seeds < judge.LeastSeeds {
		findings = append(findings, fmt.Sprintf("With %s only counts have a verdict: -seeds 10 gives intervals.", words.Count(seeds, "seed")))
	}
	return headline, findings
}

// Tables returns the claims in numbers, at a glance and in words, their parts, and what the seeds tell.
func Tables(tests []Test, profile string) []*table.Table {
	type row struct {
		Test
		page.Claim // what a report says of it
	}
	all := seq.Map(tests, func(t Test) row { return row{t, t.Row(profile)} })
	id := obs.Text("id", "short name of the measure", func(r row) string { return r.ID })
	value := func(doc string) []obs.Col[row] {
		return append(obs.Interval(obs.Col[row]{Name: "value", Doc: doc}, "", "lower end of its 95 % interval; empty: unknown", "upper end of it",
			func(r row) stats.Interval { return stats.Interval{Value: r.Value, Lo: r.Lo, Hi: r.Hi} }),
			obs.Text("unit", "unit of the three", func(r row) string { return r.Claim.Unit }),
			obs.Col[row]{Name: "seeds", Doc: "number of runs; 0: chance has no part in it", Of: func(r row) any { return r.Seeds }},
			obs.Text("verdict", "holds; does not hold; inconclusive: the interval does not decide, or not after the correction; not testable here: no arm learns what is asked, or all do; not measured: this run has no values", func(r row) string { return r.Claim.Verdict.String() }),
			obs.Text("alone", "what the numbers would say without correction for the other claims, and if every measure could tell", func(r row) string { return r.Claim.Alone.String() }))
	}
	return []*table.Table{
		obs.Table("claims", "Claims of the paper", all, append([]obs.Col[row]{id,
			{Name: "claimed", Doc: "what the paper claims of the value, or of each of several; empty: a count", Of: func(r row) any {
				if r.Exact != nil {
					return nil
				}
				return r.Expect.String()
			}}}, value("mean over seeds; of several, that which decides")...)...),
		obs.Table("claims_summary", "Claims of the paper", all, slices.Concat([]obs.Col[row]{id,
			obs.Text("claim", "the paper's words, short", func(r row) string { return r.Words }),
			obs.Text("where", "where in the paper", func(r row) string { return r.Where }),
			obs.Text("profile", "profile of settings", func(r row) string { return r.Profile }),
			obs.Text("measure", "what was measured", func(r row) string { return r.Measure })}, value("mean over seeds"), []obs.Col[row]{
			obs.Text("note", "remarks", func(r row) string { return r.Note }),
			obs.Number("p", "", "", "p value of all parts together; empty: no test", func(r row) float64 { return r.P }),
			obs.Number("p_holm", "p by Holm", "", "the same after Holm's correction for all tests of the table", func(r row) float64 { return r.Adjusted })})...),
		partsTable(tests), powerTable(tests),
	}
}

// partsTable returns a table with a row for every number that a claim speaks of.
func partsTable(tests []Test) *table.Table {
	type row struct {
		Test
		Side
		i int
	}
	var all []row
	for _, t := range tests {
		for i, p := range t.Parts {
			all = append(all, row{t, p, i})
		}
	}
	return obs.Table("claims_parts", "The numbers behind the claims", all, slices.Concat([]obs.Col[row]{
		obs.Text("id", "short name of the measure", func(r row) string { return r.ID }),
		obs.Text("part", "what the number is of", func(r row) string { return r.Side.Name }),
		obs.Text("claimed", "what the paper claims of it", func(r row) string { return r.Expect.String() })},
		obs.Interval(obs.Col[row]{Name: "value", Doc: "mean over seeds"}, "", "lower end of its 95 % interval; empty: unknown", "upper end of it",
			func(r row) stats.Interval { return r.Intervals[r.i] }), []obs.Col[row]{
			obs.Text("unit", "unit of the three", func(r row) string { return r.Unit }),
			{Name: "seeds", Doc: "number of runs", Of: func(r row) any { return r.Intervals[r.i].N }},
			obs.Number("p_holds", "", "", "p value that it is on the claimed side, not corrected; empty: no test", func(r row) float64 { return r.Holds[r.i] }),
			obs.Number("p_fails", "", "", "p value that it is on the other side", func(r row) float64 { return r.Fails[r.i] }),
			{Name: "decides", Doc: "its value is that of the claim", Of: func(r row) any { return r.i == r.Decides }},
			obs.Text("untestable", "why it cannot speak for or against the claim; empty: it can", func(r row) string { return r.untestable(r.Side) }),
		})...)
}
