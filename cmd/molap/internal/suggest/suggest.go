// Package suggest finds what a mistyped name was meant to be.
package suggest

import "strings"

// Closest returns the name of known that is nearest to the given one, or "" if none is near enough to
// be meant. A name is too far if more than a third of the letters, and more than one, would have to
// change. Of equally near names the first wins.
func Closest(name string, known []string) string {
	best, _ := closest(name, known)
	return best
}

// Only is [Closest] where no other name is as near, and "" otherwise.
func Only(name string, known []string) string {
	best, others := closest(name, known)
	if others {
		return ""
	}
	return best
}

func closest(name string, known []string) (best string, others bool) {
	bestDistance := max(1, len([]rune(name))/3) + 1
	for _, k := range known {
		switch d := editDistance([]rune(name), []rune(k)); {
		case d < bestDistance:
			best, bestDistance, others = k, d, false
		case d == bestDistance && best != "":
			others = true
		}
	}
	return best, others
}

// editDistance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment).
func editDistance(a, b []rune) int {
	// Rows i-2, i-1 and i of the dynamic programme.
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Hint says which of the known names a name was meant to be, or which there are.
func Hint(name string, known []string) string {
	// Every letter is near to every other.
	if near := Closest(name, known); near != "" && len(name) > 1 {
		return "did you mean " + near + "?"
	}
	if len(known) == 0 {
		return "there are none"
	}
	return "have " + strings.Join(known, ", ")
}
