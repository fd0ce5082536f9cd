package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// The numbers of claims: parts are made of sides, what networks score seed by seed.

// side is a number of networks, seed by seed.
type side struct {
	x       []float64
	missing string          // in place of x: why nothing was measured
	of      [][]judge.Score // in groups, whose scores tell whether it can speak for a claim; none: it always can
	within  []float64       // variance that test trials and draws of damage give x, by seed, at most; nil: unknown
}

// part is a number that a claim speaks of.
type part struct {
	name string
	side
}

// scoreOver is the mean of a measure over tasks, of networks on their task.
func scoreOver[C ~string](s obs.Scores, condition C, m obs.RunMeasure, tasks ...int) side {
	v := side{x: s.Over(string(condition), m, tasks...)}
	if m.Null != nil {
		name := s.Title(string(condition))
		if len(tasks) == 1 {
			name += " on " + s.Tasks[tasks[0]].ID
		}
		v.of = [][]judge.Score{{{Name: name, Level: v.x, Null: s.Over(string(condition), obs.BetterNull(m), tasks...), Top: v.x}}}
		v.within = s.Sampling(string(condition), m, tasks...)
	}
	return v
}

// itself is a side whose claim is that networks learn: it can always be tested.
func (s side) itself() side { return side{x: s.x, missing: s.missing, within: s.within} }

// beyond is what networks score above the better null.
func (s side) beyond() side {
	return side{x: seq.Minus(s.x, s.of[0][0].Null), within: s.within}
}

// scoreAt is the mean over tasks and draws at a level of a damage.
func scoreAt(q obs.Robustness, arm lab.Arm, damage lab.Damage, level float64, m obs.DamageMeasure) side {
	return damaged(q, arm, damage, []float64{level}, m, func() []float64 { return q.BySeed(arm, damage, level, m) })
}

// scoreUpTo is the mean over tasks, draws and the levels of a damage above 0 and up to most.
func scoreUpTo(q obs.Robustness, arm lab.Arm, damage lab.Damage, most float64, m obs.DamageMeasure) side {
	return damaged(q, arm, damage, obs.LevelsTo(damage, most), m, func() []float64 { return q.Over(arm, damage, most, m) })
}

// damaged is a number of networks after damage. What they have learnt, and have to lose, the
// intact ones tell.
func damaged(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels []float64, m obs.DamageMeasure, x func() []float64) side {
	if !q.Has(arm, damage) {
		return side{missing: fmt.Sprintf("the units of %s do not divide into two modules or more", arm)}
	}
	v := side{x: x(), within: q.Sampling(arm, damage, levels, m)}
	score := judge.Score{Name: string(arm)}
	if len(q.Tasks) == 1 {
		score.Name += " on " + q.Tasks[0].ID
	}
	if score.Top = v.x; m.Null == nil {
		m, score.Top = obs.AllOutputs, nil
	}
	score.Level, score.Null = q.BySeed(arm, damage, 0, m), q.BetterNull(arm, damage, m)
	v.of = [][]judge.Score{{score}}
	return v
}

// leadOver returns a − b, seed by seed, of networks that are compared.
func leadOver(a, b side) side {
	v := pairedDifference(a, b)
	v.of = oneGroup(v.of)
	return v
}

// pairedDifference is a − b, seed by seed, of what has to be learnt in a and in b.
func pairedDifference(a, b side) side {
	v := side{x: seq.Minus(a.x, b.x), missing: cmp.Or(a.missing, b.missing), of: slices.Concat(a.of, b.of)}
	if a.within != nil && b.within != nil { // as if independent: at most, where both are tested on the same trials
		v.within = seq.Minus(a.within, seq.Map(b.within, func(variance float64) float64 { return -variance }))
	}
	return v
}

// lossFrom is a − b, seed by seed, of networks that have learnt a.
func lossFrom(a, b side) side {
	v := pairedDifference(a, b)
	v.of = a.of
	return v
}

// oneGroup makes one group of several.
func oneGroup(of [][]judge.Score) [][]judge.Score {
	if of == nil {
		return nil
	}
	return [][]judge.Score{slices.Concat(of...)}
}

// bySeed is a function of several sides, seed by seed.
func bySeed(f func([]float64) float64, of ...side) side {
	v := side{of: oneGroup(slices.Concat(seq.Map(of, func(s side) [][]judge.Score { return s.of })...))}
	for k := range of[0].x {
		v.x = append(v.x, f(seq.Map(of, func(s side) float64 { return s.x[k] })))
	}
	return v
}

