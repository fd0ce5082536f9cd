package report

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// HeatMap shows a matrix with a colour map whose middle is zero: blue below,
// red above, grey where a value is NaN. Row 0 is at the top, as matrices are
// written. Frame.X and Frame.Y name what the columns and rows stand for; with
// their Min and Max left 0 the ticks count columns and rows.
type HeatMap struct {
	Frame
	Rows, Cols int
	Values     []float64 // rows × cols
	Limit      float64   // |value| at the ends of the colour map; 0: the largest there is
	BarLabel   string    // what the values are, beside the colour bar
	Square     bool      // cells as high as wide
}

func (h *HeatMap) check() {
	if h.Rows < 1 || h.Cols < 1 || len(h.Values) != h.Rows*h.Cols {
		panic(fmt.Sprintf("report: HeatMap: %d values for %d×%d cells", len(h.Values), h.Rows, h.Cols))
	}
}

func (h *HeatMap) entries() []entry { return nil }

func (h *HeatMap) data() (x, y span, px, py pad) {
	h.check()
	return span{0, float64(h.Cols)}, span{0, float64(h.Rows)}, pad{}, pad{}
}

// Room of the colour bar, in points.
const (
	barGap   = 6.0
	barWidth = 7.0
)

func (h *HeatMap) margins(x, y scale, area vg.Point) margins {
	b := h.bar(area.Y)
	w := vg.Length(0)
	for _, t := range b.ticks {
		w = max(w, t.width())
	}
	right := barGap + barWidth + tickLength + tickGap + w
	if h.BarLabel != "" {
		right += 4 + sizeLabel
	}
	return margins{left: y.leftMargin(), right: right, top: 4, bottom: x.bottomMargin()}
}

// bar is the scale of the colour bar.
func (h *HeatMap) bar(height vg.Length) scale {
	limit := h.Limit
	if limit == 0 {
		for _, v := range h.Values {
			if finite(v) {
				limit = max(limit, math.Abs(v))
			}
		}
	}
	if limit == 0 {
		limit = 1
	}
	return newScale(Axis{Min: -limit, Max: limit}, emptySpan, pad{}, height, 20)
}

// diverging is the colour at t in [−1,1]: stops of ColorBrewer's RdBu, reversed.
func diverging(t float64) color.NRGBA {
	if math.IsNaN(t) {
		return grey
	}
	cold := []color.NRGBA{{0xf7, 0xf7, 0xf7, 0xff}, {0x92, 0xc5, 0xde, 0xff}, {0x43, 0x93, 0xc3, 0xff}, {0x21, 0x66, 0xac, 0xff}, {0x05, 0x30, 0x61, 0xff}}
	warm := []color.NRGBA{{0xf7, 0xf7, 0xf7, 0xff}, {0xf4, 0xa5, 0x82, 0xff}, {0xd6, 0x60, 0x4d, 0xff}, {0xb2, 0x18, 0x2b, 0xff}, {0x67, 0x00, 0x1f, 0xff}}
	stops := warm
	if t < 0 {
		stops, t = cold, -t
	}
	at := min(t, 1) * float64(len(stops)-1)
	k := min(int(at), len(stops)-2)
	return blend(stops[k], stops[k+1], at-float64(k))
}

func (h *HeatMap) draw(p pen, area vg.Rectangle, x, y scale) {
	if h.Square {
		cellSize := min(area.Size().X/vg.Length(h.Cols), area.Size().Y/vg.Length(h.Rows))
		area.Max.X = area.Min.X + cellSize*vg.Length(h.Cols)
		area.Min.Y = area.Max.Y - cellSize*vg.Length(h.Rows)
	}
	bar := h.bar(area.Size().Y)
	p.DrawImage(area, h.image(bar.max))

	// Row 0 is at the top: the axis runs downwards.
	down := y
	down.min, down.max = y.max, y.min
	down.drawLeft(p, area)
	x.drawBottom(p, area)
	h.drawBar(p, area, bar)
}

// image paints every cell as a block of whole pixels, so that viewers that
// smooth enlarged images leave the cells sharp.
func (h *HeatMap) image(limit float64) image.Image {
	const wanted = 600 // pixels along a side
	w, v := (wanted+h.Cols-1)/h.Cols, (wanted+h.Rows-1)/h.Rows
	img := image.NewNRGBA(image.Rect(0, 0, w*h.Cols, v*h.Rows))
	for i := range img.Rect.Dy() {
		for j := range img.Rect.Dx() {
			img.SetNRGBA(j, i, diverging(h.Values[i/v*h.Cols+j/w]/limit))
		}
	}
	return img
}

func (h *HeatMap) drawBar(p pen, area vg.Rectangle, bar scale) {
	x := area.Max.X + barGap
	const steps = 256
	img := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		img.SetNRGBA(0, i, diverging(1-2*(float64(i)+0.5)/steps))
	}
	p.DrawImage(vg.Rectangle{Min: vg.Point{X: x, Y: area.Min.Y}, Max: vg.Point{X: x + barWidth, Y: area.Max.Y}}, img)
	w := vg.Length(0)
	for _, t := range bar.ticks {
		y := area.Min.Y + vg.Length(bar.norm(t.v))*area.Size().Y
		p.line(ink, lineAxis, nil, x+barWidth, y, x+barWidth+tickLength, y)
		t.draw(p, x+barWidth+tickLength+tickGap, y, 0, 0.5)
		w = max(w, t.width())
	}
	p.turned(h.BarLabel, sizeLabel, false, ink, x+barWidth+tickLength+tickGap+w+4+capHeight*sizeLabel, (area.Min.Y+area.Max.Y)/2, math.Pi/2, 0.5, 0)
}
