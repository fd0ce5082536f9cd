// Package states analyses how the states of one network move on trials: eigenvalues, Lyapunov
// exponents, gradients, what a readout could know, dimensions, and fixed points under constant
// inputs. It calls package dynamics and knows nothing of where networks and trials come from.
package states

import (
	"context"
	"errors"
	"fmt"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/seq"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
)

// How much of a network is looked at. If a file has fewer trials, all of them are.
const (
	Trials        = 100 // trials that give states, exponents and gradients
	ReadTrials    = 800 // trials that a readout of the decision is fitted to and tested on
	fewestTrials  = 8   // the least number of trials for such a readout
	readEvery     = 5   // steps between two readings
	SearchStates  = 64  // states where searches for fixed points start
	ShownPoints   = 8   // points of an input that the experiment keeps
	heldSteps     = 600 // steps under a constant input
	heldSkip      = 200 // of these, the steps before the exponent is taken
	Groups        = 4   // groups of trials by the answer asked for, if there are many answers
	fewAnswers    = 8   // up to so many different answers have a group each
	motionShares  = 10  // principal components whose share of the variance is kept
	readRidge     = 1e-2
	PlottedScores = 3
)

// Motion describes how the states of a network move on trials of a task, in float64 and without noise
// in its units.
type Motion struct {
	Units, Modules int
	Steps, Trials  int // of a trial; how many are looked at
	Onset          int // the first step where inputs differ between trials
	Response       int // the first step of the response

	Recurrent  []complex128 // eigenvalues of W_rec
	Exponents  []float64    // by trial: the largest Lyapunov exponent from Onset on
	Held       []Held
	Gradient   []float64 // by step, of the errors in the response alone: see dynamics.GradientNorms
	NoGradient string    // why there is none, in words
	Readable   []Reading
	Unread     string // why there are none, in words
	Groups     []Group

	Ratio       float64   // participation ratio of all units
	ModuleRatio []float64 // by module
	Shares      []float64 // of the variance, by principal component; none if nothing moves
}

// Group holds trials that ask for the same answer, or for nearly the same, and the mean of
// their paths.
type Group struct {
	Answer   []float64   // what all of them ask for, by output of the decision; nil: see From
	From, To float64     // what they ask for, of the first output that tells trials apart; NaN of no targets
	Path     [][]float64 // steps × PlottedScores
}

// Question holds the choices of an analysis: the search, and starting states and inputs that do not
// come from the trials.
type Question struct {
	Search dynamics.Search
	Most   int         // points of an input that are kept; 0: all
	Starts [][]float64 // states that the search starts from; nil: states that trials visit
	Inputs []HeldInput // that are held; nil: those at the ends of the last two periods
}

// HeldInput is an input to be held: numbers, or that of a trial at a step.
type HeldInput struct {
	Name        string
	Values      []float64 // nil: see Trial
	Trial, Step int       // from 0
}

// Memory returns the memory that the analysis of a network on trials takes: for states of trials, for
// points, and for matrices of units by units of each worker.
func (q Question) Memory(net autodiff.Shape, steps, trials int) jobs.Memory {
	starts, workers, units := SearchStates, q.Search.Workers, float64(net.Units)
	if q.Starts != nil {
		starts = len(q.Starts)
	}
	states := float64(steps) * float64(min(trials, Trials)) * units
	numbers := states + 3*float64(starts)*units + 3*float64(min(workers, starts))*units*units +
		2*units*units + float64(steps)*float64(trials)*float64(net.In+net.Out)
	return jobs.Memory{Bytes: 8 * numbers, By: fmt.Sprintf("%d units, %d steps, %d workers", net.Units, steps, workers)}
}

