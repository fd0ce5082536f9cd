package rnn

import (
	"context"
	"fmt"
	"math"
	"slices"

	"molap/autodiff"
	"molap/kernels"
)

// Schedule is the learning rate over the iterations: Levels levels of
// LevelIterations iterations, the rate multiplied by Decay from one to the next.
type Schedule struct {
	Rate            float64
	LevelIterations int
	Levels          int
	Decay           float64
}

// Iterations returns the length of the schedule.
func (s Schedule) Iterations() int { return s.LevelIterations * s.Levels }

// At returns the learning rate of iteration i, from 0. Beyond the last level the rate goes on to fall
// in the same way. At panics if i is negative or LevelIterations is not positive.
func (s Schedule) At(i int) float64 {
	if i < 0 || s.LevelIterations < 1 {
		panic(fmt.Sprintf("rnn: Schedule: iteration %d in levels of %d iterations", i, s.LevelIterations))
	}
	return float64(s.Rate * kernels.PowInt(s.Decay, i/s.LevelIterations))
}

// Adam holds the constants of the optimiser. With LevelSteps the step count of
// the bias correction is the number of the level instead of the iteration, as in
// the authors' code.
type Adam struct {
	Beta1, Beta2, Epsilon float64
	LevelSteps            bool
}

// PublishedAdam are the constants of Kingma and Ba (2015), which the paper uses.
var PublishedAdam = Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}

// Training holds the settings of a training run.
type Training struct {
	Schedule Schedule
	Adam     Adam
	Mask     autodiff.Mask
	Penalty  autodiff.Penalty

	// Noise is σ of η[t] of Eq. 1, which enters every unit at every step. Iteration
	// i, from 0, draws it from NoiseStream.Child(i).
	Noise       float64
	NoiseStream kernels.Stream

	// Clip, unless 0, is the largest norm of a gradient: a longer gradient is scaled down to it
	// (Pascanu, Mikolov and Bengio 2013). The gradient is that of the loss by all trained
	// parameters, h[0] and penalties included, before any Projection.
	Clip float64

	// Weights, unless nil, weight the squared errors of each step in the loss, see autodiff.Engine.
	// Loss.MSE and the Curve ignore them.
	Weights []float64
}

// Batches returns the batch of an iteration: inputs steps × trials × In and
// targets steps × trials × Out, valid until the next call.
type Batches[T kernels.Float] func(iteration int) (x, y []T)

// Trainer trains one network. Its state is the network, the moments and the
// number of iterations done.
type Trainer[T kernels.Float] struct {
	Net       *Network[T] // its trained parameters are overwritten by each Step
	Iteration int         // iterations done
	Curve     []float64   // mean squared error of every iteration done

	// Cores, unless nil, lends cores to each Step beside the workers of NewTrainer. What is
	// trained does not depend on it.
	Cores autodiff.Lender

	// ErrorWeights, unless nil, weight the squared errors of the batch of a Step, see
	// autodiff.Engine. Whoever fills a batch must fill them too.
	ErrorWeights []T

	// Projection, unless nil, keeps training away from earlier tasks (see DNI).
	Projection *Projection[T]

	training Training
	engine   *autodiff.Engine[T]
	ops      *kernels.Ops[T]
	theta    []T // trained parameters
	m, v     []T // moments
	adam     kernels.AdamStep[T]
}

// NewTrainer returns a trainer of net on batches of trials trials, each of steps steps. It panics if
// Noise or Clip is negative or NaN, if the levels of the schedule have no iterations or their number
// is negative, and where autodiff.New does.
func NewTrainer[T kernels.Float](v kernels.Variant, net *Network[T], steps, trials int, training Training, workers int) *Trainer[T] {
	if !(training.Noise >= 0) || !(training.Clip >= 0) {
		panic(fmt.Sprintf("rnn: NewTrainer: noise of σ = %v, gradients clipped at %v: both must be ≥ 0", training.Noise, training.Clip))
	}
	if s := training.Schedule; s.LevelIterations < 1 || s.Levels < 0 {
		panic(fmt.Sprintf("rnn: NewTrainer: a schedule of %d levels of %d iterations", s.Levels, s.LevelIterations))
	}
	t := &Trainer[T]{Net: net, training: training, ops: kernels.Of[T](v)}
	t.engine = autodiff.New[T](v, net.Shape, steps, trials, training.Mask, training.Penalty, workers)
	t.engine.Weights = training.Weights
	n := t.engine.Len()
	t.theta, t.m, t.v = make([]T, n), make([]T, n), make([]T, n)
	t.Curve = make([]float64, 0, training.Schedule.Iterations())
	autodiff.Gather(training.Mask, t.theta, net.Params)
	return t
}

