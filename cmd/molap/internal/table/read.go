package table

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"molap/cmd/molap/internal/printable"
)

// Text returns the table for a terminal: the title, the columns' names with
// units, a rule, and the rows, numbers rounded for reading and set to the right. Every
// text stays on its line, whatever is in it.
func (t *Table) Text() string {
	t.check()
	cells := t.Readable()
	width := make([]int, len(t.Columns))
	head := make([]string, len(t.Columns))
	for j, c := range t.Columns {
		head[j] = printable.Line(c.Heading())
		width[j] = utf8.RuneCountInString(head[j])
		for i := range cells {
			cells[i][j] = printable.Line(cells[i][j])
			width[j] = max(width[j], utf8.RuneCountInString(cells[i][j]))
		}
	}
	var b strings.Builder
	if t.Title != "" {
		b.WriteString(printable.Line(t.Title) + "\n\n")
	}
	line := func(row []string) {
		var l strings.Builder
		for j, s := range row {
			pad := strings.Repeat(" ", width[j]-utf8.RuneCountInString(s))
			if j > 0 {
				l.WriteString("  ")
			}
			if t.Numeric(j) {
				l.WriteString(pad + s)
			} else {
				l.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(head)
	for j := range head {
		head[j] = strings.Repeat("─", width[j])
	}
	line(head)
	for _, row := range cells {
		line(row)
	}
	return b.String()
}

// Heading is the column's name with its unit.
func (c Column) Heading() string {
	if c.Unit == "" {
		return c.Name
	}
	return c.Name + " (" + c.Unit + ")"
}

// Numeric reports whether column j holds numbers and nothing else.
func (t *Table) Numeric(j int) bool {
	some := false
	for _, row := range t.Rows {
		switch row[j].(type) {
		case nil:
		case string, bool:
			return false
		default:
			some = true
		}
	}
	return some
}

// Readable formats every cell for the eye: the floats of a column share their
// number of decimals, so that the points align, unless the column spans so many
// orders of magnitude that this would show some of them as zero.
func (t *Table) Readable() [][]string {
	decimals := make([]int, len(t.Columns))
	for j := range t.Columns {
		decimals[j] = t.decimals(j)
	}
	out := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		out[i] = make([]string, len(row))
		for j, cell := range row {
			out[i][j] = t.readCell(cell, decimals[j])
		}
	}
	return out
}

// Exact returns a float as the files hold it, which Readable rounds, and nothing for other cells.
func (t *Table) Exact(i, j int) string {
	if _, ok := float(t.Rows[i][j]); !ok {
		return ""
	}
	return exact(t, t.Rows[i][j])
}

// floating marks a column whose cells are each rounded to three digits.
const floating = -1

// decimals returns the number of decimals that shows the largest float of column j
// with at least three digits, or floating: also where all floats have three digits
// at most, as chosen levels do, and that number would show some of them as zero.
func (t *Table) decimals(j int) int {
	least, most, chosen := math.Inf(1), 0.0, true
	for _, row := range t.Rows {
		v, ok := float(row[j])
		if a := math.Abs(v); ok && Finite(v) && a > 0 {
			least, most = min(least, a), max(most, a)
			chosen = chosen && a == round(a, 3)
		}
	}
	decimals := 0
	switch {
	case most == 0:
		return 0
	case most >= 1e6 || most < 1e-3 || least < 1e-4*most && least < 1e-3:
		return floating
	case most < 1e-2:
		decimals = 5
	case most < 1e-1:
		decimals = 4
	case most <= 1: // fractions end at 1.000
		decimals = 3
	case most < 10:
		decimals = 2
	case most < 1000:
		decimals = 1
	}
	if chosen && least < 0.5*math.Pow10(-decimals) {
		return floating
	}
	return decimals
}

// round rounds v to some decimal digits.
func round(v float64, digits int) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	return r
}

func float(cell any) (v float64, ok bool) {
	switch v := cell.(type) {
	case float32:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func (t *Table) readCell(cell any, decimals int) string {
	if cell == nil {
		return "–"
	}
	v, ok := float(cell)
	if !ok {
		s := exact(t, cell)
		switch cell.(type) {
		case string, bool:
			return s
		}
		return Group(s)
	}
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+∞"
	case math.IsInf(v, -1):
		return "−∞"
	case decimals == floating:
		return Minus(strconv.FormatFloat(v, 'g', 3, 64))
	}
	return Minus(strconv.FormatFloat(v, 'f', decimals, 64))
}
