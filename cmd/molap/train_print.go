package main

import (
	"errors"
	"fmt"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// trainedTable returns the table of trained networks. If the training of one diverged, a column says so in
// the place of what only a whole training tells.
func trainedTable(runs []lab.Run, criterion profile.Criterion) *table.Table {
	decision := "decision_unit"
	if criterion == profile.Choice { // a choice has no distance from its target
		decision = "decision"
	}
	columns := []string{"seed", "arm", "task", "overall", "blind", "constant", decision}
	all := obs.RunTable("train", runs)
	if diverged(runs) > 0 {
		columns = append(columns, "diverged")
		all.Columns = append(all.Columns, table.Column{Name: "diverged", Description: "whether training broke off"})
		for i, r := range runs {
			all.Rows[i] = append(all.Rows[i], map[bool]string{true: "yes", false: "no"}[r.Diverged != ""])
		}
	} else {
		columns = append(columns, "escape", "trained", "parameters")
	}
	t := all.Only(columns...)
	t.Title = "Networks (-json has every measure)"
	return t
}

// diverged counts the runs whose training broke off.
func diverged(runs []lab.Run) (n int) {
	for _, r := range runs {
		if r.Diverged != "" {
			n++
		}
	}
	return n
}

// divergence returns an error if the training of a run broke off. It says what helps.
func divergence(runs []lab.Run) error {
	n := diverged(runs)
	if n == 0 {
		return nil
	}
	text := "training diverged"
	if len(runs) > 1 {
		text = fmt.Sprintf("training of %d of %s diverged", n, words.Count(len(runs), "network"))
	}
	return errors.New(text + "; what helps is targets scaled to about 1, or a lower rate (-set training.rate; of arm separate training.separate_rate, of dni dni.rate)")
}

// printRuns prints every measure of some runs as JSON. What is not known is null, as in the files of
// "molap reproduce".
func printRuns(env *cli.Env, runs []lab.Run) error {
	type entry struct {
		lab.Run
		Escape, FinalLoss any // in the place of those of the run
	}
	all := make([]entry, len(runs))
	for i, r := range runs {
		all[i] = entry{r, obs.EscapeCell(r.Escape), table.Known(r.FinalLoss)}
	}
	return env.PrintJSON(all)
}
