package paper

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/report"
	"molap/cmd/molap/internal/seq"
	"molap/dynamics"
)

// dynamicsArms are compared. What separate starts from is what reservoir keeps.
var dynamicsArms = []lab.Arm{lab.Separate, lab.MoLaP, lab.Reservoir}

// planDynamics looks at the dynamics of networks before and after they are trained on
// T7, with and without pre-training, and at when their loss leaves the plateau.
func planDynamics(n *obs.Notebook) func() Result {
	var asked []func() moved
	for _, seed := range n.Seeds {
		for _, arm := range dynamicsArms {
			c := lab.Cell{Arm: arm, Task: lab.Fig2dTask, Seed: seed}
			start := c
			if !arm.Pretrained() {
				start.Arm = lab.Reservoir
			}
			before, after, score := n.Motion(start, true), n.Motion(c, false), n.Score("", c)
			asked = append(asked, func() moved { return moved{before(), after(), score()} })
		}
	}
	return func() Result { return movedRuns(made(asked)).result() }
}

// moved is a run with the dynamics of its network before and after.
type moved struct {
	before, after lab.Motion
	run           lab.Run
}

type movedRuns []moved

// of returns the runs of an arm.
func (rs movedRuns) of(arm lab.Arm) (some movedRuns) {
	for _, r := range rs {
		if r.run.Arm == arm {
			some = append(some, r)
		}
	}
	return some
}

// measure is a number of a network's dynamics.
type measure struct {
	name, unit, about string
	of                func(lab.Motion) float64
}

// measures are what is compared.
var measures = []measure{
	{"radius", "", "largest |λ| of W_rec", func(m lab.Motion) float64 { return radius(m.Recurrent) }},
	{"exponent", "1/step", "largest Lyapunov exponent on trials, stimulus to end", func(m lab.Motion) float64 { return seq.Mean(m.Exponents) }},
	{"held", "1/step", "the same when the input of the delay stays, in the long run", func(m lab.Motion) float64 { return m.Held[0].Exponent }},
	{"gradient", "1/step", "mean logarithm by which a gradient grows a step on its way back from the response to the onset of the stimulus", gradientRate},
	{"readable", "", "R² of a linear readout of the last states, new trials", last},
	{"dimensions", "", "participation ratio of all units", func(m lab.Motion) float64 { return m.Ratio }},
}

func (rs movedRuns) result() Result {
	return Result{
		Title: "Dynamics: " + rs[0].run.Task + " with and without pre-training", UsesSettings: true,
		Headline: rs.headline(), Findings: rs.findings(),
		Tables:  []*report.Table{rs.glance(), rs.escapes(), rs.all(), rs.points()},
		Figures: append([]*report.Figure{rs.figure()}, rs.closer()...),
		Captions: []string{
			"A, B: before training on the task (separate networks start as reservoirs do). C, D: after it. A, C: norm of the gradient of the errors in the response by the states before, over that at the first step of the response. " +
				"B, D: share of the variance of what is asked for that a linear readout of the states explains on new trials. Median over seeds, bands from the smallest to the largest. " +
				"E–G: the iteration at which each run's loss left the plateau of the blind answer, against what its network was like before training; runs that never did are drawn at the last iteration.",
			"Network of arm " + string(dynamicsArms[0]) + " after training, first seed. " + motionCaption,
			"The same of arm " + string(dynamicsArms[1]) + ".",
			"The same of arm " + string(dynamicsArms[2]) + ".",
		},
	}
}

// late returns the iteration of escape, or the length of the training if there was none.
func late(r lab.Run) float64 {
	if e := r.Escape; e >= 0 {
		return float64(e)
	}
	return float64(r.Iterations)
}

func (rs movedRuns) runs() []lab.Run { return seq.Map(rs, func(r moved) lab.Run { return r.run }) }

