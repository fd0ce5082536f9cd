package figure

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"molap/cmd/molap/internal/table"

	"gonum.org/v1/plot/vg"
)

// Counts draws whole numbers as marks on a logarithmic axis, each with its value
// above it, such as the parameters of the arms and how many of them are trained.
type Counts struct {
	Frame      // Y is logarithmic whatever Y.Log says
	Categories []string
	Series     []CountSeries
}

// CountSeries is one mark in every category.
type CountSeries struct {
	Name   string
	Values []int // one for each category; 0 draws no mark
}

func (c *Counts) base() Frame {
	f := c.Frame
	f.X, f.Y.Log = f.X.over(c.Categories), true
	return f
}

// countColor tells the series of a Counts apart by lightness, so that no arm's
// colour takes a second meaning.
func countColor(i int) color.NRGBA {
	return []color.NRGBA{{0xc4, 0xc4, 0xc4, 0xff}, {0x4d, 0x4d, 0x4d, 0xff}, {0x8a, 0x8a, 0x8a, 0xff}}[i%3]
}

func (c *Counts) entries() []legendEntry {
	var es []legendEntry
	for i, s := range c.Series {
		es = append(es, legendEntry{name: s.Name, marker: &seriesLook{countColor(i), square}})
	}
	return es
}

func (c *Counts) data() (x, y dataSpan, px, py axisPad) {
	y = emptySpan
	for _, s := range c.Series {
		if len(s.Values) != len(c.Categories) {
			panic(fmt.Sprintf("figure: Counts: series %s has %d values, panel has %d categories", s.Name, len(s.Values), len(c.Categories)))
		}
		for _, v := range s.Values {
			y = y.cover(true, float64(v))
		}
	}
	if y.min <= y.max { // whole decades
		y.min = math.Pow10(int(math.Floor(math.Log10(y.min))))
	}
	return emptySpan, y, axisPad{}, axisPad{0, 0.12}
}

func (c *Counts) margins(a axes) margins {
	return margins{left: a.y.leftMargin(), right: 2, top: 4, bottom: a.x.bottomMargin(a.area.Size().X)}
}

func (c *Counts) draw(p pen, a axes) {
	a.grid(p)
	slot := 0.8 / float64(max(1, len(c.Series)))
	upright := c.labelsFit(a.area.Size().X / vg.Length(len(c.Categories)) * vg.Length(slot))
	for j, s := range c.Series {
		offset := (float64(j) - float64(len(c.Series)-1)/2) * slot
		for i, n := range s.Values {
			if !a.y.holds(float64(n)) {
				continue
			}
			at := a.point(float64(i)+offset, float64(n))
			p.glyph(seriesLook{countColor(j), square}, 3, at.X, at.Y)
			label := table.Group(strconv.Itoa(n))
			if upright {
				p.text(label, sizeSmall, false, ink, at.X, at.Y+5, 0.5, 0)
			} else {
				p.turned(label, sizeSmall, false, ink, at.X, at.Y+5, math.Pi/2, 0, 0.5)
			}
		}
	}
	a.drawLeft(p)
	a.drawBottom(p)
}

// labelsFit reports whether every value can be written over its mark in the given room without touching
// the next one. If not, the values are turned.
func (c *Counts) labelsFit(room vg.Length) bool {
	return !slices.ContainsFunc(c.Series, func(s CountSeries) bool {
		return slices.ContainsFunc(s.Values, func(n int) bool { return textWidth(table.Group(strconv.Itoa(n)), sizeSmall)+1 > room })
	})
}
