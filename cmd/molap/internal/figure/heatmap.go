package figure

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
)

// HeatMap shows a matrix in colours. Row 0 is at the top, as matrices are
// written. Frame.X and Frame.Y name what the columns and rows stand for; with
// their Min and Max left 0 the ticks count columns and rows. A value of NaN is
// grey.
type HeatMap struct {
	Frame
	Rows, Cols int
	Values     []float64 // rows × cols

	Colors   ColorMap
	Min, Max float64 // values at the ends of the map; both 0: the data's. A diverging map goes as far to either side of 0
	BarLabel string  // the name of the values, beside the colour bar

	RowNames, ColNames     []string // in place of numbers on the axes; nil for none
	RowBorders, ColBorders []int    // lines before these rows and columns, such as between modules
	Format                 string   // how to write a value into its cell, such as "%.0f"; empty: not at all
	Square                 bool     // cells as high as wide
}

func (h *HeatMap) check() {
	if h.Rows < 1 || h.Cols < 1 || len(h.Values) != h.Rows*h.Cols {
		panic(fmt.Sprintf("figure: HeatMap: %d values for %d×%d cells", len(h.Values), h.Rows, h.Cols))
	}
	if h.RowNames != nil && len(h.RowNames) != h.Rows || h.ColNames != nil && len(h.ColNames) != h.Cols {
		panic(fmt.Sprintf("figure: HeatMap: %d and %d names for %d×%d cells", len(h.RowNames), len(h.ColNames), h.Rows, h.Cols))
	}
	for _, b := range []struct {
		at []int
		n  int
	}{{h.RowBorders, h.Rows}, {h.ColBorders, h.Cols}} {
		for _, k := range b.at {
			if k < 0 || k > b.n {
				panic(fmt.Sprintf("figure: HeatMap: border before %d of %d", k, b.n))
			}
		}
	}
}

func (h *HeatMap) entries() []legendEntry { return nil }

func (h *HeatMap) data() (x, y dataSpan, px, py axisPad) {
	h.check()
	return dataSpan{0, float64(h.Cols)}, dataSpan{0, float64(h.Rows)}, axisPad{}, axisPad{}
}

// Room of the colour bar, in points.
const (
	barGap   = 6.0
	barWidth = 7.0
)

// base has names in place of numbers where there are any. Row 0 is at the top: Y runs downwards.
func (h *HeatMap) base() Frame {
	f := h.Frame
	f.Y.down = true
	if h.RowNames != nil {
		f.Y = f.Y.over(h.RowNames)
	}
	if h.ColNames != nil {
		f.X = f.X.over(h.ColNames)
	}
	return f
}

func (h *HeatMap) margins(a axes) margins {
	right := barGap + barWidth + tickLength + tickGap + h.bar(a.area.Size().Y).widest()
	if h.BarLabel != "" {
		right += 4 + sizeLabel
	}
	return margins{left: a.y.leftMargin(), right: right, top: 4, bottom: a.x.bottomMargin(h.shrink(a.area).Size().X)}
}

// shrink returns the part of area that the cells fill.
func (h *HeatMap) shrink(area vg.Rectangle) vg.Rectangle {
	if h.Square {
		side := min(area.Size().X/vg.Length(h.Cols), area.Size().Y/vg.Length(h.Rows))
		area.Max.X = area.Min.X + side*vg.Length(h.Cols)
		area.Min.Y = area.Max.Y - side*vg.Length(h.Rows)
	}
	return area
}

// bar returns the scale of the colour bar.
func (h *HeatMap) bar(height vg.Length) axisScale {
	s := emptySpan.cover(false, h.Values...)
	switch {
	case h.Min != 0 || h.Max != 0:
		s = dataSpan{h.Min, h.Max}
	case s.min > s.max: // no value at all
		s = dataSpan{0, 0}
	}
	if h.Colors == Diverging {
		s.max = max(s.max, -s.min)
		s.min = -s.max
	}
	if s.min == s.max {
		s = dataSpan{s.min - 1, s.max + 1}
	}
	return newScale(Axis{Min: s.min, Max: s.max}, emptySpan, axisPad{}, height, max(12, height/6))
}

