package paper

import (
	"fmt"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
)

// Fig. 2D, E: two networks of task T7 and the first seed, pre-trained by CCA (D) and never pre-trained
// (E), in eight panels each.

// fig2dNetworks asks for both networks.
func fig2dNetworks(n *obs.Notebook) func() obs.CloseUps {
	return n.CloseUps(lab.Fig2dTask, lab.MoLaP, lab.Reservoir)
}

func fig2d(f obs.CloseUps) Result {
	with, without := f.Networks[0], f.Networks[1]
	seed, trials := with.Run.Seed, len(with.Errors[0])
	caption := func(letter, how string) string {
		return fmt.Sprintf("%s %s, %s, seed %d; the paper's panels %s1 to %[5]s8. a, b: outputs (lines) and targets (dashed) in the test trials with the smallest, the middle and the largest target. c, d: mean squared error over each of %[6]d test trials; crosses are decided wrongly by the profile's criterion. "+
			"e: training loss; horizontal line: an answer that ignores the stimulus. f: activity of the hidden units in the first of the trials drawn, a line between modules. g: recurrent weights after training. h: readout weights. Errors, losses and weights have the same scale in both figures.",
			f.Task.ID, f.Task.Title, how, seed, letter, trials)
	}
	panels := func(name string, c obs.Examined) *figure.Figure {
		outputs, errors, matrices := f.Panels(c)
		return &figure.Figure{
			Name: name, Width: 7, Height: 6.4, Rows: [][]figure.Panel{outputs, errors, matrices}, RowHeights: []float64{1, 0.8, 1.1},
			Alt: fmt.Sprintf("Task %s, arm %s, in eight panels: outputs and targets over time, errors of trials, training loss, activity of hidden units, recurrent and readout weights.", f.Task.ID, c.Run.Arm),
		}
	}
	// score says what a reader cannot see in the panels: the scores over all test trials.
	score := func(c obs.Examined) string {
		text := fmt.Sprintf("%s: over all test trials %.1f %% of fixations and %.1f %% of decisions are right.", c.Run.Arm, c.Run.Output[0], c.Run.Output[1])
		if c.Run.Diverged != "" {
			text += fmt.Sprintf(" Training broke off (%s).", c.Run.Diverged)
		}
		return text
	}
	return Result{
		Title: "Fig. 2D, E: task T7 with and without pre-training",
		Headline: fmt.Sprintf("Of %d test trials of %s, the decision is right in %d with pre-training and in %d without (one seed); the paper shows it right with pre-training and off its target without.",
			len(with.Errors[1]), f.Task.ID, with.Right(1), without.Right(1)),
		Findings: []string{score(with), score(without), fmt.Sprintf("This is seed %d alone; fig2 has the scores of every seed.", seed)},
		Tables:   f.Tables("fig2d", "molap is D, reservoir E"),
		Figures:  []*figure.Figure{panels("fig2d", with), panels("fig2e", without)},
		Captions: []string{caption("D", "modules pre-trained by CCA"), caption("E", "never pre-trained")},
	}
}
