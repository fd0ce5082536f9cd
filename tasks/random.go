package tasks

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/kernels"
)

// Draw is a named random number. Its random stream depends on its place among the task's draws and
// on the task's name. So a draw that is added at the end of the list does not change the other
// numbers of the trials.
type Draw struct {
	Name string
	From Source
}

// Source says how a number is drawn: OptionAngle, Uniform, Choice or Noise.
type Source interface {
	fmt.Stringer
	check() error
	reach() valueBounds // bounds of the numbers drawn
}

// OptionAngle is an angle drawn for each trial by Options.Angles. Options.SharedAngle applies to
// the first draw of a task, if that is an OptionAngle.
type OptionAngle struct{}

// Uniform is a number for each trial, uniform between Least and Most.
type Uniform struct{ Least, Most float64 }

// Choice is one of these numbers for each trial, with equal chances.
type Choice []float64

// Noise is a Gaussian number of mean 0 and this standard deviation, drawn anew at
// every step of every trial.
type Noise float64

// drawnNumbers is a draw and its values by trial. Noise has no values here, since it is drawn when a
// channel shows it.
type drawnNumbers struct {
	Draw
	stream   kernels.Stream
	value    []float64
	turns    []float64 // of an OptionAngle, as are the next
	sin, cos []float64
}

// reserve makes room for that many trials.
func (d *drawnNumbers) reserve(trials int) {
	switch d.From.(type) {
	case OptionAngle:
		d.turns, d.sin, d.cos = make([]float64, trials), make([]float64, trials), make([]float64, trials)
	case Noise:
	default:
		d.value = make([]float64, trials)
	}
}

// draw sets the values of so many trials.
func (d *drawnNumbers) draw(trials int, angles Angles) {
	switch from := d.From.(type) {
	case OptionAngle:
		turns, sin, cos := d.turns[:trials], d.sin[:trials], d.cos[:trials]
		for j := range turns {
			turns[j] = angles.draw(d.stream, j)
			sin[j], cos[j] = kernels.SincosTurns(turns[j])
		}
	case Uniform:
		for j := range d.value[:trials] {
			d.value[j] = math.FMA(d.stream.Uniform(uint64(j)), from.Most-from.Least, from.Least)
		}
	case Choice:
		for j := range d.value[:trials] {
			d.value[j] = from[d.stream.Intn(uint64(j), len(from))]
		}
	}
}

func (OptionAngle) String() string { return "an angle as the options say" }
func (u Uniform) String() string   { return fmt.Sprintf("uniform %g…%g", u.Least, u.Most) }
func (n Noise) String() string     { return fmt.Sprintf("noise of σ %g", float64(n)) }

func (c Choice) String() string {
	var text []string
	for _, x := range c {
		text = append(text, fmt.Sprint(x))
	}
	return "one of " + strings.Join(text, ", ")
}

func (OptionAngle) reach() valueBounds { return valueBounds{0, 360} }
func (u Uniform) reach() valueBounds   { return valueBounds{u.Least, u.Most} }
func (c Choice) reach() valueBounds    { return valueBounds{slices.Min(c), slices.Max(c)} }
func (n Noise) reach() valueBounds {
	return valueBounds{-largestNormal * float64(n), largestNormal * float64(n)}
}

// largestNormal bounds the size of the deviates of kernels.Variant.Normal.
const largestNormal = 5.77

func (OptionAngle) check() error { return nil }

func (u Uniform) check() error {
	if !isFinite(u.Least) || !isFinite(u.Most) || u.Least > u.Most {
		return fmt.Errorf("uniform from %g to %g: want two finite numbers, the smaller first", u.Least, u.Most)
	}
	return nil
}

func (c Choice) check() error {
	if len(c) == 0 || len(c) > maxChoices {
		return fmt.Errorf("choice of %d numbers: want 1…%d", len(c), maxChoices)
	}
	for _, x := range c {
		if !isFinite(x) {
			return fmt.Errorf("choice of %g, which is not finite", x)
		}
	}
	return nil
}

func (n Noise) check() error {
	if !isFinite(float64(n)) || n < 0 {
		return fmt.Errorf("noise %g is not a finite number ≥ 0", float64(n))
	}
	return nil
}
