package figure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"molap/cmd/molap/internal/seq"
)

// panelNote is what the page's script has to know about a panel.
type panelNote struct {
	Area [4]json.Number `json:"area"` // of the data, in points from the figure's lower left corner: left, bottom, right, top
	X    *axisNote      `json:"x,omitempty"`
	Y    *axisNote      `json:"y,omitempty"`

	Title  string            `json:"title,omitempty"`
	Names  map[string]string `json:"names,omitempty"`  // of the series, by their colour
	Dashed string            `json:"dashed,omitempty"` // what a dashed line is
	Cells  *cellsNote        `json:"cells,omitempty"`
}

// axisNote is a numeric axis, or one of names, or one that counts rows or columns.
type axisNote struct {
	Label string      `json:"label"`
	Min   json.Number `json:"min,omitempty"`
	Max   json.Number `json:"max,omitempty"`
	Log   bool        `json:"log,omitempty"`
	Even  []float64   `json:"even,omitempty"` // values at equal distances, half of one from the ends

	Names []string `json:"names,omitempty"`
	Count bool     `json:"count,omitempty"`
}

// cellsNote has the values of a heat map. A few values are written out; if there are many, the page
// reads them off their colours.
type cellsNote struct {
	Rows  int    `json:"rows"`
	Cols  int    `json:"cols"`
	Label string `json:"label"` // the name of the values, with their unit

	Values string `json:"values,omitempty"` // row by row, separated by commas; nothing for NaN

	Min  json.Number `json:"min,omitempty"` // the values at the ends of the colour map
	Max  json.Number `json:"max,omitempty"`
	Map  string      `json:"map,omitempty"`  // its colours at equal distances, six digits each
	None string      `json:"none,omitempty"` // the colour of NaN
	Cut  bool        `json:"cut,omitempty"`  // some values lie beyond the ends
}

// writtenCells is the largest heat map whose values are written out.
const writtenCells = 256

// sixDigits keeps the digits that a drawing has, so that its bytes do not depend on the
// machine.
func sixDigits(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'g', 6, 64)) }

func noteArea(r vg.Rectangle) [4]json.Number {
	return [4]json.Number{sixDigits(float64(r.Min.X)), sixDigits(float64(r.Min.Y)), sixDigits(float64(r.Max.X)), sixDigits(float64(r.Max.Y))}
}

// noteAxis describes an axis as it was drawn.
func noteAxis(s axisScale, a Axis) *axisNote {
	if s.names == nil {
		return &axisNote{Label: a.Label, Min: sixDigits(s.min), Max: sixDigits(s.max), Log: s.log, Even: a.Even}
	}
	return &axisNote{Label: a.Label, Names: seq.Map(s.names, func(name string) string { return strings.ReplaceAll(name, "\n", " ") })}
}

// Notes returns what the page's script has to know about the figure, as JSON: for each panel the place
// of its data, and its axes, series and cells.
func (f *Figure) Notes() json.RawMessage {
	f.check()
	_, rows := f.arrange(vg.Point{X: vg.Length(f.Width) * vg.Inch, Y: vg.Length(f.Height) * vg.Inch})
	all := []panelNote{}
	for at := range f.panels() {
		all = append(all, rows[at.row][at.j].notes()...)
	}
	data, err := json.Marshal(all)
	if err != nil {
		panic(err) // ranges of axes are finite
	}
	return data
}

// notes describes the panel, channel by channel if it has several.
func (c panelCell) notes() []panelNote {
	b := c.panel.base()
	n := panelNote{Area: noteArea(c.area), Title: strings.TrimSpace(c.letter + " " + b.Title), Names: seriesNames(c.panel.entries()),
		X: noteAxis(c.x, b.X), Y: noteAxis(c.y, b.Y)}
	switch p := c.panel.(type) {
	case *Traces:
		return p.notes(n, c.axes)
	case *HeatMap:
		n.Area = noteArea(p.shrink(c.area))
		n.X, n.Y = noteCells(n.X, b.X), noteCells(n.Y, b.Y)
		n.Cells = p.note(p.bar(p.shrink(c.area).Size().Y))
	case *Counts: // it writes every value beside its mark
		return nil
	}
	return []panelNote{n}
}

// seriesNames returns the names that the legend gives to colours.
func seriesNames(entries []legendEntry) map[string]string {
	names := map[string]string{}
	for _, e := range entries {
		c := e.line
		switch {
		case e.marker != nil:
			c = e.marker.color
		case e.dashes != nil || e.width == lineRef:
			continue // a level, no series
		}
		if c.A == 0 {
			continue
		}
		if _, ok := names[cssColor(c)]; !ok && e.name != "" {
			names[cssColor(c)] = e.name
		}
	}
	if len(names) == 0 {
		return nil
	}
	return names
}

// cssColor returns a colour as CSS writes it.
func cssColor(c color.NRGBA) string { return fmt.Sprintf("rgb(%d, %d, %d)", c.R, c.G, c.B) }

// notes makes a panel of every channel.
func (t *Traces) notes(n panelNote, a axes) []panelNote {
	var all []panelNote
	for i, s := range t.strips(a) {
		c := t.Channels[i]
		n.Area, n.Y, n.Dashed = noteArea(s.area), noteAxis(s.y, Axis{Label: strings.TrimSpace(c.Group + " " + c.Name)}), ""
		if c.Behind != nil {
			n.Dashed = "target"
		}
		all = append(all, n)
	}
	return all
}

// noteCells describes an axis of a heat map, which counts rows or columns unless it has names or a range
// of its own.
func noteCells(n *axisNote, a Axis) *axisNote {
	switch {
	case a.names != nil:
		return n
	case a.ranged():
		s := a.limits(emptySpan, axisPad{})
		return &axisNote{Label: a.Label, Min: sixDigits(s.min), Max: sixDigits(s.max)}
	}
	return &axisNote{Label: a.Label, Count: true}
}

func (h *HeatMap) note(bar axisScale) *cellsNote {
	n := &cellsNote{Rows: h.Rows, Cols: h.Cols, Label: cmp.Or(h.BarLabel, h.Title, "value")}
	if len(h.Values) <= writtenCells {
		texts := make([]string, len(h.Values))
		for i, v := range h.Values {
			if !math.IsNaN(v) {
				texts[i] = strconv.FormatFloat(v, 'g', 4, 64)
			}
		}
		n.Values = strings.Join(texts, ",")
		return n
	}
	n.Min, n.Max, n.None = sixDigits(bar.min), sixDigits(bar.max), hexColor(h.Colors.missing())
	for _, c := range h.Colors.stops() {
		n.Map += hexColor(c)
	}
	for _, v := range h.Values {
		n.Cut = n.Cut || v < bar.min || v > bar.max
	}
	return n
}

func hexColor(c color.NRGBA) string { return fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B) }
