package experiment

import (
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

// matrix returns channels of a batch as a matrix (steps·trials) × channels.
func matrix[T kernels.Float](x []T, channels int) cca.Matrix {
	m := cca.NewMatrix(len(x)/channels, channels)
	for i, v := range x {
		m.Data[i] = float64(v)
	}
	return m
}

// variates maps trials of the corpus to one input and one target per module.
type variates struct {
	in, out           func(x, y cca.Matrix) cca.Matrix
	inScale, outScale []tasks.Scale // by module
}

// fitCCA returns the first r pairs of canonical variates.
func (q *corpus[T]) fitCCA(r int) (variates, error) {
	x, y := matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out)
	c, err := cca.Fit(x, y, r)
	if err != nil {
		return variates{}, err
	}
	return q.scaled(variates{
		in:  func(x, _ cca.Matrix) cca.Matrix { return c.ProjectX(x) },
		out: func(_, y cca.Matrix) cca.Matrix { return c.ProjectY(y) },
	}, x, y, r), nil
}

// fitPCA returns the first r principal components of inputs and of targets
// (A.2.2), or, as the authors' code does, of both together: then inputs equal
// targets.
func (q *corpus[T]) fitPCA(r int) (variates, error) {
	x, y := matrix(q.fitted.X, q.fitted.In), matrix(q.fitted.Y, q.fitted.Out)
	if q.settings.Arms.PCA == profile.JointPCA {
		joint, err := cca.FitPCA(cca.Join(x, y), r)
		if err != nil {
			return variates{}, err
		}
		both := func(x, y cca.Matrix) cca.Matrix { return joint.Project(cca.Join(x, y)) }
		return q.scaled(variates{in: both, out: both}, x, y, r), nil
	}
	px, err := cca.FitPCA(x, r)
	if err != nil {
		return variates{}, err
	}
	py, err := cca.FitPCA(y, r)
	if err != nil {
		return variates{}, err
	}
	return q.scaled(variates{
		in:  func(x, _ cca.Matrix) cca.Matrix { return px.Project(x) },
		out: func(_, y cca.Matrix) cca.Matrix { return py.Project(y) },
	}, x, y, r), nil
}

// scaled completes v with its units: as projected, or each variate brought to
// [0, 1] on the trials it was fitted to.
func (q *corpus[T]) scaled(v variates, x, y cca.Matrix, r int) variates {
	u, w := v.in(x, y), v.out(x, y)
	for m := range r {
		in, out := tasks.Scale{Min: 0, Range: 1}, tasks.Scale{Min: 0, Range: 1}
		if q.settings.Pretraining.Variates == profile.UnitInterval {
			in, out = tasks.MinMax(column(u, m)), tasks.MinMax(column(w, m))
		}
		v.inScale, v.outScale = append(v.inScale, in), append(v.outScale, out)
	}
	return v
}

// column returns a copy of column k of m.
func column(m cca.Matrix, k int) []float64 {
	c := make([]float64, m.Rows)
	for i := range c {
		c[i] = m.At(i, k)
	}
	return c
}

// batches returns the batches on which module m is pre-trained: fresh trials of
// the corpus in every iteration, or one fixed batch, projected to variate m.
func (q *corpus[T]) batches(v variates, m int) func(int) (x, y []T) {
	trials := q.settings.Pretraining.Batch
	b := q.gen.NewBatch(trials)
	x, y := make([]T, b.Steps*trials), make([]T, b.Steps*trials)
	project := func(s kernels.Stream) {
		q.gen.Draw(b, s)
		raw, target := matrix(b.X, b.In), matrix(b.Y, b.Out)
		u, w := v.in(raw, target), v.out(raw, target)
		for i := range x {
			x[i] = T((u.At(i, m) - v.inScale[m].Min) / v.inScale[m].Range)
			y[i] = T((w.At(i, m) - v.outScale[m].Min) / v.outScale[m].Range)
		}
	}
	if !q.settings.Trials.Fresh {
		project(q.stream.Child(purposeCorpus))
		return func(int) ([]T, []T) { return x, y }
	}
	s := q.stream.Child(purposePretraining).Child(uint64(m))
	return func(iteration int) ([]T, []T) {
		project(s.Child(uint64(iteration)))
		return x, y
	}
}
