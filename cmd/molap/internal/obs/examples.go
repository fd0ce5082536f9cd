package obs

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// DamagedTrials are trials of one network after each of some kinds of damage.
type DamagedTrials struct {
	Task     tasks.Task
	Damages  []lab.Damage   // those that hit the network
	Examples []lab.Examples // by damage
}

// DamagedTrials asks for trials of a network in the first draw of each damage that applies to it.
func (n *Notebook) DamagedTrials(c lab.Cell, damages []lab.Damage, level float64, trials int) func() DamagedTrials {
	hit := seq.Where(damages, func(d lab.Damage) bool { return d.Applies(n.Settings, c.Arm) })
	asked := seq.Map(hit, func(d lab.Damage) func() lab.Examples { return n.Examples(c, d, level, trials) })
	return func() DamagedTrials { return DamagedTrials{taskset.ByID(n.Settings, c.Task), hit, Answers(asked)} }
}

// Panels draw an output over time beside its target, and its errors, after a damage; nil if the network
// has none of it. All damages have the same axes.
func (x DamagedTrials) Panels(title string, d lab.Damage, output int) (traces, errors figure.Panel) {
	k := slices.Index(x.Damages, d)
	if k < 0 {
		return nil, nil
	}
	e := x.Examples[k]
	stems := &figure.Stems{Frame: figure.Frame{Title: title, Y: figure.Axis{Label: fmt.Sprintf("MSE, output %d", output+1)}},
		Values: e.Error[output], Wrong: e.Wrong[output]}
	var beside [][]float64
	for _, other := range x.Examples {
		beside = append(append(beside, overTime(other, other.Outputs, output)...), overTime(other, other.Targets, output)...)
		stems.Y.Max = max(stems.Y.Max, 1.06*slices.Max(other.Error[output]))
	}
	t := tracesPanel(seq.UpTo(e.Traced), x.Task)
	t.Title, t.Channels = title, []figure.Channel{{Group: fmt.Sprintf("output %d", output+1),
		Trials: overTime(e, e.Outputs, output), Behind: overTime(e, e.Targets, output), Beside: slices.Concat(beside...)}}
	return t, stems
}

// overTime returns an output's values, steps × traced × out, by trial.
func overTime(e lab.Examples, values []float64, o int) [][]float64 {
	return seq.Map(seq.UpTo(e.Traced), func(j int) []float64 {
		return seq.Map(seq.UpTo(e.Steps), func(i int) float64 { return values[(i*e.Traced+j)*e.Out+o] })
	})
}

// Errors returns the errors of all trials as a table.
func (x DamagedTrials) Errors(name, title string) *table.Table {
	type row struct {
		lab.Examples
		damage        lab.Damage
		trial, output int // from 0
	}
	var rows []row
	for k, e := range x.Examples {
		for i := range e.Trials * e.Out {
			rows = append(rows, row{e, x.Damages[k], i / e.Out, i % e.Out})
		}
	}
	return Table(name, title, rows, []Col[row]{
		{Name: "damage", Doc: "where weights are lesioned", Of: func(r row) any { return string(r.damage) }},
		{Name: "trial", Doc: "test trial, from 1", Of: func(r row) any { return r.trial + 1 }},
		{Name: "output", Doc: "output, from 1, fixation", Of: func(r row) any { return r.output + 1 }},
		{Name: "error", Doc: "mean squared error over all steps", Of: func(r row) any { return r.Error[r.output][r.trial] }},
		{Name: "wrong", Doc: "whether the output is decided wrongly", Of: func(r row) any { return r.Wrong[r.output][r.trial] }},
	}...)
}