func (rs movedRuns) headline() string {
	var parts []string
	for _, arm := range dynamicsArms {
		some := rs.of(arm)
		parts = append(parts, fmt.Sprintf("%s %d of %d (median iteration %.0f)", arm, len(escaped(some.runs())), len(some), median(seq.Map(some.runs(), late))))
	}
	return fmt.Sprintf("Off the blind plateau: %s, %s and %s.", parts[0], parts[1], parts[2])
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

func (rs movedRuns) findings() (out []string) {
	for _, when := range []string{"Before", "After"} {
		text := when + " training on the task:"
		for i, arm := range dynamicsArms {
			if i > 0 {
				text += ";"
			}
			at := func(k int) float64 {
				return median(seq.Map(rs.of(arm), func(r moved) float64 { return measures[k].of(r.at(when)) }))
			}
			text += fmt.Sprintf(" %s has exponent %+.3f a step on trials and %+.3f under the held input of the delay, gradients that change by %+.3f a step on their way back, R² %.2f readable, %.1f dimensions", arm, at(1), at(2), at(3), at(4), at(5))
		}
		out = append(out, text+".")
	}
	out = append(out, rs.leftBehind())
	best := rs.strongest()
	switch n := len(rs) / len(dynamicsArms); {
	case n < 5:
		out = append(out, fmt.Sprintf("With %d seed(s) no correlation with the iteration of escape says anything: -seeds 10 or more.", n))
	case math.Abs(best.rho) < best.chance():
		out = append(out, fmt.Sprintf("Of %d quantities measured before training, none goes with the iteration of escape beyond chance in networks whose W_rec is frozen: the largest rank correlation is that of %s, %+.2f over %d runs, where chance gives up to ±%.2f in 95 of 100.", len(measures), best.name, best.rho, best.n, best.chance()))
	default:
		out = append(out, fmt.Sprintf("Of %d quantities measured before training, %s goes with the iteration of escape most closely in networks whose W_rec is frozen: rank correlation %+.2f over %d runs, where chance gives one quantity up to ±%.2f in 95 of 100.", len(measures), best.name, best.rho, best.n, best.chance()))
	}
	return append(out, "Before training, separate networks are reservoirs: what sets them apart is that W_rec learns. What these numbers say is what goes together, not what causes what.")
}

// leftBehind compares the runs that never left the plateau with the others, after training.
func (rs movedRuns) leftBehind() string {
	stayed := slices.DeleteFunc(slices.Clone(rs), func(r moved) bool { return r.run.Escape >= 0 })
	left := slices.DeleteFunc(slices.Clone(rs), func(r moved) bool { return r.run.Escape < 0 })
	if len(stayed) == 0 || len(left) == 0 {
		return fmt.Sprintf("%d of %d runs left the plateau.", len(left), len(rs))
	}
	at := func(some movedRuns, k int) float64 {
		return median(seq.Map(some, func(r moved) float64 { return measures[k].of(r.after) }))
	}
	return fmt.Sprintf("The %d runs that never left the plateau end with exponent %+.3f and gradients that change by %+.3f a step on their way back, the %d others with %+.3f and %+.3f (medians).",
		len(stayed), at(stayed, 1), at(stayed, 3), len(left), at(left, 1), at(left, 3))
}

// at returns the dynamics before or after training.
func (r moved) at(when string) lab.Motion {
	if when == "Before" {
		return r.before
	}
	return r.after
}

// correlation is that of a measure before training with the iteration of escape.
type correlation struct {
	name string
	rho  float64
	n    int
}

// chance bounds the rank correlation of n independent pairs in 95 of 100 draws, about.
func (c correlation) chance() float64 { return 1.96 / math.Sqrt(float64(c.n-1)) }

func (rs movedRuns) correlate(m measure) correlation {
	return correlation{m.name, spearman(seq.Map(rs, func(r moved) float64 { return m.of(r.before) }), seq.Map(rs.runs(), late)), len(rs)}
}

// strongest returns the largest correlation within the arms that freeze W_rec.
func (rs movedRuns) strongest() correlation {
	frozen := slices.Concat(rs.of(lab.MoLaP), rs.of(lab.Reservoir))
	var best correlation
	for _, m := range measures {
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

// glance has a row for every arm before and after training, medians over seeds.
func (rs movedRuns) glance() *report.Table {
	t := &report.Table{Name: "dynamics", Title: "Dynamics, medians over seeds", Columns: []report.Column{
		{Name: "arm", Description: "way of training"},
		{Name: "when", Description: "before training on the task, or after it"},
		{Name: "seeds", Description: "number of runs"},
		{Name: "escaped", Description: "runs whose loss left the plateau of the blind answer"},
		{Name: "escape", Description: "median iteration at which they did; the last iteration stands for never"},
	}}
	for _, m := range measures {
		t.Columns = append(t.Columns, report.Column{Name: m.name, Unit: m.unit, Description: m.about})
	}
	for _, arm := range dynamicsArms {
		some := rs.of(arm)
		for _, when := range []string{"Before", "After"} {
			row := []any{string(arm), when, len(some), len(escaped(some.runs())), median(seq.Map(some.runs(), late))}
			for _, m := range measures {
				row = append(row, finite(median(seq.Map(some, func(r moved) float64 { return m.of(r.at(when)) }))))
			}
			t.Add(row...)
		}
	}
	return t
}

// escapes has the rank correlations with the iteration of escape.
func (rs movedRuns) escapes() *report.Table {
	t := &report.Table{Name: "dynamics_escape", Title: "What goes with a late escape", Columns: []report.Column{
		{Name: "measure", Description: "of the network before training on the task"},
		{Name: "runs", Description: "over which: an arm, or both arms that freeze W_rec"},
		{Name: "n", Description: "number of runs"},
		{Name: "rho", Description: "Spearman's rank correlation with the iteration of escape; negative: larger values escape sooner"},
		{Name: "chance", Description: "|rho| that independent numbers stay below in 95 of 100 draws, about"},
	}}
	for _, m := range measures {
		for _, set := range []struct {
			name string
			runs movedRuns
		}{{string(lab.MoLaP), rs.of(lab.MoLaP)}, {string(lab.Reservoir), rs.of(lab.Reservoir)}, {"both", slices.Concat(rs.of(lab.MoLaP), rs.of(lab.Reservoir))}, {string(lab.Separate), rs.of(lab.Separate)}} {
			c := set.runs.correlate(m)
			t.Add(m.name, set.name, c.n, finite(c.rho), finite(c.chance()))
		}
	}
	return t
}

// all has two rows for every run.
func (rs movedRuns) all() *report.Table {
	t := &report.Table{Name: "dynamics_runs", Title: "Every run", Columns: []report.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "when", Description: "before training on the task, or after it"},
		{Name: "escape", Description: "iteration at which the loss left the plateau of the blind answer; empty if never"},
		{Name: "decision_unit", Unit: "%", Description: "response outputs within a tenth of the targets' range, after training"},
	}}
	for _, m := range measures {
		t.Columns = append(t.Columns, report.Column{Name: m.name, Unit: m.unit, Description: m.about})
	}
	modules := rs[0].before.Modules
	for k := range modules {
		t.Columns = append(t.Columns, report.Column{Name: fmt.Sprintf("dimensions_m%d", k+1), Description: fmt.Sprintf("participation ratio of module %d", k+1)})
	}
	for _, r := range rs {
		var escape any
		if e := r.run.Escape; e >= 0 {
			escape = e
		}
		for _, when := range []string{"Before", "After"} {
			row := []any{r.run.Seed, string(r.run.Arm), when, escape, r.run.DecisionUnit}
			for _, m := range measures {
				row = append(row, finite(m.of(r.at(when))))
			}
			for _, d := range r.at(when).ModuleRatio {
				row = append(row, d)
			}
			t.Add(row...)
		}
	}
	return t
}

// points has what was found under each held input.
func (rs movedRuns) points() *report.Table {
	t := &report.Table{Name: "dynamics_points", Title: "Fixed and slow points", Columns: []report.Column{
		{Name: "seed", Description: "seed of all random numbers of the run"},
		{Name: "arm", Description: "way of training"},
		{Name: "when", Description: "before training on the task, or after it"},
		{Name: "input", Description: "period whose input is held"},
		{Name: "exponent", Unit: "1/step", Description: "largest Lyapunov exponent in the long run"},
		{Name: "found", Description: "fixed and slow points"},
		{Name: "ended", Unit: "%", Description: "states from which the search ended at one"},
		{Name: "kind", Description: "of the point to which most states led, or the slowest: attractor, saddle, repeller or slow"},
		{Name: "speed", Unit: "1/step", Description: "of that point: movement of a unit in a step, root mean square"},
		{Name: "unstable", Description: "eigenvalues outside the unit circle"},
		{Name: "modulus", Description: "of the largest eigenvalue"},
		{Name: "time_constant", Unit: "steps", Description: "in which a disturbance along it changes e times"},
	}}
	for _, r := range rs {
		for _, when := range []string{"Before", "After"} {
			for _, h := range r.at(when).Held {
				row := []any{r.run.Seed, string(r.run.Arm), when, h.Name, finite(h.Exponent), h.Found, 100 * float64(h.Ended) / float64(h.Starts)}
				if len(h.Points) == 0 {
					t.Add(append(row, nil, nil, nil, nil, nil)...)
					continue
				}
				p := h.Points[0]
				l := p.Eigenvalues[0]
				t.Add(append(row, pointKind(p), p.Speed, unstable(p), dynamics.Modulus(l), finite(dynamics.TimeConstant(l)))...)
			}
		}
	}
	return t
}
