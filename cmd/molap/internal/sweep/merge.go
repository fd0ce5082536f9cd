package sweep

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
)

// Measures lists what a leaderboard can be ordered by.
func Measures() []string { return []string{"decision_unit", "decision", "overall"} }

// measure returns a score by the name of a measure.
func (s *Score) measure(by string) float64 {
	switch by {
	case "overall":
		return float64(s.Overall)
	case "decision":
		return float64(s.Decision)
	}
	return float64(s.DecisionUnit)
}

// Standing is how one point of the design did with one arm, over all tasks and
// seeds that are done.
type Standing struct {
	Point        int
	Arm          string
	Runs, Wanted int     // networks
	Overall      float64 // means, per cent
	Decision     float64
	DecisionUnit float64
	Worst        float64 // mean of the task that is worst by the measure
	WorstTask    string
	Escaped      float64 // per cent of networks that left the plateau
	Escape       float64 // median iteration of that, never counting as later than any; NaN: never
	Diverged     int
	measure      float64
}

// Leaderboard ranks points and arms by the mean of a measure, those with runs
// missing last; ties by escape, then by number.
func Leaderboard(m *Manifest, results map[int]*Result, by string) []Standing {
	type key struct {
		point int
		arm   string
	}
	scores := map[key][]*Score{}
	wanted := map[key]int{}
	var keys []key
	for i, ix := range m.Indices {
		k := key{ix.Point, ix.Arm}
		if wanted[k] == 0 {
			keys = append(keys, k)
		}
		wanted[k] += len(m.Tasks)
		if r := results[i]; r != nil {
			for t := range r.Scores {
				scores[k] = append(scores[k], &r.Scores[t])
			}
		}
	}
	var board []Standing
	for _, k := range keys {
		if len(scores[k]) > 0 {
			board = append(board, standing(m, k.point, k.arm, scores[k], wanted[k], by))
		}
	}
	slices.SortStableFunc(board, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(b.Runs-b.Wanted, a.Runs-a.Wanted), cmp.Compare(b.measure, a.measure),
			cmp.Compare(b.Escaped, a.Escaped), cmp.Compare(never(a.Escape), never(b.Escape)), cmp.Compare(a.Point, b.Point))
	})
	return board
}

func never(escape float64) float64 {
	if math.IsNaN(escape) {
		return math.Inf(1)
	}
	return escape
}

func standing(m *Manifest, point int, arm string, scores []*Score, wanted int, by string) Standing {
	s := Standing{Point: point, Arm: arm, Runs: len(scores), Wanted: wanted, Worst: math.Inf(1)}
	mean := func(f func(*Score) float64, of []*Score) float64 {
		sum := 0.0
		for _, r := range of {
			sum += f(r)
		}
		return sum / float64(len(of))
	}
	s.Overall = mean(func(r *Score) float64 { return float64(r.Overall) }, scores)
	s.Decision = mean(func(r *Score) float64 { return float64(r.Decision) }, scores)
	s.DecisionUnit = mean(func(r *Score) float64 { return float64(r.DecisionUnit) }, scores)
	s.measure = mean(func(r *Score) float64 { return r.measure(by) }, scores)
	var escapes []float64
	for _, r := range scores {
		escapes = append(escapes, r.escape())
		if r.Diverged != "" {
			s.Diverged++
		}
	}
	for _, task := range m.Tasks {
		of := slices.DeleteFunc(slices.Clone(scores), func(r *Score) bool { return r.Task != task })
		if len(of) == 0 {
			continue
		}
		if v := mean(func(r *Score) float64 { return r.measure(by) }, of); v < s.Worst {
			s.Worst, s.WorstTask = v, task
		}
	}
	s.Escaped = 100 * float64(escapedOf(escapes)) / float64(len(escapes))
	s.Escape = medianEscape(escapes)
	return s
}

// escape is the iteration at which a network left the plateau, +∞ if it never did.
func (s *Score) escape() float64 {
	if s.Escape < 0 {
		return math.Inf(1)
	}
	return float64(s.Escape)
}

