package paper

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// dniData is what networks that learn in sequence have learnt and forgotten.
type dniData struct {
	tasks []tasks.Task // T1 to T9
	order string       // of the settings
	told  bool         // rule inputs tell the network which task it is
	cited bool         // the settings are those of citedSettings
	seeds []dniSeed

	opposite bool // the targets of T2 and T4 are opposite to those of T1 and T3
}

type dniSeed struct {
	seed     uint64
	separate []lab.Run   // by task
	after    [][]lab.Run // in the order of the settings: by number of tasks learnt, less 1, and task
	orders   []ordered   // the order of the settings, then others
	cited    ordered     // the order of the settings, by the reading of citedSettings
}

// ordered is a network that has learnt the tasks in some order.
type ordered struct {
	order        string    // their digits
	fresh, final []lab.Run // by task: right after it, and after all
}

// planDNI follows the network of arm dni through the sequence: after each task it
// is tested on all nine. Of other orders, and of DNI as its authors have it, it sees
// how well each task is learnt and what is left of it at the end.
func planDNI(n *obs.Notebook) func() Result {
	all := func(run runOf) dniData {
		d := sequences(n, run)
		for i, seed := range n.Seeds {
			d.seeds[i].cited = inOrder(n, citedSettings, n.Settings.DNI.Order, seed, run)
		}
		return d
	}
	all(asking(n))
	return func() Result { return all(answered(n)).result() }
}

// dni asks for the scores of the experiment, but for those by citedSettings.
func dni(n *obs.Notebook) func() dniData {
	sequences(n, asking(n))
	return func() dniData { return sequences(n, answered(n)) }
}

// citedSettings are those of DNI as Duncker et al. have it: the updates are projected, and
// rule inputs tell the network which task it is.
const citedSettings = "dni.project=" + string(profile.ProjectUpdate) + " dni.rule_inputs=true"

// runOf returns the scores of a cell with some settings changed.
type runOf func(settings string, c lab.Cell) lab.Run

// asking asks for scores that are not there yet.
func asking(n *obs.Notebook) runOf {
	return func(settings string, c lab.Cell) lab.Run {
		n.Score(settings, c)
		return lab.Run{}
	}
}

// answered returns scores that were asked for.
func answered(n *obs.Notebook) runOf {
	return func(settings string, c lab.Cell) lab.Run { return n.Score(settings, c)() }
}

// sequences collects the scores of the experiment, each from run, but for those by citedSettings.
func sequences(n *obs.Notebook, run runOf) dniData {
	s := n.Settings.DNI
	d := dniData{tasks: n.Tasks(), order: s.Order, told: s.RuleInputs,
		cited: s.RuleInputs && s.Project == profile.ProjectUpdate, opposite: n.Settings.Trials.Anti == profile.AntiOpposite}
	for _, seed := range n.Seeds {
		one := dniSeed{seed: seed, separate: nine(n, "", s.Order, lab.Separate, 0, seed, run)}
		for k := range s.Order {
			one.after = append(one.after, nine(n, "", s.Order, lab.DNI, k+1, seed, run))
		}
		one.orders = append(one.orders, inOrder(n, "", s.Order, seed, run))
		for k := range s.Orders {
			order := lab.RandomOrder(seed, k)
			one.orders = append(one.orders, inOrder(n, "dni.order="+order, order, seed, run))
		}
		d.seeds = append(d.seeds, one)
	}
	return d
}

// nine collects the scores of a network on the nine tasks, of arm dni after so many of them.
func nine(n *obs.Notebook, settings, order string, arm lab.Arm, after int, seed uint64, run runOf) []lab.Run {
	return seq.Map(n.Tasks(), func(t tasks.Task) lab.Run {
		c := lab.Cell{Arm: arm, Task: t.ID, Seed: seed, After: after}
		switch after { // networks that have a name of their own
		case strings.Index(order, t.ID[1:]) + 1:
			c.Arm, c.After = lab.DNIFresh, 0
		case len(order):
			c.After = 0
		}
		return run(settings, c)
	})
}

// inOrder collects what is learnt in an order, and what is left of it.
func inOrder(n *obs.Notebook, settings, order string, seed uint64, run runOf) ordered {
	return ordered{order, nine(n, settings, order, lab.DNIFresh, 0, seed, run), nine(n, settings, order, lab.DNI, 0, seed, run)}
}

// samples returns a measure of one network for every seed.
func (d dniData) samples(of func(dniSeed) lab.Run, measure func(lab.Run) float64) []float64 {
	return seq.Map(d.seeds, func(s dniSeed) float64 { return measure(of(s)) })
}

// The networks of the order of the settings, by task.
func freshOn(task int) func(dniSeed) lab.Run {
	return func(s dniSeed) lab.Run { return s.orders[0].fresh[task] }
}
func finalOn(task int) func(dniSeed) lab.Run {
	return func(s dniSeed) lab.Run { return s.orders[0].final[task] }
}
func citedFreshOn(task int) func(dniSeed) lab.Run {
	return func(s dniSeed) lab.Run { return s.cited.fresh[task] }
}
func citedFinalOn(task int) func(dniSeed) lab.Run {
	return func(s dniSeed) lab.Run { return s.cited.final[task] }
}
func separateOn(task int) func(dniSeed) lab.Run {
	return func(s dniSeed) lab.Run { return s.separate[task] }
}

// overTasks returns the mean over tasks and seeds.
func (d dniData) overTasks(on func(task int) func(dniSeed) lab.Run, measure func(lab.Run) float64) float64 {
	var all []float64
	for i := range d.tasks {
		all = append(all, d.samples(on(i), measure)...)
	}
	return seq.Mean(all)
}

// slope is what a later place in the order adds to a score, per place: the
// regression of scores on places over all orders of a seed, both less their means
// over the orders of each task, so that no task is compared with another.
func (d dniData) slope(s dniSeed, scores func(ordered) []lab.Run, measure func(lab.Run) float64) float64 {
	products, squares := 0.0, 0.0
	for i, t := range d.tasks {
		x := seq.Map(s.orders, func(o ordered) float64 { return float64(strings.Index(o.order, t.ID[1:])) })
		y := seq.Map(s.orders, func(o ordered) float64 { return measure(scores(o)[i]) })
		mx, my := seq.Mean(x), seq.Mean(y)
		for k := range x {
			products += float64((x[k] - mx) * (y[k] - my))
			squares += float64((x[k] - mx) * (x[k] - mx))
		}
	}
	return products / squares
}

// apart is how far the scores of a task lie apart over the orders of a seed, whose
// networks differ in nothing else: the highest less the lowest, mean over tasks.
func (s dniSeed) apart(scores func(ordered) []lab.Run, measure func(lab.Run) float64) float64 {
	return seq.Mean(seq.Map(nineTasks, func(i int) float64 {
		of := seq.Map(s.orders, func(o ordered) float64 { return measure(scores(o)[i]) })
		return slices.Max(of) - slices.Min(of)
	}))
}

// spread writes a mean with the smallest and the largest of several values.
func spread(x []float64) string {
	if len(x) == 1 {
		return fmt.Sprintf("%.1f", x[0])
	}
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	return fmt.Sprintf("%.1f (%.1f to %.1f over seeds)", seq.Mean(x), lo, hi)
}
