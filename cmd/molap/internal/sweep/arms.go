package sweep

import (
	"fmt"
	"maps"
	"slices"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// atPoint is what came of one arm at one point of the design.
type atPoint struct {
	means   map[uint64]float64 // of the measure over all tasks, by seed
	learnt  int                // networks
	escapes []float64          // of all networks
}

// take adds what came of a seed.
func (a *atPoint) take(seed uint64, scores []Score, by string) {
	sum := 0.0
	for k := range scores {
		s := &scores[k]
		sum += s.measure(by)
		if s.DecisionUnit >= profile.Learnt {
			a.learnt++
		}
		a.escapes = append(a.escapes, s.escape())
	}
	a.means[seed] = sum / float64(len(scores))
}

// mean is the number of seeds and their mean with its interval, as cells.
func (a *atPoint) mean() []any {
	var x []float64
	for _, seed := range slices.Sorted(maps.Keys(a.means)) {
		x = append(x, a.means[seed])
	}
	i := stats.Mean(x, 0.95)
	return []any{i.N, i.Value, table.Known(i.Lo), table.Known(i.Hi)}
}

// more is the number of seeds that both have and what a has more, as cells.
func (a *atPoint) more(b *atPoint) []any {
	var x, y []float64
	for _, seed := range slices.Sorted(maps.Keys(a.means)) {
		if other, both := b.means[seed]; both {
			x, y = append(x, a.means[seed]), append(y, other)
		}
	}
	d := stats.Paired(x, y, 0.95)
	return []any{d.N, table.Known(d.Value), table.Known(d.Lo), table.Known(d.Hi)}
}

// ArmTable compares the arms of a sweep at each point: what each scores, with an
// interval over seeds, and what the first of them has more than each of the others,
// paired by the seeds that both have.
func ArmTable(m *Manifest, results map[int]*Result, by string) *table.Table {
	arms := m.Arms()
	first := arms[0]
	t := &table.Table{Name: "arms", Title: "Arms by mean " + by + " over tasks, 95 % intervals over seeds",
		Columns: []table.Column{{Name: "point", Description: "number of the point of the design"}}}
	t.Columns = append(append(t.Columns, m.axisColumns()...),
		table.Column{Name: "arm", Description: "way of training"},
		table.Column{Name: "seeds", Description: "seeds that are done"},
		table.Column{Name: by, Unit: "%", Description: "mean over tasks and seeds"},
		table.Column{Name: "lo", Part: table.Lower, Unit: "%", Description: "lower end of its 95 % t interval over seeds; empty: too few seeds"},
		table.Column{Name: "hi", Part: table.Upper, Unit: "%", Description: "upper end"},
		table.Column{Name: "pairs", Description: "seeds that are done in " + first + " as well"},
		table.Column{Name: first + "_more", Unit: "points", Description: "what " + first + " has more, mean of the differences by seed"},
		table.Column{Name: "more_lo", Part: table.Lower, Unit: "points", Description: "lower end of its 95 % paired t interval"},
		table.Column{Name: "more_hi", Part: table.Upper, Unit: "points", Description: "upper end"},
		table.Column{Name: "networks", Description: "of all tasks and seeds"},
		table.Column{Name: "learnt", Description: fmt.Sprintf("those with %d %% of responses within a tenth of the targets' range", profile.Learnt)},
		table.Column{Name: "escaped", Description: "those whose loss left the plateau of the blind answer"},
		table.Column{Name: "escape", Description: "median iteration of that; empty if half never did"})
	for point, of := range m.byArm(arms, results, by) {
		for _, arm := range arms {
			a := of[arm]
			if len(a.means) == 0 {
				continue
			}
			row := append(append([]any{point}, m.axisCells(point)...), arm)
			row = append(row, a.mean()...)
			if arm == first {
				row = append(row, nil, nil, nil, nil)
			} else {
				row = append(row, of[first].more(a)...)
			}
			t.Add(append(row, len(a.escapes), a.learnt, escapedOf(a.escapes), table.Known(medianEscape(a.escapes)))...)
		}
	}
	return t
}

// byArm gathers results by point and arm.
func (m *Manifest) byArm(arms []string, results map[int]*Result, by string) []map[string]*atPoint {
	points := make([]map[string]*atPoint, len(m.Points))
	for p := range points {
		points[p] = map[string]*atPoint{}
		for _, arm := range arms {
			points[p][arm] = &atPoint{means: map[uint64]float64{}}
		}
	}
	for i, ix := range m.Indices {
		if r := results[i]; r != nil {
			points[ix.Point][ix.Arm].take(ix.Seed, r.Scores, by)
		}
	}
	return points
}