// escapedOf counts the networks that left the plateau.
func escapedOf(escapes []float64) int {
	n := 0
	for _, e := range escapes {
		if !math.IsInf(e, 1) {
			n++
		}
	}
	return n
}

// medianEscape returns the median, NaN where half never escape.
func medianEscape(escapes []float64) float64 {
	sorted := slices.Sorted(slices.Values(escapes))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	m := (sorted[(n-1)/2] + sorted[n/2]) / 2
	if math.IsInf(m, 1) {
		return math.NaN()
	}
	return m
}

// axisColumns are columns for the axes.
func (m *Manifest) axisColumns() []table.Column {
	var columns []table.Column
	for _, a := range m.Axes {
		columns = append(columns, table.Column{Name: a.Name(), Description: "setting " + strings.Join(a.Keys, ", ")})
	}
	return columns
}

// axisCells are the cells of a point in them, numbers where they are numbers.
func (m *Manifest) axisCells(point int) []any {
	var cells []any
	for _, v := range m.Points[point].Values {
		if n, err := strconv.Atoi(v); err == nil {
			cells = append(cells, n)
		} else if x, err := strconv.ParseFloat(v, 64); err == nil {
			cells = append(cells, x)
		} else {
			cells = append(cells, v)
		}
	}
	return cells
}

// BoardTable is a leaderboard as a table.
func BoardTable(m *Manifest, board []Standing, by string) *table.Table {
	t := &table.Table{Name: "leaderboard", Title: "Points by mean " + by, Columns: []table.Column{
		{Name: "rank", Description: "place"}, {Name: "point", Description: "number of the point of the design"},
		{Name: "arm", Description: "way of training"}}}
	t.Columns = append(t.Columns, m.axisColumns()...)
	t.Columns = append(t.Columns,
		table.Column{Name: "runs", Description: "networks, of all tasks and seeds"},
		table.Column{Name: "missing", Description: "networks that are not done"},
		table.Column{Name: "decision_unit", Unit: "%", Description: "mean of responses within a tenth of the targets' range"},
		table.Column{Name: "decision", Unit: "%", Description: "mean of correct responses, by the criterion of the settings"},
		table.Column{Name: "overall", Unit: "%", Description: "mean over all outputs"},
		table.Column{Name: "worst", Unit: "%", Description: by + " of the task that is worst by it"},
		table.Column{Name: "worst_task", Description: "that task"},
		table.Column{Name: "escaped", Unit: "%", Description: "networks that left the plateau of the blind answer"},
		table.Column{Name: "escape", Description: "median iteration of that; empty if half never did"},
		table.Column{Name: "diverged", Description: "networks whose training broke off"})
	for i, s := range board {
		row := append([]any{i + 1, s.Point, s.Arm}, m.axisCells(s.Point)...)
		t.Add(append(row, s.Runs, s.Wanted-s.Runs, s.DecisionUnit, s.Decision, s.Overall, s.Worst, s.WorstTask, s.Escaped, table.Known(s.Escape), s.Diverged)...)
	}
	return t
}

