package motion

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/states"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// Arms are the arms that are compared. A separate network starts from the W_rec that a reservoir keeps.
var Arms = []lab.Arm{lab.Separate, lab.MoLaP, lab.Reservoir}

// Moved is a run with the dynamics of its network before and after training.
type Moved struct {
	Before, After states.Motion
	Run           lab.Run
}

// Runs has runs of the same seeds for each of Arms.
type Runs []Moved

// of returns the runs of an arm.
func (rs Runs) of(arm lab.Arm) Runs {
	return seq.Where(rs, func(r Moved) bool { return r.Run.Arm == arm })
}

// motionMeasure is a number of a network's dynamics.
type motionMeasure struct {
	name, unit, about string
	of                func(states.Motion) float64
}

// motionMeasures are the measures that are compared.
var motionMeasures = []motionMeasure{
	{"radius", "", "largest |λ| of W_rec", spectralRadius},
	{"exponent", "1/step", "largest Lyapunov exponent on trials, stimulus to end", func(m states.Motion) float64 { return seq.Mean(m.Exponents) }},
	{"held", "1/step", "the same when the input of the delay stays, in the long run", func(m states.Motion) float64 { return m.Held[0].Exponent }},
	{"gradient", "1/step", "mean logarithm of the growth of a gradient, per step on its way back from the response to the onset of the stimulus", gradientRate},
	{"readable", "", "R² of a linear readout of the last states, new trials", finalReading},
	{"dimensions", "", "participation ratio of all units", func(m states.Motion) float64 { return m.Ratio }},
}

// Tables returns tables that compare runs: at a glance, by what goes with a late escape, one by one,
// and by their points.
func (rs Runs) Tables() []*table.Table {
	return []*table.Table{rs.glance(), rs.escapes(), rs.all(), rs.points()}
}

// escapeOrEnd returns the iteration of escape, or the length of the training if there was none.
func escapeOrEnd(r lab.Run) float64 {
	if e := r.Escape; e >= 0 {
		return float64(e)
	}
	return float64(r.Iterations)
}

func (rs Runs) runs() []lab.Run { return seq.Map(rs, func(r Moved) lab.Run { return r.Run }) }

// Headline counts the runs that left the plateau.
func (rs Runs) Headline() string {
	var parts []string
	for _, arm := range Arms {
		some := rs.of(arm).runs()
		n, median := len(obs.Escapes(some)), ""
		if n > 0 && 2*n >= len(some) {
			median = fmt.Sprintf(" (median iteration %.0f)", seq.Median(seq.Map(some, escapeOrEnd)))
		}
		parts = append(parts, fmt.Sprintf("%s %d of %d%s", arm, n, len(some), median))
	}
	return fmt.Sprintf("Off the blind plateau: %s, %s and %s.", parts[0], parts[1], parts[2])
}

// Findings says what goes with leaving the plateau: a contraction after training and, before training,
// one measure or none.
func (rs Runs) Findings() []string {
	best, n := rs.strongest(), len(rs)/len(Arms)
	goes := fmt.Sprintf("Of %d measures before training, %s goes with the iteration of escape most closely where W_rec is frozen: rank correlation %+.2f over %d runs.", len(motionMeasures), best.name, best.rho, best.n)
	switch {
	case n < 5:
		goes = "With " + words.Count(n, "seed") + " no correlation with the iteration of escape says anything: -seeds 10 or more."
	case math.Abs(best.rho) < best.chance():
		goes = fmt.Sprintf("Of %d measures before training, none goes with the iteration of escape beyond chance where W_rec is frozen: the largest rank correlation is that of %s, %+.2f over %d runs; chance gives up to ±%.2f in 95 of 100.", len(motionMeasures), best.name, best.rho, best.n, best.chance())
	}
	return []string{rs.leftBehind(), goes,
		"Before training, separate networks are reservoirs: what sets them apart is that W_rec learns. What these numbers say is what goes together, not what causes what."}
}