// averaged is the mean of several sides, seed by seed.
func averaged(of ...side) side {
	v := bySeed(seq.Mean, of...)
	if !slices.ContainsFunc(of, func(s side) bool { return s.within == nil }) {
		v.within = bySeed(seq.Mean, seq.Map(of, func(s side) side { return side{x: s.within} })...).x
		for k := range v.within {
			v.within[k] /= float64(len(of))
		}
	}
	return v
}

// valueRange is the highest value less the lowest.
func valueRange(x []float64) float64 { return slices.Max(x) - slices.Min(x) }

// leads are what molap has over each of some arms on average over tasks.
func leads(s obs.Scores, m obs.RunMeasure, tasks []int, arms ...lab.Arm) []part {
	return seq.Map(arms, func(arm lab.Arm) part {
		return part{"over " + series(arm).Name, leadOver(scoreOver(s, lab.MoLaP, m, tasks...), scoreOver(s, arm, m, tasks...))}
	})
}

// onEach are the parts of each of some tasks.
func onEach(s obs.Scores, tasks []int, of func(task int) side) []part {
	return seq.Map(tasks, func(i int) part { return part{s.Tasks[i].ID, of(i)} })
}

// heights are the scores at levels of a damage.
func heights(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []part {
	return seq.Map(levels, func(level float64) part {
		return part{damage.Amount(level), scoreAt(q, arm, damage, level, obs.AllOutputs)}
	})
}

// falls are what the intact network has over the damaged one, at levels of a damage.
func falls(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []part {
	return seq.Map(levels, func(level float64) part { return part{damage.Amount(level), fall(q, arm, damage, level)} })
}

func fall(q obs.Robustness, arm lab.Arm, damage lab.Damage, level float64) side {
	return lossFrom(scoreAt(q, arm, damage, 0, obs.AllOutputs), scoreAt(q, arm, damage, level, obs.AllOutputs))
}

// withstands are what molap has over each of some arms after damage, mean over levels up to most.
func withstands(q obs.Robustness, m obs.DamageMeasure, damage lab.Damage, most float64, arms ...lab.Arm) []part {
	return seq.Map(arms, func(arm lab.Arm) part {
		return part{"over " + string(arm), leadOver(scoreUpTo(q, lab.MoLaP, damage, most, m), scoreUpTo(q, arm, damage, most, m))}
	})
}

// What remarks say.

// taskRange tells how far apart the tasks lie that a lead of molap is the mean of.
func taskRange(s obs.Scores, m obs.RunMeasure, tasks []int, arm lab.Arm) string {
	leads := seq.Map(tasks, func(i int) float64 { return seq.Mean(leads(s, m, []int{i}, arm)[0].x) })
	ahead := 0
	for _, v := range leads {
		if v > 0 {
			ahead++
		}
	}
	return fmt.Sprintf("By task %s to %s, ahead on %d of %d", obs.Signed(slices.Min(leads)), obs.Signed(slices.Max(leads)), ahead, len(tasks))
}

// escapes tells how many trainings of molap left the plateau.
func escapes(s obs.Scores) string {
	left, all := 0, 0
	for i := range s.Tasks {
		rs := s.Of("molap", i)
		left, all = left+len(obs.Escapes(rs)), all+len(rs)
	}
	return fmt.Sprintf("Training left the plateau of a blind answer in %d of %d runs", left, all)
}

// reached tells what arms score on average over tasks, beside the better null: arms that have
// learnt nothing are alike, too.
func reached(s obs.Scores, tasks []int, arms ...lab.Arm) string {
	text := seq.Map(arms, func(arm lab.Arm) string {
		return fmt.Sprintf("%s %.1f %%, ", series(arm).Name, s.Mean(string(arm), obs.Overall, tasks...))
	})
	return strings.Join(text, "") + fmt.Sprintf("the better null %.1f %%", s.Mean("molap", obs.BetterNull(obs.Overall), tasks...))
}

// intact tells what the networks of molap score before damage, beside the better null: who
// has learnt nothing has nothing to lose.
func intact(q obs.Robustness, damage lab.Damage) string {
	blind, constant := q.Nulls(damage, obs.AllOutputs)
	return fmt.Sprintf("Intact %s scores %.1f %%, the better null %.1f %%", lab.MoLaP, seq.Mean(q.BySeed(lab.MoLaP, damage, 0, obs.AllOutputs)), max(blind, constant))
}

// taskNames names tasks for a figure.
func taskNames(ts []tasks.Task) []string {
	return seq.Map(ts, func(t tasks.Task) string { return t.ID + " " + t.Title })
}
