package main

import (
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/lab"
)

// unlearnt gathers the networks that score no better than answers that ignore the
// stimulus, those whose trials such an answer solves, and those whose training diverged.
type unlearnt map[string][]string // by the verdict on them

const (
	notAboveBlind    = "not above the blind answer: has not learnt"
	notAboveConstant = "not above the constant answer: has not learnt"
	cannotTell       = "an answer that ignores the stimulus is always right: these trials cannot tell what was learnt"
	brokenOff        = "training diverged, the network is that before it"
)

// add adds the network of that name if its score is not above both nulls.
func (u unlearnt) add(name string, overall float64, blind, constant lab.Null) {
	switch {
	case max(blind.Overall, constant.Overall) >= 100:
		u[cannotTell] = append(u[cannotTell], name)
	case overall > blind.Overall && overall > constant.Overall:
	case !(overall > blind.Overall):
		u[notAboveBlind] = append(u[notAboveBlind], name)
	default:
		u[notAboveConstant] = append(u[notAboveConstant], name)
	}
}

// addDiverged adds the network of that name, whose training diverged.
func (u unlearnt) addDiverged(name string) { u[brokenOff] = append(u[brokenOff], name) }

// learningHelp says what helps networks of "molap train" that have not learnt.
func learningHelp(quick bool) string {
	if quick {
		return "-quick trains for a moment"
	}
	return "molap help settings says what can be set, docs/search.md what helped"
}

// print says which networks those are, and in brackets what helps; help may be empty.
func (u unlearnt) print(w io.Writer, help string) {
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
