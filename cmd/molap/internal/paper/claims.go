package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
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

// planClaims holds every claim of the text against what the other experiments
// measured. It asks for nothing of its own.
func planClaims(n *obs.Notebook) func() Result {
	data := claimsOf(n)
	return func() Result { return data().result() }
}

// claimsOf asks for what the claims are held against.
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
		Tables:  []*table.Table{glanceTable(tests), d.table(tests), partsTable(tests)},
		Figures: []*figure.Figure{d.differences(), d.damages()},
		Captions: []string{
			fmt.Sprintf("Per cent correct of molap less that of the other arms, by task and on average over all nine: mean over %s of the difference within a seed, with its 95 %% interval. Right of the line molap is better. "+
				"a: mean over all outputs, the paper's measure. b: the response outputs alone, correct within a tenth of the targets' range.", obs.Count(len(d.learnt.Seeds), "seed")),
			fmt.Sprintf("Per cent correct of molap less that of the other arms after damage, mean over draws and levels, all outputs: mean over %s of the difference within a seed, with its 95 %% interval. "+
				"a: all nine tasks, all levels (Fig. 4). b: task T7 up to 10 %%, or up to σ = 0.03 (Fig. S5).", obs.Count(len(d.learnt.Seeds), "seed")),
		},
	}
	for _, t := range tests {
		r.Claims = append(r.Claims, t.row(d.profile))
	}
	r.Headline, r.Findings = inWords(r.Claims, len(d.learnt.Seeds))
	return r
}

// inWords counts the verdicts.
func inWords(claims []page.Claim, seeds int) (headline string, findings []string) {
	headline = page.Tally(claims) + " Means over " + obs.Count(seeds, "seed") + "."
	alone := map[page.Verdict]int{}
	for _, c := range claims {
		if c.Verdict == page.Inconclusive {
			alone[c.Alone]++
		}
	}
	if would, not := alone[page.Holds], alone[page.HoldsNot]; would+not > 0 {
		headline += fmt.Sprintf(" Of the inconclusive %d would hold alone, without the correction for the other tests, and %d would not.", would, not)
	}
	if seeds < judge.LeastSeeds {
		findings = append(findings, fmt.Sprintf("With %s only counts have a verdict: -seeds 10 gives intervals.", obs.Count(seeds, "seed")))
	}
	return headline, findings
}

// glanceTable is the verdicts in numbers.
func glanceTable(tests []test) *table.Table {
	t := &table.Table{Name: "claims", Title: "Claims of the paper", Columns: []table.Column{
		{Name: "id", Description: "short name of the measure"},
		{Name: "claimed", Description: "what the paper claims of the value, or of each of several; empty: a count"},
		{Name: "value", Description: "mean over seeds; of several, that which decides"},
		{Name: "lo", Part: table.Lower, Description: "lower end of its 95 % interval; empty: unknown"},
		{Name: "hi", Part: table.Upper, Description: "upper end of it"},
		{Name: "unit", Description: "unit of the three"},
		{Name: "seeds", Description: "number of runs; 0: chance has no part in it"},
		{Name: "verdict", Description: "holds, does not hold or inconclusive"},
		{Name: "alone", Description: "what the verdict would be without the correction for the other tests"},
	}}
	for _, c := range tests {
		var claimed any
		if c.exact == nil {
			claimed = c.expect.String()
		}
		row := c.row("")
		t.Add(c.id, claimed, table.Known(row.Value), table.Known(row.Lo), table.Known(row.Hi), c.unit, row.Seeds, c.verdict().String(), c.alone().String())
	}
	return t
}

// table has a row for every claim, in words.
func (d claimsData) table(tests []test) *table.Table {
	t := page.ClaimsTable("claims_summary", seq.Map(tests, func(t test) page.Claim { return t.row(d.profile) }))
	t.Columns = append([]table.Column{{Name: "id", Description: "short name of the measure"}}, t.Columns...)
	t.Columns = append(t.Columns,
		table.Column{Name: "p", Description: "p value of all parts together; empty: no test"},
		table.Column{Name: "p_holm", Heading: "p by Holm", Description: "the same after Holm's correction for all tests of the table"})
	for i, row := range t.Rows {
		t.Rows[i] = append(append([]any{tests[i].id}, row...), table.Known(tests[i].P), table.Known(tests[i].Adjusted))
	}
	return t
}

// partsTable has a row for every number that a claim speaks of.
func partsTable(tests []test) *table.Table {
	t := &table.Table{Name: "claims_parts", Title: "The numbers behind the claims", Columns: []table.Column{
		{Name: "id", Description: "short name of the measure"},
		{Name: "part", Description: "what the number is of"},
		{Name: "claimed", Description: "what the paper claims of it"},
		{Name: "value", Description: "mean over seeds"},
		{Name: "lo", Part: table.Lower, Description: "lower end of its 95 % interval; empty: unknown"},
		{Name: "hi", Part: table.Upper, Description: "upper end of it"},
		{Name: "unit", Description: "unit of the three"},
		{Name: "seeds", Description: "number of runs"},
		{Name: "p_holds", Description: "p value that it is on the claimed side, not corrected; empty: no test"},
		{Name: "p_fails", Description: "p value that it is on the other side"},
		{Name: "decides", Description: "its value is that of the claim"},
	}}
	for _, c := range tests {
		for i, p := range c.parts {
			v := c.Intervals[i]
			t.Add(c.id, p.name, c.expect.String(), table.Known(v.Value), table.Known(v.Lo), table.Known(v.Hi), c.unit, v.N, table.Known(c.Holds[i]), table.Known(c.Fails[i]), i == c.Decides)
		}
	}
	return t
}
