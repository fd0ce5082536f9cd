package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
)

// hoverScript shows the values of the point of a curve, of the marker or of the cell
// next to the pointer, and walks along them by the arrow keys. It reads the values off
// the drawing, whose axes are noted in the attribute data-panels. Without it the page
// lacks nothing else.
//
//go:embed hover.js
var hoverScript string

// hoverHash names the one script that the page's content security policy lets run.
func hoverHash() string {
	sum := sha256.Sum256([]byte(hoverScript))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

var panelsAttribute = regexp.MustCompile(` data-panels="[^"]*"`)

// annotate puts notes into an SVG element, in place of the drawing's own.
func annotate(svg string, notes json.RawMessage) (string, error) {
	all, err := readNotes(notes)
	if err != nil || len(all) == 0 {
		return svg, err
	}
	tag, rest, _ := strings.Cut(svg, ">")
	text := strings.NewReplacer("&", "&amp;", "'", "&#39;").Replace(string(noteText(all)))
	return "<svg data-panels='" + text + "'" + strings.TrimPrefix(panelsAttribute.ReplaceAllString(tag, ""), "<svg") + ">" + rest, nil
}
