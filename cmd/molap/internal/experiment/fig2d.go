package experiment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/report"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// What Fig. 2D and E show: their task, and how many trials' errors (caption of Fig. 2).
const (
	fig2dTask   = "T7"
	shownErrors = 20
)

// Close is a trained network looked at from close by, on the first test trials.
type Close struct {
	Outputs, Targets [][][]float64 // outputs × trials × steps
	Errors           [][]float64   // outputs × trials: mean squared error over the steps
	Wrong            [][]bool      // outputs × trials: decided wrongly by the criterion
	Hidden           [][]float64   // units × steps, first of the trials shown
	WRec             [][]float64   // to × from
	WOut             [][]float64   // outputs × units
	Modules          int
}

// closeUp is the job of such a look at a cell's network, on test trials that are
// the first of those that score it.
func (l *Lab) closeUp(c Cell) *jobs.Job[Close] {
	if l.Settings.Run.Precision == profile.F64 {
		return closeUp[float64](l, l.Settings, c)
	}
	return closeUp[float32](l, l.Settings, c)
}

func closeUp[T kernels.Float](l *Lab, all profile.Settings, c Cell) *jobs.Job[Close] {
	s := all.Only("network", "trials", "score", "run")
	node, net := networkOf[T](l, all, c)
	spec := jobs.Spec{Kind: "close", Of: of{s, c}, Needs: []jobs.Node{node}, Label: c.String(),
		Cost: stepCost(c.Arm.units(all), shownErrors, forwardShare)}
	return jobs.New(l.pool, spec, func(_ context.Context, w *jobs.Work) (Close, error) {
		test, err := testBatch[T](l.Variant, s, c, s.Score.TestTrials)
		if err != nil {
			return Close{}, err
		}
		w.Advance(spec.Cost)
		return lookAt(l.Variant, s, c, net(), firstTrials(test, min(shownErrors, test.Trials))), nil
	})
}

// firstTrials returns a batch of the first n trials of b.
func firstTrials[T kernels.Float](b *tasks.Batch[T], n int) *tasks.Batch[T] {
	first := tasks.NewBatch[T](b.Steps, n, b.In, b.Out)
	first.XScale, first.YScale = b.XScale, b.YScale
	for t := range b.Steps {
		for j := range n {
			copy(first.Inputs(t, j), b.Inputs(t, j))
			copy(first.Targets(t, j), b.Targets(t, j))
		}
	}
	return first
}

