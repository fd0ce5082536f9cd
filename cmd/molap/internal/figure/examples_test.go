package figure

import (
	"math"
	"math/rand/v2"
	"strings"
)

// The examples of this file have the shape of the paper's Figs. 2D, 4, 5, S1–S4
// and of what stands beside them.

// exampleLesion is performance against the strength of a perturbation.
func exampleLesion(r *rand.Rand, label string, strongest float64) *Curves {
	c := &Curves{Frame: Frame{X: Axis{Label: label}, Y: Axis{Label: "Correct (%)", Min: 0, Max: 100}}}
	for a, arm := range []string{"molap", "separate", "dni"} {
		s := Curve{Name: arm, Marked: true}
		decay := 3 + 3*float64(a) + r.Float64()
		for i := range 11 {
			at := float64(i) / 10
			m := 42 + 50*math.Exp(-at*decay)
			sd := 5 * (1 - math.Exp(-5*at))
			s.X, s.Y = append(s.X, at*strongest), append(s.Y, m)
			s.Lo, s.Hi = append(s.Lo, m-sd), append(s.Hi, m+sd)
		}
		c.Series = append(c.Series, s)
	}
	c.Refs = []Ref{{Blind, 44}, {Constant, 47}}
	return c
}

func examplePerturbed(r *rand.Rand) *Figure {
	var panels []Panel
	for i, label := range []string{"M1 weights lesioned (%)", "M2 weights lesioned (%)", "Inter-module weights lesioned (%)", "Weights lesioned (%)", "σ of weight noise", "Units silenced (%)"} {
		c := exampleLesion(r, label, []float64{50, 50, 50, 50, 0.03, 50}[i])
		panels = append(panels, c)
	}
	return &Figure{Name: "perturbed", Alt: "Performance of three arms under six perturbations.", Width: 7, Height: 4.2, Rows: Grid(3, panels...), SharedY: true}
}

// exampleSupplement has five tasks under three perturbations.
func exampleSupplement(r *rand.Rand) *Figure {
	var panels []Panel
	for _, task := range exampleTasks[4:] {
		for i, label := range []string{"Weights lesioned (%)", "σ of weight noise", "Units silenced (%)"} {
			c := exampleLesion(r, label, []float64{50, 0.03, 50}[i])
			if i == 0 {
				c.Title = strings.ReplaceAll(task, "\n", " ")
			}
			panels = append(panels, c)
		}
	}
	return &Figure{Name: "supplement", Alt: "Performance on five tasks under three perturbations.", Width: 7, Height: 7.6, Rows: Grid(3, panels...), SharedX: true, SharedY: true}
}

// exampleNetwork is one trained network: outputs, errors, loss, activity, weights.
func exampleNetwork(r *rand.Rand) *Figure {
	output := func(letter, name string, vs ...float64) *Traces {
		return &Traces{
			Frame: Frame{}, Start: -100, Step: 10, Periods: examplePeriods, TrialNames: []string{"trial 1", "trial 2", "trial 3"},
			Channels: []Channel{{Group: name, Trials: exampleChannel(85, 110, vs...), Behind: exampleChannel(85, 110, vs[0]+0.05, vs[1]-0.1, vs[2]+0.1)}},
		}
	}
	errors := func(letter, name string) *Stems {
		s := &Stems{Frame: Frame{Y: Axis{Label: name}}}
		for range 20 {
			e := 0.07 * math.Abs(r.NormFloat64())
			s.Values, s.Wrong = append(s.Values, e), append(s.Wrong, e > 0.1)
		}
		return s
	}
	loss := &Curves{Frame: Frame{X: Axis{Label: "Iteration"}, Y: Axis{Label: "Loss", Log: true}}, Series: []Curve{{As: "molap"}}}
	for i := range 600 {
		loss.Series[0].X = append(loss.Series[0].X, float64(i))
		loss.Series[0].Y = append(loss.Series[0].Y, 0.3*math.Exp(-float64(i)/100+0.1*r.NormFloat64())+0.002)
	}
	hidden := exampleHeat(r, 100, 110)
	for i := range hidden.Values {
		hidden.Values[i] = math.Sin(float64(i/110)+0.03*float64(i%110)) * math.Cos(float64(i/110*7))
	}
	hidden.Frame = Frame{X: Axis{Label: "time (ms)", Min: -100, Max: 1000}, Y: Axis{Label: "Unit"}}
	hidden.Max, hidden.RowBorders, hidden.BarLabel = 1, []int{50}, "Activity"
	recurrent := exampleHeat(r, 100, 100)
	recurrent.Frame = Frame{X: Axis{Label: "From unit"}, Y: Axis{Label: "To unit"}}
	recurrent.RowBorders, recurrent.ColBorders, recurrent.BarLabel, recurrent.Square = []int{50}, []int{50}, "Weight", true
	readout := exampleHeat(r, 3, 100)
	readout.Frame = Frame{X: Axis{Label: "From unit"}}
	readout.RowNames, readout.ColBorders, readout.BarLabel = []string{"fix.", "cos θ", "sin θ"}, []int{50}, "Weight"
	return &Figure{Name: "network", Alt: "A network after training on T7.", Width: 7, Height: 3.7, Loose: true, Rows: Grid(4,
		output("D1", "Output 1", 0.9, 0.3, -0.4), output("D2", "Output 2", 0.2, 0.8, -0.9), errors("D3", "Error 1"), errors("D4", "Error 2"),
		loss, hidden, recurrent, readout)}
}

