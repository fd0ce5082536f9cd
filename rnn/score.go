package rnn

import (
	"fmt"
	"math"
	"slices"

	"molap/kernels"
)

// Criterion says when a trial is decided correctly (A.3): the mean of an output
// over the last Window steps must lie near the mean of its target.
type Criterion struct {
	// Relative follows the authors' code: the mean output must lie in [|t|-τ|t|, |t|+τ|t|) about
	// the mean target t. If false, it must lie within τ of t, as the text says.
	Relative bool
	// Tolerance τ of every output but fixation.
	Tolerance float64
	Window    int // steps

	// Fixation is the number, from 1, of the fixation output. That output has a tolerance of its
	// own and is no part of the decision. With 0 every output is a decision.
	Fixation          int
	FixationTolerance float64

	// Choice scores the decision as a whole: all its outputs have the same score. The answer
	// chooses the output with the largest mean, and is right if its target is the largest too. A
	// single output chooses by its side of Zero, the value that stands for 0. If targets tie, each
	// of them is right. If outputs tie, all of them have to be right. Relative and Tolerance are
	// ignored.
	Choice bool
	Zero   float64

	// Response, unless nil, says where trials are asked for an answer, steps × trials × outputs,
	// and takes the place of the window. A trial that is nowhere asked for an output does not count
	// in the score of that output.
	Response []bool
}

// PublishedCriterion is the criterion of the text: δ = 0.1 over the last 30 steps. The first output
// of its tasks is fixation.
var PublishedCriterion = Criterion{Tolerance: 0.1, Window: 30, Fixation: 1, FixationTolerance: 0.1}

// Within returns the criterion that accepts a mean output within delta of its target, fixation
// included.
func (c Criterion) Within(delta float64) Criterion {
	c.Choice, c.Relative, c.Tolerance, c.FixationTolerance = false, false, delta, delta
	return c
}

// fixates reports whether output o, from 0, is fixation.
func (c Criterion) fixates(o int) bool { return o == c.Fixation-1 }

// scoreInterval is the set of mean outputs that count as correct.
type scoreInterval struct {
	lo, hi float64
	open   bool // hi itself does not count
}

func (v scoreInterval) has(x float64) bool { return v.lo <= x && (x < v.hi || x == v.hi && !v.open) }

// accepts returns the interval of mean outputs that are correct for output o with mean target t.
func (c Criterion) accepts(o int, t float64) scoreInterval {
	tolerance := c.Tolerance
	if c.fixates(o) {
		tolerance = c.FixationTolerance
	}
	if c.Relative && !c.Choice {
		a := math.Abs(t)
		return scoreInterval{a - float64(tolerance*a), a + float64(tolerance*a), true}
	}
	return scoreInterval{t - tolerance, t + tolerance, false}
}

// Score returns the per cent of trials that are correct, for each output. It is NaN for an output
// that no trial is asked for. Outputs and targets are steps × trials × out. Score panics if they
// differ in length or are not of whole steps, if the window exceeds the trial, if a response has
// another length, or if there is no output Fixation.
func Score[T kernels.Float](c Criterion, outputs, targets []T, trials, out int) []float64 {
	if len(outputs) != len(targets) {
		panic(fmt.Sprintf("rnn: Score: %d outputs, %d targets", len(outputs), len(targets)))
	}
	c.check("Score", len(targets), trials, out)
	answered, wanted := responseMeans(c, outputs, trials, out), responseMeans(c, targets, trials, out)
	asked := c.asked(trials, out)
	score := make([]float64, out)
	choice := 0.0
	if c.Choice {
		choice = c.chosenRight(func(b int) []float64 { return answered[b*out:][:out] }, wanted, c.choosing(trials, out), out)
	}
	for o := range out {
		if c.Choice && !c.fixates(o) {
			score[o] = choice
			continue
		}
		correct, count := 0, 0
		for b := range trials {
			if !asked(b, o) {
				continue
			}
			if count++; c.accepts(o, wanted[b*out+o]).has(answered[b*out+o]) {
				correct++
			}
		}
		score[o] = 100 * float64(correct) / float64(count)
	}
	return score
}

// Nulls holds the scores, for each output, of two answers that ignore the stimulus. Both fixate
// perfectly where there is fixation.
type Nulls struct {
	// Blind answers with the mean target of all trials, as a network does after
	// least-squares training if it does not see the stimulus.
	Blind []float64
	// Constant is the one answer, or the one choice, that is right in most trials.
	Constant []float64
}

