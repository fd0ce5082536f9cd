package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// Fig. 2A–C: every arm learns the nine tasks. Networks are tested with intact weights.

// fig2Arms are the arms with the two readings of dni side by side: the scores of its network right
// after each task, and those after the last task. The paper does not say which of them it shows.
var fig2Arms = []lab.Arm{lab.Separate, lab.DNIFresh, lab.DNI, lab.MoLaP, lab.MoLaPPCA, lab.Reservoir}

// fig2Scores asks for the scores of the experiment.
func fig2Scores(n *obs.Notebook) func() obs.Scores { return n.Scores(obs.ByArm(fig2Arms...)...) }

// criterionLine is a line at the level that §4 calls successful learning.
var criterionLine = figure.Ref{Name: fmt.Sprintf("%d %%, the paper's criterion", publishedCriterion), Y: publishedCriterion}

func fig2(s obs.Scores) Result {
	trained := s.Only(seq.Where(conditionNames(s), func(arm string) bool { return arm != string(lab.DNIFresh) })...) // learnt as dni did
	r := Result{
		Title:    "Fig. 2A–C: nine tasks, five ways to learn them",
		Headline: fig2Headline(s),
		Findings: []string{
			fmt.Sprintf("The paper calls more than %d %% successful. With perfect fixation, an answer that ignores the stimulus reaches that on %s.", publishedCriterion,
				s.TasksWhere(func(i int) bool {
					blind, constant := s.Nulls(i, obs.Overall)
					return max(blind, constant) > publishedCriterion
				})),
			fmt.Sprintf("On the mean task dni scores %.0f %% right after learning it and %.0f %% after the last task (response alone: %.0f %% and %.0f %%); separate networks score %.0f %% (%.0f %%).",
				s.Mean("dni-fresh", obs.Overall), s.Mean("dni", obs.Overall), s.Mean("dni-fresh", obs.Response), s.Mean("dni", obs.Response),
				s.Mean("separate", obs.Overall), s.Mean("separate", obs.Response)),
		},
		Tables: []*table.Table{
			s.Glance("fig2", "Performance, mean over seeds"),
			fig2Order(s),
			s.Summary("fig2_summary", "Every measure by task and arm, means over seeds", "arm", "way of training",
				obs.Col[obs.Place]{Name: "above_70", Doc: "overall mean above 70 %, the paper's criterion", Of: func(p obs.Place) any { return s.Mean(p.Condition, obs.Overall, p.Task) > publishedCriterion }},
				obs.Col[obs.Place]{Name: "above_nulls", Doc: "overall mean above both nulls", Of: func(p obs.Place) any { return s.AboveNulls(p.Condition, p.Task) }}),
			obs.RunTable("fig2_runs", s.Runs),
			obs.LossTable("fig2_curves", trained.Runs),
		},
		Figures: []*figure.Figure{
			s.Performance("fig2", "Per cent of decisions correct for each of nine tasks and five arms, one of them in two readings, with the scores of two answers that ignore the stimulus; above over all outputs, below for the response outputs alone.", criterionLine),
			{Name: "fig2_loss", Width: 7, Height: 6.5, Rows: figure.Grid(3, trained.LossPanels()...), SharedX: true, SharedY: true,
				Alt: "Training loss over iterations on a logarithmic axis for each of nine tasks, a line for every arm, with the loss of an answer that ignores the stimulus."},
		},
		Captions: []string{
			"Per cent of test trials decided correctly, by task and arm: " + obs.PerformanceCaption + " The one network of dni learns the tasks in sequence and is tested twice: on each task right after it, and on all of them after the last.",
			"Training loss over the iterations: mean over seeds, band from the smallest to the largest. Horizontal line: the loss of an answer that ignores the stimulus. " +
				"On T5–T9 the network of dni has a third output, which has to be 0; its loss, a mean over three outputs, is drawn as one over two.",
		},
	}
	if broken := divergedRemark(trained.Runs); broken != "" {
		r.Findings = append(r.Findings, broken)
	}
	return r
}

// conditionNames returns the names of conditions.
func conditionNames(s obs.Scores) []string {
	return seq.Map(s.Conditions, func(c obs.Condition) string { return c.Name })
}

