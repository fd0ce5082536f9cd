package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/cca"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/report"
	"molap/kernels"
	"molap/tasks"
)

// How much of the analysis is shown: pairs of variates, and trials and variates
// over time.
const (
	explainedVariates = 5
	shownTrials       = 3
	shownVariates     = 3
)

// Explained is what the canonical variates of one corpus explain (§3.3, A.2.1).
type Explained struct {
	Seed         uint64
	SharedAngles bool
	RankX, RankY int
	Corr         []float64 // all canonical correlations

	// Shares of the targets' variance that the first 1 … explainedVariates
	// variates explain: by scikit-learn's score, and by the best linear prediction
	// (see package cca).
	R2, Redundancy []float64

	LoadX, LoadY cca.Matrix // correlations of channels with variates, channels × explainedVariates

	// What modules are trained on, in the units of the settings, for the first
	// trials: variates × trials × steps.
	U, V [][][]float64
}

// Explained is the job of the analysis of a seed's corpus, whose tasks share the
// first angle of a trial or do not.
func (l *Lab) Explained(seed uint64, shared bool) *jobs.Job[Explained] {
	if l.Settings.Run.Precision == profile.F64 {
		return explained[float64](l, seed, shared)
	}
	return explained[float32](l, seed, shared)
}

// explainedCost is the work of the analysis per trial of the corpus, in the unit
// of stepCost (measured).
const explainedCost = 0.12

func explained[T kernels.Float](l *Lab, seed uint64, shared bool) *jobs.Job[Explained] {
	s := l.Settings.Only("trials", "pretraining", "run")
	s.Trials.SharedAngles = shared
	spec := jobs.Spec{Kind: "cca", Of: of{s, seed}, Label: fmt.Sprintf("cca, seed %d", seed),
		Cost: explainedCost * float64(s.Pretraining.CorpusTrials), Memory: corpusMemory(s, tasks.All(TrialOptions(s)))}
	return jobs.New(l.pool, spec, func(_ context.Context, w *jobs.Work) (Explained, error) {
		q, err := newCorpus[T](l.Variant, s, kernels.NewStream(seed), tasks.All(TrialOptions(s)))
		if err != nil {
			return Explained{}, err
		}
		e, err := q.explain()
		e.Seed, e.SharedAngles = seed, shared
		w.Advance(spec.Cost)
		return e, err
	})
}

// explain analyses the trials that variates are fitted to.
func (q *corpus[T]) explain() (Explained, error) {
	x, y := matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out)
	c, err := cca.Fit(x, y, explainedVariates)
	if err != nil {
		return Explained{}, err
	}
	e := Explained{RankX: c.RankX, RankY: c.RankY, Corr: c.Corr, R2: c.R2(x, y), LoadX: c.LoadX, LoadY: c.LoadY}
	sum := 0.0
	for _, r := range c.Redundancy {
		sum += r
		e.Redundancy = append(e.Redundancy, sum)
	}
	v, err := q.fitCCA(shownVariates)
	if err != nil {
		return Explained{}, err
	}
	e.U, e.V = q.overTime(v.in), q.overTime(v.out)
	return e, nil
}

// overTime returns variates of the first trials, variates × trials × steps.
func (q *corpus[T]) overTime(vs []tasks.Affine) [][][]float64 {
	b := q.fitted
	z := make([]float64, b.Steps*b.Trials)
	all := make([][][]float64, len(vs))
	for k, v := range vs {
		tasks.Project(z, v, b)
		all[k] = make([][]float64, min(shownTrials, b.Trials))
		for j := range all[k] {
			for t := range b.Steps {
				all[k][j] = append(all[k][j], z[t*b.Trials+j])
			}
		}
	}
	return all
}

// explainedData is the analysis by every seed under both readings of the first angle.
type explainedData struct {
	shared, own []Explained // by seed
	tasks       []tasks.Task
	profile     bool // the settings share the first angle
}

// reading is one of the two readings of the first angle.
type reading struct {
	name     string
	profile  bool // it is that of the settings
	analyses []Explained
}

func (d explainedData) readings() []reading {
	return []reading{{"shared", d.profile, d.shared}, {"own", !d.profile, d.own}}
}

func (r reading) label() string {
	if r.profile {
		return "first angle of a trial: " + r.name + " (this profile)"
	}
	return "first angle of a trial: " + r.name
}

// chosen is the reading of the settings.
func (d explainedData) chosen() []Explained {
	if d.profile {
		return d.shared
	}
	return d.own
}

// planExplained asks how much of the targets canonical variates explain (A.2.1).
func planExplained(l *Lab) plan {
	needs, data := l.explained()
	return plan{needs, func() Result { return data().result() }}
}

// explained is what the experiment needs, and its data once that is done.
func (l *Lab) explained() ([]jobs.Node, func() explainedData) {
	var needs []jobs.Node
	var shared, own []*jobs.Job[Explained]
	for _, seed := range l.Seeds {
		a, b := l.Explained(seed, true), l.Explained(seed, false)
		shared, own = append(shared, a), append(own, b)
		needs = append(needs, a, b)
	}
	return needs, func() explainedData {
		value := (*jobs.Job[Explained]).Value
		return explainedData{values(shared, value), values(own, value), l.tasks(), l.Settings.Trials.SharedAngles}
	}
}

