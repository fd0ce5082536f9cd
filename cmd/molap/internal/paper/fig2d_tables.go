package paper

import (
	"fmt"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
)

// summary has a row for every output of both networks.
func (f fig2d) summary() *report.Table {
	n := len(f.with.Errors[0])
	t := &report.Table{Name: "fig2d", Title: "Both networks at a glance", Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "output", Description: "output of the network, from 1"},
		{Name: "name", Description: "what it stands for"},
		{Name: "right", Description: fmt.Sprintf("of the %d trials shown, those decided correctly by the profile's criterion", n)},
		{Name: "mse", Description: fmt.Sprintf("mean squared error over the steps of the %d trials", n)},
		{Name: "score", Unit: "%", Description: "of all test trials, those decided correctly"},
		{Name: "final_loss", Description: "mean squared error of both outputs over the last 20 iterations of training"},
		{Name: "blind_loss", Description: "mean squared error of an answer that does not know the stimulus"},
	}}
	for _, c := range f.both() {
		for o := range c.Errors {
			t.Add(string(c.run.Arm), c.run.Seed, o+1, f.task.Targets[o].Name, c.Right(o), seq.Mean(c.Errors[o]), c.run.Output[o], c.run.FinalLoss, c.run.BlindLoss)
		}
	}
	return t
}

// errors has the trials of panels 3 and 4.
func (f fig2d) errors() *report.Table {
	t := &report.Table{Name: "fig2d_errors", Title: "Error of every trial", Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "trial", Description: "test trial, from 1"},
		{Name: "output", Description: "output of the network, from 1"},
		{Name: "name", Description: "what it stands for"},
		{Name: "mse", Description: "mean squared error over the steps of the trial"},
		{Name: "right", Description: "decided correctly by the profile's criterion"},
	}}
	for _, c := range f.both() {
		for j := range c.Errors[0] {
			for o := range c.Errors {
				t.Add(string(c.run.Arm), j+1, o+1, f.task.Targets[o].Name, c.Errors[o][j], !c.Wrong[o][j])
			}
		}
	}
	return t
}

// outputs has the trials of panels 1 and 2.
func (f fig2d) outputs() *report.Table {
	t := &report.Table{Name: "fig2d_outputs", Title: "Outputs and targets over time", Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "trial", Description: "test trial, from 1"},
		{Name: "step", Description: "step of 10 ms, from 0"},
	}}
	for o := range f.with.Outputs {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("output_%d", o+1), Description: "output " + f.task.Targets[o].Name},
			report.Column{Name: fmt.Sprintf("target_%d", o+1), Description: "its target"})
	}
	for _, c := range f.both() {
		for _, j := range c.Shown() {
			for step := range c.Outputs[0][j] {
				row := []any{string(c.run.Arm), j + 1, step}
				for o := range c.Outputs {
					row = append(row, c.Outputs[o][j][step], c.Targets[o][j][step])
				}
				t.Add(row...)
			}
		}
	}
	return t
}

// losses has the curves of panel 5.
func (f fig2d) losses() *report.Table {
	t := &report.Table{Name: "fig2d_loss", Title: "Training loss", Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "iteration", Description: "last of the iterations averaged"},
		{Name: "loss", Description: fmt.Sprintf("mean squared error, mean of %d iterations", lab.LossStep)},
	}}
	for _, c := range f.both() {
		iterations, loss := c.run.LossAt(), c.run.Losses
		for i := range iterations {
			t.Add(string(c.run.Arm), int(iterations[i]), loss[i])
		}
	}
	return t
}

// hidden has the heat maps of panel 6, a row for every step.
func (f fig2d) hidden() *report.Table {
	t := &report.Table{Name: "fig2d_hidden", Title: fmt.Sprintf("Activity of the hidden units in test trial %d", f.with.Shown()[0]+1), Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "step", Description: "step of 10 ms, from 0"},
	}}
	for i := range f.with.Hidden {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("unit_%d", i+1), Description: fmt.Sprintf("activity of unit %d", i+1)})
	}
	for _, c := range f.both() {
		for step := range c.Hidden[0] {
			t.Add(append([]any{string(c.run.Arm), step}, seq.Map(c.Hidden, func(unit []float64) any { return unit[step] })...)...)
		}
	}
	return t
}

// recurrent has the matrices of panel 7.
func (f fig2d) recurrent() *report.Table {
	t := &report.Table{Name: "fig2d_w_rec", Title: "Recurrent weights", Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "to", Description: "unit whose input it is, from 1"},
	}}
	for j := range f.with.WRec {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("from_%d", j+1), Description: fmt.Sprintf("weight of unit %d", j+1)})
	}
	for _, c := range f.both() {
		for i, row := range c.WRec {
			t.Add(append([]any{string(c.run.Arm), i + 1}, cells(row)...)...)
		}
	}
	return t
}

// readout has the matrices of panel 8.
func (f fig2d) readout() *report.Table {
	t := &report.Table{Name: "fig2d_w_out", Title: "Readout weights", Columns: []report.Column{
		{Name: "arm", Description: "molap is D, reservoir E"},
		{Name: "unit", Description: "unit that is read, from 1"},
	}}
	for o := range f.with.WOut {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("output_%d", o+1), Description: "its weight for output " + f.task.Targets[o].Name})
	}
	for _, c := range f.both() {
		for i := range c.WOut[0] {
			t.Add(append([]any{string(c.run.Arm), i + 1}, seq.Map(c.WOut, func(w []float64) any { return w[i] })...)...)
		}
	}
	return t
}
