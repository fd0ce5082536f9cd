package figure

import (
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
)

// axes is the data area of a panel between its two axes.
type axes struct {
	area vg.Rectangle
	x, y axisScale
}

// across returns where v stands on the horizontal axis, or the nearer end of it.
func (a axes) across(v float64) vg.Length {
	return a.area.Min.X + a.x.place(v)*a.area.Size().X
}

// up returns where v stands on the vertical axis, or the nearer end of it.
func (a axes) up(v float64) vg.Length { return a.area.Min.Y + a.y.place(v)*a.area.Size().Y }

// point returns where (x, y) stands; what lies outside is moved to the edge.
func (a axes) point(x, y float64) vg.Point { return vg.Point{X: a.across(x), Y: a.up(y)} }

// tickLength is the length of a labelled tick, tickGap the space to its label, nameGap that between a
// vertical axis and the name of a category.
const (
	tickLength = 2.5
	tickGap    = 2.5
	nameGap    = 4.0
)

// categoryLine is the height of a line of a category's name.
const categoryLine = sizeTick + 1.5

func (t tick) length() vg.Length {
	if t.minor {
		return tickLength / 2
	}
	return tickLength
}

func (t tick) width() vg.Length {
	w := textWidth(t.label, sizeTick)
	if t.sup != "" {
		w += textWidth(t.sup, sizeTick*0.75)
	}
	return w
}

// draw writes the tick's label, anchored as pen.text does.
func (t tick) draw(p pen, x, y vg.Length, ax, ay float64) {
	x -= vg.Length(ax) * t.width()
	p.text(t.label, sizeTick, false, ink, x, y, 0, ay)
	if t.sup != "" {
		p.text(t.sup, sizeTick*0.75, false, ink, x+textWidth(t.label, sizeTick), y-vg.Length(ay*capHeight*sizeTick)+3, 0, 0)
	}
}

// widest returns the width of the widest label or name of an axis.
func (s axisScale) widest() vg.Length {
	w := vg.Length(0)
	for _, t := range s.ticks {
		w = max(w, t.width())
	}
	for _, name := range s.names {
		for line := range strings.SplitSeq(name, "\n") {
			w = max(w, textWidth(line, sizeTick))
		}
	}
	return w
}

// leftMargin returns the room a vertical axis needs.
func (s axisScale) leftMargin() vg.Length {
	m, gap := vg.Length(tickLength), vg.Length(tickGap)
	if s.names != nil {
		m, gap = 0, nameGap
	}
	if s.quiet {
		return m
	}
	m += gap + s.widest()
	if s.label != "" {
		m += 5 + sizeLabel
	}
	return m
}

// bottomMargin returns the room a horizontal axis of some length needs.
func (s axisScale) bottomMargin(length vg.Length) vg.Length {
	m := vg.Length(tickLength)
	if s.names != nil {
		m = nameGap
	}
	if s.quiet {
		return m
	}
	if s.names == nil {
		m += tickGap + sizeTick*0.8
	} else if names := categoryLines(s.names, length); names != nil {
		most := 0
		for _, lines := range names {
			most = max(most, len(lines))
		}
		m += categoryLine * vg.Length(most)
	} else {
		longest := vg.Length(0)
		for _, name := range s.names {
			longest = max(longest, textWidth(strings.ReplaceAll(name, "\n", " "), sizeTick))
		}
		m += longest*vg.Length(math.Sin(tiltAngle)) + sizeTick
	}
	if s.label != "" {
		m += 4 + sizeLabel
	}
	return m
}

// drawLeft draws the vertical axis along the left edge of the area.
func (a axes) drawLeft(p pen) {
	s, left := a.y, a.area.Min.X
	p.line(ink, lineAxis, nil, left, a.area.Min.Y, left, a.area.Max.Y)
	for _, t := range s.ticks {
		y := a.up(t.v)
		p.line(ink, lineAxis, nil, left-t.length(), y, left, y)
		if !t.minor && !s.quiet {
			t.draw(p, left-tickLength-tickGap, y, 1, 0.5)
		}
	}
	if s.quiet {
		return
	}
	for i, name := range s.names {
		lines := strings.Split(name, "\n")
		for k, line := range lines {
			p.text(line, sizeTick, false, ink, left-nameGap, a.up(float64(i))+categoryLine*(vg.Length(len(lines)-1)/2-vg.Length(k)), 1, 0.5)
		}
	}
	p.turned(s.label, sizeLabel, false, ink, left-s.leftMargin()+capHeight*sizeLabel, (a.area.Min.Y+a.area.Max.Y)/2, math.Pi/2, 0.5, 0)
}

// drawBottom draws the horizontal axis along the lower edge of the area.
func (a axes) drawBottom(p pen) {
	s, low := a.x, a.area.Min.Y
	p.line(ink, lineAxis, nil, a.area.Min.X, low, a.area.Max.X, low)
	for _, t := range s.ticks {
		x := a.across(t.v)
		p.line(ink, lineAxis, nil, x, low-t.length(), x, low)
		if !t.minor && !s.quiet {
			t.draw(p, x, low-tickLength-tickGap, 0.5, 1)
		}
	}
	if s.quiet {
		return
	}
	names := categoryLines(s.names, a.area.Size().X)
	for i, name := range s.names {
		x := a.across(float64(i))
		if names == nil {
			p.turned(strings.ReplaceAll(name, "\n", " "), sizeTick, false, ink, x+2, low-nameGap, tiltAngle, 1, 1)
			continue
		}
		for k, line := range names[i] {
			p.text(line, sizeTick, false, ink, x, low-nameGap-categoryLine*vg.Length(k), 0.5, 1)
		}
	}
	p.text(s.label, sizeLabel, false, ink, (a.area.Min.X+a.area.Max.X)/2, low-s.bottomMargin(a.area.Size().X)+2, 0.5, 0)
}

// grid draws a faint line at every labelled tick of the vertical axis.
func (a axes) grid(p pen) {
	for _, t := range a.y.ticks {
		if !t.minor {
			p.line(gridGrey, lineGrid, nil, a.area.Min.X, a.up(t.v), a.area.Max.X, a.up(t.v))
		}
	}
}

// levels draws lines across the area.
func (a axes) levels(p pen, refs []Ref) {
	for i, r := range refs {
		if a.y.holds(r.Y) {
			p.line(inkMuted, lineRef, dashOf(r.Name, i), a.area.Min.X, a.up(r.Y), a.area.Max.X, a.up(r.Y))
		}
	}
}
