package table

import (
	"reflect"
	"strings"
	"testing"

	"molap/cmd/molap/internal/memtest"
)

// What reading may allocate, all in all, as multiples of a file's length: cells become
// strings in lists that grow. Tables and reports of ours take 7 to 20 times theirs.
const (
	csvTimes  = 60
	jsonTimes = 100
)

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
		memtest.Within(t, len(data), csvTimes, func() { c, err = ParseCSV(data) })
		if err != nil {
			return
		}
		checkCells(t, c)
		if again, err := ParseCSV(c.csv()); err != nil || !reflect.DeepEqual(again.Columns, c.Columns) || len(again.Differences(c)) != 0 {
			t.Errorf("read again as %q (%v), want %q", again, err, c)
		}
	})
}

// FuzzJSON does the same with JSON.
func FuzzJSON(f *testing.F) {
	f.Add(everyCell().JSON())
	f.Add([]byte(`{"columns":[{"name":"a"}],"rows":[{"a":{}},{"a":[1e999]},{"a":"\u00e9\ud800"},{"A":1}]}`))
	f.Add([]byte(`{"name":1,"columns":[{"name":""},{"name":""}],"rows":[{"":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Cells
		var err error
		memtest.Within(t, len(data), jsonTimes, func() { c, err = ParseJSON(data) })
		if err == nil {
			checkCells(t, c)
		}
	})
}

// TestManyCells reads the files that have the most for their length.
func TestManyCells(t *testing.T) {
	const n = 1 << 19
	line := strings.Repeat(",", mostCommas) + "\n"
	for _, text := range []string{line, strings.Repeat(line, 50), strings.Repeat("a\n", n/2), strings.Repeat(",\n", n/2), strings.Repeat("\"\n\",", n/4), "\"" + strings.Repeat("\"\"", n/2) + "\""} {
		memtest.Within(t, len(text), csvTimes, func() {
			if _, err := ParseCSV([]byte(text)); err != nil {
				t.Errorf("%.10q…: %v", text, err)
			}
		})
	}
	if _, err := ParseCSV([]byte("a\n," + line)); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("too many commas: %v", err)
	}
	many := func(before, one, after string) string {
		return before + strings.TrimSuffix(strings.Repeat(one, n/len(one)), ",") + after
	}
	for _, text := range []string{
		many(`{"columns":[{"name":"a"}],"rows":[`, `{"a":""},`, `]}`),
		many(`{"columns":[`, `{},`, `]}`),
		`{"columns":[{"name":"a"}],"rows":[{"a":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}]}`,
	} {
		memtest.Within(t, len(text), jsonTimes, func() {
			if _, err := ParseJSON([]byte(text)); err != nil {
				t.Errorf("%.40q…: %v", text, err)
			}
		})
	}
}
