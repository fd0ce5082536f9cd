package tasks

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"molap/kernels"
)

const (
	maxSize  = 1e6   // of what a channel shows
	maxPart  = 1e100 // of every part of an expression, so that no sum is of infinities
	minSize  = 1e-6  // of a divisor
	maxPower = 64    // of a whole number as exponent, which a negative base may have
)

// valueBounds holds bounds of a value: it is from lo to hi in every step of every trial.
type valueBounds struct{ lo, hi float64 }

func (b valueBounds) size() float64  { return max(math.Abs(b.lo), math.Abs(b.hi)) }
func (b valueBounds) String() string { return fmt.Sprintf("%g to %g", b.lo, b.hi) }

// nearZero reports whether a divisor with these bounds is too small.
func (b valueBounds) nearZero() bool { return b.lo < minSize && b.hi > -minSize }

// eitherBounds returns the bounds of either of two values.
func eitherBounds(a, b valueBounds) valueBounds { return valueBounds{min(a.lo, b.lo), max(a.hi, b.hi)} }

// monotoneBounds returns the bounds of f(a, b) for an f that is monotone in either.
func monotoneBounds(a, b valueBounds, f func(x, y float64) float64) valueBounds {
	v := []float64{f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)}
	return valueBounds{slices.Min(v), slices.Max(v)}
}

// bounds returns the bounds of a value that a channel shows, or an error that says what is wrong
// with the value. Sums, differences, products and quotients of bounds round as those of values do,
// and rounding is monotone; other functions stay far from the limits. So nothing that Draw computes
// is infinite or NaN.
func (t Task) bounds(c Channel, v Value) (valueBounds, error) {
	var of []valueBounds
	for _, term := range v.terms() {
		if term == nil {
			return valueBounds{}, fmt.Errorf("%s of a missing term", valueKind(v))
		}
		b, err := t.bounds(c, term)
		if err != nil {
			return valueBounds{}, err
		}
		of = append(of, b)
	}
	b, err := t.boundsOf(c, v, of)
	if err == nil && !(b.size() <= maxPart) {
		err = fmt.Errorf("%v can reach a size of %g: want at most %g of each part of an expression", v, b.size(), maxPart)
	}
	return b, err
}

// boundsOf returns the bounds of a value, given the bounds of its terms.
func (t Task) boundsOf(c Channel, v Value, of []valueBounds) (valueBounds, error) {
	switch v := v.(type) {
	case Constant:
		if !isFinite(float64(v)) {
			return valueBounds{}, fmt.Errorf("constant %g is not finite", float64(v))
		}
		return valueBounds{float64(v), float64(v)}, nil
	case Index:
		if c.Count == 0 {
			return valueBounds{}, fmt.Errorf("%v is the number of a channel in its family, and this one is in none", v)
		}
		return valueBounds{float64(c.Index), float64(c.Index)}, nil
	case Drawn:
		i := t.draw(string(v))
		if i < 0 {
			return valueBounds{}, fmt.Errorf("unknown draw %q (have %s)", string(v), t.drawNames())
		}
		return t.Draws[i].From.reach(), nil
	case Sum, Product, Max, Min:
		if len(of) == 0 {
			return valueBounds{}, fmt.Errorf("%s of no terms", valueKind(v))
		}
		return foldBounds(v, of), nil
	case Difference:
		return valueBounds{of[0].lo - of[1].hi, of[0].hi - of[1].lo}, nil
	case Quotient:
		if of[1].nearZero() {
			return valueBounds{}, fmt.Errorf("%v divides by %v, which can be from %v: want at least %g in size in every trial, such as max(%v, 0.01)",
				v, v.B, of[1], minSize, v.B)
		}
		return monotoneBounds(of[0], of[1], func(x, y float64) float64 { return x / y }), nil
	case Power:
		return powerBounds(v, of[0], of[1])
	case Exp:
		return valueBounds{kernels.Exp(of[0].lo), kernels.Exp(of[0].hi)}, nil
	case Abs:
		return valueBounds{max(0, of[0].lo, -of[0].hi), of[0].size()}, nil
	case Sign:
		return valueBounds{-1, 1}, nil
	case Where:
		return eitherBounds(of[2], of[3]), nil
	case Cos, Sin:
		if !(of[0].size() <= maxSize) {
			return valueBounds{}, fmt.Errorf("angle of %v can reach %g°: want at most %g", v, of[0].size(), maxSize)
		}
		return valueBounds{-1, 1}, nil
	case Ramp:
		return eitherBounds(of[0], of[1]), nil
	case Pulses:
		if v.Steps < 1 || v.Every < v.Steps || v.Every > t.Steps {
			return valueBounds{}, fmt.Errorf("pulses of %d steps every %d: want 1 ≤ steps ≤ every ≤ %d", v.Steps, v.Every, t.Steps)
		}
		return eitherBounds(of[0], valueBounds{}), nil
	}
	panic(fmt.Sprintf("tasks: no bounds of a %T", v))
}

// foldBounds returns the bounds of a sum, product, maximum or minimum of terms.
func foldBounds(v Value, of []valueBounds) valueBounds {
	b := of[0]
	for _, x := range of[1:] {
		switch v.(type) {
		case Sum:
			b = valueBounds{b.lo + x.lo, b.hi + x.hi}
		case Product:
			b = monotoneBounds(b, x, func(x, y float64) float64 { return float64(x * y) })
		case Max:
			b = valueBounds{max(b.lo, x.lo), max(b.hi, x.hi)}
		case Min:
			b = valueBounds{min(b.lo, x.lo), min(b.hi, x.hi)}
		}
	}
	return b
}

// powerBounds returns the bounds of a power, or an error. A base that can be negative needs a
// single whole number as exponent.
func powerBounds(v Power, base, exponent valueBounds) (valueBounds, error) {
	_, whole := wholeExponent(exponent.lo)
	whole = whole && exponent.lo == exponent.hi
	switch {
	case base.lo < 0 && !whole:
		return valueBounds{}, fmt.Errorf("%v is a power of %v, which can be from %v: want at least 0, unless the exponent is a whole number from -%d to %d",
			v, v.Base, base, maxPower, maxPower)
	case exponent.lo < 0 && base.nearZero():
		return valueBounds{}, fmt.Errorf("%v is a negative power of %v, which can be from %v: want at least %g in size in every trial",
			v, v.Base, base, minSize)
	}
	b := monotoneBounds(base, exponent, power)
	if base.lo < 0 && base.hi > 0 { // an even power is least at 0
		b = eitherBounds(b, valueBounds{power(0, exponent.lo), power(0, exponent.lo)})
	}
	return b, nil
}

// valueKind names the type of a value: "sum".
func valueKind(v Value) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", v), "tasks."))
}
