package taskfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"molap/cmd/molap/internal/suggest"
	"molap/tasks"
)

// maxExpression is the greatest length of an expression in bytes. It also bounds how deep an expression
// nests.
const maxExpression = 1000

// expressionError says what is wrong with an expression, and at which byte.
type expressionError struct {
	at      int
	message string
}

// expressionParser reads an expression of the grammar
//
//	sum     = product { ("+" | "-") product }
//	product = factor { ("*" | "/") factor }
//	factor  = "-" factor | primary [ "^" factor ]
//	primary = number | draw | ("cos" | "sin") draw | function "(" terms ")" | "(" sum ")"
//
// where draws have the given names, and in a family of channels the index has its name. A sum of
// several terms is one tasks.Sum, and likewise a product; a bracket is a value of its own.
type expressionParser struct {
	text  string
	at    int // the next byte
	draws []string
	index bool // whether the channel belongs to a family, so that its index has a name
}

// parseExpression returns the value that an expression means.
func parseExpression(text string, draws []string, index bool) (v tasks.Value, err *expressionError) {
	if len(text) > maxExpression {
		return nil, &expressionError{0, fmt.Sprintf("expression of %d bytes: want at most %d", len(text), maxExpression)}
	}
	e := &expressionParser{text: text, draws: draws, index: index}
	defer func() {
		if r := recover(); r != nil {
			failed, ours := r.(*expressionError)
			if !ours {
				panic(r)
			}
			v, err = nil, failed
		}
	}()
	v = e.sum()
	if next, at := e.peek(); next != "" {
		e.fail(at, "unexpected %q", next)
	}
	return v, nil
}

// fail ends the parsing.
func (e *expressionParser) fail(at int, format string, args ...any) {
	panic(&expressionError{at, fmt.Sprintf(format, args...)})
}

