package paper

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// planFig4 damages the networks of all tasks in six ways (Fig. 4). Beside the paper's
// arms it has reservoirs, which tell what of molap's robustness comes from pre-training.
//
// The caption has a test set of 2000 trials "across all nine tasks", those of
// Fig. S1–S4 have 250 trials a task. Fig. 4 is the mean of the same tests, 9·250
// trials in all. With 2000 for each task it would take eight times as long, three
// quarters of an hour of one core for a seed, to narrow a mean over nine tasks and
// thirty draws whose spread comes from the draws.
func planFig4(n *obs.Notebook) func() Result {
	data := damage(n, n.Tasks(), append(slices.Clone(lab.DamagedArms), lab.Reservoir), lab.Damages, n.Settings.Damage.TaskTrials)
	return func() Result { return fig4Data{data()}.result() }
}

// fig4Data is the data of Fig. 4.
type fig4Data struct{ damageData }

func (d fig4Data) result() Result {
	return Result{
		Title: "Fig. 4: six kinds of damage, all tasks together", UsesSettings: true,
		Headline: d.headline(), Findings: d.findings(),
		Tables:  []*report.Table{d.glance("fig4", "Performance after damage, mean over the nine tasks", []taskGroup{{"all", d.ids()}}), d.order("fig4_arms"), d.networks("fig4_networks")},
		Figures: []*report.Figure{d.figure("fig4", "all outputs correct (%)", lab.Scores.Overall, overallNull), d.figure("fig4_response", "response correct (%)", lab.Scores.Unit, unitNull)},
		Captions: []string{
			"Per cent of decisions correct, mean over all nine tasks, after lesions of weights in module 1 (A1), in module 2 (A2), between modules (A3) and anywhere (B1), with Gaussian noise added to all weights (B2), and with units silenced (B3). " + d.method() +
				fmt.Sprintf(" The tests are those of Fig. S1–S4, %d trials over all tasks (the paper: 2000). The paper has no reservoirs here: their recurrent weights were never trained.", len(d.tasks)*d.trials),
			"The same for the response outputs alone, correct within a tenth of the targets' range. The paper has no such figure.",
		},
	}
}

// figure draws a measure under all six damages.
func (d fig4Data) figure(name, label string, score damageScore, null func(lab.Null) float64) *report.Figure {
	rows := make([][]report.Panel, 2)
	for i, damages := range [][]lab.Damage{modularDamages, globalDamages} {
		for j, damage := range damages {
			rows[i] = append(rows[i], d.panel(report.Frame{Letter: fmt.Sprintf("%c%d", 'A'+i, j+1), Y: report.Axis{Label: label}}, d.ids(), damage, score, null))
		}
	}
	return &report.Figure{
		Name: name, Width: 7, Height: 4.7, Rows: rows, SharedY: true,
		Alt: "Per cent of decisions correct, mean over nine tasks, against the amount of six kinds of damage: lesions of module 1, of module 2, between modules and anywhere, noise on weights, silenced units; four arms with bands.",
	}
}

// winners returns the damages under which molap is the highest arm on average over
// tasks, draws and levels, and those under which another is.
func (d fig4Data) winners() (molap, others []string) {
	for _, damage := range d.damages {
		best, _ := d.best(d.ids(), damage, every)
		if best == lab.MoLaP {
			molap = append(molap, damage.Short())
		} else {
			others = append(others, fmt.Sprintf("%s (%s)", damage.Short(), best))
		}
	}
	return molap, others
}

func (d fig4Data) headline() string {
	molap, others := d.winners()
	text := fmt.Sprintf("On average over nine tasks and all levels, molap is the highest of the paper's arms under %d of %d kinds of damage", len(molap), len(d.damages))
	if len(others) > 0 {
		text += "; not under " + strings.Join(others, ", ")
	}
	return fmt.Sprintf("%s. The paper finds it so under all. %d draw(s), %d seed(s).", text, d.draws, len(d.seeds))
}

func (d fig4Data) findings() []string {
	var out []string
	ids := d.ids()
	for _, damage := range d.damages {
		levels := damage.Levels()
		_, words := d.best(ids, damage, every)
		probe := []float64{0, 5, 10, 30}
		if damage == lab.WeightNoise {
			probe = append([]float64{0}, levels[1:]...)
		}
		out = append(out, d.compare(ids, damage, probe...)+" Mean over all levels: "+words+" %.")
	}
	lost := func(arm lab.Arm, damage lab.Damage) float64 {
		intact := seq.Mean(d.bySeed(arm, ids, damage, 0, lab.Scores.Overall))
		return intact - seq.Mean(d.bySeed(arm, ids, damage, d.level(damage, damage.Levels()[2]), lab.Scores.Overall))
	}
	var most []string
	for _, damage := range globalDamages {
		worst := slices.MaxFunc(d.arms[damage], func(a, b lab.Arm) int {
			switch x, y := lost(a, damage), lost(b, damage); {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		most = append(most, fmt.Sprintf("%s (%s), %s by %.0f points", damage.Short(), damage.Amount(damage.Levels()[2]), worst, lost(worst, damage)))
	}
	out = append(out, d.pretrained(), "Furthest below its intact score is, under "+strings.Join(most, "; under ")+".", d.tolerated(ids))
	return append(out, d.few()...)
}

// pretrained says what molap has over reservoirs, under each damage.
func (d fig4Data) pretrained() string {
	var all []string
	for _, damage := range d.damages {
		if !d.hits(lab.MoLaP, damage) {
			continue
		}
		more := stats.Mean(d.lead(lab.Scores.Unit, lab.Reservoir, d.ids(), damage, every), 0.95)
		text := fmt.Sprintf("%s %+.1f", damage.Short(), more.Value)
		if more.Known() {
			text += fmt.Sprintf(" [%.1f, %.1f]", more.Lo, more.Hi)
		}
		all = append(all, text)
	}
	return "What pre-training adds: right responses that molap has more than reservoirs, in points, mean over all levels: " + strings.Join(all, "; ") + "."
}
