package obs

import (
	"fmt"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// Col describes a column of a table: its name in files, its heading for readers, its unit, a sentence
// about it, and its value in a row.
type Col[R any] struct {
	Name, Heading, Unit, Doc string // no Heading: readers see the name in words
	Of                       func(R) any
	Part                     table.Part // of the column before it: readers see both in one cell
	Digits                   bool       // three digits of every number
}

// Table returns a table with a row for each of rows and a cell for each column.
func Table[R any](name, title string, rows []R, cols ...Col[R]) *table.Table {
	t := &table.Table{Name: name, Title: title}
	for _, c := range cols {
		t.Columns = append(t.Columns, table.Column{Name: c.Name, Heading: c.Heading, Unit: c.Unit, Description: c.Doc, Part: c.Part, Digits: c.Digits})
	}
	for _, r := range rows {
		cells := make([]any, len(cols))
		for j, c := range cols {
			cells[j] = c.Of(r)
		}
		t.Add(cells...)
	}
	return t
}

// Lift returns columns of rows R for columns of S. of returns the S of a row; if that is nil, the cells
// are empty.
func Lift[R, S any](cols []Col[S], of func(R) *S) []Col[R] {
	return seq.Map(cols, func(c Col[S]) Col[R] {
		return Col[R]{c.Name, c.Heading, c.Unit, c.Doc, func(r R) any {
			if s := of(r); s != nil {
				return c.Of(*s)
			}
			return nil
		}, c.Part, c.Digits}
	})
}

// Number returns a column of numbers, empty where they are not known.
func Number[R any](name, heading, unit, doc string, of func(R) float64) Col[R] {
	return Col[R]{Name: name, Heading: heading, Unit: unit, Doc: doc, Of: func(r R) any { return table.Known(of(r)) }}
}

// Text returns a column of texts.
func Text[R any](name, doc string, of func(R) string) Col[R] {
	return Col[R]{Name: name, Doc: doc, Of: func(r R) any { return of(r) }}
}

// Interval returns the columns of a value and of the ends of its interval; readers see all three in one
// cell. The columns of the ends are called prefix + "lo" and prefix + "hi".
func Interval[R any](value Col[R], prefix, lo, hi string, of func(R) stats.Interval) []Col[R] {
	value.Of = func(r R) any { return table.Known(of(r).Value) }
	return []Col[R]{value,
		{Name: prefix + "lo", Unit: value.Unit, Doc: lo, Part: table.Lower, Of: func(r R) any { return table.Known(of(r).Lo) }},
		{Name: prefix + "hi", Unit: value.Unit, Doc: hi, Part: table.Upper, Of: func(r R) any { return table.Known(of(r).Hi) }}}
}

// Spread returns the columns of a mean and of a standard deviation, both of the values that of returns;
// readers see both in one cell. The cells of unknown numbers are empty.
func Spread[R any](mean Col[R], doc string, of func(R) []float64) []Col[R] {
	mean.Of = func(r R) any { return table.Known(seq.Mean(of(r))) }
	return []Col[R]{mean, {Name: mean.Name + "_sd", Unit: mean.Unit, Doc: doc, Part: table.Spread, Of: func(r R) any {
		if x := of(r); len(x) > 1 {
			return table.Known(seq.SD(x))
		}
		return nil
	}}}
}

// numberedColumns returns n columns called name_1 to name_n. doc has a verb for the number, and of returns the
// value of a row in column i, from 0.
func numberedColumns[R any](n int, name, unit, doc string, of func(r R, i int) any) []Col[R] {
	return seq.Map(seq.UpTo(n), func(i int) Col[R] {
		return Col[R]{Name: fmt.Sprintf("%s_%d", name, i+1), Unit: unit, Doc: fmt.Sprintf(doc, i+1), Of: func(r R) any { return of(r, i) }}
	})
}

// nullColumns returns columns with what both answers that ignore the stimulus score in a row; doc begins
// their descriptions.
func nullColumns[R any](doc string, of func(R) (blind, constant float64)) []Col[R] {
	return []Col[R]{
		{Name: "blind", Unit: "%", Doc: doc + " of the mean target with perfect fixation", Of: func(r R) any { b, _ := of(r); return b }},
		{Name: "constant", Unit: "%", Doc: doc + " of the best constant answer with perfect fixation", Of: func(r R) any { _, c := of(r); return c }},
	}
}

// EscapeDoc says what EscapeCell returns.
const EscapeDoc = "iteration at which the loss left the plateau of the blind answer; empty if never"

// EscapeCell returns the cell of an iteration of escape, empty if it is negative: never.
func EscapeCell(escape int) any {
	if escape < 0 {
		return nil
	}
	return escape
}
