package lab

import (
	"context"
	"fmt"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/profile"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
)

// How much of a network is looked at; of fewer trials from a file, all.
const (
	MotionTrials  = 100 // whose states, exponents and gradients are looked at
	readTrials    = 800 // from whose states the decision is read
	fewestTrials  = 8
	readEvery     = 5   // steps between two readings
	searchStates  = 64  // from which fixed points are searched
	shownPoints   = 8   // points of an input whose eigenvalues are computed
	heldSteps     = 600 // steps under a constant input, and how many of them pass
	heldSkip      = 200 // before the exponent is taken
	MotionGroups  = 4   // trials by the decision asked for
	motionShares  = 10  // principal components whose share of the variance is kept
	readRidge     = 1e-2
	PlottedScores = 3
)

// Motion is how the states of a network move on trials of a task, in float64 and
// without noise in its units.
type Motion struct {
	Units, Modules int
	Steps          int // of a trial
	Onset          int // the first step at which inputs differ between trials
	Response       int // the first step of the response

	Recurrent []complex128 // eigenvalues of W_rec
	Exponents []float64    // by trial: the largest Lyapunov exponent from Onset on
	Held      []Held
	Gradient  []float64 // by step, of the errors in the response alone: see dynamics.GradientNorms
	Readable  []Reading
	Groups    []Group

	Ratio       float64   // participation ratio of all units
	ModuleRatio []float64 // by module
	Shares      []float64 // of the variance, by principal component
}

// Held describes a network under a constant input.
type Held struct {
	Name     string // the period it is taken from
	Input    []float64
	Exponent float64 // largest Lyapunov exponent, per step, when it stays
	Points   []Rest  // of all found the first shownPoints
	Found    int     // fixed and slow points
	Starts   int     // states that the search started from
	Ended    int     // of those, how many led to one
}

// Rest is a fixed or slow point, with the eigenvalues of the map's derivative there and
// its principal scores.
type Rest struct {
	dynamics.Point
	Eigenvalues []complex128
	Scores      []float64
}

// Reading tells how well a linear readout of the states after a step predicts the
// answer asked for, on trials that it was not fitted to.
type Reading struct {
	Step int
	R2   float64 // share of the variance explained, mean over the outputs other than fixation; NaN: none differs between trials
}

// Group holds trials that ask for nearly the same answer, and the mean of their paths.
type Group struct {
	From, To float64     // what they ask for
	Path     [][]float64 // steps × PlottedScores
}

// motionOf analyses a network on a scene. Progress, which may be nil, hears of what takes
// long: exponents, readings, the covariance and the search for points.
func motionOf(ctx context.Context, v kernels.Variant, net *rnn.Network[float64], all scene, search dynamics.Search, stream kernels.Stream, progress jobs.Progress) (Motion, error) {
	p := net.Params
	few := all.part(0, min(MotionTrials, all.trials))
	m := Motion{Units: net.Units, Modules: net.Modules, Steps: few.steps, Onset: few.onset(), Response: few.response()}
	var err error
	w := make([]float64, 0, net.Units*net.Units)
	for i := range net.Units {
		w = append(w, net.Row(net.WRec(), i)...)
	}
	if m.Recurrent, err = dynamics.Eigenvalues(w, net.Units); err != nil {
		return m, err
	}
	advance := func(float64, string) {}
	held := few.held()
	// The work of each, in multiplications, roughly.
	square := float64(net.Units * net.Units)
	exponent, reading := float64(m.Steps)*square, float64(min(readTrials, all.trials)*len(all.decision))*square
	spread, descent := float64((m.Steps-m.Onset)*few.trials)*square, 5*float64(net.Units)*square
	if progress != nil {
		advance = progress.Add
		readings := float64((all.steps - m.Onset + readEvery - 1) / readEvery)
		progress.Start(float64(few.trials)*exponent + readings*reading + spread + float64(len(held)*searchStates)*descent)
	}
	t := dynamics.Run(v, p, few.x, few.steps, few.trials, 1)
	for j := range few.trials {
		if ctx.Err() != nil {
			return m, context.Cause(ctx)
		}
		m.Exponents = append(m.Exponents, dynamics.Lyapunov(v, p, t, j, m.Onset, m.Steps, 1, stream.Child(uint64(j)))[0])
		advance(exponent, "exponents")
	}
	m.Gradient = dynamics.GradientNorms(p, t, few.derivatives(t, m.Response))
	if m.Readable, err = readable(ctx, v, p, all, m.Onset, func() { advance(reading, "readings") }); err != nil {
		return m, err
	}
	mean, components := m.spread(few, t)
	advance(spread, "covariance")
	for _, h := range held {
		search.Ended = func() { advance(descent, "points of "+h.name) }
		rest, err := h.under(ctx, v, p, few, t, search, stream.Child(1<<32))
		if err != nil {
			return m, err
		}
		for i := range rest.Points {
			rest.Points[i].Scores = dynamics.Project(rest.Points[i].H, mean, components, PlottedScores)
		}
		m.Held = append(m.Held, rest)
	}
	return m, nil
}

