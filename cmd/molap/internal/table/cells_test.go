package table

import (
	"bytes"
	"math"
	"reflect"
	"testing"
)

// TestCells reads tables back and names where they differ.
func TestCells(t *testing.T) {
	table := &Table{Name: "t", Title: "T", Columns: []Column{{Name: "seed"}, {Name: "a,b", Description: "\"quoted\""}}}
	for _, v := range []any{nil, "x, \"y\"\nz", true, -3, math.Nextafter(0.3, 1), 1e-9, math.NaN(), math.Inf(-1), uint64(math.MaxUint64)} {
		table.Add(1, v)
	}
	want := table.Cells()
	fromCSV, err := ParseCSV(table.CSV())
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := ParseJSON(table.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(fromCSV, want) || !reflect.DeepEqual(fromJSON, want) || want.Rows[4][1] != "0.30000000000000004" {
		t.Errorf("cells %q, from CSV %q, from JSON %q", want, fromCSV, fromJSON)
	}
	fromCSV.Rows[4][1] = "0.3"
	if d := fromCSV.Differences(want); len(d) != 1 || d[0] != (Difference{5, "a,b", "0.3", "0.30000000000000004"}) {
		t.Errorf("differences %+v", d)
	}
	fromCSV.Rows = fromCSV.Rows[:5]
	if d := fromCSV.Differences(want); len(d) != 2 || d[0] != (Difference{0, "rows", "5", "9"}) {
		t.Errorf("differences %+v", d)
	}
	fromCSV.Columns = []string{"seed"}
	if d := fromCSV.Differences(want); len(d) != 1 || d[0].Column != "columns" {
		t.Errorf("differences %+v", d)
	}
	// A line of one empty cell is not an empty line.
	one := &Table{Name: "one", Columns: []Column{{Name: "a"}}}
	for _, v := range []any{nil, "x", "", nil} {
		one.Add(v)
	}
	if back, err := ParseCSV(one.CSV()); err != nil || !reflect.DeepEqual(back, one.Cells()) || bytes.Contains(one.CSV(), []byte("\n\n")) {
		t.Errorf("one column: %q reads as %q (%v)", one.CSV(), back, err)
	}
	for _, bad := range []string{"", "{}x", `{"columns":[{"name":"a"}],"rows":[{}]}`, `{"columns":[{"name":"a"}],"rows":[{"b":1}]}`, `{"rows":[1]}`} {
		if _, err := ParseJSON([]byte(bad)); err == nil {
			t.Errorf("JSON %q was read", bad)
		}
	}
	for _, bad := range []string{"", "a,b\n1\n", "a\n\"x\n"} {
		if _, err := ParseCSV([]byte(bad)); err == nil {
			t.Errorf("CSV %q was read", bad)
		}
	}
}
