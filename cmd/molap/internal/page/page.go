package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/table"
)

// Report is one HTML page for a reader who has two minutes. It shows the settings, the results, the
// verdicts on the paper's claims, and a figure with a table for each experiment; all else is folded.
// The page contains its figures and its style: nothing is fetched. Its one script shows values under
// the pointer and walks along them by the keyboard.
type Report struct {
	Title    string
	Banner   string   // the kind of report, in a line
	Warning  string   // a caution for the reader; may be empty
	Findings []string // the results that matter, in a sentence each
	Summary  []string // paragraphs below them

	Claims    []Claim // those on one sentence of the paper follow each other
	ClaimNote string  // how the verdicts are reached

	Sections []Section
	Settings []Setting // of all sections
	Facts    []Setting // version, CPU, kernel, seeds, time: what a reader needs to repeat it
}

// Section is one experiment.
type Section struct {
	ID         string // anchor: lower-case letters, digits and hyphens, unique in the page
	Title      string
	Paragraphs []string
	Figures    []Picture
	Tables     []*table.Table
	More       More     // folded away, with all that follows
	Files      []string // paths relative to the page
	Command    string   // what makes this section again
}

// More is the part of a section that only some readers want.
type More struct {
	Paragraphs []string
	Figures    []Picture
	Tables     []*table.Table
}

// Setting is a name with its value.
type Setting struct{ Name, Value string }

// Picture is a figure with its caption. A page only has drawings that this process made: none is read
// from a file.
type Picture struct {
	Figure  *figure.Figure
	Caption string
}

// size of an SVG as the backend states it.
var svgSize = regexp.MustCompile(`width="([0-9.]+)pt" height="[0-9.]+pt"`)

// inlineSVG makes an SVG document of [Figure.SVG] part of a page: it drops the XML declaration and lets
// the page decide the width, between the smallest size with readable type and the largest size that
// does not look coarse. It adds the notes of the drawing, if there are any.
func inlineSVG(svg, notes []byte) template.HTML {
	s := string(svg)
	s = s[strings.Index(s, "<svg"):]
	m := svgSize.FindStringSubmatch(s)
	points, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		panic("page: the backend draws " + m[0])
	}
	s = strings.Replace(s, m[0], fmt.Sprintf(`style="min-width:%.0fpx;max-width:%.0fpx"`, points*1.15, points*1.6), 1)
	if len(notes) > len("[]") { // in single quotes, JSON reads like JSON
		text := strings.NewReplacer("&", "&amp;", "'", "&#39;").Replace(string(notes))
		s = "<svg data-panels='" + text + "'" + strings.TrimPrefix(s, "<svg")
	}
	return template.HTML(s)
}

//go:embed page.html.tmpl
var pageText string

var (
	pageTemplate  = template.Must(template.New("page").Funcs(templateFuncs).Parse(pageText))
	anchorPattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// mistake returns an error if no page can be made of the report: an anchor is malformed or used twice,
// a claim has no known section or verdict, a table is malformed, or a file lies outside the page's
// directory.
func (r *Report) mistake() error {
	seen := map[string]bool{"top": true, "verdicts": true, "made": true} // the page's own
	for _, s := range r.Sections {
		if !anchorPattern.MatchString(s.ID) || seen[s.ID] {
			return fmt.Errorf("section anchor %q is malformed or used twice", s.ID)
		}
		seen[s.ID] = true
		for _, f := range s.Files {
			if !fs.ValidPath(f) || strings.ContainsFunc(f, func(r rune) bool { return r < ' ' || strings.ContainsRune(`\:?#%`, r) }) {
				return fmt.Errorf("file %q is not a path relative to the page", f)
			}
		}
		for _, t := range slices.Concat(s.Tables, s.More.Tables) {
			if err := t.Mistake(); err != nil {
				return err
			}
		}
	}
	for _, c := range r.Claims {
		if c.Section != "" && !seen[c.Section] {
			return fmt.Errorf("claim %q is shown in section %q, which is none", c.Words, c.Section)
		}
		if !c.Verdict.Known() {
			return fmt.Errorf("claim %q has verdict %d, which is none", c.Words, int(c.Verdict))
		}
	}
	return nil
}

// HTML returns the page. It panics on mistakes of the caller (an anchor malformed or
// used twice, a claim shown in no section, a table with a row too short, a file outside
// the page's directory).
func (r *Report) HTML() []byte {
	if err := r.mistake(); err != nil {
		panic("page: " + err.Error())
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, r); err != nil {
		panic(fmt.Sprintf("page: page %s: %v", r.Title, err)) // by a mistake in the template
	}
	return b.Bytes()
}
