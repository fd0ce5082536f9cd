package obs

import (
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
	"molap/tasks"
)

// damageRow is a row of a table of damage.
type damageRow struct {
	Robustness // the tasks that the row has means over
	task       string
	damage     lab.Damage
	level      float64

	net   DamagedNet // set, like hit and draws, if the row is of a single network
	hit   int
	draws []lab.Scores
}

// damageColumn and levelColumn say what was done to the networks of a row.
var (
	damageColumn = Col[damageRow]{Name: "damage", Doc: "what is done to the trained network", Of: func(r damageRow) any { return string(r.damage) }}
	levelColumn  = Col[damageRow]{Name: "level", Doc: "per cent of the weights or units concerned, or σ of the noise; 0: the intact network", Of: func(r damageRow) any { return r.level }}
)

// ByTask returns the part of q for each task.
func (q Robustness) ByTask() []Robustness {
	return seq.Map(q.Tasks, func(t tasks.Task) Robustness { return q.On(t.ID) })
}

// Glance returns a figure in numbers: a row for every level of every damage of each part of q,
// with means over its tasks, and a column for every arm.
func (q Robustness) Glance(name, title string, parts ...Robustness) *table.Table {
	var rows []damageRow
	for _, part := range parts {
		task := "all"
		if len(part.Tasks) == 1 {
			task = part.Tasks[0].ID
		}
		for _, d := range part.Damages {
			for _, amount := range Levels(d) {
				rows = append(rows, damageRow{Robustness: part, task: task, damage: d, level: amount})
			}
		}
	}
	cols := []Col[damageRow]{{Name: "task", Doc: "task of the paper, or all of them: the mean", Of: func(r damageRow) any { return r.task }}, damageColumn, levelColumn}
	for _, arm := range q.Arms {
		cols = append(cols, Spread(Col[damageRow]{Name: string(arm), Unit: "%", Doc: AllOutputs.Doc + ", draws and seeds"}, "standard deviation over draws and seeds", func(r damageRow) []float64 {
			if !r.Has(arm, r.damage) {
				return nil
			}
			return r.All(arm, r.damage, r.level, AllOutputs)
		})...)
	}
	return Table(name, title, rows, append(cols,
		nullColumns("the same", func(r damageRow) (blind, constant float64) { return r.Nulls(r.damage, AllOutputs) })...)...)
}

// Order compares molap with each arm under each damage, by means over tasks, draws and all levels:
// which is ahead by how much, and how sure that is.
func (q Robustness) Order(name string) *table.Table {
	var rows []damageRow
	for _, d := range q.Damages {
		for _, arm := range q.ArmsUnder(d) {
			rows = append(rows, damageRow{damage: d, net: DamagedNet{Arm: arm}})
		}
	}
	cols := []Col[damageRow]{damageColumn,
		{Name: "arm", Doc: "way of training", Of: func(r damageRow) any { return string(r.net.Arm) }},
		{Name: "seeds", Doc: "number of seeds", Of: func(damageRow) any { return len(q.Seeds) }}}
	over := func(arm lab.Arm, d lab.Damage, m DamageMeasure) []float64 { return q.Over(arm, d, d.Levels(), m) }
	for _, c := range []struct {
		m                       DamageMeasure
		name, doc, more, lo, hi string
	}{
		{Responses, "response", Responses.Doc + ", mean over tasks, draws, levels above 0 and seeds", "what molap has more, mean of the differences by seed",
			"lower end of its 95 % paired t interval, not corrected for many tests; empty: too few seeds", "upper end"},
		{AllOutputs, "overall", AllOutputs.Doc + " and otherwise as response", "what molap has more, as above", "lower end", "upper end"},
	} {
		cols = append(append(cols, Col[damageRow]{Name: c.name, Unit: "%", Doc: c.doc, Of: func(r damageRow) any { return seq.Mean(over(r.net.Arm, r.damage, c.m)) }}),
			Interval(Col[damageRow]{Name: c.name + "_molap_more", Heading: "molap has more", Unit: "%", Doc: c.more}, c.name+"_more_", c.lo, c.hi,
				func(r damageRow) stats.Interval {
					return stats.Paired(over(lab.MoLaP, r.damage, c.m), over(r.net.Arm, r.damage, c.m), 0.95)
				})...)
	}
	return Table(name, "The order of the arms: means over tasks, draws and levels, with 95 % intervals over seeds", rows, cols...)
}

