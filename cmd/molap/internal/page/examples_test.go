package page

import (
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"molap/cmd/molap/internal/figure"
)

// lookDir is where to leave the example page for a person to look at.
var lookDir = flag.String("look", "", "write the example page to this directory")

func dumpLook(t *testing.T, name string, data []byte) {
	if *lookDir != "" {
		if err := os.WriteFile(filepath.Join(*lookDir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	exampleTasks = []string{"T1 delay_pro", "T2 delay_anti", "T3 mem_pro", "T4 mem_anti"}
	exampleArms  = []string{"molap", "molap-pca", "reservoir", "separate", "dni"}
)

// exampleFigures are dots, curves, heat maps and counts of invented but likely numbers.
func exampleFigures() []*figure.Figure {
	r := rand.New(rand.NewPCG(1, 2))
	dots := &figure.Dots{Frame: figure.Frame{Y: figure.Axis{Label: "Accuracy (%)"}}, Categories: exampleTasks}
	curves := &figure.Curves{Frame: figure.Frame{Title: "T1 delay_pro", X: figure.Axis{Label: "Iteration"}, Y: figure.Axis{Label: "Loss", Log: true}}}
	for a, arm := range exampleArms {
		s, c := figure.DotSeries{Name: arm}, figure.Curve{Name: arm}
		for range exampleTasks {
			m := 0.9 - 0.04*float64(a)
			s.Samples = append(s.Samples, figure.MeanRange([]float64{m + 0.03*r.NormFloat64(), m, m + 0.03*r.NormFloat64()}))
		}
		for i := range 200 {
			m := 0.3*math.Exp(-float64(i)/(20+10*float64(a))) + 0.002*float64(a+1)
			c.X, c.Y = append(c.X, float64(i)), append(c.Y, m)
			c.Lo, c.Hi = append(c.Lo, m/1.4), append(c.Hi, m*1.5)
		}
		dots.Series, curves.Series = append(dots.Series, s), append(curves.Series, c)
	}
	weights, activity := exampleHeat(r, 100, 100), exampleHeat(r, 100, 110)
	weights.Frame = figure.Frame{Title: "Recurrent weights", X: figure.Axis{Label: "From unit"}, Y: figure.Axis{Label: "To unit"}}
	weights.Square, weights.BarLabel = true, "Weight"
	activity.Frame = figure.Frame{Title: "Hidden activity", X: figure.Axis{Label: "time (ms)", Min: -100, Max: 1000}, Y: figure.Axis{Label: "Unit"}}
	activity.BarLabel, activity.Max = "Activity", 1
	counts := &figure.Counts{Frame: figure.Frame{Y: figure.Axis{Label: "Parameters"}}, Categories: exampleArms[:2],
		Series: []figure.CountSeries{{Name: "total", Values: []int{15427, 15427}}, {Name: "trained", Values: []int{10427, 5427}}}}
	return []*figure.Figure{
		{Name: "dots", Alt: "Accuracy of five arms.", Width: 7, Height: 3, Rows: [][]figure.Panel{{dots}}},
		{Name: "losses", Alt: "Loss against iteration.", Width: 7, Height: 3, Rows: [][]figure.Panel{{curves}}},
		{Name: "matrices", Alt: "Recurrent weights and hidden activity.", Width: 7, Height: 2.9, Rows: [][]figure.Panel{{weights, activity}}},
		{Name: "counts", Alt: "Parameters by arm.", Width: 3.5, Height: 2.4, Rows: [][]figure.Panel{{counts}}},
	}
}

// exampleHeat has a cell without a value.
func exampleHeat(r *rand.Rand, rows, cols int) *figure.HeatMap {
	h := &figure.HeatMap{Rows: rows, Cols: cols}
	for range rows * cols {
		h.Values = append(h.Values, 0.15*r.NormFloat64())
	}
	h.Values[3] = math.NaN()
	return h
}