// ScoreNulls returns the nulls for targets steps × trials × out. It panics as [Score] does.
func ScoreNulls[T kernels.Float](c Criterion, targets []T, trials, out int) Nulls {
	c.check("ScoreNulls", len(targets), trials, out)
	wanted, asked := responseMeans(c, targets, trials, out), c.asked(trials, out)
	n := Nulls{make([]float64, out), make([]float64, out)}
	blind, constant := 0.0, 0.0
	if c.Choice {
		blind, constant = c.nullChoices(wanted, c.choosing(trials, out), out)
	}
	for o := range out {
		if c.Choice && !c.fixates(o) {
			n.Blind[o], n.Constant[o] = blind, constant
			continue
		}
		mean := 0.0
		var targets []float64
		var accepted []scoreInterval
		for b := range trials {
			if !asked(b, o) {
				continue
			}
			t := wanted[b*out+o]
			mean += t
			targets, accepted = append(targets, t), append(accepted, c.accepts(o, t))
		}
		mean /= float64(len(targets))
		blind := 0
		for i, v := range accepted {
			if c.fixates(o) {
				mean = targets[i] // perfect; a relative criterion refuses even 0 for 0
			}
			if v.has(mean) {
				blind++
			}
		}
		n.Blind[o] = 100 * float64(blind) / float64(len(targets))
		if n.Constant[o] = n.Blind[o]; !c.fixates(o) {
			n.Constant[o] = 100 * float64(mostCovered(accepted)) / float64(len(targets))
		}
	}
	return n
}

// mostCovered returns the largest number of intervals that share a point. Some interval has such a
// point at its lower end.
func mostCovered(intervals []scoreInterval) int {
	lows, highs := make([]float64, 0, len(intervals)), make([]scoreInterval, 0, len(intervals))
	for _, v := range intervals {
		if v.has(v.lo) { // not empty
			lows, highs = append(lows, v.lo), append(highs, v)
		}
	}
	slices.Sort(lows)
	slices.SortFunc(highs, func(a, b scoreInterval) int {
		switch {
		case a.hi < b.hi || a.hi == b.hi && a.open && !b.open:
			return -1
		case a.hi == b.hi && a.open == b.open:
			return 0
		}
		return 1
	})
	most, ended := 0, 0
	for begun, x := range lows {
		for highs[ended].hi < x || highs[ended].hi == x && highs[ended].open {
			ended++
		}
		most = max(most, begun+1-ended)
	}
	return most
}

// Decision returns the mean score of the outputs other than output number fixation, from 1. With 0
// it is the mean of all outputs. It panics unless at least one output is a decision, see
// [CheckFixation].
func Decision(score []float64, fixation int) float64 {
	if err := CheckFixation(fixation, len(score)); err != nil {
		panic(fmt.Sprintf("rnn: Decision: fixation is %v", err))
	}
	if fixation == 0 {
		return meanScore("Decision", score)
	}
	return meanScore("Decision", slices.Concat(score[:fixation-1], score[fixation:]))
}

// Overall returns the mean score of all outputs, the paper's performance. It panics if there are
// none.
func Overall(score []float64) float64 { return meanScore("Overall", score) }

func meanScore(caller string, x []float64) float64 {
	if len(x) == 0 {
		panic(fmt.Sprintf("rnn: %s: no scores", caller))
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// check panics unless c can score entries numbers, which are steps × trials × out.
func (c Criterion) check(caller string, entries, trials, out int) {
	switch row := trials * out; {
	case trials < 1 || out < 1 || entries%row != 0:
		panic(fmt.Sprintf("rnn: %s: %d entries of %d trials × %d outputs", caller, entries, trials, out))
	case c.Fixation < 0 || c.Fixation > out:
		panic(fmt.Sprintf("rnn: %s: fixation is output %d of %d", caller, c.Fixation, out))
	case c.Response != nil && len(c.Response) != entries:
		panic(fmt.Sprintf("rnn: %s: a response of %d entries for %d outputs", caller, len(c.Response), entries))
	case c.Response == nil && (c.Window < 1 || entries/row < c.Window):
		panic(fmt.Sprintf("rnn: %s: a window of %d steps in %d entries of %d trials × %d outputs", caller, c.Window, entries, trials, out))
	}
}

// responseMeans returns the mean of y (steps × trials × out) over the response, trials × out.
func responseMeans[T kernels.Float](c Criterion, y []T, trials, out int) []float64 {
	row := trials * out
	m := make([]float64, row)
	if c.Response != nil {
		count := make([]int, row)
		for at, v := range y {
			if c.Response[at] {
				m[at%row] += float64(v)
				count[at%row]++
			}
		}
		for i := range m {
			m[i] /= float64(max(1, count[i]))
		}
		return m
	}
	for t := len(y)/row - c.Window; t < len(y)/row; t++ {
		for i, v := range y[t*row : (t+1)*row] {
			m[i] += float64(v)
		}
	}
	for i := range m {
		m[i] /= float64(c.Window)
	}
	return m
}

// asked returns a function that reports whether a trial is asked for an output.
func (c Criterion) asked(trials, out int) func(trial, output int) bool {
	row := trials * out
	some := make([]bool, row)
	for at, in := range c.Response {
		some[at%row] = some[at%row] || in
	}
	return func(trial, output int) bool { return c.Response == nil || some[trial*out+output] }
}