// lookAt runs a network on a batch.
func lookAt[T kernels.Float](v kernels.Variant, s profile.Settings, c Cell, net *rnn.Network[T], b *tasks.Batch[T]) Close {
	e := autodiff.New[T](v, net.Shape, b.Steps, b.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	e.Noise = testNoiseOf(s, c.Seed)
	hidden := make([]T, b.Steps*b.Trials*net.Units)
	y := make([]T, b.Steps*b.Trials*net.Out)
	e.Run(net.Params, inputsOf(net.Shape, c.Task, b), y, hidden)

	look := Close{Modules: net.Modules}
	look.Outputs = byChannel(outputsOf(y, net.Out, b.Out), b.Trials, b.Out)
	look.Targets = byChannel(widen(b.Y), b.Trials, b.Out)
	for o := range b.Out {
		squares := make([]float64, b.Trials)
		for j := range squares {
			squares[j] = meanSquare(look.Outputs[o][j], look.Targets[o][j])
		}
		look.Errors, look.Wrong = append(look.Errors, squares), append(look.Wrong, make([]bool, b.Trials))
	}
	for j := range b.Trials {
		outputs, targets := oneTrial(look.Outputs, j), oneTrial(look.Targets, j)
		for o, score := range rnn.Score(criterion(s), outputs, targets, 1, b.Out) {
			look.Wrong[o][j] = score == 0
		}
	}
	one := look.shown()[0]
	for i, unit := range byChannel(widen(hidden), b.Trials, net.Units) {
		look.Hidden = append(look.Hidden, unit[one])
		look.WRec = append(look.WRec, widen(net.Row(net.WRec(), i)))
	}
	for o := range b.Out {
		look.WOut = append(look.WOut, widen(net.Row(net.WOut(), o)))
	}
	return look
}

// shown returns the trials whose outputs are drawn: those with the smallest, the
// middle and the largest decision asked for.
func (c Close) shown() []int {
	targets := c.Targets[1]
	asked := func(j int) float64 { return targets[j][len(targets[j])-1] }
	order := upTo(len(targets))
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

// oneTrial turns a trial of that back into steps × channels.
func oneTrial(y [][][]float64, j int) (one []float64) {
	for t := range y[0][j] {
		for o := range y {
			one = append(one, y[o][j][t])
		}
	}
	return one
}

func meanSquare(x, y []float64) float64 {
	sum := 0.0
	for i := range x {
		d := x[i] - y[i]
		sum += float64(d * d)
	}
	return sum / float64(len(x))
}

// planFig2d looks at task T7 with pre-training (D) and without (E), first seed.
func planFig2d(l *Lab) plan {
	var needs []jobs.Node
	var done []func() examined
	for _, arm := range []Arm{MoLaP, Reservoir} {
		c := Cell{Arm: arm, Task: fig2dTask, Seed: l.Seeds[0]}
		look, score := l.closeUp(c), l.Score(c)
		needs = append(needs, look, score)
		done = append(done, func() examined { return examined{look.Value(), score.Value()} })
	}
	return plan{needs, func() Result {
		return fig2d{taskOf(l.Settings, fig2dTask), done[0](), done[1]()}.result()
	}}
}

// examined is a network with its scores.
type examined struct {
	Close
	run Run
}

// fig2d is the data of Fig. 2D and E.
type fig2d struct {
	task          tasks.Task
	with, without examined
}

func (f fig2d) both() []examined { return []examined{f.with, f.without} }

func (f fig2d) result() Result {
	caption := func(letter, how string) string {
		return fmt.Sprintf("%s %s, %s, seed %d. %[5]s1, %[5]s2: outputs (lines) and targets (dashed) in the test trials with the smallest, the middle and the largest target. %[5]s3, %[5]s4: mean squared error over each of %[6]d test trials; crosses are decided wrongly by the profile's criterion. "+
			"%[5]s5: training loss; horizontal line: an answer blind to the stimulus. %[5]s6: activity of the hidden units in the first of the trials drawn, a line between modules. %[5]s7: recurrent weights after training. %[5]s8: readout weights. Errors, losses and weights have one scale in Fig. 2D and E.",
			f.task.ID, f.task.Title, how, f.with.run.Seed, letter, len(f.with.Errors[0]))
	}
	return Result{
		Title: "Fig. 2D, E: task T7 with and without pre-training", UsesSettings: true,
		Headline: f.headline(), Findings: f.findings(),
		Tables:   []*report.Table{f.summary(), f.errors(), f.outputs(), f.losses(), f.hidden(), f.recurrent(), f.readout()},
		Figures:  []*report.Figure{f.figure("fig2d", "D", f.with), f.figure("fig2e", "E", f.without)},
		Captions: []string{caption("D", "modules pre-trained by CCA"), caption("E", "never pre-trained")},
	}
}

// right returns how many of the trials an output decides correctly.
func (c Close) right(output int) (n int) {
	for _, wrong := range c.Wrong[output] {
		if !wrong {
			n++
		}
	}
	return n
}

func (f fig2d) headline() string {
	return fmt.Sprintf("Of %d test trials of %s, the decision is right in %d with pre-training and in %d without (one seed); the paper shows it right with pre-training and off its target without.",
		len(f.with.Errors[1]), f.task.ID, f.with.right(1), f.without.right(1))
}

func (f fig2d) findings() []string {
	var out []string
	for _, c := range f.both() {
		errors := values(c.Errors, func(e []float64) string { return fmt.Sprintf("%.2g", mean(e)) })
		out = append(out, fmt.Sprintf("%s: fixation right in %d and decision in %d of %d trials, mean squared errors %s; over all test trials %.1f %% and %.1f %% are right. The loss ends at %.2g, where an answer blind to the stimulus has %.2g.",
			c.run.Arm, c.right(0), c.right(1), len(c.Errors[0]), strings.Join(errors, " and "), c.run.Output[0], c.run.Output[1], c.run.FinalLoss(), c.run.BlindLoss))
		if c.run.Diverged != "" {
			out = append(out, fmt.Sprintf("%s: training broke off (%s).", c.run.Arm, c.run.Diverged))
		}
	}
	return append(out, fmt.Sprintf("This is seed %d alone; fig2 has the scores of every seed.", f.with.run.Seed))
}
