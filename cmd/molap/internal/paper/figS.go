package paper

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// supplement is a figure of A.5: a row of panels for every task, a column for
// every damage.
type supplement struct {
	name    string // of the experiment: "figS1"
	title   string
	tasks   []string
	damages []lab.Damage
	// letter of the panel at a row and column, from 0.
	letter func(row, col int) string
	about  string // of the letters, at the end of the caption
}

// The figures of A.5. Fig. S5 has tests of damage.trials trials, the others of
// damage.task_trials: those that Fig. 4 is the mean of.
var (
	figS1 = supplement{name: "figS1", title: "lesions within modules and between them, tasks T1–T4", tasks: []string{"T1", "T2", "T3", "T4"}, damages: modularDamages, letter: inTurn}
	figS2 = supplement{name: "figS2", title: "lesions within modules and between them, tasks T5–T9", tasks: []string{"T5", "T6", "T7", "T8", "T9"}, damages: modularDamages, letter: inTurn}
	figS3 = supplement{name: "figS3", title: "global damage, tasks T1–T4", tasks: []string{"T1", "T2", "T3", "T4"}, damages: []lab.Damage{lab.LesionGlobal, lab.Silencing, lab.WeightNoise}, letter: byFours, about: fourth}
	figS4 = supplement{name: "figS4", title: "global damage, tasks T5–T9", tasks: []string{"T5", "T6", "T7", "T8", "T9"}, damages: []lab.Damage{lab.LesionGlobal, lab.Silencing, lab.WeightNoise}, letter: byFours, about: fourth}
	figS5 = supplement{name: "figS5", title: "global damage, tasks T1 and T7", tasks: []string{"T1", "T7"}, damages: globalDamages, letter: byRow}
)

// fourth explains the letters that Fig. S3 and S4 do not have.
const fourth = " Letters are the paper's, four for each task; what its fourth panels show is not in its text."

func inTurn(row, col int) string  { return string(rune('A' + 3*row + col)) }
func byFours(row, col int) string { return string(rune('A' + 4*row + col)) }
func byRow(row, col int) string   { return fmt.Sprintf("%c%c", 'A'+row, 'a'+col) }

// plan damages the networks of the figure's tasks.
func (f supplement) plan(n *obs.Notebook) func() Result {
	data := supplementData(n, f)
	return func() Result { return f.result(data()) }
}

// supplementData asks for the scores of a figure of A.5.
func supplementData(n *obs.Notebook, f supplement) func() damageData {
	var ts []tasks.Task
	for _, id := range f.tasks {
		ts = append(ts, lab.TaskOf(n.Settings, id))
	}
	trials := n.Settings.Damage.TaskTrials
	if f.name == figS5.name {
		trials = n.Settings.Damage.Trials
	}
	return damage(n, ts, lab.DamagedArms, f.damages, trials)
}

func (f supplement) result(d damageData) Result {
	rows := make([][]report.Panel, len(d.tasks))
	for i, t := range d.tasks {
		for j, damage := range f.damages {
			frame := report.Frame{Letter: f.letter(i, j), Y: report.Axis{Label: "correct (%)"}}
			if j == 0 {
				frame.Title = t.ID + " " + t.Title
			}
			rows[i] = append(rows[i], d.panel(frame, []string{t.ID}, damage, lab.Scores.Overall, overallNull))
		}
	}
	return Result{
		Title: "Fig. " + f.name[len("fig"):] + ": " + f.title, UsesSettings: true,
		Headline: f.headline(d), Findings: f.findings(d),
		Tables: []*report.Table{d.glance(f.name, "Performance after damage, task by task", d.each()), d.networks(f.name + "_networks")},
		Figures: []*report.Figure{{
			Name: f.name, Width: 7, Height: 1 + 1.45*float64(len(rows)), Rows: rows, SharedX: true, SharedY: true,
			Alt: fmt.Sprintf("Per cent of decisions correct against the amount of damage: %s; a row of panels for every task, three arms with bands.", f.title),
		}},
		Captions: []string{"Per cent of decisions correct against the amount of damage, a row for every task, a column for every kind of damage: " + f.columns() + ". " + d.method() + f.about},
	}
}

// columns names the columns.
func (f supplement) columns() string {
	return strings.Join(seq.Map(f.damages, lab.Damage.Short), ", ")
}

// headline counts the tasks on which molap is highest, by damage.
func (f supplement) headline(d damageData) string {
	var counts []string
	for _, damage := range d.damages {
		n := 0
		for _, id := range d.ids() {
			if best, _ := d.best([]string{id}, damage, every); best == lab.MoLaP {
				n++
			}
		}
		counts = append(counts, fmt.Sprintf("under %s on %d", damage.Short(), n))
	}
	return fmt.Sprintf("Of %d tasks molap is highest on average over all levels %s. %d draw(s), %d seed(s).",
		len(d.tasks), strings.Join(counts, ", "), d.draws, len(d.seeds))
}

func (f supplement) findings(d damageData) []string {
	var out []string
	for _, t := range d.tasks {
		var all []string
		for _, damage := range d.damages {
			_, words := d.best([]string{t.ID}, damage, every)
			all = append(all, fmt.Sprintf("%s: %s", damage.Short(), words))
		}
		out = append(out, fmt.Sprintf("%s, mean over all levels: %s %%.", t.ID, strings.Join(all, "; ")))
	}
	if f.name == figS5.name {
		out = append(out, d.easyAndHard()...)
	}
	return append(out, d.few()...)
}

// easyAndHard compares Fig. S5 with what §4.1 says of it.
func (d damageData) easyAndHard() []string {
	var easy, hard []string
	for _, damage := range globalDamages {
		most := 10.0
		if damage == lab.WeightNoise {
			most = every
		}
		_, words := d.best([]string{"T1"}, damage, most)
		easy = append(easy, fmt.Sprintf("%s: %s", damage.Short(), words))
		_, words = d.best([]string{"T7"}, damage, most)
		hard = append(hard, fmt.Sprintf("%s: %s", damage.Short(), words))
	}
	return []string{
		"The paper finds all arms alike on T1, dni somewhat better after lesions and silencing, somewhat worse under noise. Mean up to 10 %, or up to σ = 0.03: " + strings.Join(easy, "; ") + " %.",
		"The paper finds molap most robust on T7. Mean up to 10 %, or up to σ = 0.03: " + strings.Join(hard, "; ") + " %.",
	}
}
