package obs

import (
	"molap/cmd/molap/internal/table"
)

// Col is a column of a table and its cell in a row: what files and readers call it, its
// unit, a sentence about it and its value stand in one line.
type Col[R any] struct {
	Name, Heading, Unit, Doc string // no Heading: readers see the name in words
	Of                       func(R) any
	Part                     table.Part // of the column before it, in one cell for readers
	Digits                   bool       // three digits of every number
}

// Table returns a table with a row for each of rows and a cell for each column.
func Table[R any](name, title string, rows []R, cols ...Col[R]) *table.Table {
	t := &table.Table{Name: name, Title: title}
	for _, c := range cols {
		t.Columns = append(t.Columns, table.Column{Name: c.Name, Heading: c.Heading, Unit: c.Unit, Description: c.Doc, Part: c.Part, Digits: c.Digits})
	}
	for _, r := range rows {
		cells := make([]any, len(cols))
		for j, c := range cols {
			cells[j] = c.Of(r)
		}
		t.Add(cells...)
	}
	return t
}
