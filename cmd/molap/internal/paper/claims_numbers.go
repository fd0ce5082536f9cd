package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// The numbers of claims: parts are made of sides, what networks score seed by seed.

// side is what networks score.
type side struct {
	x       []float64 // by seed
	missing string    // in place of x: why nothing was measured
}

// part is a number that a claim speaks of.
type part struct {
	name string
	side
}

// over is the mean of a measure over tasks, of networks on their task.
func over[C ~string](s obs.Scores, condition C, m obs.RunMeasure, tasks ...int) side {
	return side{x: s.Over(string(condition), m, tasks...)}
}

// under is the mean over tasks and draws at a level of a damage.
func under(q obs.Robustness, arm lab.Arm, damage lab.Damage, level float64, m obs.DamageMeasure) side {
	return damaged(q, arm, damage, func() []float64 { return q.BySeed(arm, damage, level, m) })
}

// upTo is the mean over tasks, draws and the levels of a damage above 0 and up to most.
func upTo(q obs.Robustness, arm lab.Arm, damage lab.Damage, most float64, m obs.DamageMeasure) side {
	return damaged(q, arm, damage, func() []float64 { return q.Over(arm, damage, most, m) })
}

func damaged(q obs.Robustness, arm lab.Arm, damage lab.Damage, x func() []float64) side {
	if !q.Has(arm, damage) {
		return side{missing: fmt.Sprintf("the units of %s do not divide into two modules or more", arm)}
	}
	return side{x: x()}
}

// less is a − b, seed by seed.
func less(a, b side) side { return side{minus(a.x, b.x), cmp.Or(a.missing, b.missing)} }

// minus returns x − y, seed by seed.
func minus(x, y []float64) []float64 {
	d := make([]float64, min(len(x), len(y)))
	for i := range d {
		d[i] = x[i] - y[i]
	}
	return d
}

// mean is the mean of several sides, seed by seed.
func mean(of ...side) side {
	m := side{x: slices.Clone(of[0].x)}
	for i := range m.x {
		m.x[i] = seq.Mean(seq.Map(of, func(s side) float64 { return s.x[i] }))
	}
	return m
}

// spreadOf is the highest less the lowest of several sides, seed by seed.
func spreadOf(of ...side) side {
	return side{x: seq.Map(seq.UpTo(len(of[0].x)), func(k int) float64 {
		at := seq.Map(of, func(s side) float64 { return s.x[k] })
		return slices.Max(at) - slices.Min(at)
	})}
}

// leads are what molap has over each of some arms on average over tasks.
func leads(s obs.Scores, m obs.RunMeasure, tasks []int, arms ...lab.Arm) []part {
	return seq.Map(arms, func(arm lab.Arm) part {
		return part{"over " + series(arm).Name, less(over(s, lab.MoLaP, m, tasks...), over(s, arm, m, tasks...))}
	})
}

// onEach are the parts of each of some tasks.
func onEach(s obs.Scores, tasks []int, of func(task int) side) []part {
	return seq.Map(tasks, func(i int) part { return part{s.Tasks[i].ID, of(i)} })
}

// heights are the scores at levels of a damage.
func heights(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []part {
	return seq.Map(levels, func(level float64) part {
		return part{damage.Amount(level), under(q, arm, damage, level, obs.AllOutputs)}
	})
}

// falls are what the intact network has over the damaged one, at levels of a damage.
func falls(q obs.Robustness, arm lab.Arm, damage lab.Damage, levels ...float64) []part {
	return seq.Map(levels, func(level float64) part { return part{damage.Amount(level), fall(q, arm, damage, level)} })
}

func fall(q obs.Robustness, arm lab.Arm, damage lab.Damage, level float64) side {
	return less(under(q, arm, damage, 0, obs.AllOutputs), under(q, arm, damage, level, obs.AllOutputs))
}

// withstands are what molap has over each of some arms after damage, mean over levels up to most.
func withstands(q obs.Robustness, m obs.DamageMeasure, damage lab.Damage, most float64, arms ...lab.Arm) []part {
	return seq.Map(arms, func(arm lab.Arm) part {
		return part{"over " + string(arm), less(upTo(q, lab.MoLaP, damage, most, m), upTo(q, arm, damage, most, m))}
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
	return fmt.Sprintf("By task %+.1f to %+.1f, ahead on %d of %d", slices.Min(leads), slices.Max(leads), ahead, len(tasks))
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