// leftBehind compares the runs that never left the plateau with the others, after training.
func (rs Runs) leftBehind() string {
	stayed := seq.Where(rs, func(r Moved) bool { return r.Run.Escape < 0 })
	left := seq.Where(rs, func(r Moved) bool { return r.Run.Escape >= 0 })
	if len(stayed) == 0 || len(left) == 0 {
		return fmt.Sprintf("%d of %d runs left the plateau.", len(left), len(rs))
	}
	exponent := func(some Runs) float64 {
		return seq.Median(seq.Map(some, func(r Moved) float64 { return seq.Mean(r.After.Exponents) }))
	}
	return fmt.Sprintf("Medians of the exponent after training: %s a step over the %s that never left the plateau, %s over the %d others.",
		table.Digits(exponent(stayed)), words.Count(len(stayed), "run"), table.Digits(exponent(left)), len(left))
}

// at returns the dynamics before or after training.
func (r Moved) at(when string) states.Motion {
	if when == "Before" {
		return r.Before
	}
	return r.After
}

// escapeCorrelation is the rank correlation of a measure before training with the iteration of escape.
type escapeCorrelation struct {
	name string
	rho  float64
	n    int
}

// chance bounds the rank correlation of n independent pairs in 95 of 100 draws, about.
func (c escapeCorrelation) chance() float64 { return 1.96 / math.Sqrt(float64(c.n-1)) }

func (rs Runs) correlate(m motionMeasure) escapeCorrelation {
	return escapeCorrelation{m.name, spearman(seq.Map(rs, func(r Moved) float64 { return m.of(r.Before) }), seq.Map(rs.runs(), escapeOrEnd)), len(rs)}
}

// strongest returns the largest correlation within the arms that freeze W_rec.
func (rs Runs) strongest() escapeCorrelation {
	frozen := slices.Concat(rs.of(lab.MoLaP), rs.of(lab.Reservoir))
	var best escapeCorrelation
	for _, m := range motionMeasures {
		if c := frozen.correlate(m); math.Abs(c.rho) > math.Abs(best.rho) {
			best = c
		}
	}
	return best
}

// spearman returns the rank correlation of x and y, equal values sharing a rank; NaN if
// all values of one are equal.
func spearman(x, y []float64) float64 {
	a, b := ranks(x), ranks(y)
	ma, mb := seq.Mean(a), seq.Mean(b)
	var aa, bb, ab float64
	for i := range a {
		da, db := a[i]-ma, b[i]-mb
		aa, bb, ab = math.FMA(da, da, aa), math.FMA(db, db, bb), math.FMA(da, db, ab)
	}
	return ab / math.Sqrt(aa) / math.Sqrt(bb)
}

func ranks(x []float64) []float64 {
	order := seq.UpTo(len(x))
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	r := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for ; j < len(order) && x[order[j]] == x[order[i]]; j++ {
		}
		for _, k := range order[i:j] {
			r[k] = float64(i+j-1) / 2
		}
		i = j
	}
	return r
}

// motionColumns returns a column for each measure.
func motionColumns[R any](value func(r R, m motionMeasure) float64) []obs.Col[R] {
	return seq.Map(motionMeasures, func(m motionMeasure) obs.Col[R] {
		return obs.Col[R]{Name: m.name, Digits: true, Unit: m.unit, Doc: m.about, Of: func(r R) any { return table.Known(value(r, m)) }}
	})
}

// beforeAfter names the two times of an analysis, before and after training.
var beforeAfter = []string{"Before", "After"}

