package experiment

import (
	"fmt"
	"math"
	"slices"

	"molap/cca"
	"molap/cmd/molap/internal/profile"
	"molap/kernels"
	"molap/tasks"
)

// corpus draws trials of all tasks side by side and projects them to the latent
// variates on which modules are pre-trained (§3.3).
type corpus[T kernels.Float] struct {
	gen      *tasks.Generator[T]
	settings profile.Settings
	stream   kernels.Stream // of the seed
	fitted   *tasks.Batch[T]
}

// newCorpus draws the trials that the variates are fitted to. Whatever the units
// of task training, they are raw: the analysis standardises every channel.
func newCorpus[T kernels.Float](c Config, stream kernels.Stream, trials int, ts []tasks.Task) (*corpus[T], error) {
	o := TrialOptions(c.Settings)
	o.Units = tasks.RawUnits
	gen, err := tasks.NewGenerator[T](c.Variant, o, ts...)
	if err != nil {
		return nil, err
	}
	q := &corpus[T]{gen: gen, settings: c.Settings, stream: stream, fitted: gen.NewBatch(trials)}
	gen.Draw(q.fitted, stream.Child(purposeCorpus))
	return q, nil
}

// targetRank returns the number of targets of the corpus that differ: fixation,
// cos and sin of the first angle of T1–T4, of each of them unless they share it,
// and one decision each of T5–T9. Variates beyond that do not exist.
func targetRank(s profile.Settings) int {
	if s.Trials.SharedAngles {
		return 1 + 2 + 5
	}
	return 1 + 4*2 + 5
}

// Check returns an error if experiments cannot run with settings that are valid
// one by one.
func Check(s profile.Settings) error {
	if most := targetRank(s); s.Network.Modules > most {
		return fmt.Errorf("network.modules is %d (allowed: at most %d, the rank of the corpus's targets: each module is trained on a variate of its own)", s.Network.Modules, most)
	}
	return nil
}

// matrix returns channels of a batch as a matrix (steps·trials) × channels.
func matrix[T kernels.Float](x []T, channels int) cca.Matrix {
	m := cca.NewMatrix(len(x)/channels, channels)
	for i, v := range x {
		m.Data[i] = float64(v)
	}
	return m
}

// variate is one latent variable: an affine function of the corpus's channels.
type variate struct {
	offset float64
	x, y   []float64 // weights of inputs and targets; nil for none
}

// variates are what modules are trained on: from input in[m] to target out[m].
type variates struct{ in, out []variate }

// newVariate returns column k of weights w for standardised channels, as a
// function of the channels themselves.
func newVariate(w cca.Matrix, k int, mean, scale []float64) (offset float64, weights []float64) {
	weights = make([]float64, w.Rows)
	for j := range weights {
		weights[j] = w.At(j, k) / scale[j]
		offset = math.FMA(-mean[j], weights[j], offset)
	}
	return offset, weights
}

// fitCCA returns the first r pairs of canonical variates (Eq. 2).
func (q *corpus[T]) fitCCA(r int) (variates, error) {
	c, err := cca.Fit(matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out), r)
	if err != nil {
		return variates{}, err
	}
	var v variates
	for k := range r {
		var in, out variate
		in.offset, in.x = newVariate(c.A, k, c.MeanX, c.ScaleX)
		out.offset, out.y = newVariate(c.B, k, c.MeanY, c.ScaleY)
		v.in, v.out = append(v.in, in), append(v.out, out)
	}
	return q.scaled(v), nil
}

// fitPCA returns the first r principal components of inputs and of targets
// (A.2.2), or, as the authors' code does, of both together: then inputs equal
// targets.
func (q *corpus[T]) fitPCA(r int) (variates, error) {
	x, y := matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out)
	var v variates
	if q.settings.Arms.PCA == profile.JointPCA {
		joint, err := cca.FitPCA(cca.Join(x, y), r)
		if err != nil {
			return variates{}, err
		}
		for k := range r {
			offset, w := newVariate(joint.W, k, joint.Mean, joint.Scale)
			v.in = append(v.in, variate{offset, w[:x.Cols], w[x.Cols:]})
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
	for k := range r {
		var in, out variate
		in.offset, in.x = newVariate(px.W, k, px.Mean, px.Scale)
		out.offset, out.y = newVariate(py.W, k, py.Mean, py.Scale)
		v.in, v.out = append(v.in, in), append(v.out, out)
	}
	return q.scaled(v), nil
}

// scaled gives v its units: as projected, or each variate brought to [0, 1] on
// the trials it was fitted to.
func (q *corpus[T]) scaled(v variates) variates {
	if q.settings.Pretraining.Variates != profile.UnitInterval {
		return v
	}
	z := make([]float64, q.fitted.Steps*q.fitted.Trials)
	for _, side := range [][]variate{v.in, v.out} {
		for m := range side {
			project(z, side[m], q.fitted)
			side[m].rescale(tasks.MinMax(z))
		}
	}
	return v
}

// rescale makes 0 of s.Min and 1 of s.Min + s.Range.
func (v *variate) rescale(s tasks.Scale) {
	v.offset = (v.offset - s.Min) / s.Range
	weights := func(w []float64) []float64 {
		w = slices.Clone(w)
		for j := range w {
			w[j] /= s.Range
		}
		return w
	}
	v.x, v.y = weights(v.x), weights(v.y)
}

// project sets z (steps·trials) to a variate of a batch.
func project[S, T kernels.Float](z []S, v variate, b *tasks.Batch[T]) {
	for i := range z {
		sum := v.offset
		for j, w := range v.x {
			sum = math.FMA(w, float64(b.X[i*b.In+j]), sum)
		}
		for j, w := range v.y {
			sum = math.FMA(w, float64(b.Y[i*b.Out+j]), sum)
		}
		z[i] = S(sum)
	}
}

// batches returns the batches on which module m is pre-trained: fresh trials of
// the corpus in every iteration, or one fixed batch, projected to variate m.
func (q *corpus[T]) batches(v variates, m int) func(int) (x, y []T) {
	trials := q.settings.Pretraining.Batch
	b := q.gen.NewBatch(trials)
	x, y := make([]T, b.Steps*trials), make([]T, b.Steps*trials)
	draw := func(s kernels.Stream) {
		q.gen.Draw(b, s)
		project(x, v.in[m], b)
		project(y, v.out[m], b)
	}
	if !q.settings.Trials.Fresh {
		draw(q.stream.Child(purposeCorpus))
		return func(int) ([]T, []T) { return x, y }
	}
	s := q.stream.Child(purposePretraining).Child(uint64(m))
	return func(iteration int) ([]T, []T) {
		draw(s.Child(uint64(iteration)))
		return x, y
	}
}
