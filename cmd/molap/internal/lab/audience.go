package lab

import (
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/taskset"
	"molap/cmd/molap/internal/watch"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// How many trials serve those who watch a training: lookTrials test trials are scored at every look,
// and blindTrials give the blind loss.
const (
	lookTrials  = 20
	blindTrials = 200
	lookOutputs = 6 // the most outputs that are shown
)

// NewBoard returns a board that shows the trainings of a lab. It scores as the settings do.
func NewBoard(s profile.Settings) *watch.Board { return watch.New(scoreCriterion(s)) }

// audience shows a training to whoever watches; the zero value shows nothing. It reads the network
// between iterations and draws from the streams of the test trials alone, so no result depends on it.
type audience struct {
	training *watch.Training
	scores   bool
	look     func(whole bool) watch.Look // whole: with weights and activity
}

// iteration shows the loss of the last iteration and, when a look is due, the network.
func (a audience) iteration(loss float64) {
	a.training.Iteration(loss)
	if due, whole := a.training.Due(a.scores); due {
		a.training.Show(a.look(whole))
	}
}

// end says how the training ended.
func (a audience) end(err error) {
	if err != nil {
		a.training.End(err.Error())
		return
	}
	a.training.End("")
}

// showTask shows the training of a cell's network on its task. Each iteration costs step.
func showTask[T kernels.Float](w *jobs.Work, v kernels.Variant, s profile.Settings, c Cell,
	phase string, schedule rnn.Schedule, tr *rnn.Trainer[T], step float64) (audience, error) {
	board := w.Board()
	if board == nil {
		return audience{}, nil
	}
	_, blind, err := drawTest[T](v, s, c, blindTrials)
	if err != nil {
		return audience{}, err
	}
	gen, test, err := drawTest[T](v, s, c, lookTrials)
	if err != nil {
		return audience{}, err
	}
	net := tr.Net
	q := newTester(v, s, c, net.Shape, test)
	q.right = criterionOn(board.Criterion, test) // s has no settings of scores
	q.right.Window = min(q.right.Window, test.Steps)
	targets := widen(test.Y)
	task := taskset.ByID(s, c.Task)
	trial := trialShown(task, test.Trials, targets)
	trial.StepMS = taskStepMS(s, c.Task)
	if gen != nil {
		for i, starts := range gen.Conditions(0).Starts {
			trial.Periods = append(trial.Periods, watch.Period{Name: task.Periods[i].Name, Start: starts[0]})
		}
	}
	about := watch.About{Name: w.Label(), Phase: phase, Iterations: schedule.Iterations(), Curve: tr.Curve,
		BlindLoss:     blindLoss(blind) * float64(blind.Out) / float64(net.Out),
		IterationWork: step, LookWork: StepCost(net.Units, test.Trials, ForwardShare)}
	return audience{board.Begin(about), true, func(whole bool) watch.Look {
		l := q.look(net, whole)
		outputs := widen(q.fitted)
		by := rnn.Score(q.right, outputs, targets, test.Trials, test.Out)
		l.Scored, l.Overall, l.Decision = true, rnn.Overall(by), rnn.Decision(by, q.right.Fixation)
		if whole {
			l.Trial, l.Output = trial, firstTrial(outputs, test.Trials, test.Out)
		}
		return l
	}}, nil
}

// trialShown returns the first trial of a batch of a task; targets, steps × trials × targets, are those
// of the batch.
func trialShown(task tasks.Task, trials int, targets []float64) *watch.Trial {
	out := len(task.Targets)
	more := max(0, out-lookOutputs)
	return &watch.Trial{More: more, Target: firstTrial(targets, trials, out),
		Outputs: seq.Map(task.Targets[:out-more], func(c tasks.Channel) string { return c.Name })}
}

// firstTrial returns the first lookOutputs outputs of the first trial, steps × outputs. The array all
// is steps × trials × out.
func firstTrial(all []float64, trials, out int) (first []float32) {
	for ; len(all) > 0; all = all[trials*out:] {
		first = appendNarrow(first, all[:min(out, lookOutputs)])
	}
	return first
}

// showModule shows the pre-training of a module on a variate, without a score.
func showModule[T kernels.Float](w *jobs.Work, v kernels.Variant, s profile.Settings, c Cell,
	q *corpus[T], in, out tasks.Affine, phase string, tr *rnn.Trainer[T], step float64) audience {
	board := w.Board()
	if board == nil {
		return audience{}
	}
	draw := func(trials int) *tasks.Batch[T] {
		b := tasks.NewBatch[T](q.fitted.Steps, trials, 1, 1)
		q.Gen.DrawProjected(b, in, out, q.stream.Child(purposeTest))
		return b
	}
	net := tr.Net
	trial := draw(1)
	eye := newTester(v, s, c, net.Shape, trial)
	about := watch.About{Name: w.Label(), Phase: phase, Iterations: iterations(s.Pretraining.Schedule), Curve: tr.Curve,
		BlindLoss: blindLoss(draw(blindTrials)), IterationWork: step, LookWork: StepCost(net.Units, 1, ForwardShare)}
	shown := &watch.Trial{Outputs: []string{"variate"}, Target: firstTrial(widen(trial.Y), 1, 1), StepMS: 1000 * tasks.StepSeconds}
	return audience{board.Begin(about), false, func(whole bool) watch.Look {
		l := eye.look(net, whole)
		if whole {
			l.Trial, l.Output = shown, firstTrial(widen(eye.fitted), 1, 1)
		}
		return l
	}}
}

// look runs a network and leaves its outputs in q.fitted. If whole is true, it also copies the
// weights and the activity in the first trial.
func (q *tester[T]) look(net *rnn.Network[T], whole bool) watch.Look {
	if !whole {
		q.outputs(net, nil)
		return watch.Look{}
	}
	n, steps, trials := net.Units, q.batch.Steps, q.batch.Trials
	hidden := make([]T, steps*trials*n)
	q.outputs(net, hidden)
	l := watch.Look{Units: n, Modules: net.Modules}
	for i := range n {
		l.WRec = appendNarrow(l.WRec, net.Row(net.WRec(), i))
	}
	for t := range steps {
		l.Hidden = appendNarrow(l.Hidden, hidden[t*trials*n:][:n])
	}
	return l
}

func appendNarrow[T kernels.Float](dst []float32, x []T) []float32 {
	for _, v := range x {
		dst = append(dst, float32(v))
	}
	return dst
}
