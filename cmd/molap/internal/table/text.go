package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"molap/cmd/molap/internal/printable"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// terminalWidth is the width that tables keep to if they can.
const terminalWidth = 80

// Text returns the table for a terminal: the title, the headings with units, a rule, and the rows,
// numbers rounded for reading and set to the right. A unit that all numbers share stands in the title.
// If the table would be wider than 80 columns, headings take several lines and, if that is not enough,
// columns stand closer. Every text stays on its line, whatever is in it.
func (t *Table) Text() string {
	v := t.View()
	title, unit := printable.Line(t.Title), v.sharedUnit()
	heads := make([]string, len(v.Head))
	for j, h := range v.Head {
		heads[j] = printable.Line(h.Text)
		if unit != "" {
			heads[j] = strings.TrimSuffix(heads[j], " ("+unit+")")
		}
		for _, row := range v.Rows {
			row[j].Text = printable.Line(row[j].Text)
		}
	}
	l := v.layout(heads)
	var b strings.Builder
	if title != "" {
		if unit != "" {
			title += " (" + unit + ")"
		}
		b.WriteString(title + "\n\n")
	}
	line := func(text func(j int) string) {
		var cells strings.Builder
		for j := range v.Head {
			s := text(j)
			pad := strings.Repeat(" ", l.width[j]-utf8.RuneCountInString(s))
			if j > 0 {
				cells.WriteString(strings.Repeat(" ", l.gap))
			}
			if v.Head[j].Number {
				cells.WriteString(pad + s)
			} else {
				cells.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(cells.String(), " ") + "\n")
	}
	for k := range l.lines { // from the top; the last of each stands above the rule
		line(func(j int) string {
			if i := k - l.lines + len(l.heads[j]); i >= 0 {
				return l.heads[j][i]
			}
			return ""
		})
	}
	line(func(j int) string { return strings.Repeat("─", l.width[j]) })
	for _, row := range v.Rows {
		line(func(j int) string { return row[j].Text })
	}
	return b.String()
}

// layout describes a table set in columns of characters.
type layout struct {
	heads [][]string // the lines of each heading
	lines int        // of the longest
	width []int      // of each column
	gap   int        // between them
}

// layout sets a table under some headings: in one line if that fits a terminal, or else in
// several.
func (v View) layout(heads []string) layout {
	l := v.under(heads, func(head string, _ int) []string { return []string{head} })
	if l.total() > terminalWidth {
		l = v.under(heads, inLines)
	}
	if l.total() > terminalWidth {
		l.gap = 1
	}
	return l
}

// under sets a table under headings that lines cuts for cells of some width.
func (v View) under(heads []string, lines func(head string, width int) []string) layout {
	l := layout{heads: make([][]string, len(heads)), width: make([]int, len(heads)), gap: 2}
	for j, head := range heads {
		for _, row := range v.Rows {
			l.width[j] = max(l.width[j], utf8.RuneCountInString(row[j].Text))
		}
		l.heads[j] = lines(head, l.width[j])
		for _, part := range l.heads[j] {
			l.width[j] = max(l.width[j], utf8.RuneCountInString(part))
		}
		l.lines = max(l.lines, len(l.heads[j]))
	}
	return l
}

// total returns the width of the table.
func (l layout) total() int {
	n := -l.gap
	for _, w := range l.width {
		n += l.gap + w
	}
	return n
}

// sharedUnit returns the unit that every column of numbers has, if there are several.
func (v View) sharedUnit() string {
	numbers := seq.Where(v.Head, func(h Head) bool { return h.Number })
	units := seq.Map(numbers, func(h Head) string { return h.Columns[0].Unit })
	if len(units) < 2 || len(slices.Compact(slices.Sorted(slices.Values(units)))) > 1 {
		return ""
	}
	return units[0]
}

// inLines cuts a heading at spaces and behind hyphens into lines of at most that many characters, or of
// as few as its longest part allows.
func inLines(head string, most int) []string {
	var parts []string
	for word := range strings.SplitAfterSeq(head, " ") {
		parts = append(parts, strings.SplitAfter(word, "-")...)
	}
	for _, p := range parts {
		most = max(most, utf8.RuneCountInString(strings.TrimSpace(p)))
	}
	return words.Lines(parts, func(line string) bool { return utf8.RuneCountInString(line) <= most })
}
