package paper

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/tasks"
)

// figure draws one network in eight panels, on the scales of both.
func (f fig2d) figure(name string, c examined) *figure.Figure {
	var outputs, errors []figure.Panel
	for o := range c.Outputs {
		outputs, errors = append(outputs, f.traces(c, o)), append(errors, f.stems(c, o))
	}
	rows := [][]figure.Panel{outputs, append(errors, f.loss(c)), f.heatMaps(c)}
	return &figure.Figure{
		Name: name, Width: 7, Height: 6.4, Rows: rows, RowHeights: []float64{1, 0.8, 1.1},
		Alt: fmt.Sprintf("Task %s, arm %s, in eight panels: outputs and targets over time, errors of trials, training loss, activity of hidden units, recurrent and readout weights.", f.task.ID, c.run.Arm),
	}
}

// output names an output.
func (f fig2d) output(o int) string {
	return fmt.Sprintf("output %d, %s", o+1, f.task.Targets[o].Name)
}

// most returns the largest magnitude in both networks.
func (f fig2d) most(of func(lab.Close) []float64) float64 {
	m := 0.0
	for _, c := range f.both() {
		for _, v := range of(c.Close) {
			m = max(m, math.Abs(v))
		}
	}
	return m
}

// lossAxis returns an axis on which the loss curves of both networks lie.
func (f fig2d) lossAxis() figure.Axis {
	var all []float64
	for _, c := range f.both() {
		loss := c.run.Losses
		all = append(append(all, loss...), c.run.BlindLoss)
	}
	return figure.Axis{Label: "loss (MSE)", Log: true, Min: slices.Min(all) / 1.2, Max: slices.Max(all) * 1.2}
}

// traces draws an output beside its target.
func (f fig2d) traces(c examined, o int) figure.Panel {
	t := tracesPanel(c.Shown(), periodsOf(f.task))
	t.Title = f.output(o)
	ch := figure.Channel{Group: "output"}
	for _, j := range c.Shown() {
		ch.Trials, ch.Behind = append(ch.Trials, c.Outputs[o][j]), append(ch.Behind, c.Targets[o][j])
	}
	for _, other := range f.both() { // one axis for both figures
		for _, j := range other.Shown() {
			ch.Beside = append(ch.Beside, slices.Concat(other.Outputs[o][j], other.Targets[o][j])...)
		}
	}
	t.Channels = []figure.Channel{ch}
	return t
}

// stems draws the errors of an output.
func (f fig2d) stems(c examined, o int) figure.Panel {
	most := f.most(func(c lab.Close) []float64 { return slices.Concat(c.Errors...) })
	return &figure.Stems{
		Frame:  figure.Frame{Title: f.output(o), Y: figure.Axis{Label: "error (MSE)", Max: 1.05 * most}},
		Values: c.Errors[o], Wrong: c.Wrong[o],
	}
}

// loss draws the training loss.
func (f fig2d) loss(c examined) figure.Panel {
	iterations, loss := c.run.LossAt(), c.run.Losses
	return &figure.Curves{
		Frame:  figure.Frame{Title: "loss", X: figure.Axis{Label: "iteration", Max: float64(c.run.Iterations)}, Y: f.lossAxis()},
		Series: []figure.Curve{{Name: "training loss", As: string(c.run.Arm), X: iterations, Y: loss}},
		Refs:   []figure.Ref{{Name: figure.Blind, Y: c.run.BlindLoss}},
	}
}

// heatMaps draws hidden activity, recurrent weights and readout weights.
func (f fig2d) heatMaps(c examined) []figure.Panel {
	var borders []int
	for m := 1; m < c.Modules; m++ {
		borders = append(borders, m*len(c.WRec)/c.Modules)
	}
	ms := 1000 * tasks.StepSeconds
	hidden := heatMap(fmt.Sprintf("activity, trial %d", c.Shown()[0]+1), c.Hidden, 1)
	hidden.X, hidden.Y = figure.Axis{Label: "time (ms)", Max: ms * float64(len(c.Hidden[0]))}, figure.Axis{Label: "unit"}
	hidden.RowBorders = borders

	recurrent := heatMap("W_rec", c.WRec, f.most(func(c lab.Close) []float64 { return slices.Concat(c.WRec...) }))
	recurrent.X, recurrent.Y = figure.Axis{Label: "from unit"}, figure.Axis{Label: "to unit"}
	recurrent.RowBorders, recurrent.ColBorders = borders, borders

	readout := heatMap("W_out", c.WOut, f.most(func(c lab.Close) []float64 { return slices.Concat(c.WOut...) }))
	readout.X, readout.Y = figure.Axis{Label: "unit"}, figure.Axis{Label: "output"}
	readout.ColBorders = borders
	for o := range c.WOut {
		readout.RowNames = append(readout.RowNames, fmt.Sprint(o+1))
	}
	return []figure.Panel{hidden, recurrent, readout}
}

// heatMap shows a matrix with zero in the middle of the colours and limit at their ends.
func heatMap(title string, rows [][]float64, limit float64) *figure.HeatMap {
	return &figure.HeatMap{Frame: figure.Frame{Title: title}, Rows: len(rows), Cols: len(rows[0]), Values: slices.Concat(rows...), Limit: limit}
}
