package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
	"molap/tasks"
)

// One network of arm dni learns the nine tasks in sequence. After each task it is tested on all nine.
// For other orders, and for DNI as its authors have it, each task is scored twice: right after it,
// which tells how well it is learnt, and after the last task, which tells what is left of it.

// citedSettings are those of DNI as Duncker et al. have it: the updates are projected, and
// rule inputs tell the network which task it is.
const citedSettings = "dni.project=" + string(profile.ProjectUpdate) + " dni.rule_inputs=true"

// isCited reports whether s has the values of citedSettings already.
func isCited(s profile.Settings) bool {
	return s.DNI.RuleInputs && s.DNI.Project == profile.ProjectUpdate
}

// inSequence holds the scores of networks that learn in sequence.
type inSequence struct {
	obs.Scores
	orders int                             // orders of each seed: that of the settings, then random ones
	order  func(k int, seed uint64) string // the digits of the tasks
}

// The conditions of the experiment, beside separate networks: the network after n tasks, and the
// networks of the k-th order right after each task (fresh) and after the last (final).
func afterTasks(n int) string { return fmt.Sprintf("after_%d", n) }
func inOrder(k int, when string) string {
	if k == 0 {
		return when
	}
	return fmt.Sprintf("order_%d_%s", k, when)
}

// dniScores asks for the scores of the experiment, and for those by citedSettings if they are wanted.
func dniScores(n *obs.Notebook, cited bool) func() inSequence {
	s := n.Settings.DNI
	d := inSequence{orders: 1 + s.Orders, order: func(k int, seed uint64) string {
		if k == 0 {
			return s.Order
		}
		return lab.RandomOrder(seed, k-1)
	}}
	conditions := obs.ByArm(lab.Separate)
	for k := range s.Order {
		conditions = append(conditions, obs.Condition{Name: afterTasks(k + 1), Network: func(task string, seed uint64) obs.Key {
			switch k { // networks that have a name of their own
			case strings.Index(s.Order, task[1:]):
				return obs.TrainedBy(lab.DNIFresh, "")(task, seed)
			case len(s.Order) - 1:
				return obs.TrainedBy(lab.DNI, "")(task, seed)
			}
			return obs.Key{Cell: lab.Cell{Arm: lab.DNI, Task: task, Seed: seed, After: k + 1}}
		}})
	}
	both := func(fresh, final string, settings func(seed uint64) string) {
		for i, c := range obs.ByArm(lab.DNIFresh, lab.DNI) {
			arm := lab.Arm(c.Name)
			c.Name = []string{fresh, final}[i]
			c.Network = func(task string, seed uint64) obs.Key { return obs.TrainedBy(arm, settings(seed))(task, seed) }
			conditions = append(conditions, c)
		}
	}
	for k := range d.orders {
		both(inOrder(k, "fresh"), inOrder(k, "final"), func(seed uint64) string {
			if k == 0 {
				return ""
			}
			return "dni.order=" + d.order(k, seed)
		})
	}
	if cited {
		both("cited_fresh", "cited_final", func(uint64) string { return citedSettings })
	}
	scores := n.Scores(conditions...)
	return func() inSequence { d.Scores = scores(); return d }
}

func planDNI(n *obs.Notebook) func() Result {
	scores := dniScores(n, true)
	return func() Result { return scores().result() }
}

