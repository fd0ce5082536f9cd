package states

import (
	"cmp"
	"math"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/seq"
	"molap/dynamics"
	"molap/tasks"
)

// Scene is trials as a network takes them, with and without noise in the inputs.
type Scene struct {
	spans         []tasks.Span // none for given trials
	response, end int          // steps of the response, the second behind its last
	weights       []float64    // of given trials, unless nil, as y: the response is where they are not 0
	in, out       int          // of the network
	steps         int
	trials        int
	x, quiet      []float64 // steps × trials × in
	y             []float64 // steps × trials × asked
	asked         int       // outputs that the task asks for; 0: there are no targets
	decision      []int     // those of them that are not fixation
	grouping      int       // of those, one that trials are asked for different values of
}

// Drawn returns a scene of the trials b of a task with periods. x are the inputs as a network takes
// them, quiet the same without noise.
func Drawn(spans []tasks.Span, b *tasks.Batch[float64], shape autodiff.Shape, x, quiet []float64) Scene {
	s := Scene{spans: spans, decision: decisionOutputs(b.Out, b.Fixation), in: shape.In, out: shape.Out, steps: b.Steps, trials: b.Trials,
		x: x, quiet: quiet, y: b.Y, asked: b.Out}
	from, to := Answers(spans)
	s.response = min(from, s.steps-1)
	s.end = max(to, s.response+1)
	s.grouping = s.differing()
	return s
}

// Given returns a scene of the given trials b for a network with that many outputs. The response is
// where b has weights, or else the last window steps.
func Given(b *tasks.Batch[float64], out, window int) Scene {
	s := Scene{response: max(0, b.Steps-window), end: b.Steps, weights: b.Weights, decision: decisionOutputs(b.Out, b.Fixation),
		in: b.In, out: out, steps: b.Steps, trials: b.Trials,
		x: b.X, quiet: b.X, y: b.Y, asked: b.Out}
	if b.Weights != nil {
		at := seq.Where(seq.UpTo(b.Steps), s.asksAt)
		s.response, s.end = at[0], at[len(at)-1]+1
	}
	s.grouping = s.widest()
	return s
}

// decisionOutputs returns the outputs that are not fixation.
func decisionOutputs(out, fixation int) []int {
	return seq.Where(seq.UpTo(out), func(o int) bool { return o != fixation-1 })
}

// differing returns the first output other than fixation whose final targets differ between trials, or
// the first of them if none does.
func (s Scene) differing() int {
	for _, o := range s.decision {
		if y := s.finals(o); slices.Max(y) != slices.Min(y) {
			return o
		}
	}
	return s.decision[0]
}

// widest returns the output other than fixation whose final targets vary most. The order of outputs
// without names means nothing.
func (s Scene) widest() int {
	if s.asked == 0 {
		return 0
	}
	variance := func(y []float64) float64 {
		mean, sum := seq.Mean(y), 0.0
		for _, v := range y {
			sum += float64((v - mean) * (v - mean))
		}
		return sum / float64(len(y))
	}
	return slices.MaxFunc(s.decision, func(a, b int) int {
		x, y := s.finals(a), s.finals(b)
		return cmp.Or(cmp.Compare(variance(x), variance(y)), slices.Compare(x, y))
	})
}

// differ reports whether trials ask for different answers.
func (s Scene) differ() bool {
	return slices.ContainsFunc(seq.UpTo(s.trials), func(j int) bool { return s.target(j) != s.target(0) })
}

// part returns the scene of some trials, from the first on.
func (s Scene) part(first, trials int) Scene {
	cut := func(x []float64, channels int) []float64 {
		var part []float64
		for t := range s.steps {
			part = append(part, x[(t*s.trials+first)*channels:][:trials*channels]...)
		}
		return part
	}
	p := s
	p.trials, p.x, p.quiet, p.y = trials, cut(s.x, s.in), cut(s.quiet, s.in), cut(s.y, s.asked)
	if s.weights != nil {
		p.weights = cut(s.weights, s.asked)
	}
	return p
}

// input returns the quiet input of a trial at a step.
func (s Scene) input(step, trial int) []float64 {
	return s.quiet[(step*s.trials+trial)*s.in:][:s.in]
}

// final returns the target of a trial for an output at the end of the response; 0 if it has none.
func (s Scene) final(trial, output int) float64 {
	for t := s.end - 1; t >= s.response; t-- {
		if at := (t*s.trials+trial)*s.asked + output; s.asks(at) {
			return s.y[at]
		}
	}
	return 0
}

// asks reports whether y[at] is asked for.
func (s Scene) asks(at int) bool { return s.weights == nil || s.weights[at] > 0 }

// asksAt reports whether a trial asks for a decision at a step.
func (s Scene) asksAt(t int) bool {
	for j := range s.trials {
		for _, o := range s.decision {
			if s.asks((t*s.trials+j)*s.asked + o) {
				return true
			}
		}
	}
	return false
}

