package tasks

import (
	"fmt"
	"slices"
	"strings"

	"molap/kernels"
)

// Value is what a channel shows: an expression over the angles of a trial, made
// of Constant, Cos, Sin, Sum and Max.
type Value interface {
	fmt.Stringer
	check() error
	angles() int // number of the last angle used
	eval(dst []float64, s *stimuli)
}

// Constant is the same value in every trial.
type Constant float64

// Cos is cos(θ+Phase) of angle number Angle, counted from 1; Phase is in turns.
type Cos struct {
	Angle int
	Phase float64
}

// Sin is sin(θ+Phase) of angle number Angle, counted from 1; Phase is in turns.
type Sin struct {
	Angle int
	Phase float64
}

// Sum is the sum of its terms, added from left to right.
type Sum []Value

// Max is the largest of its terms.
type Max []Value

// stimuli are the angles of trials, in turns, with their sines and cosines: each
// by angle and trial.
type stimuli struct {
	turns, sin, cos [][]float64

	spare [][]float64 // of terms, as deep as values are nested
	inUse int         // of spare
}

// newStimuli returns room for angles of so many trials.
func newStimuli(angles, trials int) stimuli {
	room := func() (x [][]float64) {
		for range angles {
			x = append(x, make([]float64, trials))
		}
		return x
	}
	return stimuli{turns: room(), sin: room(), cos: room()}
}

// draw sets an angle of so many trials.
func (s *stimuli) draw(angle, trials int, from Angles, stream kernels.Stream) {
	turns, sin, cos := s.turns[angle][:trials], s.sin[angle][:trials], s.cos[angle][:trials]
	for j := range turns {
		turns[j] = from.draw(stream, j)
		sin[j], cos[j] = kernels.SincosTurns(turns[j])
	}
}

func (c Constant) eval(dst []float64, _ *stimuli) {
	for j := range dst {
		dst[j] = float64(c)
	}
}

func (c Cos) eval(dst []float64, s *stimuli) {
	if c.Phase == 0 {
		copy(dst, s.cos[c.Angle-1])
		return
	}
	for j, turns := range s.turns[c.Angle-1][:len(dst)] {
		_, dst[j] = kernels.SincosTurns(turns + c.Phase)
	}
}

func (c Sin) eval(dst []float64, s *stimuli) {
	if c.Phase == 0 {
		copy(dst, s.sin[c.Angle-1])
		return
	}
	for j, turns := range s.turns[c.Angle-1][:len(dst)] {
		dst[j], _ = kernels.SincosTurns(turns + c.Phase)
	}
}

func (v Sum) eval(dst []float64, s *stimuli) {
	s.fold(dst, v, func(dst, term []float64) {
		for j, x := range term {
			dst[j] += x
		}
	})
}

func (v Max) eval(dst []float64, s *stimuli) {
	s.fold(dst, v, func(dst, term []float64) {
		for j, x := range term {
			dst[j] = max(dst[j], x)
		}
	})
}

// fold sets dst to the first of the terms and folds the others into it, from left
// to right.
func (s *stimuli) fold(dst []float64, terms []Value, into func(dst, term []float64)) {
	terms[0].eval(dst, s)
	if s.inUse == len(s.spare) {
		s.spare = append(s.spare, nil)
	}
	s.spare[s.inUse] = slices.Grow(s.spare[s.inUse][:0], len(dst))
	term := s.spare[s.inUse][:len(dst)]
	s.inUse++
	for _, t := range terms[1:] {
		t.eval(term, s)
		into(dst, term)
	}
	s.inUse--
}

func (c Constant) angles() int { return 0 }
func (c Cos) angles() int      { return c.Angle }
func (c Sin) angles() int      { return c.Angle }
func (v Sum) angles() int      { return lastAngle(v) }
func (v Max) angles() int      { return lastAngle(v) }

func lastAngle(terms []Value) int {
	last := 0
	for _, term := range terms {
		last = max(last, term.angles())
	}
	return last
}

func (c Constant) check() error {
	if !finite(float64(c)) {
		return fmt.Errorf("constant %g is not finite", float64(c))
	}
	return nil
}

func (c Cos) check() error { return checkAngle(c.Angle, c.Phase) }
func (c Sin) check() error { return checkAngle(c.Angle, c.Phase) }
func (v Sum) check() error { return checkTerms("sum", v) }
func (v Max) check() error { return checkTerms("max", v) }

// maxAngles bounds the number of angles of a task, and with it the size of what
// a task file can ask for.
const maxAngles = 16

func checkAngle(angle int, phase float64) error {
	if angle < 1 || angle > maxAngles {
		return fmt.Errorf("angle %d is not in 1…%d", angle, maxAngles)
	}
	if !(phase >= -1 && phase <= 1) {
		return fmt.Errorf("phase of %g turns is not in -1…1", phase)
	}
	return nil
}

func checkTerms(name string, terms []Value) error {
	if len(terms) == 0 {
		return fmt.Errorf("%s of no terms", name)
	}
	for _, term := range terms {
		if term == nil {
			return fmt.Errorf("%s of a missing term", name)
		}
		if err := term.check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Constant) String() string { return fmt.Sprint(float64(c)) }
func (c Cos) String() string      { return angleString("cos", c.Angle, c.Phase) }
func (c Sin) String() string      { return angleString("sin", c.Angle, c.Phase) }

func (v Sum) String() string { return strings.Join(termStrings(v), " + ") }
func (v Max) String() string { return "max(" + strings.Join(termStrings(v), ", ") + ")" }

func angleString(function string, angle int, phase float64) string {
	if phase == 0 {
		return fmt.Sprintf("%s θ%d", function, angle)
	}
	return fmt.Sprintf("%s(θ%d%+g°)", function, angle, float64(phase*360))
}

func termStrings(terms []Value) []string {
	var s []string
	for _, term := range terms {
		s = append(s, term.String())
	}
	return s
}