// Networks returns a table with a row for every network and level, with every measure.
func (q Robustness) Networks(name string) *table.Table {
	var rows []damageRow
	for _, seed := range q.Seeds {
		for _, t := range q.Tasks {
			for _, d := range q.Damages {
				for _, arm := range q.ArmsUnder(d) {
					net := DamagedNet{arm, t.ID, d, seed}
					for _, amount := range Levels(d) {
						draws, hit := q.at(net, amount)
						rows = append(rows, damageRow{damage: d, level: amount, net: net, hit: hit, draws: draws})
					}
				}
			}
		}
	}
	cols := []Col[damageRow]{
		{Name: "seed", Doc: "seed of all random numbers", Of: func(r damageRow) any { return r.net.Seed }},
		{Name: "arm", Doc: "way of training", Of: func(r damageRow) any { return string(r.net.Arm) }},
		{Name: "task", Doc: "task of the paper", Of: func(r damageRow) any { return r.net.Task }},
		damageColumn, levelColumn,
		{Name: "hit", Doc: "weights or units hit", Of: func(r damageRow) any { return r.hit }},
		{Name: "draws", Doc: "random draws", Of: func(r damageRow) any { return len(r.draws) }},
	}
	over := func(r damageRow, m DamageMeasure) []float64 { return seq.Map(r.draws, m.Of) }
	for _, m := range []DamageMeasure{AllOutputs, OtherOutputs, Responses} {
		cols = append(cols,
			Col[damageRow]{Name: m.Name, Unit: m.Unit, Doc: m.Doc, Of: func(r damageRow) any { return seq.Mean(over(r, m)) }},
			Col[damageRow]{Name: m.Name + "_sd", Part: table.Spread, Unit: m.Unit, Doc: "its standard deviation over draws", Of: func(r damageRow) any {
				x := over(r, m)
				return table.Known(seq.Mean(x) + seq.SD(x) - seq.Mean(x)) // rounded like the mean
			}})
	}
	return Table(name, "Every network, means over draws", rows, append(cols,
		Col[damageRow]{Name: SquaredError.Name, Unit: SquaredError.Unit, Doc: SquaredError.Doc, Of: func(r damageRow) any { return seq.Mean(over(r, SquaredError)) }})...)
}

// Panel draws the mean over tasks against the amount of a damage; nil if q has none of it.
func (q Robustness) Panel(frame figure.Frame, d lab.Damage, m DamageMeasure) figure.Panel {
	arms := q.ArmsUnder(d)
	if arms == nil {
		return nil
	}
	if frame.Y.Label == "" {
		frame.Y.Label = m.Label
	}
	levels := Levels(d)
	frame.X, frame.Y.Max = figure.Axis{Label: d.Label(), Even: levels}, 100 // most happens at the lowest levels
	c := &figure.Curves{Frame: frame}
	for _, arm := range arms {
		line := figure.Curve{Name: Legend(arm).Name, As: Legend(arm).As, X: levels, Marked: true}
		for _, amount := range levels {
			all := q.All(arm, d, amount, m)
			lo, hi := stats.Central(all, 0.8)
			line.Y, line.Lo, line.Hi = append(line.Y, seq.Mean(all)), append(line.Lo, lo), append(line.Hi, hi)
		}
		c.Series = append(c.Series, line)
	}
	blind, constant := q.Nulls(d, m)
	c.Refs = []figure.Ref{{Name: figure.Blind, Y: blind}, {Name: figure.Constant, Y: constant}}
	return c
}
