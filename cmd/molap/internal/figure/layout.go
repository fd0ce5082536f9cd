package figure

import (
	"fmt"
	"iter"

	"gonum.org/v1/plot/vg"
)

// Room in points around and between panels.
const (
	figureEdge = 5.0
	gapX       = 12.0
	gapY       = 9.0
	topGap     = 3.0 // between the data area and the title above it
)

// panelCell is a panel with its axes and its place in the figure.
type panelCell struct {
	panel  Panel
	letter string // a, b, c … in reading order; empty if the figure has one panel
	axes
	m margins
}

// gridColumn is the place of a panel in its row: the j-th of n.
type gridColumn struct{ n, j int }

// draw lays the figure out and draws it.
func (f *Figure) draw(p pen) {
	legend, rows := f.arrange(p.Max)
	left := p.Max.X - figureEdge
	for at := range f.panels() {
		c := rows[at.row][at.j]
		left = min(left, c.area.Min.X)
		c.panel.draw(p, c.axes)
		y := c.area.Max.Y + c.m.top - capHeight*sizeLetter
		p.text(c.letter, sizeLetter, true, ink, c.area.Min.X-c.m.left, y, 0, 0)
		p.text(c.panel.base().Title, sizeLabel, false, ink, max(c.area.Min.X, c.area.Min.X-c.m.left+letterRoom(c.letter)), y, 0, 0)
	}
	legend.draw(p, left, p.Max.Y-figureEdge)
}

// gridPlace says where a panel stands: the j-th of a row.
type gridPlace struct{ row, j int }

// panels returns the panels with their places in reading order, without the empty places.
func (f *Figure) panels() iter.Seq2[gridPlace, Panel] {
	return func(yield func(gridPlace, Panel) bool) {
		for r, row := range f.Rows {
			for j, panel := range row {
				if panel != nil && !yield(gridPlace{r, j}, panel) {
					return
				}
			}
		}
	}
}

// arrange returns the legend and the layout of the panels below it, in a figure of the
// given size.
func (f *Figure) arrange(size vg.Point) (legend, [][]panelCell) {
	l := f.legend(size.X - 2*figureEdge)
	return l, f.layout(vg.Rectangle{
		Min: vg.Point{X: figureEdge, Y: figureEdge},
		Max: vg.Point{X: size.X - figureEdge, Y: size.Y - figureEdge - l.height()},
	})
}

// letterRoom returns the width a title has to leave to the letter before it.
func letterRoom(letter string) vg.Length {
	if letter == "" {
		return 0
	}
	f := fontFace(sizeLetter, true)
	return f.Width(letter) + 5
}

// layout decides ranges, ticks, margins and place of every panel. The ticks decide the margins, the
// margins decide the length of the axes, and the ticks depend on that length. So layout starts from a
// guess of the length and repeats until it hardly changes.
func (f *Figure) layout(room vg.Rectangle) [][]panelCell {
	size := func(at gridPlace) vg.Point {
		return vg.Point{
			X: room.Size().X/vg.Length(len(f.Rows[at.row])) - 45,
			Y: room.Size().Y/vg.Length(len(f.Rows)) - 35,
		}
	}
	var rows [][]panelCell
	for range 3 {
		rows = f.cells(size)
		f.place(rows, room)
		size = func(at gridPlace) vg.Point { return rows[at.row][at.j].area.Size() }
	}
	return rows
}

