package rnn

import (
	"fmt"
	"slices"

	"molap/autodiff"
	"molap/kernels"
)

// PublishedAlpha is α of DNI in both programs: the mean square below which a
// direction counts as free.
const PublishedAlpha = 1e-3

// Projection projects changes of the trained parameters away from the activity
// of earlier tasks, see DNI. It owns scratch memory, so one goroutine at a time
// may use it.
type Projection[T kernels.Float] struct {
	// Update says what a Trainer projects: if true, the update that Adam makes, as Duncker does; if
	// false, the gradient that Adam is given, as the authors do.
	Update bool

	ops    *kernels.Ops[T]
	parts  []*projectedRows[T]
	update []T // by trained parameter
}

// projectedRows holds the trained part of the upper or of the lower rows of the augmented matrix, which
// G ← left·(G·right) projects, with sums over increasing index.
type projectedRows[T kernels.Float] struct {
	rows, cols int
	stride     int
	rects      []maskPlace
	left       []T // P of W·z or y, rows × stride
	right      *kernels.Panels[T]
	g, gp      []T // rows × stride
}

// maskPlace is a rectangle of the mask. By rows, its entries start at index at of the trained
// parameters; its cols columns start at column col of projected.g.
type maskPlace struct{ at, col, cols int }

// Projection returns the projection for the parameters that mask trains, made of the tasks observed
// so far. Without tasks it returns nil, which projects nothing.
//
// P(z) is that of the trained columns alone, since states that meet no trained weight do not
// matter: without biases z is [h; x]. h[0] is not projected. Projection panics unless each
// rectangle lies in the matrix and spans all units or all outputs, and unless alpha is positive. It
// returns an error if alpha is so small against the activity that P cannot be computed, at 1e-16 of
// the mean square and less.
func (d *DNI[T]) Projection(mask autodiff.Mask, alpha float64) (*Projection[T], error) {
	if !(alpha > 0) {
		panic(fmt.Sprintf("rnn: DNI with α = %v, more than 0 needed", alpha))
	}
	if d.Tasks == 0 {
		return nil, nil
	}
	s := d.shape
	p := &Projection[T]{ops: kernels.Of[T](d.ops.Variant()), update: make([]T, mask.Len(s))}
	if err := p.add(d, mask, 0, s.Units, d.wz, alpha); err != nil {
		return nil, err
	}
	if err := p.add(d, mask, s.Units, s.Out, d.y, alpha); err != nil {
		return nil, err
	}
	return p, nil
}

// add adds the part of rows rows from row first on. sum is the second moment of the products of
// these rows with the states.
func (p *Projection[T]) add(d *DNI[T], mask autodiff.Mask, first, rows int, sum []float64, alpha float64) error {
	q := &projectedRows[T]{rows: rows}
	var columns []int
	at := 0
	for _, r := range mask.Rects {
		if !(r.Row == 0 && r.Rows == d.shape.Units || r.Row == d.shape.Units && r.Rows == d.shape.Out) ||
			r.Col < 0 || r.Cols < 0 || r.Col+r.Cols > d.shape.Cols() {
			panic(fmt.Sprintf("rnn: DNI of %+v: mask rectangle %+v does not span all units or all outputs of the %d×%d matrix", d.shape, r, d.shape.Rows(), d.shape.Cols()))
		}
		if r.Row == first {
			q.rects = append(q.rects, maskPlace{at, r.Col, r.Cols})
			for j := range r.Cols {
				columns = append(columns, r.Col+j)
			}
		}
		at += r.Rows * r.Cols
	}
	if len(columns) == 0 {
		return nil
	}
	slices.Sort(columns)
	for i, r := range q.rects {
		q.rects[i].col, _ = slices.BinarySearch(columns, r.col)
	}
	q.cols = len(columns)
	q.stride = p.ops.Stride(max(q.rows, q.cols))
	q.g, q.gp = make([]T, q.rows*q.stride), make([]T, q.rows*q.stride)

	wide, err := d.projector(d.z, d.shape.Cols(), columns, alpha)
	if err != nil {
		return err
	}
	right := make([]T, q.cols*q.cols)
	narrow(right, wide)
	q.right = p.ops.NewPanels(q.cols, 0, q.cols, rows)
	q.right.Pack(right, 1, q.cols)

	all := make([]int, rows)
	for i := range all {
		all[i] = i
	}
	left, err := d.projector(sum, rows, all, alpha)
	if err != nil {
		return err
	}
	q.left = make([]T, rows*q.stride)
	for i := range rows {
		narrow(q.left[i*q.stride:], left[i*rows:][:rows])
	}
	p.parts = append(p.parts, q)
	return nil
}

// narrow sets dst to the numbers of src.
func narrow[T kernels.Float](dst []T, src []float64) {
	for i, v := range src {
		dst[i] = T(v)
	}
}

// Apply projects g, a gradient or a change of the trained parameters in the
// order of the mask (see autodiff.Mask).
func (p *Projection[T]) Apply(g []T) {
	if p == nil {
		return
	}
	if len(g) != len(p.update) {
		panic(fmt.Sprintf("rnn: Projection of %d parameters applied to %d", len(p.update), len(g)))
	}
	for _, q := range p.parts {
		for _, r := range q.rects {
			for i := range q.rows {
				copy(q.g[i*q.stride+r.col:][:r.cols], g[r.at+i*r.cols:])
			}
		}
		p.ops.Readout(q.gp, q.g, q.right, q.rows, q.stride)
		clear(q.g)
		p.ops.AccumulateGrad(q.g, q.left, q.gp, q.rows, q.cols, q.rows, q.stride)
		stride := p.ops.Stride(q.cols)
		for _, r := range q.rects {
			for i := range q.rows {
				copy(g[r.at+i*r.cols:][:r.cols], q.g[i*stride+r.col:])
			}
		}
	}
}

// advance moves the trained parameters by one step of Adam with gradient g, which
// it may overwrite.
func (t *Trainer[T]) advance(g []T) {
	p := t.Projection
	if p == nil || !p.Update {
		p.Apply(g)
		t.ops.Adam(t.theta, t.m, t.v, g, &t.adam)
		return
	}
	clear(p.update) // from 0 Adam makes the update alone
	t.ops.Adam(p.update, t.m, t.v, g, &t.adam)
	p.Apply(p.update)
	t.ops.AddScaled(t.theta, p.update, 1)
}
