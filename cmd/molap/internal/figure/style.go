package figure

import (
	"image/color"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of type and lines in points, for a figure printed at its own width.
const (
	sizeLabel  = 8.0
	sizeTick   = 7.0
	sizeSmall  = 6.5
	sizeLetter = 10.0

	lineAxis = 0.6
	lineGrid = 0.4
	lineData = 1.0
	lineRef  = 0.8
)

// ink and the greys around it.
var (
	ink      = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	inkMuted = color.NRGBA{0x5a, 0x5a, 0x5a, 0xff}
	gridGrey = color.NRGBA{0xe2, 0xe2, 0xe2, 0xff}
	bandGrey = color.NRGBA{0xf5, 0xf5, 0xf5, 0xff}
	white    = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// Dash patterns.
var (
	dashed     = []vg.Length{4, 2}
	dotted     = []vg.Length{1.2, 1.5}
	dashDotted = []vg.Length{5, 1.5, 1.2, 1.5}
)

// fadedColor returns c with opacity a in [0,1].
func fadedColor(c color.NRGBA, a float64) color.NRGBA {
	c.A = uint8(255*a + 0.5)
	return c
}

// The Liberation fonts come with gonum/plot, so that widths are known without
// asking the machine for its fonts.
var (
	regularFace = faceNamed("LiberationSans-Regular")
	boldFace    = faceNamed("LiberationSans-Bold")
)

func faceNamed(name string) font.Face {
	for _, f := range liberation.Collection() {
		if f.Name() == name {
			return f
		}
	}
	panic("figure: gonum/plot has no font " + name)
}

func fontFace(size float64, bold bool) font.Face {
	f := regularFace
	if bold {
		f = boldFace
	}
	f.Font.Size = vg.Length(size)
	return f
}

// textWidth returns the width of s set in size points.
func textWidth(s string, size float64) vg.Length {
	f := fontFace(size, false)
	return f.Width(s)
}

// capHeight is the height of a capital over the size of the type.
const capHeight = 0.716

// pen draws in points with the style of this package.
type pen struct{ draw.Canvas }

// text writes s with its anchor at (x, y): ax is 0, ½ or 1 for an anchor at the
// left end, the middle or the right end; ay is 0, ½ or 1 for the baseline, half
// the height or the top of a capital.
func (p pen) text(s string, size float64, bold bool, c color.Color, x, y vg.Length, ax, ay float64) {
	if s == "" {
		return
	}
	f := fontFace(size, bold)
	p.SetColor(c)
	p.FillString(f, vg.Point{
		X: x - vg.Length(ax)*f.Width(s),
		Y: y - vg.Length(ay*capHeight*size),
	}, s)
}

// turned writes s rotated by angle radians about its anchor.
func (p pen) turned(s string, size float64, bold bool, c color.Color, x, y vg.Length, angle, ax, ay float64) {
	p.Push()
	p.Translate(vg.Point{X: x, Y: y})
	p.Rotate(angle)
	p.text(s, size, bold, c, 0, 0, ax, ay)
	p.Pop()
}

// line draws a straight line; dashes nil draws it whole.
func (p pen) line(c color.Color, w float64, dashes []vg.Length, x0, y0, x1, y1 vg.Length) {
	p.StrokeLine2(draw.LineStyle{Color: c, Width: vg.Length(w), Dashes: dashes}, x0, y0, x1, y1)
}

// rect fills a rectangle.
func (p pen) rect(c color.Color, x0, y0, x1, y1 vg.Length) {
	p.polygon(c, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}

// polygon fills the polygon with the given corners.
func (p pen) polygon(c color.Color, pts []vg.Point) {
	var path vg.Path
	for i, pt := range pts {
		if i == 0 {
			path.Move(pt)
		} else {
			path.Line(pt)
		}
	}
	path.Close()
	p.SetColor(c)
	p.Fill(path)
}

// marker draws a filled marker of radius r with a white rim that keeps
// neighbours apart.
func (p pen) marker(l seriesLook, r float64, x, y vg.Length) {
	p.glyph(seriesLook{white, l.shape}, r+0.6, x, y)
	p.glyph(l, r, x, y)
}

func (p pen) glyph(l seriesLook, r float64, x, y vg.Length) {
	d := vg.Length(r)
	at := func(xs ...vg.Length) []vg.Point {
		pts := make([]vg.Point, 0, len(xs)/2)
		for i := 0; i < len(xs); i += 2 {
			pts = append(pts, vg.Point{X: x + xs[i]*d, Y: y + xs[i+1]*d})
		}
		return pts
	}
	switch l.shape {
	case square:
		p.polygon(l.color, at(-.88, -.88, .88, -.88, .88, .88, -.88, .88))
	case triangle:
		p.polygon(l.color, at(-1.05, -.8, 1.05, -.8, 0, 1.1))
	case diamond:
		p.polygon(l.color, at(0, -1.25, 1.1, 0, 0, 1.25, -1.1, 0))
	case inverted:
		p.polygon(l.color, at(-1.05, .8, 1.05, .8, 0, -1.1))
	case cross:
		const a, c = 1.0, 0.5 // the corners of its ends
		const e = a - c       // where its bars meet
		p.polygon(l.color, at(0, e, c, a, a, c, e, 0, a, -c, c, -a, 0, -e, -c, -a, -a, -c, -e, 0, -a, c, -c, a))
	default:
		p.DrawGlyphNoClip(draw.GlyphStyle{Color: l.color, Radius: d, Shape: draw.CircleGlyph{}}, vg.Point{X: x, Y: y})
	}
}
