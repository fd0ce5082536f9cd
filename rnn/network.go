package rnn

import (
	"fmt"
	"math"

	"molap/autodiff"
	"molap/kernels"
)

// Network is a recurrent network whose units form modules of equal size.
type Network[T kernels.Float] struct {
	*autodiff.Params[T]
	Modules int
}

// Init says how initial weights are drawn (A.2): independent normal deviates
// with the standard deviations
//
//	W_rec  Gain/√N    W_in  InputGain/√In    W_out  1/√Out    h[0]  1
//
// With Authors, W_rec has Gain/√(N+1) and W_out 1/√(N+1), as in the authors' code. Biases are zero.
// With Bias they are drawn with the deviation of the weights beside them, b that of W_rec and b_out
// that of W_out.
type Init struct {
	Gain      float64
	InputGain float64
	Authors   bool
	Bias      bool
}

// Each part of a network is drawn from a child of its own of the stream. So networks of different
// shapes share what they can: one stream gives the same W_rec whatever the task.
const (
	drawRecurrent = iota
	drawBias
	drawInput
	drawReadout
	drawReadoutBias
	drawState
)

// New returns a network with weights drawn from stream.
// It panics unless there are units and outputs, and modules divides the number of units.
func New[T kernels.Float](v kernels.Variant, s autodiff.Shape, modules int, init Init, stream kernels.Stream) *Network[T] {
	if s.Units < 1 || s.In < 0 || s.Out < 1 {
		panic(fmt.Sprintf("rnn: New: %+v", s))
	}
	if modules < 1 || s.Units%modules != 0 {
		panic(fmt.Sprintf("rnn: %d units do not divide into %d modules", s.Units, modules))
	}
	n := &Network[T]{autodiff.NewParams[T](s), modules}
	root := func(x int) float64 { return 1 / math.Sqrt(float64(x)) }
	rec, out := float64(init.Gain*root(s.Units)), root(s.Out)
	if init.Authors {
		rec, out = float64(init.Gain*root(s.Units+1)), root(s.Units+1)
	}
	n.draw(v, s.WRec(), rec, stream.Child(drawRecurrent))
	n.draw(v, s.WIn(), float64(init.InputGain*root(max(1, s.In))), stream.Child(drawInput))
	n.draw(v, s.WOut(), out, stream.Child(drawReadout))
	if init.Bias {
		n.draw(v, s.B(), rec, stream.Child(drawBias))
		n.draw(v, s.BOut(), out, stream.Child(drawReadoutBias))
	}
	setNormal(v, n.H0, 1, stream.Child(drawState))
	return n
}

// draw fills block r by rows.
func (n *Network[T]) draw(v kernels.Variant, r autodiff.Rect, sd float64, stream kernels.Stream) {
	for i := range r.Rows {
		setNormal(v, n.Row(r, i), sd, stream.Child(uint64(i)))
	}
}

func setNormal[T kernels.Float](v kernels.Variant, dst []T, sd float64, stream kernels.Stream) {
	z := make([]float32, len(dst))
	v.Normal(z, stream, 0)
	for i, d := range z {
		dst[i] = T(sd * float64(d))
	}
}

// Adopt replaces the recurrent weights and biases, and the leak, by those of base, which may have
// other inputs and outputs. This is how a task's network takes over the reservoir. It panics if the
// networks differ in units.
func (n *Network[T]) Adopt(base *Network[T]) {
	if n.Units != base.Units {
		panic(fmt.Sprintf("rnn: a network of %d units cannot adopt a reservoir of %d", n.Units, base.Units))
	}
	n.Leak = base.Leak
	for i := range n.Units {
		copy(n.Row(n.WRec(), i), base.Row(base.WRec(), i))
		copy(n.Row(n.B(), i), base.Row(base.B(), i))
	}
}

// Module returns the block of W_rec that module m (from 0) owns. It panics if there is no such
// module.
func (n *Network[T]) Module(m int) autodiff.Rect {
	if m < 0 || m >= n.Modules {
		panic(fmt.Sprintf("rnn: module %d of %d, from 0", m, n.Modules))
	}
	size := n.Units / n.Modules
	return autodiff.Rect{Row: m * size, Col: m * size, Rows: size, Cols: size}
}

// Biases says which biases are trained.
type Biases int

const (
	NoBiases    Biases = iota // Eq. 1 has none
	ReadoutBias               // the authors' code: the recurrent bias is frozen
	AllBiases                 // both
)

func (b Biases) rects(s autodiff.Shape) []autodiff.Rect {
	switch b {
	case NoBiases:
		return nil
	case ReadoutBias:
		return []autodiff.Rect{s.BOut()}
	case AllBiases:
		return []autodiff.Rect{s.B(), s.BOut()}
	}
	panic(fmt.Sprintf("rnn: biases %d, not one of NoBiases (%d), ReadoutBias (%d), AllBiases (%d)", b, NoBiases, ReadoutBias, AllBiases))
}

// PretrainMask returns the mask that trains module m, from 0, with the input weights, readout and
// h[0]. With slip it repeats a wrong index in the authors' code: modules after the first train the
// outgoing weights of unit m-1 instead of the input weights. It panics if there is no such module.
func (n *Network[T]) PretrainMask(m int, b Biases, slip bool) autodiff.Mask {
	in := n.WIn()
	if slip && m > 0 {
		in = autodiff.Rect{Row: 0, Col: m - 1, Rows: n.Units, Cols: 1}
	}
	return autodiff.Mask{Rects: append([]autodiff.Rect{n.Module(m), in, n.WOut()}, b.rects(n.Shape)...), H0: true}
}

// TaskMask returns the mask that freezes W_rec and trains input weights, readout and
// h[0].
func (n *Network[T]) TaskMask(b Biases) autodiff.Mask {
	return autodiff.Mask{Rects: append([]autodiff.Rect{n.WIn(), n.WOut()}, b.rects(n.Shape)...), H0: true}
}

// FullMask returns the mask that trains everything.
func (n *Network[T]) FullMask(b Biases) autodiff.Mask {
	return autodiff.Mask{Rects: append([]autodiff.Rect{n.WRec(), n.WIn(), n.WOut()}, b.rects(n.Shape)...), H0: true}
}

// Count returns the number of parameters of the model: h[0] and all weights except those that the
// equations fix at zero.
func (n *Network[T]) Count(b Biases) int { return n.FullMask(b).Len(n.Shape) }
