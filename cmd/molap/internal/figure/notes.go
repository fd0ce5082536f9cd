package figure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// panelNote is what the page's script has to know about a panel. A drawing by [Figure.SVG] notes only
// areas and numeric axes; [Figure.Notes] has everything.
type panelNote struct {
	Area [4]json.Number `json:"area"` // of the data, in points from the figure's lower left corner: left, bottom, right, top
	X    *axisNote      `json:"x,omitempty"`
	Y    *axisNote      `json:"y,omitempty"`

	Title  string            `json:"title,omitempty"`
	Names  map[string]string `json:"names,omitempty"`  // of the series, by their colour
	Dashed string            `json:"dashed,omitempty"` // what a dashed line is
	Bars   bool              `json:"bars,omitempty"`   // values are the tops of bars
	Cells  *cellsNote        `json:"cells,omitempty"`
}

// axisNote is a numeric axis, or one of names, or one that counts rows or columns.
type axisNote struct {
	Label   string      `json:"label"`
	Min     json.Number `json:"min,omitempty"`
	Max     json.Number `json:"max,omitempty"`
	Log     bool        `json:"log,omitempty"`
	Percent bool        `json:"percent,omitempty"`
	Even    []float64   `json:"even,omitempty"` // values at equal distances, half of one from the ends

	Names []string `json:"names,omitempty"`
	Count bool     `json:"count,omitempty"`
}

// cellsNote has the values of a heat map. A few values are written out; if there are many, the page
// reads them off their colours.
type cellsNote struct {
	Rows  int    `json:"rows"`
	Cols  int    `json:"cols"`
	Label string `json:"label"` // what the values are, with their unit

	Values string `json:"values,omitempty"` // row by row, separated by commas; nothing for NaN

	Min  json.Number `json:"min,omitempty"` // the values at the ends of the colour map
	Max  json.Number `json:"max,omitempty"`
	Map  string      `json:"map,omitempty"`  // its colours at equal distances, six digits each
	None string      `json:"none,omitempty"` // the colour of NaN
	Cut  bool        `json:"cut,omitempty"`  // some values lie beyond the ends
}

// writtenCells is the largest heat map whose values are written out.
const writtenCells = 256

// short keeps the digits that a drawing has, so that its bytes do not depend on the
// machine.
func short(v float64) json.Number { return json.Number(strconv.FormatFloat(v, 'g', 6, 64)) }

func noteArea(r vg.Rectangle) [4]json.Number {
	return [4]json.Number{short(float64(r.Min.X)), short(float64(r.Min.Y)), short(float64(r.Max.X)), short(float64(r.Max.Y))}
}

func noteAxis(s scale, a Axis) *axisNote {
	return &axisNote{Label: a.Label, Min: short(s.min), Max: short(s.max), Log: s.log, Percent: a.Percent, Even: a.Even}
}

func noteNames(label string, names []string) *axisNote {
	a := &axisNote{Label: label}
	for _, n := range names {
		a.Names = append(a.Names, strings.ReplaceAll(n, "\n", " "))
	}
	return a
}

// notes returns an attribute that notes the axes of those panels in which points are read off axes;
// empty if there are none.
func notes(rows [][]cell) string {
	var all []panelNote
	for _, row := range rows {
		for _, c := range row {
			n := panelNote{Area: noteArea(c.area)}
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
	return ` data-panels="` + html.EscapeString(string(noteText(all))) + `"`
}

// Notes returns what the page's script has to know about the figure, as JSON: for each panel the place
// of its data, and its axes, series and cells.
func (f *Figure) Notes() json.RawMessage { return noteText(f.notes()) }

func (f *Figure) notes() []panelNote {
	f.check()
	_, rows := f.arrange(vg.Point{X: vg.Length(f.Width) * vg.Inch, Y: vg.Length(f.Height) * vg.Inch})
	all := []panelNote{}
	for _, row := range rows {
		for _, c := range row {
			all = append(all, c.notes()...)
		}
	}
	return all
}

// notes describes the panel, channel by channel if it has several.
func (c cell) notes() []panelNote {
	if c.panel == nil {
		return nil
	}
	b := c.panel.base()
	n := panelNote{Area: noteArea(c.area), Title: strings.TrimSpace(c.letter + " " + b.Title), Names: seriesNames(c.panel.entries())}
	switch p := c.panel.(type) {
	case *Curves:
		n.X, n.Y = noteAxis(c.x, b.X), noteAxis(c.y, b.Y)
	case *Stems:
		n.X, n.Y = noteAxis(c.x, b.X), noteAxis(c.y, b.Y)
		n.X.Label = p.trials(c.x).label
	case *Dots:
		n.X, n.Y, n.Bars = noteNames(b.X.Label, p.Categories), noteAxis(c.y, b.Y), p.Bars
	case *Intervals:
		n.X, n.Y = noteAxis(c.x, b.X), noteNames(b.Y.Label, p.Rows)
	case *Traces:
		return p.notes(n, c)
	case *HeatMap:
		n.Area = noteArea(p.shrink(c.area))
		n.X, n.Y = noteCells(b.X, p.Cols, p.ColNames), noteCells(b.Y, p.Rows, p.RowNames)
		n.Cells = p.note(p.bar(p.shrink(c.area).Size().Y))
	default: // Counts writes every value beside its bar
		return nil
	}
	return []panelNote{n}
}

// seriesNames returns the names that the legend gives to colours.
func seriesNames(entries []entry) map[string]string {
	names := map[string]string{}
	for _, e := range entries {
		c := e.line
		switch {
		case e.marker != nil:
			c = e.marker.color
		case e.band.A == 0xff:
			c = e.band
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
func (t *Traces) notes(n panelNote, c cell) []panelNote {
	var all []panelNote
	n.X = noteAxis(c.x, t.X)
	if n.X.Label == "" {
		n.X.Label = "time (ms)"
	}
	for i, s := range t.strips(c.area) {
		n.Area = noteArea(s.box)
		n.Y = noteAxis(s.y, Axis{Label: strings.TrimSpace(t.Channels[i].Group + " " + t.Channels[i].Name)})
		n.Dashed = ""
		if t.Channels[i].Behind != nil {
			n.Dashed = "target"
		}
		all = append(all, n)
	}
	return all
}

// noteCells describes an axis of a heat map of n rows or columns.
func noteCells(a Axis, n int, names []string) *axisNote {
	switch {
	case names != nil:
		return noteNames(a.Label, names)
	case a.Min != 0 || a.Max != 0:
		return &axisNote{Label: a.Label, Min: short(a.Min), Max: short(a.Max)}
	}
	return &axisNote{Label: a.Label, Count: true}
}

func (h *HeatMap) note(bar scale) *cellsNote {
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
	n.Min, n.Max, n.None = short(bar.min), short(bar.max), hex(h.Colors.missing())
	for _, c := range h.Colors.stops() {
		n.Map += hex(c)
	}
	for _, v := range h.Values {
		n.Cut = n.Cut || v < bar.min || v > bar.max
	}
	return n
}

func hex(c color.NRGBA) string { return fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B) }

func noteText(notes []panelNote) []byte {
	data, err := json.Marshal(notes)
	if err != nil {
		panic(err) // ranges of axes are finite
	}
	return data
}
