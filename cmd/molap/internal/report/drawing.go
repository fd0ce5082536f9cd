package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"image/png"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A picture that lay in a directory for a year, or came from somebody else, shall bring
// no script, no request to the network and nothing of a page's own into the page. So
// the page gets no byte of the file itself: the file is read as XML, and the elements,
// attributes and properties of the tables below are written anew as HTML takes them.
// All else is an error, but for comments and instructions, which are left out.

// The name spaces of a drawing, and how deep its groups lie within each other at most.
const (
	svgSpace    = "http://www.w3.org/2000/svg"
	xlinkSpace  = "http://www.w3.org/1999/xlink"
	deepestMark = 16
)

// whole returns an expression that matches a whole text.
func whole(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) }

const (
	numberPattern = `[-+]?[0-9]*\.?[0-9]+(?:e[-+]?[0-9]+)?`
	listPattern   = numberPattern + `(?:[ ,]+` + numberPattern + `)*`
)

// What attributes and properties hold. None of it can name another place.
var (
	oneNumber  = whole(numberPattern)
	numberList = whole(listPattern)
	points     = whole(`[0-9]*\.?[0-9]+pt`)
	pathData   = whole(`[MLHVCSQTAZ0-9.,e+ -]*`)
	transforms = whole(`(?:(?:scale|translate|rotate|matrix)\(` + listPattern + `\) ?)*`)
	pngData    = whole(`data:image/png;base64,[A-Za-z0-9+/]*=*`)
	anything   = whole(`(?s:.*)`)

	paint  = whole(`none|#[0-9A-Fa-f]{6}`)
	dashes = whole(`none|` + listPattern)
	fonts  = whole(`[A-Za-z0-9 ',-]+`)
	word   = whole(`[a-z0-9-]+`)
)

// drawn has the elements of drawings with their attributes: xlink:href is href there,
// and style and data-panels are read on.
var drawn = map[string]map[string]*regexp.Regexp{
	"svg":   {"role": whole("img"), "aria-label": anything, "data-panels": anything, "width": points, "height": points, "viewBox": numberList},
	"g":     {"transform": transforms},
	"path":  {"d": pathData, "style": anything},
	"text":  {"x": oneNumber, "y": oneNumber, "transform": transforms, "textLength": oneNumber, "lengthAdjust": whole("spacing|spacingAndGlyphs"), "style": anything},
	"image": {"x": oneNumber, "y": oneNumber, "width": oneNumber, "height": oneNumber, "transform": transforms, "preserveAspectRatio": whole("none"), "href": pngData},
}

// properties are those of the attribute style.
var properties = map[string]*regexp.Regexp{
	"fill": paint, "fill-opacity": oneNumber, "stroke": paint, "stroke-opacity": oneNumber, "stroke-width": oneNumber,
	"stroke-dasharray": dashes, "stroke-dashoffset": oneNumber,
	"font-family": fonts, "font-size": whole(numberPattern + `px|medium`), "font-weight": word, "font-style": word, "font-variant": word,
}

// inline writes an SVG document anew as a part of a page, which decides the width,
// between the size at which its type can still be read and the size at which it looks
// coarse. Notes replace the drawing's own.
func inline(svg []byte, notes json.RawMessage) (template.HTML, error) {
	w := redrawing{notes: notes}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF && w.ended {
			return template.HTML(w.out.String()), nil
		}
		if err == nil {
			err = w.token(token)
		} else {
			err = fmt.Errorf("not an SVG: %w", err)
		}
		if err != nil {
			return "", err
		}
	}
}

// redrawing is a drawing that is being written anew.
type redrawing struct {
	notes json.RawMessage // instead of the drawing's own; nil: none
	out   strings.Builder
	open  []string // elements
	ended bool
}

// token writes a token of the document, or returns why no drawing of ours has it.
func (w *redrawing) token(token xml.Token) error {
	inner := ""
	if len(w.open) > 0 {
		inner = w.open[len(w.open)-1]
	}
	switch t := token.(type) {
	case xml.StartElement:
		return w.start(t, inner)
	case xml.EndElement:
		w.open = w.open[:len(w.open)-1]
		w.ended = len(w.open) == 0
		w.out.WriteString("</" + inner + ">")
	case xml.CharData:
		if inner == "text" {
			w.out.WriteString(escaped(string(t)))
		} else if text := bytes.TrimSpace(t); len(text) > 0 {
			return fmt.Errorf("the SVG has the text %.40q outside of a text element", text)
		}
	case xml.Directive:
		return errors.New("the SVG has a document type")
	}
	return nil
}

