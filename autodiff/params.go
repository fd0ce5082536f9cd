package autodiff

import (
	"fmt"
	"slices"

	"molap/kernels"
)

// Shape is the size of a network: units N, inputs and outputs.
type Shape struct{ Units, In, Out int }

// Rows returns the rows of the augmented matrix, Units + Out.
func (s Shape) Rows() int { return s.Units + s.Out }

// Cols returns its columns, Units + In + 1.
func (s Shape) Cols() int { return s.Units + s.In + 1 }

// Rect is a rectangle of the augmented matrix: its first row and column, from 0,
// and its size. Rows receive, columns send.
type Rect struct{ Row, Col, Rows, Cols int }

// WRec returns the rectangle of the augmented matrix that is W_rec, Units × Units.
func (s Shape) WRec() Rect { return Rect{0, 0, s.Units, s.Units} }

// WIn returns the rectangle of the augmented matrix that is W_in, Units × In.
func (s Shape) WIn() Rect { return Rect{0, s.Units, s.Units, s.In} }

// B returns the rectangle of the augmented matrix that is the recurrent biases b, Units × 1.
func (s Shape) B() Rect { return Rect{0, s.Units + s.In, s.Units, 1} }

// WOut returns the rectangle of the augmented matrix that is W_out, Out × Units.
func (s Shape) WOut() Rect { return Rect{s.Units, 0, s.Out, s.Units} }

// BOut returns the rectangle of the augmented matrix that is the output biases b_out, Out × 1.
func (s Shape) BOut() Rect { return Rect{s.Units, s.Units + s.In, s.Out, 1} }

// size returns the number of entries of r.
func (r Rect) size() int { return r.Rows * r.Cols }

// contains reports whether r has the entry (i, j) of the matrix.
func (r Rect) contains(i, j int) bool {
	return i >= r.Row && i < r.Row+r.Rows && j >= r.Col && j < r.Col+r.Cols
}

// within reports whether r lies in the matrix of a network of shape s.
func (r Rect) within(s Shape) bool {
	return r.Row >= 0 && r.Col >= 0 && r.Rows >= 0 && r.Cols >= 0 && r.Row+r.Rows <= s.Rows() && r.Col+r.Cols <= s.Cols()
}

// overlaps reports whether two rectangles share an entry.
func (r Rect) overlaps(q Rect) bool {
	return r.Row < q.Row+q.Rows && q.Row < r.Row+r.Rows && r.Col < q.Col+q.Cols && q.Col < r.Col+r.Cols
}

// Params holds the parameters of a network.
type Params[T kernels.Float] struct {
	Shape
	A  []T // the augmented matrix, Rows() × Cols(), by rows
	H0 []T // h[0], Units

	// Leak is α of leaky units, h[t+1] = (1-α)·h[t] + α·tanh(…), 0 < α ≤ 1. A unit with the time
	// constant τ has α = dt/τ. With α = 1 units do not leak. Training does not change it.
	Leak float64
}

// NewParams returns parameters that are all zero, of units that do not leak. It panics if a number of
// the shape is negative.
func NewParams[T kernels.Float](s Shape) *Params[T] {
	if s.Units < 0 || s.In < 0 || s.Out < 0 {
		panic(fmt.Sprintf("autodiff: NewParams: %+v", s))
	}
	return &Params[T]{Shape: s, A: make([]T, s.Rows()*s.Cols()), H0: make([]T, s.Units), Leak: 1}
}

// Row returns the part of row i of the augmented matrix that lies in r,
// i counted from r's first row: a view of A, not a copy. It panics if r has no such row or reaches
// beyond the matrix.
func (p *Params[T]) Row(r Rect, i int) []T {
	if i < 0 || i >= r.Rows || !r.within(p.Shape) {
		panic(fmt.Sprintf("autodiff: Row: row %d of rectangle %+v of the %d×%d matrix", i, r, p.Rows(), p.Cols()))
	}
	at := (r.Row+i)*p.Cols() + r.Col
	return p.A[at : at+r.Cols : at+r.Cols]
}

// Mask says which parameters are trained: rectangles of the augmented matrix, which do not overlap,
// and h[0]. The trained parameters form one vector: rectangle after rectangle, each by rows, then
// h[0]. Gradients and moments have this layout.
type Mask struct {
	Rects []Rect // nil: no weights
	H0    bool   // h[0] too
}

// Len returns the number of trained parameters of a network of shape s.
func (m Mask) Len(s Shape) int {
	n := 0
	for _, r := range m.Rects {
		n += r.size()
	}
	if m.H0 {
		n += s.Units
	}
	return n
}

