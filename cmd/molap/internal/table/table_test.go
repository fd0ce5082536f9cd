package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"molap/cmd/molap/internal/panictest"
)

func exampleTable() *Table {
	t := &Table{Name: "sample", Title: "A sample", Columns: []Column{
		{Name: "task", Description: "Name, with a \"quote\"."}, {Name: "n", Description: "Count."}, {Name: "acc", Unit: "%", Description: "Accuracy."}, {Name: "ok", Description: "Verdict."},
	}}
	t.Add("mem, dm1", 12345, 71.25, true)
	t.Add("say \"hi\"\nthere", int64(-7), 0.30000000000000004, false)
	t.Add("π <b>", uint64(math.MaxUint64), nil, nil)
	t.Add("", 0, float32(0.1), true)
	return t
}

func TestCSV(t *testing.T) {
	want := "task,n,acc,ok\n" +
		"\"mem, dm1\",12345,71.25,true\n" +
		"\"say \"\"hi\"\"\nthere\",-7,0.30000000000000004,false\n" +
		"π <b>,18446744073709551615,,\n" +
		",0,0.1,true\n"
	if got := string(exampleTable().CSV()); got != want {
		t.Errorf("CSV:\n%s\nwant:\n%s", got, want)
	}
}

func TestJSON(t *testing.T) {
	want := `{
  "name": "sample",
  "title": "A sample",
  "columns": [
    {"name": "task", "unit": "", "description": "Name, with a \"quote\"."},
    {"name": "n", "unit": "", "description": "Count."},
    {"name": "acc", "unit": "%", "description": "Accuracy."},
    {"name": "ok", "unit": "", "description": "Verdict."}
  ],
  "rows": [
    {"task": "mem, dm1", "n": 12345, "acc": 71.25, "ok": true},
    {"task": "say \"hi\"\nthere", "n": -7, "acc": 0.30000000000000004, "ok": false},
    {"task": "π <b>", "n": 18446744073709551615, "acc": null, "ok": null},
    {"task": "", "n": 0, "acc": 0.1, "ok": true}
  ]
}
`
	if got := string(exampleTable().JSON()); got != want {
		t.Errorf("JSON:\n%s\nwant:\n%s", got, want)
	}
}

// awkward are floats that a careless format would change.
var awkward = []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1.0 / 3, 1e-7, 1e21, 123456789.125, math.MaxFloat64,
	math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()}

func TestNumbersRoundTrip(t *testing.T) {
	table := &Table{Name: "x", Columns: []Column{{Name: "i"}, {Name: "v"}}}
	for i, v := range awkward {
		table.Add(i, v)
	}
	records, err := csv.NewReader(bytes.NewReader(table.CSV())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct{ Rows []map[string]any }
	if err := json.Unmarshal(table.JSON(), &parsed); err != nil {
		t.Fatal(err)
	}
	if len(records) != len(awkward)+1 || len(parsed.Rows) != len(awkward) {
		t.Fatalf("%d CSV records and %d JSON rows, want %d and %d", len(records), len(parsed.Rows), len(awkward)+1, len(awkward))
	}
	same := func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
	}
	for i, v := range awkward {
		got, err := strconv.ParseFloat(records[i+1][1], 64)
		if err != nil || !same(got, v) {
			t.Errorf("CSV: %v came back as %v (%v)", v, got, err)
		}
		cell := parsed.Rows[i]["v"]
		if s, ok := cell.(string); ok {
			cell, _ = strconv.ParseFloat(s, 64)
			if Finite(v) {
				t.Errorf("JSON: %v is a string", v)
			}
		}
		if f, ok := cell.(float64); !ok || !same(f, v) {
			t.Errorf("JSON: %v came back as %v", v, cell)
		}
	}
}