// readable reads what is asked for in the end from the states at every few steps.
func readable(ctx context.Context, v kernels.Variant, p *autodiff.Params[float64], all scene, onset int, advance func()) ([]Reading, error) {
	var steps []int
	for t := all.steps - 1; t >= onset; t -= readEvery {
		steps = append([]int{t}, steps...)
	}
	n := min(readTrials, all.trials)
	states := make([][][]float64, len(steps))
	for first := 0; first < n; first += MotionTrials { // so many at a time, to spare memory
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		part := all.part(first, min(MotionTrials, n-first))
		t := dynamics.Run(v, p, part.x, part.steps, part.trials, 1)
		for k, step := range steps {
			for j := range part.trials {
				states[k] = append(states[k], slices.Clone(t.State(step, j)))
			}
		}
	}
	var readings []Reading
	for k, step := range steps {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		sum, count := 0.0, 0
		for _, o := range all.decision {
			y := make([]float64, n)
			for j := range y {
				y[j] = all.final(j, o)
			}
			if slices.Max(y) > slices.Min(y) { // of what is the same in all trials nothing can be read
				sum += dynamics.LinearR2(states[k], y, readRidge)
				count++
			}
		}
		readings = append(readings, Reading{step, sum / float64(count)})
		advance()
	}
	return readings, nil
}

// spread fills in what depends on the covariance of the states from the onset on, and
// returns their mean and principal components.
func (m *Motion) spread(s scene, t *dynamics.Trajectories) (mean, components []float64) {
	var rows [][]float64
	for step := m.Onset; step < m.Steps; step++ {
		for j := range s.trials {
			rows = append(rows, t.State(step, j))
		}
	}
	mean, c := dynamics.Covariance(rows)
	n := m.Units
	m.Ratio = dynamics.ParticipationRatio(c, n, 0, n)
	for k := range m.Modules {
		m.ModuleRatio = append(m.ModuleRatio, dynamics.ParticipationRatio(c, n, k*n/m.Modules, (k+1)*n/m.Modules))
	}
	variances, components := dynamics.PrincipalComponents(c, n)
	components = append(components, make([]float64, n*max(0, PlottedScores-n))...)
	total := 0.0
	for _, v := range variances {
		total += v
	}
	for _, v := range variances[:min(motionShares, n)] {
		m.Shares = append(m.Shares, v/total)
	}
	for _, trials := range s.groups() {
		g := Group{From: s.target(trials[0]), To: s.target(trials[len(trials)-1])}
		for step := range m.Steps {
			h := make([]float64, n)
			for _, j := range trials {
				for i, v := range t.State(step, j) {
					h[i] += v / float64(len(trials))
				}
			}
			g.Path = append(g.Path, dynamics.Project(h, mean, components, PlottedScores))
		}
		m.Groups = append(m.Groups, g)
	}
	return mean, components
}