func (d inSequence) result() Result {
	s := d.Settings
	of := func(condition string, m obs.RunMeasure) float64 { return d.Mean(condition, m) }
	cited := " c: as b, with the updates projected and a rule input for each task, as Duncker et al. have it."
	if isCited(s) { // that is what a and b show
		cited = ""
	}
	r := Result{
		Title: "DNI: one network learns the nine tasks in sequence",
		Headline: fmt.Sprintf("One network that learns nine tasks in sequence scores on average %.0f %% right after each task and %.0f %% after the last (response alone: %.0f %% and %.0f %%); separate networks score %.0f %% (%.0f %%). Means over %s.",
			of("fresh", obs.Overall), of("final", obs.Overall), of("fresh", obs.Response), of("final", obs.Response), of("separate", obs.Overall), of("separate", obs.Response), d.BySeeds()),
		Tables:  []*table.Table{d.byTask(s.DNI.Order), d.forgetting(s.DNI.Order), d.byPlace()},
		Figures: []*figure.Figure{d.kept(isCited(s)), d.matrices(s.DNI.Order), d.places()},
		Captions: []string{
			"Per cent of test trials decided correctly, by task: right after the network has learnt it, after it has learnt all nine in the order T" + s.DNI.Order +
				", and of a separate network trained on that task alone; " + obs.PerformanceCaption + cited,
			"Forgetting: per cent correct on each task (columns) after each task of the sequence (rows), mean over seeds. On and below the diagonal tasks that the network has learnt, above it tasks to come. " +
				"a: mean over all outputs. b: the response outputs alone, correct within a tenth of the targets' range.",
			fmt.Sprintf("The order of tasks: response outputs correct within a tenth of the targets' range, right after learning a task and after all nine, against the place of the task in the order. "+
				"Every seed learns in the order T%s and in %s of its own; points are single networks, markers means with the lowest and the highest. Line: the best constant answer.", s.DNI.Order, words.Count(d.orders-1, "random order")),
		},
	}
	if !s.DNI.RuleInputs {
		conflicts := "T7, T8 and T9 show the same pulses and ask three questions about them."
		if s.Trials.Anti == tasks.Opposite {
			conflicts = "T1 and T2 show the same inputs and want opposite answers, so do T3 and T4; " + conflicts
		}
		r.Findings = append(r.Findings, "Nothing tells the network which task it is. "+conflicts+" One network with one readout cannot do such tasks side by side, whatever it protects.")
	}
	if d.orders > 1 {
		last := len(s.DNI.Order) - 1
		r.Findings = append(r.Findings, fmt.Sprintf("Over %d orders a seed, each later place in the order changes the response score of a task by %s points right after it is learnt, and by %s what is left of it at the end. On average %.0f %% is left of the last task, and %.0f %% of those before it.",
			d.orders, spread(d.slopes("fresh", obs.Response)), spread(d.slopes("final", obs.Response)), seq.Mean(d.left(last, last)), seq.Mean(d.left(0, last-1))))
	}
	if isCited(s) {
		r.Findings = append(r.Findings, "The paper cites DNI and says no more. This profile follows Duncker et al.: a rule input for each task, and projected updates.")
		return r
	}
	r.Findings = append(r.Findings, fmt.Sprintf("The paper cites DNI and says no more. As Duncker et al. have it, with rule inputs and with the updates of Adam projected (Adam restores a part of a projected gradient), the scores are %.0f %% right after learning and %.0f %% after the last (response alone: %.0f %% and %.0f %%).",
		of("cited_fresh", obs.Overall), of("cited_final", obs.Overall), of("cited_fresh", obs.Response), of("cited_final", obs.Response)))
	return r
}

// place returns the place of a task in the k-th order of a seed, from 0.
func (d inSequence) place(task, k int, seed uint64) int {
	return strings.Index(d.order(k, seed), d.Tasks[task].ID[1:])
}

// atPlace returns the response scores on a task of all networks, of any seed and order, that learnt the
// task at the given place.
func (d inSequence) atPlace(task, place int, when string) (at []float64) {
	for j, seed := range d.Seeds {
		for k := range d.orders {
			if d.place(task, k, seed) == place {
				at = append(at, d.On(inOrder(k, when), task, obs.Response)[j])
			}
		}
	}
	return at
}

// left returns the response scores after all tasks, on the tasks at places first to last of their
// orders.
func (d inSequence) left(first, last int) (left []float64) {
	for i := range d.Tasks {
		for place := first; place <= last; place++ {
			left = append(left, d.atPlace(i, place, "final")...)
		}
	}
	return left
}

// byOrder returns a measure on a task over the orders of the j-th seed.
func (d inSequence) byOrder(j, task int, when string, m obs.RunMeasure) []float64 {
	return seq.Map(seq.UpTo(d.orders), func(k int) float64 { return d.On(inOrder(k, when), task, m)[j] })
}

// slopes returns, by seed, what each later place in the order adds to a score: the slope of a
// regression of scores on places over all orders of the seed. The mean of each task over the orders is
// subtracted from both, so that no task is compared with another.
func (d inSequence) slopes(when string, m obs.RunMeasure) []float64 {
	return seq.Map(seq.UpTo(len(d.Seeds)), func(j int) float64 {
		products, squares := 0.0, 0.0
		for i := range d.Tasks {
			x := seq.Map(seq.UpTo(d.orders), func(k int) float64 { return float64(d.place(i, k, d.Seeds[j])) })
			y := d.byOrder(j, i, when, m)
			mx, my := seq.Mean(x), seq.Mean(y)
			for k := range x {
				products += float64((x[k] - mx) * (y[k] - my))
				squares += float64((x[k] - mx) * (x[k] - mx))
			}
		}
		return products / squares
	})
}

