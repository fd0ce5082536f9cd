package obs

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// CloseUps are networks of some arms, seen from close by on trials of a task.
type CloseUps struct {
	Task     tasks.Task
	Networks []Examined
}

// Examined is a network with its scores.
type Examined struct {
	lab.Close
	Run lab.Run
}

// CloseUps asks for networks of some arms, trained on a task, of the first seed.
func (n *Notebook) CloseUps(task string, arms ...lab.Arm) func() CloseUps {
	asked := seq.Map(arms, func(arm lab.Arm) func() Examined {
		c := lab.Cell{Arm: arm, Task: task, Seed: n.Seeds[0]}
		look, score := n.CloseUp(c), n.Score("", c)
		return func() Examined { return Examined{look(), score()} }
	})
	return func() CloseUps { return CloseUps{taskset.ByID(n.Settings, task), Answers(asked)} }
}

// most returns the largest magnitude in all networks.
func (f CloseUps) most(of func(lab.Close) [][]float64) (most float64) {
	for _, c := range f.Networks {
		for _, v := range slices.Concat(of(c.Close)...) {
			most = max(most, math.Abs(v))
		}
	}
	return most
}

// Panels draw one network on the scales of all: its outputs beside their targets in a few trials, the
// errors of all trials and the training loss, hidden activity, recurrent and readout weights.
func (f CloseUps) Panels(c Examined) (outputs, errors, matrices []figure.Panel) {
	for o := range c.Outputs {
		title := fmt.Sprintf("output %d, %s", o+1, f.Task.Targets[o].Name)
		outputs = append(outputs, f.traces(title, c, o))
		errors = append(errors, &figure.Stems{
			Frame:  figure.Frame{Title: title, Y: figure.Axis{Label: "error (MSE)", Max: 1.05 * f.most(func(c lab.Close) [][]float64 { return c.Errors })}},
			Values: c.Errors[o], Wrong: c.Wrong[o],
		})
	}
	return outputs, append(errors, f.loss(c)), f.heatMaps(c)
}

// traces draws an output beside its target.
func (f CloseUps) traces(title string, c Examined, o int) figure.Panel {
	shown := func(c Examined, of [][][]float64) [][]float64 {
		return seq.Map(c.Shown(), func(j int) []float64 { return of[o][j] })
	}
	ch := figure.Channel{Group: "output", Trials: shown(c, c.Outputs), Behind: shown(c, c.Targets)}
	for _, other := range f.Networks {
		ch.Beside = append(ch.Beside, slices.Concat(append(shown(other, other.Outputs), shown(other, other.Targets)...)...)...)
	}
	t := tracesPanel(c.Shown(), f.Task)
	t.Title, t.Channels = title, []figure.Channel{ch}
	return t
}

// loss draws the training loss.
func (f CloseUps) loss(c Examined) figure.Panel {
	var all []float64
	for _, other := range f.Networks {
		all = append(append(all, other.Run.Losses...), other.Run.BlindLoss)
	}
	return &figure.Curves{
		Frame: figure.Frame{Title: "loss", X: figure.Axis{Label: "iteration", Max: float64(c.Run.Iterations)},
			Y: figure.Axis{Label: "loss (MSE)", Log: true, Min: slices.Min(all) / 1.2, Max: slices.Max(all) * 1.2}},
		Series: []figure.Curve{{Name: "training loss", As: string(c.Run.Arm), X: c.Run.LossAt(), Y: c.Run.Losses}},
		Refs:   []figure.Ref{{Name: figure.Blind, Y: c.Run.BlindLoss}},
	}
}

// heatMaps draw hidden activity, recurrent weights and readout weights, with lines between modules.
func (f CloseUps) heatMaps(c Examined) []figure.Panel {
	matrix := func(title, x, y string, limit float64, rows [][]float64) *figure.HeatMap {
		return &figure.HeatMap{Frame: figure.Frame{Title: title, X: figure.Axis{Label: x}, Y: figure.Axis{Label: y}},
			Rows: len(rows), Cols: len(rows[0]), Values: slices.Concat(rows...), Max: limit}
	}
	hidden := matrix(fmt.Sprintf("activity, trial %d", c.Shown()[0]+1), "time (ms)", "unit", 1, c.Hidden)
	recurrent := matrix("W_rec", "from unit", "to unit", f.most(func(c lab.Close) [][]float64 { return c.WRec }), c.WRec)
	readout := matrix("W_out", "unit", "output", f.most(func(c lab.Close) [][]float64 { return c.WOut }), c.WOut)
	hidden.X.Max = 1000 * tasks.StepSeconds * float64(hidden.Cols)
	for m := 1; m < c.Modules; m++ {
		hidden.RowBorders = append(hidden.RowBorders, m*len(c.WRec)/c.Modules)
	}
	recurrent.RowBorders, recurrent.ColBorders, readout.ColBorders = hidden.RowBorders, hidden.RowBorders, hidden.RowBorders
	readout.RowNames = seq.Map(seq.UpTo(len(c.WOut)), func(o int) string { return fmt.Sprint(o + 1) })
	return []figure.Panel{hidden, recurrent, readout}
}