func (d explainedData) result() Result {
	return Result{
		Title: "A.2.1: how much of the corpus canonical variates explain", UsesSettings: true,
		Headline: d.headline(), Findings: d.findings(),
		Tables:  []*report.Table{d.summary(), d.runs(), d.loadings(), d.variates()},
		Figures: []*report.Figure{d.variance(), d.loads(), d.overTime()},
		Captions: []string{
			"Variance of the 22 targets that the first canonical variates of the 25 inputs explain, when the nine tasks of a trial share their first angle and when each has its own: mean over seeds with one standard deviation. " +
				"A: scikit-learn's score of CCA. B: the best linear prediction (redundancy). C: share of the first pairs in the sum of all squared canonical correlations. Dashes: what the paper states for two variates and for three. D: canonical correlations of the pairs, means over seeds.",
			fmt.Sprintf("Correlation of every channel of the corpus with the canonical variates of its side, seed %d. Signs are those by which the channel that loads most does so positively.", d.chosen()[0].Seed),
			fmt.Sprintf("What modules are pre-trained on: from canonical variate U of the inputs to V of the targets, for %d trials of the corpus, seed %d, in the units of the profile. Between fixation and response, stimuli and delays of the nine tasks differ.", len(d.chosen()[0].U[0]), d.chosen()[0].Seed),
		},
	}
}

// percent returns the mean over seeds of a measure with m variates, in per cent.
func percent(es []Explained, m int, f func(Explained) []float64) float64 {
	return float64(100 * mean(values(es, func(e Explained) float64 { return f(e)[m-1] })))
}

// The measures of an analysis, by number of variates.
func (e Explained) r2() []float64          { return e.R2 }
func (e Explained) redundancy() []float64  { return e.Redundancy }
func (e Explained) correlation() []float64 { return e.Corr }

// association is the share of the first variates in the sum of all squared correlations.
func (e Explained) association() []float64 {
	share, sum := make([]float64, len(e.Corr)), 0.0
	for k, rho := range e.Corr {
		sum = math.FMA(rho, rho, sum)
		share[k] = sum
	}
	for k := range share {
		share[k] /= sum
	}
	return share
}

func (d explainedData) headline() string {
	return fmt.Sprintf("By scikit-learn's score two variates explain %.0f %% of the targets' variance and three %.0f %% where the tasks of a trial share their first angle, %.0f %% and %.0f %% where they do not; the paper states about %d %% and %d %%.",
		percent(d.shared, 2, Explained.r2), percent(d.shared, 3, Explained.r2), percent(d.own, 2, Explained.r2), percent(d.own, 3, Explained.r2), publishedTwoVariates, publishedThreeVariates)
}

func (d explainedData) findings() []string {
	e := d.chosen()[0]
	out := []string{
		fmt.Sprintf("The best linear prediction of the targets explains more: %.0f %% from two variates and %.0f %% from three where the first angle is shared, %.0f %% and %.0f %% where it is not (%d seed(s)).",
			percent(d.shared, 2, Explained.redundancy), percent(d.shared, 3, Explained.redundancy), percent(d.own, 2, Explained.redundancy), percent(d.own, 3, Explained.redundancy), len(d.shared)),
		d.nearest(),
		fmt.Sprintf("By the profile's reading the %d targets have rank %d, fixation being the same in all tasks, and as many pairs of variates exist. Their correlations are %s.",
			e.LoadY.Rows, e.RankY, decimals(meanCorrelations(d.chosen()))),
	}
	for k := range shownVariates {
		out = append(out, d.about(k))
	}
	return out
}

// nearest says which measure under which reading comes closest to both statements
// of the paper.
func (d explainedData) nearest() string {
	least, text := math.Inf(1), ""
	for _, r := range d.readings() {
		for _, m := range []struct {
			name string
			f    func(Explained) []float64
		}{
			{"scikit-learn's score", Explained.r2}, {"redundancy", Explained.redundancy}, {"the share in the sum of squared correlations", Explained.association},
		} {
			two, three := percent(r.analyses, 2, m.f), percent(r.analyses, 3, m.f)
			if off := max(math.Abs(two-publishedTwoVariates), math.Abs(three-publishedThreeVariates)); off < least {
				least = off
				text = fmt.Sprintf("The paper does not say how it measured. Nearest to its %d %% and %d %% comes %s, the first angle being %s: %.0f %% and %.0f %%.",
					publishedTwoVariates, publishedThreeVariates, m.name, r.name, two, three)
			}
		}
	}
	return text
}

// meanCorrelations are the canonical correlations, means over seeds.
func meanCorrelations(es []Explained) []float64 {
	n := len(slices.MinFunc(es, func(a, b Explained) int { return len(a.Corr) - len(b.Corr) }).Corr)
	rho := make([]float64, n)
	for k := range rho {
		rho[k] = percent(es, k+1, Explained.correlation) / 100
	}
	return rho
}

func decimals(x []float64) string {
	return strings.Join(values(x, func(v float64) string { return fmt.Sprintf("%.2f", v) }), ", ")
}

// about says what the k-th variate of the targets is made of, by its squared
// correlations with them.
func (d explainedData) about(k int) string {
	var fixation, direction, decision, total []float64
	for _, e := range d.chosen() {
		var sums [3]float64
		row := 0
		for _, t := range d.tasks {
			for _, c := range t.Targets {
				part := &sums[2]
				switch {
				case c.Name == tasks.FixationChannel:
					part = &sums[0]
				case len(t.Targets) > 2:
					part = &sums[1]
				}
				*part = math.FMA(e.LoadY.At(row, k), e.LoadY.At(row, k), *part)
				row++
			}
		}
		all := sums[0] + sums[1] + sums[2]
		fixation, direction, decision = append(fixation, 100*sums[0]/all), append(direction, 100*sums[1]/all), append(decision, 100*sums[2]/all)
		total = append(total, 100*all/float64(e.LoadY.Rows))
	}
	return fmt.Sprintf("Target variate %d carries %.0f %% of the targets' variance; its squared correlations lie by %.0f %% on fixation, %.0f %% on the directions of T1–T4, %.0f %% on the decisions of T5–T9.",
		k+1, mean(total), mean(fixation), mean(direction), mean(decision))
}
