package paper

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/taskset"
	"molap/tasks"
)

// planFig2d looks at task T7 with pre-training (D) and without (E), first seed.
func planFig2d(n *obs.Notebook) func() Result {
	var asked []func() examined
	for _, arm := range []lab.Arm{lab.MoLaP, lab.Reservoir} {
		c := lab.Cell{Arm: arm, Task: lab.Fig2dTask, Seed: n.Seeds[0]}
		look, score := n.CloseUp(c), n.Score("", c)
		asked = append(asked, func() examined { return examined{look(), score()} })
	}
	return func() Result {
		return fig2d{taskset.ByID(n.Settings, lab.Fig2dTask), asked[0](), asked[1]()}.result()
	}
}

// examined is a network with its scores.
type examined struct {
	lab.Close
	run lab.Run
}

// fig2d is the data of Fig. 2D and E.
type fig2d struct {
	task          tasks.Task
	with, without examined
}

func (f fig2d) both() []examined { return []examined{f.with, f.without} }

func (f fig2d) result() Result {
	caption := func(letter, how string) string {
		return fmt.Sprintf("%s %s, %s, seed %d; the paper's panels %s1 to %[5]s8. a, b: outputs (lines) and targets (dashed) in the test trials with the smallest, the middle and the largest target. c, d: mean squared error over each of %[6]d test trials; crosses are decided wrongly by the profile's criterion. "+
			"e: training loss; horizontal line: an answer that ignores the stimulus. f: activity of the hidden units in the first of the trials drawn, a line between modules. g: recurrent weights after training. h: readout weights. Errors, losses and weights have the same scale in both figures.",
			f.task.ID, f.task.Title, how, f.with.run.Seed, letter, len(f.with.Errors[0]))
	}
	return Result{
		Title: "Fig. 2D, E: task T7 with and without pre-training", UsesSettings: true,
		Headline: f.headline(), Findings: f.findings(),
		Tables:   f.tables(),
		Figures:  []*figure.Figure{f.figure("fig2d", f.with), f.figure("fig2e", f.without)},
		Captions: []string{caption("D", "modules pre-trained by CCA"), caption("E", "never pre-trained")},
	}
}

func (f fig2d) headline() string {
	return fmt.Sprintf("Of %d test trials of %s, the decision is right in %d with pre-training and in %d without (one seed); the paper shows it right with pre-training and off its target without.",
		len(f.with.Errors[1]), f.task.ID, f.with.Right(1), f.without.Right(1))
}

// findings says what a reader cannot see in the panels: the scores over all test trials.
func (f fig2d) findings() []string {
	var out []string
	for _, c := range f.both() {
		text := fmt.Sprintf("%s: over all test trials %.1f %% of fixations and %.1f %% of decisions are right.", c.run.Arm, c.run.Output[0], c.run.Output[1])
		if c.run.Diverged != "" {
			text += fmt.Sprintf(" Training broke off (%s).", c.run.Diverged)
		}
		out = append(out, text)
	}
	return append(out, fmt.Sprintf("This is seed %d alone; fig2 has the scores of every seed.", f.with.run.Seed))
}
