package figure

import (
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

// categorySpan returns the range of an axis of n categories, each one wide and centred on its index.
func categorySpan(n int) span { return span{-0.5, float64(n) - 0.5} }

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

const categoryLine = sizeTick + 1.5

func categoryMargin(names []string, x scale, axis vg.Length) vg.Length {
	m := vg.Length(4)
	if x.quiet {
		return m
	}
	if all := categoryLines(names, axis); all != nil {
		n := 0
		for _, lines := range all {
			n = max(n, len(lines))
		}
		m += categoryLine * vg.Length(n)
	} else {
		w := vg.Length(0)
		for _, n := range names {
			w = max(w, width(strings.ReplaceAll(n, "\n", " "), sizeTick))
		}
		m += w*vg.Length(math.Sin(tilt)) + sizeTick
	}
	if x.label != "" {
		m += 4 + sizeLabel
	}
	return m
}

// drawCategories draws a horizontal axis of names.
func drawCategories(p pen, names []string, area vg.Rectangle, x scale) {
	p.line(ink, lineAxis, nil, area.Min.X, area.Min.Y, area.Max.X, area.Min.Y)
	if x.quiet {
		return
	}
	unit := area.Size().X / vg.Length(max(1, len(names)))
	all := categoryLines(names, area.Size().X)
	for i, n := range names {
		c := area.Min.X + unit*vg.Length(float64(i)+0.5)
		if all == nil {
			p.turned(strings.ReplaceAll(n, "\n", " "), sizeTick, false, ink, c+2, area.Min.Y-4, tilt, 1, 1)
			continue
		}
		for k, line := range all[i] {
			p.text(line, sizeTick, false, ink, c, area.Min.Y-4-categoryLine*vg.Length(k), 0.5, 1)
		}
	}
	p.text(x.label, sizeLabel, false, ink, (area.Min.X+area.Max.X)/2, area.Min.Y-categoryMargin(names, x, area.Size().X)+2, 0.5, 0)
}

// nameMargin returns the room that a vertical axis of names needs. A line feed breaks a name.
func nameMargin(names []string, y scale) vg.Length {
	m := vg.Length(0)
	if !y.quiet {
		for _, n := range names {
			for line := range strings.SplitSeq(n, "\n") {
				m = max(m, width(line, sizeTick))
			}
		}
		m += nameGap
	}
	if y.label != "" && !y.quiet {
		m += 5 + sizeLabel
	}
	return m
}

// nameGap is the space between a name and its row.
const nameGap = 4.0

// drawNames draws a vertical axis of names, the first at the top.
func drawNames(p pen, names []string, area vg.Rectangle, y scale) {
	p.line(ink, lineAxis, nil, area.Min.X, area.Min.Y, area.Min.X, area.Max.Y)
	if y.quiet {
		return
	}
	unit := area.Size().Y / vg.Length(max(1, len(names)))
	for i, n := range names {
		lines := strings.Split(n, "\n")
		at := area.Max.Y - unit*vg.Length(float64(i)+0.5) + categoryLine*vg.Length(len(lines)-1)/2
		for k, line := range lines {
			p.text(line, sizeTick, false, ink, area.Min.X-nameGap, at-categoryLine*vg.Length(k), 1, 0.5)
		}
	}
	x := area.Min.X - nameMargin(names, y) + capHeight*sizeLabel
	p.turned(y.label, sizeLabel, false, ink, x, (area.Min.Y+area.Max.Y)/2, math.Pi/2, 0.5, 0)
}
