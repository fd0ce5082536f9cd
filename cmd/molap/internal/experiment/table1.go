package experiment

import (
	"fmt"
	"math"

	"molap/autodiff"
	"molap/cmd/molap/internal/report"
	"molap/kernels"
	"molap/rnn"
)

// counts are parameters of one arm over all nine tasks, h[0] aside, which the
// paper does not count: weights that exist, weights that training moves (one
// that is trained for several tasks counts for each), and the latter per task.
type counts struct{ overall, trained, perTask int }

// Table1 counts the parameters of Table 1 from real networks and their masks.
func Table1() Result {
	net := rnn.New[float32](kernels.Best(), autodiff.Shape{Units: table1Units, In: 1, Out: 1}, 2, rnn.Init{Gain: 1.5, InputGain: 1}, kernels.NewStream(1))
	weights := func(m autodiff.Mask) int {
		m.H0 = false
		return m.Len(net.Shape)
	}
	full, task := weights(net.FullMask(rnn.NoBiases)), weights(net.TaskMask(rnn.NoBiases))
	reservoir := full - task
	modules, pretrained := 0, 0
	for m := range net.Modules {
		n := weights(net.PretrainMask(m, rnn.NoBiases, false))
		modules += n - task
		pretrained += n
	}
	separate := counts{table1Tasks * full, table1Tasks * full, full}
	dni := counts{full, table1Tasks * full, full}
	// One reservoir, and input weights and readout of pre-training and of each task.
	molap := counts{reservoir + (1+table1Tasks)*task, pretrained + table1Tasks*task, task}

	t := &report.Table{Name: "table1", Title: "Parameters, counted from networks and masks, and as printed", Columns: []report.Column{
		{Name: "count", Description: "what is counted"},
		{Name: "arm", Description: "way of training"},
		{Name: "counted", Description: "counted from a network of 100 units, one input, one output, and its masks; without h[0]"},
		{Name: "printed", Description: "Table 1 of the paper"},
		{Name: "printed_by_counted", Description: "ratio of the two"},
	}}
	for _, row := range []struct {
		name  string
		count func(counts) int
		print func(publishedCounts) float64
	}{
		{"overall", func(c counts) int { return c.overall }, func(p publishedCounts) float64 { return p.overall }},
		{"trained", func(c counts) int { return c.trained }, func(p publishedCounts) float64 { return p.trained }},
		{"trained per task", func(c counts) int { return c.perTask }, func(p publishedCounts) float64 { return p.perTask }},
	} {
		for _, arm := range []struct {
			name string
			c    counts
			p    publishedCounts
		}{{"separate", separate, publishedSeparate}, {"dni", dni, publishedDNI}, {"molap", molap, publishedMoLaP}} {
			n, p := row.count(arm.c), row.print(arm.p)
			t.Add(row.name, arm.name, n, int(p), p/float64(n))
		}
	}
	orders := func(a, b float64) float64 { return math.Log10(a / b) }
	return Result{
		Name:   "table1",
		Tables: []*report.Table{t},
		Figures: []*report.Figure{{
			Name: "fig1c", Alt: "Bars on a logarithmic axis: parameters in all and trained, for separate networks, DNI and MoLaP.",
			Width: 3.5, Height: 2.6,
			Rows: [][]report.Panel{{&report.Counts{
				Frame:      report.Frame{Y: report.Axis{Label: "parameters"}},
				Categories: []string{"separate", "DNI", "MoLaP"},
				Series: []report.CountSeries{
					{Name: "in all", Values: []int{separate.overall, dni.overall, molap.overall}},
					{Name: "trained, over nine tasks", Values: []int{separate.trained, dni.trained, molap.trained}},
				},
			}}},
		}},
		Captions: []string{"Parameters in all, and parameters that training moves over nine tasks, for a network of 100 units with one input and one output. Logarithmic axis."},
		Title:    "Table 1 and Fig. 1C: how many parameters",
		Headline: fmt.Sprintf("Counted alike, MoLaP trains %.1f orders of magnitude fewer weights than DNI; the printed counts, ten times too large for DNI, give %.1f.",
			orders(float64(dni.trained), float64(molap.trained)), orders(publishedDNI.trained, publishedMoLaP.trained)),
		Findings: []string{
			fmt.Sprintf("A network of N = 100 with one input and one output has N² + 2N = %d weights. Table 1 prints ten times that for a separate network and for DNI (1.02e5), and for MoLaP in all, but not for what MoLaP trains (5.2e3).", full),
			fmt.Sprintf("Counted alike, MoLaP trains %d weights where DNI trains %d: %.1f orders of magnitude fewer, not the printed %.1f. With one set of input weights and readout in place of all of them, which is what the printed 5.2e3 amounts to, the gap is %.1f orders.",
				molap.trained, dni.trained, orders(float64(dni.trained), float64(molap.trained)), orders(publishedDNI.trained, publishedMoLaP.trained), orders(float64(dni.trained), float64(modules+task))),
			fmt.Sprintf("MoLaP has %.1f%% more parameters in all than DNI (printed: 18%%).", 100*(float64(molap.overall)/float64(dni.overall)-1)),
		},
	}
}
