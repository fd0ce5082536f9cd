package paper

import (
	"cmp"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
	"molap/tasks"
)

// The figures of the claims: molap's lead over the other arms.

// leadPanel draws molap's lead over some arms, with a line for each of rows. The function x returns the
// lead over an arm by seed.
func leadPanel(label string, rows []string, arms []lab.Arm, x func(arm lab.Arm, row int) []float64) *figure.Intervals {
	v := &figure.Intervals{Frame: figure.Frame{X: figure.Axis{Label: label}}, Rows: rows, Refs: []figure.Ref{{Name: "no difference", Y: 0}}}
	for _, arm := range arms {
		s := figure.DotSeries{Name: "molap − " + obs.Legend(arm).Name, As: cmp.Or(obs.Legend(arm).As, obs.Legend(arm).Name)}
		for row := range rows {
			i := stats.Mean(x(arm, row), judge.Level)
			s.Samples = append(s.Samples, figure.Sample{Mean: i.Value, Lo: i.Lo, Hi: i.Hi})
		}
		v.Series = append(v.Series, s)
	}
	return v
}

// differences draws molap's lead over the other arms, task by task and on average.
func (d claimsData) differences() *figure.Figure {
	others := seq.Where(fig2Arms, func(arm lab.Arm) bool { return arm != lab.MoLaP })
	rows := append(seq.Map(d.learnt.Tasks, func(t tasks.Task) string { return t.ID + " " + t.Title }), "mean")
	panel := func(label string, measure obs.RunMeasure) figure.Panel {
		return leadPanel(label, rows, others, func(arm lab.Arm, row int) []float64 {
			tasks := nineTasks
			if row < len(nineTasks) {
				tasks = []int{row}
			}
			return leadsOver(d.learnt, measure, tasks, arm)[0].X
		})
	}
	return &figure.Figure{
		Name: "claims_arms", Width: 7, Height: 6.4, SharedY: true,
		Alt:  "Differences in per cent correct between molap and each of five other arms, with intervals, for each of nine tasks and their mean; left over all outputs, right for the response alone.",
		Rows: [][]figure.Panel{{panel("all outputs: difference (points)", obs.Overall), panel("response alone: difference (points)", obs.Response)}},
	}
}

// damages draws molap's lead over the other arms after damage.
func (d claimsData) damages() *figure.Figure {
	panel := func(label string, q obs.Robustness, most float64) figure.Panel {
		v := leadPanel(label, seq.Map(q.Damages, lab.Damage.Short), []lab.Arm{lab.Separate, lab.DNI}, func(arm lab.Arm, row int) []float64 {
			if q.Damages[row] == lab.WeightNoise {
				return leadsAfterDamage(q, obs.AllOutputs, lab.WeightNoise, everyLevel, arm)[0].X
			}
			return leadsAfterDamage(q, obs.AllOutputs, q.Damages[row], most, arm)[0].X
		})
		v.Format = "%.1f"
		return v
	}
	return &figure.Figure{
		Name: "claims_damage", Width: 7, Height: 3, Loose: true,
		Alt: "Differences in per cent correct between damaged molap and the damaged other arms, with intervals, for six kinds of damage over all tasks and three on task T7.",
		Rows: [][]figure.Panel{{
			panel("all tasks: difference (points)", d.damaged, everyLevel),
			panel("T7: difference (points)", d.global.On("T7"), 10),
		}},
	}
}
