package page

import (
	"html/template"
	"slices"
	"strings"

	"molap/cmd/molap/internal/table"
)

// pageView is what the template sees.
type pageView struct {
	Report
	Claims   claimsView
	Sections []sectionView

	Script     template.JS
	ScriptHash string
}

// sectionView has the open parts of a section and the folded ones.
type sectionView struct {
	Section
	Open, More shownView
	Fold       string // what is folded, in words
}

// shownView is figures and tables.
type shownView struct {
	Figures []pictureView
	Tables  []tableView
}

type pictureView struct {
	Caption string
	SVG     template.HTML
}

// tableView is a table ready for the template.
type tableView struct {
	table.View
	Name, Title string
	Described   bool // some column has a description
}

func viewPage(r *Report) pageView {
	v := pageView{Report: *r, Claims: viewClaims(r.Claims), Script: template.JS(hoverScript), ScriptHash: hoverHash()}
	for _, s := range r.Sections {
		v.Sections = append(v.Sections, viewSection(s))
	}
	return v
}

func viewSection(s Section) sectionView {
	v := sectionView{Section: s, Open: shown(s.Figures, s.Tables), More: shown(s.More.Figures, s.More.Tables)}
	var fold []string
	add := func(n int, one, many string) {
		if n > 0 {
			fold = append(fold, count(n, one, many))
		}
	}
	add(len(s.More.Paragraphs), "finding", "findings")
	add(len(v.More.Figures), "figure", "figures")
	add(len(v.More.Tables), "table", "tables")
	if slices.ContainsFunc(v.Open.Tables, func(t tableView) bool { return t.Described }) {
		fold = append(fold, "what the columns hold")
	}
	if len(s.Files) > 0 {
		fold = append(fold, "files")
	}
	if s.Command != "" {
		fold = append(fold, "command")
	}
	v.Fold = strings.Join(fold, ", ")
	return v
}

func shown(figures []Picture, tables []*table.Table) (v shownView) {
	for _, p := range figures {
		v.Figures = append(v.Figures, pictureView{p.Caption, inline(p.Figure.SVG(), p.Figure.Notes())})
	}
	for _, t := range tables {
		v.Tables = append(v.Tables, viewTable(t))
	}
	return v
}

func viewTable(t *table.Table) tableView {
	v := tableView{View: t.View(), Name: t.Name, Title: t.Title}
	for _, c := range t.Columns {
		v.Described = v.Described || c.Description != ""
	}
	return v
}
