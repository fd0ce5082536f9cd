package page

import (
	"html/template"
	"slices"
	"strings"

	"molap/cmd/molap/internal/table"
)

// templateFuncs are what the template calls.
var templateFuncs = template.FuncMap{
	"prose": proseHTML, "drawing": pictureHTML, "fold": foldedParts, "described": hasDescriptions, "claims": viewClaims, "look": lookOf,
	"script": func() template.JS { return template.JS(hoverScript) }, "scriptHash": hoverHash,
}

func pictureHTML(p Picture) template.HTML { return inlineSVG(p.Figure.SVG(), p.Figure.Notes()) }

// hasDescriptions reports whether some column of a table has a description.
func hasDescriptions(t *table.Table) bool {
	return slices.ContainsFunc(t.Columns, func(c table.Column) bool { return c.Description != "" })
}

// foldedParts names the folded parts of a section, or returns "" if there are none.
func foldedParts(s Section) string {
	var parts []string
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, countWords(n, one, many))
		}
	}
	add(len(s.More.Paragraphs), "finding", "findings")
	add(len(s.More.Figures), "figure", "figures")
	add(len(s.More.Tables), "table", "tables")
	if slices.ContainsFunc(s.Tables, hasDescriptions) {
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
