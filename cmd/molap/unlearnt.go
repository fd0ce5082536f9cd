package main

import (
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/lab"
)

// unlearnt gathers the networks that score no better than answers that ignore the
// stimulus, and those whose trials such an answer solves.
type unlearnt map[string][]string // by the verdict on them

const (
	notAboveBlind    = "not above the blind answer: has not learnt"
	notAboveConstant = "not above the constant answer: has not learnt"
	cannotTell       = "an answer that ignores the stimulus is always right: these trials cannot tell what was learnt"
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

// print says which networks those are and where help is.
func (u unlearnt) print(w io.Writer, quick bool) {
	help := " (docs/search.md says what helps)"
	if quick {
		help = " (-quick trains for a moment; docs/search.md says what helps)"
	}
	for _, verdict := range []string{notAboveBlind, notAboveConstant, cannotTell} {
		names, more := u[verdict], ""
		if n := len(names); n == 0 {
			continue
		} else if n > 3 {
			names, more = names[:3], fmt.Sprintf(" and %d more", n-3)
		}
		if verdict == cannotTell {
			help = ""
		}
		fmt.Fprintf(w, "%s%s: %s%s\n", strings.Join(names, "; "), more, verdict, help)
	}
}