// apart returns, by seed, the highest less the lowest score of a task over the orders, mean over tasks.
// The networks of a seed differ in nothing but the order.
func (d inSequence) apart(when string, m obs.RunMeasure) []float64 {
	return seq.Map(seq.UpTo(len(d.Seeds)), func(j int) float64 {
		return seq.Mean(seq.Map(seq.UpTo(len(d.Tasks)), func(i int) float64 {
			scores := d.byOrder(j, i, when, m)
			return slices.Max(scores) - slices.Min(scores)
		}))
	})
}

// spread writes a mean with the smallest and the largest of several values.
func spread(x []float64) string {
	if len(x) == 1 {
		return words.Signed(x[0])
	}
	return fmt.Sprintf("%s (%s to %s over seeds)", words.Signed(seq.Mean(x)), words.Signed(slices.Min(x)), words.Signed(slices.Max(x)))
}

// kept draws what is learnt and what is kept beside separate networks.
func (d inSequence) kept(isCited bool) *figure.Figure {
	panel := func(title string, m obs.RunMeasure, conditions ...string) []figure.Panel {
		return []figure.Panel{d.Only(conditions...).Panel(figure.Frame{Title: title}, m)}
	}
	f := &figure.Figure{
		Name: "dni", Width: 7, Height: 5.2, SharedX: true,
		Alt: "Per cent of decisions correct on each of nine tasks: of a network that learns them in sequence, right after each task and after the last, and of separate networks; over all outputs, for the response outputs alone, and for these by another reading of DNI.",
		Rows: [][]figure.Panel{
			panel("", obs.Overall, "separate", "fresh", "final"),
			panel("", obs.Response, "separate", "fresh", "final"),
		},
	}
	if !isCited {
		f.Height = 7.4
		f.Rows = append(f.Rows, panel("as Duncker et al. have it: updates projected, rule inputs", obs.Response, "separate", "cited_fresh", "cited_final"))
	}
	return f
}

// matrices draws the scores on all tasks after each.
func (d inSequence) matrices(order string) *figure.Figure {
	panel := func(title string, m obs.RunMeasure) *figure.HeatMap {
		h := &figure.HeatMap{
			Frame: figure.Frame{Title: title, X: figure.Axis{Label: "tested on"}, Y: figure.Axis{Label: "after learning"}},
			Rows:  len(order), Cols: len(d.Tasks), Colors: figure.Sequential, Max: 100, BarLabel: "correct (%)", Format: "%.0f", Square: true,
		}
		for k := range order {
			h.RowNames = append(h.RowNames, "T"+order[k:k+1])
			for _, digit := range order {
				h.Values = append(h.Values, d.Mean(afterTasks(k+1), m, int(digit-'1')))
			}
		}
		h.ColNames = h.RowNames
		return h
	}
	return &figure.Figure{
		Name: "dni_forgetting", Width: 7, Height: 3.15,
		Alt:  "Two matrices of nine tasks by nine: per cent correct on each task after each task of the sequence, over all outputs and for the response alone.",
		Rows: [][]figure.Panel{{panel("all outputs", obs.Overall), panel("response alone", obs.Response)}},
	}
}

// places draws scores against the place in the order, a panel for every task.
func (d inSequence) places() *figure.Figure {
	var panels []figure.Panel
	for i, task := range d.Tasks {
		_, constant := d.Nulls(i, obs.Response)
		p := &figure.Dots{Frame: figure.Frame{Title: task.ID + " " + task.Title,
			X: figure.Axis{Label: "place in the order"}, Y: figure.Axis{Label: obs.Response.Label, Max: 100}},
			Series: []figure.DotSeries{obs.Legend(lab.DNIFresh), obs.Legend(lab.DNI)}, Refs: []figure.Ref{{Name: figure.Constant, Y: constant}},
			Categories: seq.Map(seq.UpTo(len(d.Tasks)), func(k int) string { return strconv.Itoa(k + 1) })}
		for place := range d.Tasks {
			for k, when := range []string{"fresh", "final"} {
				p.Series[k].Samples = append(p.Series[k].Samples, figure.MeanRange(d.atPlace(i, place, when)))
			}
		}
		panels = append(panels, p)
	}
	return &figure.Figure{
		Name: "dni_orders", Width: 7, Height: 6, SharedX: true, SharedY: true, Rows: figure.Grid(3, panels...),
		Alt: "Nine panels, one for each task: per cent of responses correct right after learning the task and after all tasks, against the place that the task had in the order of training.",
	}
}

// byTask compares the two readings and separate networks, task by task.
func (d inSequence) byTask(order string) *table.Table {
	mean := func(condition string, m obs.RunMeasure) func(int) any {
		return func(i int) any { return d.Mean(condition, m, i) }
	}
	sd := func(condition string) func(int) any {
		return func(i int) any { return table.Known(seq.SD(d.On(condition, i, obs.Overall))) }
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
