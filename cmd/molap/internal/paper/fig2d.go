package paper

import (
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// planFig2d looks at task T7 with pre-training (D) and without (E), first seed.
func planFig2d(n *obs.Notebook) func() Result {
	var asked []func() examined
	for _, arm := range []lab.Arm{lab.MoLaP, lab.Reservoir} {
		c := lab.Cell{Arm: arm, Task: lab.Fig2dTask, Seed: n.Seeds[0]}
		look, score := n.CloseUp(c), n.Score("", c)
		asked = append(asked, func() examined { return examined{look(), score()} })
	}
	return func() Result {
		return fig2d{taskset.ByID(n.Settings, lab.Fig2dTask), asked[0](), asked[1]()}.result()
	}
}

// examined is a network with its scores.
type examined struct {
	lab.Close
	run lab.Run
}

// fig2d is the data of Fig. 2D and E.
type fig2d struct {
	task          tasks.Task
	with, without examined
}

func (f fig2d) both() []examined { return []examined{f.with, f.without} }

func (f fig2d) result() Result {
	caption := func(letter, how string) string {
		return fmt.Sprintf("%s %s, %s, seed %d; the paper's panels %s1 to %[5]s8. a, b: outputs (lines) and targets (dashed) in the test trials with the smallest, the middle and the largest target. c, d: mean squared error over each of %[6]d test trials; crosses are decided wrongly by the profile's criterion. "+
			"e: training loss; horizontal line: an answer that ignores the stimulus. f: activity of the hidden units in the first of the trials drawn, a line between modules. g: recurrent weights after training. h: readout weights. Errors, losses and weights have the same scale in both figures.",
			f.task.ID, f.task.Title, how, f.with.run.Seed, letter, len(f.with.Errors[0]))
	}
	return Result{
		Title:    "Fig. 2D, E: task T7 with and without pre-training",
		Headline: f.headline(), Findings: f.findings(),
		Tables:   f.tables(),
		Figures:  []*figure.Figure{f.figure("fig2d", f.with), f.figure("fig2e", f.without)},
		Captions: []string{caption("D", "modules pre-trained by CCA"), caption("E", "never pre-trained")},
	}
}

func (f fig2d) headline() string {
	return fmt.Sprintf("Of %d test trials of %s, the decision is right in %d with pre-training and in %d without (one seed); the paper shows it right with pre-training and off its target without.",
		len(f.with.Errors[1]), f.task.ID, f.with.Right(1), f.without.Right(1))
}

// findings says what a reader cannot see in the panels: the scores over all test trials.
func (f fig2d) findings() []string {
	var out []string
	for _, c := range f.both() {
		text := fmt.Sprintf("%s: over all test trials %.1f %% of fixations and %.1f %% of decisions are right.", c.run.Arm, c.run.Output[0], c.run.Output[1])
		if c.run.Diverged != "" {
			text += fmt.Sprintf(" Training broke off (%s).", c.run.Diverged)
		}
		out = append(out, text)
	}
	return append(out, fmt.Sprintf("This is seed %d alone; fig2 has the scores of every seed.", f.with.run.Seed))
}

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

// place is a row of a table about a network: an output, a trial, a step or a unit.
type place struct {
	examined
	output, trial, at int
}

// places returns the rows of a table for one network, then those for the other.
func (f fig2d) places(of func(examined) []place) []place {
	return slices.Concat(seq.Map(f.both(), func(c examined) []place {
		return seq.Map(of(c), func(p place) place { p.examined = c; return p })
	})...)
}

// across returns a row for every trial, output and step, in that order.
func across(trials, outputs, steps []int) (ps []place) {
	for _, j := range trials {
		for _, o := range outputs {
			for _, at := range steps {
				ps = append(ps, place{trial: j, output: o, at: at})
			}
		}
	}
	return ps
}

var (
	armColumn  = obs.Col[place]{Name: "arm", Doc: "molap is D, reservoir E", Of: func(p place) any { return string(p.run.Arm) }}
	stepColumn = obs.Col[place]{Name: "step", Doc: "step of 10 ms, from 0", Of: func(p place) any { return p.at }}
)

// outputColumns name an output.
func (f fig2d) outputColumns() []obs.Col[place] {
	return []obs.Col[place]{
		{Name: "output", Doc: "output of the network, from 1", Of: func(p place) any { return p.output + 1 }},
		{Name: "name", Doc: "what it stands for", Of: func(p place) any { return f.task.Targets[p.output].Name }},
	}
}

// each returns n columns. The value in the i-th is of(p, i).
func each(n int, name, doc string, of func(p place, i int) float64) (cols []obs.Col[place]) {
	for i := range n {
		cols = append(cols, obs.Col[place]{Name: fmt.Sprintf("%s_%d", name, i+1), Doc: fmt.Sprintf(doc, i+1), Of: func(p place) any { return of(p, i) }})
	}
	return cols
}

// tables returns the numbers of the figures: outputs at a glance, errors by trial, outputs over time,
// losses, states of the units and weights.
func (f fig2d) tables() []*table.Table {
	n := len(f.with.Errors[0])
	one := []int{0}
	outputs := f.places(func(c examined) []place { return across(one, seq.UpTo(len(c.Errors)), one) })
	errors := f.places(func(c examined) []place { return across(seq.UpTo(n), seq.UpTo(len(c.Errors)), one) })
	steps := f.places(func(c examined) []place { return across(c.Shown(), one, seq.UpTo(len(c.Outputs[0][0]))) })
	over := func(name, title string, of func(examined) int, cols ...obs.Col[place]) *table.Table {
		return obs.Table(name, title, f.places(func(c examined) []place { return across(one, one, seq.UpTo(of(c))) }), append([]obs.Col[place]{armColumn}, cols...)...)
	}
	trial := obs.Col[place]{Name: "trial", Doc: "test trial, from 1", Of: func(p place) any { return p.trial + 1 }}
	var traces []obs.Col[place]
	for o := range f.with.Outputs {
		traces = append(traces,
			obs.Col[place]{Name: fmt.Sprintf("output_%d", o+1), Doc: "output " + f.task.Targets[o].Name, Of: func(p place) any { return p.Outputs[o][p.trial][p.at] }},
			obs.Col[place]{Name: fmt.Sprintf("target_%d", o+1), Doc: "its target", Of: func(p place) any { return p.Targets[o][p.trial][p.at] }})
	}
	var readouts []obs.Col[place]
	for o := range f.with.WOut {
		readouts = append(readouts, obs.Col[place]{Name: fmt.Sprintf("output_%d", o+1), Doc: "its weight for output " + f.task.Targets[o].Name, Of: func(p place) any { return p.WOut[o][p.at] }})
	}
	units := len(f.with.Hidden)
	return []*table.Table{
		obs.Table("fig2d", "Both networks at a glance", outputs, slices.Concat([]obs.Col[place]{armColumn,
			{Name: "seed", Doc: "seed of all random numbers of the run", Of: func(p place) any { return p.run.Seed }}}, f.outputColumns(), []obs.Col[place]{
			{Name: "right", Doc: fmt.Sprintf("of the %d trials shown, those decided correctly by the profile's criterion", n), Of: func(p place) any { return p.Right(p.output) }},
			{Name: "mse", Heading: "squared error", Doc: fmt.Sprintf("mean squared error over the steps of the %d trials", n), Of: func(p place) any { return seq.Mean(p.Errors[p.output]) }},
			{Name: "score", Unit: "%", Doc: "of all test trials, those decided correctly", Of: func(p place) any { return p.run.Output[p.output] }},
			{Name: "final_loss", Doc: "mean squared error of both outputs over the last 20 iterations of training", Of: func(p place) any { return p.run.FinalLoss }},
			{Name: "blind_loss", Doc: "mean squared error of an answer that ignores the stimulus", Of: func(p place) any { return p.run.BlindLoss }},
		})...),
		obs.Table("fig2d_errors", "Error of every trial", errors, slices.Concat([]obs.Col[place]{armColumn, trial}, f.outputColumns(), []obs.Col[place]{
			{Name: "mse", Heading: "squared error", Doc: "mean squared error over the steps of the trial", Of: func(p place) any { return p.Errors[p.output][p.trial] }},
			{Name: "right", Doc: "decided correctly by the profile's criterion", Of: func(p place) any { return !p.Wrong[p.output][p.trial] }},
		})...),
		obs.Table("fig2d_outputs", "Outputs and targets over time", steps, append([]obs.Col[place]{armColumn, trial, stepColumn}, traces...)...),
		over("fig2d_loss", "Training loss", func(c examined) int { return len(c.run.Losses) },
			obs.Col[place]{Name: "iteration", Doc: "last of the iterations averaged", Of: func(p place) any { return int(p.run.LossAt()[p.at]) }},
			obs.Col[place]{Name: "loss", Doc: fmt.Sprintf("mean squared error, mean of %d iterations", lab.LossStep), Of: func(p place) any { return p.run.Losses[p.at] }}),
		over("fig2d_hidden", fmt.Sprintf("Activity of the hidden units in test trial %d", f.with.Shown()[0]+1), func(c examined) int { return len(c.Hidden[0]) },
			append([]obs.Col[place]{stepColumn}, each(units, "unit", "activity of unit %d", func(p place, i int) float64 { return p.Hidden[i][p.at] })...)...),
		over("fig2d_w_rec", "Recurrent weights", func(c examined) int { return len(c.WRec) },
			append([]obs.Col[place]{{Name: "to", Doc: "unit whose input it is, from 1", Of: func(p place) any { return p.at + 1 }}},
				each(units, "from", "weight of unit %d", func(p place, i int) float64 { return p.WRec[p.at][i] })...)...),
		over("fig2d_w_out", "Readout weights", func(c examined) int { return len(c.WOut[0]) },
			append([]obs.Col[place]{{Name: "unit", Doc: "unit that is read, from 1", Of: func(p place) any { return p.at + 1 }}}, readouts...)...),
	}
}
