package paper

import (
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/motion"
	"molap/cmd/molap/internal/obs"
)

// The dynamics of networks before and after training on T7, with and without pre-training, and the
// iteration of escape, when their loss leaves the plateau.

// dynamicsRuns asks for every seed and arm. Networks that are not pre-trained start as reservoirs.
func dynamicsRuns(n *obs.Notebook) func() motion.Runs {
	var asked []func() motion.Moved
	for _, seed := range n.Seeds {
		for _, arm := range motion.Arms {
			c := lab.Cell{Arm: arm, Task: lab.Fig2dTask, Seed: seed}
			start := c
			if !arm.Pretrained() {
				start.Arm = lab.Reservoir
			}
			before, after, score := n.Motion(start, true), n.Motion(c, false), n.Score("", c)
			asked = append(asked, func() motion.Moved { return motion.Moved{Before: before(), After: after(), Run: score()} })
		}
	}
	return func() motion.Runs { return obs.Answers(asked) }
}

func compareDynamics(rs motion.Runs) Result {
	return Result{
		Title:    "Dynamics: " + lab.Fig2dTask + " with and without pre-training",
		Headline: rs.Headline(), Findings: rs.Findings(), Tables: rs.Tables(), Figures: rs.Figures(),
		Captions: []string{
			"a, b: before training on the task (separate networks start as reservoirs do). c, d: after it. a, c: norm of the gradient of the errors in the response by the states before, over that at the first step of the response. " +
				"b, d: share of the variance of what is asked for that a linear readout of the states explains on new trials. Median over seeds, bands from the smallest to the largest. " +
				"e–g: the iteration at which each run's loss left the plateau of the blind answer, against what its network was like before training; open marks at the last iteration: runs that never did.",
			"Network of arm " + string(motion.Arms[0]) + " after training, first seed. " + motion.Caption,
			"The same of arm " + string(motion.Arms[1]) + ".",
			"The same of arm " + string(motion.Arms[2]) + ".",
		},
	}
}
