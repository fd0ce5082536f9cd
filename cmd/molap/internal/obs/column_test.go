package obs

import (
	"math"
	"reflect"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// TestLift checks that columns of what a row has are empty in rows that have none of it, and
// keep all else, as the ends of an interval keep their unit.
func TestLift(t *testing.T) {
	cols := Interval(Col[stats.Interval]{Name: "value", Heading: "mean", Unit: "%", Doc: "a mean"}, "", "lower", "upper", func(i stats.Interval) stats.Interval { return i })
	has := &stats.Interval{Value: 2, Lo: 1, Hi: math.NaN()}
	got := Table("t", "", []*stats.Interval{has, nil}, Lift(cols, func(i *stats.Interval) *stats.Interval { return i })...)
	if want := [][]any{{2.0, 1.0, nil}, {nil, nil, nil}}; !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("%v, want %v", got.Rows, want)
	}
	if c := got.Columns; c[0].Heading != "mean" || c[1] != (table.Column{Name: "lo", Unit: "%", Description: "lower", Part: table.Lower}) || c[2].Part != table.Upper {
		t.Errorf("columns %+v", c)
	}
}

// TestMeasuredColumns checks what the outputs of runs are called, with a first that is fixation
// and with one that is none.
func TestMeasuredColumns(t *testing.T) {
	for first, runs := range map[string][]lab.Run{
		"fixation": {{Fixation: 1, Output: []float64{1, 2}}, {Fixation: 1, Output: []float64{1, 2, 3, 4}}},
		"output_1": {{Fixation: 0, Output: []float64{1, 2}}, {Fixation: 1, Output: []float64{1, 2, 3, 4}}},
	} {
		got := Table("t", "", runs, MeasuredColumns(runs)...)
		if c := got.Columns; c[0].Name != first || c[1].Name != "output_2" || c[3].Name != "output_4" || c[3].Description != "correct, if the task has it" || c[4].Name != "overall" {
			t.Errorf("%s: columns %+v", first, c[:5])
		}
		if row := got.Rows[0]; row[1] != 2.0 || row[2] != nil || row[3] != nil {
			t.Errorf("%s: %v, want two outputs", first, row[:5])
		}
	}
}
