package sweep

import (
	"fmt"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/stats"
	"molap/cmd/molap/internal/table"
)

// pointColumns are the number of a point and its values on the axes, numbers where they are numbers.
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

// BoardTable is a leaderboard as a table.
func BoardTable(m *Manifest, board []Standing, by string) *table.Table {
	type row struct {
		rank int
		Standing
	}
	var rows []row
	for i, s := range board {
		rows = append(rows, row{i + 1, s})
	}
	col := func(name, unit, doc string, of func(row) any) obs.Col[row] {
		return obs.Col[row]{Name: name, Unit: unit, Doc: doc, Of: of}
	}
	points := pointColumns(m, func(r row) int { return r.Point })
	cols := append([]obs.Col[row]{col("rank", "", "place", func(r row) any { return r.rank }), points[0],
		col("arm", "", "way of training", func(r row) any { return r.Arm })}, points[1:]...)
	return obs.Table("leaderboard", "Points by mean "+by, rows, append(cols,
		col("runs", "", "networks, of all tasks and seeds", func(r row) any { return r.Runs }),
		col("missing", "", "networks that are not done", func(r row) any { return r.Wanted - r.Runs }),
		col("decision_unit", "%", "mean of responses within a tenth of the targets' range", func(r row) any { return r.DecisionUnit }),
		col("decision", "%", "mean of correct responses, by the criterion of the settings", func(r row) any { return r.Decision }),
		col("overall", "%", "mean over all outputs", func(r row) any { return r.Overall }),
		col("worst", "%", by+" of the task that is worst by it", func(r row) any { return r.Worst }),
		col("worst_task", "", "that task", func(r row) any { return r.WorstTask }),
		col("escaped", "%", "networks that left the plateau of the blind answer", func(r row) any { return r.Escaped }),
		col("escape", "", "median iteration of that; empty if half never did", func(r row) any { return table.Known(r.Escape) }),
		col("diverged", "", "networks whose training broke off", func(r row) any { return r.Diverged }))...)
}

// ArmTable compares the arms of a sweep at each point: what each scores, with an
// interval over seeds, and what the first of them has more than each of the others,
// paired by the seeds that both have.
func ArmTable(m *Manifest, results map[int]*Result, by string) *table.Table {
	type row struct {
		Standing
		mean, more stats.Interval
	}
	first := m.Arms()[0]
	all := standings(m, results, by)
	ofFirst := map[int]Standing{}
	for _, s := range all {
		if s.Arm == first {
			ofFirst[s.Point] = s
		}
	}
	var rows []row
	for _, s := range all {
		rows = append(rows, row{s, s.overSeeds(), ofFirst[s.Point].more(s)})
	}
	col := func(name, unit, doc string, of func(row) any) obs.Col[row] {
		return obs.Col[row]{Name: name, Unit: unit, Doc: doc, Of: of}
	}
	end := func(c obs.Col[row], part table.Part) obs.Col[row] {
		c.Part = part
		return c
	}
	other := func(of func(row) any) func(row) any { // of the first there is nothing to compare
		return func(r row) any {
			if r.Arm == first {
				return nil
			}
			return of(r)
		}
	}
	return obs.Table("arms", "Arms by mean "+by+" over tasks, 95 % intervals over seeds", rows, append(pointColumns(m, func(r row) int { return r.Point }),
		col("arm", "", "way of training", func(r row) any { return r.Arm }),
		col("seeds", "", "seeds that are done", func(r row) any { return r.mean.N }),
		col(by, "%", "mean over tasks and seeds", func(r row) any { return r.mean.Value }),
		end(col("lo", "%", "lower end of its 95 % t interval over seeds; empty: too few seeds", func(r row) any { return table.Known(r.mean.Lo) }), table.Lower),
		end(col("hi", "%", "upper end", func(r row) any { return table.Known(r.mean.Hi) }), table.Upper),
		col("pairs", "", "seeds that are done in "+first+" as well", other(func(r row) any { return r.more.N })),
		col(first+"_more", "points", "what "+first+" has more, mean of the differences by seed", other(func(r row) any { return table.Known(r.more.Value) })),
		end(col("more_lo", "points", "lower end of its 95 % paired t interval", other(func(r row) any { return table.Known(r.more.Lo) })), table.Lower),
		end(col("more_hi", "points", "upper end", other(func(r row) any { return table.Known(r.more.Hi) })), table.Upper),
		col("networks", "", "of all tasks and seeds", func(r row) any { return r.Runs }),
		col("learnt", "", fmt.Sprintf("those with %d %% of responses within a tenth of the targets' range", profile.Learnt), func(r row) any { return r.Learnt }),
		col("escaped", "", "those whose loss left the plateau of the blind answer", func(r row) any { return r.Escapes }),
		col("escape", "", "median iteration of that; empty if half never did", func(r row) any { return table.Known(r.Escape) }))...)
}

