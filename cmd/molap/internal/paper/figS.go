package paper

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// supplement is a figure of A.5: a row of panels for every task, a column for every damage.
type supplement struct {
	name    string // of the experiment: "figS1"
	title   string
	tasks   []string
	damages []lab.Damage
}

// The figures of A.5. Tests of Fig. S5 have damage.trials trials, those of the others
// damage.task_trials. Fig. 4 is the mean of the others.
var (
	figS1 = supplement{"figS1", "lesions within modules and between them, tasks T1–T4", firstTasks, modularDamages}
	figS2 = supplement{"figS2", "lesions within modules and between them, tasks T5–T9", otherTasks, modularDamages}
	figS3 = supplement{"figS3", "global damage, tasks T1–T4", firstTasks, byColumn}
	figS4 = supplement{"figS4", "global damage, tasks T5–T9", otherTasks, byColumn}
	figS5 = supplement{"figS5", "global damage, tasks T1 and T7", []string{"T1", "T7"}, globalDamages}

	firstTasks = []string{"T1", "T2", "T3", "T4"}
	otherTasks = []string{"T5", "T6", "T7", "T8", "T9"}
	byColumn   = []lab.Damage{lab.LesionGlobal, lab.Silencing, lab.WeightNoise}
)

// scores asks for the scores of the figure: of the networks of its tasks after damage.
func (f supplement) scores(n *obs.Notebook) func() obs.Robustness {
	trials := n.Settings.Damage.TaskTrials
	if f.name == figS5.name {
		trials = n.Settings.Damage.Trials
	}
	return n.Robustness(seq.Map(f.tasks, func(id string) tasks.Task { return taskset.ByID(n.Settings, id) }), lab.DamagedArms, f.damages, trials)
}

func (f supplement) result(q obs.Robustness) Result {
	rows := make([][]figure.Panel, len(q.Tasks))
	for i, part := range q.ByTask() {
		t := part.Tasks[0]
		for j, d := range f.damages {
			frame := figure.Frame{Y: figure.Axis{Label: "correct (%)"}}
			if j == 0 {
				frame.Title = t.ID + " " + t.Title
			} else if i == 0 {
				frame.Title = d.Short()
			}
			rows[i] = append(rows[i], part.Panel(frame, d, obs.AllOutputs))
		}
	}
	return Result{
		Title:    "Fig. " + f.name[len("fig"):] + ": " + f.title,
		Headline: f.headline(q),
		Tables:   []*table.Table{q.Glance(f.name, "Performance after damage, task by task", q.ByTask()...), q.Networks(f.name + "_networks")},
		Figures: []*figure.Figure{{
			Name: f.name, Width: 7, Height: 1 + 1.45*float64(len(rows)), Rows: rows, SharedX: true, SharedY: true,
			Alt: fmt.Sprintf("Per cent of decisions correct against the amount of damage: %s; a row of panels for every task, three arms with bands.", f.title),
		}},
		Captions: []string{"Per cent of decisions correct against the amount of damage, a row for every task, a column for every kind of damage: " +
			strings.Join(seq.Map(f.damages, lab.Damage.Short), ", ") + ". " + q.Method()},
	}
}

// headline names, for each damage, the tasks where molap scores highest.
func (f supplement) headline(q obs.Robustness) string {
	on := seq.Map(q.Damages, func(d lab.Damage) string {
		ahead := seq.Where(q.ByTask(), func(part obs.Robustness) bool { return part.Highest(d) == lab.MoLaP })
		if ahead == nil {
			return "on none under " + d.Short()
		}
		ids := seq.Map(ahead, func(part obs.Robustness) string { return part.Tasks[0].ID })
		return fmt.Sprintf("on %s under %s", strings.Join(ids, " "), d.Short())
	})
	return fmt.Sprintf("Of %d tasks molap is highest, on average over all levels, %s. %s", len(q.Tasks), strings.Join(on, ", "), q.Sample())
}
