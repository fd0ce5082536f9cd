package profile

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// domain is the set of values that a key allows.
type domain struct {
	kind     string // "integer", "number", "name", "switch", "order" or "text"
	min, max float64
	openMin  bool // min itself is not allowed
	openMax  bool
	words    []string
	optional bool // the key need not be set; zero, which is not printed, stands for usual
	usual    string
}

// unless returns the domain of a key that need not be set; zero stands for usual.
func (d domain) unless(usual string) domain {
	d.optional, d.usual = true, usual
	return d
}

// permutation allows the digits 1 to n, each once, in any order.
func permutation(n int) domain { return domain{kind: "order", max: float64(n)} }

// text allows what a TOML file can have between three apostrophes, up to that many bytes, or nothing.
func text(bytes int) domain { return domain{kind: "text", max: float64(bytes), optional: true} }

func integers(min, max float64) domain { return domain{kind: "integer", min: min, max: max} }
func positive(max float64) domain      { return domain{kind: "number", max: max, openMin: true} }
func from0(max float64) domain         { return domain{kind: "number", max: max} }
func upTo1() domain                    { return domain{kind: "number", max: 1, openMin: true} }
func below1() domain                   { return domain{kind: "number", max: 1, openMax: true} }
func switches() domain                 { return domain{kind: "switch", words: []string{"false", "true"}} }

func names[S ~string](values ...S) domain {
	d := domain{kind: "name"}
	for _, v := range values {
		d.words = append(d.words, string(v))
	}
	return d
}

// allowed says what the domain allows, without its kind.
func (d domain) allowed() string {
	low, high := "≥ ", "≤ "
	if d.openMin {
		low = "> "
	}
	if d.openMax {
		high = "< "
	}
	switch d.kind {
	case "name":
		return strings.Join(d.words, ", ")
	case "switch":
		return "true, false"
	case "order":
		return fmt.Sprintf("the digits 1 to %d, each once, such as %q", int(d.max), "123456789"[:int(d.max)])
	case "text":
		return fmt.Sprintf("up to %d bytes of printable text without three apostrophes", int(d.max))
	case "integer":
		return fmt.Sprintf("%v to %v", d.min, int(d.max))
	default:
		return low + formatFloat(d.min) + " and " + high + formatFloat(d.max)
	}
}

// want says what the domain allows, for errors.
func (d domain) want() string {
	if d.kind == "integer" || d.kind == "number" {
		return d.kind + " " + d.allowed()
	}
	return d.allowed()
}

// contains reports whether the value lies in the domain; NaN never does.
func (d domain) contains(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool:
		return true
	case reflect.String:
		if d.kind == "order" {
			digits := []byte(v.String())
			slices.Sort(digits)
			return string(digits) == "123456789"[:int(d.max)]
		}
		if d.kind == "text" {
			return len(v.String()) <= int(d.max) && !strings.Contains(v.String()+"''", "'''") && strings.IndexFunc(v.String(), unprintable) < 0
		}
		for _, w := range d.words {
			if v.String() == w {
				return true
			}
		}
		return false
	}
	var x float64
	if v.CanInt() {
		x = float64(v.Int())
	} else {
		x = v.Float()
	}
	return (x > d.min || x == d.min && !d.openMin) && (x < d.max || x == d.max && !d.openMax)
}

// unprintable reports whether a text must not have the rune; lines may end.
func unprintable(r rune) bool {
	return r == utf8.RuneError || !unicode.IsPrint(r) && r != '\n' && r != '\t'
}

// field returns the settable value of a key, or of a group of keys.
func (s *Settings) field(key string) reflect.Value {
	at, known := fields()[key]
	if !known {
		panic(fmt.Sprintf("profile: no field for %q", key))
	}
	return reflect.ValueOf(s).Elem().FieldByIndex(at)
}

// text writes the value of a key as TOML does.
func (s *Settings) text(k Key) string {
	v := s.field(k.Name)
	if k.domain.usual != "" && v.IsZero() {
		return k.domain.usual
	}
	return format(v)
}

// settle keeps the usual value of a key as zero.
func (k Key) settle(v reflect.Value) {
	if k.domain.usual != "" && format(v) == k.domain.usual {
		v.SetZero()
	}
}

// fields tells where in Settings the field of each key and group is. Looking for a field by its tag
// would noticeably slow down sweeps of many points.
var fields = sync.OnceValue(func() map[string][]int {
	at := map[string][]int{}
	for _, group := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		if group.Type.Kind() != reflect.Struct {
			continue
		}
		at[group.Tag.Get("toml")] = group.Index
		for _, f := range reflect.VisibleFields(group.Type) {
			if name := f.Tag.Get("toml"); name != "" {
				at[group.Tag.Get("toml")+"."+name] = slices.Concat(group.Index, f.Index)
			}
		}
	}
	return at
})

// format writes a value as TOML does. Equal values have equal text.
func format(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.String:
		if strings.Contains(v.String(), "\n") {
			return "'''\n" + v.String() + "'''"
		}
		return strconv.Quote(v.String())
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	}
	text := formatFloat(v.Float())
	if !strings.ContainsAny(text, ".einN") {
		text += ".0" // TOML tells numbers from integers by it
	}
	return text
}

// formatFloat writes the shortest decimal that reads back as x, 1e-5 rather
// than 1e-05, and 0 for the negative zero.
func formatFloat(x float64) string {
	text := strconv.FormatFloat(x+0, 'g', -1, 64)
	mantissa, exponent, found := strings.Cut(text, "e")
	if !found {
		return text
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "e" + strconv.Itoa(n)
}