func (h *HeatMap) draw(p pen, a axes) {
	a.area = h.shrink(a.area)
	bar := h.bar(a.area.Size().Y)
	p.DrawImage(a.area, h.image(bar))
	size := a.area.Size()
	for _, k := range h.ColBorders {
		x := a.area.Min.X + size.X*vg.Length(k)/vg.Length(h.Cols)
		p.line(ink, lineAxis, nil, x, a.area.Min.Y, x, a.area.Max.Y)
	}
	for _, k := range h.RowBorders {
		y := a.area.Max.Y - size.Y*vg.Length(k)/vg.Length(h.Rows)
		p.line(ink, lineAxis, nil, a.area.Min.X, y, a.area.Max.X, y)
	}
	h.write(p, a.area, bar)
	a.drawLeft(p)
	a.drawBottom(p)
	h.drawBar(p, a.area, bar)
}

// color returns the colour of a value.
func (h *HeatMap) color(v float64, bar axisScale) color.NRGBA {
	if math.IsNaN(v) {
		return h.Colors.missing()
	}
	return h.Colors.at(bar.norm(v))
}

// image paints every cell as a block of whole pixels, so that viewers that
// smooth enlarged images leave the cells sharp.
func (h *HeatMap) image(bar axisScale) image.Image {
	const wanted = 600 // pixels along a side
	w, v := (wanted+h.Cols-1)/h.Cols, (wanted+h.Rows-1)/h.Rows
	img := image.NewNRGBA(image.Rect(0, 0, w*h.Cols, v*h.Rows))
	for r := range h.Rows {
		for c := range h.Cols {
			cell := h.color(h.Values[r*h.Cols+c], bar)
			for j := range w {
				img.SetNRGBA(c*w+j, r*v, cell)
			}
		}
		line := img.Pix[r*v*img.Stride:][:img.Stride]
		for k := 1; k < v; k++ {
			copy(img.Pix[(r*v+k)*img.Stride:], line)
		}
	}
	return img
}

// write writes each value in the middle of its cell, all in one size. If the cells are too small for a
// readable size, it writes none.
func (h *HeatMap) write(p pen, area vg.Rectangle, bar axisScale) {
	if h.Format == "" {
		return
	}
	texts, longest := make([]string, len(h.Values)), vg.Length(0)
	for i, v := range h.Values {
		if table.Finite(v) {
			texts[i] = table.Minus(fmt.Sprintf(h.Format, v))
			longest = max(longest, textWidth(texts[i], 1))
		}
	}
	side := vg.Point{X: area.Size().X / vg.Length(h.Cols), Y: area.Size().Y / vg.Length(h.Rows)}
	const least = 4.5
	size := min(sizeTick, float64(side.Y)*0.8, 0.85*float64(side.X/max(longest, 1e-9)))
	if size < least {
		return
	}
	for i, s := range texts {
		x := area.Min.X + side.X*(vg.Length(i%h.Cols)+0.5)
		y := area.Max.Y - side.Y*(vg.Length(i/h.Cols)+0.5)
		p.text(s, size, false, onColor(h.color(h.Values[i], bar)), x, y, 0.5, 0.5)
	}
}

func (h *HeatMap) drawBar(p pen, area vg.Rectangle, bar axisScale) {
	x := area.Max.X + barGap
	const steps = 256
	img := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		img.SetNRGBA(0, i, h.Colors.at(1-(float64(i)+0.5)/steps))
	}
	p.DrawImage(vg.Rectangle{Min: vg.Point{X: x, Y: area.Min.Y}, Max: vg.Point{X: x + barWidth, Y: area.Max.Y}}, img)
	for _, t := range bar.ticks {
		y := area.Min.Y + bar.place(t.v)*area.Size().Y
		p.line(ink, lineAxis, nil, x+barWidth, y, x+barWidth+tickLength, y)
		t.draw(p, x+barWidth+tickLength+tickGap, y, 0, 0.5)
	}
	p.turned(h.BarLabel, sizeLabel, false, ink, x+barWidth+tickLength+tickGap+bar.widest()+4+capHeight*sizeLabel, (area.Min.Y+area.Max.Y)/2, math.Pi/2, 0.5, 0)
}