// tokenPattern matches the token that a text begins with: a number (digits, a fraction, an exponent), a word or
// a character.
var tokenPattern = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\pL[\pL\p{Nd}_]*|(?s:.))`)

// peek returns the next token and where it is; "" at the end.
func (e *expressionParser) peek() (token string, at int) {
	rest := strings.TrimLeft(e.text[e.at:], " \t\n\r")
	e.at = len(e.text) - len(rest)
	return tokenPattern.FindString(rest), e.at
}

// next returns the next token and moves behind it.
func (e *expressionParser) next() (token string, at int) {
	token, at = e.peek()
	e.at = at + len(token)
	return token, at
}

// accept moves behind the token if it is the next.
func (e *expressionParser) accept(token string) bool {
	if next, _ := e.peek(); next != token {
		return false
	}
	e.next()
	return true
}

// expect moves behind a token that must be the next.
func (e *expressionParser) expect(want, after string) {
	if token, at := e.next(); token != want {
		e.fail(at, "%s after %s, want %q", foundToken(token), after, want)
	}
}

func foundToken(token string) string {
	if token == "" {
		return "nothing"
	}
	return strconv.Quote(token)
}

func (e *expressionParser) sum() tasks.Value {
	return e.chain(e.product, "+", "-",
		func(terms []tasks.Value) tasks.Value { return tasks.Sum(terms) },
		func(a, b tasks.Value) tasks.Value { return tasks.Difference{A: a, B: b} })
}

func (e *expressionParser) product() tasks.Value {
	return e.chain(e.factor, "*", "/",
		func(factors []tasks.Value) tasks.Value { return tasks.Product(factors) },
		func(a, b tasks.Value) tasks.Value { return tasks.Quotient{A: a, B: b} })
}

// chain reads operands with signs between them. The function join makes one value of all operands with
// the sign several between them; two makes one of everything before the sign pair and the operand after it.
func (e *expressionParser) chain(operand func() tasks.Value, several, pair string,
	join func([]tasks.Value) tasks.Value, two func(a, b tasks.Value) tasks.Value) tasks.Value {
	operands := []tasks.Value{operand()} // of the value that is being read
	value := func() tasks.Value {
		if len(operands) == 1 {
			return operands[0]
		}
		return join(operands)
	}
	for {
		switch {
		case e.accept(several):
			operands = append(operands, operand())
		case e.accept(pair):
			before := value()
			operands = []tasks.Value{two(before, operand())}
		default:
			return value()
		}
	}
}

func (e *expressionParser) factor() tasks.Value {
	if e.accept("-") {
		v := e.factor()
		if c, ok := v.(tasks.Constant); ok {
			return -c
		}
		return tasks.Product{tasks.Constant(-1), v}
	}
	v := e.primary()
	if e.accept("^") {
		return tasks.Power{Base: v, Exponent: e.factor()}
	}
	return v
}

func (e *expressionParser) primary() tasks.Value {
	token, at := e.next()
	switch {
	case token == "(":
		v := e.sum()
		e.expect(")", "the bracket's value")
		return v
	case token != "" && '0' <= token[0] && token[0] <= '9':
		x, err := strconv.ParseFloat(token, 64)
		if err != nil {
			e.fail(at, "%s is too large a number", token)
		}
		return tasks.Constant(x)
	case token == tasks.IndexName && e.index:
		return tasks.Index{}
	case tasks.IsWord(token):
		return e.draw(token, at)
	case token != "" && unicode.IsLetter([]rune(token)[0]):
		return e.call(token)
	}
	e.fail(at, "%s where a number, a draw, a function or a bracket is wanted", foundToken(token))
	return nil
}

// draw returns the draw of that name.
func (e *expressionParser) draw(name string, at int) tasks.Value {
	if slices.Contains(e.draws, name) {
		return tasks.Drawn(name)
	}
	if next, _ := e.peek(); next == "(" {
		e.fail(at, "unknown function %q (%s)", name, suggest.Hint(name, tasks.Functions()))
	}
	if name == tasks.IndexName {
		e.fail(at, "%s is the number of a channel in its family: this one has no count", name)
	}
	e.fail(at, "unknown draw %q (%s)", name, suggest.Hint(name, e.draws))
	return nil
}

// call reads the rest of a function's call.
func (e *expressionParser) call(function string) tasks.Value {
	if function == "cos" || function == "sin" {
		if name, at := e.peek(); tasks.IsWord(name) {
			e.next()
			return unaryFunctions[function](e.draw(name, at))
		}
	}
	e.expect("(", function)
	v := e.arguments(function)
	e.expect(")", "the terms of "+function)
	return v
}

// unaryFunctions has the functions of one value, by name.
var unaryFunctions = map[string]func(tasks.Value) tasks.Value{
	"cos":  func(v tasks.Value) tasks.Value { return tasks.Cos{Of: v} },
	"sin":  func(v tasks.Value) tasks.Value { return tasks.Sin{Of: v} },
	"sign": func(v tasks.Value) tasks.Value { return tasks.Sign{Of: v} },
	"abs":  func(v tasks.Value) tasks.Value { return tasks.Abs{Of: v} },
	"exp":  func(v tasks.Value) tasks.Value { return tasks.Exp{Of: v} },
}

// arguments reads the arguments of a function and its closing bracket.
func (e *expressionParser) arguments(function string) tasks.Value {
	if one := unaryFunctions[function]; one != nil {
		return one(e.sum())
	}
	comma := func() { e.expect(",", "a term of "+function) }
	switch function {
	case "ramp":
		from := e.sum()
		comma()
		return tasks.Ramp{From: from, To: e.sum()}
	case "where":
		a := e.sum()
		sign, at := e.next()
		if sign != ">" && sign != "<" {
			e.fail(at, "%s after a term of where, want \">\" or \"<\"", foundToken(sign))
		}
		b := e.sum()
		if sign == "<" {
			a, b = b, a
		}
		comma()
		then := e.sum()
		comma()
		return tasks.Where{A: a, B: b, Then: then, Else: e.sum()}
	case "pulses":
		height := e.sum()
		comma()
		steps := e.count()
		comma()
		return tasks.Pulses{Height: height, Steps: steps, Every: e.count()}
	}
	terms := []tasks.Value{e.sum()}
	for e.accept(",") {
		terms = append(terms, e.sum())
	}
	if function == "max" {
		return tasks.Max(terms)
	}
	return tasks.Min(terms)
}

// count reads a number of steps.
func (e *expressionParser) count() int {
	token, at := e.next()
	n, err := strconv.ParseUint(token, 10, 31)
	if err != nil {
		e.fail(at, "%s where a number of steps is wanted", foundToken(token))
	}
	return int(n)
}
