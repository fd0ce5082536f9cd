package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
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
	if divergenceError(runs) != nil {
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

// divergenceError returns an error if the training of a run broke off. It says what helps.
func divergenceError(runs []lab.Run) error {
	n := len(seq.Where(runs, func(r lab.Run) bool { return r.Diverged != "" }))
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
	return env.PrintJSON(seq.Map(runs, func(r lab.Run) entry { return entry{r, obs.EscapeCell(r.Escape), table.Known(r.FinalLoss)} }))
}

// unlearntNetworks gathers the networks that score no better than answers that ignore the
// stimulus, those whose trials such an answer solves, and those whose training diverged.
type unlearntNetworks map[string][]string // by the verdict on them

const (
	notAboveBlind    = "not above the blind answer: has not learnt"
	notAboveConstant = "not above the constant answer: has not learnt"
	cannotTell       = "an answer that ignores the stimulus is always right: these trials cannot tell what was learnt"
	brokenOff        = "training diverged, the network is that before it"
)

// add adds the network of that name if its training diverged or its score is not above both nulls.
func (u unlearntNetworks) add(name, diverged string, overall float64, blind, constant lab.Null) {
	verdict := notAboveConstant
	switch {
	case diverged != "":
		verdict = brokenOff
	case max(blind.Overall, constant.Overall) >= 100:
		verdict = cannotTell
	case overall > blind.Overall && overall > constant.Overall:
		return
	case !(overall > blind.Overall):
		verdict = notAboveBlind
	}
	u[verdict] = append(u[verdict], name)
}

// learningHelp says what helps networks of "molap train" that have not learnt.
func learningHelp(quick bool) string {
	if quick {
		return "-quick trains for a moment"
	}
	return "molap help settings says what can be set, docs/search.md what helped"
}

// print says which networks those are, and in brackets what helps; help may be empty.
func (u unlearntNetworks) print(w io.Writer, help string) {
	for _, verdict := range []string{brokenOff, notAboveBlind, notAboveConstant, cannotTell} {
		names, more, hint := u[verdict], "", ""
		if n := len(names); n == 0 {
			continue
		} else if n > 3 {
			names, more = names[:3], fmt.Sprintf(" and %d more", n-3)
		}
		if help != "" && (verdict == notAboveBlind || verdict == notAboveConstant) {
			hint = " (" + help + ")"
		}
		fmt.Fprintf(w, "%s%s: %s%s\n", strings.Join(names, "; "), more, verdict, hint)
	}
}
