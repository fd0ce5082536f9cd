package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// claimsData is what the claims of the paper are held against: the data of the
// other experiments.
type claimsData struct {
	profile     string
	leaveOut    bool // tasks are left out of pre-training for Fig. 5
	tableFactor int

	learnt    obs.Scores    // Fig. 2
	explained explainedData // A.2.1
	modules   obs.Scores
	sizes     [2]int     // of modules, units
	left      obs.Scores // Fig. 5
	sequence  inSequence
	lesioned  obs.Robustness // Fig. 3
	damaged   obs.Robustness // Fig. 4
	global    obs.Robustness // Fig. S5
}

// claimsOf asks for what every claim of the text is held against: what the other experiments
// measure, and nothing of its own.
func claimsOf(n *obs.Notebook) func() claimsData {
	d := claimsData{profile: n.Settings.Label(), leaveOut: n.Settings.Arms.LeaveOut, tableFactor: n.Settings.Table1.NetworkFactor, sizes: moduleSizes(n.Settings.Network.Units)}
	learnt, explained, modules, left := fig2Scores(n), explained(n), modules3Scores(n), fig5Scores(n)
	lesioned, global, sequence := fig3Scores(n), figS5.scores(n), dniScores(n, false)
	damaged := fig4Scores(n, lab.DamagedArms...)
	return func() claimsData {
		d.learnt, d.explained, d.modules, d.left = learnt(), explained(), modules(), left()
		d.lesioned, d.damaged, d.global, d.sequence = lesioned(), damaged(), global(), sequence()
		return d
	}
}

// claims returns every claim in the order of the text.
func (d claimsData) claims() []claim {
	return rows(slices.Concat(d.counts(), d.learning(), d.variance(), d.lesions(), d.anywhere(), d.everywhere(), d.leftOut(), d.inOrders())...)
}

func (d claimsData) result() Result {
	tests := judged(d.claims())
	r := Result{
		Title: "What the verdicts on the paper's claims rest on", UsesSettings: true,
		Figures: []*figure.Figure{d.differences(), d.damages()},
		Captions: []string{
			fmt.Sprintf("Per cent correct of molap less that of the other arms, by task and on average over all nine: mean over %s of the difference within a seed, with its 95 %% interval. Right of the line molap is better. "+
				"a: mean over all outputs, the paper's measure. b: the response outputs alone, correct within a tenth of the targets' range.", obs.Count(len(d.learnt.Seeds), "seed")),
			fmt.Sprintf("Per cent correct of molap less that of the other arms after damage, mean over draws and levels, all outputs: mean over %s of the difference within a seed, with its 95 %% interval. "+
				"a: all nine tasks, all levels (Fig. 4). b: task T7 up to 10 %%, or up to σ = 0.03 (Fig. S5).", obs.Count(len(d.learnt.Seeds), "seed")),
		},
	}
	var all []judgement
	for _, t := range tests {
		r.Claims = append(r.Claims, t.row(d.profile))
		all = append(all, judgement{t, t.row(d.profile)})
	}
	r.Tables = append(verdicts(all), partsTable(tests), powerTable(tests))
	r.Headline, r.Findings = inWords(r.Claims, len(d.learnt.Seeds))
	return r
}

// inWords counts the verdicts.
func inWords(claims []page.Claim, seeds int) (headline string, findings []string) {
	headline = page.Tally(claims) + " Means over " + obs.Count(seeds, "seed") + "."
	alone := map[page.Verdict]int{}
	for _, c := range claims {
		if c.Verdict == judge.Inconclusive {
			alone[c.Alone]++
		}
	}
	if would, not := alone[judge.Holds], alone[judge.HoldsNot]; would+not > 0 {
		headline += fmt.Sprintf(" Of the inconclusive %d would hold alone, without the correction for the other tests, and %d would not.", would, not)
	}
	if seeds < judge.LeastSeeds {
		findings = append(findings, fmt.Sprintf("With %s only counts have a verdict: -seeds 10 gives intervals.", obs.Count(seeds, "seed")))
	}
	return headline, findings
}

