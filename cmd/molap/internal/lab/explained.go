package lab

import (
	"context"
	"fmt"
	"math"

	"molap/cca"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/tasks"
)

// How much of the analysis is shown: the pairs of variates, and the trials and variates that are drawn
// over time.
const (
	ExplainedVariates = 5
	ShownTrials       = 3
	ShownVariates     = 3
)

// Explained holds what the canonical variates of one corpus explain (§3.3, A.2.1).
type Explained struct {
	Seed         uint64
	SharedAngles bool
	RankX, RankY int
	Corr         []float64 // all canonical correlations

	// Shares of the targets' variance that the first 1 … ExplainedVariates variates
	// explain: by scikit-learn's score, and by the best linear prediction (see package
	// cca).
	R2, Redundancy []float64

	LoadX, LoadY cca.Matrix // correlations of channels with variates, channels × ExplainedVariates

	// What modules are pre-trained on in the first trials, in the units of the settings: variates ×
	// trials × steps.
	U, V [][][]float64
}

// Explained returns the job that analyses a seed's corpus. The tasks of a trial share their first angle
// if shared is true.
func (l typed[T]) Explained(seed uint64, shared bool) *jobs.Job[Explained] {
	s := l.Settings.Only("trials", "pretraining", "run")
	s.Trials.SharedAngles = shared
	spec := jobs.Spec{Kind: "cca", Of: basis{s, seed}, Label: fmt.Sprintf("cca, seed %d", seed),
		Cost: explainedCost * float64(s.Pretraining.CorpusTrials), Memory: corpusMemory(s, tasks.All(taskset.Options(s)))}
	return jobs.New(l.Pool, spec, func(_ context.Context, w *jobs.Work) (Explained, error) {
		q, err := NewCorpus[T](l.Variant, s, kernels.NewStream(seed), tasks.All(taskset.Options(s)))
		if err != nil {
			return Explained{}, err
		}
		e, err := q.explain()
		e.Seed, e.SharedAngles = seed, shared
		w.Advance(spec.Cost)
		return e, err
	})
}

// explainedCost is the work of the analysis per trial of the corpus, in the unit
// of StepCost (measured).
const explainedCost = 0.12

// explain analyses the trials that variates are fitted to.
func (q *corpus[T]) explain() (Explained, error) {
	x, y := matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out)
	c, err := cca.Fit(x, y, ExplainedVariates)
	if err != nil {
		return Explained{}, err
	}
	e := Explained{RankX: c.RankX, RankY: c.RankY, Corr: c.Corr, R2: c.R2(x, y), LoadX: c.LoadX, LoadY: c.LoadY}
	sum := 0.0
	for _, r := range c.Redundancy {
		sum += r
		e.Redundancy = append(e.Redundancy, sum)
	}
	v, err := q.FitCCA(ShownVariates)
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
		all[k] = make([][]float64, min(ShownTrials, b.Trials))
		for j := range all[k] {
			for t := range b.Steps {
				all[k][j] = append(all[k][j], z[t*b.Trials+j])
			}
		}
	}
	return all
}

// R2s returns R2. This and the next three methods are the measures of an analysis, by number of
// variates.
func (e Explained) R2s() []float64          { return e.R2 }
func (e Explained) Redundancies() []float64 { return e.Redundancy }
func (e Explained) Correlations() []float64 { return e.Corr }

// Associations returns the share of the first variates in the sum of all squared
// correlations, by their number.
func (e Explained) Associations() []float64 {
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
