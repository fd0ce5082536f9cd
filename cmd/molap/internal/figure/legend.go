package figure

import (
	"image/color"

	"gonum.org/v1/plot/vg"
)

// legendEntry is one line of the legend: how a series is drawn, beside
// its name.
type legendEntry struct {
	name   string
	band   color.NRGBA // a filled swatch; none if transparent
	line   color.NRGBA // a line; none if transparent
	width  float64     // of the line
	dashes []vg.Length
	marker *seriesLook
}

// legend is the entries broken into lines of equal height.
type legend [][]legendEntry

const (
	sampleWidth = 15.0
	sampleGap   = 4.0
	entryGap    = 10.0
	legendLine  = 12.0
)

// sample returns the room of the drawing before the name: a marker alone needs little.
func (e legendEntry) sample() vg.Length {
	if e.marker != nil && e.line.A == 0 && e.band.A == 0 {
		return 7
	}
	return sampleWidth
}

func (e legendEntry) advance() vg.Length {
	return e.sample() + sampleGap + textWidth(e.name, sizeTick+0.5)
}

// legend collects the entries of all panels, each name once, and breaks them
// into lines no wider than room.
func (f *Figure) legend(room vg.Length) legend {
	var l legend
	seen := map[string]bool{}
	x := vg.Length(0)
	for _, panel := range f.panels() {
		for _, e := range panel.entries() {
			if e.name == "" || seen[e.name] {
				continue
			}
			seen[e.name] = true
			if len(l) == 0 || x+e.advance() > room-40 { // 40: the axis labels left of where it starts
				l = append(l, nil)
				x = 0
			}
			l[len(l)-1] = append(l[len(l)-1], e)
			x += e.advance() + entryGap
		}
	}
	return l
}

func (l legend) height() vg.Length {
	if len(l) == 0 {
		return 0
	}
	return legendLine*vg.Length(len(l)) + 4
}

// draw writes the legend with its upper left corner at (x, y).
func (l legend) draw(p pen, x, y vg.Length) {
	for i, line := range l {
		at, mid := x, y-legendLine*(vg.Length(i)+0.5)
		for _, e := range line {
			if e.band.A > 0 {
				p.rect(e.band, at, mid-3.5, at+e.sample(), mid+3.5)
			}
			if e.line.A > 0 {
				p.line(e.line, e.width, e.dashes, at, mid, at+e.sample(), mid)
			}
			if e.marker != nil {
				p.marker(*e.marker, 2.4, at+e.sample()/2, mid)
			}
			p.text(e.name, sizeTick+0.5, false, ink, at+e.sample()+sampleGap, mid, 0, 0.5)
			at += e.advance() + entryGap
		}
	}
}