// judgement is a claim for tables, with what a report says of it.
type judgement struct {
	test
	page.Claim
}

// verdicts are the claims in numbers, at a glance, and in words.
func verdicts(all []judgement) []*table.Table {
	type row = judgement
	id := obs.Text("id", "short name of the measure", func(r row) string { return r.id })
	value := func(doc string) []obs.Col[row] {
		return append(obs.Interval(obs.Col[row]{Name: "value", Doc: doc}, "", "lower end of its 95 % interval; empty: unknown", "upper end of it",
			func(r row) stats.Interval { return stats.Interval{Value: r.Value, Lo: r.Lo, Hi: r.Hi} }),
			obs.Text("unit", "unit of the three", func(r row) string { return r.Claim.Unit }),
			obs.Col[row]{Name: "seeds", Doc: "number of runs; 0: chance has no part in it", Of: func(r row) any { return r.Seeds }},
			obs.Text("verdict", "holds, does not hold, not testable here or inconclusive", func(r row) string { return r.Claim.Verdict.String() }),
			obs.Text("alone", "what the numbers would say without correction for the other claims, and if every measure could tell", func(r row) string { return r.Claim.Alone.String() }))
	}
	return []*table.Table{
		obs.Table("claims", "Claims of the paper", all, append([]obs.Col[row]{id,
			{Name: "claimed", Doc: "what the paper claims of the value, or of each of several; empty: a count", Of: func(r row) any {
				if r.exact != nil {
					return nil
				}
				return r.expect.String()
			}}}, value("mean over seeds; of several, that which decides")...)...),
		obs.Table("claims_summary", "Claims of the paper", all, slices.Concat([]obs.Col[row]{id,
			obs.Text("claim", "the paper's words, short", func(r row) string { return r.Words }),
			obs.Text("where", "where in the paper", func(r row) string { return r.Where }),
			obs.Text("profile", "profile of settings", func(r row) string { return r.Profile }),
			obs.Text("measure", "what was measured", func(r row) string { return r.Measure })}, value("mean over seeds"), []obs.Col[row]{
			obs.Text("note", "remarks", func(r row) string { return r.Note }),
			obs.Number("p", "", "", "p value of all parts together; empty: no test", func(r row) float64 { return r.P }),
			obs.Number("p_holm", "p by Holm", "", "the same after Holm's correction for all tests of the table", func(r row) float64 { return r.Adjusted })})...),
	}
}

// partsTable has a row for every number that a claim speaks of.
func partsTable(tests []test) *table.Table {
	type row struct {
		test
		part
		i int
	}
	var all []row
	for _, t := range tests {
		for i, p := range t.parts {
			all = append(all, row{t, p, i})
		}
	}
	return obs.Table("claims_parts", "The numbers behind the claims", all, slices.Concat([]obs.Col[row]{
		obs.Text("id", "short name of the measure", func(r row) string { return r.id }),
		obs.Text("part", "what the number is of", func(r row) string { return r.name }),
		obs.Text("claimed", "what the paper claims of it", func(r row) string { return r.expect.String() })},
		obs.Interval(obs.Col[row]{Name: "value", Doc: "mean over seeds"}, "", "lower end of its 95 % interval; empty: unknown", "upper end of it",
			func(r row) stats.Interval { return r.Intervals[r.i] }), []obs.Col[row]{
			obs.Text("unit", "unit of the three", func(r row) string { return r.unit }),
			{Name: "seeds", Doc: "number of runs", Of: func(r row) any { return r.Intervals[r.i].N }},
			obs.Number("p_holds", "", "", "p value that it is on the claimed side, not corrected; empty: no test", func(r row) float64 { return r.Holds[r.i] }),
			obs.Number("p_fails", "", "", "p value that it is on the other side", func(r row) float64 { return r.Fails[r.i] }),
			{Name: "decides", Doc: "its value is that of the claim", Of: func(r row) any { return r.i == r.Decides }},
			obs.Text("untestable", "why it cannot speak for or against the claim; empty: it can", func(r row) string { return r.untestable(r.part) }),
		})...)
}