// glance returns a table with a row for every arm before and after training, medians over seeds.
func (rs Runs) glance() *table.Table {
	type row struct {
		arm  lab.Arm
		when string
		runs Runs
	}
	var rows []row
	for _, arm := range Arms {
		for _, when := range beforeAfter {
			rows = append(rows, row{arm, when, rs.of(arm)})
		}
	}
	return obs.Table("dynamics", "Dynamics, medians over seeds", rows, append([]obs.Col[row]{
		{Name: "arm", Doc: "way of training", Of: func(r row) any { return string(r.arm) }},
		{Name: "when", Doc: "before training on the task, or after it", Of: func(r row) any { return r.when }},
		{Name: "seeds", Doc: "number of runs", Of: func(r row) any { return len(r.runs) }},
		{Name: "escaped", Heading: "networks that escaped", Doc: "runs whose loss left the plateau of the blind answer", Of: func(r row) any { return len(obs.Escapes(r.runs.runs())) }},
		{Name: "escape", Doc: "median iteration at which they did; the last iteration stands for never", Of: func(r row) any { return seq.Median(seq.Map(r.runs.runs(), escapeOrEnd)) }},
	}, motionColumns(func(r row, m motionMeasure) float64 {
		return seq.Median(seq.Map(r.runs, func(run Moved) float64 { return m.of(run.at(r.when)) }))
	})...)...)
}

// escapes returns a table of the rank correlations with the iteration of escape.
func (rs Runs) escapes() *table.Table {
	type row struct {
		name string
		escapeCorrelation
	}
	var rows []row
	for _, m := range motionMeasures {
		rows = append(rows, row{string(lab.MoLaP), rs.of(lab.MoLaP).correlate(m)}, row{string(lab.Reservoir), rs.of(lab.Reservoir).correlate(m)},
			row{"both", slices.Concat(rs.of(lab.MoLaP), rs.of(lab.Reservoir)).correlate(m)}, row{string(lab.Separate), rs.of(lab.Separate).correlate(m)})
	}
	return obs.Table("dynamics_escape", "What goes with a late escape", rows, []obs.Col[row]{
		{Name: "measure", Doc: "of the network before training on the task", Of: func(r row) any { return r.escapeCorrelation.name }},
		{Name: "runs", Doc: "over which: an arm, or both arms that freeze W_rec", Of: func(r row) any { return r.name }},
		{Name: "n", Doc: "number of runs", Of: func(r row) any { return r.n }},
		{Name: "rho", Doc: "Spearman's rank correlation with the iteration of escape; negative: larger values escape sooner", Of: func(r row) any { return table.Known(r.rho) }},
		{Name: "chance", Doc: "|rho| that independent numbers stay below in 95 of 100 draws, about", Of: func(r row) any { return table.Known(r.chance()) }},
	}...)
}

// runRow is a run at one of the two times and, in tables by held input, under one of them.
type runRow struct {
	Moved
	when string
	held states.Held
}

// rows returns the runs, each at both times.
func (rs Runs) rows() (rows []runRow) {
	for _, r := range rs {
		for _, when := range beforeAfter {
			rows = append(rows, runRow{Moved: r, when: when})
		}
	}
	return rows
}

func (r runRow) motion() states.Motion { return r.at(r.when) }

// rowColumns say which run a row is of.
var rowColumns = []obs.Col[runRow]{
	{Name: "seed", Doc: "seed of all random numbers of the run", Of: func(r runRow) any { return r.Run.Seed }},
	{Name: "arm", Doc: "way of training", Of: func(r runRow) any { return string(r.Run.Arm) }},
	{Name: "when", Doc: "before training on the task, or after it", Of: func(r runRow) any { return r.when }},
}

// all returns a table with two rows for every run, before and after training.
func (rs Runs) all() *table.Table {
	cols := slices.Concat(rowColumns, []obs.Col[runRow]{
		{Name: "escape", Doc: obs.EscapeDoc, Of: func(r runRow) any { return obs.EscapeCell(r.Run.Escape) }},
		{Name: "decision_unit", Heading: "response within a tenth", Unit: "%", Doc: "response outputs within a tenth of the targets' range, after training", Of: func(r runRow) any { return r.Run.DecisionUnit }},
	}, motionColumns(func(r runRow, m motionMeasure) float64 { return m.of(r.motion()) }))
	for k := range rs[0].Before.Modules {
		cols = append(cols, obs.Col[runRow]{Name: fmt.Sprintf("dimensions_m%d", k+1), Doc: fmt.Sprintf("participation ratio of module %d", k+1),
			Of: func(r runRow) any { return r.motion().ModuleRatio[k] }})
	}
	return obs.Table("dynamics_runs", "Every run", rs.rows(), cols...)
}

