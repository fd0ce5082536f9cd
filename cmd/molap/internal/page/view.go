package page

import (
	"html/template"
	"slices"
	"strings"

	"molap/cmd/molap/internal/table"
)

// functions are what the template calls.
var functions = template.FuncMap{
	"prose": prose, "drawing": drawing, "fold": fold, "described": described, "claims": viewClaims, "look": lookOf,
	"script": func() template.JS { return template.JS(hoverScript) }, "scriptHash": hoverHash,
}

func drawing(p Picture) template.HTML { return inline(p.Figure.SVG(), p.Figure.Notes()) }

// described reports whether some column of a table has a description.
func described(t *table.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c table.Column) bool { return c.Description != "" })
}

// fold says what is folded of a section; "": nothing is.
func fold(s Section) string {
	var parts []string
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, count(n, one, many))
		}
	}
	add(len(s.More.Paragraphs), "finding", "findings")
	add(len(s.More.Figures), "figure", "figures")
	add(len(s.More.Tables), "table", "tables")
	if slices.ContainsFunc(s.Tables, described) {
		parts = append(parts, "what the columns hold")
	}
	if len(s.Files) > 0 {
		parts = append(parts, "files")
	}
	if s.Command != "" {
		parts = append(parts, "command")
	}
	return strings.Join(parts, ", ")
}
