package experiment

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/tasks"
)

// dniData is what networks that learn in sequence have learnt and forgotten.
type dniData struct {
	tasks []tasks.Task // T1 to T9
	order string       // of the settings
	told  bool         // rule inputs tell the network which task it is
	cited bool         // the settings are those of Lab.cited
	seeds []dniSeed

	opposite bool // the targets of T2 and T4 are opposite to those of T1 and T3
}

type dniSeed struct {
	seed     uint64
	separate []Run     // by task
	after    [][]Run   // in the order of the settings: by number of tasks learnt, less 1, and task
	orders   []ordered // the order of the settings, then others
	cited    ordered   // the order of the settings, by the reading of Lab.cited
}

// ordered is a network that has learnt the tasks in some order.
type ordered struct {
	order        string // their digits
	fresh, final []Run  // by task: right after it, and after all
}

// planDNI follows the network of arm dni through the sequence: after each task it
// is tested on all nine. Of other orders, and of DNI as its authors have it, it sees
// how well each task is learnt and what is left of it at the end.
func planDNI(l *Lab) plan {
	var p plan
	need := func(l *Lab, c Cell) Run {
		p.needs = append(p.needs, l.Score(c))
		return Run{}
	}
	for _, seed := range l.Seeds { // the longest jobs first
		for _, l := range append(l.orders(seed), l.cited()) {
			need(l, Cell{Arm: DNI, Task: "T1", Seed: seed})
		}
	}
	all := func(run runOf) dniData {
		d := l.dni(run)
		for i, seed := range l.Seeds {
			d.seeds[i].cited = l.cited().inOrder(seed, run)
		}
		return d
	}
	all(need)
	p.result = func() Result { return all(done).result() }
	return p
}

// runOf says where the scores of a cell come from.
type runOf func(*Lab, Cell) Run

// done is the score of a cell whose job is done.
func done(l *Lab, c Cell) Run { return l.Score(c).Value() }

// dni collects the scores of the experiment, each from run, but for those by the
// reading of Lab.cited.
func (l *Lab) dni(run runOf) dniData {
	order := l.Settings.DNI.Order
	d := dniData{tasks: l.tasks(), order: order, told: l.Settings.DNI.RuleInputs,
		cited: l.cited().Settings == l.Settings, opposite: l.Settings.Trials.Anti == profile.AntiOpposite}
	for _, seed := range l.Seeds {
		s := dniSeed{seed: seed, separate: l.nine(Separate, 0, seed, run)}
		for k := range order {
			s.after = append(s.after, l.nine(DNI, k+1, seed, run))
		}
		for _, l := range l.orders(seed) {
			s.orders = append(s.orders, l.inOrder(seed, run))
		}
		d.seeds = append(d.seeds, s)
	}
	return d
}

// nine collects the scores of a network on the nine tasks, of arm dni after so many of them.
func (l *Lab) nine(arm Arm, after int, seed uint64, run runOf) []Run {
	return values(l.tasks(), func(t tasks.Task) Run {
		c := Cell{Arm: arm, Task: t.ID, Seed: seed, After: after}
		switch after { // networks that have a name of their own
		case place(l.Settings, t.ID) + 1:
			c.Arm, c.After = DNIFresh, 0
		case len(l.Settings.DNI.Order):
			c.After = 0
		}
		return run(l, c)
	})
}

// inOrder collects what is learnt in the order of the settings, and what is left of it.
func (l *Lab) inOrder(seed uint64, run runOf) ordered {
	return ordered{l.Settings.DNI.Order, l.nine(DNIFresh, 0, seed, run), l.nine(DNI, 0, seed, run)}
}

// orders returns labs for the order of tasks of the settings and for the random
// ones of a seed.
func (l *Lab) orders(seed uint64) []*Lab {
	labs := []*Lab{l}
	for k := range l.Settings.DNI.Orders {
		c := l.Config
		c.Settings.DNI.Order = randomOrder(seed, k)
		labs = append(labs, NewLab(c, l.pool))
	}
	return labs
}

// cited returns a lab for DNI as Duncker et al. have it: the updates are projected,
// and rule inputs tell the network which task it is.
func (l *Lab) cited() *Lab {
	c := l.Config
	c.Settings.DNI.Project, c.Settings.DNI.RuleInputs = profile.ProjectUpdate, true
	return NewLab(c, l.pool)
}

// randomOrder returns the k-th random order of a seed: a Fisher–Yates shuffle.
func randomOrder(seed uint64, k int) string {
	order := []byte("123456789")
	stream := kernels.NewStream(seed).Child(purposeOrder).Child(uint64(k))
	for i := range order {
		j := i + stream.Intn(uint64(i), len(order)-i)
		order[i], order[j] = order[j], order[i]
	}
	return string(order)
}

// samples returns a measure of one network for every seed.
func (d dniData) samples(of func(dniSeed) Run, measure func(Run) float64) []float64 {
	return values(d.seeds, func(s dniSeed) float64 { return measure(of(s)) })
}

// The networks of the order of the settings, by task.
func freshOn(task int) func(dniSeed) Run {
	return func(s dniSeed) Run { return s.orders[0].fresh[task] }
}
func finalOn(task int) func(dniSeed) Run {
	return func(s dniSeed) Run { return s.orders[0].final[task] }
}
func citedFreshOn(task int) func(dniSeed) Run {
	return func(s dniSeed) Run { return s.cited.fresh[task] }
}
func citedFinalOn(task int) func(dniSeed) Run {
	return func(s dniSeed) Run { return s.cited.final[task] }
}
func separateOn(task int) func(dniSeed) Run { return func(s dniSeed) Run { return s.separate[task] } }

// overTasks returns the mean over tasks and seeds.
func (d dniData) overTasks(on func(task int) func(dniSeed) Run, measure func(Run) float64) float64 {
	var all []float64
	for i := range d.tasks {
		all = append(all, d.samples(on(i), measure)...)
	}
	return mean(all)
}

// slope is what a later place in the order adds to a score, per place: the
// regression of scores on places over all orders of a seed, both less their means
// over the orders of each task, so that no task is compared with another.
func (d dniData) slope(s dniSeed, scores func(ordered) []Run, measure func(Run) float64) float64 {
	products, squares := 0.0, 0.0
	for i, t := range d.tasks {
		x := values(s.orders, func(o ordered) float64 { return float64(strings.Index(o.order, t.ID[1:])) })
		y := values(s.orders, func(o ordered) float64 { return measure(scores(o)[i]) })
		mx, my := mean(x), mean(y)
		for k := range x {
			products += float64((x[k] - mx) * (y[k] - my))
			squares += float64((x[k] - mx) * (x[k] - mx))
		}
	}
	return products / squares
}

// apart is how far the scores of a task lie apart over the orders of a seed, whose
// networks differ in nothing else: the highest less the lowest, mean over tasks.
func (s dniSeed) apart(scores func(ordered) []Run, measure func(Run) float64) float64 {
	return mean(values(nineTasks, func(i int) float64 {
		of := values(s.orders, func(o ordered) float64 { return measure(scores(o)[i]) })
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
	return fmt.Sprintf("%.1f (%.1f to %.1f over seeds)", mean(x), lo, hi)
}
