package obs

import (
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// What tables say of the scores of networks that learn in sequence.
const (
	freshDoc     = "right after learning the task: correct by the profile's criterion, mean over all outputs"
	freshUnitDoc = "right after learning: response outputs within a tenth of the targets' range"
	finalDoc     = "the same after the last task"
)

// Learnt compares what networks score right after each task and after the last with separate networks
// and with the conditions cited_fresh and cited_final, task by task.
func (d Sequence) Learnt(name string) *table.Table {
	over := func(condition string) func(Place) []float64 {
		return func(p Place) []float64 { return d.On(condition, p.Task, Overall) }
	}
	mean := func(condition string, m RunMeasure) func(Place) any {
		return func(p Place) any { return d.Mean(condition, m, p.Task) }
	}
	return Table(name, "Learnt and kept, means over seeds", d.everyTask(), slices.Concat(d.taskColumns(), []Col[Place]{
		{Name: "place", Doc: "in the order of training, from 1", Of: func(p Place) any { return 1 + d.place(p.Task, 0, 0) }},
		{Name: "seeds", Doc: "number of runs", Of: func(Place) any { return len(d.Seeds) }}},
		Spread(Col[Place]{Name: "fresh", Heading: "right after", Unit: "%", Doc: freshDoc}, "its standard deviation over seeds; empty for one seed", over("fresh")),
		Spread(Col[Place]{Name: "final", Heading: "at the end", Unit: "%", Doc: finalDoc}, "its standard deviation over seeds", over("final")),
		[]Col[Place]{{Name: "separate", Unit: "%", Doc: "the same of a network trained on this task alone", Of: mean("separate", Overall)}},
		nullColumns("the same", d.nulls), []Col[Place]{
			{Name: "fresh_unit", Heading: "response right after", Unit: "%", Doc: freshUnitDoc, Of: mean("fresh", Response)},
			{Name: "final_unit", Heading: "response at the end", Unit: "%", Doc: finalDoc, Of: mean("final", Response)},
			{Name: "separate_unit", Heading: "separate, response", Unit: "%", Doc: "the same of a network trained on this task alone", Of: mean("separate", Response)},
			{Name: "blind_unit", Heading: "blind, response", Unit: "%", Doc: "the same of the mean target", Of: func(p Place) any { b, _ := d.Nulls(p.Task, Response); return b }},
			{Name: "constant_unit", Heading: "constant, response", Unit: "%", Doc: "the same of the best constant answer", Of: func(p Place) any { _, c := d.Nulls(p.Task, Response); return c }},
			{Name: "cited_fresh", Heading: "as cited: right after", Unit: "%", Doc: "fresh with the updates projected and rule inputs, as Duncker et al. have it", Of: mean("cited_fresh", Overall)},
			{Name: "cited_final", Heading: "as cited: at the end", Unit: "%", Doc: "final of the same", Of: mean("cited_final", Overall)},
			{Name: "cited_fresh_unit", Heading: "as cited: response right after", Unit: "%", Doc: "fresh_unit of the same", Of: mean("cited_fresh", Response)},
			{Name: "cited_final_unit", Heading: "as cited: response at the end", Unit: "%", Doc: "final_unit of the same", Of: mean("cited_final", Response)},
		})...)
}

// sequenceRow is a row about a network tested on a task. seed and task are places in the scores; k counts from
// 0 either the tasks learnt so far or the orders of the seed.
type sequenceRow struct{ seed, k, task int }

// turns returns rows for n networks of every seed on every task.
func (d Sequence) turns(n int) (rows []sequenceRow) {
	for j := range d.Seeds {
		for k := range n {
			for i := range d.Tasks {
				rows = append(rows, sequenceRow{j, k, i})
			}
		}
	}
	return rows
}

// Forgetting returns a table with a row for the network after each task, tested on every task.
func (d Sequence) Forgetting(name string) *table.Table {
	order := d.Settings.DNI.Order
	cols := []Col[sequenceRow]{
		{Name: "seed", Doc: "seed of all random numbers of the run", Of: func(r sequenceRow) any { return d.Seeds[r.seed] }},
		{Name: "learnt", Heading: "networks that learnt", Doc: "number of tasks learnt", Of: func(r sequenceRow) any { return r.k + 1 }},
		{Name: "after", Doc: "the last of them", Of: func(r sequenceRow) any { return "T" + order[r.k:r.k+1] }},
		{Name: "task", Doc: "task tested", Of: func(r sequenceRow) any { return d.Tasks[r.task].ID }},
		{Name: "seen", Doc: "whether it is among those learnt", Of: func(r sequenceRow) any { return d.place(r.task, 0, 0) <= r.k }},
	}
	for _, m := range []RunMeasure{Overall, Decision, Response, Raw} {
		cols = append(cols, Col[sequenceRow]{Name: m.Name, Unit: m.Unit, Doc: m.Doc, Of: func(r sequenceRow) any { return d.On(afterTasks(r.k+1), r.task, m)[r.seed] }})
	}
	return Table(name, "After each task, tested on all", d.turns(len(order)), cols...)
}

// ByPlace returns a table with a row for every task of every order.
func (d Sequence) ByPlace(name string) *table.Table {
	score := func(when string, m RunMeasure) func(sequenceRow) any {
		return func(r sequenceRow) any { return d.On(inOrder(r.k, when), r.task, m)[r.seed] }
	}
	return Table(name, "The order of tasks", d.turns(d.Orders()), []Col[sequenceRow]{
		{Name: "seed", Doc: "seed of all random numbers of the run, the random orders among them", Of: func(r sequenceRow) any { return d.Seeds[r.seed] }},
		{Name: "order", Doc: "digits of the tasks as they were learnt, behind a T", Of: func(r sequenceRow) any { return "T" + taskOrder(d.Settings, r.k, d.Seeds[r.seed]) }},
		{Name: "task", Doc: "task of the paper", Of: func(r sequenceRow) any { return d.Tasks[r.task].ID }},
		{Name: "place", Doc: "in the order, from 1", Of: func(r sequenceRow) any { return 1 + d.place(r.task, r.k, d.Seeds[r.seed]) }},
		{Name: "fresh", Heading: "right after", Unit: "%", Doc: freshDoc, Of: score("fresh", Overall)},
		{Name: "final", Heading: "at the end", Unit: "%", Doc: finalDoc, Of: score("final", Overall)},
		{Name: "fresh_unit", Heading: "response right after", Unit: "%", Doc: freshUnitDoc, Of: score("fresh", Response)},
		{Name: "final_unit", Heading: "response at the end", Unit: "%", Doc: finalDoc, Of: score("final", Response)},
		{Name: "loss", Doc: "mean squared error over the last 20 iterations of learning the task", Of: score("fresh", FinalLoss)},
	}...)
}

// Matrix draws the mean scores on all tasks (columns) after each task of the sequence (rows).
func (d Sequence) Matrix(title string, m RunMeasure) *figure.HeatMap {
	order := strings.Split(d.Settings.DNI.Order, "")
	names := seq.Map(order, func(digit string) string { return "T" + digit })
	h := &figure.HeatMap{
		Frame: figure.Frame{Title: title, X: figure.Axis{Label: "tested on"}, Y: figure.Axis{Label: "after learning"}},
		Rows:  len(order), Cols: len(order), RowNames: names, ColNames: names,
		Colors: figure.Sequential, Max: 100, BarLabel: "correct (%)", Format: "%.0f", Square: true,
	}
	for k := range order {
		for _, digit := range d.Settings.DNI.Order {
			h.Values = append(h.Values, d.Mean(afterTasks(k+1), m, int(digit-'1')))
		}
	}
	return h
}

// PlacePanels draw the response scores on a task against its place in the order, a panel for each task.
func (d Sequence) PlacePanels() (panels []figure.Panel) {
	for i, task := range d.Tasks {
		_, constant := d.Nulls(i, Response)
		p := &figure.Dots{Frame: figure.Frame{Title: task.ID + " " + task.Title,
			X: figure.Axis{Label: "place in the order"}, Y: figure.Axis{Label: Response.Label, Max: 100}},
			Series: []figure.DotSeries{Legend(lab.DNIFresh), Legend(lab.DNI)}, Refs: []figure.Ref{{Name: figure.Constant, Y: constant}}}
		for place := range d.Tasks {
			p.Categories = append(p.Categories, strconv.Itoa(place+1))
			for k, when := range []string{"fresh", "final"} {
				p.Series[k].Samples = append(p.Series[k].Samples, figure.MeanRange(d.atPlace(i, place, when)))
			}
		}
		panels = append(panels, p)
	}
	return panels
}
