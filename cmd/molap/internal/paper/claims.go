package paper

import (
	"cmp"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// claimsData holds what decides the claims of the paper: the data of the other experiments.
type claimsData struct {
	profile     string
	leaveOut    bool // tasks are left out of pre-training for Fig. 5
	tableFactor int

	learnt    obs.Scores    // Fig. 2
	explained obs.Explained // A.2.1
	modules   obs.Scores
	sizes     [2]int     // of modules, units
	left      obs.Scores // Fig. 5
	sequence  obs.Sequence
	lesioned  obs.Robustness // Fig. 3
	damaged   obs.Robustness // Fig. 4
	global    obs.Robustness // Fig. S5
}

// claimsOf asks for the observations that decide the claims of the text. All are observations of other
// experiments.
func claimsOf(n *obs.Notebook) func() claimsData {
	d := claimsData{profile: n.Settings.Label(), leaveOut: n.Settings.Arms.LeaveOut,
		tableFactor: n.Settings.Table1.NetworkFactor, sizes: moduleSizes(n.Settings.Network.Units)}
	learnt, explained, sequence := fig2Scores(n), n.Explained(), dniScores(n)
	lesioned, global, damaged := fig3Scores(n), figS5.scores(n), fig4Scores(n, lab.DamagedArms...)
	// These experiments train most of the networks and decide few claims: take the seeds that have
	// them.
	some := func(scores func(*obs.Notebook) func() obs.Scores) func() obs.Scores {
		those, _ := n.Complete(func(n *obs.Notebook) { scores(n) })
		return scores(those)
	}
	modules, left := some(modules3Scores), some(leftOutScores)
	return func() claimsData {
		d.learnt, d.explained, d.modules, d.left = learnt(), explained(), modules(), left()
		d.lesioned, d.damaged, d.global, d.sequence = lesioned(), damaged(), global(), sequence()
		return d
	}
}

// claims returns every claim in the order of the text.
func (d claimsData) claims() []claims.Claim {
	return claimRows(slices.Concat(d.counts(), d.learning(), d.variance(), d.lesions(), d.anywhere(), d.everywhere(), d.leftOut(), d.inOrders())...)
}

func (d claimsData) result() Result {
	tests := claims.Judge(d.claims())
	r := Result{
		Title:   "What the verdicts on the paper's claims rest on",
		Figures: []*figure.Figure{d.differences(), d.damages()},
		Captions: []string{
			fmt.Sprintf("Per cent correct of molap less that of the other arms, by task and on average over all nine: mean over %s of the difference within a seed, with its 95 %% interval. Right of the line molap is better. "+
				"a: mean over all outputs, the paper's measure. b: the response outputs alone, correct within a tenth of the targets' range.", words.Count(len(d.learnt.Seeds), "seed")),
			fmt.Sprintf("Per cent correct of molap less that of the other arms after damage, mean over draws and levels, all outputs: mean over %s of the difference within a seed, with its 95 %% interval. "+
				"a: all nine tasks, all levels (Fig. 4). b: task T7 up to 10 %%, or up to σ = 0.03 (Fig. S5).", words.Count(len(d.learnt.Seeds), "seed")),
		},
	}
	r.Claims = seq.Map(tests, func(t claims.Test) page.Claim { return t.Row(d.profile) })
	r.Tables = claims.Tables(tests, d.profile)
	r.Headline, r.Findings = claims.InWords(r.Claims, len(d.learnt.Seeds))
	return r
}

// What rows of claims are made of.
type (
	claim = claims.Claim
	side  = claims.Side
)

// claimedPassage is a sentence of the paper with the ways to measure it.
type claimedPassage struct {
	words, where string
	section      string // experiment that shows it
	why          string // our explanation if a claim does not hold, for claims without their own
	claims       []claim
}

// claimRows returns the claims of passages with the words, place and section of their passage.
func claimRows(all ...claimedPassage) (claims []claim) {
	for _, p := range all {
		for _, c := range p.claims {
			c.Words, c.Where, c.Section, c.Why = p.words, p.where, p.section, cmp.Or(c.Why, p.why)
			for _, part := range c.Parts {
				c.Missing = cmp.Or(c.Missing, part.Missing)
			}
			if c.Missing != "" {
				c.Parts = nil
			}
			claims = append(claims, c)
		}
	}
	return claims
}

// The levels and the margin that claims have in common.
const similarMargin = claims.SimilarMargin

var (
	aboveZero      = judge.Above(0)
	aboveCriterion = judge.Above(publishedCriterion)
	withinMargin   = judge.Within(0, similarMargin)
)
