package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"regexp"
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

var (
	unitAfter = regexp.MustCompile(`([0-9]) (%|points?\b|seeds?\b|units?\b)`)
	flagAlone = regexp.MustCompile(`(^|[ (])(-[a-z][a-z-]*(?: [0-9]+)?)`)
)

// proseHTML returns a sentence as HTML whose lines break neither between a number and its unit nor
// within a flag of the command line.
func proseHTML(text string) template.HTML {
	escaped := unitAfter.ReplaceAllString(template.HTMLEscapeString(text), "$1\u00a0$2")
	return template.HTML(flagAlone.ReplaceAllString(escaped, `$1<span class="flag">$2</span>`))
}

// hoverScript shows the values of the point of a curve, of the marker or of the cell next to the
// pointer, and walks along them by the arrow keys. It reads the values off the drawing, whose axes are
// noted in the attribute data-panels. Without the script the page has everything else.
//
//go:embed hover.js
var hoverScript string

// hoverHash names the one script that the page's content security policy lets run.
func hoverHash() string {
	sum := sha256.Sum256([]byte(hoverScript))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
