package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"strconv"
)

// hoverScript shows the values of the point of a curve, or of the marker, next to the
// pointer. It reads them off the drawing, whose axes are noted in the attribute
// data-panels. Without it the page lacks nothing else.
//
//go:embed hover.js
var hoverScript string

// hoverHash names the one script that the page's content security policy lets run.
func hoverHash() string {
	sum := sha256.Sum256([]byte(hoverScript))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// panelNote is what the script has to know of a panel: the place of its data in
// points from the lower left corner (left, bottom, right, top), and its numeric axes.
type panelNote struct {
	Area [4]json.Number `json:"area"`
	X    *axisNote      `json:"x,omitempty"`
	Y    *axisNote      `json:"y,omitempty"`
}

type axisNote struct {
	Label   string      `json:"label"`
	Min     json.Number `json:"min"`
	Max     json.Number `json:"max"`
	Log     bool        `json:"log,omitempty"`
	Percent bool        `json:"percent,omitempty"`
}

// short keeps the digits that a drawing has, so that its bytes do not depend on the
// machine.
func short(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'g', 6, 64)) }

func noteAxis(s scale, a Axis) *axisNote {
	return &axisNote{a.Label, short(s.min), short(s.max), s.log, a.Percent}
}

// notes returns the attribute that notes the axes of panels whose points have values
// by them; empty if there are none.
func notes(rows [][]cell) string {
	var all []panelNote
	for _, row := range rows {
		for _, c := range row {
			n := panelNote{Area: [4]json.Number{short(float64(c.area.Min.X)), short(float64(c.area.Min.Y)), short(float64(c.area.Max.X)), short(float64(c.area.Max.Y))}}
			switch c.panel.(type) {
			case *Curves, *Stems:
				n.X, n.Y = noteAxis(c.x, c.panel.base().X), noteAxis(c.y, c.panel.base().Y)
			case *Dots: // over categories
				n.Y = noteAxis(c.y, c.panel.base().Y)
			case *Intervals: // beside categories
				n.X = noteAxis(c.x, c.panel.base().X)
			default:
				continue
			}
			all = append(all, n)
		}
	}
	if all == nil {
		return ""
	}
	data, err := json.Marshal(all)
	if err != nil {
		panic(err) // ranges of axes are finite
	}
	return ` data-panels="` + html.EscapeString(string(data)) + `"`
}

// noted reports whether text notes panels as notes does.
func noted(text string) bool {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	var all []panelNote
	return d.Decode(&all) == nil && !d.More()
}
