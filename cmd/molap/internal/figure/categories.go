package figure

import (
	"math"
	"slices"
	"strings"

	"molap/cmd/molap/internal/words"

	"gonum.org/v1/plot/vg"
)

// wrapName breaks a category's name into lines no wider than room where it can:
// at line feeds, behind underscores and hyphens, and at spaces. fits is false if some line is
// still wider.
func wrapName(name string, room vg.Length) (lines []string, fits bool) {
	narrow := func(line string) bool { return textWidth(line, sizeTick) <= room }
	for part := range strings.SplitSeq(name, "\n") {
		lines = append(lines, words.Lines(cutAfterSigns(part), narrow)...)
	}
	return lines, !slices.ContainsFunc(lines, func(line string) bool { return !narrow(line) })
}

// cutAfterSigns cuts s behind every underscore, hyphen and space.
func cutAfterSigns(s string) []string {
	var out []string
	for {
		i := strings.IndexAny(s, "_- ")
		if i < 0 {
			return append(out, s)
		}
		out, s = append(out, s[:i+1]), s[i+1:]
	}
}

// tiltAngle is the angle of category names that do not fit however they are broken.
const tiltAngle = math.Pi / 6

// categoryLines returns the broken names, or nil if they have to be tilted.
func categoryLines(names []string, axis vg.Length) [][]string {
	room := axis/vg.Length(max(1, len(names))) - 2
	var all [][]string
	for _, n := range names {
		lines, fits := wrapName(n, room)
		if !fits {
			return nil
		}
		all = append(all, lines)
	}
	return all
}
