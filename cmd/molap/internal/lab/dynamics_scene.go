package lab

import (
	"cmp"
	"fmt"
	"slices"

	"molap/autodiff"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/dynamics"
	"molap/kernels"
	"molap/tasks"
)

// scene is a task's trials, with and without noise in the inputs.
type scene struct {
	spans    []tasks.Span // none for trials from elsewhere
	in, out  int          // of the network
	steps    int
	trials   int
	x, quiet []float64 // steps × trials × in
	y        []float64 // steps × trials × asked
	asked    int       // outputs that the task asks for
	decision []int     // those of them that are not fixation
	grouping int       // of those, one that trials are asked for different values of
}

// newScene returns the trials b of a cell's task as a network of a shape sees them.
func newScene(v kernels.Variant, s profile.Settings, c Cell, shape autodiff.Shape, b *tasks.Batch[float64]) (scene, error) {
	s.Trials.Noise, s.Trials.Scale = 0, tasks.RawUnits
	q, err := testBatch[float64](v, s, c, b.Trials)
	if err != nil {
		return scene{}, err
	}
	for i, x := range q.X { // in the units of b
		q.X[i] = (x - b.XScale.Min) / b.XScale.Range
	}
	task := TaskOf(s, c.Task)
	r := scene{spans: task.Spans(), decision: decisions(b.Out, b.Fixation), in: shape.In, out: shape.Out, steps: b.Steps, trials: b.Trials,
		x: inputsOf(shape, c.Task, b), quiet: inputsOf(shape, c.Task, q), y: b.Y, asked: b.Out}
	r.grouping = r.differing()
	return r, nil
}

// givenScene returns the trials b from elsewhere.
func givenScene(b *tasks.Batch[float64]) scene {
	r := scene{decision: decisions(b.Out, b.Fixation), in: b.In, out: b.Out, steps: b.Steps, trials: b.Trials, x: b.X, quiet: b.X, y: b.Y, asked: b.Out}
	r.grouping = r.widest()
	return r
}

// decisions returns the outputs that are not fixation.
func decisions(out, fixation int) []int {
	return slices.DeleteFunc(seq.UpTo(out), func(o int) bool { return o == fixation-1 })
}

// differing returns the first output other than fixation whose targets in the end are not
// the same in all trials; the first if there is none.
func (s scene) differing() int {
	for _, o := range s.decision {
		if y := s.finals(o); slices.Max(y) != slices.Min(y) {
			return o
		}
	}
	return s.decision[0]
}

// widest returns the output other than fixation whose targets in the end vary most: outputs
// that nobody named have no order that would mean anything.
func (s scene) widest() int {
	variance := func(y []float64) float64 {
		return meanSquare(y, slices.Repeat([]float64{seq.Mean(y)}, len(y)))
	}
	return slices.MaxFunc(s.decision, func(a, b int) int {
		x, y := s.finals(a), s.finals(b)
		return cmp.Or(cmp.Compare(variance(x), variance(y)), slices.Compare(x, y))
	})
}

// part returns so many trials from the first on.
func (s scene) part(first, trials int) scene {
	cut := func(x []float64, channels int) []float64 {
		var part []float64
		for t := range s.steps {
			part = append(part, x[(t*s.trials+first)*channels:][:trials*channels]...)
		}
		return part
	}
	p := s
	p.trials, p.x, p.quiet, p.y = trials, cut(s.x, s.in), cut(s.quiet, s.in), cut(s.y, s.asked)
	return p
}

// input returns the quiet input of a trial at a step.
func (s scene) input(step, trial int) []float64 {
	return s.quiet[(step*s.trials+trial)*s.in:][:s.in]
}

// final returns what a trial asks of an output in the end.
func (s scene) final(trial, output int) float64 {
	return s.y[((s.end()-1)*s.trials+trial)*s.asked+output]
}

// finals returns what trials ask of an output in the end.
func (s scene) finals(output int) []float64 {
	return seq.Map(seq.UpTo(s.trials), func(j int) float64 { return s.final(j, output) })
}

// target returns what a trial asks in the end of the output that tells trials apart.
func (s scene) target(trial int) float64 { return s.final(trial, s.grouping) }

// onset returns the first step at which the inputs of trials differ; 0 if none does.
func (s scene) onset() int {
	for t := range s.steps {
		for j := range s.trials {
			if !slices.Equal(s.input(t, j), s.input(t, 0)) {
				return t
			}
		}
	}
	return 0
}

// response returns the first step of the response; without periods, the last step.
func (s scene) response() int {
	if len(s.spans) == 0 {
		return s.steps - 1
	}
	from, _ := answers(s.spans)
	return min(from, s.steps-1)
}

// end returns the step after the last of the response.
func (s scene) end() int {
	if len(s.spans) == 0 {
		return s.steps
	}
	_, to := answers(s.spans)
	return max(to, s.response()+1)
}

// groups cuts the trials into groups by what they ask for.
func (s scene) groups() [][]int {
	order := seq.UpTo(s.trials)
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(s.target(i), s.target(j)) })
	n := min(MotionGroups, s.trials)
	var groups [][]int
	for g := range n {
		groups = append(groups, order[g*s.trials/n:(g+1)*s.trials/n])
	}
	return groups
}

// derivatives returns those of the mean squared error by the outputs, for the steps of
// the response and the outputs other than fixation alone: what has to be remembered.
func (s scene) derivatives(t *dynamics.Trajectories, response int) []float64 {
	e := make([]float64, len(t.Outputs))
	scale := 2 / float64((s.end()-response)*s.trials*len(s.decision))
	for step := response; step < s.end(); step++ {
		for j := range s.trials {
			at := step*s.trials + j
			for _, o := range s.decision {
				e[at*s.out+o] = float64(scale * (t.Outputs[at*s.out+o] - s.y[at*s.asked+o]))
			}
		}
	}
	return e
}

// hold is an input to be kept constant: that of a trial at the last step of a period.
type hold struct {
	name      string
	trial     int
	from, end int // steps of the period
}

// held returns the inputs that trials have at the ends of the last two periods, each
// once: of the trial in the middle of each group. Trials without periods have one, the
// second half.
func (s scene) held() (holds []hold) {
	var periods []hold
	for _, p := range s.spans[max(0, len(s.spans)-2):] {
		if p.End.Least > 0 {
			periods = append(periods, hold{name: p.Name, from: min(p.Start.Most, p.End.Least-1), end: p.End.Least})
		}
	}
	if periods == nil {
		periods = []hold{{name: "end", from: s.steps / 2, end: s.steps}}
	}
	for _, p := range periods {
		var kept []hold
		for _, trials := range s.groups() {
			h := p
			h.trial = trials[len(trials)/2]
			if !slices.ContainsFunc(kept, func(k hold) bool {
				return slices.Equal(s.input(k.end-1, k.trial), s.input(h.end-1, h.trial))
			}) {
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
	return holds
}
