package lab

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// The task of Fig. 2D and E, and the number of trials whose errors they show (caption of Fig. 2).
const (
	Fig2dTask   = "T7"
	shownErrors = 20
)

// Close holds outputs, errors, states and weights of a trained network on the first test trials.
type Close struct {
	Outputs, Targets [][][]float64 // outputs × trials × steps
	Errors           [][]float64   // outputs × trials: mean squared error over the steps
	Wrong            [][]bool      // outputs × trials: decided wrongly by the criterion
	Hidden           [][]float64   // units × steps, first of the trials shown
	WRec             [][]float64   // to × from
	WOut             [][]float64   // outputs × units
	Modules          int
}

// CloseUp returns the job that makes the [Close] of a cell's network on the first of its test trials.
func (l typedLab[T]) CloseUp(c Cell) *jobs.Job[Close] {
	s := l.Settings.Only("network", "trials", "score", "run")
	s.Tasks = taskset.Needed(l.Settings, c.Task)
	node, net := networkOf[T](l.Lab, c)
	spec := jobs.Spec{Kind: "close", Of: jobBasis{s, c}, Needs: []jobs.Node{node}, Label: c.String(),
		Cost: StepCost(c.Arm.Units(l.Settings), shownErrors, ForwardShare)}
	return jobs.New(l.Pool, spec, func(_ context.Context, w *jobs.Work) (Close, error) {
		test, err := testBatch[T](l.Variant, s, c, s.Score.TestTrials)
		if err != nil {
			return Close{}, err
		}
		w.Advance(spec.Cost)
		return lookAt(l.Variant, s, c, net(), firstTrials(*test, min(shownErrors, test.Trials))), nil
	})
}

// firstTrials returns a batch of the first n trials of b, without weights.
func firstTrials[T kernels.Float](b tasks.Batch[T], n int) *tasks.Batch[T] {
	b.X, b.Y, b.Weights = firstOf(b.X, b.Steps, b.Trials, n), firstOf(b.Y, b.Steps, b.Trials, n), nil
	b.Trials = n
	return &b
}

// lookAt runs a network on a batch.
func lookAt[T kernels.Float](v kernels.Variant, s profile.Settings, c Cell, net *rnn.Network[T], b *tasks.Batch[T]) Close {
	q := newTester(v, s, c, net.Shape, b)
	hidden := make([]T, b.Steps*b.Trials*net.Units)
	outputs, targets := widen(q.outputs(net, hidden)), widen(b.Y)
	look := Close{Modules: net.Modules, Outputs: byChannel(outputs, b.Trials, b.Out), Targets: byChannel(targets, b.Trials, b.Out)}
	look.Errors, look.Wrong = byTrial(q.right, outputs, targets, b.Trials, b.Out, b.Trials)
	one := look.Shown()[0]
	for i, unit := range byChannel(widen(hidden), b.Trials, net.Units) {
		look.Hidden = append(look.Hidden, unit[one])
		look.WRec = append(look.WRec, widen(net.Row(net.WRec(), i)))
	}
	for o := range b.Out {
		look.WOut = append(look.WOut, widen(net.Row(net.WOut(), o)))
	}
	return look
}

// Shown returns the trials whose outputs are drawn: those with the smallest, the middle and the largest
// target of the decision.
func (c Close) Shown() []int {
	targets := c.Targets[1]
	asked := func(j int) float64 { return targets[j][len(targets[j])-1] }
	order := seq.UpTo(len(targets))
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(asked(i), asked(j)) })
	return []int{order[0], order[len(order)/2], order[len(order)-1]}
}

// byChannel turns y, steps × trials × channels, into channels × trials × steps.
func byChannel(y []float64, trials, channels int) [][][]float64 {
	all := make([][][]float64, channels)
	for o := range all {
		all[o] = make([][]float64, trials)
	}
	for i, v := range y {
		o, j := i%channels, i/channels%trials
		all[o][j] = append(all[o][j], v)
	}
	return all
}

// Right returns how many of the trials an output decides correctly.
func (c Close) Right(output int) int {
	return len(seq.Where(c.Wrong[output], func(wrong bool) bool { return !wrong }))
}

const (
	// The trials of panels d and e, and how many of them panels b and c show.
	fig3Trials = 20
	fig3Traced = 3
)

// Examples are the first test trials of a damaged network.
type Examples struct {
	Trials, Traced, Steps, Out int
	Outputs, Targets           []float64   // of the traced trials, steps × traced × out
	Error                      [][]float64 // outputs × trials: mean squared error of all steps
	Wrong                      [][]bool    // outputs × trials, by the criterion of the settings
}

// Examples returns the job that runs a cell's network on some trials after the first draw of a damage.
func (l typedLab[T]) Examples(c Cell, d Damage, level float64, trials int) *jobs.Job[Examples] {
	s := damageSettings(l.Settings, c, d, trials)
	node, net := networkOf[T](l.Lab, c)
	spec := jobs.Spec{Kind: "examples", Of: jobBasis{s, struct {
		Cell           Cell
		Damage         Damage
		Level          float64
		Trials, Traced int
	}{c, d, level, fig3Trials, fig3Traced}}, Needs: []jobs.Node{node}, Label: fmt.Sprintf("%s, examples", c),
		Cost: StepCost(c.Arm.Units(l.Settings), trials, ForwardShare)}
	return jobs.New(l.Pool, spec, func(_ context.Context, w *jobs.Work) (Examples, error) {
		test, err := testBatch[T](l.Variant, s, c, s.Score.TestTrials)
		if err != nil {
			return Examples{}, err
		}
		damaged, _, err := damageNetwork(l.Variant, s, net(), d, level, d.Stream(c.Seed, 0))
		if err != nil {
			return Examples{}, err
		}
		q := newTester(l.Variant, s, c, damaged.Shape, test)
		e := pickExamples(q.right, widen(q.outputs(damaged, nil)), widen(test.Y), test.Trials, test.Out)
		w.Advance(spec.Cost)
		return e, nil
	})
}

// pickExamples keeps the first trials of outputs and targets, steps × trials × out.
func pickExamples(c rnn.Criterion, outputs, targets []float64, trials, out int) Examples {
	steps := len(outputs) / (trials * out)
	e := Examples{Trials: min(fig3Trials, trials), Traced: min(fig3Traced, trials), Steps: steps, Out: out}
	e.Outputs, e.Targets = firstOf(outputs, steps, trials, e.Traced), firstOf(targets, steps, trials, e.Traced)
	e.Error, e.Wrong = byTrial(c, outputs, targets, trials, out, e.Trials)
	return e
}

// byTrial returns, for each output in each of the first n trials, the mean squared error over the steps
// and whether the output is wrong by a criterion: both outputs × n.
func byTrial(c rnn.Criterion, outputs, targets []float64, trials, out, n int) (errs [][]float64, wrong [][]bool) {
	steps := len(outputs) / (trials * out)
	errs, wrong = make([][]float64, out), make([][]bool, out)
	for j := range n {
		y, want, squares := make([]float64, steps*out), make([]float64, steps*out), make([]float64, out)
		for t := range steps {
			for o := range out {
				at := (t*trials+j)*out + o
				y[t*out+o], want[t*out+o] = outputs[at], targets[at]
				d := outputs[at] - targets[at]
				squares[o] += float64(d * d)
			}
		}
		for o, right := range rnn.Score(c, y, want, 1, out) {
			errs[o], wrong[o] = append(errs[o], squares[o]/float64(steps)), append(wrong[o], right == 0)
		}
	}
	return errs, wrong
}
