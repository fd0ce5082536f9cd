package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// pointColumns returns the number of a point and its values on the axes, numbers where they are
// numbers.
func pointColumns[R any](m *Manifest, point func(R) int) []obs.Col[R] {
	cols := []obs.Col[R]{{Name: "point", Doc: "number of the point of the design", Of: func(r R) any { return point(r) }}}
	for k, a := range m.Axes {
		cols = append(cols, obs.Col[R]{Name: a.Name(), Doc: "setting " + strings.Join(a.Keys, ", "), Of: func(r R) any {
			v := m.Points[point(r)].Values[k]
			if n, err := strconv.Atoi(v); err == nil {
				return n
			}
			if x, err := strconv.ParseFloat(v, 64); err == nil {
				return x
			}
			return v
		}})
	}
	return cols
}

// pointTable lists the indices of a sweep for readers.
func (m *Manifest) pointTable() *table.Table {
	type row struct {
		n int
		Index
	}
	var rows []row
	for i, ix := range m.Indices {
		rows = append(rows, row{i, ix})
	}
	cols := append([]obs.Col[row]{{Name: "index", Doc: "number of the piece of work", Of: func(r row) any { return r.n }}},
		pointColumns(m, func(r row) int { return r.Point })...)
	return obs.Table("points", "What each index is", rows, append(cols,
		obs.Col[row]{Name: "arm", Doc: "way of training", Of: func(r row) any { return r.Arm }},
		obs.Col[row]{Name: "seed", Doc: "seed of all random numbers", Of: func(r row) any { return r.Seed }})...)
}

// tableColumn returns a column.
func tableColumn[R any](name, unit, doc string, of func(R) any) obs.Col[R] {
	return obs.Col[R]{Name: name, Unit: unit, Doc: doc, Of: of}
}

// BoardTable returns a leaderboard as a table.
func BoardTable(m *Manifest, board []Standing, by string) *table.Table {
	type row struct {
		rank int
		Standing
	}
	var rows []row
	for i, s := range board {
		rows = append(rows, row{i + 1, s})
	}
	col := tableColumn[row]
	points := pointColumns(m, func(r row) int { return r.Point })
	cols := append([]obs.Col[row]{col("rank", "", "place", func(r row) any { return r.rank }), points[0],
		col("arm", "", "way of training", func(r row) any { return r.Arm })}, points[1:]...)
	return obs.Table("leaderboard", "Points by mean "+by, rows, append(cols,
		col("runs", "", "networks, of all tasks and seeds", func(r row) any { return r.Runs }),
		col("missing", "", "networks that are not done", func(r row) any { return r.Wanted - r.Runs }),
		col("decision_unit", "%", "mean of responses within a tenth of the targets' range", func(r row) any { return r.DecisionUnit }),
		col("decision", "%", "mean of correct responses, by the criterion of the settings", func(r row) any { return r.Decision }),
		col("overall", "%", "mean over all outputs", func(r row) any { return r.Overall }),
		col("blind", "%", by+" of the mean target", func(r row) any { return r.Blind }),
		col("constant", "%", by+" of the best constant answer", func(r row) any { return r.Constant }),
		col("worst", "%", by+" of the task that is worst by it", func(r row) any { return r.Worst }),
		col("worst_task", "", "that task", func(r row) any { return r.WorstTask }),
		col("escaped", "%", "networks that left the plateau of the blind answer", func(r row) any { return r.Escaped }),
		col("escape", "", "median iteration of that; empty if half never did", func(r row) any { return table.Known(r.Escape) }),
		col("diverged", "", "networks whose training broke off", func(r row) any { return r.Diverged }))...)
}

// ArmTable compares the arms of a sweep at each point: the score of each, with an interval over seeds,
// and the lead of the first over each of the others, paired by the seeds that both have.
func ArmTable(m *Manifest, results map[int]*Result, by string) *table.Table {
	type row struct {
		Standing
		mean, more stats.Interval
	}
	first := m.Arms()[0]
	all := standingsOf(m, results, by)
	ofFirst := map[int]Standing{}
	for _, s := range all {
		if s.Arm == first {
			ofFirst[s.Point] = s
		}
	}
	rows := seq.Map(all, func(s Standing) row { return row{s, s.overSeeds(), ofFirst[s.Point].more(s)} })
	col := tableColumn[row]
	more := append([]obs.Col[stats.Interval]{{Name: "pairs", Doc: "seeds that are done in " + first + " as well", Of: func(i stats.Interval) any { return i.N }}},
		obs.Interval(obs.Col[stats.Interval]{Name: first + "_more", Unit: "points", Doc: "what " + first + " has more, mean of the differences by seed"},
			"more_", "lower end of its 95 % paired t interval", "upper end", func(i stats.Interval) stats.Interval { return i })...)
	compared := func(r row) *stats.Interval { // of the first there is nothing to compare
		if r.Arm == first {
			return nil
		}
		return &r.more
	}
	return obs.Table("arms", "Arms by mean "+by+" over tasks, 95 % intervals over seeds", rows, slices.Concat(pointColumns(m, func(r row) int { return r.Point }), []obs.Col[row]{
		col("arm", "", "way of training", func(r row) any { return r.Arm }),
		col("seeds", "", "seeds that are done", func(r row) any { return r.mean.N })},
		obs.Interval(col(by, "%", "mean over tasks and seeds", nil), "", "lower end of its 95 % t interval over seeds; empty: too few seeds", "upper end",
			func(r row) stats.Interval { return r.mean }), []obs.Col[row]{
			col("blind", "%", by+" of the mean target", func(r row) any { return r.Blind }),
			col("constant", "%", by+" of the best constant answer", func(r row) any { return r.Constant }),
		}, obs.Lift(more, compared), []obs.Col[row]{
			col("networks", "", "of all tasks and seeds", func(r row) any { return r.Runs }),
			col("learnt", "", fmt.Sprintf("those with %d %% of responses within a tenth of the targets' range", profile.Learnt), func(r row) any { return r.Learnt }),
			col("escaped", "", "those whose loss left the plateau of the blind answer", func(r row) any { return r.Escapes }),
			col("escape", "", "median iteration of that; empty if half never did", func(r row) any { return table.Known(r.Escape) }),
		})...)
}

// RunTable returns a table with a row for every network.
func RunTable(m *Manifest, results map[int]*Result) *table.Table {
	type row struct {
		n int
		Index
		run lab.Run
	}
	var rows []row
	for i, ix := range m.Indices {
		if r := results[i]; r != nil {
			for _, s := range r.Scores {
				rows = append(rows, row{i, ix, s.run()})
			}
		}
	}
	run := func(r row) lab.Run { return r.run }
	return obs.Table("runs", "Every network", rows, slices.Concat([]obs.Col[row]{
		{Name: "index", Doc: "number of the piece of work", Of: func(r row) any { return r.n }}},
		pointColumns(m, func(r row) int { return r.Point }), []obs.Col[row]{
			{Name: "arm", Doc: "way of training", Of: func(r row) any { return r.Arm }},
			{Name: "seed", Doc: "seed of all random numbers", Of: func(r row) any { return r.Seed }},
			{Name: "task", Doc: "task trained on", Of: func(r row) any { return r.run.Task }}},
		obs.MeasuredColumns(seq.Map(rows, run), run), []obs.Col[row]{
			{Name: "diverged", Doc: "how training broke off", Of: func(r row) any { return r.run.Diverged }}})...)
}
