package experiment

import (
	"context"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/report"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

const (
	fig3Task  = "T9"
	fig3Level = 30 // per cent lesioned in panels b–e
	// Trials of panels d, e, and of them those of panels b, c.
	fig3Trials = 20
	fig3Traced = 3
)

// planFig3 lesions the networks of T9 within modules and between them (Fig. 3).
func planFig3(l *Lab) plan {
	needs, done := l.fig3()
	return plan{needs, func() Result { return done().result() }}
}

// fig3Data is the data of Fig. 3.
type fig3Data struct {
	damageData
	examples map[Damage]examples // of molap, first seed, first draw
}

// fig3 is what the experiment needs, and its data once that is done.
func (l *Lab) fig3() ([]jobs.Node, func() fig3Data) {
	needs, done := l.damage([]tasks.Task{taskOf(l.Settings, fig3Task)}, damagedArms, modularDamages, l.Settings.Damage.Trials)
	planned := map[Damage]*jobs.Job[examples]{}
	for _, d := range modularDamages {
		if d.applies(l.Settings, MoLaP) {
			planned[d] = l.examples(Cell{Arm: MoLaP, Task: fig3Task, Seed: l.Seeds[0]}, d, fig3Level, l.Settings.Damage.Trials)
			needs = append(needs, planned[d])
		}
	}
	return needs, func() fig3Data {
		data := fig3Data{done(), map[Damage]examples{}}
		for d, j := range planned {
			data.examples[d] = j.Value()
		}
		return data
	}
}

// examples are the first test trials of a damaged network.
type examples struct {
	Trials, Traced, Steps, Out int
	Outputs, Targets           []float64   // of the traced trials, steps × traced × out
	Error                      [][]float64 // outputs × trials: mean squared error of all steps
	Wrong                      [][]bool    // outputs × trials, by the criterion of the settings
}

// examples is the job of the first draw of a damage.
func (l *Lab) examples(c Cell, d Damage, level float64, trials int) *jobs.Job[examples] {
	if l.Settings.Run.Precision == profile.F64 {
		return examplesOf[float64](l, c, d, level, trials)
	}
	return examplesOf[float32](l, c, d, level, trials)
}

func examplesOf[T kernels.Float](l *Lab, c Cell, d Damage, level float64, trials int) *jobs.Job[examples] {
	s := damageSettings(l.Settings, d, trials)
	node, net := networkOf[T](l, l.Settings, c)
	spec := jobs.Spec{Kind: "examples", Of: of{s, struct {
		Cell           Cell
		Damage         Damage
		Level          float64
		Trials, Traced int
	}{c, d, level, fig3Trials, fig3Traced}}, Needs: []jobs.Node{node}, Label: fmt.Sprintf("%s, examples", c),
		Cost: stepCost(c.Arm.units(l.Settings), trials, forwardShare)}
	return jobs.New(l.pool, spec, func(_ context.Context, w *jobs.Work) (examples, error) {
		test, err := testBatch[T](l.Variant, s, c, s.Score.TestTrials)
		if err != nil {
			return examples{}, err
		}
		damaged, _, err := damage(l.Variant, s, net(), d, level, d.Stream(c.Seed, 0))
		if err != nil {
			return examples{}, err
		}
		q := newTester(l.Variant, s, c, damaged.Shape, test)
		e := pickExamples(q.marking.Criterion, widen(q.outputs(damaged)), widen(test.Y), test.Trials, test.Out)
		w.Advance(spec.Cost)
		return e, nil
	})
}

// pickExamples keeps the first trials of outputs and targets, steps × trials × out.
func pickExamples(c rnn.Criterion, outputs, targets []float64, trials, out int) examples {
	steps := len(outputs) / (trials * out)
	e := examples{Trials: min(fig3Trials, trials), Traced: min(fig3Traced, trials), Steps: steps, Out: out,
		Error: make([][]float64, out), Wrong: make([][]bool, out)}
	for t := range steps {
		row := t * trials * out
		e.Outputs = append(e.Outputs, outputs[row:row+e.Traced*out]...)
		e.Targets = append(e.Targets, targets[row:row+e.Traced*out]...)
	}
	for j := range e.Trials {
		y, want := make([]float64, steps*out), make([]float64, steps*out)
		squares := make([]float64, out)
		for t := range steps {
			for o := range out {
				at := (t*trials+j)*out + o
				y[t*out+o], want[t*out+o] = outputs[at], targets[at]
				d := outputs[at] - targets[at]
				squares[o] += float64(d * d)
			}
		}
		for o, right := range rnn.Score(c, y, want, 1, out) {
			e.Error[o] = append(e.Error[o], squares[o]/float64(steps))
			e.Wrong[o] = append(e.Wrong[o], right == 0)
		}
	}
	return e
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
func (d fig3Data) first() examples { return d.examples[LesionM1] }
func (d fig3Data) traced() int     { return d.first().Traced }
func (d fig3Data) shown() int      { return d.first().Trials }

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
		m, _ := d.at(MoLaP, ids, damage, d.level(damage, 10), Scores.Overall)
		at = append(at, fmt.Sprintf("%.0f %% after %s", m, damage.short()))
	}
	intact, _ := d.at(MoLaP, ids, LesionM1, 0, Scores.Overall)
	return fmt.Sprintf("On T9 molap scores %.0f %% intact and, with 10 %% of the weights concerned lesioned, %s; the best constant answer scores %.0f %%. Means over %d draw(s) and %d seed(s).",
		intact, strings.Join(at, ", "), d.null(ids, LesionM1, func(p Perturbed) float64 { return p.Constant.Overall }), d.draws, len(d.seeds))
}

func (d fig3Data) findings() []string {
	ids := d.ids()
	var out []string
	for _, damage := range d.damages {
		out = append(out, d.compare(ids, damage, 0, 2, 5, 10, 30))
	}
	best, words := d.best(ids, LesionM1, 5)
	out = append(out, fmt.Sprintf("The paper finds molap high with less than 10 %% of M1 lesioned, above dni and like separate. Mean from 1 to 5 %% here: %s %%; %s is highest.", words, best))
	if d.hits(MoLaP, LesionInter) {
		lost := func(damage Damage) float64 { return mean(d.overLevels(MoLaP, ids, damage, 50, Scores.Overall)) }
		wrong := func(damage Damage) float64 {
			m, _ := d.at(MoLaP, ids, damage, d.level(damage, fig3Level), Scores.MeanError)
			return m
		}
		out = append(out,
			fmt.Sprintf("The paper finds lesions of M2 better tolerated than those of M1, and those between modules worst. Mean of molap over all levels: M1 %.1f %%, M2 %.1f %%, between modules %.1f %%.",
				lost(LesionM1), lost(LesionM2), lost(LesionInter)),
			fmt.Sprintf("The paper finds the combined error at 30 %% higher for lesions between modules than within. Mean squared error of molap over outputs: M1 %.3g, M2 %.3g, between modules %.3g.",
				wrong(LesionM1), wrong(LesionM2), wrong(LesionInter)))
	}
	return append(append(out, d.tolerated(ids)), d.few()...)
}
