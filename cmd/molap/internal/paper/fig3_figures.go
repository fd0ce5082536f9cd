package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/report"
	"molap/tasks"
)

// modularColumns are the paper's letters of modular damage, and our headings.
var modularColumns = map[lab.Damage]struct{ letter, title string }{
	lab.LesionM1: {"A", "within module 1"}, lab.LesionM2: {"B", "within module 2"}, lab.LesionInter: {"C", "between modules"},
}

// lesions draws performance against the share lesioned.
func (d fig3Data) lesions() *report.Figure {
	ids := d.ids()
	rows := make([][]report.Panel, 2)
	for _, damage := range modularDamages {
		column := modularColumns[damage]
		rows[0] = append(rows[0], d.panel(report.Frame{Letter: column.letter + "a", Title: column.title, Y: report.Axis{Label: "all outputs correct (%)"}}, ids, damage, lab.Scores.Overall, overallNull))
		rows[1] = append(rows[1], d.panel(report.Frame{Y: report.Axis{Label: "response correct (%)"}}, ids, damage, lab.Scores.Unit, unitNull))
	}
	return &report.Figure{
		Name: "fig3", Width: 7, Height: 4.4, Rows: rows, SharedX: true, SharedY: true,
		Alt: "Per cent of decisions correct on task T9 against the per cent of weights lesioned in module 1, in module 2 and between modules, for three arms with bands; above over all outputs, below for the response alone.",
	}
}

// trialFigure draws panels b–e: outputs and errors of lesioned networks.
func (d fig3Data) trialFigure() *report.Figure {
	rows := make([][]report.Panel, 4)
	for _, damage := range modularDamages {
		e, ok := d.examples[damage]
		if !ok {
			for i := range rows {
				rows[i] = append(rows[i], nil)
			}
			continue
		}
		letter, title := modularColumns[damage].letter, modularColumns[damage].title
		for o := range 2 {
			panel := traces(e, report.Frame{Letter: letter + string("bc"[o]), Title: title}, d.tasks[0], o)
			for _, other := range d.examples { // one axis for all lesions
				for _, ch := range traces(other, report.Frame{}, d.tasks[0], o).Channels {
					panel.Channels[0].Beside = append(panel.Channels[0].Beside, slices.Concat(slices.Concat(ch.Trials, ch.Behind)...)...)
				}
			}
			rows[o] = append(rows[o], panel)
			rows[2+o] = append(rows[2+o], &report.Stems{
				Frame:  report.Frame{Letter: letter + string("de"[o]), Title: title, Y: report.Axis{Label: fmt.Sprintf("MSE, output %d", o+1), Max: d.largestError(o)}},
				Values: e.Error[o], Wrong: e.Wrong[o],
			})
		}
	}
	return &report.Figure{
		Name: "fig3_trials", Width: 7, Height: 6.2, Rows: rows,
		Alt: "Outputs of lesioned networks with their targets over the time of a trial, and mean squared errors of twenty trials, for two outputs and lesions of module 1, module 2 and between modules.",
	}
}

// largestError is the upper end of the axes of an output's errors, one for all lesions.
func (d fig3Data) largestError(o int) float64 {
	top := 0.0
	for _, damage := range d.damages {
		top = max(top, slices.Max(d.examples[damage].Error[o]))
	}
	return 1.06 * top
}

// traces draws an output over time before its target.
func traces(e lab.Examples, frame report.Frame, t tasks.Task, o int) *report.Traces {
	const ms = 1000 * tasks.StepSeconds
	p := &report.Traces{Frame: frame, Step: ms}
	for _, span := range t.Spans() {
		// Where a period's bounds are drawn by trial, its middle reading stands for it.
		at := func(d tasks.Duration) float64 { return ms * float64(d.Least+d.Most) / 2 }
		p.Periods = append(p.Periods, report.Period{Name: span.Name, From: at(span.Start), To: at(span.End)})
	}
	c := report.Channel{Group: fmt.Sprintf("output %d", o+1)}
	for j := range e.Traced {
		p.TrialNames = append(p.TrialNames, fmt.Sprintf("trial %d", j+1))
		y, want := make([]float64, e.Steps), make([]float64, e.Steps)
		for i := range e.Steps {
			at := (i*e.Traced+j)*e.Out + o
			y[i], want[i] = e.Outputs[at], e.Targets[at]
		}
		c.Trials, c.Behind = append(c.Trials, y), append(c.Behind, want)
	}
	p.Channels = []report.Channel{c}
	return p
}
