package paper

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// The numbers of claims, and the remarks beside them.

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
		return claims.ScoreAfter(q, arm, damage, obs.AllOutputs, level).As(damage.Amount(level))
	})
}

// lossesAt returns the score of the intact network less that of the damaged one, at levels of a damage.
func lossesAt(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []side {
	return seq.Map(levels, func(level float64) side {
		return claims.LossFrom(claims.ScoreAfter(q, arm, damage, obs.AllOutputs, 0), claims.ScoreAfter(q, arm, damage, obs.AllOutputs, level)).As(damage.Amount(level))
	})
}

// leadsAfterDamage returns molap's lead over each of some arms after damage, mean over levels up to most.
func leadsAfterDamage(q obs.Robustness, m obs.DamageMeasure, damage lab.Damage, most float64, arms ...lab.Arm) []side {
	levels := obs.LevelsTo(damage, most)
	return seq.Map(arms, func(arm lab.Arm) side {
		return claims.LeadOver(claims.ScoreAfter(q, lab.MoLaP, damage, m, levels...), claims.ScoreAfter(q, arm, damage, m, levels...)).As("over " + string(arm))
	})
}

// taskRange tells from where to where molap's lead over an arm goes, task by task.
func taskRange(s obs.Scores, m obs.RunMeasure, tasks []int, arm lab.Arm) string {
	leads := seq.Map(tasks, func(i int) float64 { return seq.Mean(leadsOver(s, m, []int{i}, arm)[0].X) })
	ahead := len(seq.Where(leads, func(v float64) bool { return v > 0 }))
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