// needMemory returns the places of T3–T9: the stimulus of T1 and T2 stays until it is answered.
func needMemory(s obs.Scores) []int { return seq.UpTo(len(s.Tasks))[2:] }

// fig2Headline orders the arms by their responses on the tasks that need memory.
func fig2Headline(s obs.Scores) string {
	of := func(arm string) float64 { return s.Mean(arm, obs.Response, needMemory(s)...) }
	arms := conditionNames(s)
	null := s.Mean(arms[0], obs.BetterNull(obs.Response), needMemory(s)...)
	slices.SortStableFunc(arms, func(a, b string) int { return cmp.Compare(of(b), of(a)) })
	return fmt.Sprintf("T3–T9, the tasks that need memory, responses within a tenth of the range: %s; an answer that ignores the stimulus %.1f %%. Means over %s.",
		strings.Join(seq.Map(arms, func(arm string) string { return fmt.Sprintf("%s %.1f %%", arm, of(arm)) }), ", "), null, s.BySeeds())
}

// fig2Order compares the arms over all tasks that need memory, seed by seed: which is ahead, and how
// sure that is.
func fig2Order(s obs.Scores) *table.Table {
	memory := func(arm string) []float64 { return s.Over(arm, obs.Response, needMemory(s)...) }
	return obs.Table("fig2_arms", "The order of the arms: T3–T9, means over seeds with 95 % intervals", conditionNames(s), slices.Concat(
		[]obs.Col[string]{
			{Name: "arm", Doc: "way of training", Of: func(arm string) any { return arm }},
			{Name: "seeds", Doc: "number of seeds", Of: func(string) any { return len(s.Seeds) }}},
		obs.Interval(obs.Col[string]{Name: "memory", Heading: "T3–T9", Unit: "%", Doc: "response outputs within a tenth of the targets' range, mean over T3–T9 and seeds"},
			"memory_", "lower end of its 95 % t interval over seeds; empty: too few seeds", "upper end", func(arm string) stats.Interval { return stats.Mean(memory(arm), 0.95) }),
		obs.Interval(obs.Col[string]{Name: "molap_more", Heading: "molap has more", Unit: "%", Doc: "what molap has more, mean of the differences by seed"},
			"more_", "lower end of its 95 % paired t interval, not corrected for many tests", "upper end", func(arm string) stats.Interval { return stats.Paired(memory("molap"), memory(arm), 0.95) }),
		[]obs.Col[string]{
			{Name: "learnt", Heading: "networks that learnt", Doc: fmt.Sprintf("networks, of all tasks and seeds, with %d %% of responses within a tenth of the range", profile.Learnt), Of: func(arm string) any { n, _ := s.AtLeast(profile.Learnt, arm, obs.Response); return n }},
			{Name: "all_learnt", Heading: "seeds with all tasks learnt", Doc: "seeds with all tasks learnt", Of: func(arm string) any { _, all := s.AtLeast(profile.Learnt, arm, obs.Response); return all }},
			{Name: "escaped", Heading: "networks that escaped", Doc: "networks for T3–T9 whose loss left the plateau of the blind answer", Of: func(arm string) any { n, _ := s.MedianEscape(arm, needMemory(s)...); return n }},
			obs.Number("median_escape", "median iteration of escape", "", "median iteration at which they did, of all; empty: fewer than half did", func(arm string) float64 { _, median := s.MedianEscape(arm, needMemory(s)...); return median }),
		})...)
}

// divergedRemark tells of runs that broke off; empty: none did.
func divergedRemark(runs []lab.Run) string {
	broken := seq.Where(runs, func(r lab.Run) bool { return r.Diverged != "" })
	if broken == nil {
		return ""
	}
	which := seq.Map(broken, func(r lab.Run) string { return fmt.Sprintf("%s %s of seed %d (%s)", r.Arm, r.Task, r.Seed, r.Diverged) })
	return fmt.Sprintf("Training broke off in %s, scored as they were by then: %s.", words.Count(len(broken), "run"), strings.Join(which, "; "))
}
