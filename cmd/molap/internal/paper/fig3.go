package paper

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

const (
	fig3Task  = "T9"
	fig3Level = 30 // per cent lesioned in panels b–e
)

// planFig3 lesions the networks of T9 within modules and between them (Fig. 3).
func planFig3(n *obs.Notebook) func() Result {
	data := fig3(n)
	return func() Result { return data().result() }
}

// fig3Data is the data of Fig. 3.
type fig3Data struct {
	damageData
	examples map[lab.Damage]lab.Examples // of molap, first seed, first draw
}

// fig3 asks for the observations of the experiment.
func fig3(n *obs.Notebook) func() fig3Data {
	trials := n.Settings.Damage.Trials
	lesioned := damage(n, []tasks.Task{lab.TaskOf(n.Settings, fig3Task)}, lab.DamagedArms, modularDamages, trials)
	asked := map[lab.Damage]func() lab.Examples{}
	for _, d := range modularDamages {
		if d.Applies(n.Settings, lab.MoLaP) {
			asked[d] = n.Examples(lab.Cell{Arm: lab.MoLaP, Task: fig3Task, Seed: n.Seeds[0]}, d, fig3Level, trials)
		}
	}
	return func() fig3Data {
		data := fig3Data{lesioned(), map[lab.Damage]lab.Examples{}}
		for d, answer := range asked {
			data.examples[d] = answer()
		}
		return data
	}
}

func (d fig3Data) result() Result {
	return Result{
		Title: "Fig. 3: lesions within modules and between them, task T9", UsesSettings: true,
		Headline: d.headline(), Findings: d.findings(),
		Tables:  []*report.Table{d.glance("fig3", "Performance on T9 after lesions", d.each()), d.networks("fig3_networks"), d.errors()},
		Figures: []*report.Figure{d.lesions(), d.trialFigure()},
		Captions: []string{
			"Per cent of decisions correct on task T9 against the share of weights lesioned in module 1 (A), in module 2 (B) and between the modules (C). " + d.method() +
				" Upper row (a): the paper's measure. Lower row: the response output alone, correct within a tenth of the targets' range; the paper has no such panels.",
			fmt.Sprintf("molap on task T9 with %d %% of the weights lesioned in module 1 (A), in module 2 (B) and between the modules (C), in the first draw of the first seed. "+
				"b, c: outputs 1 (fixation) and 2 (response) of %d test trials with their targets, dashed; periods shaded. "+
				"d, e: mean squared error over all steps on the first %d test trials, with the trials that are decided wrongly.", fig3Level, d.traced(), d.shown()),
		},
	}
}

// first returns the examples of module 1, which every network of molap has.
func (d fig3Data) first() lab.Examples { return d.examples[lab.LesionM1] }
func (d fig3Data) traced() int         { return d.first().Traced }
func (d fig3Data) shown() int          { return d.first().Trials }

// errors is panels d and e in numbers.
func (d fig3Data) errors() *report.Table {
	t := &report.Table{Name: "fig3_errors", Title: fmt.Sprintf("Errors of molap by trial with %d %% lesioned", fig3Level), Columns: []report.Column{
		{Name: "damage", Description: "where weights are lesioned"},
		{Name: "trial", Description: "test trial, from 1"},
		{Name: "output", Description: "output, from 1, fixation"},
		{Name: "error", Description: "mean squared error over all steps"},
		{Name: "wrong", Description: "whether the output is decided wrongly"},
	}}
	for _, damage := range d.damages {
		e := d.examples[damage]
		for j := range e.Trials {
			for o := range e.Out {
				t.Add(string(damage), j+1, o+1, e.Error[o][j], e.Wrong[o][j])
			}
		}
	}
	return t
}

func (d fig3Data) headline() string {
	ids := d.ids()
	var at []string
	for _, damage := range d.damages {
		m, _ := d.at(lab.MoLaP, ids, damage, d.level(damage, 10), lab.Scores.Overall)
		at = append(at, fmt.Sprintf("%.0f %% after %s", m, damage.Short()))
	}
	intact, _ := d.at(lab.MoLaP, ids, lab.LesionM1, 0, lab.Scores.Overall)
	return fmt.Sprintf("On T9 molap scores %.0f %% intact and, with 10 %% of the weights concerned lesioned, %s; the best constant answer scores %.0f %%. Means over %d draw(s) and %d seed(s).",
		intact, strings.Join(at, ", "), d.null(ids, lab.LesionM1, func(p lab.Perturbed) float64 { return p.Constant.Overall }), d.draws, len(d.seeds))
}

func (d fig3Data) findings() []string {
	ids := d.ids()
	var out []string
	for _, damage := range d.damages {
		out = append(out, d.compare(ids, damage, 0, 2, 5, 10, 30))
	}
	best, words := d.best(ids, lab.LesionM1, 5)
	out = append(out, fmt.Sprintf("The paper finds molap high with less than 10 %% of M1 lesioned, above dni and like separate. Mean from 1 to 5 %% here: %s %%; %s is highest.", words, best))
	if d.hits(lab.MoLaP, lab.LesionInter) {
		lost := func(damage lab.Damage) float64 {
			return seq.Mean(d.overLevels(lab.MoLaP, ids, damage, 50, lab.Scores.Overall))
		}
		wrong := func(damage lab.Damage) float64 {
			m, _ := d.at(lab.MoLaP, ids, damage, d.level(damage, fig3Level), lab.Scores.MeanError)
			return m
		}
		out = append(out,
			fmt.Sprintf("The paper finds lesions of M2 better tolerated than those of M1, and those between modules worst. Mean of molap over all levels: M1 %.1f %%, M2 %.1f %%, between modules %.1f %%.",
				lost(lab.LesionM1), lost(lab.LesionM2), lost(lab.LesionInter)),
			fmt.Sprintf("The paper finds the combined error at 30 %% higher for lesions between modules than within. Mean squared error of molap over outputs: M1 %.3g, M2 %.3g, between modules %.3g.",
				wrong(lab.LesionM1), wrong(lab.LesionM2), wrong(lab.LesionInter)))
	}
	return append(append(out, d.tolerated(ids)), d.few()...)
}
