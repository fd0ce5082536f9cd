package paper

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
)

// claimsData is what the claims of the paper are held against: the data of the
// other experiments.
type claimsData struct {
	profile     string
	leaveOut    bool // tasks are left out of pre-training for Fig. 5
	tableFactor int

	learnt    grouped       // Fig. 2
	explained explainedData // A.2.1
	modules   threeModules
	left      generalisation // Fig. 5
	sequence  dniData
	lesioned  damageData // Fig. 3
	damaged   damageData // Fig. 4
	global    damageData // Fig. S5
}

// planClaims holds every claim of the text against what the other experiments
// measured. It computes nothing of its own.
func planClaims(l *lab.Lab) plan {
	needs, done := claims(l)
	return plan{needs, func() Result { return done().result() }}
}

// claims is what the claims need, and their data once that is done.
func claims(l *lab.Lab) ([]jobs.Node, func() claimsData) {
	var p plan
	d := claimsData{profile: l.Settings.Label(), leaveOut: l.Settings.Arms.LeaveOut, tableFactor: l.Settings.Table1.NetworkFactor}
	learnt := collect(&p, l, learnt)
	explained := collect(&p, l, explained)
	modules := collect(&p, l, modules3)
	left := collect(&p, l, fig5)
	lesioned := collect(&p, l, fig3)
	damaged := collect(&p, l, func(l *lab.Lab) ([]jobs.Node, func() damageData) {
		return damage(l, l.Tasks(), lab.DamagedArms, lab.Damages, l.Settings.Damage.TaskTrials)
	})
	global := collect(&p, l, func(l *lab.Lab) ([]jobs.Node, func() damageData) { return supplementData(l, figS5) })
	dni(l, func(l *lab.Lab, c lab.Cell) lab.Run {
		p.needs = append(p.needs, l.Score(c))
		return lab.Run{}
	})
	return p.needs, func() claimsData {
		d.learnt, d.explained, d.modules, d.left = learnt(), explained(), modules(), left()
		d.lesioned, d.damaged, d.global = lesioned().damageData, damaged(), global()
		d.sequence = dni(l, done)
		return d
	}
}

// collect adds what data need to a plan and returns the data.
func collect[D any](p *plan, l *lab.Lab, of func(*lab.Lab) ([]jobs.Node, func() D)) func() D {
	needs, done := of(l)
	p.needs = append(p.needs, needs...)
	return done
}

// learnt is what Fig. 2 needs, and its runs once that is done.
func learnt(l *lab.Lab) ([]jobs.Node, func() grouped) {
	var needs []jobs.Node
	var runs []*jobs.Job[lab.Run]
	ts := l.Tasks()
	for _, seed := range l.Seeds {
		for _, arm := range fig2Arms {
			for _, t := range ts {
				j := l.Score(lab.Cell{Arm: arm, Task: t.ID, Seed: seed})
				runs, needs = append(runs, j), append(needs, j)
			}
		}
	}
	return needs, func() grouped {
		return grouped{runs: seq.Map(runs, (*jobs.Job[lab.Run]).Value), tasks: ts, arms: fig2Arms, seeds: len(l.Seeds)}
	}
}

// claims returns every claim in the order of the text.
func (d claimsData) claims() []claim {
	var all []claim
	for _, some := range [][]claim{
		d.countClaims(), d.successClaims(), d.similarClaims(), d.bestClaims(), d.varianceClaims(),
		d.m1Claims(), d.m2Claims(), d.interClaims(), d.globalClaims(), d.everyDamageClaims(), d.leftOutClaims(), d.sequenceClaims(),
	} {
		all = append(all, some...)
	}
	return all
}

func (d claimsData) result() Result {
	tests := judge(d.claims())
	r := Result{
		Title: "What the verdicts on the paper's claims rest on", UsesSettings: true,
		Tables:  []*report.Table{glanceTable(tests), d.table(tests), partsTable(tests)},
		Figures: []*report.Figure{d.differences(), d.damages()},
		Captions: []string{
			fmt.Sprintf("Per cent correct of molap less that of the other arms, by task and on average over all nine: mean over %d seed(s) of the difference within a seed, with its 95 %% interval. Right of the line molap is better. "+
				"A: mean over all outputs, the paper's measure. B: the response outputs alone, correct within a tenth of the targets' range.", d.learnt.seeds),
			fmt.Sprintf("Per cent correct of molap less that of the other arms after damage, mean over draws and levels, all outputs: mean over %d seed(s) of the difference within a seed, with its 95 %% interval. "+
				"A: all nine tasks, all levels (Fig. 4). B: task T7 up to 10 %%, or up to σ = 0.03 (Fig. S5).", d.learnt.seeds),
		},
	}
	for _, t := range tests {
		r.Claims = append(r.Claims, t.row(d.profile))
	}
	r.Headline, r.Findings = d.summary(tests)
	return r
}

