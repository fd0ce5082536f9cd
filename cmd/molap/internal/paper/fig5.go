package paper

import (
	"fmt"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
	"molap/tasks"
)

// The conditions of Fig. 5, what modules were pre-trained on, and beside them PCA
// on the full corpus, with which §4.2 compares.
const (
	fullCCA   = "molap"
	oneOutCCA = "molap_one_out"
	twoOutCCA = "molap_two_out"
	oneOutPCA = "molap_pca_one_out"
	twoOutPCA = "molap_pca_two_out"
	fullPCA   = "molap_pca"
)

// checkFig5 returns an error if a corpus without two tasks has fewer variates than
// there are modules.
func checkFig5(s profile.Settings) error {
	ts := tasks.All(lab.TrialOptions(s))
	for i := range ts {
		out := lab.LeftOut(ts, i, 2)
		if err := lab.CheckRank(s, lab.CorpusTasks(s, out), fmt.Sprintf("corpus without %s and %s, as in fig5", out[0], out[1])); err != nil {
			return err
		}
	}
	return nil
}

// planFig5 trains the nine tasks on modules whose corpus lacked one or two of them.
func planFig5(n *obs.Notebook) func() Result {
	data := fig5(n)
	return func() Result { return data().result(n.Settings.Arms.LeaveOut) }
}

// generalisation is the data of Fig. 5.
type generalisation struct{ comparison }

// fig5 asks for the scores of the experiment.
func fig5(n *obs.Notebook) func() generalisation {
	ts := n.Tasks()
	condition := func(name, title, look, about string, arm lab.Arm, out int) kind {
		if !n.Settings.Arms.LeaveOut {
			out = 0 // the authors' bug: then these are the networks of the full corpus
		}
		return kind{name, title, look, about, func(i int, seed uint64) func() lab.Run {
			return n.Score("", lab.Cell{Arm: arm, Task: ts[i].ID, Seed: seed, LeftOut: lab.LeftOut(ts, i, out)})
		}}
	}
	data := compare(n, []kind{
		condition(fullCCA, "CCA, all tasks", "full corpus", "CCA of all nine tasks", lab.MoLaP, 0),
		condition(oneOutCCA, "CCA, one task out", "molap, one task out", "CCA of all tasks but this one", lab.MoLaP, 1),
		condition(twoOutCCA, "CCA, two tasks out", "molap, two tasks out", "CCA of all tasks but this one and the next", lab.MoLaP, 2),
		condition(oneOutPCA, "PCA, one task out", "molap-pca, one task out", "PCA of all tasks but this one", lab.MoLaPPCA, 1),
		condition(twoOutPCA, "PCA, two tasks out", "molap-pca, two tasks out", "PCA of all tasks but this one and the next", lab.MoLaPPCA, 2),
		condition(fullPCA, "PCA, all tasks", "molap-pca", "PCA of all nine tasks", lab.MoLaPPCA, 0),
	})
	return func() generalisation { return generalisation{data()} }
}

func (g generalisation) result(leaveOut bool) Result {
	r := Result{
		Title: "Fig. 5: tasks left out of pre-training", UsesSettings: true,
		Headline: g.headline(), Findings: g.findings(),
		Tables: []*table.Table{g.glance("fig5", "Performance by what modules were pre-trained on, mean over seeds"), g.summary("fig5"), g.all("fig5")},
		Figures: []*figure.Figure{g.performance("fig5",
			"Per cent of decisions correct for each of nine tasks after pre-training on all tasks, without the task, and without it and the next, by CCA and by PCA, with the scores of two answers that do not know the stimulus.")},
		Captions: []string{"Per cent of test trials decided correctly, by task and what modules were pre-trained on: all tasks, all but the one shown, all but this and the next one (T1 after T9): " + performanceCaption},
	}
	if !leaveOut {
		r.Findings = slices.Insert(r.Findings, 0, "By this profile nothing is left out, as in the authors' program: all conditions of an analysis are the same networks.")
	}
	return r
}

// gain returns the mean over seeds of the difference of two conditions on a task.
func (g generalisation) gain(of, over string, task int) float64 {
	return g.mean(g.index(of), task, overall) - g.mean(g.index(over), task, overall)
}

// better returns the tasks on which a condition has the higher mean.
func (g generalisation) better(of, over string) (ids []string) {
	for i, t := range g.tasks {
		if g.gain(of, over, i) > 0 {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

func (g generalisation) headline() string {
	score := func(name string) float64 { return g.overTasks(g.index(name), overall) }
	return fmt.Sprintf("Over the nine tasks and %d seed(s), %.1f %% of decisions are right after CCA of all tasks, %.1f %% with the task left out, %.1f %% with two left out; after PCA %.1f %%, %.1f %% and %.1f %%.",
		g.seeds(), score(fullCCA), score(oneOutCCA), score(twoOutCCA), score(fullPCA), score(oneOutPCA), score(twoOutPCA))
}

func (g generalisation) findings() []string {
	one, two := g.index(oneOutCCA), g.index(twoOutCCA)
	lowest, steepest := 0, 0
	for i := range g.tasks {
		if g.mean(one, i, overall) < g.mean(one, lowest, overall) {
			lowest = i
		}
		if g.gain(oneOutCCA, fullCCA, i) < g.gain(oneOutCCA, fullCCA, steepest) {
			steepest = i
		}
	}
	t7 := slices.IndexFunc(g.tasks, func(t tasks.Task) bool { return t.ID == "T7" })
	out := []string{
		fmt.Sprintf("With the task left out, CCA is above PCA on the full corpus, which the paper states of the left-out tasks, on %s.", list(g.better(oneOutCCA, fullPCA))),
		fmt.Sprintf("The paper finds T7 relatively worse when it is left out. Here T7 then scores %.1f %%, %+.1f points from the full corpus; the lowest score is that of %s, %.1f %%, the largest fall that of %s, %+.1f points.",
			g.mean(one, t7, overall), g.gain(oneOutCCA, fullCCA, t7), g.tasks[lowest].ID, g.mean(one, lowest, overall), g.tasks[steepest].ID, g.gain(oneOutCCA, fullCCA, steepest)),
		fmt.Sprintf("With two tasks left out, CCA is above %d %% on %s and above both answers that do not know the stimulus on %s.",
			publishedCriterion, list(g.successful(two)), list(g.aboveNulls(two))),
		fmt.Sprintf("Leaving the task out costs CCA on %d of %d tasks, a second task on %d more than the first; means of %d seed(s), of which single points are within chance.",
			len(g.better(fullCCA, oneOutCCA)), len(g.tasks), len(g.better(oneOutCCA, twoOutCCA)), g.seeds()),
	}
	return out
}
