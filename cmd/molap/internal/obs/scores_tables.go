package obs

import (
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// Place is a row of a table of scores: a task and, in tables by condition, a condition.
type Place struct {
	Task      int
	Condition string
}

// taskColumns say which task a row is of.
func (s Scores) taskColumns() []Col[Place] {
	return []Col[Place]{
		{Name: "task", Doc: "task of the paper", Of: func(p Place) any { return s.Tasks[p.Task].ID }},
		{Name: "name", Doc: "its name", Of: func(p Place) any { return s.Tasks[p.Task].Name }},
	}
}

// nulls returns the overall scores of both nulls on the task of a row.
func (s Scores) nulls(p Place) (blind, constant float64) { return s.Nulls(p.Task, Overall) }

// everyTask returns the rows of a table by task.
func (s Scores) everyTask() []Place {
	return seq.Map(seq.UpTo(len(s.Tasks)), func(i int) Place { return Place{Task: i} })
}

// Tables returns what every comparison of conditions shows: a figure in numbers, all
// measures and all runs.
func (s Scores) Tables(name, title string) []*table.Table {
	return []*table.Table{s.Glance(name, title), s.Summary(name+"_summary", "Every measure by task and kind of network, means over seeds", "kind", "kind of network"), s.every(name + "_runs")}
}

// Glance returns a figure in numbers: tasks by conditions.
func (s Scores) Glance(name, title string) *table.Table {
	cols := s.taskColumns()
	for _, c := range s.Conditions {
		doc := Overall.Doc
		if c.About != "" {
			doc = c.About + ": " + doc
		}
		cols = append(cols, Col[Place]{Name: c.Name, Unit: "%", Doc: doc, Of: func(p Place) any { return s.Mean(c.Name, Overall, p.Task) }})
	}
	return Table(name, title, s.everyTask(), append(cols, nullColumns("the same", s.nulls)...)...)
}

// Summary returns a table with a row for every task and condition with every measure. The column of
// conditions has the name called; the columns of more follow the measures.
func (s Scores) Summary(name, title, called, doc string, more ...Col[Place]) *table.Table {
	runs := func(p Place) []lab.Run { return s.Of(p.Condition, p.Task) }
	mean := func(m RunMeasure) Col[Place] {
		return Col[Place]{Name: m.Name, Unit: m.Unit, Doc: m.Doc, Of: func(p Place) any { return s.Mean(p.Condition, m, p.Task) }}
	}
	cols := append(s.taskColumns(),
		Col[Place]{Name: called, Doc: doc, Of: func(p Place) any { return p.Condition }},
		Col[Place]{Name: "seeds", Doc: "number of runs", Of: func(Place) any { return len(s.Seeds) }},
		mean(Overall),
		Col[Place]{Name: "overall_sd", Unit: "%", Doc: "standard deviation over seeds; empty for one seed", Of: func(p Place) any { return table.Known(seq.SD(s.On(p.Condition, p.Task, Overall))) }},
		mean(Decision), mean(Response), mean(Raw))
	cols = append(slices.Concat(cols, nullColumns("overall score", s.nulls), more),
		Col[Place]{Name: "escaped", Doc: "runs whose loss left the plateau of the blind answer", Of: func(p Place) any { return len(Escapes(runs(p))) }},
		Col[Place]{Name: "escape", Doc: "mean iteration at which those did", Of: func(p Place) any { return table.Known(seq.Mean(Escapes(runs(p)))) }})
	var rows []Place
	for i := range s.Tasks {
		for _, c := range s.Conditions {
			rows = append(rows, Place{i, c.Name})
		}
	}
	return Table(name, title, rows, cols...)
}

// RunTable returns a table with a row for every run, with all its measures.
func RunTable(name string, runs []lab.Run) *table.Table {
	return Table(name, "Every run", runs, runColumns(runs)...)
}

// every returns a table with a row for every run with its condition.
func (s Scores) every(name string) *table.Table {
	kind := func(k int) any { return s.Conditions[k/len(s.Tasks)%len(s.Conditions)].Name }
	cols := Lift(runColumns(s.Runs), func(k int) *lab.Run { return &s.Runs[k] })
	return Table(name, "Every run", seq.UpTo(len(s.Runs)), append([]Col[int]{{Name: "kind", Doc: "kind of network", Of: kind}}, cols...)...)
}

// runColumns say which network each of some runs is of, and what was measured of it.
func runColumns(runs []lab.Run) []Col[lab.Run] {
	return slices.Concat(cellColumns, MeasuredColumns(runs))
}

// cellColumns say which network a run is of.
var cellColumns = []Col[lab.Run]{
	{Name: "seed", Doc: "seed of all random numbers of the run", Of: func(r lab.Run) any { return r.Seed }},
	{Name: "arm", Doc: "way of training", Of: func(r lab.Run) any { return string(r.Arm) }},
	{Name: "task", Doc: "task of the paper", Of: func(r lab.Run) any { return r.Task }},
}

// MeasuredColumns returns columns of what was measured of each run.
func MeasuredColumns(runs []lab.Run) []Col[lab.Run] {
	first, outputs, docs := "fixation", 3, []string{"correct, output 1", "correct, output 2", "correct, output 3, if the task has one"}
	for _, r := range runs { // tasks of one's own may have no fixation, and any number of outputs
		if outputs = max(outputs, len(r.Output)); r.Fixation != 1 {
			first, docs[0] = "output_1", "correct, output 1, which is fixation where the task has it"
		}
	}
	cols := outputColumns(outputs, "output", "%", "%d", func(r lab.Run) []float64 { return r.Output })
	cols[0].Name = first
	for o := range cols {
		if cols[o].Doc = "correct, if the task has it"; o < len(docs) {
			cols[o].Doc = docs[o]
		}
	}
	return slices.Concat(cols, []Col[lab.Run]{
		{Name: "overall", Unit: "%", Doc: "mean over all outputs", Of: func(r lab.Run) any { return r.Overall }},
		{Name: "decision", Unit: "%", Doc: "mean over the outputs other than fixation", Of: func(r lab.Run) any { return r.Decision }},
		{Name: "decision_unit", Unit: "%", Doc: Response.Doc, Of: func(r lab.Run) any { return r.DecisionUnit }},
		{Name: "decision_raw", Unit: "%", Doc: Raw.Doc, Of: func(r lab.Run) any { return r.DecisionRaw }},
	}, nullColumns("overall score", func(r lab.Run) (blind, constant float64) { return r.Blind.Overall, r.Constant.Overall }), []Col[lab.Run]{
		{Name: "blind_decision_unit", Unit: "%", Doc: "decision_unit of the mean target", Of: func(r lab.Run) any { return r.Blind.DecisionUnit }},
		{Name: "constant_decision_unit", Unit: "%", Doc: "decision_unit of the best constant answer", Of: func(r lab.Run) any { return r.Constant.DecisionUnit }},
		{Name: "escape", Doc: EscapeDoc, Of: func(r lab.Run) any { return EscapeCell(r.Escape) }},
	}, trainingColumns)
}

// trainingColumns have the outcome of a training.
var trainingColumns = []Col[lab.Run]{
	{Name: "final_loss", Doc: "mean squared error over the last 20 iterations", Of: func(r lab.Run) any { return r.FinalLoss }},
	{Name: "blind_loss", Doc: "mean squared error of the blind answer", Of: func(r lab.Run) any { return r.BlindLoss }},
	{Name: "trained", Doc: "parameters trained on the task, with h[0]", Of: func(r lab.Run) any { return r.Trained }},
	{Name: "parameters", Doc: "parameters of the network, with h[0]", Of: func(r lab.Run) any { return r.Parameters }},
}

// LossTable returns a table of the loss over the iterations of every run.
func LossTable(name string, runs []lab.Run) *table.Table {
	type row struct {
		*lab.Run
		lossPoint
	}
	var rows []row
	for _, r := range runs {
		rows = append(rows, seq.Map(lossPoints(r), func(p lossPoint) row { return row{&r, p} })...)
	}
	return Table(name, "Training loss", rows, append(
		Lift(cellColumns, func(r row) *lab.Run { return r.Run }), Lift(pointColumns, func(r row) *lossPoint { return &r.lossPoint })...)...)
}