// summary counts the verdicts and names the claims.
func (d claimsData) summary(tests []test) (headline string, findings []string) {
	groups := []struct {
		words          string
		verdict, alone report.Verdict
	}{
		{"Holds", report.Holds, report.Holds},
		{"Does not hold", report.HoldsNot, report.HoldsNot},
		{"Inconclusive; would hold alone, without correction for the other tests", report.Inconclusive, report.Holds},
		{"Inconclusive; would not hold alone", report.Inconclusive, report.HoldsNot},
		{"Inconclusive", report.Inconclusive, report.Inconclusive},
	}
	counts := make([]int, len(groups))
	for i, g := range groups {
		var ids []string
		for _, t := range tests {
			if t.verdict == g.verdict && t.alone() == g.alone {
				ids = append(ids, t.id)
			}
		}
		if counts[i] = len(ids); ids != nil {
			findings = append(findings, g.words+": "+strings.Join(ids, ", ")+".")
		}
	}
	headline = fmt.Sprintf("Of %d measures of what the paper claims, %d hold, %d do not hold and %d are inconclusive with %d seed(s) of profile %s.",
		len(tests), counts[0], counts[1], counts[2]+counts[3]+counts[4], d.learnt.seeds, d.profile)
	if counts[2]+counts[3] > 0 {
		headline += fmt.Sprintf(" Of the inconclusive %d would hold alone, without the correction for the other tests, and %d would not.", counts[2], counts[3])
	}
	if d.learnt.seeds < leastSeeds {
		findings = append(findings, fmt.Sprintf("With %d seed(s) only counts have a verdict: -seeds 10 gives intervals.", d.learnt.seeds))
	}
	return headline, findings
}

// glanceTable is the verdicts in numbers.
func glanceTable(tests []test) *report.Table {
	t := &report.Table{Name: "claims", Title: "Claims of the paper", Columns: []report.Column{
		{Name: "id", Description: "short name of the measure"},
		{Name: "claimed", Description: "what the paper claims of the value, or of each of several; empty: a count"},
		{Name: "value", Description: "mean over seeds; of several, that which decides"},
		{Name: "lo", Description: "lower end of its 95 % interval; empty: unknown"},
		{Name: "hi", Description: "upper end of it"},
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
		t.Add(c.id, claimed, known(row.Value), known(row.Lo), known(row.Hi), c.unit, row.Seeds, c.verdict.String(), c.alone().String())
	}
	return t
}

// table has a row for every claim, in words.
func (d claimsData) table(tests []test) *report.Table {
	t := report.ClaimsTable("claims_summary", seq.Map(tests, func(t test) report.Claim { return t.row(d.profile) }))
	t.Columns = append([]report.Column{{Name: "id", Description: "short name of the measure"}}, t.Columns...)
	t.Columns = append(t.Columns,
		report.Column{Name: "p", Description: "p value of all parts together; empty: no test"},
		report.Column{Name: "p_holm", Description: "the same after Holm's correction for all tests of the table"})
	for i, row := range t.Rows {
		t.Rows[i] = append(append([]any{tests[i].id}, row...), known(tests[i].p), known(tests[i].adjusted))
	}
	return t
}

// partsTable has a row for every number that a claim speaks of.
func partsTable(tests []test) *report.Table {
	t := &report.Table{Name: "claims_parts", Title: "The numbers behind the claims", Columns: []report.Column{
		{Name: "id", Description: "short name of the measure"},
		{Name: "part", Description: "what the number is of"},
		{Name: "claimed", Description: "what the paper claims of it"},
		{Name: "value", Description: "mean over seeds"},
		{Name: "lo", Description: "lower end of its 95 % interval; empty: unknown"},
		{Name: "hi", Description: "upper end of it"},
		{Name: "unit", Description: "unit of the three"},
		{Name: "seeds", Description: "number of runs"},
		{Name: "p_holds", Description: "p value that it is on the claimed side, not corrected; empty: no test"},
		{Name: "p_fails", Description: "p value that it is on the other side"},
		{Name: "decides", Description: "its value is that of the claim"},
	}}
	for _, c := range tests {
		for i, p := range c.parts {
			v := c.intervals[i]
			t.Add(c.id, p.name, c.expect.String(), known(v.Value), known(v.Lo), known(v.Hi), c.unit, v.N, known(c.holdsParts[i]), known(c.failsPart[i]), i == c.decides)
		}
	}
	return t
}
