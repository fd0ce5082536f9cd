package experiment

import (
	"context"
	"fmt"
	"strings"

	"molap/cmd/molap/internal/report"
	"molap/tasks"
)

// Fig2 trains the nine tasks with every arm and seed and compares their
// performance (Fig. 2A–C).
func Fig2(ctx context.Context, c Config) (Result, error) {
	runs, err := Runs(ctx, c)
	if err != nil {
		return Result{}, err
	}
	g := grouped{runs: runs, tasks: tasks.All(TrialOptions(c.Settings)), arms: Arms, seeds: len(c.Seeds)}
	return Result{
		Name: "fig2", Title: "Fig. 2A–C: nine tasks, four ways to learn them", UsesSettings: true,
		Headline: g.headline(),
		Findings: g.findings(),
		Tables:   []*report.Table{g.glance(), g.summary(), g.all(), g.curves()},
		Figures:  []*report.Figure{g.performance(), g.losses()},
		Captions: []string{
			"Per cent of test trials decided correctly, by task and arm: mean over seeds with one standard deviation, single seeds as points. " +
				"A: mean over all outputs, the paper's measure. B: the response outputs alone, correct within a tenth of the targets' range. " +
				"Lines: what an answer scores that does not know the stimulus, its fixation being perfect: the mean target (blind), and the best constant.",
			"Training loss over the iterations: mean over seeds, band from the smallest to the largest. Horizontal line: the loss of an answer that does not know the stimulus.",
		},
	}, nil
}

// grouped are runs by arm and task.
type grouped struct {
	runs  []Run
	tasks []tasks.Task
	arms  []Arm
	seeds int
}

// of returns the runs of an arm on a task, by seed.
func (g grouped) of(arm Arm, task int) []Run {
	var rs []Run
	for _, r := range g.runs {
		if r.Arm == arm && r.Task.ID == g.tasks[task].ID {
			rs = append(rs, r)
		}
	}
	return rs
}

func values(rs []Run, f func(Run) float64) []float64 {
	v := make([]float64, len(rs))
	for i, r := range rs {
		v[i] = f(r)
	}
	return v
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// The measures of a run.
func overall(r Run) float64      { return r.Overall }
func decision(r Run) float64     { return r.Decision }
func decisionUnit(r Run) float64 { return r.DecisionUnit }
func decisionRaw(r Run) float64  { return r.DecisionRaw }

// glance is the figure in numbers: tasks by arms.
func (g grouped) glance() *report.Table {
	t := &report.Table{Name: "fig2", Title: "Performance, mean over seeds", Columns: []report.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
	}}
	for _, arm := range g.arms {
		t.Columns = append(t.Columns, report.Column{Name: string(arm), Unit: "%", Description: "correct by the profile's criterion, mean over all outputs"})
	}
	t.Columns = append(t.Columns,
		report.Column{Name: "blind", Unit: "%", Description: "the same of the mean target with perfect fixation"},
		report.Column{Name: "constant", Unit: "%", Description: "the same of the best constant answer with perfect fixation"})
	for i, task := range g.tasks {
		row := []any{task.ID, task.Name}
		for _, arm := range g.arms {
			row = append(row, mean(values(g.of(arm, i), overall)))
		}
		blind, constant := g.nulls(i, func(n Null) float64 { return n.Overall })
		t.Add(append(row, blind, constant)...)
	}
	return t
}

