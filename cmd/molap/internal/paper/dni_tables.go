package paper

import (
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
)

// byTask compares the two readings and separate networks, task by task.
func (d dniData) byTask() *table.Table {
	t := &table.Table{Name: "dni", Title: "Learnt and kept, means over seeds", Columns: []table.Column{
		{Name: "task", Description: "task of the paper"},
		{Name: "name", Description: "its name"},
		{Name: "place", Description: "in the order of training, from 1"},
		{Name: "seeds", Description: "number of runs"},
		{Name: "fresh", Unit: "%", Description: "right after learning the task: correct by the profile's criterion, mean over all outputs"},
		{Name: "fresh_sd", Unit: "%", Description: "its standard deviation over seeds; empty for one seed"},
		{Name: "final", Unit: "%", Description: "the same after the last task"},
		{Name: "final_sd", Unit: "%", Description: "its standard deviation over seeds"},
		{Name: "separate", Unit: "%", Description: "the same of a network trained on this task alone"},
		{Name: "blind", Unit: "%", Description: "the same of the mean target with perfect fixation"},
		{Name: "constant", Unit: "%", Description: "the same of the best constant answer with perfect fixation"},
		{Name: "fresh_unit", Unit: "%", Description: "right after learning: response outputs within a tenth of the targets' range"},
		{Name: "final_unit", Unit: "%", Description: "the same after the last task"},
		{Name: "separate_unit", Unit: "%", Description: "the same of a network trained on this task alone"},
		{Name: "blind_unit", Unit: "%", Description: "the same of the mean target"},
		{Name: "constant_unit", Unit: "%", Description: "the same of the best constant answer"},
		{Name: "cited_fresh", Unit: "%", Description: "fresh with the updates projected and rule inputs, as Duncker et al. have it"},
		{Name: "cited_final", Unit: "%", Description: "final of the same"},
		{Name: "cited_fresh_unit", Unit: "%", Description: "fresh_unit of the same"},
		{Name: "cited_final_unit", Unit: "%", Description: "final_unit of the same"},
	}}
	for i, task := range d.tasks {
		fresh, final := d.samples(freshOn(i), overall), d.samples(finalOn(i), overall)
		of := func(run func(dniSeed) lab.Run, measure func(lab.Run) float64) float64 {
			return seq.Mean(d.samples(run, measure))
		}
		null := func(f func(lab.Run) float64) float64 { return of(freshOn(i), f) }
		t.Add(task.ID, task.Name, 1+strings.Index(d.order, task.ID[1:]), len(d.seeds),
			seq.Mean(fresh), sdOf(fresh), seq.Mean(final), sdOf(final), of(separateOn(i), overall),
			null(func(r lab.Run) float64 { return r.Blind.Overall }), null(func(r lab.Run) float64 { return r.Constant.Overall }),
			of(freshOn(i), decisionUnit), of(finalOn(i), decisionUnit), of(separateOn(i), decisionUnit),
			null(func(r lab.Run) float64 { return r.Blind.DecisionUnit }), null(func(r lab.Run) float64 { return r.Constant.DecisionUnit }),
			of(citedFreshOn(i), overall), of(citedFinalOn(i), overall), of(citedFreshOn(i), decisionUnit), of(citedFinalOn(i), decisionUnit))
	}
	return t
}

// sdOf is the standard deviation of several values, a missing cell for one.
func sdOf(x []float64) any {
	if len(x) < 2 {
		return nil
	}
	return figure.SD(x)
}

// forgetting has every network of the sequence on every task.
func (d dniData) forgetting() *table.Table {
	t := &table.Table{Name: "dni_forgetting", Title: "After each task, tested on all", Columns: []table.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "learnt", Description: "number of tasks learnt"},
		{Name: "after", Description: "the last of them"},
		{Name: "task", Description: "task tested"},
		{Name: "seen", Description: "whether it is among those learnt"},
		{Name: "overall", Unit: "%", Description: "correct by the profile's criterion, mean over all outputs"},
		{Name: "decision", Unit: "%", Description: "the same, outputs other than fixation"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range"},
		{Name: "decision_raw", Unit: "%", Description: "response outputs within 0.1 in the task's own units"},
	}}
	for _, s := range d.seeds {
		for k, runs := range s.after {
			for i, r := range runs {
				t.Add(s.seed, k+1, "T"+d.order[k:k+1], d.tasks[i].ID, strings.Index(d.order, d.tasks[i].ID[1:]) <= k,
					r.Overall, r.Decision, r.DecisionUnit, r.DecisionRaw)
			}
		}
	}
	return t
}

// byPlace has every task of every order.
func (d dniData) byPlace() *table.Table {
	t := &table.Table{Name: "dni_orders", Title: "The order of tasks", Columns: []table.Column{
		{Name: "seed", Description: "seed of all random numbers of the run, the random orders among them"},
		{Name: "order", Description: "digits of the tasks as they were learnt, behind a T"},
		{Name: "task", Description: "task of the paper"},
		{Name: "place", Description: "in the order, from 1"},
		{Name: "fresh", Unit: "%", Description: "right after learning the task: correct by the profile's criterion, mean over all outputs"},
		{Name: "final", Unit: "%", Description: "the same after the last task"},
		{Name: "fresh_unit", Unit: "%", Description: "right after learning: response outputs within a tenth of the targets' range"},
		{Name: "final_unit", Unit: "%", Description: "the same after the last task"},
		{Name: "loss", Description: "mean squared error over the last 20 iterations of learning the task"},
	}}
	for _, s := range d.seeds {
		for _, o := range s.orders {
			for i, task := range d.tasks {
				t.Add(s.seed, "T"+o.order, task.ID, 1+strings.Index(o.order, task.ID[1:]),
					o.fresh[i].Overall, o.final[i].Overall, o.fresh[i].DecisionUnit, o.final[i].DecisionUnit, o.fresh[i].FinalLoss)
			}
		}
	}
	return t
}
