package paper

import (
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/stats"
)

// interval draws the mean of a difference.
func interval(x []float64) figure.Sample {
	i := stats.Mean(x, judge.Level)
	return figure.Sample{Mean: i.Value, Lo: i.Lo, Hi: i.Hi}
}

// noDifference is the line of none.
var noDifference = []figure.Ref{{Name: "no difference", Y: 0}}

// differences draws what molap has over the other arms, task by task.
func (d claimsData) differences() *figure.Figure {
	g := d.learnt
	panel := func(label string, measure obs.RunMeasure) figure.Panel {
		v := &figure.Intervals{Frame: figure.Frame{X: figure.Axis{Label: label}}, Rows: append(taskNames(g.Tasks), "mean"), Refs: noDifference}
		for _, arm := range fig2Arms {
			if arm == lab.MoLaP {
				continue
			}
			s := series(arm)
			s.Name = "molap − " + s.Name
			if s.As == "" {
				s.As = series(arm).Name
			}
			for i := range g.Tasks {
				s.Samples = append(s.Samples, interval(leads(g, measure, []int{i}, arm)[0].x))
			}
			s.Samples = append(s.Samples, interval(leads(g, measure, nineTasks, arm)[0].x))
			v.Series = append(v.Series, s)
		}
		return v
	}
	return &figure.Figure{
		Name: "claims_arms", Width: 7, Height: 6.4, SharedY: true,
		Alt:  "Differences in per cent correct between molap and each of five other arms, with intervals, for each of nine tasks and their mean; left over all outputs, right for the response alone.",
		Rows: [][]figure.Panel{{panel("all outputs: difference (points)", obs.Overall), panel("response alone: difference (points)", obs.Response)}},
	}
}

// damages draws what molap has over the other arms after damage.
func (d claimsData) damages() *figure.Figure {
	panel := func(label string, q obs.Robustness, most float64) figure.Panel {
		v := &figure.Intervals{Frame: figure.Frame{X: figure.Axis{Label: label}}, Refs: noDifference, Format: "%.1f"}
		for _, damage := range q.Damages {
			v.Rows = append(v.Rows, damage.Short())
		}
		for _, arm := range []lab.Arm{lab.Separate, lab.DNI} {
			s := figure.DotSeries{Name: "molap − " + series(arm).Name, As: string(arm)}
			for _, damage := range q.Damages {
				m := most
				if damage == lab.WeightNoise {
					m = every
				}
				s.Samples = append(s.Samples, interval(withstands(q, obs.AllOutputs, damage, m, arm)[0].x))
			}
			v.Series = append(v.Series, s)
		}
		return v
	}
	return &figure.Figure{
		Name: "claims_damage", Width: 7, Height: 3, Loose: true,
		Alt: "Differences in per cent correct between damaged molap and the damaged other arms, with intervals, for six kinds of damage over all tasks and three on task T7.",
		Rows: [][]figure.Panel{{
			panel("all tasks: difference (points)", d.damaged, every),
			panel("T7: difference (points)", d.global.On("T7"), 10),
		}},
	}
}
