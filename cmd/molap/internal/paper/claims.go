package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/words"
	"molap/tasks"
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

// leadPanel draws molap's lead over some arms, a line for each of rows; x returns the lead over an arm,
// by seed.
func leadPanel(label string, rows []string, arms []lab.Arm, x func(arm lab.Arm, row int) []float64) *figure.Intervals {
	v := &figure.Intervals{Frame: figure.Frame{X: figure.Axis{Label: label}}, Rows: rows, Refs: []figure.Ref{{Name: "no difference", Y: 0}}}
	for _, arm := range arms {
		s := figure.DotSeries{Name: "molap − " + obs.Legend(arm).Name, As: cmp.Or(obs.Legend(arm).As, obs.Legend(arm).Name)}
		for row := range rows {
			i := stats.Mean(x(arm, row), judge.Level)
			s.Samples = append(s.Samples, figure.Sample{Mean: i.Value, Lo: i.Lo, Hi: i.Hi})
		}
		v.Series = append(v.Series, s)
	}
	return v
}

// differences draws molap's lead over the other arms, task by task and on average.
func (d claimsData) differences() *figure.Figure {
	others := seq.Where(fig2Arms, func(arm lab.Arm) bool { return arm != lab.MoLaP })
	panel := func(label string, measure obs.RunMeasure) figure.Panel {
		return leadPanel(label, append(taskNames(d.learnt.Tasks), "mean"), others, func(arm lab.Arm, row int) []float64 {
			tasks := nineTasks
			if row < len(nineTasks) {
				tasks = []int{row}
			}
			return leadsOver(d.learnt, measure, tasks, arm)[0].X
		})
	}
	return &figure.Figure{
		Name: "claims_arms", Width: 7, Height: 6.4, SharedY: true,
		Alt:  "Differences in per cent correct between molap and each of five other arms, with intervals, for each of nine tasks and their mean; left over all outputs, right for the response alone.",
		Rows: [][]figure.Panel{{panel("all outputs: difference (points)", obs.Overall), panel("response alone: difference (points)", obs.Response)}},
	}
}

// damages draws molap's lead over the other arms after damage.
func (d claimsData) damages() *figure.Figure {
	panel := func(label string, q obs.Robustness, most float64) figure.Panel {
		v := leadPanel(label, seq.Map(q.Damages, lab.Damage.Short), []lab.Arm{lab.Separate, lab.DNI}, func(arm lab.Arm, row int) []float64 {
			if q.Damages[row] == lab.WeightNoise {
				return leadsAfterDamage(q, obs.AllOutputs, lab.WeightNoise, everyLevel, arm)[0].X
			}
			return leadsAfterDamage(q, obs.AllOutputs, q.Damages[row], most, arm)[0].X
		})
		v.Format = "%.1f"
		return v
	}
	return &figure.Figure{
		Name: "claims_damage", Width: 7, Height: 3, Loose: true,
		Alt: "Differences in per cent correct between damaged molap and the damaged other arms, with intervals, for six kinds of damage over all tasks and three on task T7.",
		Rows: [][]figure.Panel{{
			panel("all tasks: difference (points)", d.damaged, everyLevel),
			panel("T7: difference (points)", d.global.On("T7"), 10),
		}},
	}
}

// The numbers of claims.

// valueRange returns the highest value less the lowest.
func valueRange(x []float64) float64 { return slices.Max(x) - slices.Min(x) }

// leadsOver returns molap's lead over each of some arms, mean over tasks.
func leadsOver(s obs.Scores, m obs.RunMeasure, tasks []int, arms ...lab.Arm) []side {
	return seq.Map(arms, func(arm lab.Arm) side {
		return claims.LeadOver(claims.ScoreOver(s, lab.MoLaP, m, tasks...), claims.ScoreOver(s, arm, m, tasks...)).As("over " + obs.Legend(arm).Name)
	})
}

// onEach returns the parts of a claim for each of some tasks.
func onEach(s obs.Scores, tasks []int, of func(task int) side) []side {
	return seq.Map(tasks, func(i int) side { return of(i).As(s.Tasks[i].ID) })
}

// scoresAt returns the scores at levels of a damage.
func scoresAt(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []side {
	return seq.Map(levels, func(level float64) side {
		return claims.ScoreAt(q, arm, damage, level, obs.AllOutputs).As(damage.Amount(level))
	})
}

// lossesAt returns the score of the intact network less that of the damaged one, at levels of a damage.
func lossesAt(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []side {
	return seq.Map(levels, func(level float64) side { return lossAt(q, arm, damage, level).As(damage.Amount(level)) })
}

func lossAt(q obs.Robustness, arm lab.Arm, damage lab.Damage, level float64) side {
	return claims.LossFrom(claims.ScoreAt(q, arm, damage, 0, obs.AllOutputs), claims.ScoreAt(q, arm, damage, level, obs.AllOutputs))
}

// leadsAfterDamage returns molap's lead over each of some arms after damage, mean over levels up to most.
func leadsAfterDamage(q obs.Robustness, m obs.DamageMeasure, damage lab.Damage, most float64, arms ...lab.Arm) []side {
	return seq.Map(arms, func(arm lab.Arm) side {
		return claims.LeadOver(claims.ScoreUpTo(q, lab.MoLaP, damage, most, m), claims.ScoreUpTo(q, arm, damage, most, m)).As("over " + string(arm))
	})
}

// The texts of remarks.

// taskRange tells from where to where molap's lead over an arm goes, task by task.
func taskRange(s obs.Scores, m obs.RunMeasure, tasks []int, arm lab.Arm) string {
	leads := seq.Map(tasks, func(i int) float64 { return seq.Mean(leadsOver(s, m, []int{i}, arm)[0].X) })
	ahead := 0
	for _, v := range leads {
		if v > 0 {
			ahead++
		}
	}
	return fmt.Sprintf("By task %s to %s, ahead on %d of %d", words.Signed(slices.Min(leads)), words.Signed(slices.Max(leads)), ahead, len(tasks))
}

// escapesRemark tells how many trainings of molap left the plateau.
func escapesRemark(s obs.Scores) string {
	left, all := 0, 0
	for i := range s.Tasks {
		rs := s.Of("molap", i)
		left, all = left+len(obs.Escapes(rs)), all+len(rs)
	}
	return fmt.Sprintf("Training left the plateau of a blind answer in %d of %d runs", left, all)
}

// scoresRemark tells what arms score on average over tasks, beside the better null: arms that have learnt
// nothing are alike as well.
func scoresRemark(s obs.Scores, tasks []int, arms ...lab.Arm) string {
	text := seq.Map(arms, func(arm lab.Arm) string {
		return fmt.Sprintf("%s %.1f %%, ", obs.Legend(arm).Name, s.Mean(string(arm), obs.Overall, tasks...))
	})
	return strings.Join(text, "") + fmt.Sprintf("the better null %.1f %%", s.Mean("molap", obs.BetterNull(obs.Overall), tasks...))
}

// intactRemark tells what the networks of molap score before damage, beside the better null: a network that
// has learnt nothing has nothing to lose.
func intactRemark(q obs.Robustness, damage lab.Damage) string {
	blind, constant := q.Nulls(damage, obs.AllOutputs)
	return fmt.Sprintf("Intact %s scores %.1f %%, the better null %.1f %%", lab.MoLaP, seq.Mean(q.BySeed(lab.MoLaP, damage, 0, obs.AllOutputs)), max(blind, constant))
}

// taskNames names tasks for a figure.
func taskNames(ts []tasks.Task) []string {
	return seq.Map(ts, func(t tasks.Task) string { return t.ID + " " + t.Title })
}
