package paper

import (
	"fmt"
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
	conditions := ofArms(lab.Separate)
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
		for i, c := range ofArms(lab.DNIFresh, lab.DNI) {
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
	return func() Result { return scores().result(n.Settings) }
}

func (d inSequence) result(s profile.Settings) Result {
	of := func(condition string, m obs.RunMeasure) float64 { return d.Mean(condition, m) }
	cited := " c: as b, with the updates projected and a rule input for each task, as Duncker et al. have it."
	if isCited(s) { // that is what a and b show
		cited = ""
	}
	r := Result{
		Title: "DNI: one network learns the nine tasks in sequence", UsesSettings: true,
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
