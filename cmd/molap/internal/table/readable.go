package table

import (
	"math"
	"strconv"

	"molap/cmd/molap/internal/seq"
)

// numeric reports whether column j holds numbers and nothing else.
func (t *Table) numeric(j int) bool {
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

// readable formats every cell for the eye: the floats of a column share their
// number of decimals, so that the points align, unless the column spans so many
// orders of magnitude that this would show some of them as zero.
func (t *Table) readable() [][]string {
	decimals := seq.Map(seq.UpTo(len(t.Columns)), t.decimals)
	out := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		out[i] = make([]string, len(row))
		for j, cell := range row {
			if v, ok := floatOf(cell); ok && t.Columns[j].Digits {
				out[i][j] = Digits(v)
				continue
			}
			out[i][j] = t.readCell(cell, decimals[j])
		}
	}
	return out
}

// missingText stands for a missing value.
const missingText = "–"

// floatingDecimals marks a column whose cells are each rounded to three digits.
const floatingDecimals = -1

// decimals returns the number of decimals that shows the largest float of column j with at least three
// digits, or floating. It returns floating also if all floats have at most three digits, as chosen
// levels do, and that number would show some of them as zero.
func (t *Table) decimals(j int) int {
	least, most, chosen := math.Inf(1), 0.0, true
	for _, row := range t.Rows {
		v, ok := floatOf(row[j])
		if a := math.Abs(v); ok && Finite(v) && a > 0 {
			least, most = min(least, a), max(most, a)
			chosen = chosen && a == threeDigits(a)
		}
	}
	decimals := 0
	switch {
	case most == 0:
		return 0
	case most >= 1e6 || most < 1e-3 || least < 1e-4*most && least < 1e-3:
		return floatingDecimals
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
		return floatingDecimals
	}
	return decimals
}

// threeDigits rounds v to three significant digits.
func threeDigits(v float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	return r
}

func floatOf(cell any) (v float64, ok bool) {
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
		return missingText
	}
	v, ok := floatOf(cell)
	if !ok {
		s := exactText(t, cell)
		switch cell.(type) {
		case string, bool:
			return s
		}
		return Group(s)
	}
	if decimals == floatingDecimals {
		return Minus(strconv.FormatFloat(v, 'g', 3, 64))
	}
	return Minus(strconv.FormatFloat(v, 'f', decimals, 64))
}