// under analyses a network under a constant input.
func (h hold) under(ctx context.Context, v kernels.Variant, p *autodiff.Params[float64], s scene, t *dynamics.Trajectories, search dynamics.Search, stream kernels.Stream) (Held, error) {
	r := Held{Name: h.name, Input: s.input(h.end-1, h.trial)}
	from := *p
	from.H0 = t.State(h.end-1, h.trial)
	long := dynamics.Run(v, &from, slices.Repeat(r.Input, heldSteps), heldSteps, 1, 1)
	r.Exponent = dynamics.Lyapunov(v, &from, long, 0, heldSkip, heldSteps, 1, stream)[0]

	var visited [][]float64
	for j := range s.trials {
		for step := h.from; step < h.end; step++ {
			visited = append(visited, t.State(step, j))
		}
	}
	var starts [][]float64
	for i := range min(searchStates, len(visited)) {
		starts = append(starts, visited[i*len(visited)/min(searchStates, len(visited))])
	}
	m := dynamics.NewMap(p, r.Input)
	points, err := search.Points(ctx, v, m, starts)
	if err != nil {
		return r, err
	}
	r.Found, r.Starts = len(points), len(starts)
	for i, point := range points {
		r.Ended += point.Starts
		if i >= shownPoints {
			continue
		}
		if ctx.Err() != nil {
			return r, context.Cause(ctx)
		}
		l, err := m.Spectrum(point.H)
		if err != nil {
			return r, err
		}
		r.Points = append(r.Points, Rest{Point: point, Eigenvalues: l})
	}
	return r, nil
}

// Motion analyses the network of a file.
func (n NetFile) Motion(ctx context.Context, progress jobs.Progress, search dynamics.Search) (Motion, error) {
	net, err := rnn.Load[float64](n.Network)
	if err != nil {
		return Motion{}, err
	}
	b, err := trialsOf(n, net, readTrials)
	if err != nil {
		return Motion{}, err
	}
	if b.Trials < fewestTrials {
		return Motion{}, fmt.Errorf("%d trials, at least %d needed", b.Trials, fewestTrials)
	}
	sc := givenScene(b)
	if n.Trials == nil {
		if sc, err = newScene(n.Variant, n.Settings, n.Cell, net.Shape, b); err != nil {
			return Motion{}, err
		}
	}
	return motionOf(ctx, n.Variant, net, sc, search, disturbances(n.Cell), progress)
}

// purposeDynamics names the stream of the disturbances of exponents. It stands apart
// from the other purposes of a seed.
const purposeDynamics = 1 << 32

func disturbances(c Cell) kernels.Stream { return kernels.NewStream(c.Seed).Child(purposeDynamics) }

// Motion returns the job that analyses the states of a cell's network, before its
// training on the task or after it.
func (l *Lab) Motion(c Cell, before bool) *jobs.Job[Motion] {
	if l.Settings.Run.Precision == profile.F64 {
		return motion[float64](l, l.Settings, c, before)
	}
	return motion[float32](l, l.Settings, c, before)
}

func motion[T kernels.Float](l *Lab, all profile.Settings, c Cell, before bool) *jobs.Job[Motion] {
	s := all.Only("network", "trials", "run")
	s.Tasks = needed(all, c.Task)
	node, net := networkOf[T](l, all, c)
	if before {
		base := Pretrained[T](l, all, c)
		node, net = base, func() *rnn.Network[T] {
			t := TaskOf(s, c.Task)
			n := newNetwork[T](l.Variant, s, c.Seed, len(t.Inputs), len(t.Targets), s.Network.InputGain)
			n.Adopt(base.Value())
			return n
		}
	}
	spec := jobs.Spec{Kind: "motion", Of: of{s, []any{c, before}}, Needs: []jobs.Node{node}, Label: "dynamics of " + c.String(),
		Cost: StepCost(c.Arm.Units(all), searchStates, 50)}
	return jobs.New(l.Pool, spec, func(ctx context.Context, w *jobs.Work) (Motion, error) {
		narrow := net()
		n := &rnn.Network[float64]{Params: dynamics.Widen(narrow.Params), Modules: narrow.Modules}
		b, err := testBatch[float64](l.Variant, s, c, readTrials)
		if err != nil {
			return Motion{}, err
		}
		sc, err := newScene(l.Variant, s, c, n.Shape, b)
		if err != nil {
			return Motion{}, err
		}
		m, err := motionOf(ctx, l.Variant, n, sc, dynamics.DefaultSearch, disturbances(c), nil)
		w.Advance(spec.Cost)
		return m, err
	})
}
