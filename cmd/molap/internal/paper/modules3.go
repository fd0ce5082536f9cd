package paper

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/words"
)

// A.2.1: networks of three modules beside networks of two, in two sizes.

// moduleSizes returns two sizes of networks that both two and three modules divide: the one nearest to
// the size of the settings, and the one nearest to half as much again. For the paper's 100 units the
// second is 150, as in the authors' program.
func moduleSizes(units int) [2]int {
	sixes := func(n int) int { return max(6, (n+3)/6*6) }
	return [2]int{sixes(units), sixes(units + units/2)}
}

// inModules names the condition of networks with that many modules and that many units in all.
func inModules(modules, units int) string {
	return fmt.Sprintf("modules_%d_units_%d", modules, units)
}

// modules3Scores asks for the scores of the experiment.
func modules3Scores(n *obs.Notebook) func() obs.Scores {
	looks := []string{"molap", "molap, three modules", "molap, larger", "molap, larger, three modules"}
	var conditions []obs.Condition
	for _, units := range moduleSizes(n.Settings.Network.Units) {
		for _, modules := range []int{2, 3} {
			words := fmt.Sprintf("%d modules of %d units", modules, units/modules)
			conditions = append(conditions, obs.Condition{Name: inModules(modules, units), Title: words, Look: looks[len(conditions)], About: "molap with " + words,
				Network: obs.TrainedBy(lab.MoLaP, fmt.Sprintf("network.units=%d network.modules=%d", units, modules))})
		}
	}
	return n.Scores(conditions...)
}

func modules3(s obs.Scores) Result {
	sizes := moduleSizes(s.Settings.Network.Units)
	more := func(units int, tasks ...int) float64 {
		return s.Mean(inModules(3, units), obs.Overall, tasks...) - s.Mean(inModules(2, units), obs.Overall, tasks...)
	}
	ahead := func(units int) string { return s.TasksWhere(func(i int) bool { return more(units, i) > 0 }) }
	return Result{
		Title: "A.2.1: three modules against two",
		Headline: fmt.Sprintf("Three modules score %s points over two with %d units, %s with %d, on average over the nine tasks; the paper finds them similar. Means over %s.",
			words.Signed(more(sizes[0])), sizes[0], words.Signed(more(sizes[1])), sizes[1], s.BySeeds()),
		Findings: []string{fmt.Sprintf("Three modules are ahead on %s with %d units, on %s with %d.", ahead(sizes[0]), sizes[0], ahead(sizes[1]), sizes[1])},
		Tables:   s.Tables("modules3", "Performance by number of modules, mean over seeds"),
		Figures: []*figure.Figure{s.Performance("modules3",
			"Per cent of decisions correct for each of nine tasks, for networks of two and of three modules in two sizes, with the scores of two answers that ignore the stimulus.", criterionLine)},
		Captions: []string{fmt.Sprintf("Per cent of test trials decided correctly by networks of %d and of %d units in two modules and in three, pre-trained by CCA: ", sizes[0], sizes[1]) + obs.PerformanceCaption},
	}
}
