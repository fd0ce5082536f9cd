package paper

import (
	"reflect"
	"testing"

	"molap/cmd/molap/internal/report"
)

// TestRunRows computes rows of every table of single runs by themselves and compares
// them with those of the whole experiment.
func TestRunRows(t *testing.T) {
	s := tiny(t, "paper")
	seeds := []uint64{1, 4}
	for _, e := range Experiments() {
		rows, ok := RowsOf(newLab(s, seeds), e)
		if !ok {
			if runTables[e.Name] != "" {
				t.Errorf("%s has no rows", e.Name)
			}
			continue
		}
		var whole *report.Table
		all := newLab(s, seeds)
		if err := Run(t.Context(), all, &silent{}, []Experiment{e}, func(_ int, r Result) error {
			for _, table := range r.Tables {
				if table.Name == rows.Table {
					whole = table
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if whole == nil || len(whole.Rows) != rows.Len() {
			t.Fatalf("%s: %d rows, the table has %+v", e.Name, rows.Len(), whole)
		}
		for _, at := range []int{rows.Len() / 2, rows.Len() - 1} {
			l := newLab(s, seeds) // with nothing computed yet
			rows, _ := RowsOf(l, e)
			one, err := Compute(t.Context(), l, &silent{}, []Pick{{rows, at}})
			if err != nil {
				t.Fatal(err)
			}
			row := whole.Rows[at]
			row = row[len(row)-len(one.Columns):] // a column for the kind of network comes before
			if !reflect.DeepEqual(one.Rows[0], row) {
				t.Errorf("%s, row %d by itself is %v, in the table %v", e.Name, at, one.Rows[0], row)
			}
		}
	}
}
