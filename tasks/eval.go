package tasks

import (
	"math"
	"slices"

	"molap/kernels"
)

// evaluator evaluates values for some trials of a task and, if the values move, for one step of these
// trials.
type evaluator struct {
	draws []drawnNumbers
	first int // trial of the first value asked for, a multiple of kernels.NormalGroup

	index      float64 // of the channel in its family
	step       int
	start, end []int32 // the part's steps, by trial

	steps   int // of a trial
	variant kernels.Variant
	deviate [kernels.NormalGroup]float32

	spare [][]float64 // of terms, as deep as values are nested
	inUse int         // of spare
}

func (s *evaluator) find(name Drawn) *drawnNumbers {
	return &s.draws[slices.IndexFunc(s.draws, func(d drawnNumbers) bool { return d.Name == string(name) })]
}

// borrow returns room for n values until it is given back by s.inUse--.
func (s *evaluator) borrow(n int) []float64 {
	if s.inUse == len(s.spare) {
		s.spare = append(s.spare, nil)
	}
	s.spare[s.inUse] = slices.Grow(s.spare[s.inUse][:0], n)
	s.inUse++
	return s.spare[s.inUse-1][:n]
}

// fold sets dst to the first of the terms and folds the others into it, from left
// to right.
func (s *evaluator) fold(dst []float64, terms []Value, into func(dst, term []float64)) {
	terms[0].eval(dst, s)
	term := s.borrow(len(dst))
	for _, t := range terms[1:] {
		t.eval(term, s)
		into(dst, term)
	}
	s.inUse--
}

func (c Constant) eval(dst []float64, _ *evaluator) {
	for j := range dst {
		dst[j] = float64(c)
	}
}

func (Index) eval(dst []float64, s *evaluator) { Constant(s.index).eval(dst, s) }

func (d Drawn) eval(dst []float64, s *evaluator) {
	from := s.find(d)
	switch source := from.From.(type) {
	case OptionAngle:
		for j, turns := range from.turns[s.first:][:len(dst)] {
			dst[j] = float64(turns * 360)
		}
	case Noise:
		s.noise(dst, from.stream, float64(source))
	default:
		copy(dst, from.value[s.first:])
	}
}

// noise sets dst to the deviates of a step: trials 32k…32k+31 at step t take group
// k·steps + t of the stream.
func (s *evaluator) noise(dst []float64, stream kernels.Stream, sigma float64) {
	for j := 0; j < len(dst); j += len(s.deviate) {
		block := (s.first + j) / len(s.deviate)
		s.variant.Normal(s.deviate[:], stream, uint64(block*s.steps+s.step))
		for i := range dst[j:min(j+len(s.deviate), len(dst))] {
			dst[j+i] = float64(sigma * float64(s.deviate[i]))
		}
	}
}

func (v Sum) eval(dst []float64, s *evaluator) { s.fold(dst, v, add) }

func (v Product) eval(dst []float64, s *evaluator) {
	s.fold(dst, v, func(dst, term []float64) {
		for j, x := range term {
			dst[j] *= x
		}
	})
}

func (v Max) eval(dst []float64, s *evaluator) {
	s.fold(dst, v, func(dst, term []float64) {
		for j, x := range term {
			dst[j] = max(dst[j], x)
		}
	})
}

func (v Min) eval(dst []float64, s *evaluator) {
	s.fold(dst, v, func(dst, term []float64) {
		for j, x := range term {
			dst[j] = min(dst[j], x)
		}
	})
}

func (v Difference) eval(dst []float64, s *evaluator) { s.pair(dst, v.A, v.B, subtract) }

func (v Quotient) eval(dst []float64, s *evaluator) {
	s.pair(dst, v.A, v.B, func(dst, b []float64) {
		for j, x := range b {
			dst[j] /= x
		}
	})
}

func (v Power) eval(dst []float64, s *evaluator) {
	s.pair(dst, v.Base, v.Exponent, func(dst, b []float64) {
		for j, x := range b {
			dst[j] = power(dst[j], x)
		}
	})
}

// pair sets dst to a and joins b to it.
func (s *evaluator) pair(dst []float64, a, b Value, join func(dst, b []float64)) {
	other := s.borrow(len(dst))
	a.eval(dst, s)
	b.eval(other, s)
	join(dst, other)
	s.inUse--
}

