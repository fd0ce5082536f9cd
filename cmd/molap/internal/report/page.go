package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
)

// Report is one HTML page. It holds its figures and its style itself: nothing is
// fetched, and one script of its own runs, which shows values under the pointer and
// walks along them by the keyboard.
type Report struct {
	Title     string
	Subtitle  string
	Claims    []Claim  // shown first; those on one sentence of the paper follow each other
	ClaimNote string   // how the verdicts are reached
	Findings  []string // the results in a sentence each
	Summary   []string // paragraphs below them
	Sections  []Section
	Facts     []Setting // version, CPU, kernel, seeds, time: what a reader needs to repeat it
}

// Section is one experiment.
type Section struct {
	ID         string // anchor: lower-case letters, digits and hyphens, unique in the page
	Title      string
	Paragraphs []string
	Figures    []Picture
	Tables     []*Table
	Files      []string  // paths relative to the page
	Command    string    // what makes this section again
	Settings   []Setting // folded away until asked for
}

// Setting is a name with its value.
type Setting struct{ Name, Value string }

// Picture is a figure made ready for a page.
type Picture struct {
	Name    string
	Caption string
	Notes   json.RawMessage // from Figure.Notes, now or earlier; nil: what the drawing itself notes
	SVG     []byte          // from Figure.SVG, now or earlier
}

// Picture returns the figure for a page, with a caption.
func (f *Figure) Picture(caption string) Picture {
	return Picture{Name: f.Name, Caption: caption, Notes: f.Notes(), SVG: f.SVG()}
}

//go:embed page.html.tmpl
var pageText string

var (
	pageTemplate = template.Must(template.New("page").Parse(pageText))
	anchor       = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// pageView is what the template sees.
type pageView struct {
	Report
	Claims   claimsView
	Sections []sectionView

	Script     template.JS
	ScriptHash string
}

type sectionView struct {
	Section
	Figures []pictureView
	Tables  []htmlTable
}

type pictureView struct {
	Caption string
	SVG     template.HTML
}

// mistake returns what makes a page of the report impossible, if anything does: an
// anchor that is malformed or used twice, a claim whose section or verdict is none,
// a table that is no table, a file outside the page's directory.
func (r *Report) mistake() error {
	seen := map[string]bool{"top": true, "verdicts": true} // the page's own
	for _, s := range r.Sections {
		if !anchor.MatchString(s.ID) || seen[s.ID] {
			return fmt.Errorf("section anchor %q is malformed or used twice", s.ID)
		}
		seen[s.ID] = true
		for _, f := range s.Files {
			if u, err := url.Parse(f); err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(f, "/") || strings.Contains(f, "..") {
				return fmt.Errorf("file %q is not a path relative to the page", f)
			}
		}
		for _, t := range s.Tables {
			if err := t.mistake(); err != nil {
				return err
			}
		}
	}
	for _, c := range r.Claims {
		if c.Section != "" && !seen[c.Section] {
			return fmt.Errorf("claim %q is shown in section %q, which is none", c.Words, c.Section)
		}
		if !slices.Contains(verdicts, c.Verdict) {
			return fmt.Errorf("claim %q has verdict %d, which is none", c.Words, int(c.Verdict))
		}
	}
	return nil
}

// HTML returns the page. It panics on mistakes of the caller (an anchor malformed or
// used twice, a claim shown in no section, a table with a row too short, a file outside
// the page's directory) and returns an error if a picture or its notes are not such as
// Figure makes them.
func (r *Report) HTML() ([]byte, error) {
	if err := r.mistake(); err != nil {
		panic("report: " + err.Error())
	}
	v := pageView{Report: *r, Claims: viewClaims(r.Claims), Script: template.JS(hoverScript), ScriptHash: hoverHash()}
	for _, s := range r.Sections {
		sv := sectionView{Section: s}
		for _, p := range s.Figures {
			svg, err := inline(p.SVG, p.Notes)
			if err != nil {
				return nil, fmt.Errorf("report: picture %s: %w", p.Name, err)
			}
			sv.Figures = append(sv.Figures, pictureView{p.Caption, svg})
		}
		for _, t := range s.Tables {
			sv.Tables = append(sv.Tables, t.html())
		}
		v.Sections = append(v.Sections, sv)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("report: page %s: %w", r.Title, err)
	}
	return b.Bytes(), nil
}

// Write writes the page to path.
func (r *Report) Write(path string) error {
	page, err := r.HTML()
	if err != nil {
		return err
	}
	return atomicfile.Write(path, page)
}

// size of an SVG as the backend states it.
var svgSize = regexp.MustCompile(`width="([0-9.]+)pt" height="[0-9.]+pt"`)

// inline makes an SVG document part of a page: it drops the XML declaration and
// lets the page decide the width, between the size at which its type can still
// be read and the size at which it looks coarse. Notes replace the drawing's own.
func inline(svg []byte, notes json.RawMessage) (template.HTML, error) {
	if err := harmless(svg); err != nil {
		return "", err
	}
	s := string(svg)
	s = s[strings.Index(s, "<svg"):]
	m := svgSize.FindStringSubmatch(s)
	if m == nil {
		return "", errors.New("the SVG does not state its size in points")
	}
	points, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return "", err
	}
	s = strings.Replace(s, m[0], fmt.Sprintf(`style="min-width:%.0fpx;max-width:%.0fpx"`, points*1.15, points*1.8), 1)
	if notes != nil {
		if s, err = annotate(s, notes); err != nil {
			return "", err
		}
	}
	return template.HTML(s), nil
}

// harmless accepts the elements and attributes that Figure writes and no others:
// a picture that lay in a directory for a year shall not bring a script, a
// request to the network or a second element of some id into the page.
func harmless(svg []byte) error {
	d := xml.NewDecoder(bytes.NewReader(svg))
	for first := true; ; {
		token, err := d.Token()
		if err == io.EOF && !first {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not an SVG: %w", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			if _, ok := token.(xml.Directive); ok {
				return errors.New("the SVG has a document type")
			}
			continue
		}
		switch e.Name.Local {
		case "svg", "g", "path", "text", "image":
		default:
			return fmt.Errorf("the SVG has an element %s", e.Name.Local)
		}
		if first && e.Name.Local != "svg" {
			return fmt.Errorf("not an SVG but %s", e.Name.Local)
		}
		first = false
		for _, a := range e.Attr {
			bad := strings.Contains(a.Value, "url(")
			switch a.Name.Local {
			case "width", "height", "viewBox", "xmlns", "xlink", "role", "aria-label", "transform", "style", "d", "x", "y", "preserveAspectRatio", "textLength", "lengthAdjust":
			case "data-panels":
				_, err := readNotes([]byte(a.Value))
				bad = err != nil
			case "href":
				bad = !strings.HasPrefix(a.Value, "data:image/png;base64,")
			default:
				bad = true
			}
			if bad {
				return fmt.Errorf("the SVG has an attribute %s=%q", a.Name.Local, a.Value)
			}
		}
	}
}
