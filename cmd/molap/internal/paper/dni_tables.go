package paper

import (
	"strings"

	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// byTask compares the two readings and separate networks, task by task.
func (d inSequence) byTask(order string) *table.Table {
	mean := func(condition string, m obs.RunMeasure) func(int) any {
		return func(i int) any { return d.Mean(condition, m, i) }
	}
	sd := func(condition string) func(int) any {
		return func(i int) any { return obs.SD(d.On(condition, i, obs.Overall)) }
	}
	blind := func(m obs.RunMeasure) func(int) any {
		return func(i int) any { b, _ := d.Nulls(i, m); return b }
	}
	constant := func(m obs.RunMeasure) func(int) any {
		return func(i int) any { _, c := d.Nulls(i, m); return c }
	}
	return obs.Table("dni", "Learnt and kept, means over seeds", seq.UpTo(len(d.Tasks)), []obs.Col[int]{
		{Name: "task", Doc: "task of the paper", Of: func(i int) any { return d.Tasks[i].ID }},
		{Name: "name", Doc: "its name", Of: func(i int) any { return d.Tasks[i].Name }},
		{Name: "place", Doc: "in the order of training, from 1", Of: func(i int) any { return 1 + strings.Index(order, d.Tasks[i].ID[1:]) }},
		{Name: "seeds", Doc: "number of runs", Of: func(int) any { return len(d.Seeds) }},
		{Name: "fresh", Heading: "right after", Unit: "%", Doc: "right after learning the task: correct by the profile's criterion, mean over all outputs", Of: mean("fresh", obs.Overall)},
		{Name: "fresh_sd", Part: table.Spread, Unit: "%", Doc: "its standard deviation over seeds; empty for one seed", Of: sd("fresh")},
		{Name: "final", Heading: "at the end", Unit: "%", Doc: "the same after the last task", Of: mean("final", obs.Overall)},
		{Name: "final_sd", Part: table.Spread, Unit: "%", Doc: "its standard deviation over seeds", Of: sd("final")},
		{Name: "separate", Unit: "%", Doc: "the same of a network trained on this task alone", Of: mean("separate", obs.Overall)},
		{Name: "blind", Unit: "%", Doc: "the same of the mean target with perfect fixation", Of: blind(obs.Overall)},
		{Name: "constant", Unit: "%", Doc: "the same of the best constant answer with perfect fixation", Of: constant(obs.Overall)},
		{Name: "fresh_unit", Heading: "response right after", Unit: "%", Doc: "right after learning: response outputs within a tenth of the targets' range", Of: mean("fresh", obs.Response)},
		{Name: "final_unit", Heading: "response at the end", Unit: "%", Doc: "the same after the last task", Of: mean("final", obs.Response)},
		{Name: "separate_unit", Heading: "separate, response", Unit: "%", Doc: "the same of a network trained on this task alone", Of: mean("separate", obs.Response)},
		{Name: "blind_unit", Heading: "blind, response", Unit: "%", Doc: "the same of the mean target", Of: blind(obs.Response)},
		{Name: "constant_unit", Heading: "constant, response", Unit: "%", Doc: "the same of the best constant answer", Of: constant(obs.Response)},
		{Name: "cited_fresh", Heading: "as cited: right after", Unit: "%", Doc: "fresh with the updates projected and rule inputs, as Duncker et al. have it", Of: mean("cited_fresh", obs.Overall)},
		{Name: "cited_final", Heading: "as cited: at the end", Unit: "%", Doc: "final of the same", Of: mean("cited_final", obs.Overall)},
		{Name: "cited_fresh_unit", Heading: "as cited: response right after", Unit: "%", Doc: "fresh_unit of the same", Of: mean("cited_fresh", obs.Response)},
		{Name: "cited_final_unit", Heading: "as cited: response at the end", Unit: "%", Doc: "final_unit of the same", Of: mean("cited_final", obs.Response)},
	}...)
}

// dniRow is a network tested on a task. seed and task are places in the scores; k counts from 0 either
// the tasks learnt so far or the orders of the seed.
type dniRow struct{ seed, k, task int }

// dniRows returns rows for n networks of every seed on every task.
func (d inSequence) dniRows(n int) (rows []dniRow) {
	for j := range d.Seeds {
		for k := range n {
			for i := range d.Tasks {
				rows = append(rows, dniRow{j, k, i})
			}
		}
	}
	return rows
}

// forgetting returns a table with a row for every network of the sequence on every task.
func (d inSequence) forgetting(order string) *table.Table {
	type row = dniRow
	cols := []obs.Col[row]{
		{Name: "seed", Doc: "seed of all random numbers of the run", Of: func(r row) any { return d.Seeds[r.seed] }},
		{Name: "learnt", Heading: "networks that learnt", Doc: "number of tasks learnt", Of: func(r row) any { return r.k + 1 }},
		{Name: "after", Doc: "the last of them", Of: func(r row) any { return "T" + order[r.k:r.k+1] }},
		{Name: "task", Doc: "task tested", Of: func(r row) any { return d.Tasks[r.task].ID }},
		{Name: "seen", Doc: "whether it is among those learnt", Of: func(r row) any { return strings.Index(order, d.Tasks[r.task].ID[1:]) <= r.k }},
	}
	for _, m := range []obs.RunMeasure{obs.Overall, obs.Decision, obs.Response, obs.Raw} {
		cols = append(cols, obs.Col[row]{Name: m.Name, Unit: m.Unit, Doc: m.Doc, Of: func(r row) any { return d.On(afterTasks(r.k+1), r.task, m)[r.seed] }})
	}
	return obs.Table("dni_forgetting", "After each task, tested on all", d.dniRows(len(order)), cols...)
}

// byPlace returns a table with a row for every task of every order.
func (d inSequence) byPlace() *table.Table {
	type row = dniRow
	score := func(when string, m obs.RunMeasure) func(row) any {
		return func(r row) any { return d.On(inOrder(r.k, when), r.task, m)[r.seed] }
	}
	return obs.Table("dni_orders", "The order of tasks", d.dniRows(d.orders), []obs.Col[row]{
		{Name: "seed", Doc: "seed of all random numbers of the run, the random orders among them", Of: func(r row) any { return d.Seeds[r.seed] }},
		{Name: "order", Doc: "digits of the tasks as they were learnt, behind a T", Of: func(r row) any { return "T" + d.order(r.k, d.Seeds[r.seed]) }},
		{Name: "task", Doc: "task of the paper", Of: func(r row) any { return d.Tasks[r.task].ID }},
		{Name: "place", Doc: "in the order, from 1", Of: func(r row) any { return 1 + d.place(r.task, r.k, d.Seeds[r.seed]) }},
		{Name: "fresh", Heading: "right after", Unit: "%", Doc: "right after learning the task: correct by the profile's criterion, mean over all outputs", Of: score("fresh", obs.Overall)},
		{Name: "final", Heading: "at the end", Unit: "%", Doc: "the same after the last task", Of: score("final", obs.Overall)},
		{Name: "fresh_unit", Heading: "response right after", Unit: "%", Doc: "right after learning: response outputs within a tenth of the targets' range", Of: score("fresh", obs.Response)},
		{Name: "final_unit", Heading: "response at the end", Unit: "%", Doc: "the same after the last task", Of: score("final", obs.Response)},
		{Name: "loss", Doc: "mean squared error over the last 20 iterations of learning the task", Of: score("fresh", obs.FinalLoss)},
	}...)
}