func TestText(t *testing.T) {
	table := &Table{Title: "Accuracy", Columns: []Column{{Name: "task"}, {Name: "n"}, {Name: "acc", Unit: "%"}, {Name: "loss"}}}
	table.Add("mem_dm1", 12345, 71.25, 3e-5)
	table.Add("π", -7, 9.0, 0.5)
	table.Add("x", nil, math.NaN(), 0.0)
	want := "Accuracy\n\n" +
		"task          n  acc (%)   loss\n" +
		"───────  ──────  ───────  ─────\n" +
		"mem_dm1  12\u2009345     71.2  3e−05\n" +
		"π            −7      9.0    0.5\n" +
		"x             –      NaN      0\n"
	if got := table.Text(); got != want {
		t.Errorf("text:\n%s\nwant:\n%s", got, want)
	}
}

func TestReadableDecimals(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   []string
	}{
		{[]float64{1, 0.5}, []string{"1.000", "0.500"}},
		{[]float64{3.14159, 0.001}, []string{"3.14", "0.00"}},
		{[]float64{50, 0, 0.005, 7.5}, []string{"50", "0", "0.005", "7.5"}},
		{[]float64{0.01994, 0.0012}, []string{"0.0199", "0.0012"}},
		{[]float64{100, 99.95}, []string{"100.0", "100.0"}},
		{[]float64{54321, 1.5}, []string{"54321", "2"}},
		{[]float64{0.5, 2e-5}, []string{"0.5", "2e−05"}},
		{[]float64{-0.25}, []string{"−0.250"}},
		{[]float64{0, 0}, []string{"0", "0"}},
	} {
		table := &Table{Columns: []Column{{Name: "v"}}}
		for _, v := range c.values {
			table.Add(v)
		}
		for i, row := range table.readable() {
			if row[0] != c.want[i] {
				t.Errorf("%v: cell %d reads %q, want %q", c.values, i, row[0], c.want[i])
			}
		}
	}
}

// TestDigits: three significant digits of every value, whatever stands beside it.
func TestDigits(t *testing.T) {
	table := &Table{Columns: []Column{{Name: "v", Digits: true}}}
	var want []string
	for _, c := range []struct {
		value float64
		want  string
	}{
		{-0.09998387634809612, "−0.100"}, {-0.03817440404567349, "−0.0382"}, {0.02849452564874604, "0.0285"}, {0.001, "0.00100"}, {0.0099999, "0.0100"},
		{1.3930012734515982, "1.39"}, {9.996, "10.0"}, {49.7, "49.7"}, {99.97, "100"}, {100, "100"}, {12345, "12345"}, {999999.9, "1.00e+06"},
		{5.51e-11, "5.51e−11"}, {-0.000242, "−2.42e−04"}, {0, "0"}, {math.Copysign(0, -1), "0"}, {math.Inf(-1), "−∞"}, {math.Inf(1), "+∞"}, {math.NaN(), "NaN"},
	} {
		table.Add(c.value)
		want = append(want, c.want)
	}
	for i, row := range table.readable() {
		if row[0] != want[i] {
			t.Errorf("%v reads %q, want %q", table.Rows[i][0], row[0], want[i])
		}
	}
	for v, want := range map[float64]string{-1: "−1", 0.5: "0.5", 0: "0", 0.0625: "0.0625", 0.33333: "0.333", 1e-9: "1.00e−09", math.Inf(1): "+∞"} {
		if got := Brief(v); got != want {
			t.Errorf("%v is briefly %q, want %q", v, got, want)
		}
	}
}

func TestTablePanics(t *testing.T) {
	panictest.Want(t, "row has 1 cells, table has 2 columns", func() {
		(&Table{Columns: []Column{{Name: "a"}, {Name: "b"}}}).Add(1)
	})
	panictest.Want(t, "used twice", func() { (&Table{Columns: []Column{{Name: "a"}, {Name: "a"}}}).CSV() })
	panictest.Want(t, "[]int", func() { (&Table{Columns: []Column{{Name: "a"}}, Rows: [][]any{{[]int{1}}}}).JSON() })
	panictest.Want(t, "row 0 has 2 cells", func() { (&Table{Columns: []Column{{Name: "a"}}, Rows: [][]any{{1, 2}}}).Text() })
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := exampleTable().Write(dir); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, "sample.csv", "sample.json")
}

func wantFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("%s holds %v, want %v", filepath.Base(dir), got, names)
	}
}

func TestOnly(t *testing.T) {
	if got, want := string(exampleTable().Only("ok", "task").CSV()), "ok,task\ntrue,\"mem, dm1\"\nfalse,\"say \"\"hi\"\"\nthere\"\n,π <b>\ntrue,\n"; got != want {
		t.Errorf("CSV:\n%s\nwant:\n%s", got, want)
	}
}

// TestView: readers see headings in words, an estimate with its interval in one cell, and
// nothing of an interval that is not known; files keep every column.
func TestView(t *testing.T) {
	table := &Table{Name: "t", Columns: []Column{
		{Name: "arm"}, {Name: "molap_more", Unit: "%"}, {Name: "more_lo", Part: Lower}, {Name: "more_hi", Part: Upper}, {Name: "r2", Heading: "R²"}, {Name: "r2_sd", Part: Spread},
	}}
	table.Add("a", 91.125, 88.0, 94.25, 0.5, 0.125)
	table.Add("b", -7.5, nil, nil, 0.25, nil)
	v := table.View()
	var got []string
	for _, h := range v.Head {
		got = append(got, h.Text)
	}
	for _, row := range v.Rows {
		for _, c := range row {
			got = append(got, c.Text+"|"+c.Full)
		}
	}
	want := "arm; molap more (%); R²; a|; 91.1 [88.0, 94.2]|91.125 [88, 94.25]; 0.500 ± 0.125|0.5 ± 0.125; b|; −7.5|-7.5; 0.250|0.25"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("readers see\n%s, want\n%s", s, want)
	}
	if s := string(table.CSV()); !strings.HasPrefix(s, "arm,molap_more,more_lo,more_hi,r2,r2_sd\na,91.125,88,94.25,0.5,0.125\n") {
		t.Errorf("the file has\n%s", s)
	}
	for _, columns := range [][]Column{{{Name: "a", Part: Spread}}, {{Name: "a"}, {Name: "b", Part: Lower}}, {{Name: "a"}, {Name: "b", Part: Upper}}} {
		panictest.Want(t, "has no other end", func() { (&Table{Columns: columns}).View() })
	}
}

// TestNarrow checks that a wide table keeps to a terminal by headings in several lines and a
// unit in its title.
func TestNarrow(t *testing.T) {
	table := &Table{Name: "x", Title: "Scores", Columns: []Column{{Name: "task"}}}
	row := []any{"T1"}
	for _, name := range []string{"separate", "dni-fresh", "molap-pca", "right_after_its_task", "reservoir", "blind", "constant", "all_outputs"} {
		table.Columns, row = append(table.Columns, Column{Name: name, Unit: "%"}), append(row, 91.25)
	}
	table.Add(row...)
	lines := strings.Split(table.Text(), "\n")
	if lines[0] != "Scores (%)" || strings.Count(table.Text(), "%") != 1 {
		t.Errorf("the unit stands elsewhere than in the title:\n%s", table.Text())
	}
	if len(lines) != 9 {
		t.Errorf("%d lines, want 4 of headings:\n%s", len(lines), table.Text())
	}
	for _, l := range lines {
		if n := utf8.RuneCountInString(l); n > 80 {
			t.Errorf("%d columns: %s", n, l)
		}
	}
	table.Columns, table.Rows = table.Columns[:2], [][]any{{"T1", 91.25}}
	if text := table.Text(); !strings.Contains(text, "separate (%)") {
		t.Errorf("the unit of a single column stands elsewhere than in its heading:\n%s", text)
	}
}
