package paper

import (
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/tasks"
)

// kind is one of several kinds of network that are compared task by task.
type kind struct {
	name  string // in tables
	title string // in figures
	look  string // the arm or condition whose colour it takes; empty: that of its place
	about string // what it is
	score func(task int, seed uint64) func() lab.Run
}

// comparison is the scores of several kinds of network on the nine tasks.
type comparison struct {
	tasks []tasks.Task
	kinds []kind
	runs  [][][]lab.Run // kinds × tasks × seeds
}

// compare asks for the scores of several kinds of network.
func compare(n *obs.Notebook, kinds []kind) func() comparison {
	ts := n.Tasks()
	scores := make([][][]func() lab.Run, len(kinds))
	for k, kind := range kinds {
		scores[k] = make([][]func() lab.Run, len(ts))
		for i := range ts {
			for _, seed := range n.Seeds {
				scores[k][i] = append(scores[k][i], kind.score(i, seed))
			}
		}
	}
	return func() comparison {
		c := comparison{ts, kinds, make([][][]lab.Run, len(kinds))}
		for k := range kinds {
			c.runs[k] = seq.Map(scores[k], made[lab.Run])
		}
		return c
	}
}

// index returns the place of a kind.
func (c comparison) index(name string) int {
	for k := range c.kinds {
		if c.kinds[k].name == name {
			return k
		}
	}
	panic("paper: no kind of network is called " + name)
}

// mean returns the mean over seeds of a measure of a kind on a task.
func (c comparison) mean(kind, task int, measure func(lab.Run) float64) float64 {
	return seq.Mean(seq.Map(c.runs[kind][task], measure))
}

// overTasks returns that mean over seeds and tasks.
func (c comparison) overTasks(kind int, measure func(lab.Run) float64) float64 {
	var means []float64
	for i := range c.tasks {
		means = append(means, c.mean(kind, i, measure))
	}
	return seq.Mean(means)
}

// nulls returns the mean nulls of a task over seeds; they are those of all kinds.
func (c comparison) nulls(task int, f func(lab.Null) float64) (blind, constant float64) {
	return c.mean(0, task, func(r lab.Run) float64 { return f(r.Blind) }), c.mean(0, task, func(r lab.Run) float64 { return f(r.Constant) })
}

// aboveNulls returns the tasks on which the mean of a kind beats both nulls.
func (c comparison) aboveNulls(kind int) (ids []string) {
	for i, task := range c.tasks {
		blind, constant := c.nulls(i, func(n lab.Null) float64 { return n.Overall })
		if c.mean(kind, i, overall) > max(blind, constant) {
			ids = append(ids, task.ID)
		}
	}
	return ids
}

// successful returns the tasks on which the mean of a kind meets the paper's criterion.
func (c comparison) successful(kind int) (ids []string) {
	for i, task := range c.tasks {
		if c.mean(kind, i, overall) > publishedCriterion {
			ids = append(ids, task.ID)
		}
	}
	return ids
}

// seeds returns how many there are.
func (c comparison) seeds() int { return len(c.runs[0][0]) }

// glance is the figure in numbers: tasks by kinds.
func (c comparison) glance(name, title string) *table.Table {
	t := &table.Table{Name: name, Title: title, Columns: []table.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
	}}
	for _, k := range c.kinds {
		t.Columns = append(t.Columns, table.Column{Name: k.name, Unit: "%", Description: k.about + ": correct by the profile's criterion, mean over all outputs"})
	}
	t.Columns = append(t.Columns,
		table.Column{Name: "blind", Unit: "%", Description: "the same of the mean target with perfect fixation"},
		table.Column{Name: "constant", Unit: "%", Description: "the same of the best constant answer with perfect fixation"})
	for i, task := range c.tasks {
		row := []any{task.ID, task.Name}
		for k := range c.kinds {
			row = append(row, c.mean(k, i, overall))
		}
		blind, constant := c.nulls(i, func(n lab.Null) float64 { return n.Overall })
		t.Add(append(row, blind, constant)...)
	}
	return t
}

