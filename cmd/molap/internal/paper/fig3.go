package paper

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// Fig. 3: the networks of task T9 after lesions of the weights within modules and between them.
// One figure has the scores of the paper's arms against the share lesioned, the other
// trials of molap, first seed and first draw, with 30 % lesioned.
const (
	fig3Task  = "T9"
	fig3Level = 30
)

// The columns of the figure.
var (
	modularDamages = []lab.Damage{lab.LesionM1, lab.LesionM2, lab.LesionInter}
	fig3Titles     = []string{"within module 1", "within module 2", "between modules"}
)

// fig3 is the data of Fig. 3.
type fig3 struct {
	obs.Robustness
	examples map[lab.Damage]func() lab.Examples
}

// planFig3 asks for the scores and the trials.
func planFig3(n *obs.Notebook) func() Result {
	scores, examples := fig3Scores(n), map[lab.Damage]func() lab.Examples{}
	for _, d := range modularDamages {
		if d.Applies(n.Settings, lab.MoLaP) {
			examples[d] = n.Examples(lab.Cell{Arm: lab.MoLaP, Task: fig3Task, Seed: n.Seeds[0]}, d, fig3Level, n.Settings.Damage.Trials)
		}
	}
	return func() Result { return fig3{scores(), examples}.result() }
}

// fig3Scores asks for the scores alone.
func fig3Scores(n *obs.Notebook) func() obs.Robustness {
	return n.Robustness([]tasks.Task{taskset.ByID(n.Settings, fig3Task)}, lab.DamagedArms, modularDamages, n.Settings.Damage.Trials)
}

func (f fig3) result() Result {
	scores, trials := make([][]figure.Panel, 2), make([][]figure.Panel, 4)
	for j, d := range modularDamages {
		scores[0] = append(scores[0], f.Panel(figure.Frame{Title: fig3Titles[j]}, d, obs.AllOutputs))
		scores[1] = append(scores[1], f.Panel(figure.Frame{}, d, obs.Responses))
		for o := range 2 {
			output, errors := f.trials(j, o)
			trials[o], trials[2+o] = append(trials[o], output), append(trials[2+o], errors)
		}
	}
	first := f.examples[lab.LesionM1]() // every network of molap has a module 1
	return Result{
		Title:    "Fig. 3: lesions within modules and between them, task T9",
		Headline: f.headline(), Findings: []string{f.Above()},
		Tables: []*table.Table{f.Glance("fig3", "Performance on T9 after lesions", f.Robustness), f.Networks("fig3_networks"), f.errors()},
		Figures: []*figure.Figure{
			{Name: "fig3", Width: 7, Height: 4.4, Rows: scores, SharedX: true, SharedY: true, Alt: "Per cent of decisions correct on task T9 against the per cent of weights lesioned in module 1, in module 2 and between modules, for three arms with bands; above over all outputs, below for the response alone."},
			{Name: "fig3_trials", Width: 7, Height: 6.2, Rows: trials, Alt: "Outputs of lesioned networks with their targets over the time of a trial, and mean squared errors of twenty trials, for two outputs and lesions of module 1, module 2 and between modules."},
		},
		Captions: []string{
			"Per cent of decisions correct on task T9 against the share of weights lesioned in module 1, in module 2 and between the modules. " + f.Method() + " Upper row: the paper's measure. Lower row: the response output alone, correct within a tenth of the targets' range; the paper has no such panels.",
			fmt.Sprintf("molap on task T9 with %d %% of the weights lesioned in module 1, in module 2 and between the modules, in the first draw of the first seed. First and second row: outputs 1 (fixation) and 2 (response) of %d test trials with their targets, dashed; periods shaded. Third and fourth row: mean squared error over all steps on the first %d test trials; crosses are decided wrongly.", fig3Level, first.Traced, first.Trials),
		},
	}
}

// trials draws an output over time beside its target, and its errors, for the lesions of a column. It
// returns nil if no network had such lesions. All columns have the same axes.
func (f fig3) trials(column, o int) (output, errors figure.Panel) {
	examples, ok := f.examples[modularDamages[column]]
	if !ok {
		return nil, nil
	}
	e := examples()
	traces, stems := tracesPanel(seq.UpTo(e.Traced), periodsOf(f.Tasks[0])), &figure.Stems{Values: e.Error[o], Wrong: e.Wrong[o]}
	traces.Title, stems.Title, stems.Y.Label = fig3Titles[column], fig3Titles[column], fmt.Sprintf("MSE, output %d", o+1)
	c := figure.Channel{Group: fmt.Sprintf("output %d", o+1), Trials: overTime(e, e.Outputs, o), Behind: overTime(e, e.Targets, o)}
	for _, other := range f.examples {
		e := other()
		c.Beside = append(c.Beside, slices.Concat(append(overTime(e, e.Outputs, o), overTime(e, e.Targets, o)...)...)...)
		stems.Y.Max = max(stems.Y.Max, 1.06*slices.Max(e.Error[o]))
	}
	traces.Channels = []figure.Channel{c}
	return traces, stems
}

// overTime returns an output's values, steps × traced × out, by trial.
func overTime(e lab.Examples, values []float64, o int) [][]float64 {
	return seq.Map(seq.UpTo(e.Traced), func(j int) []float64 {
		return seq.Map(seq.UpTo(e.Steps), func(i int) float64 { return values[(i*e.Traced+j)*e.Out+o] })
	})
}

// errors returns panels d and e as a table.
func (f fig3) errors() *table.Table {
	type row struct {
		lab.Examples
		damage        lab.Damage
		trial, output int // from 0
	}
	var rows []row
	for _, d := range f.Damages {
		e := f.examples[d]()
		for i := range e.Trials * e.Out {
			rows = append(rows, row{e, d, i / e.Out, i % e.Out})
		}
	}
	return obs.Table("fig3_errors", fmt.Sprintf("Errors of molap by trial with %d %% lesioned", fig3Level), rows, []obs.Col[row]{
		{Name: "damage", Doc: "where weights are lesioned", Of: func(r row) any { return string(r.damage) }},
		{Name: "trial", Doc: "test trial, from 1", Of: func(r row) any { return r.trial + 1 }},
		{Name: "output", Doc: "output, from 1, fixation", Of: func(r row) any { return r.output + 1 }},
		{Name: "error", Doc: "mean squared error over all steps", Of: func(r row) any { return r.Error[r.output][r.trial] }},
		{Name: "wrong", Doc: "whether the output is decided wrongly", Of: func(r row) any { return r.Wrong[r.output][r.trial] }},
	}...)
}

func (f fig3) headline() string {
	intact := f.Mean(lab.MoLaP, lab.LesionM1, 0, obs.AllOutputs)
	_, constant := f.Nulls(lab.LesionM1, obs.AllOutputs)
	lesioned := seq.Map(f.Damages, func(d lab.Damage) string {
		return fmt.Sprintf("%.0f %% after %s", f.Mean(lab.MoLaP, d, 10, obs.AllOutputs), d.Short())
	})
	return fmt.Sprintf("On T9 molap scores %.0f %% intact and, with 10 %% of the weights concerned lesioned, %s; the best constant answer scores %.0f %%. %s",
		intact, strings.Join(lesioned, ", "), constant, f.Sample())
}