// DivergedError says that the loss of an iteration, the square of a gradient or a new
// weight was not finite.
type DivergedError struct {
	Iteration int
	Found     string // "loss is NaN"
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("training diverged at iteration %d: %s", e.Iteration, e.Found)
}

// Step does one iteration and returns the loss before it. The loss lacks the activity of the hidden
// units, which would cost a pass over all states. If the iteration diverges, Step returns a
// *[DivergedError] and leaves the network as it was.
//
// Step does not stop at the end of the schedule, see [Schedule.At]. It panics where
// autodiff.Engine.Gradient does.
func (t *Trainer[T]) Step(x, y []T) (autodiff.Loss, error) {
	s, a := t.training.Schedule, t.training.Adam
	rate := s.At(t.Iteration)
	t.engine.Cores, t.engine.ErrorWeights = t.Cores, t.ErrorWeights
	t.engine.Noise = autodiff.Noise{Sigma: t.training.Noise, Stream: t.training.NoiseStream.Child(uint64(t.Iteration))}
	loss := t.engine.Gradient(t.Net.Params, x, y)
	if l := loss.Total(); math.IsNaN(l) || math.IsInf(l, 0) {
		return loss, &DivergedError{t.Iteration, fmt.Sprintf("loss is %v", l)}
	}
	g := t.engine.Grad()
	if i := notFinite(g); i >= 0 {
		found := fmt.Sprintf("a gradient is %.3g", g[i])
		if g[i]-g[i] == 0 {
			found += ", and its square, which Adam needs, is beyond the largest number of " + largestFinite[T]()
		}
		return loss, &DivergedError{t.Iteration, found}
	}
	if t.training.Clip != 0 {
		clipNorm(g, t.training.Clip)
	}
	count := t.Iteration + 1
	if a.LevelSteps {
		count = t.Iteration/s.LevelIterations + 1
	}
	t.adam = kernels.NewAdamStep[T](rate, a.Beta1, a.Beta2, a.Epsilon, count)
	t.advance(g)
	if i := slices.IndexFunc(t.theta, func(w T) bool { return w-w != 0 }); i >= 0 {
		err := &DivergedError{t.Iteration, fmt.Sprintf("a trained weight becomes %v", t.theta[i])}
		autodiff.Gather(t.training.Mask, t.theta, t.Net.Params)
		return loss, err
	}
	autodiff.Scatter(t.training.Mask, t.Net.Params, t.theta)
	t.Iteration++
	t.Curve = append(t.Curve, loss.MSE)
	return loss, nil
}

// largestFinite names a type of numbers and the largest that is finite.
func largestFinite[T kernels.Float]() string {
	if sizeOf[T]() == 4 {
		return fmt.Sprintf("f32, %.2g", math.MaxFloat32)
	}
	return fmt.Sprintf("f64, %.2g", math.MaxFloat64)
}

// notFinite returns the index of the first entry that is NaN, or so large that
// Adam's second moment would be infinite, or -1.
func notFinite[T kernels.Float](g []T) int {
	for i, v := range g {
		if s := T(v * v); s-s != 0 {
			return i
		}
	}
	return -1
}

// clipNorm scales g to the norm most if its norm is larger, and leaves it alone otherwise. Norm and
// factor are float64; the squares are added in order with one rounding per term.
func clipNorm[T kernels.Float](g []T, most float64) {
	sum := 0.0
	for _, v := range g {
		sum = kernels.FMA(float64(v), float64(v), sum)
	}
	norm := math.Sqrt(sum)
	if !(norm > most) {
		return
	}
	scale := most / norm
	for i, v := range g {
		g[i] = T(float64(v) * scale)
	}
}

// Run does the iterations of the schedule that are left. After each it calls done, unless nil, with
// the loss. It stops early with the error of Step or done, or with that of ctx when ctx ends. It
// panics if batches is nil.
func (t *Trainer[T]) Run(ctx context.Context, batches Batches[T], done func(autodiff.Loss) error) error {
	if batches == nil {
		panic("rnn: Run: no batches")
	}
	for t.Iteration < t.training.Schedule.Iterations() {
		if err := ctx.Err(); err != nil {
			return err
		}
		loss, err := t.Step(batches(t.Iteration))
		if err != nil {
			return err
		}
		if done == nil {
			continue
		}
		if err := done(loss); err != nil {
			return err
		}
	}
	return nil
}