// RunTable has a row for every network.
func RunTable(m *Manifest, results map[int]*Result) *table.Table {
	type row struct {
		n int
		Index
		*Score
	}
	var rows []row
	outputs, first := 3, obs.Col[row]{Name: "fixation", Doc: "correct, output 1"}
	for i, ix := range m.Indices {
		if results[i] == nil {
			continue
		}
		for k := range results[i].Scores {
			s := &results[i].Scores[k]
			rows = append(rows, row{i, ix, s})
			outputs = max(outputs, len(s.Output))
			if s.NoFixation {
				first = obs.Col[row]{Name: "output_1", Doc: "correct, output 1, which is fixation where the task has it"}
			}
		}
	}
	col := func(name, unit, doc string, of func(row) any) obs.Col[row] {
		return obs.Col[row]{Name: name, Unit: unit, Doc: doc, Of: of}
	}
	share := func(name, doc string, of func(row) Number) obs.Col[row] {
		return col(name, "%", doc, func(r row) any { return float64(of(r)) })
	}
	cols := append([]obs.Col[row]{col("index", "", "number of the piece of work", func(r row) any { return r.n })}, pointColumns(m, func(r row) int { return r.Point })...)
	cols = append(cols, col("arm", "", "way of training", func(r row) any { return r.Arm }),
		col("seed", "", "seed of all random numbers", func(r row) any { return r.Seed }), col("task", "", "task trained on", func(r row) any { return r.Task }))
	for k := range outputs {
		name, doc := first.Name, first.Doc
		if k > 0 {
			name, doc = fmt.Sprintf("output_%d", k+1), fmt.Sprintf("correct, output %d, if the task has it", k+1)
		}
		cols = append(cols, col(name, "%", doc, func(r row) any {
			if k < len(r.Output) {
				return float64(r.Output[k])
			}
			return nil
		}))
	}
	return obs.Table("runs", "Every network", rows, append(cols,
		share("overall", "mean over all outputs", func(r row) Number { return r.Overall }),
		share("decision", "mean over the outputs other than fixation", func(r row) Number { return r.Decision }),
		share("decision_unit", "response outputs within a tenth of the targets' range", func(r row) Number { return r.DecisionUnit }),
		share("decision_raw", "response outputs within 0.1 in the task's own units", func(r row) Number { return r.DecisionRaw }),
		share("blind", "overall score of the mean target with perfect fixation", func(r row) Number { return r.Blind.Overall }),
		share("constant", "overall score of the best constant answer with perfect fixation", func(r row) Number { return r.Constant.Overall }),
		share("blind_decision_unit", "decision_unit of the mean target", func(r row) Number { return r.Blind.DecisionUnit }),
		share("constant_decision_unit", "decision_unit of the best constant answer", func(r row) Number { return r.Constant.DecisionUnit }),
		col("escape", "", "iteration at which the loss left the plateau of the blind answer; empty if never", func(r row) any {
			if r.Escape < 0 {
				return nil
			}
			return r.Escape
		}),
		col("final_loss", "", "mean squared error over the last iterations", func(r row) any { return float64(r.FinalLoss) }),
		col("blind_loss", "", "mean squared error of the blind answer", func(r row) any { return float64(r.BlindLoss) }),
		col("trained", "", "parameters trained on the task", func(r row) any { return r.Trained }),
		col("parameters", "", "parameters of the network", func(r row) any { return r.Parameters }),
		col("diverged", "", "how training broke off", func(r row) any { return r.Diverged }))...)
}
