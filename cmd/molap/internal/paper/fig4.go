package paper

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// Fig. 4: the networks of all nine tasks under six kinds of damage: lesions of modules and
// between them (upper row), and lesions, noise and silencing anywhere (lower row). Beside the paper's arms
// stand reservoirs, which tell what of molap's robustness comes from pre-training.
//
// The paper's caption has a test set of 2000 trials "across all nine tasks"; the captions of Fig. S1–S4
// have 250 trials a task. Our Fig. 4 is the mean of the tests of Fig. S1–S4, 9·250 trials in all. With
// 2000 trials for each task it would take eight times as long, three quarters of an hour of one core
// for a seed. The mean over nine tasks and thirty draws would hardly get narrower, since its spread
// comes from the draws.
var globalDamages = []lab.Damage{lab.LesionGlobal, lab.WeightNoise, lab.Silencing}

// fig4AllArms asks for the scores of the experiment.
func fig4AllArms(n *obs.Notebook) func() obs.Robustness {
	return fig4Scores(n, append(slices.Clone(lab.DamagedArms), lab.Reservoir)...)
}

// fig4Scores asks for the scores of some arms.
func fig4Scores(n *obs.Notebook, arms ...lab.Arm) func() obs.Robustness {
	return n.Robustness(n.Tasks(), arms, lab.Damages, n.Settings.Damage.TaskTrials)
}

func fig4(q obs.Robustness) Result {
	return Result{
		Title:    "Fig. 4: six kinds of damage, all tasks together",
		Headline: fig4Headline(q), Findings: []string{q.Above()},
		Tables:  []*table.Table{q.Glance("fig4", "Performance after damage, mean over the nine tasks", q), q.Order("fig4_arms"), q.Networks("fig4_networks")},
		Figures: []*figure.Figure{fig4Panels(q, "fig4", obs.AllOutputs), fig4Panels(q, "fig4_response", obs.Responses)},
		Captions: []string{
			"Per cent of decisions correct, mean over all nine tasks, after lesions of weights in module 1, in module 2, between modules and anywhere, with Gaussian noise added to all weights, and with units silenced. " + q.Method() +
				fmt.Sprintf(" The tests are those of Fig. S1–S4, %d trials over all tasks (the paper: 2000). The paper has no reservoirs here: their recurrent weights were never trained.", len(q.Tasks)*q.Trials),
			"The same for the response outputs alone, correct within a tenth of the targets' range. The paper has no such figure.",
		},
	}
}

// fig4Panels draw a measure under all six kinds of damage.
func fig4Panels(q obs.Robustness, name string, m obs.DamageMeasure) *figure.Figure {
	rows := make([][]figure.Panel, 2)
	for i, damages := range [][]lab.Damage{modularDamages, globalDamages} {
		for _, d := range damages {
			rows[i] = append(rows[i], q.Panel(figure.Frame{}, d, m))
		}
	}
	return &figure.Figure{Name: name, Width: 7, Height: 4.7, Rows: rows, SharedY: true,
		Alt: "Per cent of decisions correct, mean over nine tasks, against the amount of six kinds of damage: lesions of module 1, of module 2, between modules and anywhere, noise on weights, silenced units; four arms with bands."}
}

// fig4Headline says which of the paper's arms is the highest under which damage.
func fig4Headline(q obs.Robustness) string {
	var winners []string
	for _, arm := range q.Arms {
		under := seq.Where(q.Damages, func(d lab.Damage) bool { return q.Highest(d) == arm })
		if len(under) > 0 {
			winners = append(winners, fmt.Sprintf("%s under %s", arm, words.List(seq.Map(under, lab.Damage.Short))))
		}
	}
	return fmt.Sprintf("The highest of the paper's arms, in all outputs on average over nine tasks and all levels: %s. The paper finds molap the highest under all six. %s",
		strings.Join(winners, "; "), q.Sample())
}
