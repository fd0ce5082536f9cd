package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/seq"
)

// Table is a list of records with described columns.
type Table struct {
	Name    string // file name without its ending
	Title   string // heading for readers
	Columns []Column
	Rows    [][]any // cells: string, bool, int, int64, uint64, float32, float64, or nil for a missing value
}

// Column describes the values of one column.
type Column struct {
	Name        string // key in the files, unique in the table
	Heading     string // for readers; empty: the name in words
	Unit        string // "%", "ms", …; empty for counts, names and fractions
	Description string // one sentence
	Part        Part
	Digits      bool // readers see three digits of every float, see [Digits]
}

// Part says that a column belongs to the last whole column before it: readers see both in one cell,
// files keep a column for each.
type Part int

const (
	Whole  Part = iota
	Lower       // the lower end of an interval, before its Upper: "91.1 [88.0, 94.2]"
	Upper       // the upper end
	Spread      // a standard deviation: "91.1 ± 2.4"
)

// Add appends a row. It panics if the number of cells is not that of the columns.
func (t *Table) Add(cells ...any) {
	if len(cells) != len(t.Columns) {
		panic(fmt.Sprintf("table %s: row has %d cells, table has %d columns", t.Name, len(cells), len(t.Columns)))
	}
	t.Rows = append(t.Rows, cells)
}

// Only returns a table of some columns, in that order. It panics if one is not there.
func (t *Table) Only(names ...string) *Table {
	part := &Table{Name: t.Name, Title: t.Title, Rows: make([][]any, len(t.Rows))}
	for _, name := range names {
		j := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		if j < 0 {
			panic(fmt.Sprintf("table %s has no column %q", t.Name, name))
		}
		part.Columns = append(part.Columns, t.Columns[j])
		for i, row := range t.Rows {
			part.Rows[i] = append(part.Rows[i], row[j])
		}
	}
	return part
}

// Mistake returns an error if the table could not be read back.
func (t *Table) Mistake() error {
	if len(t.Columns) == 0 {
		return fmt.Errorf("table %s has no columns", t.Name)
	}
	seen := make(map[string]bool, len(t.Columns))
	for j, c := range t.Columns {
		if c.Name == "" || seen[c.Name] {
			return fmt.Errorf("table %s: column name %q is empty or used twice", t.Name, c.Name)
		}
		seen[c.Name] = true
		if j == 0 && c.Part != Whole || c.Part == Lower != (j+1 < len(t.Columns) && t.Columns[j+1].Part == Upper) {
			return fmt.Errorf("table %s: column %s has no other end, or nothing before it that it is part of", t.Name, c.Name)
		}
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table %s: row %d has %d cells, table has %d columns", t.Name, i, len(row), len(t.Columns))
		}
	}
	return nil
}

// check panics if Mistake returns an error.
func (t *Table) check() {
	if err := t.Mistake(); err != nil {
		panic("table: " + err.Error())
	}
}

// CSV returns the table as RFC 4180 comma-separated values with a header line
// of column names. Lines end with a line feed alone, as Unix tools expect.
// Numbers are the shortest that read back as the same value; a missing value is
// an empty field, in quotes where the line would be empty.
func (t *Table) CSV() []byte { return t.Cells().csv() }

func (c Cells) csv() []byte {
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	for _, record := range append([][]string{c.Columns}, c.Rows...) {
		if len(record) == 1 && record[0] == "" { // readers would skip an empty line
			w.Flush()
			buf.WriteString("\"\"\n")
			continue
		}
		w.Write(record) // bytes.Buffer returns no error
	}
	w.Flush()
	return buf.Bytes()
}

// JSON returns the table as one object: name, title, the columns with units and
// descriptions, and the rows as objects whose keys follow the columns' order.
// A missing value is null. JSON has no NaN and no infinities: they are the
// strings "NaN", "+Inf" and "-Inf".
func (t *Table) JSON() []byte {
	t.check()
	columns := seq.Map(t.Columns, func(c Column) string {
		return "\n    {\"name\": " + quoteJSON(c.Name) + ", \"unit\": " + quoteJSON(c.Unit) + ", \"description\": " + quoteJSON(c.Description) + "}"
	})
	rows := seq.Map(t.Rows, func(row []any) string {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = quoteJSON(t.Columns[j].Name) + ": " + jsonCell(t, cell)
		}
		return "\n    {" + strings.Join(cells, ", ") + "}"
	})
	end := "]\n}\n"
	if len(rows) > 0 {
		end = "\n  " + end
	}
	return []byte("{\n  \"name\": " + quoteJSON(t.Name) + ",\n  \"title\": " + quoteJSON(t.Title) +
		",\n  \"columns\": [" + strings.Join(columns, ",") + "\n  ],\n  \"rows\": [" + strings.Join(rows, ",") + end)
}

// File is a file to be written: its name and its content.
type File struct {
	Name string
	Data []byte
}

// Files returns Name.csv and Name.json.
func (t *Table) Files() []File {
	return []File{{t.Name + ".csv", t.CSV()}, {t.Name + ".json", t.JSON()}}
}

// Write writes Name.csv and Name.json into dir.
func (t *Table) Write(dir string) error { return WriteFiles(dir, t.Files()) }

// WriteFiles writes files into dir.
func WriteFiles(dir string, files []File) error {
	for _, f := range files {
		if err := atomicfile.Write(filepath.Join(dir, f.Name), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// exactText formats a cell so that reading it gives the same value.
func exactText(t *Table, cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float32:
		return Shortest(float64(v), 32)
	case float64:
		return Shortest(v, 64)
	}
	panic(fmt.Sprintf("table %s: a cell cannot hold a %T", t.Name, cell))
}

func jsonCell(t *Table, cell any) string {
	text := exactText(t, cell)
	v, isFloat := floatOf(cell)
	switch _, isText := cell.(string); {
	case cell == nil:
		return "null"
	case isText, isFloat && !Finite(v):
		return quoteJSON(text)
	}
	return text
}

// quoteJSON returns s as a JSON string.
func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string always encodes
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}