// validate panics unless m fits a network of shape s.
func (m Mask) validate(s Shape) {
	for i, r := range m.Rects {
		if !r.within(s) {
			panic(fmt.Sprintf("autodiff: mask rectangle %+v outside the %d×%d matrix", r, s.Rows(), s.Cols()))
		}
		for _, q := range m.Rects[:i] {
			if r.overlaps(q) {
				panic(fmt.Sprintf("autodiff: mask rectangles %+v and %+v overlap", q, r))
			}
		}
	}
}

// block is a rectangle whose gradient is one product. It may hold more than the
// mask asks for: a vector costs the same however much of it is used.
type block struct {
	Rect
	flip bool // the product is that of the transposes, see orient
}

// orient decides for each block whether vectors of the kernels lie along its columns or, flipped,
// along its rows, which is much less work for W_in. Bits are the same, since x·y = y·x.
func orient(blocks []block, stride func(n int) int) {
	for i, b := range blocks {
		blocks[i].flip = b.Cols*stride(b.Rows) < b.Rows*stride(b.Cols)
	}
}

// place returns where the product has the entry (i, j) of the matrix, and the step from there to
// the next entry of its row.
func (b block) place(i, j int, stride func(n int) int) (at, step int) {
	if b.flip {
		ld := stride(b.Rows)
		return (j-b.Col)*ld + i - b.Row, ld
	}
	return (i-b.Row)*stride(b.Cols) + j - b.Col, 1
}

func (b block) covers(r Rect) bool {
	return r.Row >= b.Row && r.Col >= b.Col && r.Row+r.Rows <= b.Row+b.Rows && r.Col+r.Cols <= b.Col+b.Cols
}

// blockGap is the largest number of columns between two rectangles that one block joins. To leave
// out so few columns saves no time. It is half a vector of most instruction sets.
const blockGap = 4

// blocksOf joins rectangles of m that share their rows and are neighbours, such
// as W_rec, W_in and b, and then blocks of the same columns one above the other.
// An entry's gradient does not depend on its block.
func blocksOf(m Mask) []block {
	var blocks []block
	for _, r := range slices.SortedStableFunc(slices.Values(m.Rects), func(a, b Rect) int { return a.Col - b.Col }) {
		i := slices.IndexFunc(blocks, func(b block) bool {
			return b.Row == r.Row && b.Rows == r.Rows && r.Col-(b.Col+b.Cols) <= blockGap
		})
		if i < 0 {
			blocks = append(blocks, block{Rect: r})
			continue
		}
		blocks[i].Cols = r.Col + r.Cols - blocks[i].Col
	}
	slices.SortStableFunc(blocks, func(a, b block) int { return a.Row - b.Row })
	tall := blocks[:0]
	for _, b := range blocks {
		i := slices.IndexFunc(tall, func(t block) bool {
			return t.Col == b.Col && t.Cols == b.Cols && t.Row+t.Rows == b.Row
		})
		if i < 0 {
			tall = append(tall, b)
			continue
		}
		tall[i].Rows += b.Rows
	}
	return tall
}

// Gather copies the trained parameters of p to dst, m.Len(p.Shape) of them in the
// order of m. It panics if dst has another length, if p does not have the lengths of its shape, or if
// a rectangle lies outside the matrix.
func Gather[T kernels.Float](m Mask, dst []T, p *Params[T]) {
	p.check("Gather", len(dst), m)
	for _, r := range m.Rects {
		for i := range r.Rows {
			dst = dst[copy(dst, p.Row(r, i)):]
		}
	}
	if m.H0 {
		copy(dst, p.H0)
	}
}

// Scatter is the reverse of Gather: it copies the trained parameters from src to p
// and touches nothing else. It panics as Gather does.
func Scatter[T kernels.Float](m Mask, p *Params[T], src []T) {
	p.check("Scatter", len(src), m)
	for _, r := range m.Rects {
		for i := range r.Rows {
			src = src[copy(p.Row(r, i), src):]
		}
	}
	if m.H0 {
		copy(p.H0, src)
	}
}

// checkLengths panics unless p has the lengths of its shape.
func (p *Params[T]) checkLengths(caller string) {
	if len(p.A) != p.Rows()*p.Cols() || len(p.H0) != p.Units {
		panic(fmt.Sprintf("autodiff: %s: network of %+v has %d weights and %d initial states", caller, p.Shape, len(p.A), len(p.H0)))
	}
}

// check panics if p does not have the lengths of its shape, or unless n is the number of parameters
// that m names.
func (p *Params[T]) check(caller string, n int, m Mask) {
	p.checkLengths(caller)
	if need := m.Len(p.Shape); n != need {
		panic(fmt.Sprintf("autodiff: %s: %d trained parameters, the mask has %d", caller, n, need))
	}
}
