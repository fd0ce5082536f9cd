package sweep

import (
	"reflect"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/stats"
)

// TestArmTable checks that means are by seed, and differences over the seeds that both arms have.
func TestArmTable(t *testing.T) {
	m := &Manifest{Tasks: []string{"T1", "T5"}, Axes: []AxisKeys{{Keys: []string{"network.units"}}}, Points: []Point{{Values: []string{"20"}}, {Values: []string{"40"}}}}
	for _, seed := range []uint64{3, 4, 5} {
		for point := range m.Points {
			for _, arm := range []string{"molap", "reservoir"} {
				m.Indices = append(m.Indices, Index{point, arm, seed})
			}
		}
	}
	pair := func(a, b float64, escapes ...int) *Result {
		r := &Result{}
		for k, unit := range []float64{a, b} {
			r.Scores = append(r.Scores, Score{Task: m.Tasks[k], DecisionUnit: unit, Decision: 100 - unit, Escape: escapes[k],
				Blind: lab.Null{DecisionUnit: float64(k), Decision: 8}, Constant: lab.Null{DecisionUnit: 4}})
		}
		return r
	}
	results := map[int]*Result{ // seed 3: indices 0 to 3, seed 4: 4 to 7, seed 5: 8 to 11
		0: pair(90, 50, 100, -1), 1: pair(95, 55, 80, -1), // point 0: 70 and 75
		4: pair(91, 89, 200, 300), 5: pair(92, 90, 10, 20), // 90 and 91
		8: pair(0, 10, -1, -1), // 5; the reservoir of seed 5 is not done
		3: pair(60, 60, 7, 7),  // point 1: of molap nothing is done
	}
	table := ArmTable(m, results, "decision_unit")
	molap, both := stats.Mean([]float64{70, 90, 5}, 0.95), stats.Mean([]float64{75, 91}, 0.95)
	more := stats.Mean([]float64{-5, -1}, 0.95)
	want := [][]any{
		{0, 20, "molap", 3, 55.0, molap.Lo, molap.Hi, 0.5, 4.0, nil, nil, nil, nil, 6, 2, 3, nil},
		{0, 20, "reservoir", 2, 83.0, both.Lo, both.Hi, 0.5, 4.0, 2, -3.0, more.Lo, more.Hi, 4, 3, 3, 50.0},
		{1, 40, "reservoir", 1, 60.0, nil, nil, 0.5, 4.0, 0, nil, nil, nil, 2, 0, 2, 7.0},
	}
	if !reflect.DeepEqual(table.Rows, want) {
		t.Errorf("got\n%v, want\n%v", table.Rows, want)
	}
	if other := ArmTable(m, results, "decision"); other.Rows[1][4] != 17.0 || other.Rows[1][7] != 8.0 || other.Rows[1][10] != 3.0 || other.Rows[1][14] != 3 {
		t.Errorf("by decision: %v", other.Rows[1])
	}
}

// TestMergeArms checks that several arms are compared on the page and in a file, and a single one is not.
func TestMergeArms(t *testing.T) {
	for _, arms := range []string{`["molap", "reservoir"]`, `["molap"]`} {
		dir, m := writeSweep(t, strings.Replace(smallFile, `["molap", "reservoir"]`, arms, 1))
		if _, err := newRunner(dir, m, madeWork).Run(t.Context(), allIndices(m)); err != nil {
			t.Fatal(err)
		}
		merged, files := mergeSweep(t, dir, m)
		_, there := files["arms.csv"]
		shown := strings.Contains(files["report.html"], `id="arms"`)
		if several := len(m.Arms()) > 1; there != several || shown != several || len(merged.Tables) != len(m.Arms()) {
			t.Errorf("%s: arms.csv %v, on the page %v, %d tables", arms, there, shown, len(merged.Tables))
		}
		if len(m.Arms()) == 1 {
			continue
		}
		if lines := strings.Count(files["arms.csv"], "\n"); lines != 1+2*len(m.Points) {
			t.Errorf("arms.csv has %d lines", lines)
		}
		if shown := merged.Tables[1]; len(shown.Rows) != shownRows || !strings.HasSuffix(shown.Title, "(the first 15 of 24 rows)") {
			t.Errorf("%d rows are shown as %q", len(shown.Rows), shown.Title)
		}
	}
}
