package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Shortest returns the shortest decimal that rounds to v, with an exponent only where plain digits
// would be long (the rule of JavaScript and encoding/json).
func Shortest(v float64, bits int) string {
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(v, format, -1, bits)
}

// Finite reports whether v is a number and no infinity.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Known returns a cell for x, empty if it is not finite.
func Known(x float64) any {
	if !Finite(x) {
		return nil
	}
	return x
}

// Digits writes v with three significant digits. Longer whole numbers keep all of theirs, and an
// exponent replaces zeros that would hide the digits.
func Digits(v float64) string {
	rounded := threeDigits(v)
	switch a := math.Abs(rounded); {
	case !Finite(v):
		return Minus(fmt.Sprint(v))
	case a == 0:
		return "0"
	case a < 1e-3 || a >= 1e6:
		return Minus(strconv.FormatFloat(v, 'e', 2, 64))
	case a >= 100:
		return Minus(strconv.FormatFloat(v, 'f', 0, 64))
	default:
		return Minus(strconv.FormatFloat(v, 'f', 2-int(math.Floor(math.Log10(a)+1e-9)), 64))
	}
}

// Brief writes a number that has no more than three digits as it is, others as [Digits] does.
func Brief(v float64) string {
	if a := math.Abs(v); a == threeDigits(a) && (a == 0 || a >= 1e-3 && a < 1e6) {
		return Minus(Shortest(v, 64))
	}
	return Digits(v)
}

// Minus writes the hyphens of a number as minus signs and Inf as ∞. A number that was rounded to zero gets
// no sign.
func Minus(s string) string {
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return strings.NewReplacer("-", "−", "Inf", "∞").Replace(s)
}

// Group sets thin spaces between the thousands of an integer of five digits and more.
func Group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	if len(digits) < 5 {
		return sign + digits
	}
	first := len(digits) % 3
	parts := []string{}
	if first > 0 {
		parts = append(parts, digits[:first])
	}
	for i := first; i < len(digits); i += 3 {
		parts = append(parts, digits[i:i+3])
	}
	return sign + strings.Join(parts, "\u2009")
}
