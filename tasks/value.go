package tasks

import (
	"fmt"
	"strings"

	"molap/kernels"
)

// Value is what a channel shows: an expression over the angles of a trial, made
// of Constant, Cos, Sin, Sum and Max.
type Value interface {
	fmt.Stringer
	check() error
	angles() int // number of the last angle used
	eval(*stimuli) float64
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

// stimuli are the angles of one trial, in turns, with their sines and cosines.
type stimuli struct {
	turns, sin, cos []float64
}

func (s *stimuli) set(angle int, turns float64) {
	s.turns[angle] = turns
	s.sin[angle], s.cos[angle] = kernels.SincosTurns(turns)
}

func (c Constant) eval(*stimuli) float64 { return float64(c) }

func (c Cos) eval(s *stimuli) float64 {
	if c.Phase == 0 {
		return s.cos[c.Angle-1]
	}
	_, cos := kernels.SincosTurns(s.turns[c.Angle-1] + c.Phase)
	return cos
}

func (c Sin) eval(s *stimuli) float64 {
	if c.Phase == 0 {
		return s.sin[c.Angle-1]
	}
	sin, _ := kernels.SincosTurns(s.turns[c.Angle-1] + c.Phase)
	return sin
}

func (v Sum) eval(s *stimuli) float64 {
	sum := v[0].eval(s)
	for _, term := range v[1:] {
		sum += term.eval(s)
	}
	return sum
}

func (v Max) eval(s *stimuli) float64 {
	most := v[0].eval(s)
	for _, term := range v[1:] {
		most = max(most, term.eval(s))
	}
	return most
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
