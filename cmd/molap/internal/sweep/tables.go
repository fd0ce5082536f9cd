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
	points := pointColumns(m, func(r row) int { return r.Point })
	cols := append([]obs.Col[row]{{Name: "rank", Doc: "place", Of: func(r row) any { return r.rank }}, points[0],
		{Name: "arm", Doc: "way of training", Of: func(r row) any { return r.Arm }}}, points[1:]...)
	return obs.Table("leaderboard", "Points by mean "+by, rows, append(cols, []obs.Col[row]{
		{Name: "runs", Doc: "networks, of all tasks and seeds", Of: func(r row) any { return r.Runs }},
		{Name: "missing", Doc: "networks that are not done", Of: func(r row) any { return r.Wanted - r.Runs }},
		{Name: "decision_unit", Unit: "%", Doc: "mean of responses within a tenth of the targets' range", Of: func(r row) any { return r.DecisionUnit }},
		{Name: "decision", Unit: "%", Doc: "mean of correct responses, by the criterion of the settings", Of: func(r row) any { return r.Decision }},
		{Name: "overall", Unit: "%", Doc: "mean over all outputs", Of: func(r row) any { return r.Overall }},
		{Name: "blind", Unit: "%", Doc: by + " of the mean target", Of: func(r row) any { return r.Blind }},
		{Name: "constant", Unit: "%", Doc: by + " of the best constant answer", Of: func(r row) any { return r.Constant }},
		{Name: "worst", Unit: "%", Doc: by + " of the task that is worst by it", Of: func(r row) any { return r.Worst }},
		{Name: "worst_task", Doc: "that task", Of: func(r row) any { return r.WorstTask }},
		{Name: "escaped", Unit: "%", Doc: "networks that left the plateau of the blind answer", Of: func(r row) any { return r.Escaped }},
		{Name: "escape", Doc: "median iteration of that; empty if half never did", Of: func(r row) any { return table.Known(r.Escape) }},
		{Name: "diverged", Doc: "networks whose training broke off", Of: func(r row) any { return r.Diverged }},
	}...)...)
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
		{Name: "arm", Doc: "way of training", Of: func(r row) any { return r.Arm }},
		{Name: "seeds", Doc: "seeds that are done", Of: func(r row) any { return r.mean.N }}},
		obs.Interval(obs.Col[row]{Name: by, Unit: "%", Doc: "mean over tasks and seeds"}, "", "lower end of its 95 % t interval over seeds; empty: too few seeds", "upper end",
			func(r row) stats.Interval { return r.mean }), []obs.Col[row]{
			{Name: "blind", Unit: "%", Doc: by + " of the mean target", Of: func(r row) any { return r.Blind }},
			{Name: "constant", Unit: "%", Doc: by + " of the best constant answer", Of: func(r row) any { return r.Constant }},
		}, obs.Lift(more, compared), []obs.Col[row]{
			{Name: "networks", Doc: "of all tasks and seeds", Of: func(r row) any { return r.Runs }},
			{Name: "learnt", Doc: fmt.Sprintf("those with %d %% of responses within a tenth of the targets' range", profile.Learnt), Of: func(r row) any { return r.Learnt }},
			{Name: "escaped", Doc: "those whose loss left the plateau of the blind answer", Of: func(r row) any { return r.Escapes }},
			{Name: "escape", Doc: "median iteration of that; empty if half never did", Of: func(r row) any { return table.Known(r.Escape) }},
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
	return obs.Table("runs", "Every network", rows, slices.Concat([]obs.Col[row]{
		{Name: "index", Doc: "number of the piece of work", Of: func(r row) any { return r.n }}},
		pointColumns(m, func(r row) int { return r.Point }), []obs.Col[row]{
			{Name: "arm", Doc: "way of training", Of: func(r row) any { return r.Arm }},
			{Name: "seed", Doc: "seed of all random numbers", Of: func(r row) any { return r.Seed }},
			{Name: "task", Doc: "task trained on", Of: func(r row) any { return r.run.Task }}},
		obs.Lift(obs.MeasuredColumns(seq.Map(rows, func(r row) lab.Run { return r.run })), func(r row) *lab.Run { return &r.run }), []obs.Col[row]{
			{Name: "diverged", Doc: "how training broke off", Of: func(r row) any { return r.run.Diverged }}})...)
}