// exampleForgetting has the performance on each task after training on each.
func exampleForgetting(r *rand.Rand) *Figure {
	h := &HeatMap{
		Frame: Frame{X: Axis{Label: "Tested on"}, Y: Axis{Label: "After training on"}}, Rows: 9, Cols: 9,
		Colors: Sequential, Min: 0, Max: 100, Format: "%.0f", BarLabel: "Correct (%)", Square: true,
	}
	for i, task := range exampleTasks {
		id := strings.Split(task, "\n")
		h.RowNames, h.ColNames = append(h.RowNames, id[0]+" "+id[1]), append(h.ColNames, id[0])
		for j := range exampleTasks {
			v := math.NaN() // not trained yet
			if j <= i {
				v = 100*math.Exp(-0.3*float64(i-j)) - 5*r.Float64()
			}
			h.Values = append(h.Values, v)
		}
	}
	return &Figure{Name: "forgetting", Alt: "Performance on nine tasks after training on each.", Width: 4.2, Height: 2.8, Rows: [][]Panel{{h}}}
}

func exampleGeneralisation(r *rand.Rand) *Figure {
	d := exampleDots(r, 3)
	d.Refs = nil
	for i, name := range []string{"molap", "molap, one task out", "molap, two tasks out", "molap-pca, one task out", "molap-pca, two tasks out"} {
		d.Series[i].Name = name
	}
	e := exampleDots(r, 6)
	for i := range e.Series {
		e.Series[i].Name = d.Series[i].Name
	}
	return &Figure{Name: "generalisation", Alt: "Performance with tasks left out of pre-training.", Width: 7, Height: 5.2, Rows: [][]Panel{{d}, {e}}, SharedX: true}
}

func exampleClaims(r *rand.Rand) *Figure {
	v := &Intervals{
		Frame: Frame{X: Axis{Label: "Difference in correct answers (points), mean and 95% interval"}},
		Rows:  []string{"MoLaP above reservoir, T5–T9", "MoLaP above PCA, T5–T9", "M1 lesion of 10%:\nabove DNI", "M2 lesion more tolerable\nthan M1", "One task out:\nabove PCA on the full corpus", "Three modules like two"},
		Refs:  []Ref{{"no difference", 0}}, Format: "%.1f",
	}
	for _, p := range []string{"paper", "extended"} {
		s := DotSeries{Name: p}
		for i := range v.Rows {
			m := 6*r.Float64() - 2
			s.Samples = append(s.Samples, Sample{Mean: m, Lo: m - 3*r.Float64(), Hi: m + 3*r.Float64()})
			if i == 4 {
				s.Samples[i].Lo, s.Samples[i].Hi = math.NaN(), math.NaN()
			}
		}
		v.Series = append(v.Series, s)
	}
	return &Figure{Name: "claims", Alt: "Differences with intervals for six claims.", Width: 7, Height: 3.2, Rows: [][]Panel{{v}}}
}
