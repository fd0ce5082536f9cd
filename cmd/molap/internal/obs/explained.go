package obs

import (
	"math"
	"slices"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// Explained holds the analyses of the corpus: how much of its targets canonical variates explain.
type Explained struct {
	Readings []Reading // two readings of the first angle of a trial: shared by its tasks, and one for each
	Tasks    []tasks.Task
}

// Reading has the analyses of the corpus by one reading of the first angle.
type Reading struct {
	Name     string          // "shared" or "own"
	Profile  bool            // it is that of the settings
	Analyses []lab.Explained // by seed
}

// Explained asks for the analyses of the corpus of every seed by both readings.
func (n *Notebook) Explained() func() Explained {
	ask := func(shared bool) []func() lab.Explained {
		return seq.Map(n.Seeds, func(seed uint64) func() lab.Explained { return n.Variates(seed, shared) })
	}
	profile, shared, own := n.Settings.Trials.SharedAngles, ask(true), ask(false)
	return func() Explained {
		return Explained{[]Reading{{"shared", profile, Answers(shared)}, {"own", !profile, Answers(own)}}, n.Tasks()}
	}
}

// Chosen returns the reading of the settings.
func (d Explained) Chosen() Reading {
	return d.Readings[slices.IndexFunc(d.Readings, func(r Reading) bool { return r.Profile })]
}

// first returns the analysis of the first seed by the reading of the settings.
func (d Explained) first() lab.Explained { return d.Chosen().Analyses[0] }

// ExplainedMeasures are the measures of what the first variates explain, by their number.
var ExplainedMeasures = []struct {
	Name, label string
	Of          func(lab.Explained) []float64
}{
	{"scikit-learn's score", "explained, R² (%)", lab.Explained.R2s},
	{"redundancy", "explained, redundancy (%)", lab.Explained.Redundancies},
	{"the share in the sum of squared correlations", "share of Σρ² (%)", lab.Explained.Associations},
}

// Percents returns a measure with m variates in per cent, by seed.
func (r Reading) Percents(m int, f func(lab.Explained) []float64) []float64 {
	return seq.Map(r.Analyses, func(e lab.Explained) float64 { return float64(100 * f(e)[m-1]) })
}

// Percent returns the mean over seeds of a measure with m variates, in per cent.
func (r Reading) Percent(m int, f func(lab.Explained) []float64) float64 {
	return float64(100 * seq.Mean(seq.Map(r.Analyses, func(e lab.Explained) float64 { return f(e)[m-1] })))
}

// Contents returns which part of the squared correlations of target variate k (from 0) with the targets
// is with fixation, with directions and with decisions: per cent by the reading of the settings, means
// over seeds.
func (d Explained) Contents(k int) (means [3]float64) {
	all := d.Chosen().Analyses
	for _, e := range all {
		var sums [3]float64
		_, targets := d.channels(e)
		for _, c := range targets {
			part := 2
			switch {
			case c.name == tasks.FixationChannel:
				part = 0
			case c.of > 2:
				part = 1
			}
			sums[part] = math.FMA(c.load[k], c.load[k], sums[part])
		}
		for i, sum := range sums {
			means[i] += 100 * sum / (sums[0] + sums[1] + sums[2])
		}
	}
	for i := range means {
		means[i] /= float64(len(all))
	}
	return means
}

// corpusChannel is a channel of one side of the corpus, with its correlations with the variates of that side.
type corpusChannel struct {
	task, name string
	of         int // channels on its side of its task
	load       []float64
}

// channels returns the channels of inputs and targets.
func (d Explained) channels(e lab.Explained) (inputs, targets []corpusChannel) {
	for _, t := range d.Tasks {
		for _, c := range t.Inputs {
			inputs = append(inputs, corpusChannel{t.ID, c.Name, len(t.Inputs), e.LoadX.Row(len(inputs))})
		}
		for _, c := range t.Targets {
			targets = append(targets, corpusChannel{t.ID, c.Name, len(t.Targets), e.LoadY.Row(len(targets))})
		}
	}
	return inputs, targets
}
