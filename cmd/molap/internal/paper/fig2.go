package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/tasks"
)

// fig2Arms are the arms with the two readings of dni side by side: what its network
// scores right after each task, and what is left of that after the last. The paper
// does not say which of them it shows.
var fig2Arms = []lab.Arm{lab.Separate, lab.DNIFresh, lab.DNI, lab.MoLaP, lab.MoLaPPCA, lab.Reservoir}

// planFig2 trains the nine tasks with every arm and seed and compares their
// performance (Fig. 2A–C).
func planFig2(n *obs.Notebook) func() Result {
	data := learnt(n)
	return func() Result { return fig2(data()) }
}

// learnt asks for the runs of Fig. 2.
func learnt(n *obs.Notebook) func() grouped {
	ts := n.Tasks()
	var runs []func() lab.Run
	for _, seed := range n.Seeds {
		for _, arm := range fig2Arms {
			for _, t := range ts {
				runs = append(runs, n.Score("", lab.Cell{Arm: arm, Task: t.ID, Seed: seed}))
			}
		}
	}
	return func() grouped { return grouped{runs: made(runs), tasks: ts, arms: fig2Arms, seeds: len(n.Seeds)} }
}

// made returns the observations of answers.
func made[V any](answers []func() V) []V {
	return seq.Map(answers, func(answer func() V) V { return answer() })
}

func fig2(g grouped) Result {
	return Result{
		Title: "Fig. 2A–C: nine tasks, five ways to learn them", UsesSettings: true,
		Headline: g.headline(),
		Findings: g.findings(),
		Tables:   []*table.Table{g.glance(), g.order(), g.summary(), RunTable("fig2_runs", g.runs), g.curves()},
		Figures:  []*figure.Figure{g.performance(), g.losses()},
		Captions: []string{
			"Per cent of test trials decided correctly, by task and arm: mean over seeds with one standard deviation, single seeds as points. " +
				"A: mean over all outputs, the paper's measure. B: the response outputs alone, correct within a tenth of the targets' range. " +
				"Lines: what an answer scores that does not know the stimulus, its fixation being perfect: the mean target (blind), and the best constant. " +
				"The one network of dni learns the tasks in sequence and is tested twice: on each task right after it, and on all of them after the last.",
			"Training loss over the iterations: mean over seeds, band from the smallest to the largest. Horizontal line: the loss of an answer that does not know the stimulus. " +
				"On T5–T9 the network of dni has a third output, which has to be 0; its loss, a mean over three outputs, is drawn as one over two.",
		},
	}
}

// grouped are runs by arm and task.
type grouped struct {
	runs  []lab.Run
	tasks []tasks.Task
	arms  []lab.Arm
	seeds int
}

// of returns the runs of an arm on a task, by seed.
func (g grouped) of(arm lab.Arm, task int) []lab.Run {
	var rs []lab.Run
	for _, r := range g.runs {
		if r.Arm == arm && r.Task == g.tasks[task].ID {
			rs = append(rs, r)
		}
	}
	return rs
}

// The measures of a run.
func overall(r lab.Run) float64      { return r.Overall }
func decision(r lab.Run) float64     { return r.Decision }
func decisionUnit(r lab.Run) float64 { return r.DecisionUnit }
func decisionRaw(r lab.Run) float64  { return r.DecisionRaw }

// glance is the figure in numbers: tasks by arms.
func (g grouped) glance() *table.Table {
	t := &table.Table{Name: "fig2", Title: "Performance, mean over seeds", Columns: []table.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
	}}
	for _, arm := range g.arms {
		t.Columns = append(t.Columns, table.Column{Name: string(arm), Unit: "%", Description: "correct by the profile's criterion, mean over all outputs"})
	}
	t.Columns = append(t.Columns,
		table.Column{Name: "blind", Unit: "%", Description: "the same of the mean target with perfect fixation"},
		table.Column{Name: "constant", Unit: "%", Description: "the same of the best constant answer with perfect fixation"})
	for i, task := range g.tasks {
		row := []any{task.ID, task.Name}
		for _, arm := range g.arms {
			row = append(row, seq.Mean(seq.Map(g.of(arm, i), overall)))
		}
		blind, constant := g.nulls(i, func(n lab.Null) float64 { return n.Overall })
		t.Add(append(row, blind, constant)...)
	}
	return t
}

