package table

import (
	"cmp"
	"strings"
)

// View is a table as readers see it: headings in words, rounded numbers, an estimate and
// its interval in one cell.
type View struct {
	Head []Head
	Rows [][]Shown
}

// Head is the head of the columns that readers see as one.
type Head struct {
	Text    string // heading with unit
	Columns []Column
	Number  bool // the cells are numbers, set to the right
}

// Shown is a cell as readers see it.
type Shown struct {
	Text string
	Full string // the floats as the files hold them, empty where there is none
}

// View returns the table for readers.
func (t *Table) View() View {
	t.check()
	v := View{Rows: make([][]Shown, len(t.Rows))}
	cells := t.readable()
	for first := 0; first < len(t.Columns); {
		next := first + 1
		for next < len(t.Columns) && t.Columns[next].Part != Whole {
			next++
		}
		columns := t.Columns[first:next]
		v.Head = append(v.Head, Head{columns[0].heading(), columns, t.numeric(first)})
		for i, row := range t.Rows {
			exacts := make([]string, len(columns))
			for k := range columns {
				if _, ok := floatOf(row[first+k]); ok {
					exacts[k] = exactText(t, row[first+k])
				}
			}
			v.Rows[i] = append(v.Rows[i], Shown{joinTexts(columns, cells[i][first:next]), joinTexts(columns, exacts)})
		}
		first = next
	}
	return v
}

// heading returns the column's heading for readers, with its unit.
func (c Column) heading() string {
	text := cmp.Or(c.Heading, strings.ReplaceAll(c.Name, "_", " "))
	if c.Unit != "" {
		text += " (" + c.Unit + ")"
	}
	return text
}

// joinTexts joins the texts of an estimate and its parts. Parts that are missing are left out.
func joinTexts(columns []Column, texts []string) string {
	text := texts[0]
	known := func(k int) bool { return texts[k] != "" && texts[k] != missingText }
	for k, c := range columns {
		switch {
		case c.Part == Lower && known(k) && known(k+1):
			text += " [" + texts[k] + ", " + texts[k+1] + "]"
		case c.Part == Spread && known(k):
			text += " ± " + texts[k]
		}
	}
	return text
}