// orEnd returns the error of f or, if ctx ends first, the cause of its end. In the second case f goes
// on until it looks at ctx itself.
func orEnd(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// purposeExponents names the stream of the disturbances of exponents. It differs from all other purposes of a
// seed.
const purposeExponents = 1 << 32

// Analyse analyses a network on a scene, with the disturbances of a seed. Progress, which may be nil,
// hears of what takes long. A single step of the analysis of a large network can take many seconds;
// Analyse returns when ctx ends, even within such a step.
func Analyse(ctx context.Context, v kernels.Variant, net *rnn.Network[float64], all Scene, q Question, seed uint64, progress jobs.Progress) (Motion, error) {
	stream := kernels.NewStream(seed).Child(purposeExponents)
	a := analysis{ctx: ctx, variant: v, net: net, all: all, few: all.part(0, min(Trials, all.trials)), question: q, stream: stream, progress: progress}
	if err := orEnd(ctx, a.run); err != nil { // a may go on
		return Motion{}, err
	}
	return a.m, nil
}

// analysis is the work on a Motion.
type analysis struct {
	ctx      context.Context
	variant  kernels.Variant
	net      *rnn.Network[float64]
	all, few Scene // the trials that decisions are read from, and those that are looked at
	question Question
	stream   kernels.Stream
	progress jobs.Progress // nil: nobody wants to hear

	m                Motion
	t                *dynamics.Trajectories // of few
	mean, components []float64
	holds            []inputToHold
}

// The work of each part, in nanoseconds as measured on one machine, roughly.
func (a *analysis) exponentWork() float64 { return float64(a.few.steps) * a.square() }
func (a *analysis) readingWork() float64 {
	n := float64(a.m.Units)
	return (float64(min(ReadTrials, a.all.trials)) + n/3) / 2 * a.square() * float64(len(a.all.decision))
}
func (a *analysis) spreadWork() float64 {
	return (float64((a.m.Steps-a.m.Onset)*a.few.trials)/2 + 20*float64(a.m.Units)) * a.square()
}
func (a *analysis) spectrumWork() float64 { return 5 * float64(a.m.Units) * a.square() }
func (a *analysis) descentWork() float64  { return 4 * float64(a.m.Units) * a.square() }
func (a *analysis) square() float64       { return float64(a.m.Units * a.m.Units) }

// advance reports work that was done, and returns the cause of an end.
func (a *analysis) advance(work float64, label string) error {
	if a.progress != nil {
		a.progress.Add(work, label)
	}
	if a.ctx.Err() != nil {
		return context.Cause(a.ctx)
	}
	return nil
}

func (a *analysis) run() (err error) {
	p := a.net.Params
	a.m = Motion{Units: a.net.Units, Modules: a.net.Modules, Steps: a.few.steps, Trials: a.few.trials, Onset: a.few.onset(), Response: a.few.response}
	m := &a.m
	if m.Steps*m.Trials < 2 {
		return errors.New("one trial of one step: a single state does not move")
	}
	if (m.Steps-m.Onset)*m.Trials < 2 {
		m.Onset = 0
	}
	if a.holds, err = a.few.holds(a.all, a.question); err != nil {
		return err
	}
	steps := a.readingSteps()
	if a.progress != nil {
		searches := float64(len(a.holds) * a.starts())
		a.progress.Start(a.spectrumWork() + float64(m.Trials)*a.exponentWork() + float64(len(steps))*a.readingWork() + a.spreadWork() +
			searches*(a.descentWork()+a.spectrumWork()))
	}
	var w []float64
	for i := range a.net.Units {
		w = append(w, a.net.Row(a.net.WRec(), i)...)
	}
	if m.Recurrent, err = dynamics.Eigenvalues(w, a.net.Units); err != nil {
		return err
	}
	if err := a.advance(a.spectrumWork(), "eigenvalues"); err != nil {
		return err
	}
	a.t = dynamics.Run(a.variant, p, a.few.x, a.few.steps, a.few.trials, 1)
	if err := checkFinite(a.t); err != nil {
		return err
	}
	for j := range m.Trials {
		m.Exponents = append(m.Exponents, dynamics.Lyapunov(a.variant, p, a.t, j, m.Onset, m.Steps, 1, a.stream.Child(uint64(j)))[0])
		if err := a.advance(a.exponentWork(), "exponents"); err != nil {
			return err
		}
	}
	if m.NoGradient = a.few.noErrors(a.t); m.NoGradient == "" && m.Response <= m.Onset {
		m.NoGradient = fmt.Sprintf("an answer is asked for from step %d on, and inputs differ between trials from step %d on", m.Response, m.Onset)
	}
	if m.NoGradient == "" {
		m.Gradient = dynamics.GradientNorms(p, a.t, a.few.derivatives(a.t))
		if m.Gradient[m.Response] == 0 {
			m.Gradient, m.NoGradient = nil, "nothing is left of the errors in the response"
		}
	}
	if err := a.read(steps); err != nil {
		return err
	}
	a.spread()
	if err := a.advance(a.spreadWork(), "principal components"); err != nil {
		return err
	}
	for _, h := range a.holds {
		rest, err := a.under(h)
		if err != nil {
			return err
		}
		m.Held = append(m.Held, rest)
	}
	return nil
}

// checkFinite returns an error where states or outputs are not finite.
func checkFinite(t *dynamics.Trajectories) error {
	for _, x := range [][]float64{t.H, t.Outputs} {
		for i, v := range x {
			if v-v != 0 {
				return fmt.Errorf("states or outputs are not finite from step %d on: weights or inputs are too large", i*t.Steps/len(x))
			}
		}
	}
	return nil
}

// spread fills in what depends on the covariance of the states from the onset on.
func (a *analysis) spread() {
	m := &a.m
	var rows [][]float64
	for step := m.Onset; step < m.Steps; step++ {
		for j := range m.Trials {
			rows = append(rows, a.t.State(step, j))
		}
	}
	mean, c := dynamics.Covariance(rows)
	n := m.Units
	m.Ratio = dynamics.ParticipationRatio(c, n, 0, n)
	m.ModuleRatio = seq.Map(seq.UpTo(m.Modules), func(k int) float64 { return dynamics.ParticipationRatio(c, n, k*n/m.Modules, (k+1)*n/m.Modules) })
	variances, components := dynamics.PrincipalComponents(c, n)
	a.mean, a.components = mean, append(components, make([]float64, n*max(0, PlottedScores-n))...)
	total := 0.0
	for _, v := range variances {
		total += v
	}
	for _, v := range variances[:min(motionShares, n)] {
		if total > 0 {
			m.Shares = append(m.Shares, v/total)
		}
	}
	for _, g := range a.few.groups() {
		for step := range m.Steps {
			h := make([]float64, n)
			for _, j := range g.trials {
				for i, v := range a.t.State(step, j) {
					h[i] += v / float64(len(g.trials))
				}
			}
			g.Path = append(g.Path, dynamics.Project(h, a.mean, a.components, PlottedScores))
		}
		m.Groups = append(m.Groups, g.Group)
	}
}
