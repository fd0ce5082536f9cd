package tomlfile

import (
	"math"
	"strconv"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Value is a value of a document with the key that it stands behind; a value in a list
// has the key of the list.
type Value struct {
	Key       string
	Kind      unstable.Kind // InlineTable for a table of any form
	Text      string        // of a string what it says, of another scalar how it is written
	KeyAt, At int           // where key and value begin in the text
	Items     []Value       // of a list or a table
	made      int
}

// newTable returns an empty table.
func newTable(key string, at, made int) Value {
	return Value{Key: key, KeyAt: at, At: at, Kind: unstable.InlineTable, made: made}
}

func (v *Value) add(item Value) *Value {
	v.Items = append(v.Items, item)
	return &v.Items[len(v.Items)-1]
}

// Find returns the value of a key of a table, or nil.
func (v *Value) Find(key string) *Value {
	if v == nil || v.Kind != unstable.InlineTable {
		return nil
	}
	for i := range v.Items {
		if v.Items[i].Key == key {
			return &v.Items[i]
		}
	}
	return nil
}

// String returns a value as a message shows it: the beginning of one that is long.
func (v *Value) String() string {
	switch v.Kind {
	case unstable.InlineTable:
		return "a table"
	case unstable.Array:
		return "an array"
	case unstable.String:
		return Cut(strconv.Quote(v.Text))
	}
	return Cut(v.Text)
}

// Cut returns a text as a message has it: the beginning of one that is long.
func Cut(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// Int returns an integer of 64 bits; ok is false if the value is none.
func (v *Value) Int() (n int64, ok bool) {
	var x struct{ V int64 }
	ok = v.Kind == unstable.Integer && toml.Unmarshal([]byte("v="+v.Text), &x) == nil
	return x.V, ok
}

// Float returns a number, an integer or not, nan and inf among them; ok is false if the
// value is none.
func (v *Value) Float() (f float64, ok bool) {
	var x struct{ V float64 }
	ok = (v.Kind == unstable.Integer || v.Kind == unstable.Float) && toml.Unmarshal([]byte("v="+v.Text), &x) == nil
	return x.V, ok
}

// Within returns where a byte of a string stands in the text, or where the string begins if the file
// does not have it literally, between two quotes.
func (d *Document) Within(v *Value, i int) int {
	rest, end := d.text[v.At:], 1+len(v.Text)
	if len(rest) > end && string(rest[1:end]) == v.Text && rest[end] == rest[0] {
		return v.At + 1 + i
	}
	return v.At
}

// Need fails for each key that a table, called what, lacks.
func (d *Document) Need(table *Value, what string, keys ...string) {
	for _, key := range keys {
		if table.Find(key) == nil {
			d.Failf(table.At, "%s lacks %s", what, key)
		}
	}
}

// The functions below take nil, too: a key that is not there has the zero value.

// Text returns the text of a string.
func (d *Document) Text(v *Value) string {
	if v == nil {
		return ""
	}
	if v.Kind != unstable.String {
		d.Failf(v.At, "%s: want a text in quotes, not %v", v.Key, v)
		return ""
	}
	return v.Text
}

// Switch returns true or false.
func (d *Document) Switch(v *Value) bool {
	if v != nil && v.Kind != unstable.Bool {
		d.Failf(v.At, "%s: want true or false, not %v", v.Key, v)
	}
	return v != nil && v.Text == "true"
}

// Integer returns an integer of at most 32 bits.
func (d *Document) Integer(v *Value) int {
	if v == nil {
		return 0
	}
	n, ok := v.Int()
	switch {
	case ok && n == int64(int32(n)):
	case v.Kind == unstable.Integer:
		d.Failf(v.At, "%s: want an integer of at most 32 bits, not %v", v.Key, v)
	default:
		d.Failf(v.At, "%s: want an integer, not %v", v.Key, v)
	}
	return int(n)
}

// Number returns a number that is finite.
func (d *Document) Number(v *Value) float64 {
	if v == nil {
		return 0
	}
	x, ok := v.Float()
	if !ok || math.IsInf(x, 0) || math.IsNaN(x) {
		d.Failf(v.At, "%s: want a finite number, not %v", v.Key, v)
		return 0
	}
	return x
}

// List returns the values of a list; what says what they are to be: "numbers".
func (d *Document) List(v *Value, what string) []Value {
	if v == nil {
		return nil
	}
	if v.Kind != unstable.Array {
		d.Failf(v.At, "%s: want %s, not %v", v.Key, what, v)
		return nil
	}
	return v.Items
}

// Numbers returns a list of finite numbers.
func (d *Document) Numbers(v *Value) []float64 {
	return mapValues(d.List(v, "numbers in brackets, [1, 2]"), d.Number)
}

// Texts returns a list of strings.
func (d *Document) Texts(v *Value) []string {
	return mapValues(d.List(v, `texts in brackets, ["a", "b"]`), d.Text)
}

func mapValues[V any](items []Value, of func(*Value) V) (all []V) {
	for i := range items {
		all = append(all, of(&items[i]))
	}
	return all
}

// Tables returns a list of tables.
func (d *Document) Tables(v *Value) []Value {
	items := d.List(v, "a list of tables, [{ … }, { … }]")
	for i := range items {
		if items[i].Kind != unstable.InlineTable {
			d.Failf(items[i].At, "%s: want tables, { … }, not %v", v.Key, &items[i])
			return nil
		}
	}
	return items
}
