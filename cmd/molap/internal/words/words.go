// Package words writes numbers and lists as sentences have them.
package words

import (
	"fmt"
	"strings"

	"molap/cmd/molap/internal/seq"
)

// Count returns a number of things: "1 seed", "3 seeds", "2 indices".
func Count(n int, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case thing == "index":
		thing = "indice"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Signed returns a difference: "+3.0", "−9.7".
func Signed(x float64) string { return strings.Replace(fmt.Sprintf("%+.1f", x), "-", "−", 1) }

// List returns a list: "T1", "T1 and T2", "T1, T2 and T3".
func List(all []string) string {
	n := len(all)
	if n < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
}

// Split returns the items of a list that commas separate, without the spaces around them.
func Split(list string) []string { return seq.Map(strings.Split(list, ","), strings.TrimSpace) }

// Lines joins the pieces of a text to lines that fit. A piece that does not fit has a line of its own.
// Lines have no spaces at their ends.
func Lines(pieces []string, fits func(line string) bool) []string {
	var lines []string
	line := ""
	for _, p := range pieces {
		if line != "" && !fits(strings.TrimSpace(line+p)) {
			lines, line = append(lines, strings.TrimSpace(line)), ""
		}
		line += p
	}
	return append(lines, strings.TrimSpace(line))
}
