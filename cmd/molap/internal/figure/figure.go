package figure

import (
	"bytes"
	"fmt"
	"html"
	"image/png"
	"strings"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a grid of panels below one legend. The legend names every series of
// every panel once and never lies on the data.
type Figure struct {
	Name string // file name without its ending
	Alt  string // what the figure shows, for readers who cannot see it; required

	Width, Height float64 // inches; a column of a journal is about 3.5 wide, a page 7

	// Rows of panels from the top, lettered a, b, c … in this order if there are several. The panels of
	// a row have data areas of one width; a nil panel leaves its place empty (see Grid).
	Rows [][]Panel
	// RowHeights are the relative heights of the rows' data areas; nil for equal.
	RowHeights []float64

	// SharedX gives the panels of each column one range, SharedY all panels. Only
	// the lowest panel of each column and the first of each row then have labels
	// on that axis.
	SharedX, SharedY bool
	// Loose lays out each row for itself, without columns. It suits panels of
	// different kinds.
	Loose bool
}

// Panel is one set of axes with its data: *Dots, *Curves, *Traces,
// *Stems, *HeatMap, *Intervals or *Counts.
type Panel interface {
	base() Frame
	// entries are the panel's lines of the legend.
	entries() []legendEntry
	// data is what the axes have to hold and the padding around it.
	data() (x, y dataSpan, px, py axisPad)
	// margins is the room needed around a data area of the size of a's, without letter and title.
	margins(a axes) margins
	draw(p pen, a axes)
}

type margins struct{ left, right, top, bottom vg.Length }

// Grid arranges panels in rows of cols; the last row is filled up with nil.
func Grid(cols int, panels ...Panel) [][]Panel {
	var rows [][]Panel
	for len(panels) > 0 {
		row := make([]Panel, cols)
		panels = panels[copy(row, panels):]
		rows = append(rows, row)
	}
	return rows
}

// DPI is the resolution of PNG files in dots per inch. Journals ask for 300 in line art in colour.
// Tests that open no picture lower it, since drawing would take most of their time.
var DPI = 300

// SVG returns the figure as an SVG document.
func (f *Figure) SVG() []byte {
	f.check()
	c := &measuringCanvas{Canvas: vgsvg.New(vg.Length(f.Width)*vg.Inch, vg.Length(f.Height)*vg.Inch)}
	p := pen{draw.New(c)}
	p.rect(white, p.Min.X, p.Min.Y, p.Max.X, p.Max.Y)
	f.draw(p)
	var b bytes.Buffer
	c.WriteTo(&b) // bytes.Buffer returns no error
	svg := strings.NewReplacer(
		"font-family:Liberation Sans;font-variant:normal;", sansSVG,
		"font-weight:normal;font-style:normal;", "",
		"font-style:normal;", "",
		// The backend writes PNG data and calls it JPEG.
		"data:image/jpg;base64,", "data:image/png;base64,",
		// An image fills its place whatever its pixels' proportions.
		"<image ", `<image preserveAspectRatio="none" `,
	).Replace(c.fitted(b.String()))
	return []byte(strings.Replace(svg, "<svg ", `<svg role="img" aria-label="`+html.EscapeString(f.Alt)+`" `, 1))
}

// measuringCanvas is a canvas that remembers how wide its texts are.
type measuringCanvas struct {
	*vgsvg.Canvas
	widths []vg.Length
}

func (m *measuringCanvas) FillString(f font.Face, at vg.Point, s string) {
	m.widths = append(m.widths, f.Width(s))
	m.Canvas.FillString(f, at, s)
}

// fitted writes its width into each text of an SVG, so that texts keep their widths where none of the
// fonts of sansSVG is installed.
func (m *measuringCanvas) fitted(svg string) string {
	var b strings.Builder
	for i, part := range strings.Split(svg, "<text ") {
		if i > 0 {
			fmt.Fprintf(&b, `<text textLength="%.4g" lengthAdjust="spacingAndGlyphs" `, m.widths[i-1].Points())
		}
		b.WriteString(part)
	}
	return b.String()
}

// sansSVG names fonts with the metrics of Liberation Sans, which placed the text.
const sansSVG = "font-family:'Liberation Sans',Arimo,Arial,Helvetica,sans-serif;"

// PNG returns the figure as a PNG image of DPI dots per inch.
func (f *Figure) PNG() ([]byte, error) {
	f.check()
	c := vgimg.NewWith(vgimg.UseWH(vg.Length(f.Width)*vg.Inch, vg.Length(f.Height)*vg.Inch), vgimg.UseDPI(DPI))
	f.draw(pen{draw.New(c)})
	var b bytes.Buffer
	// The default level makes files some 4 % smaller and takes half as long again.
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, c.Image()); err != nil {
		return nil, fmt.Errorf("figure %s: %w", f.Name, err)
	}
	return b.Bytes(), nil
}

// Files returns Name.svg and Name.png.
func (f *Figure) Files() ([]table.File, error) {
	raster, err := f.PNG()
	if err != nil {
		return nil, err
	}
	return []table.File{{Name: f.Name + ".svg", Data: f.SVG()}, {Name: f.Name + ".png", Data: raster}}, nil
}

func (f *Figure) check() {
	if f.Width < 1 || f.Width > 20 || f.Height < 1 || f.Height > 60 {
		panic(fmt.Sprintf("figure %s is %g×%g inches, want 1…20 × 1…60", f.Name, f.Width, f.Height))
	}
	if strings.TrimSpace(f.Alt) == "" {
		panic(fmt.Sprintf("figure %s has no alternative text", f.Name))
	}
	if f.RowHeights != nil && len(f.RowHeights) != len(f.Rows) {
		panic(fmt.Sprintf("figure %s has %d rows and %d row heights", f.Name, len(f.Rows), len(f.RowHeights)))
	}
}
