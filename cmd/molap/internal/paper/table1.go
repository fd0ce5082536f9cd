package paper

import (
	"fmt"
	"math"

	"molap/autodiff"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/kernels"
	"molap/rnn"
)

// parameterCounts are the parameters of one arm over all nine tasks, without h[0], which the paper does not
// count: the weights that exist, the weights that are trained (a weight trained for several tasks
// counts for each), and the latter per task.
type parameterCounts struct{ overall, trained, perTask int }

// parameters are the counts of Table 1, from real networks and their masks.
type parameters struct {
	separate, dni, molap parameterCounts
	network              int // weights of one network
	oneReadout           int // what molap trains with one set of input and readout weights for all
}

func planTable1(n *obs.Notebook) func() Result {
	return func() Result { return table1(countParameters(), n.Settings.Table1.NetworkFactor) }
}

func countParameters() parameters {
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
	return parameters{
		separate: parameterCounts{table1Tasks * full, table1Tasks * full, full},
		dni:      parameterCounts{full, table1Tasks * full, full},
		// One reservoir, and input weights and readout of pre-training and of each task.
		molap:   parameterCounts{reservoir + (1+table1Tasks)*task, pretrained + table1Tasks*task, task},
		network: full, oneReadout: modules + task,
	}
}

// scaled multiplies the counts of whole networks by the factor of the settings. What molap trains are
// parts of networks (modules, input and readout weights): these counts stay.
func (p parameters) scaled(factor int) parameters {
	for _, c := range []*parameterCounts{&p.separate, &p.dni} {
		*c = parameterCounts{factor * c.overall, factor * c.trained, factor * c.perTask}
	}
	p.molap.overall *= factor
	return p
}

// table1Entry is one of the nine counts of Table 1, as we count and as it is printed.
type table1Entry struct {
	count, arm       string
	counted, printed int
}

// ratio returns the printed count over ours.
func (e table1Entry) ratio() float64 { return float64(e.printed) / float64(e.counted) }

// entries returns the counts of Table 1, row by row.
func (p parameters) entries() (all []table1Entry) {
	for _, count := range []struct {
		name string
		of   func(parameterCounts) int
	}{
		{"overall", func(c parameterCounts) int { return c.overall }},
		{"trained", func(c parameterCounts) int { return c.trained }},
		{"trained per task", func(c parameterCounts) int { return c.perTask }},
	} {
		all = append(all,
			table1Entry{count.name, "separate", count.of(p.separate), count.of(publishedSeparate)},
			table1Entry{count.name, "dni", count.of(p.dni), count.of(publishedDNI)},
			table1Entry{count.name, "molap", count.of(p.molap), count.of(publishedMoLaP)})
	}
	return all
}

// ordersOver returns how many orders of magnitude more weights a trains than b.
func ordersOver(a, b parameterCounts) float64 {
	return math.Log10(float64(a.trained) / float64(b.trained))
}

// agreeing returns how many of the nine counts equal the printed ones in the three digits that the
// paper prints.
func (p parameters) agreeing() int {
	return len(seq.Where(p.entries(), func(e table1Entry) bool { return math.Abs(e.ratio()-1) < 0.005 }))
}

// table1 shows the counts beside those that are printed.
func table1(counted parameters, factor int) Result {
	nine, scaled := counted.entries(), counted.scaled(factor).entries()
	t := obs.Table("table1", "Parameters, counted from networks and masks, and as printed", seq.UpTo(len(nine)), []obs.Col[int]{
		{Name: "count", Doc: "what is counted", Of: func(i int) any { return nine[i].count }},
		{Name: "arm", Doc: "way of training", Of: func(i int) any { return nine[i].arm }},
		{Name: "counted", Doc: "counted from a network of 100 units, one input, one output, and its masks; without h[0]", Of: func(i int) any { return nine[i].counted }},
		{Name: "printed", Heading: "printed in the paper", Doc: "Table 1 of the paper", Of: func(i int) any { return nine[i].printed }},
		{Name: "printed_by_counted", Heading: "printed ÷ counted", Doc: "ratio of the two", Of: func(i int) any { return nine[i].ratio() }},
		{Name: "by_profile", Heading: "with this profile", Doc: "counted, whole networks times table1.network_factor of the profile", Of: func(i int) any { return scaled[i].counted }},
		{Name: "printed_by_profile", Heading: "printed ÷ this profile", Doc: "ratio of the printed to that", Of: func(i int) any { return scaled[i].ratio() }},
	}...)
	separate, dni, molap := counted.separate, counted.dni, counted.molap
	return Result{
		Tables: []*table.Table{t},
		Figures: []*figure.Figure{{
			Name: "fig1c", Alt: "Bars on a logarithmic axis: parameters in all and trained, for separate networks, DNI and MoLaP, as counted and as printed.",
			Width: 7, Height: 2.8, SharedY: true,
			Rows: [][]figure.Panel{{
				countsPanel("counted", []parameterCounts{separate, dni, molap}),
				countsPanel("as printed", []parameterCounts{publishedSeparate, publishedDNI, publishedMoLaP}),
			}},
		}},
		Captions: []string{"Parameters in all, and parameters that training moves over nine tasks, for a network of 100 units with one input and one output: counted from networks and masks, and as Table 1 prints them. Logarithmic axis."},
		Title:    "Table 1 and Fig. 1C: how many parameters",
		Headline: fmt.Sprintf("Counted alike, MoLaP trains %.1f orders of magnitude fewer weights than DNI; the printed counts, ten times too large for DNI, give %.1f.",
			ordersOver(dni, molap), ordersOver(publishedDNI, publishedMoLaP)),
		Findings: []string{
			fmt.Sprintf("A network of N = 100 with one input and one output has N² + 2N = %d weights. Table 1 prints ten times that for a separate network and for DNI (1.02e5), and for MoLaP in all, but not for what MoLaP trains (5.2e3).", counted.network),
			fmt.Sprintf("Counted alike, MoLaP trains %d weights where DNI trains %d: %.1f orders of magnitude fewer, not the printed %.1f. With one set of input weights and readout in place of all of them, which is what the printed 5.2e3 amounts to, the gap is %.1f orders.",
				molap.trained, dni.trained, ordersOver(dni, molap), ordersOver(publishedDNI, publishedMoLaP),
				ordersOver(dni, parameterCounts{trained: counted.oneReadout})),
			fmt.Sprintf("With the factor %d of this profile (table1.network_factor) on whole networks, %d of the %d printed counts come out to their printed digits.", factor, counted.scaled(factor).agreeing(), len(nine)),
			fmt.Sprintf("MoLaP has %.1f%% more parameters in all than DNI (printed: 18%%).", 100*(float64(molap.overall)/float64(dni.overall)-1)),
		},
	}
}

// countsPanel draws the counts of separate networks, DNI and MoLaP.
func countsPanel(title string, by []parameterCounts) figure.Panel {
	return &figure.Counts{
		Frame:      figure.Frame{Title: title, Y: figure.Axis{Label: "parameters"}},
		Categories: []string{"separate", "DNI", "MoLaP"},
		Series: []figure.CountSeries{
			{Name: "in all", Values: seq.Map(by, func(c parameterCounts) int { return c.overall })},
			{Name: "trained, over nine tasks", Values: seq.Map(by, func(c parameterCounts) int { return c.trained })},
		},
	}
}
