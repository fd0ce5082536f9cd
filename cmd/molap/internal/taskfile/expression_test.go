package taskfile

import (
	"reflect"
	"testing"

	"molap/tasks"
)

func TestExpressions(t *testing.T) {
	const a, b, c = tasks.Drawn("a"), tasks.Drawn("b"), tasks.Drawn("θ_3")
	one, two := tasks.Constant(1), tasks.Constant(2)
	for text, want := range map[string]tasks.Value{
		"1":                      one,
		"1e-2":                   tasks.Constant(0.01),
		" - 2.50 ":               tasks.Constant(-2.5),
		"a+b+θ_3":                tasks.Sum{a, b, c},
		"(a + b) + θ_3":          tasks.Sum{tasks.Sum{a, b}, c},
		"a + (b + θ_3)":          tasks.Sum{a, tasks.Sum{b, c}},
		"a - b + θ_3":            tasks.Sum{tasks.Difference{A: a, B: b}, c},
		"a + b - θ_3 - 1":        tasks.Difference{A: tasks.Difference{A: tasks.Sum{a, b}, B: c}, B: one},
		"a - b * 2":              tasks.Difference{A: a, B: tasks.Product{b, two}},
		"a * (b - 2) * -1":       tasks.Product{a, tasks.Difference{A: b, B: two}, tasks.Constant(-1)},
		"(a * b) * θ_3":          tasks.Product{tasks.Product{a, b}, c},
		"-a * b":                 tasks.Product{tasks.Product{tasks.Constant(-1), a}, b},
		"-(a + b)":               tasks.Product{tasks.Constant(-1), tasks.Sum{a, b}},
		"a - -1":                 tasks.Difference{A: a, B: tasks.Constant(-1)},
		"a * b / θ_3 * 2":        tasks.Product{tasks.Quotient{A: tasks.Product{a, b}, B: c}, two},
		"a / b / θ_3":            tasks.Quotient{A: tasks.Quotient{A: a, B: b}, B: c},
		"a / (b / θ_3)":          tasks.Quotient{A: a, B: tasks.Quotient{A: b, B: c}},
		"(a * b) / θ_3":          tasks.Quotient{A: tasks.Product{a, b}, B: c},
		"a + b / 2":              tasks.Sum{a, tasks.Quotient{A: b, B: two}},
		"2 ^ a ^ b":              tasks.Power{Base: two, Exponent: tasks.Power{Base: a, Exponent: b}},
		"(2 ^ a) ^ b":            tasks.Power{Base: tasks.Power{Base: two, Exponent: a}, Exponent: b},
		"-a ^ 2":                 tasks.Product{tasks.Constant(-1), tasks.Power{Base: a, Exponent: two}},
		"(-2) ^ 2":               tasks.Power{Base: tasks.Constant(-2), Exponent: two},
		"-2 ^ 2":                 tasks.Product{tasks.Constant(-1), tasks.Power{Base: two, Exponent: two}},
		"a ^ -1 * b":             tasks.Product{tasks.Power{Base: a, Exponent: tasks.Constant(-1)}, b},
		"a ^ -b":                 tasks.Power{Base: a, Exponent: tasks.Product{tasks.Constant(-1), b}},
		"cos a ^ 2":              tasks.Power{Base: tasks.Cos{Of: a}, Exponent: two},
		"cos(a) ^ sin b":         tasks.Power{Base: tasks.Cos{Of: a}, Exponent: tasks.Sin{Of: b}},
		"exp(-abs(a - i))":       tasks.Exp{Of: tasks.Product{tasks.Constant(-1), tasks.Abs{Of: tasks.Difference{A: a, B: tasks.Index{}}}}},
		"i / 2":                  tasks.Quotient{A: tasks.Index{}, B: two},
		"cos a * sin(b)":         tasks.Product{tasks.Cos{Of: a}, tasks.Sin{Of: b}},
		"cos(a + 180)":           tasks.Cos{Of: tasks.Sum{a, tasks.Constant(180)}},
		"cos sin":                nil,
		"max(a)":                 tasks.Max{a},
		"max(a, min(b, θ_3, 1))": tasks.Max{a, tasks.Min{b, c, one}},
		"sign(a - b)":            tasks.Sign{Of: tasks.Difference{A: a, B: b}},
		"where(a > b, 1, 2)":     tasks.Where{A: a, B: b, Then: one, Else: two},
		"where(a < b, 1, 2)":     tasks.Where{A: b, B: a, Then: one, Else: two},
		"ramp(0, a)":             tasks.Ramp{From: tasks.Constant(0), To: a},
		"pulses(a + 1, 2, 10)":   tasks.Pulses{Height: tasks.Sum{a, one}, Steps: 2, Every: 10},
	} {
		v, err := parseExpression(text, []string{"a", "b", "θ_3"}, true)
		if want == nil {
			if err == nil {
				t.Errorf("%q is %v, want an error", text, v)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(v, want) {
			t.Errorf("%q is %#v (%v), want %#v", text, v, err, want)
			continue
		}
		back, err := parseExpression(v.String(), []string{"a", "b", "θ_3"}, true)
		if err != nil || !reflect.DeepEqual(back, v) {
			t.Errorf("%q is written %q, which is %#v (%v)", text, v, back, err)
		}
	}
}
