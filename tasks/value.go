package tasks

import (
	"fmt"
	"math"
	"strings"
)

// Value is what a channel shows: an expression over the draws of a trial, made of
// Constant, Drawn, Index, Sum, Difference, Product, Quotient, Power, Max, Min, Sign, Abs,
// Exp, Where, Cos, Sin, Ramp and Pulses. Its String is the expression as task files write it.
type Value interface {
	fmt.Stringer
	terms() []Value
	eval(dst []float64, s *evaluator)
}

// Constant is the same value in every trial.
type Constant float64

// Drawn is the value of the draw of that name; of an OptionAngle, in degrees.
type Drawn string

// Index is Channel.Index, the number of the channel in its family.
type Index struct{}

// Sum is the sum of its terms, added from left to right.
type Sum []Value

// Difference is A - B.
type Difference struct{ A, B Value }

// Product is the product of its terms, multiplied from left to right.
type Product []Value

// Quotient is A / B. In every trial |B| is at least 1e-6. A task that allows a smaller |B| is not
// valid.
type Quotient struct{ A, B Value }

// Power is Base to the power of Exponent. A whole exponent from -64 to 64 is computed by squaring,
// any other as exp(Exponent · log Base), or 0 for the base 0. Unless the exponent is one such whole
// number, the base must be at least 0 in every trial.
type Power struct{ Base, Exponent Value }

// Max is the largest of its terms.
type Max []Value

// Min is the smallest of its terms.
type Min []Value

// Sign is -1, 0 or 1 for a value below 0, 0 or above 0.
type Sign struct{ Of Value }

// Abs is the size of a value without its sign.
type Abs struct{ Of Value }

// Exp is e to the power of a value.
type Exp struct{ Of Value }

// Where is Then in trials with A > B, and Else in the others.
type Where struct{ A, B, Then, Else Value }

// Cos is the cosine of an angle in degrees. The angle is computed in turns; a sum or difference is
// converted term by term.
type Cos struct{ Of Value }

// Sin is the sine of an angle in degrees; see Cos.
type Sin struct{ Of Value }

// Ramp moves from From at the first step of its part to To at the last, by the
// same amount in every step.
type Ramp struct{ From, To Value }

// Pulses is Height for the first Steps of every Every steps, counted from the
// start of its part, and 0 for the others.
type Pulses struct {
	Height       Value
	Steps, Every int
}

func (c Constant) terms() []Value   { return nil }
func (d Drawn) terms() []Value      { return nil }
func (i Index) terms() []Value      { return nil }
func (v Sum) terms() []Value        { return v }
func (v Difference) terms() []Value { return []Value{v.A, v.B} }
func (v Product) terms() []Value    { return v }
func (v Quotient) terms() []Value   { return []Value{v.A, v.B} }
func (v Power) terms() []Value      { return []Value{v.Base, v.Exponent} }
func (v Max) terms() []Value        { return v }
func (v Min) terms() []Value        { return v }
func (v Sign) terms() []Value       { return []Value{v.Of} }
func (v Abs) terms() []Value        { return []Value{v.Of} }
func (v Exp) terms() []Value        { return []Value{v.Of} }
func (v Where) terms() []Value      { return []Value{v.A, v.B, v.Then, v.Else} }
func (v Cos) terms() []Value        { return []Value{v.Of} }
func (v Sin) terms() []Value        { return []Value{v.Of} }
func (v Ramp) terms() []Value       { return []Value{v.From, v.To} }
func (v Pulses) terms() []Value     { return []Value{v.Height} }

func (c Constant) String() string { return fmt.Sprint(float64(c)) }
func (d Drawn) String() string    { return string(d) }
func (i Index) String() string    { return IndexName }

func (v Sum) String() string {
	var text []string
	for i, t := range v {
		if _, sum := t.(Sum); i == 0 && !sum {
			text = append(text, t.String())
		} else {
			text = append(text, operandText(t))
		}
	}
	return strings.Join(text, " + ")
}

func (v Difference) String() string { return fmt.Sprintf("%v - %s", v.A, operandText(v.B)) }

func (v Product) String() string {
	var text []string
	for i, t := range v {
		_, product := t.(Product)
		_, quotient := t.(Quotient)
		if product || quotient && i > 0 {
			text = append(text, "("+t.String()+")")
		} else {
			text = append(text, operandText(t))
		}
	}
	return strings.Join(text, " * ")
}

func (v Quotient) String() string { return operandText(v.A) + " / " + factorText(v.B) }

func (v Power) String() string {
	base := factorText(v.Base)
	switch b := v.Base.(type) {
	case Constant:
		if math.Signbit(float64(b)) {
			base = "(" + base + ")"
		}
	case Cos, Sin, Power: // cos θ ^ 2 would be misread
		base = "(" + base + ")"
	}
	return base + " ^ " + factorText(v.Exponent)
}

func (v Max) String() string { return callText("max", v...) }
func (v Min) String() string { return callText("min", v...) }

func (v Sign) String() string { return callText("sign", v.Of) }
func (v Abs) String() string  { return callText("abs", v.Of) }
func (v Exp) String() string  { return callText("exp", v.Of) }
func (v Where) String() string {
	return fmt.Sprintf("where(%v > %v, %v, %v)", v.A, v.B, v.Then, v.Else)
}
func (v Cos) String() string  { return angleFunction("cos", v.Of) }
func (v Sin) String() string  { return angleFunction("sin", v.Of) }
func (v Ramp) String() string { return callText("ramp", v.From, v.To) }

func (v Pulses) String() string {
	return fmt.Sprintf("pulses(%v, %d, %d)", v.Height, v.Steps, v.Every)
}

// operandText writes a value as an operand of an operator that binds more tightly than
// + and -.
func operandText(v Value) string {
	switch v.(type) {
	case Sum, Difference:
		return "(" + v.String() + ")"
	}
	return v.String()
}

// factorText writes a value as an operand of an operator that binds more tightly than *.
func factorText(v Value) string {
	switch v.(type) {
	case Product, Quotient:
		return "(" + v.String() + ")"
	}
	return operandText(v)
}

func callText(function string, terms ...Value) string {
	var text []string
	for _, t := range terms {
		text = append(text, t.String())
	}
	return function + "(" + strings.Join(text, ", ") + ")"
}

// angleFunction writes cos θ1, with brackets around any other angle.
func angleFunction(function string, of Value) string {
	if d, ok := of.(Drawn); ok {
		return function + " " + string(d)
	}
	return callText(function, of)
}