// RunTable has a row for every network.
func RunTable(m *Manifest, results map[int]*Result) *table.Table {
	t := &table.Table{Name: "runs", Title: "Every network", Columns: []table.Column{
		{Name: "index", Description: "number of the piece of work"}, {Name: "point", Description: "number of the point of the design"}}}
	t.Columns = append(t.Columns, m.axisColumns()...)
	t.Columns = append(t.Columns, table.Column{Name: "arm", Description: "way of training"},
		table.Column{Name: "seed", Description: "seed of all random numbers"}, table.Column{Name: "task", Description: "task trained on"})
	outputs := outputColumns(results)
	t.Columns = append(t.Columns, outputs...)
	for _, c := range [][3]string{
		{"overall", "%", "mean over all outputs"}, {"decision", "%", "mean over the outputs other than fixation"},
		{"decision_unit", "%", "response outputs within a tenth of the targets' range"}, {"decision_raw", "%", "response outputs within 0.1 in the task's own units"},
		{"blind", "%", "overall score of the mean target with perfect fixation"}, {"constant", "%", "overall score of the best constant answer with perfect fixation"},
		{"blind_decision_unit", "%", "decision_unit of the mean target"}, {"constant_decision_unit", "%", "decision_unit of the best constant answer"},
		{"escape", "", "iteration at which the loss left the plateau of the blind answer; empty if never"},
		{"final_loss", "", "mean squared error over the last iterations"}, {"blind_loss", "", "mean squared error of the blind answer"},
		{"trained", "", "parameters trained on the task"}, {"parameters", "", "parameters of the network"}, {"diverged", "", "how training broke off"},
	} {
		t.Columns = append(t.Columns, table.Column{Name: c[0], Unit: c[1], Description: c[2]})
	}
	for i, ix := range m.Indices {
		if results[i] == nil {
			continue
		}
		axes := m.axisCells(ix.Point)
		for _, s := range results[i].Scores {
			var escape any
			if s.Escape >= 0 {
				escape = s.Escape
			}
			out := make([]any, len(outputs))
			for k, o := range s.Output {
				out[k] = float64(o)
			}
			row := append(make([]any, 0, len(t.Columns)), i, ix.Point)
			row = append(append(row, axes...), ix.Arm, ix.Seed, s.Task)
			t.Add(append(append(row, out...), float64(s.Overall), float64(s.Decision), float64(s.DecisionUnit), float64(s.DecisionRaw),
				float64(s.Blind.Overall), float64(s.Constant.Overall), float64(s.Blind.DecisionUnit), float64(s.Constant.DecisionUnit),
				escape, float64(s.FinalLoss), float64(s.BlindLoss), s.Trained, s.Parameters, s.Diverged)...)
		}
	}
	return t
}

// outputColumns returns the columns of scores by output: as many as the task with most
// outputs has, and no fewer than three. The first is called fixation where all tasks have it.
func outputColumns(results map[int]*Result) []table.Column {
	columns := []table.Column{{Name: "fixation", Unit: "%", Description: "correct, output 1"},
		{Name: "output_2", Unit: "%", Description: "correct, output 2"}, {Name: "output_3", Unit: "%", Description: "correct, output 3, if the task has one"}}
	for _, r := range results {
		for _, s := range r.Scores {
			if s.NoFixation {
				columns[0] = table.Column{Name: "output_1", Unit: "%", Description: "correct, output 1, which is fixation where the task has it"}
			}
			for k := len(columns); k < len(s.Output); k++ {
				columns = append(columns, table.Column{Name: fmt.Sprintf("output_%d", k+1), Unit: "%", Description: "correct, if the task has it"})
			}
		}
	}
	return columns
}

// BestProfiles returns for each arm the settings of its first point on the board.
func BestProfiles(m *Manifest, board []Standing) (map[string]profile.Settings, error) {
	best := map[string]profile.Settings{}
	for _, s := range board {
		if _, known := best[s.Arm]; known {
			continue
		}
		settings, err := m.apply(m.Points[s.Point])
		if err != nil {
			return nil, fmt.Errorf("sweep: point %d: %w", s.Point, err)
		}
		settings.Name = fmt.Sprintf("%s, point %d of sweep %.12s: %.1f %% over %d runs of %s", s.Arm, s.Point, m.Sum, s.measure, s.Runs, strings.Join(m.Tasks, ", "))
		best[s.Arm] = settings
	}
	return best, nil
}

// best returns the axes and points that did best in the sweep that s names.
func (s *Spec) best() ([]AxisKeys, [][]string, error) {
	dir := s.Path(s.Of)
	from, err := ReadManifest(dir)
	if err != nil {
		return nil, nil, err
	}
	status, err := Look(dir, from, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("sweep: %w", err)
	}
	if n := status.Count(Done); n < len(from.Indices) {
		return nil, nil, fmt.Errorf("sweep: %s: %d of %d results are there; the best of some is not the best", dir, n, len(from.Indices))
	}
	var points [][]string
	var taken []int
	for _, standing := range Leaderboard(from, status.Results, Measures()[0]) {
		if len(points) < s.Points && !slices.Contains(taken, standing.Point) {
			taken = append(taken, standing.Point)
			points = append(points, from.Points[standing.Point].Values)
		}
	}
	return from.Axes, points, nil
}
