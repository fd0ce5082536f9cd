package lab

import (
	"context"
	"fmt"
	"math"
	"slices"

	"molap/cca"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/tasks"
)

// corpus draws trials of all tasks side by side and projects them onto latent variates. Modules are
// pre-trained on these variates (§3.3).
type corpus[T kernels.Float] struct {
	Gen      *tasks.Generator[T]
	settings profile.Settings
	stream   kernels.Stream // of the seed
	fitted   *tasks.Batch[T]
}

// NewCorpus draws the trials that the variates are fitted to. They are raw even if task training scales
// its trials: the analysis standardises every channel.
func NewCorpus[T kernels.Float](v kernels.Variant, s profile.Settings, stream kernels.Stream, ts []tasks.Task) (*corpus[T], error) {
	o := taskset.Options(s)
	o.Units = tasks.RawUnits
	gen, err := tasks.NewGenerator[T](v, o, ts...)
	if err != nil {
		return nil, err
	}
	q := &corpus[T]{Gen: gen, settings: s, stream: stream, fitted: gen.NewBatch(s.Pretraining.CorpusTrials)}
	gen.Draw(q.fitted, stream.Child(purposeCorpus))
	return q, nil
}

// targetRank returns the number of different targets of some of the nine tasks. There are no more
// variates than that. It counts fixation, cos and sin of the angles of T1–T4 (once if the tasks share
// their first angle, once for each task otherwise), and one decision for each of T5–T9.
func targetRank(s profile.Settings, ts []tasks.Task) int {
	rank, angles := 1, 0
	for _, t := range ts {
		switch {
		case len(t.Targets) == 2:
			rank++
		case angles == 0 || !s.Trials.SharedAngles:
			angles += 2
		}
	}
	return rank + angles
}

// channelMatrix returns channels of a batch as a matrix (steps·trials) × channels.
func channelMatrix[T kernels.Float](x []T, channels int) cca.Matrix {
	return cca.Matrix{Rows: len(x) / channels, Cols: channels, Data: widen(x)}
}

// variates are the inputs and targets of pre-training: module m learns to give out[m] from in[m].
type variates struct{ in, out []tasks.Affine }

// newVariate turns column k of w, weights of standardised channels, into an offset and weights of the
// channels themselves.
func newVariate(w cca.Matrix, k int, mean, scale []float64) (offset float64, weights []float64) {
	weights = make([]float64, w.Rows)
	for j := range weights {
		weights[j] = w.At(j, k) / scale[j]
		offset = math.FMA(-mean[j], weights[j], offset)
	}
	return offset, weights
}

// variatePairs returns r variates of the inputs, with the weights of x, and r of the targets, with those of y.
func variatePairs(r int, x, y *cca.PCA) (v variates) {
	for k := range r {
		var in, out tasks.Affine
		in.Offset, in.X = newVariate(x.W, k, x.Mean, x.Scale)
		out.Offset, out.Y = newVariate(y.W, k, y.Mean, y.Scale)
		v.in, v.out = append(v.in, in), append(v.out, out)
	}
	return v
}

// FitCCA returns the first r pairs of canonical variates (Eq. 2).
func (q *corpus[T]) FitCCA(r int) (variates, error) {
	c, err := cca.Fit(channelMatrix(q.fitted.X, q.fitted.In), channelMatrix(q.fitted.Y, q.fitted.Out), r)
	if err != nil {
		return variates{}, err
	}
	return q.scaled(variatePairs(r, &cca.PCA{W: c.A, Mean: c.MeanX, Scale: c.ScaleX}, &cca.PCA{W: c.B, Mean: c.MeanY, Scale: c.ScaleY})), nil
}

// fitPCA returns the first r principal components of inputs and of targets (A.2.2) or, as in the
// authors' code, of both together; then inputs equal targets.
func (q *corpus[T]) fitPCA(r int) (variates, error) {
	x, y := channelMatrix(q.fitted.X, q.fitted.In), channelMatrix(q.fitted.Y, q.fitted.Out)
	if q.settings.Arms.PCA == profile.JointPCA {
		joint, err := cca.FitPCA(cca.Join(x, y), r)
		if err != nil {
			return variates{}, err
		}
		var v variates
		for k := range r {
			offset, w := newVariate(joint.W, k, joint.Mean, joint.Scale)
			v.in = append(v.in, tasks.Affine{Offset: offset, X: w[:x.Cols], Y: w[x.Cols:]})
		}
		v.out = slices.Clone(v.in)
		return q.scaled(v), nil
	}
	px, err := cca.FitPCA(x, r)
	if err != nil {
		return variates{}, fmt.Errorf("components of the inputs: %w", err)
	}
	py, err := cca.FitPCA(y, r)
	if err != nil {
		return variates{}, fmt.Errorf("components of the targets: %w", err)
	}
	return q.scaled(variatePairs(r, px, py)), nil
}

// scaled returns v in the units of the settings: as projected, or with each variate scaled to [0, 1] on
// the trials it was fitted to.
func (q *corpus[T]) scaled(v variates) variates {
	if q.settings.Pretraining.Variates != tasks.UnitInterval {
		return v
	}
	z := make([]float64, q.fitted.Steps*q.fitted.Trials)
	for _, side := range [][]tasks.Affine{v.in, v.out} {
		for m := range side {
			tasks.Project(z, side[m], q.fitted)
			side[m] = rescaleAffine(side[m], tasks.MinMax(z))
		}
	}
	return v
}

// rescaleAffine returns v in other units: s.Min becomes 0, and s.Min + s.Range becomes 1.
func rescaleAffine(v tasks.Affine, s tasks.Scale) tasks.Affine {
	weights := func(w []float64) []float64 {
		w = slices.Clone(w)
		for j := range w {
			w[j] /= s.Range
		}
		return w
	}
	return tasks.Affine{Offset: (v.Offset - s.Min) / s.Range, X: weights(v.X), Y: weights(v.Y)}
}

// Batches returns the batches for the pre-training of module m: fresh trials of the corpus in every
// iteration, or one fixed batch, projected to variate m.
func (q *corpus[T]) Batches(v variates, m int) func(int) (x, y []T) {
	trials := q.settings.Pretraining.Batch
	b := tasks.NewBatch[T](q.fitted.Steps, trials, 1, 1)
	draw := func(s kernels.Stream) { q.Gen.DrawProjected(b, v.in[m], v.out[m], s) }
	if !q.settings.Trials.Fresh {
		draw(q.stream.Child(purposeCorpus))
		return func(int) ([]T, []T) { return b.X, b.Y }
	}
	s := q.stream.Child(purposePretraining).Child(uint64(m))
	return func(iteration int) ([]T, []T) {
		draw(s.Child(uint64(iteration)))
		return b.X, b.Y
	}
}

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
func (l typedLab[T]) Explained(seed uint64, shared bool) *jobs.Job[Explained] {
	s := l.Settings.Only("trials", "pretraining", "run")
	s.Trials.SharedAngles = shared
	spec := jobs.Spec{Kind: "cca", Of: jobBasis{s, seed}, Label: fmt.Sprintf("cca, seed %d", seed),
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
	x, y := channelMatrix(q.fitted.X, q.fitted.In), channelMatrix(q.fitted.Y, q.fitted.Out)
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