// cells decides ranges, ticks and margins of panels whose data areas have about
// the given sizes.
func (f *Figure) cells(size func(gridPlace) vg.Point) [][]panelCell {
	columns, allY := map[gridColumn]dataSpan{}, emptySpan
	n := 0
	for at, panel := range f.panels() {
		n++
		x, y, _, _ := panel.data()
		k := gridColumn{len(f.Rows[at.row]), at.j}
		if _, ok := columns[k]; !ok {
			columns[k] = emptySpan
		}
		columns[k], allY = columns[k].union(x), allY.union(y)
	}
	rows := make([][]panelCell, len(f.Rows))
	for r, row := range f.Rows {
		rows[r] = make([]panelCell, len(row))
	}
	letter := 'a'
	for at, panel := range f.panels() {
		c, row := &rows[at.row][at.j], f.Rows[at.row]
		c.panel = panel
		if n > 1 {
			c.letter = string(letter)
			letter++
		}
		b := panel.base()
		x, y, px, py := panel.data()
		if f.SharedX {
			x = columns[gridColumn{len(row), at.j}]
		}
		if f.SharedY {
			y = allY
		}
		c.area.Max = size(at)
		c.x = newScale(b.X, x, px, c.area.Max.X, 26)
		c.y = newScale(b.Y, y, py, c.area.Max.Y, 20)
		if below := at.row + 1; f.SharedX && below < len(f.Rows) {
			c.x.quiet = len(f.Rows[below]) == len(row) && f.Rows[below][at.j] != nil
		}
		c.y.quiet = f.SharedY && at.j > 0
		c.m = panel.margins(c.axes)
		if c.letter != "" {
			c.m.top += capHeight*sizeLetter + topGap
		} else if b.Title != "" {
			c.m.top += capHeight*sizeLabel + topGap
		}
	}
	return rows
}

// place gives every panel its data area. In each row the areas are equally wide and their upper and
// lower edges line up. In each column left and right edges line up, unless the figure is loose.
func (f *Figure) place(rows [][]panelCell, room vg.Rectangle) {
	key := func(r, j int) gridColumn {
		if f.Loose {
			return gridColumn{-r, j} // no number of panels: a column of its own
		}
		return gridColumn{len(rows[r]), j}
	}
	left, right := map[gridColumn]vg.Length{}, map[gridColumn]vg.Length{}
	var first, last vg.Length
	for r, row := range rows {
		for j, c := range row {
			k := key(r, j)
			left[k], right[k] = max(left[k], c.m.left), max(right[k], c.m.right)
			if j == 0 {
				first = max(first, c.m.left)
			}
			if j == len(row)-1 {
				last = max(last, c.m.right)
			}
		}
	}
	weight := func(r int) vg.Length {
		if f.RowHeights == nil {
			return 1
		}
		return vg.Length(f.RowHeights[r])
	}
	free, weights := room.Size().Y-gapY*vg.Length(len(rows)-1), vg.Length(0)
	top, bottom := make([]vg.Length, len(rows)), make([]vg.Length, len(rows))
	for r, row := range rows {
		for _, c := range row {
			top[r], bottom[r] = max(top[r], c.m.top), max(bottom[r], c.m.bottom)
		}
		free -= top[r] + bottom[r]
		weights += weight(r)
	}
	y := room.Max.Y
	for r, row := range rows {
		n := len(row)
		wide := room.Size().X - gapX*vg.Length(n-1)
		for j := range row {
			k := key(r, j)
			if j == 0 && !f.Loose {
				left[k] = first
			}
			if j == n-1 && !f.Loose {
				right[k] = last
			}
			wide -= left[k] + right[k]
		}
		wide /= vg.Length(n)
		high := free * weight(r) / weights
		if wide < 10 || high < 10 {
			panic(fmt.Sprintf("figure %s leaves %.0f×%.0f points to a panel of row %d: make it larger", f.Name, wide, high, r))
		}
		y -= top[r]
		x := room.Min.X
		for j := range row {
			c, k := &row[j], key(r, j)
			x += left[k]
			c.area = vg.Rectangle{Min: vg.Point{X: x, Y: y - high}, Max: vg.Point{X: x + wide, Y: y}}
			c.m = margins{left[k], right[k], top[r], bottom[r]}
			x += wide + right[k] + gapX
		}
		y -= high + bottom[r] + gapY
	}
}
