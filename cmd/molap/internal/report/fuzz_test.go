package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// mostTimes bounds what reading a text of cells allocates, all in all, as a multiple
// of its length. A file of nothing but commas takes 150 times its length, since each
// becomes a string in a list that grows; tables of ours take about 10.
const mostTimes = 200

// within checks that reading data allocates no more than that.
func within(t *testing.T, data []byte, read func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(mostTimes*len(data)+1<<20); got > most {
		t.Errorf("%d bytes allocated for a file of %d, want at most %d", got, len(data), most)
	}
}

// checkCells checks that cells which were read are those of a table.
func checkCells(t *testing.T, c Cells) {
	t.Helper()
	for i, row := range c.Rows {
		if len(row) != len(c.Columns) {
			t.Errorf("row %d has %d cells, there are %d columns", i+1, len(row), len(c.Columns))
		}
	}
	if d := c.Differences(c); len(d) != 0 {
		t.Errorf("a table differs from itself: %+v", d)
	}
}

// everyCell has a cell of every kind.
func everyCell() *Table {
	t := &Table{Name: "t", Title: "T", Columns: []Column{{Name: "seed"}, {Name: "a,b", Unit: "%", Description: "\"quoted\"\n"}}}
	for _, v := range []any{nil, "x, \"y\"\r\nz", true, -3, 0.1, float32(0.1), 1e-9, uint64(1 << 63)} {
		t.Add(1, v)
	}
	return t
}

// FuzzCSV reads anything as a table: no panic, no hang, memory within bounds, and what
// is accepted is written as a file that reads the same.
func FuzzCSV(f *testing.F) {
	f.Add(everyCell().CSV())
	for _, text := range []string{"a\n1\n\n2\n", "a,b\r\n\"1\n2\",\"\"\"\"\r\n", "\xef\xbb\xbfa\n", "a,a\n,\n", "\"\"\n\"\"\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Cells
		var err error
		within(t, data, func() { c, err = ParseCSV(data) })
		if err != nil {
			return
		}
		checkCells(t, c)
		if len(c.Columns) == 1 {
			return // a row of one empty cell is an empty line, which is no row
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Write(c.Columns) // a bytes.Buffer returns no error, here and below
		w.WriteAll(c.Rows)
		if again, err := ParseCSV(b.Bytes()); err != nil || !reflect.DeepEqual(again.Columns, c.Columns) || len(again.Differences(c)) != 0 {
			t.Errorf("read again as %q (%v), want %q", again, err, c)
		}
	})
}

// FuzzTableJSON does the same with JSON.
func FuzzTableJSON(f *testing.F) {
	f.Add(everyCell().JSON())
	f.Add([]byte(`{"columns":[{"name":"a"}],"rows":[{"a":{}},{"a":[1e999]},{"a":"\u00e9\ud800"},{"A":1}]}`))
	f.Add([]byte(`{"name":1,"columns":[{"name":""},{"name":""}],"rows":[{"":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Cells
		var err error
		within(t, data, func() { c, err = ParseJSON(data) })
		if err == nil {
			checkCells(t, c)
		}
	})
}

// TestManyCells reads the tables with the most cells for their length.
func TestManyCells(t *testing.T) {
	const n = 1 << 19
	for _, text := range []string{strings.Repeat(",", n), strings.Repeat("a\n", n/2), strings.Repeat(",\n", n/2), "\"" + strings.Repeat("\"\"", n/2) + "\""} {
		within(t, []byte(text), func() {
			if _, err := ParseCSV([]byte(text)); err != nil {
				t.Errorf("%.10q…: %v", text, err)
			}
		})
	}
	for _, text := range []string{
		`{"columns":[{"name":"a"}],"rows":[` + strings.Repeat(`{"a":1},`, n/8) + `{"a":1}]}`,
		`{"columns":[` + strings.Repeat(`{},`, n/3) + `{}]}`,
		`{"columns":[{"name":"a"}],"rows":[{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}]}`,
	} {
		if !json.Valid([]byte(text)) {
			t.Fatalf("%.30q… is no JSON", text)
		}
		within(t, []byte(text), func() { ParseJSON([]byte(text)) }) // accepted or not
	}
}
