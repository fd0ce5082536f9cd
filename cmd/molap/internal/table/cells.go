package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/strictjson"
)

// Cells are the values of a table as its files write them: equal texts are equal numbers, to the last
// bit.
type Cells struct {
	Columns []string
	Rows    [][]string
}

// Cells returns the values of a table.
func (t *Table) Cells() Cells {
	t.check()
	return Cells{seq.Map(t.Columns, func(c Column) string { return c.Name }), seq.Map(t.Rows, func(row []any) []string {
		return seq.Map(row, func(cell any) string { return exactText(t, cell) })
	})}
}

// mostCommas is more than a line of any table of ours has. Package csv takes 150 bytes
// for each.
const mostCommas = 10000

// ParseCSV reads the values of a table from what [Table.CSV] wrote.
func ParseCSV(data []byte) (Cells, error) {
	// Package csv drops some carriage returns, so it would not return what the file says. No table of
	// ours has any.
	if i := bytes.IndexByte(data, '\r'); i >= 0 {
		return Cells{}, fmt.Errorf("carriage return in line %d", 1+bytes.Count(data[:i], []byte("\n")))
	}
	line := 0
	for text := range bytes.Lines(data) {
		if line++; bytes.Count(text, []byte(",")) > mostCommas {
			return Cells{}, fmt.Errorf("more than %d commas in line %d", mostCommas, line)
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	rows := make([][]string, 0, bytes.Count(data, []byte("\n"))+1) // ReadAll would take twice the memory
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Cells{}, err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return Cells{}, errors.New("an empty file is no table")
	}
	return Cells{rows[0], rows[1:]}, nil
}

// ParseJSON reads the values of a table from what [Table.JSON] wrote.
func ParseJSON(data []byte) (Cells, error) {
	var f struct {
		Name, Title string
		Columns     []*struct{ Name, Unit, Description string } // pointers: many empty ones take little
		Rows        []map[string]json.RawMessage
	}
	if err := strictjson.Unmarshal(data, &f); err != nil {
		return Cells{}, err
	}
	var c Cells
	for _, col := range f.Columns {
		if col == nil {
			return Cells{}, errors.New("a column is null")
		}
		c.Columns = append(c.Columns, col.Name)
	}
	for i, row := range f.Rows {
		if len(row) != len(c.Columns) {
			return Cells{}, fmt.Errorf("row %d has %d cells, the table has %d columns", i+1, len(row), len(c.Columns))
		}
		texts := make([]string, len(c.Columns))
		for j, name := range c.Columns {
			cell, ok := row[name]
			if !ok {
				return Cells{}, fmt.Errorf("row %d has no %q", i+1, name)
			}
			switch {
			case string(cell) == "null":
			case cell[0] == '"':
				if err := json.Unmarshal(cell, &texts[j]); err != nil {
					return Cells{}, fmt.Errorf("row %d: %w", i+1, err)
				}
			default:
				texts[j] = string(cell)
			}
		}
		c.Rows = append(c.Rows, texts)
	}
	return c, nil
}

// Difference is a place where two tables differ.
type Difference struct {
	Row    int    `json:"row"` // from 1; 0: the columns, or the number of rows
	Column string `json:"column,omitempty"`
	Have   string `json:"have"`
	Want   string `json:"want"`
}

// Differences returns the cells of c that are not those of want. If columns or numbers of rows differ,
// it says that first and then compares the rows that both have.
func (c Cells) Differences(want Cells) []Difference {
	if !slices.Equal(c.Columns, want.Columns) {
		return []Difference{{Column: "columns", Have: fmt.Sprint(c.Columns), Want: fmt.Sprint(want.Columns)}}
	}
	var d []Difference
	if have, need := len(c.Rows), len(want.Rows); have != need {
		d = append(d, Difference{Column: "rows", Have: fmt.Sprint(have), Want: fmt.Sprint(need)})
	}
	for i := range min(len(c.Rows), len(want.Rows)) {
		for j, name := range c.Columns {
			if have, need := c.Rows[i][j], want.Rows[i][j]; have != need {
				d = append(d, Difference{i + 1, name, have, need})
			}
		}
	}
	return d
}