// start writes the beginning of an element within another one; "" is none.
func (w *redrawing) start(e xml.StartElement, inner string) error {
	name := e.Name.Local
	allowed := drawn[name]
	switch {
	case inner == "" && (name != "svg" || w.ended):
		return fmt.Errorf("not an SVG but %s", name)
	case e.Name.Space != svgSpace:
		return fmt.Errorf("the SVG has an element %s of the name space %.60q (want %s)", name, e.Name.Space, svgSpace)
	case allowed == nil || inner != "" && (name == "svg" || inner != "svg" && inner != "g"):
		return fmt.Errorf("the SVG has an element %s in %s", name, inner)
	case len(w.open) == deepestMark:
		return fmt.Errorf("the SVG has more than %d elements in each other", deepestMark)
	}
	w.open = append(w.open, name)
	w.out.WriteString("\n<" + name)
	var have []string
	for _, a := range e.Attr {
		if space, ok := nameSpace(a); ok {
			if a.Value != space {
				return fmt.Errorf("the SVG has the name space %.60q (want %s)", a.Value, space)
			}
			continue
		}
		key := a.Name.Local
		known := a.Name.Space == "" && key != "href" || a.Name.Space == xlinkSpace && key == "href"
		if check := allowed[key]; !known || check == nil || !check.MatchString(a.Value) || slices.Contains(have, key) {
			return fmt.Errorf("the SVG has an attribute %.40s=%.60q", key, a.Value)
		}
		have = append(have, key)
		if err := w.attribute(name, key, a.Value); err != nil {
			return err
		}
	}
	if name == "svg" {
		if !slices.Contains(have, "width") {
			return errors.New("the SVG does not state its size in points")
		}
		if err := w.panels(w.notes); err != nil {
			return err
		}
	}
	w.out.WriteString(">")
	return nil
}

// nameSpace reports whether an attribute declares a name space, and which one alone it
// may declare. Other prefixes than xlink have none that would do.
func nameSpace(a xml.Attr) (space string, ok bool) {
	switch a.Name {
	case xml.Name{Local: "xmlns"}:
		return svgSpace, true
	case xml.Name{Space: "xmlns", Local: "xlink"}:
		return xlinkSpace, true
	}
	return "", false
}

// attribute writes an attribute whose value is of the form that its table demands.
func (w *redrawing) attribute(element, key, value string) (err error) {
	switch {
	case element == "svg" && key == "height": // the page's to decide
		return nil
	case element == "svg" && key == "width":
		size, err := strconv.ParseFloat(strings.TrimSuffix(value, "pt"), 64)
		if err != nil || size < 1 || size > 20*72 { // see Figure
			return fmt.Errorf("the SVG is %.20s wide (want 1pt to 1440pt)", value)
		}
		key, value = "style", fmt.Sprintf("min-width:%.0fpx;max-width:%.0fpx", size*1.15, size*1.8)
	case key == "data-panels":
		if w.notes != nil {
			return nil
		}
		return w.panels([]byte(value))
	case key == "href":
		key, err = "xlink:href", checkPNG(value)
	case key == "style":
		value, err = style(value)
	}
	w.out.WriteString(" " + key + `="` + escaped(value) + `"`)
	return err
}

// panels writes the attribute that has notes, if there are any.
func (w *redrawing) panels(notes json.RawMessage) error {
	if notes == nil {
		return nil
	}
	all, err := readNotes(notes)
	if err != nil || len(all) == 0 {
		return err
	}
	// In single quotes, JSON reads like JSON.
	w.out.WriteString(" data-panels='" + strings.NewReplacer("&", "&amp;", "'", "&#39;").Replace(string(noteText(all))) + "'")
	return nil
}

// style writes a list of properties anew.
func style(text string) (string, error) {
	var all []string
	for declared := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(text), ";"), ";") {
		key, value, _ := strings.Cut(declared, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if check := properties[key]; check == nil || !check.MatchString(value) {
			return "", fmt.Errorf("the SVG has a property %.60q", declared)
		}
		all = append(all, key+":"+value)
	}
	return strings.Join(all, ";"), nil
}

// mostPixels is more than any image in a drawing of ours has: of a heat map, one a cell.
const mostPixels = 1 << 24

// checkPNG returns an error unless an address is a PNG image with pixels in number.
func checkPNG(address string) error {
	_, text, _ := strings.Cut(address, ",")
	head, err := png.DecodeConfig(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil {
		return fmt.Errorf("an image of the SVG: %w", err)
	}
	if pixels := int64(head.Width) * int64(head.Height); pixels > mostPixels {
		return fmt.Errorf("an image of the SVG has %d pixels (want at most %d)", pixels, mostPixels)
	}
	return nil
}

// escaped writes text as HTML takes it, between tags and in quotes of either kind.
func escaped(text string) string { return template.HTMLEscapeString(text) }