// summary has a row for every task and arm, with every measure.
func (g grouped) summary() *report.Table {
	t := &report.Table{Name: "fig2_summary", Title: "Every measure by task and arm, means over seeds", Columns: []report.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
		{Name: "arm", Description: "way of training"},
		{Name: "seeds", Description: "number of runs"},
		{Name: "overall", Unit: "%", Description: "correct by the profile's criterion, mean over all outputs"},
		{Name: "overall_sd", Unit: "%", Description: "standard deviation over seeds; empty for one seed"},
		{Name: "decision", Unit: "%", Description: "the same, outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
		{Name: "blind", Unit: "%", Description: "overall score of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "overall score of the best constant answer with perfect fixation"},
		{Name: "above_70", Description: "overall mean above 70 %, the paper's criterion"},
		{Name: "above_nulls", Description: "overall mean above both nulls"},
		{Name: "escaped", Description: "runs whose loss left the plateau of the blind answer"},
		{Name: "escape", Description: "mean iteration at which those did"},
	}}
	for i, task := range g.tasks {
		for _, arm := range g.arms {
			rs := g.of(arm, i)
			scores := values(rs, overall)
			m := mean(scores)
			var sd, escape any
			if len(rs) > 1 {
				sd = report.SD(scores)
			}
			escapes := escaped(rs)
			if len(escapes) > 0 {
				escape = mean(escapes)
			}
			blind, constant := g.nulls(i, func(n Null) float64 { return n.Overall })
			t.Add(task.ID, task.Name, string(arm), len(rs), m, sd, mean(values(rs, decision)),
				mean(values(rs, decisionUnit)), mean(values(rs, decisionRaw)), blind, constant,
				m > publishedCriterion, m > max(blind, constant), len(escapes), escape)
		}
	}
	return t
}

// escaped returns the iterations of escape of those runs that have one.
func escaped(rs []Run) (at []float64) {
	for _, r := range rs {
		if e := r.Escape(); e >= 0 {
			at = append(at, float64(e))
		}
	}
	return at
}

// nulls returns the mean nulls of a task over seeds; they do not depend on the arm.
func (g grouped) nulls(task int, f func(Null) float64) (blind, constant float64) {
	rs := g.of(g.arms[0], task)
	return mean(values(rs, func(r Run) float64 { return f(r.Blind) })),
		mean(values(rs, func(r Run) float64 { return f(r.Constant) }))
}

// all is every run.
func (g grouped) all() *report.Table {
	t := &report.Table{Name: "fig2_runs", Title: "Every run", Columns: []report.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "task", Description: "task of the paper"},
		{Name: "fixation", Unit: "%", Description: "correct, output 1"},
		{Name: "output_2", Unit: "%", Description: "correct, output 2"},
		{Name: "output_3", Unit: "%", Description: "correct, output 3, if the task has one"},
		{Name: "overall", Unit: "%", Description: "mean over all outputs"},
		{Name: "decision", Unit: "%", Description: "mean over the outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
		{Name: "blind", Unit: "%", Description: "overall score of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "overall score of the best constant answer with perfect fixation"},
		{Name: "blind_decision_unit", Unit: "%", Description: "decision_unit of the mean target"},
		{Name: "constant_decision_unit", Unit: "%", Description: "decision_unit of the best constant answer"},
		{Name: "escape", Description: "iteration at which the loss left the plateau of the blind answer; empty if never"},
		{Name: "final_loss", Description: "mean squared error over the last 20 iterations"},
		{Name: "blind_loss", Description: "mean squared error of the blind answer"},
		{Name: "trained", Description: "parameters trained on the task, with h[0]"},
		{Name: "parameters", Description: "parameters of the network, with h[0]"},
	}}
	for _, r := range g.runs {
		var third, escape any
		if len(r.Output) > 2 {
			third = r.Output[2]
		}
		if e := r.Escape(); e >= 0 {
			escape = e
		}
		t.Add(r.Seed, string(r.Arm), r.Task.ID, r.Output[0], r.Output[1], third, r.Overall, r.Decision, r.DecisionUnit, r.DecisionRaw,
			r.Blind.Overall, r.Constant.Overall, r.Blind.DecisionUnit, r.Constant.DecisionUnit, escape, r.FinalLoss(), r.BlindLoss, r.Trained, r.Parameters)
	}
	return t
}

// curveStep is the number of iterations that one point of a loss curve averages.
const curveStep = 10

// thinned returns the means of every curveStep iterations and their last ones.
func thinned(curve []float64) (at, loss []float64) {
	for i := 0; i < len(curve); i += curveStep {
		part := curve[i:min(i+curveStep, len(curve))]
		at, loss = append(at, float64(i+len(part))), append(loss, mean(part))
	}
	return at, loss
}

// curves is the loss over the iterations, for every run.
func (g grouped) curves() *report.Table {
	t := &report.Table{Name: "fig2_curves", Title: "Training loss", Columns: []report.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "task", Description: "task of the paper"},
		{Name: "iteration", Description: "last of the iterations averaged"},
		{Name: "loss", Description: fmt.Sprintf("mean squared error, mean of %d iterations", curveStep)},
	}}
	for _, r := range g.runs {
		at, loss := thinned(r.Curve)
		for i := range at {
			t.Add(r.Seed, string(r.Arm), r.Task.ID, int(at[i]), loss[i])
		}
	}
	return t
}

// headline counts the tasks on which the mean over seeds beats both nulls.
func (g grouped) headline() string {
	var counts []string
	for _, arm := range g.arms {
		n := 0
		for i := range g.tasks {
			blind, constant := g.nulls(i, func(n Null) float64 { return n.Overall })
			if mean(values(g.of(arm, i), overall)) > max(blind, constant) {
				n++
			}
		}
		counts = append(counts, fmt.Sprintf("%s %d", arm, n))
	}
	return fmt.Sprintf("Of %d tasks, the mean over %d seed(s) beats both answers that do not know the stimulus on: %s.", len(g.tasks), g.seeds, strings.Join(counts, ", "))
}

// findings says in sentences what the table holds.
func (g grouped) findings() []string {
	var out []string
	for _, arm := range g.arms {
		var success, above, left []string
		for i, task := range g.tasks {
			rs := g.of(arm, i)
			m := mean(values(rs, overall))
			blind, constant := g.nulls(i, func(n Null) float64 { return n.Overall })
			if m > publishedCriterion {
				success = append(success, task.ID)
			}
			if m > max(blind, constant) {
				above = append(above, task.ID)
			}
			if len(escaped(rs)) == len(rs) {
				left = append(left, task.ID)
			}
		}
		out = append(out, fmt.Sprintf("%s: above %d %% on %s; above both nulls on %s; loss off the blind plateau with every seed on %s.",
			arm, publishedCriterion, list(success), list(above), list(left)))
	}
	if g.seeds < 3 {
		out = append(out, fmt.Sprintf("With %d seed(s) these are single observations: -seeds 10 gives spreads.", g.seeds))
	}
	return out
}

func list(ids []string) string {
	if len(ids) == 0 {
		return "no task"
	}
	return strings.Join(ids, " ")
}
