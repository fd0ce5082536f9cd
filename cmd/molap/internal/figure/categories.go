package figure

import (
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

// wrap breaks a category's name into lines no wider than room where it can:
// at line feeds, behind underscores and hyphens, and at spaces. fits is false if some line is
// still wider.
func wrap(name string, room vg.Length) (lines []string, fits bool) {
	fits = true
	for _, part := range strings.Split(name, "\n") {
		line := ""
		for _, word := range pieces(part) {
			if line != "" && width(line+strings.TrimRight(word, " "), sizeTick) > room {
				lines, line = append(lines, strings.TrimRight(line, " ")), ""
			}
			line += word
			fits = fits && width(strings.TrimRight(word, " "), sizeTick) <= room
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines, fits
}

// pieces cuts s behind every underscore, hyphen and space.
func pieces(s string) []string {
	var out []string
	for {
		i := strings.IndexAny(s, "_- ")
		if i < 0 {
			return append(out, s)
		}
		out, s = append(out, s[:i+1]), s[i+1:]
	}
}

// tilt is the angle of category names that do not fit however they are broken.
const tilt = math.Pi / 6

// categoryLines returns the broken names, or nil if they have to be tilted.
func categoryLines(names []string, axis vg.Length) [][]string {
	room := axis/vg.Length(max(1, len(names))) - 2
	var all [][]string
	for _, n := range names {
		lines, fits := wrap(n, room)
		if !fits {
			return nil
		}
		all = append(all, lines)
	}
	return all
}