// points returns a table of what was found under each held input.
func (rs Runs) points() *table.Table {
	var rows []runRow
	for _, r := range rs.rows() {
		for _, r.held = range r.motion().Held {
			rows = append(rows, r)
		}
	}
	first := obs.Lift(pointColumns, func(r runRow) *states.Rest { // the point that most states led to, or the slowest
		if len(r.held.Points) == 0 {
			return nil
		}
		return &r.held.Points[0]
	})
	return obs.Table("dynamics_points", "Fixed and slow points", rows, slices.Concat(rowColumns, []obs.Col[runRow]{
		{Name: "input", Doc: "period whose input is held", Of: func(r runRow) any { return r.held.Name }},
		{Name: "exponent", Digits: true, Unit: "1/step", Doc: "largest Lyapunov exponent in the long run", Of: func(r runRow) any { return table.Known(r.held.Exponent) }},
		{Name: "found", Doc: "fixed and slow points; the columns that follow are of the point to which most states led, or the slowest", Of: func(r runRow) any { return r.held.Found }},
		{Name: "ended", Heading: "searches that ended", Unit: "%", Doc: "states from which the search ended at one", Of: func(r runRow) any { return 100 * float64(r.held.Ended) / float64(r.held.Starts) }},
	}, first)...)
}

// Figures compare the arms, and draw the trained networks of the first seed.
func (rs Runs) Figures() []*figure.Figure {
	var rows [][]figure.Panel
	for _, when := range beforeAfter {
		arms := seq.Where(Arms, func(arm lab.Arm) bool { return when == "After" || arm != lab.Separate })
		rows = append(rows, seq.Map(trialCourses, func(q trialCourse) figure.Panel {
			return q.panel(paperClock, when+" training", seq.Map(arms, func(arm lab.Arm) figure.Curve {
				return overSeeds(string(arm), seq.Map(rs.of(arm), func(m Moved) figure.Curve { return q.of(paperClock, m.at(when)) }))
			})...)
		}))
	}
	var against []figure.Panel
	for _, i := range []int{1, 3, 4} {
		against = append(against, rs.against(motionMeasures[i]))
	}
	both := &figure.Figure{
		Name: "dynamics", Width: 7, Height: 7.4, Rows: append(rows, against), Loose: true,
		Alt: "Gradient and readable information over the trial, by arm, before and after training, and the iteration of escape against three quantities of the network before training.",
	}
	return append([]*figure.Figure{both}, seq.Map(Arms, func(arm lab.Arm) *figure.Figure {
		return Figure("dynamics_"+string(arm), "the network of arm "+string(arm), rs.of(arm)[0].After, paperClock)
	})...)
}

// overSeeds returns one curve for curves with the same abscissa: their median, with a band from the
// smallest to the largest.
func overSeeds(name string, curves []figure.Curve) figure.Curve {
	s := figure.Curve{Name: name, X: curves[0].X}
	for k := range s.X {
		all := seq.Map(curves, func(c figure.Curve) float64 { return c.Y[k] })
		s.Y, s.Lo, s.Hi = append(s.Y, seq.Median(all)), append(s.Lo, slices.Min(all)), append(s.Hi, slices.Max(all))
	}
	return s
}

// against draws the iteration of escape against a measure before training.
func (rs Runs) against(m motionMeasure) figure.Panel {
	x := figure.Axis{Label: m.name + " before"}
	if m.unit != "" {
		x.Label += " (" + m.unit + ")"
	}
	p := &figure.Curves{Frame: figure.Frame{Y: figure.Axis{Label: "iteration of escape"}}}
	for _, arm := range Arms {
		some := rs.of(arm)
		dots := scatterSeries(string(arm), seq.Map(some, func(r Moved) float64 { return m.of(r.Before) }), seq.Map(some.runs(), escapeOrEnd))
		for _, r := range some.runs() {
			dots.Open = append(dots.Open, r.Escape < 0, false) // scatterSeries puts a gap behind each point
		}
		p.Series = append(p.Series, dots)
	}
	p.X = spanningAxis(x, p.Series)
	return p
}