// finals returns the final targets of all trials for an output.
func (s Scene) finals(output int) []float64 {
	return seq.Map(seq.UpTo(s.trials), func(j int) float64 { return s.final(j, output) })
}

// target returns the final target of a trial for the output that tells trials apart; 0 if there are no
// targets.
func (s Scene) target(trial int) float64 {
	if s.asked == 0 {
		return 0
	}
	return s.final(trial, s.grouping)
}

// answer returns the final targets of a trial for the outputs of the decision.
func (s Scene) answer(trial int) []float64 {
	return seq.Map(s.decision, func(o int) float64 { return s.final(trial, o) })
}

// onset returns the first step where the inputs of trials differ, or 0 if they never differ.
func (s Scene) onset() int {
	for t := range s.steps {
		for j := range s.trials {
			if !slices.Equal(s.input(t, j), s.input(t, 0)) {
				return t
			}
		}
	}
	return 0
}

// trialGroup is a Group with its trials, before its path is known.
type trialGroup struct {
	Group
	trials []int
}

// ordered returns the trials by rising target.
func (s Scene) ordered() []int {
	order := seq.UpTo(s.trials)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(s.target(i), s.target(j)) })
	return order
}

// quarters orders the trials by what they ask for and cuts them into [Groups] groups of nearly equal
// size.
func (s Scene) quarters() (groups [][]int) {
	order, n := s.ordered(), min(Groups, s.trials)
	for g := range n {
		groups = append(groups, order[g*s.trials/n:(g+1)*s.trials/n])
	}
	return groups
}

// groups returns a group for each answer that trials ask for, if there are few. Otherwise each group
// has about a quarter of the trials; trials with equal targets are in one group.
func (s Scene) groups() (groups []trialGroup) {
	if s.asked == 0 {
		return []trialGroup{{Group{From: math.NaN(), To: math.NaN()}, seq.UpTo(s.trials)}}
	}
	order := s.ordered()
	for _, j := range order {
		a := s.answer(j)
		i := slices.IndexFunc(groups, func(g trialGroup) bool { return slices.Equal(g.Answer, a) })
		if i < 0 {
			i = len(groups)
			groups = append(groups, trialGroup{Group: Group{Answer: a, From: s.target(j), To: s.target(j)}})
		}
		groups[i].trials = append(groups[i].trials, j)
		if len(groups) > fewAnswers {
			break
		}
	}
	if len(groups) <= fewAnswers {
		return groups
	}
	groups = nil
	first := 0
	for g := range Groups {
		end := (g + 1) * s.trials / Groups
		if end <= first {
			continue
		}
		for end < s.trials && s.target(order[end]) == s.target(order[end-1]) {
			end++
		}
		groups = append(groups, trialGroup{Group{From: s.target(order[first]), To: s.target(order[end-1])}, order[first:end]})
		first = end
	}
	return groups
}

// noErrors returns why there are no errors in the response, in words; "" if there are.
func (s Scene) noErrors(t *dynamics.Trajectories) string {
	if s.asked == 0 {
		return "there are no targets Y"
	}
	errs, size := 0.0, 1.0
	for step := s.response; step < s.end; step++ {
		for j := range s.trials {
			at := step*s.trials + j
			for _, o := range s.decision {
				y := s.y[at*s.asked+o]
				errs, size = max(errs, math.Abs(t.Outputs[at*s.out+o]-y)), max(size, math.Abs(y))
			}
		}
	}
	if errs <= 1e-12*size {
		return "the outputs in the response are what is asked for"
	}
	return ""
}

// derivatives returns the derivatives of the mean squared error by the outputs. They are 0 outside the
// response and the outputs of the decision: only what has to be remembered counts.
func (s Scene) derivatives(t *dynamics.Trajectories) []float64 {
	e := make([]float64, len(t.Outputs))
	scale := 2 / float64((s.end-s.response)*s.trials*len(s.decision))
	for step := s.response; step < s.end; step++ {
		for j := range s.trials {
			at := step*s.trials + j
			for _, o := range s.decision {
				if s.asks(at*s.asked + o) {
					e[at*s.out+o] = float64(scale * (t.Outputs[at*s.out+o] - s.y[at*s.asked+o]))
				}
			}
		}
	}
	return e
}

// Answers returns the steps of a task's answer: those of the period called response, or else of the
// last period. If they differ between trials, it returns all steps that belong to the answer in some
// trial.
func Answers(spans []tasks.Span) (from, to int) {
	at := slices.IndexFunc(spans, func(s tasks.Span) bool { return s.Name == "response" })
	if at < 0 {
		at = len(spans) - 1
	}
	return spans[at].Start.Least, spans[at].End.Most
}
