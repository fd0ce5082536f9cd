package paper

import (
	"fmt"
	"slices"

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
// For other orders, and for DNI as its authors have it, each task is scored twice. The score right
// after the task tells how well it is learnt; the score after the last task tells how much of it is
// kept.

// citedSettings are those of DNI as Duncker et al. have it: the updates are projected, and
// rule inputs tell the network which task it is.
const citedSettings = "dni.project=" + string(profile.ProjectUpdate) + " dni.rule_inputs=true"

// isCited reports whether s has the values of citedSettings already.
func isCited(s profile.Settings) bool {
	return s.DNI.RuleInputs && s.DNI.Project == profile.ProjectUpdate
}

// dniScores asks for the scores of networks after each task and in every order, and of more conditions.
func dniScores(n *obs.Notebook, more ...obs.Condition) func() obs.Sequence {
	scores := n.Scores(slices.Concat(obs.ByArm(lab.Separate), obs.AfterEach(n.Settings), obs.InEveryOrder(n.Settings), more)...)
	return func() obs.Sequence { return obs.Sequence{Scores: scores()} }
}

// dniAndCited asks for the scores of the experiment, those by citedSettings among them.
func dniAndCited(n *obs.Notebook) func() obs.Sequence {
	return dniScores(n, obs.FreshAndFinal("cited_fresh", "cited_final", func(uint64) string { return citedSettings })...)
}

func showDNI(d obs.Sequence) Result {
	s := d.Settings
	third := " c: as b, with the updates projected and a rule input for each task, as Duncker et al. have it."
	if isCited(s) { // that is what a and b show
		third = ""
	}
	return Result{
		Title: "DNI: one network learns the nine tasks in sequence",
		Headline: fmt.Sprintf("One network that learns nine tasks in sequence scores on average %.0f %% right after each task and %.0f %% after the last (response alone: %.0f %% and %.0f %%); separate networks score %.0f %% (%.0f %%). Means over %s.",
			d.Mean("fresh", obs.Overall), d.Mean("final", obs.Overall), d.Mean("fresh", obs.Response), d.Mean("final", obs.Response),
			d.Mean("separate", obs.Overall), d.Mean("separate", obs.Response), d.BySeeds()),
		Findings: dniFindings(d),
		Tables:   []*table.Table{d.Learnt("dni"), d.Forgetting("dni_forgetting"), d.ByPlace("dni_orders")},
		Figures: []*figure.Figure{
			dniKept(d),
			{Name: "dni_forgetting", Width: 7, Height: 3.15, Rows: [][]figure.Panel{{d.Matrix("all outputs", obs.Overall), d.Matrix("response alone", obs.Response)}},
				Alt: "Two matrices of nine tasks by nine: per cent correct on each task after each task of the sequence, over all outputs and for the response alone."},
			{Name: "dni_orders", Width: 7, Height: 6, SharedX: true, SharedY: true, Rows: figure.Grid(3, d.PlacePanels()...),
				Alt: "Nine panels, one for each task: per cent of responses correct right after learning the task and after all tasks, against the place that the task had in the order of training."},
		},
		Captions: []string{
			"Per cent of test trials decided correctly, by task: right after the network has learnt it, after it has learnt all nine in the order T" + s.DNI.Order +
				", and of a separate network trained on that task alone; " + obs.PerformanceCaption + third,
			"Forgetting: per cent correct on each task (columns) after each task of the sequence (rows), mean over seeds. On and below the diagonal tasks that the network has learnt, above it tasks to come. " +
				"a: mean over all outputs. b: the response outputs alone, correct within a tenth of the targets' range.",
			fmt.Sprintf("The order of tasks: response outputs correct within a tenth of the targets' range, right after learning a task and after all nine, against the place of the task in the order. "+
				"Every seed learns in the order T%s and in %s of its own; points are single networks, markers means with the lowest and the highest. Line: the best constant answer.", s.DNI.Order, words.Count(s.DNI.Orders, "random order")),
		},
	}
}

// dniFindings says why tasks are forgotten, what their order does, and what the other reading of DNI gives.
func dniFindings(d obs.Sequence) (findings []string) {
	s := d.Settings
	if !s.DNI.RuleInputs {
		conflicts := "T7, T8 and T9 show the same pulses and ask three questions about them."
		if s.Trials.Anti == tasks.Opposite {
			conflicts = "T1 and T2 show the same inputs and want opposite answers, so do T3 and T4; " + conflicts
		}
		findings = append(findings, "Nothing tells the network which task it is. "+conflicts+" One network with one readout cannot do such tasks side by side, whatever it protects.")
	}
	if d.Orders() > 1 {
		last := len(s.DNI.Order) - 1
		findings = append(findings, fmt.Sprintf("Over %d orders a seed, each later place in the order changes the response score of a task by %s points right after it is learnt, and by %s what is left of it at the end. On average %.0f %% is left of the last task, and %.0f %% of those before it.",
			d.Orders(), meanAndRange(d.Slopes("fresh", obs.Response)), meanAndRange(d.Slopes("final", obs.Response)),
			seq.Mean(d.Left(last, last)), seq.Mean(d.Left(0, last-1))))
	}
	if isCited(s) {
		return append(findings, "The paper cites DNI and says no more. This profile follows Duncker et al.: a rule input for each task, and projected updates.")
	}
	return append(findings, fmt.Sprintf("The paper cites DNI and says no more. As Duncker et al. have it, with rule inputs and with the updates of Adam projected (Adam restores a part of a projected gradient), the scores are %.0f %% right after learning and %.0f %% after the last (response alone: %.0f %% and %.0f %%).",
		d.Mean("cited_fresh", obs.Overall), d.Mean("cited_final", obs.Overall), d.Mean("cited_fresh", obs.Response), d.Mean("cited_final", obs.Response)))
}

// meanAndRange writes a mean with the smallest and the largest of several values.
func meanAndRange(x []float64) string {
	if len(x) == 1 {
		return words.Signed(x[0])
	}
	return fmt.Sprintf("%s (%s to %s over seeds)", words.Signed(seq.Mean(x)), words.Signed(slices.Min(x)), words.Signed(slices.Max(x)))
}

// dniKept draws the scores right after each task and after the last, beside those of separate
// networks.
func dniKept(d obs.Sequence) *figure.Figure {
	here := d.Only("separate", "fresh", "final")
	f := &figure.Figure{
		Name: "dni", Width: 7, Height: 5.2, SharedX: true, Rows: [][]figure.Panel{{here.Panel(figure.Frame{}, obs.Overall)}, {here.Panel(figure.Frame{}, obs.Response)}},
		Alt: "Per cent of decisions correct on each of nine tasks: of a network that learns them in sequence, right after each task and after the last, and of separate networks; over all outputs, for the response outputs alone, and for these by another reading of DNI.",
	}
	if !isCited(d.Settings) {
		other := d.Only("separate", "cited_fresh", "cited_final").Panel(figure.Frame{Title: "as Duncker et al. have it: updates projected, rule inputs"}, obs.Response)
		f.Height, f.Rows = 7.4, append(f.Rows, []figure.Panel{other})
	}
	return f
}