// power returns aᵇ; see Power.
func power(a, b float64) float64 {
	if n, whole := wholeExponent(b); whole {
		if p := kernels.PowInt(a, max(n, -n)); n >= 0 {
			return p
		} else {
			return 1 / p
		}
	}
	if a <= 0 { // below 0 by a rounding
		return 0
	}
	return kernels.Exp(float64(b * kernels.Log(a)))
}

// wholeExponent returns an exponent that is a whole number from -maxPower to maxPower.
func wholeExponent(b float64) (n int, whole bool) {
	if !(math.Abs(b) <= maxPower) {
		return 0, false
	}
	n = int(b)
	return n, float64(n) == b
}

func (v Abs) eval(dst []float64, s *evaluator) {
	v.Of.eval(dst, s)
	for j, x := range dst {
		dst[j] = math.Abs(x)
	}
}

func (v Exp) eval(dst []float64, s *evaluator) {
	v.Of.eval(dst, s)
	for j, x := range dst {
		dst[j] = kernels.Exp(x)
	}
}

func (v Sign) eval(dst []float64, s *evaluator) {
	v.Of.eval(dst, s)
	for j, x := range dst {
		switch {
		case x > 0:
			dst[j] = 1
		case x < 0:
			dst[j] = -1
		default:
			dst[j] = 0
		}
	}
}

func (v Where) eval(dst []float64, s *evaluator) {
	a, b, other := s.borrow(len(dst)), s.borrow(len(dst)), s.borrow(len(dst))
	v.A.eval(a, s)
	v.B.eval(b, s)
	v.Then.eval(dst, s)
	v.Else.eval(other, s)
	for j := range dst {
		if !(a[j] > b[j]) {
			dst[j] = other[j]
		}
	}
	s.inUse -= 3
}

func (v Cos) eval(dst []float64, s *evaluator) {
	if d := s.optionAngle(v.Of); d != nil {
		copy(dst, d.cos[s.first:])
		return
	}
	s.turns(dst, v.Of)
	for j, turns := range dst {
		_, dst[j] = kernels.SincosTurns(turns)
	}
}

func (v Sin) eval(dst []float64, s *evaluator) {
	if d := s.optionAngle(v.Of); d != nil {
		copy(dst, d.sin[s.first:])
		return
	}
	s.turns(dst, v.Of)
	for j, turns := range dst {
		dst[j], _ = kernels.SincosTurns(turns)
	}
}

// optionAngle returns the draw that v is, if that is an OptionAngle.
func (s *evaluator) optionAngle(v Value) *drawnNumbers {
	if name, ok := v.(Drawn); ok {
		if d := s.find(name); d.turns != nil {
			return d
		}
	}
	return nil
}

// turns sets dst to an angle in turns.
func (s *evaluator) turns(dst []float64, v Value) {
	switch v := v.(type) {
	case Sum:
		s.turns(dst, v[0])
		term := s.borrow(len(dst))
		for _, t := range v[1:] {
			s.turns(term, t)
			add(dst, term)
		}
		s.inUse--
		return
	case Difference:
		b := s.borrow(len(dst))
		s.turns(dst, v.A)
		s.turns(b, v.B)
		subtract(dst, b)
		s.inUse--
		return
	}
	if d := s.optionAngle(v); d != nil {
		copy(dst, d.turns[s.first:])
		return
	}
	v.eval(dst, s)
	for j := range dst {
		dst[j] /= 360
	}
}

func (v Ramp) eval(dst []float64, s *evaluator) {
	to := s.borrow(len(dst))
	v.From.eval(dst, s)
	v.To.eval(to, s)
	for j := range dst {
		start, end := s.part(j)
		if last := end - start - 1; last > 0 {
			u := float64(s.step-start) / float64(last)
			dst[j] = float64(dst[j]*(1-u)) + float64(to[j]*u)
		}
	}
	s.inUse--
}

func (v Pulses) eval(dst []float64, s *evaluator) {
	v.Height.eval(dst, s)
	for j := range dst {
		if start, _ := s.part(j); s.step < start || (s.step-start)%v.Every >= v.Steps {
			dst[j] = 0
		}
	}
}

// part returns the first step of the part at hand, and the step after its last, in the trial of
// value j.
func (s *evaluator) part(j int) (start, end int) {
	return int(s.start[s.first+j]), int(s.end[s.first+j])
}

func add(dst, x []float64) {
	for j, v := range x {
		dst[j] += v
	}
}

func subtract(dst, x []float64) {
	for j, v := range x {
		dst[j] -= v
	}
}
