package obs

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// closeUpRow is a row of a table about a network: an output, a trial, a step or a unit.
type closeUpRow struct {
	Examined
	trial, output, at int
}

// details returns rows for each network in turn: a row for every trial, output and step that of returns.
func (f CloseUps) details(of func(Examined) (trials []int, outputs, steps int)) (rows []closeUpRow) {
	for _, c := range f.Networks {
		trials, outputs, steps := of(c)
		for _, j := range trials {
			for o := range outputs {
				for at := range steps {
					rows = append(rows, closeUpRow{c, j, o, at})
				}
			}
		}
	}
	return rows
}

// Tables returns the numbers of the panels: outputs at a glance, errors by trial, outputs over time,
// losses, states of the units and weights. armDoc says what the arms are.
func (f CloseUps) Tables(name, armDoc string) []*table.Table {
	first := f.Networks[0]
	n, units := len(first.Errors[0]), len(first.Hidden)
	arm := Text("arm", armDoc, func(r closeUpRow) string { return string(r.Run.Arm) })
	trial := Col[closeUpRow]{Name: "trial", Doc: "test trial, from 1", Of: func(r closeUpRow) any { return r.trial + 1 }}
	step := Col[closeUpRow]{Name: "step", Doc: "step of 10 ms, from 0", Of: func(r closeUpRow) any { return r.at }}
	output := []Col[closeUpRow]{
		{Name: "output", Doc: "output of the network, from 1", Of: func(r closeUpRow) any { return r.output + 1 }},
		Text("name", "what it stands for", func(r closeUpRow) string { return f.Task.Targets[r.output].Name }),
	}
	var traces, readouts []Col[closeUpRow]
	for o := range first.Outputs {
		target, column := f.Task.Targets[o].Name, fmt.Sprintf("output_%d", o+1)
		traces = append(traces,
			Col[closeUpRow]{Name: column, Doc: "output " + target, Of: func(r closeUpRow) any { return r.Outputs[o][r.trial][r.at] }},
			Col[closeUpRow]{Name: fmt.Sprintf("target_%d", o+1), Doc: "its target", Of: func(r closeUpRow) any { return r.Targets[o][r.trial][r.at] }})
		readouts = append(readouts, Col[closeUpRow]{Name: column, Doc: "its weight for output " + target, Of: func(r closeUpRow) any { return r.WOut[o][r.at] }})
	}
	made := func(suffix, title string, rows func(Examined) (trials []int, outputs, steps int), cols ...[]Col[closeUpRow]) *table.Table {
		return Table(name+suffix, title, f.details(rows), append([]Col[closeUpRow]{arm}, slices.Concat(cols...)...)...)
	}
	one := []int{0}
	return []*table.Table{
		made("", "Both networks at a glance", func(c Examined) ([]int, int, int) { return one, len(c.Errors), 1 },
			[]Col[closeUpRow]{{Name: "seed", Doc: "seed of all random numbers of the run", Of: func(r closeUpRow) any { return r.Run.Seed }}}, output, []Col[closeUpRow]{
				{Name: "right", Doc: fmt.Sprintf("of the %d trials shown, those decided correctly by the profile's criterion", n), Of: func(r closeUpRow) any { return r.Right(r.output) }},
				{Name: "mse", Heading: "squared error", Doc: fmt.Sprintf("mean squared error over the steps of the %d trials", n), Of: func(r closeUpRow) any { return seq.Mean(r.Errors[r.output]) }},
				{Name: "score", Unit: "%", Doc: "of all test trials, those decided correctly", Of: func(r closeUpRow) any { return r.Run.Output[r.output] }},
				{Name: "final_loss", Doc: "mean squared error of both outputs over the last 20 iterations of training", Of: func(r closeUpRow) any { return r.Run.FinalLoss }},
				{Name: "blind_loss", Doc: "mean squared error of an answer that ignores the stimulus", Of: func(r closeUpRow) any { return r.Run.BlindLoss }},
			}),
		made("_errors", "Error of every trial", func(c Examined) ([]int, int, int) { return seq.UpTo(n), len(c.Errors), 1 }, []Col[closeUpRow]{trial}, output, []Col[closeUpRow]{
			{Name: "mse", Heading: "squared error", Doc: "mean squared error over the steps of the trial", Of: func(r closeUpRow) any { return r.Errors[r.output][r.trial] }},
			{Name: "right", Doc: "decided correctly by the profile's criterion", Of: func(r closeUpRow) any { return !r.Wrong[r.output][r.trial] }},
		}),
		made("_outputs", "Outputs and targets over time", func(c Examined) ([]int, int, int) { return c.Shown(), 1, len(c.Outputs[0][0]) }, []Col[closeUpRow]{trial, step}, traces),
		made("_loss", "Training loss", func(c Examined) ([]int, int, int) { return one, 1, len(c.Run.Losses) },
			Lift(pointColumns, func(r closeUpRow) *lossPoint { return &lossPoint{r.Run.LossAt()[r.at], r.Run.Losses[r.at]} })),
		made("_hidden", fmt.Sprintf("Activity of the hidden units in test trial %d", first.Shown()[0]+1), func(c Examined) ([]int, int, int) { return one, 1, len(c.Hidden[0]) },
			[]Col[closeUpRow]{step}, numberedColumns(units, "unit", "", "activity of unit %d", func(r closeUpRow, i int) any { return r.Hidden[i][r.at] })),
		made("_w_rec", "Recurrent weights", func(c Examined) ([]int, int, int) { return one, 1, len(c.WRec) },
			[]Col[closeUpRow]{{Name: "to", Doc: "unit whose input it is, from 1", Of: func(r closeUpRow) any { return r.at + 1 }}},
			numberedColumns(units, "from", "", "weight of unit %d", func(r closeUpRow, i int) any { return r.WRec[r.at][i] })),
		made("_w_out", "Readout weights", func(c Examined) ([]int, int, int) { return one, 1, len(c.WOut[0]) },
			[]Col[closeUpRow]{{Name: "unit", Doc: "unit that is read, from 1", Of: func(r closeUpRow) any { return r.at + 1 }}}, readouts),
	}
}
