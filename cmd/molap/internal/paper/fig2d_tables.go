package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

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
			{Name: "blind_loss", Doc: "mean squared error of an answer that does not know the stimulus", Of: func(p place) any { return p.run.BlindLoss }},
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
