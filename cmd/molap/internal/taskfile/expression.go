package taskfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"molap/cmd/molap/internal/suggest"
	"molap/tasks"
)

// maxExpression bounds the length of an expression in bytes, and with it how deep
// it nests.
const maxExpression = 1000

// expressionError is what is wrong with an expression, and at which byte of it.
type expressionError struct {
	at      int
	message string
}

// expression reads
//
//	sum     = product { ("+" | "-") product }
//	product = factor { ("*" | "/") factor }
//	factor  = "-" factor | primary [ "^" factor ]
//	primary = number | draw | ("cos" | "sin") draw | function "(" terms ")" | "(" sum ")"
//
// where draws have the given names, and in a family of channels the index has its name. A sum of
// several terms is one tasks.Sum, and likewise a product; a bracket is a value of its own.
type expression struct {
	text  string
	at    int // the next byte
	draws []string
	index bool // of a family
}

// parseExpression returns the value that an expression means.
func parseExpression(text string, draws []string, index bool) (v tasks.Value, err *expressionError) {
	if len(text) > maxExpression {
		return nil, &expressionError{0, fmt.Sprintf("expression of %d bytes: want at most %d", len(text), maxExpression)}
	}
	e := &expression{text: text, draws: draws, index: index}
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
func (e *expression) fail(at int, format string, args ...any) {
	panic(&expressionError{at, fmt.Sprintf(format, args...)})
}

// peek returns the next token, a number, a word or a character, and where it is;
// "" at the end.
func (e *expression) peek() (token string, at int) {
	for e.at < len(e.text) && (e.text[e.at] == ' ' || e.text[e.at] == '\t' || e.text[e.at] == '\n' || e.text[e.at] == '\r') {
		e.at++
	}
	rest := e.text[e.at:]
	if rest == "" {
		return "", e.at
	}
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case '0' <= r && r <= '9':
		return rest[:numberLength(rest)], e.at
	case unicode.IsLetter(r):
		end := strings.IndexFunc(rest, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if end < 0 {
			end = len(rest)
		}
		return rest[:end], e.at
	}
	return rest[:size], e.at
}

// numberLength returns the length of the number that text begins with: digits, a
// fraction, an exponent.
func numberLength(text string) int {
	digits := func(i int) int {
		for i < len(text) && '0' <= text[i] && text[i] <= '9' {
			i++
		}
		return i
	}
	n := digits(0)
	if n+1 < len(text) && text[n] == '.' && digits(n+1) > n+1 {
		n = digits(n + 1)
	}
	if n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		i := n + 1
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if digits(i) > i {
			n = digits(i)
		}
	}
	return n
}

// next returns the next token and moves behind it.
func (e *expression) next() (token string, at int) {
	token, at = e.peek()
	e.at = at + len(token)
	return token, at
}

// accept moves behind the token if it is the next.
func (e *expression) accept(token string) bool {
	if next, _ := e.peek(); next != token {
		return false
	}
	e.next()
	return true
}

// expect moves behind a token that must be the next.
func (e *expression) expect(want, after string) {
	if token, at := e.next(); token != want {
		e.fail(at, "%s after %s, want %q", found(token), after, want)
	}
}

func found(token string) string {
	if token == "" {
		return "nothing"
	}
	return strconv.Quote(token)
}

func (e *expression) sum() tasks.Value {
	v := e.product()
	open := false // v is a sum that further terms belong to
	for {
		switch {
		case e.accept("+"):
			term := e.product()
			if s, ok := v.(tasks.Sum); ok && open {
				v = append(s, term)
			} else {
				v, open = tasks.Sum{v, term}, true
			}
		case e.accept("-"):
			v, open = tasks.Difference{A: v, B: e.product()}, false
		default:
			return v
		}
	}
}

func (e *expression) product() tasks.Value {
	v := e.factor()
	open := false // v is a product that further factors belong to
	for {
		switch {
		case e.accept("*"):
			factor := e.factor()
			if p, ok := v.(tasks.Product); ok && open {
				v = append(p, factor)
			} else {
				v, open = tasks.Product{v, factor}, true
			}
		case e.accept("/"):
			v, open = tasks.Quotient{A: v, B: e.factor()}, false
		default:
			return v
		}
	}
}

func (e *expression) factor() tasks.Value {
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

func (e *expression) primary() tasks.Value {
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
	e.fail(at, "%s where a number, a draw, a function or a bracket is wanted", found(token))
	return nil
}

// draw returns the draw of that name.
func (e *expression) draw(name string, at int) tasks.Value {
	for _, d := range e.draws {
		if d == name {
			return tasks.Drawn(name)
		}
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
func (e *expression) call(function string) tasks.Value {
	if function == "cos" || function == "sin" {
		if name, at := e.peek(); tasks.IsWord(name) {
			e.next()
			return angleFunction(function, e.draw(name, at))
		}
	}
	e.expect("(", function)
	v := e.arguments(function)
	e.expect(")", "the terms of "+function)
	return v
}

// arguments reads what a function's brackets hold.
func (e *expression) arguments(function string) tasks.Value {
	comma := func() { e.expect(",", "a term of "+function) }
	switch function {
	case "cos", "sin":
		return angleFunction(function, e.sum())
	case "sign":
		return tasks.Sign{Of: e.sum()}
	case "abs":
		return tasks.Abs{Of: e.sum()}
	case "exp":
		return tasks.Exp{Of: e.sum()}
	case "ramp":
		from := e.sum()
		comma()
		return tasks.Ramp{From: from, To: e.sum()}
	case "where":
		a := e.sum()
		sign, at := e.next()
		if sign != ">" && sign != "<" {
			e.fail(at, "%s after a term of where, want \">\" or \"<\"", found(sign))
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

func angleFunction(function string, of tasks.Value) tasks.Value {
	if function == "cos" {
		return tasks.Cos{Of: of}
	}
	return tasks.Sin{Of: of}
}

// count reads a number of steps.
func (e *expression) count() int {
	token, at := e.next()
	n, err := strconv.ParseUint(token, 10, 31)
	if err != nil {
		e.fail(at, "%s where a number of steps is wanted", found(token))
	}
	return int(n)
}
