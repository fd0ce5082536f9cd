package report

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"molap/cmd/molap/internal/memtest"
)

// TestReportFile writes a report as a file, reads it and makes the same page.
func TestReportFile(t *testing.T) {
	r := exampleReport()
	odd := &Table{Name: "odd", Title: "Every kind of cell", Columns: []Column{{Name: "a<b", Unit: "%", Description: "“x”"}, {Name: "b"}}}
	for _, v := range []any{nil, "", "NaN", "{}", "a\"\n\u2028", true, false, 0, -3, 123456, uint64(math.MaxUint64), int64(math.MinInt64),
		0.0, math.Copysign(0, -1), 1.0, 12345.0, 0.1, 1e-300, 1e300, math.NaN(), math.Inf(1), math.Inf(-1)} {
		odd.Add("x", v)
	}
	r.Sections[0].Tables = append(r.Sections[0].Tables, odd)
	page, err := r.HTML()
	if err != nil {
		t.Fatal(err)
	}
	data := r.JSON()
	got, err := ParseReport(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.JSON(), data) {
		t.Error("the file is written differently the second time")
	}
	for i, s := range r.Sections {
		for j, p := range s.Figures {
			got.Sections[i].Figures[j].SVG = p.SVG
		}
	}
	if again, err := got.HTML(); err != nil || !bytes.Equal(again, page) {
		t.Errorf("the page differs (%v)", err)
	}
}

// TestParseReportRefuses changes a file in ways that would make HTML panic, or that
// JSON does not write.
func TestParseReportRefuses(t *testing.T) {
	good := string(exampleReport().JSON())
	for name, change := range map[string][2]string{
		"anchor":        {`"id": "fig2"`, `"id": "Fig 2"`},
		"anchor twice":  {`"id": "table1"`, `"id": "fig2"`},
		"section":       {`"section": "table1"`, `"section": "table9"`},
		"verdict":       {`"verdict": "holds"`, `"verdict": "perhaps"`},
		"verdict alone": {`"alone": "holds"`, `"alone": ""`},
		"path":          {`"results/fig2.csv"`, `"../results/fig2.csv"`},
		"script":        {`"results/fig2.csv"`, `"javascript:1"`},
		"unknown field": {`"title"`, `"titel"`},
		"long row":      {`"reservoir",`, `"reservoir", 1,`},
		"cell":          {`"float": "`, `"float": "1e`},
		"cell kind":     {`"float": "`, `"flaot": "`},
		"cell of two":   {`"float": "`, `"float": "1", "float": "`},
		"cell of none":  {`"float": "`, `"float": null, "": "`},
		"empty section": {`"sections": [`, `"sections": [{},`},
		"column twice":  {`"name": "arm"`, `"name": "task"`},
		"number":        {`"value": 74.213`, `"value": "74.2130"`},
		"array":         {`"findings": [`, `"findings": [[`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Errorf("%s: nothing changed", name)
		}
		if _, err := ParseReport([]byte(bad)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "null x", "[]", good + "{}", good[:len(good)/2]} {
		if _, err := ParseReport([]byte(bad)); err == nil {
			t.Errorf("%.20q was read", bad)
		}
	}
}

// FuzzParseReport looks for files on which reading takes much memory, or on which it, or
// the page of what was read, panics or loses something.
func FuzzParseReport(f *testing.F) {
	r := &Report{Title: "t", Claims: exampleClaimList(), Findings: []string{"found"}, Facts: []Setting{{"a", "b"}}, Sections: []Section{
		{ID: "fig2", Title: "x", Figures: []Picture{{Name: "fig2"}}, Files: []string{"results/fig2.csv"}, Settings: []Setting{{"c", "d"}}},
		{ID: "table1"},
	}}
	f.Add(r.JSON())
	f.Add([]byte(`{"sections":[{"id":"a","tables":[{"columns":[{"name":"x"}],"rows":[[null],[1],[{"float":"NaN"}]]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r *Report
		var err error
		memtest.Within(t, len(data), jsonTimes, func() { r, err = ParseReport(data) })
		if err != nil {
			return
		}
		for i := range r.Sections {
			r.Sections[i].Figures = nil // have no drawings
		}
		page, err := r.HTML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseReport(r.JSON())
		if err != nil {
			t.Fatal(err)
		}
		if second, err := again.HTML(); err != nil || !bytes.Equal(second, page) {
			t.Fatalf("another page (%v)", err)
		}
	})
}

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