// measureColumns and escapeColumns describe means over the runs of a row.
var (
	measureColumns = []table.Column{
		{Name: "overall", Unit: "%", Description: "correct by the profile's criterion, mean over all outputs"},
		{Name: "overall_sd", Unit: "%", Description: "standard deviation over seeds; empty for one seed"},
		{Name: "decision", Unit: "%", Description: "the same, outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
		{Name: "blind", Unit: "%", Description: "overall score of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "overall score of the best constant answer with perfect fixation"},
	}
	escapeColumns = []table.Column{
		{Name: "escaped", Description: "runs whose loss left the plateau of the blind answer"},
		{Name: "escape", Description: "mean iteration at which those did"},
	}
)

// summary has a row for every task and arm, with every measure.
func (g grouped) summary() *table.Table {
	t := &table.Table{Name: "fig2_summary", Title: "Every measure by task and arm, means over seeds", Columns: slices.Concat([]table.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
		{Name: "arm", Description: "way of training"},
		{Name: "seeds", Description: "number of runs"},
	}, measureColumns, []table.Column{
		{Name: "above_70", Description: "overall mean above 70 %, the paper's criterion"},
		{Name: "above_nulls", Description: "overall mean above both nulls"},
	}, escapeColumns)}
	for i, task := range g.tasks {
		for _, arm := range g.arms {
			rs := g.of(arm, i)
			scores := seq.Map(rs, overall)
			m := seq.Mean(scores)
			var sd, escape any
			if len(rs) > 1 {
				sd = figure.SD(scores)
			}
			escapes := escaped(rs)
			if len(escapes) > 0 {
				escape = seq.Mean(escapes)
			}
			blind, constant := g.nulls(i, func(n lab.Null) float64 { return n.Overall })
			t.Add(task.ID, task.Name, string(arm), len(rs), m, sd, seq.Mean(seq.Map(rs, decision)),
				seq.Mean(seq.Map(rs, decisionUnit)), seq.Mean(seq.Map(rs, decisionRaw)), blind, constant,
				m > publishedCriterion, m > max(blind, constant), len(escapes), escape)
		}
	}
	return t
}

// escaped returns the iterations of escape of those runs that have one.
func escaped(rs []lab.Run) (at []float64) {
	for _, r := range rs {
		if e := r.Escape; e >= 0 {
			at = append(at, float64(e))
		}
	}
	return at
}

// nulls returns the mean nulls of a task over seeds; they do not depend on the arm.
func (g grouped) nulls(task int, f func(lab.Null) float64) (blind, constant float64) {
	rs := g.of(g.arms[0], task)
	return seq.Mean(seq.Map(rs, func(r lab.Run) float64 { return f(r.Blind) })),
		seq.Mean(seq.Map(rs, func(r lab.Run) float64 { return f(r.Constant) }))
}

// curves is the loss over the iterations, for every run.
func (g grouped) curves() *table.Table {
	t := &table.Table{Name: "fig2_curves", Title: "Training loss", Columns: []table.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "task", Description: "task of the paper"},
		{Name: "iteration", Description: "last of the iterations averaged"},
		{Name: "loss", Description: fmt.Sprintf("mean squared error, mean of %d iterations", lab.LossStep)},
	}}
	for _, r := range g.runs {
		if r.Arm == lab.DNIFresh { // learnt as dni did
			continue
		}
		at, loss := r.LossAt(), r.Losses
		for i := range at {
			t.Add(r.Seed, string(r.Arm), r.Task, int(at[i]), loss[i])
		}
	}
	return t
}

// headline orders the arms by their responses on the tasks that need memory.
func (g grouped) headline() string {
	arms := slices.Clone(g.arms)
	of := func(arm lab.Arm) float64 { return seq.Mean(g.memory(arm)) }
	slices.SortStableFunc(arms, func(a, b lab.Arm) int { return cmp.Compare(of(b), of(a)) })
	var order []string
	for _, arm := range arms {
		order = append(order, fmt.Sprintf("%s %.1f %%", arm, of(arm)))
	}
	best := g.onMemory(g.arms[0], func(r lab.Run) float64 { return max(r.Blind.DecisionUnit, r.Constant.DecisionUnit) })
	return fmt.Sprintf("T3–T9, the tasks that need memory, %d seed(s), responses within a tenth of the range: %s; an answer that does not know the stimulus %.1f %%.",
		g.seeds, strings.Join(order, ", "), seq.Mean(best))
}

// findings says in sentences what the table holds.
func (g grouped) findings() []string {
	var out []string
	for _, arm := range g.arms {
		var success, above, left []string
		for i, task := range g.tasks {
			rs := g.of(arm, i)
			m := seq.Mean(seq.Map(rs, overall))
			blind, constant := g.nulls(i, func(n lab.Null) float64 { return n.Overall })
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
	out = append(out, g.forgotten())
	if d := g.diverged(); d != "" {
		out = append(out, d)
	}
	if g.seeds < 3 {
		out = append(out, fmt.Sprintf("With %d seed(s) these are single observations: -seeds 10 gives spreads.", g.seeds))
	}
	return out
}

// forgotten compares the two readings of dni over all tasks.
func (g grouped) forgotten() string {
	all := func(arm lab.Arm, measure func(lab.Run) float64) float64 {
		sum := 0.0
		for i := range g.tasks {
			sum += seq.Mean(seq.Map(g.of(arm, i), measure))
		}
		return sum / float64(len(g.tasks))
	}
	return fmt.Sprintf("dni scores %.0f %% on the mean task right after learning it and %.0f %% after the last (response alone: %.0f %% and %.0f %%); separate networks score %.0f %% (%.0f %%).",
		all(lab.DNIFresh, overall), all(lab.DNI, overall), all(lab.DNIFresh, decisionUnit), all(lab.DNI, decisionUnit), all(lab.Separate, overall), all(lab.Separate, decisionUnit))
}

// diverged tells of runs that broke off; empty: none did.
func (g grouped) diverged() string {
	var broken []string
	for _, r := range g.runs {
		if r.Diverged != "" && r.Arm != lab.DNIFresh {
			broken = append(broken, fmt.Sprintf("%s %s of seed %d (%s)", r.Arm, r.Task, r.Seed, r.Diverged))
		}
	}
	if broken == nil {
		return ""
	}
	return fmt.Sprintf("%d run(s) broke off, and are scored as they were by then: %s.", len(broken), strings.Join(broken, "; "))
}

func list(ids []string) string {
	if len(ids) == 0 {
		return "no task"
	}
	return strings.Join(ids, " ")
}
