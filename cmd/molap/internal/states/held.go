package states

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"molap/cmd/molap/internal/seq"
	"molap/dynamics"
)

// Held describes a network under a constant input.
type Held struct {
	Name     string // the period it is taken from
	Input    []float64
	Exponent float64 // largest Lyapunov exponent, per step, when it stays
	Still    bool    // it has come to rest by then
	Points   []Rest  // of all found the first Question.Most
	Found    int     // fixed and slow points
	Starts   int     // states that the search started from
	Ended    int     // of those, how many led to one
}

// Circles reports whether states go round a stable cycle: they still move after so many steps that
// small differences between them have died out.
func (h Held) Circles() bool { return !h.Still && float64(h.Exponent*(heldSteps-heldSkip)) < -30 }

// Rest is a fixed or slow point, with the eigenvalues of the map's derivative there and
// its principal scores.
type Rest struct {
	dynamics.Point
	Eigenvalues []complex128
	Scores      []float64
}

// inputToHold is an input to be kept constant. The search for its points starts from states of the trials at
// some steps.
type inputToHold struct {
	name      string
	input     []float64
	trial     int // from whose state before end the network goes on
	from, end int // steps
}

// holds returns the inputs to be held: those that are asked for or else those at the ends of the last
// two periods, in the trial in the middle of each quarter, each input once. In trials without periods
// the second half counts as the one period. Question q may name inputs by trial and step; holds looks
// them up in all, whose first trials are those of s.
func (s Scene) holds(all Scene, q Question) (holds []inputToHold, err error) {
	for _, asked := range q.Inputs {
		h := inputToHold{name: asked.Name, input: asked.Values, from: s.onset(), end: s.steps}
		switch {
		case asked.Values != nil && len(asked.Values) != s.in:
			return nil, fmt.Errorf("an input of %d numbers is to be held, the network takes %d", len(asked.Values), s.in)
		case asked.Values == nil && (asked.Trial >= all.trials || asked.Step >= all.steps):
			return nil, fmt.Errorf("the input of trial %d at step %d is to be held, there are %d trials of %d steps, both from 0", asked.Trial, asked.Step, all.trials, all.steps)
		case asked.Values == nil:
			h.input = all.input(asked.Step, asked.Trial)
			if asked.Trial < s.trials {
				h.trial, h.end = asked.Trial, asked.Step+1
				h.from = min(h.from, asked.Step)
			}
		}
		holds = append(holds, h)
	}
	if holds != nil {
		return holds, nil
	}
	var periods []inputToHold
	for _, p := range s.spans[max(0, len(s.spans)-2):] {
		if p.End.Least > 0 {
			periods = append(periods, inputToHold{name: p.Name, from: min(p.Start.Most, p.End.Least-1), end: p.End.Least})
		}
	}
	if periods == nil {
		periods = []inputToHold{{name: "end", from: s.steps / 2, end: s.steps}}
	}
	for _, p := range periods {
		var kept []inputToHold
		for _, trials := range s.quarters() {
			h := p
			h.trial = trials[len(trials)/2]
			h.input = s.input(h.end-1, h.trial)
			if !slices.ContainsFunc(kept, func(k inputToHold) bool { return slices.Equal(k.input, h.input) }) {
				kept = append(kept, h)
			}
		}
		for i := range kept {
			if len(kept) > 1 {
				kept[i].name += fmt.Sprintf(" %d", i+1)
			}
		}
		holds = append(holds, kept...)
	}
	return holds, nil
}

// starts returns from how many states points are searched.
func (a *analysis) starts() int {
	if a.question.Starts != nil {
		return len(a.question.Starts)
	}
	return SearchStates
}

// under analyses the network under a constant input.
func (a *analysis) under(h inputToHold) (Held, error) {
	p := a.net.Params
	r := Held{Name: h.name, Input: h.input}
	from := *p
	from.H0 = a.t.State(h.end-1, h.trial)
	long := dynamics.Run(a.variant, &from, slices.Repeat(r.Input, heldSteps), heldSteps, 1, 1)
	r.Exponent = dynamics.Lyapunov(a.variant, &from, long, 0, heldSkip, heldSteps, 1, a.stream.Child(1<<32))[0]

	starts := a.question.Starts
	if starts == nil {
		var visited [][]float64
		for j := range a.few.trials {
			for step := h.from; step < h.end; step++ {
				visited = append(visited, a.t.State(step, j))
			}
		}
		for i := range min(SearchStates, len(visited)) {
			starts = append(starts, visited[i*len(visited)/min(SearchStates, len(visited))])
		}
	}
	m := dynamics.NewMap(p, r.Input)
	r.Still = m.Speed(long.State(heldSteps-1, 0)) <= dynamics.DefaultSearch.Fixed
	search := a.question.Search
	share := float64(a.starts()) / float64(len(starts)) // of the work that was announced
	search.Ended = func() { a.advance(share*a.descentWork(), "points of "+h.name) }
	points, err := search.Points(a.ctx, a.variant, m, starts)
	if err != nil {
		return r, err
	}
	r.Found, r.Starts = len(points), len(starts)
	for _, point := range points {
		r.Ended += point.Starts
	}
	if most := a.question.Most; most > 0 {
		points = points[:min(most, len(points))]
	}
	r.Points = seq.Map(points, func(p dynamics.Point) Rest {
		return Rest{Point: p, Scores: dynamics.Project(p.H, a.mean, a.components, PlottedScores)}
	})
	return r, a.spectra(m, r)
}

// spectra fills in the eigenvalues at points, several at once.
func (a *analysis) spectra(m *dynamics.Map, r Held) error {
	work := float64(a.starts()) * a.spectrumWork()
	if len(r.Points) == 0 {
		return a.advance(work, "points of "+r.Name)
	}
	work /= float64(len(r.Points))
	errs := make([]error, len(r.Points))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(a.question.Search.Workers, len(r.Points)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(r.Points); i = int(next.Add(1)) - 1 {
				var err error
				if r.Points[i].Eigenvalues, err = m.Spectrum(r.Points[i].H); err == nil {
					err = a.advance(work, "eigenvalues at points of "+r.Name)
				}
				if errs[i] = err; err != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	return cmp.Or(errs...)
}
