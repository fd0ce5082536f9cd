package paper

import (
	"fmt"
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

// planFig3 asks for the scores and the trials.
func planFig3(n *obs.Notebook) func() Result {
	scores := fig3Scores(n)
	trials := n.DamagedTrials(lab.Cell{Arm: lab.MoLaP, Task: fig3Task, Seed: n.Seeds[0]}, modularDamages, fig3Level, n.Settings.Damage.Trials)
	return func() Result { return fig3(scores(), trials()) }
}

// fig3Scores asks for the scores alone.
func fig3Scores(n *obs.Notebook) func() obs.Robustness {
	return n.Robustness([]tasks.Task{taskset.ByID(n.Settings, fig3Task)}, lab.DamagedArms, modularDamages, n.Settings.Damage.Trials)
}

func fig3(q obs.Robustness, lesioned obs.DamagedTrials) Result {
	scores, trials := make([][]figure.Panel, 2), make([][]figure.Panel, 4)
	for j, d := range modularDamages {
		scores[0] = append(scores[0], q.Panel(figure.Frame{Title: fig3Titles[j]}, d, obs.AllOutputs))
		scores[1] = append(scores[1], q.Panel(figure.Frame{}, d, obs.Responses))
		for o := range 2 {
			output, errors := lesioned.Panels(fig3Titles[j], d, o)
			trials[o], trials[2+o] = append(trials[o], output), append(trials[2+o], errors)
		}
	}
	first := lesioned.Examples[0] // every network of molap has a module 1
	return Result{
		Title:    "Fig. 3: lesions within modules and between them, task T9",
		Headline: fig3Headline(q), Findings: []string{q.Above()},
		Tables: []*table.Table{q.Glance("fig3", "Performance on T9 after lesions", q), q.Networks("fig3_networks"),
			lesioned.Errors("fig3_errors", fmt.Sprintf("Errors of molap by trial with %d %% lesioned", fig3Level))},
		Figures: []*figure.Figure{
			{Name: "fig3", Width: 7, Height: 4.4, Rows: scores, SharedX: true, SharedY: true, Alt: "Per cent of decisions correct on task T9 against the per cent of weights lesioned in module 1, in module 2 and between modules, for three arms with bands; above over all outputs, below for the response alone."},
			{Name: "fig3_trials", Width: 7, Height: 6.2, Rows: trials, Alt: "Outputs of lesioned networks with their targets over the time of a trial, and mean squared errors of twenty trials, for two outputs and lesions of module 1, module 2 and between modules."},
		},
		Captions: []string{
			"Per cent of decisions correct on task T9 against the share of weights lesioned in module 1, in module 2 and between the modules. " + q.Method() + " Upper row: the paper's measure. Lower row: the response output alone, correct within a tenth of the targets' range; the paper has no such panels.",
			fmt.Sprintf("molap on task T9 with %d %% of the weights lesioned in module 1, in module 2 and between the modules, in the first draw of the first seed. First and second row: outputs 1 (fixation) and 2 (response) of %d test trials with their targets, dashed; periods shaded. Third and fourth row: mean squared error over all steps on the first %d test trials; crosses are decided wrongly.", fig3Level, first.Traced, first.Trials),
		},
	}
}

func fig3Headline(q obs.Robustness) string {
	intact := q.Mean(lab.MoLaP, lab.LesionM1, 0, obs.AllOutputs)
	_, constant := q.Nulls(lab.LesionM1, obs.AllOutputs)
	lesioned := seq.Map(q.Damages, func(d lab.Damage) string {
		return fmt.Sprintf("%.0f %% after %s", q.Mean(lab.MoLaP, d, 10, obs.AllOutputs), d.Short())
	})
	return fmt.Sprintf("On T9 molap scores %.0f %% intact and, with 10 %% of the weights concerned lesioned, %s; the best constant answer scores %.0f %%. %s",
		intact, strings.Join(lesioned, ", "), constant, q.Sample())
}
