package paper

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/words"
	"molap/tasks"
)

// Fig. 5: modules are pre-trained without the task that they are tested on, and without it and the
// next (T1 after T9), by CCA and by PCA. Beside them stands PCA of all tasks, since §4.2 compares
// with it.

// fig5Conditions returns the conditions, which differ in what modules are pre-trained on. If nothing is
// left out, as in the authors' program (arms.leave_out), all are networks of the full corpus.
func fig5Conditions(s profile.Settings) []obs.Condition {
	ts := tasks.All(taskset.Options(s))
	without := func(arm lab.Arm, out int) obs.Network {
		return func(task string, seed uint64) obs.Key {
			c := lab.Cell{Arm: arm, Task: task, Seed: seed}
			if s.Arms.LeaveOut {
				c.LeftOut = lab.LeftOut(ts, taskPlace(task), out)
			}
			return obs.Key{Cell: c}
		}
	}
	return []obs.Condition{
		{Name: "molap", Title: "CCA, all tasks", Look: "molap", About: "CCA of all nine tasks", Network: without(lab.MoLaP, 0)},
		{Name: "molap_one_out", Title: "CCA, one task out", Look: "molap, one task out", About: "CCA of all tasks but this one", Network: without(lab.MoLaP, 1)},
		{Name: "molap_two_out", Title: "CCA, two tasks out", Look: "molap, two tasks out", About: "CCA of all tasks but this one and the next", Network: without(lab.MoLaP, 2)},
		{Name: "molap_pca_one_out", Title: "PCA, one task out", Look: "molap-pca, one task out", About: "PCA of all tasks but this one", Network: without(lab.MoLaPPCA, 1)},
		{Name: "molap_pca_two_out", Title: "PCA, two tasks out", Look: "molap-pca, two tasks out", About: "PCA of all tasks but this one and the next", Network: without(lab.MoLaPPCA, 2)},
		{Name: "molap_pca", Title: "PCA, all tasks", Look: "molap-pca", About: "PCA of all nine tasks", Network: without(lab.MoLaPPCA, 0)},
	}
}

// checkFig5 returns an error if a corpus without two tasks has fewer variates than
// there are modules.
func checkFig5(s profile.Settings) error {
	ts := tasks.All(taskset.Options(s))
	for i := range ts {
		out := lab.LeftOut(ts, i, 2)
		if err := lab.CheckRank(s, taskset.Corpus(s, out), fmt.Sprintf("corpus without %s and %s, as in fig5", out[0], out[1])); err != nil {
			return err
		}
	}
	return nil
}

// fig5Scores asks for the scores of the experiment.
func fig5Scores(n *obs.Notebook) func() obs.Scores { return n.Scores(fig5Conditions(n.Settings)...) }

func fig5(s obs.Scores) Result {
	score := func(condition string) float64 { return s.Mean(condition, obs.Overall) }
	gain := func(a, b string, i int) float64 { return s.Mean(a, obs.Overall, i) - s.Mean(b, obs.Overall, i) }
	steepest := 0
	for i := range s.Tasks {
		if gain("molap_one_out", "molap", i) < gain("molap_one_out", "molap", steepest) {
			steepest = i
		}
	}
	t7 := taskPlace("T7")
	r := Result{
		Title: "Fig. 5: tasks left out of pre-training",
		Headline: fmt.Sprintf("Over the nine tasks, %.1f %% of decisions are right after CCA of all tasks, %.1f %% with the task left out, %.1f %% with two left out; after PCA %.1f %%, %.1f %% and %.1f %%. Means over %s.",
			score("molap"), score("molap_one_out"), score("molap_two_out"), score("molap_pca"), score("molap_pca_one_out"), score("molap_pca_two_out"), s.BySeeds()),
		Findings: []string{
			fmt.Sprintf("The paper finds CCA without the task above PCA of all tasks. Here it is on %s.",
				s.TasksWhere(func(i int) bool { return gain("molap_one_out", "molap_pca", i) > 0 })),
			fmt.Sprintf("The paper finds T7 relatively worse when it is left out. Here T7 changes by %s points; %s loses most, with %s.",
				words.Signed(gain("molap_one_out", "molap", t7)), s.Tasks[steepest].ID, words.Signed(gain("molap_one_out", "molap", steepest))),
			fmt.Sprintf("Leaving the task out costs CCA something on %s; leaving out the next as well costs more on %s.",
				s.TasksWhere(func(i int) bool { return gain("molap", "molap_one_out", i) > 0 }),
				s.TasksWhere(func(i int) bool { return gain("molap_one_out", "molap_two_out", i) > 0 })),
		},
		Tables: s.Tables("fig5", "Performance by what modules were pre-trained on, mean over seeds"),
		Figures: []*figure.Figure{s.Performance("fig5",
			"Per cent of decisions correct for each of nine tasks after pre-training on all tasks, without the task, and without it and the next, by CCA and by PCA, with the scores of two answers that ignore the stimulus.", criterionLine)},
		Captions: []string{"Per cent of test trials decided correctly, by task and what modules were pre-trained on: all tasks, all but the one shown, all but this and the next one (T1 after T9): " + obs.PerformanceCaption},
	}
	if !s.Settings.Arms.LeaveOut {
		r.Findings = []string{"By this profile nothing is left out, as in the authors' program: all conditions of an analysis are the same networks."}
	}
	return r
}
