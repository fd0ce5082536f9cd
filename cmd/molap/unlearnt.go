package main

import (
	"fmt"
	"io"
	"strings"

	"molap/cmd/molap/internal/lab"
)

// unlearnt gathers the networks that score no better than answers that ignore the
// stimulus.
type unlearnt map[string][]string // by the answer

// add adds the network of that name if its score is not above both nulls.
func (u unlearnt) add(name string, overall float64, blind, constant lab.Null) {
	switch {
	case overall > blind.Overall && overall > constant.Overall:
	case !(overall > blind.Overall):
		u["blind"] = append(u["blind"], name)
	default:
		u["constant"] = append(u["constant"], name)
	}
}

// print says which networks those are and where help is.
func (u unlearnt) print(w io.Writer, quick bool) {
	help := "docs/search.md says what helps"
	if quick {
		help = "-quick trains for a moment; " + help
	}
	for _, answer := range []string{"blind", "constant"} {
		names, more := u[answer], ""
		if n := len(names); n == 0 {
			continue
		} else if n > 3 {
			names, more = names[:3], fmt.Sprintf(" and %d more", n-3)
		}
		fmt.Fprintf(w, "%s%s: not above the %s answer: has not learnt (%s)\n", strings.Join(names, "; "), more, answer, help)
	}
}
