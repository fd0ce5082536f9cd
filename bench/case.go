package bench

import (
	"fmt"

	"molap/autodiff"
	"molap/kernels"
)

// The size of the paper's trials: their steps, and the inputs and outputs of the networks.
const Steps, Inputs, Outputs = 110, 3, 3

// Case is a training step of a random network on a random batch.
type Case struct {
	Kernel  kernels.Variant
	Type    string // "f32" or "f64"
	Units   int    // N ≥ 1
	Trials  int    // of the batch, ≥ 1
	Trained string // what the mask trains, one of Trained
	Workers int    // ≥ 1
}

// Trained lists what a step may train: everything, one module of two as in
// pre-training, or W_in and W_out as on a task; h[0] always.
var Trained = []string{"all", "module", "task"}

// String names the case as the benchmarks do, "kernel=avx2/type=f32/n=100/trials=200". It names the
// mask only if not everything is trained, and the workers only if there are several.
func (c Case) String() string {
	s := fmt.Sprintf("kernel=%v/type=%s/n=%d/trials=%d", c.Kernel, c.Type, c.Units, c.Trials)
	if c.Trained != "all" {
		s += "/trained=" + c.Trained
	}
	if c.Workers != 1 {
		s += fmt.Sprintf("/workers=%d", c.Workers)
	}
	return s
}

// FLOPs returns the floating-point operations of a step by convention: three products with W_rec,
// two operations each per entry, step and trial. It does not count inputs, readout, tanh and loss,
// and does not take off what a mask saves.
func (c Case) FLOPs() float64 {
	return 3 * 2 * float64(c.Units) * float64(c.Units) * Steps * float64(c.Trials)
}

// Bytes returns a lower bound on the memory of the step in bytes: the network, the batch, and what
// the engine holds.
func (c Case) Bytes() float64 {
	shape := autodiff.Shape{Units: c.Units, In: Inputs, Out: Outputs}
	trained, n := c.mask(shape).Len(shape), float64(c.Units)
	numbers := n*n + Steps*float64(c.Trials)*(Inputs+Outputs)
	if c.Type == "f64" {
		return 8 * (numbers + autodiff.Held[float64](shape, Steps, c.Trials, trained, false))
	}
	return 4 * (numbers + autodiff.Held[float32](shape, Steps, c.Trials, trained, false))
}

// Step returns a function that runs the step. It panics if the case is not possible, that is on an
// unknown Type or Trained and on a number below 1.
func (c Case) Step() func() {
	switch c.Type {
	case "f32":
		return newStep[float32](c).run
	case "f64":
		return newStep[float64](c).run
	}
	panic(fmt.Sprintf("bench: unknown type %q (have f32, f64)", c.Type))
}

// mask returns the mask of what is trained.
func (c Case) mask(s autodiff.Shape) autodiff.Mask {
	half := s.Units / 2
	switch c.Trained {
	case "all":
		return autodiff.Mask{Rects: []autodiff.Rect{s.WRec(), s.WIn(), s.B(), s.WOut(), s.BOut()}, H0: true}
	case "module":
		return autodiff.Mask{Rects: []autodiff.Rect{{Row: 0, Col: 0, Rows: half, Cols: half}, s.WIn(), s.WOut()}, H0: true}
	case "task":
		return autodiff.Mask{Rects: []autodiff.Rect{s.WIn(), s.WOut()}, H0: true}
	}
	panic(fmt.Sprintf("bench: unknown mask %q (have %v)", c.Trained, Trained))
}

// caseStep is a network, a batch and the engine that runs them.
type caseStep[T kernels.Float] struct {
	engine *autodiff.Engine[T]
	p      *autodiff.Params[T]
	x, y   []T
}

func (s *caseStep[T]) run() { s.engine.Gradient(s.p, s.x, s.y) }

func newStep[T kernels.Float](c Case) *caseStep[T] {
	shape := autodiff.Shape{Units: c.Units, In: Inputs, Out: Outputs}
	stream := kernels.NewStream(1)
	draw := func(id uint64, n int, scale float32) []T {
		z, x := make([]float32, n), make([]T, n)
		c.Kernel.Normal(z, stream.Child(id), 0)
		for i, d := range z {
			x[i] = T(d * scale)
		}
		return x
	}
	p := autodiff.NewParams[T](shape)
	p.A = draw(1, len(p.A), 0.1)
	return &caseStep[T]{
		engine: autodiff.New[T](c.Kernel, shape, Steps, c.Trials, c.mask(shape), autodiff.Penalty{}, c.Workers),
		p:      p, x: draw(2, Steps*c.Trials*Inputs, 0.5), y: draw(3, Steps*c.Trials*Outputs, 0.5),
	}
}
