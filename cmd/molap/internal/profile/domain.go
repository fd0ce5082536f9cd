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

	"molap/cmd/molap/internal/seq"
)

// keyDomain is the set of values that a key allows.
type keyDomain struct {
	kind     string                   // "integer", "number", "name", "switch", "order" or "text"
	allowed  string                   // says what is in the domain, without its kind
	contains func(reflect.Value) bool // NaN is in no domain
	optional bool                     // the key need not be set; zero, which is not printed, stands for usual
	usual    string
}

// unless returns the domain of a key that need not be set; zero stands for usual.
func (d keyDomain) unless(usual string) keyDomain {
	d.optional, d.usual = true, usual
	return d
}

// want says what the domain allows, for errors.
func (d keyDomain) want() string {
	if d.kind == "integer" || d.kind == "number" {
		return d.kind + " " + d.allowed
	}
	return d.allowed
}

func integerDomain(min, max int) keyDomain {
	return keyDomain{kind: "integer", allowed: fmt.Sprintf("%d to %d", min, max),
		contains: func(v reflect.Value) bool { return int64(min) <= v.Int() && v.Int() <= int64(max) }}
}

func positiveDomain(max float64) keyDomain {
	return keyDomain{kind: "number", allowed: "> 0 and ≤ " + formatFloat(max),
		contains: func(v reflect.Value) bool { return v.Float() > 0 && v.Float() <= max }}
}

func from0(max float64) keyDomain {
	return keyDomain{kind: "number", allowed: "≥ 0 and ≤ " + formatFloat(max),
		contains: func(v reflect.Value) bool { return v.Float() >= 0 && v.Float() <= max }}
}

func below1() keyDomain {
	return keyDomain{kind: "number", allowed: "≥ 0 and < 1",
		contains: func(v reflect.Value) bool { return v.Float() >= 0 && v.Float() < 1 }}
}

func switchDomain() keyDomain {
	return keyDomain{kind: "switch", allowed: "true, false", contains: func(reflect.Value) bool { return true }}
}

func nameDomain[S ~string](values ...S) keyDomain {
	words := seq.Texts(values)
	return keyDomain{kind: "name", allowed: strings.Join(words, ", "),
		contains: func(v reflect.Value) bool { return slices.Contains(words, v.String()) }}
}

// nineDigits allows the digits 1 to 9, each once, in any order.
func nineDigits() keyDomain {
	return keyDomain{kind: "order", allowed: `the digits 1 to 9, each once, such as "123456789"`,
		contains: func(v reflect.Value) bool {
			digits := []byte(v.String())
			slices.Sort(digits)
			return string(digits) == "123456789"
		}}
}

// textDomain allows what a TOML file can have between three apostrophes, up to that many bytes, or nothing.
func textDomain(bytes int) keyDomain {
	return keyDomain{kind: "text", allowed: fmt.Sprintf("up to %d bytes of printable text without three apostrophes", bytes), optional: true,
		contains: func(v reflect.Value) bool {
			return len(v.String()) <= bytes && !strings.Contains(v.String()+"''", "'''") && strings.IndexFunc(v.String(), unprintable) < 0
		}}
}

// unprintable reports whether a text must not have the rune; lines may end.
func unprintable(r rune) bool {
	return r == utf8.RuneError || !unicode.IsPrint(r) && r != '\n' && r != '\t'
}

// field returns the settable value of a key, or of a group of keys.
func (s *Settings) field(key string) reflect.Value {
	at, known := fieldIndices()[key]
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
	return formatValue(v)
}

// settle keeps the usual value of a key as zero.
func (k Key) settle(v reflect.Value) {
	if k.domain.usual != "" && formatValue(v) == k.domain.usual {
		v.SetZero()
	}
}

// fieldIndices tells where in Settings the field of each key and group is. Looking for a field by its tag
// would noticeably slow down sweeps of many points.
var fieldIndices = sync.OnceValue(func() map[string][]int {
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

// formatValue writes a value as TOML does. Equal values have equal text.
func formatValue(v reflect.Value) string {
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