// summary has a row for every task and kind, with every measure.
func (c comparison) summary(name string) *table.Table {
	t := &table.Table{Name: name + "_summary", Title: "Every measure by task and kind of network, means over seeds", Columns: slices.Concat([]table.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
		{Name: "kind", Description: "kind of network"},
		{Name: "seeds", Description: "number of runs"},
	}, measureColumns, escapeColumns)}
	for i, task := range c.tasks {
		for k, kind := range c.kinds {
			rs := c.runs[k][i]
			var sd, escape any
			if len(rs) > 1 {
				sd = figure.SD(seq.Map(rs, overall))
			}
			escapes := escaped(rs)
			if len(escapes) > 0 {
				escape = seq.Mean(escapes)
			}
			blind, constant := c.nulls(i, func(n lab.Null) float64 { return n.Overall })
			t.Add(task.ID, task.Name, kind.name, len(rs), c.mean(k, i, overall), sd, c.mean(k, i, decision),
				c.mean(k, i, decisionUnit), c.mean(k, i, decisionRaw), blind, constant, len(escapes), escape)
		}
	}
	return t
}

// all is every run, a column more than RunTable has telling the kinds apart.
func (c comparison) all(name string) *table.Table {
	var runs []lab.Run
	var names []string
	for j := range c.seeds() {
		for k, kind := range c.kinds {
			for i := range c.tasks {
				runs, names = append(runs, c.runs[k][i][j]), append(names, kind.name)
			}
		}
	}
	t := RunTable(name+"_runs", runs)
	t.Columns = append([]table.Column{{Name: "kind", Description: "kind of network"}}, t.Columns...)
	for n, row := range t.Rows {
		t.Rows[n] = append([]any{names[n]}, row...)
	}
	return t
}

// performance draws both measures of performance by task and kind.
func (c comparison) performance(name, alt string) *figure.Figure {
	panel := func(letter, label string, measure func(lab.Run) float64, null func(lab.Null) float64, refs []figure.Ref) *figure.Dots {
		d := &figure.Dots{
			Frame: figure.Frame{Letter: letter, Y: figure.Axis{Label: label, Max: 100}},
			Nulls: []figure.Null{{Name: figure.Blind}, {Name: figure.Constant}},
			Refs:  refs,
		}
		for i, task := range c.tasks {
			d.Categories = append(d.Categories, task.ID+"\n"+task.Title)
			blind, constant := c.nulls(i, null)
			d.Nulls[0].Values = append(d.Nulls[0].Values, blind)
			d.Nulls[1].Values = append(d.Nulls[1].Values, constant)
		}
		for k, kind := range c.kinds {
			s := figure.DotSeries{Name: kind.title, As: kind.look}
			for i := range c.tasks {
				s.Samples = append(s.Samples, figure.MeanSD(seq.Map(c.runs[k][i], measure)))
			}
			d.Series = append(d.Series, s)
		}
		return d
	}
	return &figure.Figure{
		Name: name, Alt: alt, Width: 7, Height: 5.6,
		Rows: [][]figure.Panel{
			{panel("A", "all outputs correct (%)", overall, func(n lab.Null) float64 { return n.Overall },
				[]figure.Ref{{Name: "70 %, the paper's criterion", Y: publishedCriterion}})},
			{panel("B", "response correct (%)", decisionUnit, func(n lab.Null) float64 { return n.DecisionUnit }, nil)},
		},
		SharedX: true,
	}
}

// performanceCaption explains that figure.
const performanceCaption = "mean over seeds with one standard deviation, single seeds as points. " +
	"A: mean over all outputs, the paper's measure. B: the response outputs alone, correct within a tenth of the targets' range. " +
	"Lines: what an answer scores that does not know the stimulus, its fixation being perfect: the mean target (blind), and the best constant."
