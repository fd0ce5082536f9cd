package page

import (
	"html/template"
	"molap/cmd/molap/internal/table"
	"strings"
)

// htmlTable is a Table made ready for the page's template.
type htmlTable struct {
	Name, Title string
	Head        []htmlHead
	Rows        [][]htmlCell
	Described   bool // some column has a description
}

func viewTable(t *table.Table) htmlTable {
	h := htmlTable{Name: t.Name, Title: t.Title}
	numeric := make([]bool, len(t.Columns))
	for j, c := range t.Columns {
		numeric[j] = t.Numeric(j)
		h.Described = h.Described || c.Description != ""
		text := strings.ReplaceAll(template.HTMLEscapeString(c.Heading()), "_", "_<wbr>")
		h.Head = append(h.Head, htmlHead{template.HTML(text), c.Name, c.Description, numeric[j]})
	}
	for i, row := range t.Readable() {
		cells := make([]htmlCell, len(row))
		for j, s := range row {
			cells[j] = htmlCell{Text: s, Number: numeric[j]}
			cells[j].Full = t.Exact(i, j)
		}
		h.Rows = append(h.Rows, cells)
	}
	return h
}

type htmlHead struct {
	Text              template.HTML // may be broken behind underscores
	Name, Description string
	Number            bool
}

type htmlCell struct {
	Text, Full string // Full is the exact value where Text is rounded
	Number     bool
}
