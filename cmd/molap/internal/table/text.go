package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"molap/cmd/molap/internal/printable"
)

// terminalWidth is the width that tables keep to if they can.
const terminalWidth = 80

// Text returns the table for a terminal: the title, the headings with units, a rule, and
// the rows, numbers rounded for reading and set to the right. A unit that all numbers share
// stands in the title. Headings take several lines where the table would be wider than 80
// columns. Every text stays on its line, whatever is in it.
func (t *Table) Text() string {
	v := t.View()
	title, unit := printable.Line(t.Title), v.sharedUnit()
	width, words := make([]int, len(v.Head)), make([][]string, len(v.Head))
	total := -gap
	for j, h := range v.Head {
		text := printable.Line(h.Text)
		if unit != "" {
			text = strings.TrimSuffix(text, " ("+unit+")")
		}
		words[j] = []string{text}
		for _, row := range v.Rows {
			row[j].Text = printable.Line(row[j].Text)
			width[j] = max(width[j], utf8.RuneCountInString(row[j].Text))
		}
		total += gap + max(width[j], utf8.RuneCountInString(text))
	}
	lines := 1
	for j := range words {
		if total > terminalWidth {
			words[j] = inLines(words[j][0], width[j])
		}
		for _, w := range words[j] {
			width[j] = max(width[j], utf8.RuneCountInString(w))
		}
		lines = max(lines, len(words[j]))
	}
	var b strings.Builder
	if title != "" {
		if unit != "" {
			title += " (" + unit + ")"
		}
		b.WriteString(title + "\n\n")
	}
	line := func(text func(j int) string) {
		var l strings.Builder
		for j := range v.Head {
			s := text(j)
			pad := strings.Repeat(" ", width[j]-utf8.RuneCountInString(s))
			if j > 0 {
				l.WriteString(strings.Repeat(" ", gap))
			}
			if v.Head[j].Number {
				l.WriteString(pad + s)
			} else {
				l.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	for k := range lines { // from the top; the last line of each stands above the rule
		line(func(j int) string {
			if i := k - lines + len(words[j]); i >= 0 {
				return words[j][i]
			}
			return ""
		})
	}
	line(func(j int) string { return strings.Repeat("─", width[j]) })
	for _, row := range v.Rows {
		line(func(j int) string { return row[j].Text })
	}
	return b.String()
}

// gap is the space between columns.
const gap = 2

// sharedUnit returns the unit that every column of numbers has, if there are several.
func (v View) sharedUnit() string {
	var units []string
	for _, h := range v.Head {
		if h.Number {
			units = append(units, h.Columns[0].Unit)
		}
	}
	if len(units) < 2 || len(slices.Compact(slices.Sorted(slices.Values(units)))) > 1 {
		return ""
	}
	return units[0]
}

// inLines cuts a heading at its spaces into lines of at most so many characters, or as
// few as its longest word allows.
func inLines(text string, most int) (lines []string) {
	words := strings.Fields(text)
	for _, w := range words {
		most = max(most, utf8.RuneCountInString(w))
	}
	for _, w := range words {
		if k := len(lines) - 1; k >= 0 && utf8.RuneCountInString(lines[k]+" "+w) <= most {
			lines[k] += " " + w
		} else {
			lines = append(lines, w)
		}
	}
	return lines
}
