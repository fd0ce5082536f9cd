package taskfile

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"molap/tasks"
)

// lists are the keys whose values are lists of tables.
var lists = []string{"draws", "periods", "inputs", "targets"}

// Bounds of names and titles, in characters.
const (
	maxName  = 40
	maxTitle = 80
)

// Parse returns the task in the text of a TOML file, which errors call by name. The
// task is valid.
func Parse(name string, text []byte) (tasks.Task, error) {
	root, err := parse(name, text)
	if err != nil {
		return tasks.Task{}, err
	}
	r := &reader{places: map[string]int{}}
	t := r.task(root)
	if r.message == "" {
		err := t.Validate()
		var invalid *tasks.InvalidError
		if !errors.As(err, &invalid) {
			return t, nil
		}
		r.offset, r.message = r.place(invalid.Path), invalid.Err.Error()
	}
	return tasks.Task{}, errorAt(name, text, r.offset, r.message)
}

// reader makes a task of a file and keeps the first thing that is wrong.
type reader struct {
	offset  int
	message string         // "": nothing is wrong so far
	places  map[string]int // where the entries of the task are, by tasks.InvalidError.Path
}

func (r *reader) fail(offset int, format string, args ...any) {
	if r.message == "" {
		r.offset, r.message = offset, fmt.Sprintf(format, args...)
	}
}

// place returns where an entry of the task is, or what it belongs to.
func (r *reader) place(path string) int {
	for path != "" {
		if offset, ok := r.places[path]; ok {
			return offset
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return 0
}

func (r *reader) task(root node) tasks.Task {
	f := r.fields(root, "the file", "name", "id", "title", "steps", "lead", "draws", "periods", "inputs", "targets")
	t := tasks.Task{Name: f.word("name"), ID: f.word("id"), Title: f.title("title"), Steps: f.steps("steps"), Lead: f.steps("lead")}
	if f.need("name", "steps", "periods", "inputs", "targets"); t.ID == "" {
		t.ID = t.Name
	}
	if t.Title == "" {
		t.Title = t.Name
	}
	var names []string
	for i, n := range f.tables("draws") {
		t.Draws = append(t.Draws, r.draw(n, names))
		names = append(names, t.Draws[i].Name)
		r.places[fmt.Sprintf("Draws[%d]", i)] = n.offset
	}
	for i, n := range f.tables("periods") {
		t.Periods = append(t.Periods, r.period(n))
		r.places[fmt.Sprintf("Periods[%d]", i)] = n.offset
	}
	t.Inputs = r.channels(f, "inputs", "Inputs", names)
	t.Targets = r.channels(f, "targets", "Targets", names)
	for key, field := range map[string]string{"name": "Name", "steps": "Steps", "lead": "Lead", "draws": "Draws", "periods": "Periods"} {
		if e := f.find(key); e != nil {
			r.places[field] = e.offset
		}
	}
	return t
}

func (r *reader) draw(n node, taken []string) tasks.Draw {
	f := r.fields(n, "a draw", "name", "angle", "uniform", "choice", "noise")
	f.need("name")
	d := tasks.Draw{Name: f.string("name")}
	if e := f.find("name"); e != nil && !tasks.IsWord(d.Name) {
		r.fail(e.value.offset, "name %q of a draw: want a letter, then letters, digits and _, and none of %s", d.Name, strings.Join(tasks.Functions(), ", "))
	}
	for _, name := range taken {
		if name == d.Name {
			r.fail(n.offset, "there are two draws %q", name)
		}
	}
	sources := 0
	for _, e := range n.entries {
		switch e.key {
		case "angle":
			if text := f.string("angle"); text != "profile" {
				r.fail(e.value.offset, "angle is %q, want \"profile\": angles as the profile says; others are numbers in degrees, such as uniform = [0, 360]", text)
			}
			d.From = tasks.OptionAngle{}
		case "uniform":
			x := f.numbers("uniform")
			if len(x) != 2 {
				r.fail(e.offset, "uniform has %d numbers, want two: the least and the most", len(x))
				continue
			}
			d.From = tasks.Uniform{Least: x[0], Most: x[1]}
		case "choice":
			d.From = tasks.Choice(f.numbers("choice"))
		case "noise":
			d.From = tasks.Noise(r.number(e.value, "noise"))
		default:
			continue
		}
		sources++
	}
	if sources != 1 {
		r.fail(n.offset, "a draw has %d of angle, uniform, choice, noise, want one of them", sources)
	}
	return d
}

func (r *reader) period(n node) tasks.Period {
	f := r.fields(n, "a period", "name", "steps")
	f.need("name", "steps")
	p := tasks.Period{Name: f.name("name")}
	e := f.find("steps")
	if e == nil {
		return p
	}
	switch v := e.value; {
	case v.kind == unstable.Integer:
		p.Duration = tasks.Exactly(r.integer(v, "steps"))
	case v.kind == unstable.Array && len(v.items) == 2:
		p.Duration = tasks.Duration{Least: r.integer(v.items[0], "steps"), Most: r.integer(v.items[1], "steps")}
	case v.kind == unstable.String && v.text == "rest":
		p.Duration = tasks.Duration{Rest: true}
	default:
		r.fail(v.offset, "steps of a period: want a number of steps, [least, most] or \"rest\"")
	}
	return p
}

// channels reads one side of a task.
func (r *reader) channels(of fields, key, side string, draws []string) (channels []tasks.Channel) {
	taken := map[string]bool{}
	for i, n := range of.tables(key) {
		path := fmt.Sprintf("%s[%d]", side, i)
		r.places[path] = n.offset
		f := r.fields(n, "an entry of "+key, "name", "show")
		f.need("name")
		c := tasks.Channel{Name: f.name("name")}
		if taken[c.Name] {
			r.fail(n.offset, "%s has two channels %q", key, c.Name)
		}
		taken[c.Name] = true
		for j, part := range f.tables("show") {
			c.Parts = append(c.Parts, r.part(part, fmt.Sprintf("%s.Parts[%d]", path, j), draws))
		}
		channels = append(channels, c)
	}
	return channels
}

func (r *reader) part(n node, path string, draws []string) (p tasks.Part) {
	r.places[path] = n.offset
	f := r.fields(n, "an entry of show", "value", "during")
	f.need("value", "during")
	if e := f.find("during"); e != nil {
		first, last := e.value, e.value
		if e.value.kind == unstable.Array && len(e.value.items) == 2 {
			first, last = e.value.items[0], e.value.items[1]
		}
		if first.kind != unstable.String || last.kind != unstable.String {
			r.fail(e.value.offset, "during: want the name of a period, or [first, last]")
		}
		p.First, p.Last = first.text, last.text
		r.places[path+".First"], r.places[path+".Last"] = first.offset, last.offset
	}
	if e := f.find("value"); e != nil {
		p.Value = r.value(e.value, draws)
		r.places[path+".Value"] = e.value.offset
	}
	return p
}

// value reads a number or an expression.
func (r *reader) value(n node, draws []string) tasks.Value {
	switch n.kind {
	case unstable.Integer, unstable.Float:
		return tasks.Constant(r.number(n, "value"))
	case unstable.String:
		v, err := parseExpression(n.text, draws)
		if err != nil {
			offset := n.offset
			if n.plain {
				offset += 1 + err.at
			}
			r.fail(offset, "%s", err.message)
		}
		return v
	}
	r.fail(n.offset, "value: want a number or an expression in quotes")
	return nil
}

// number reads a number.
func (r *reader) number(n node, key string) float64 {
	text := strings.ReplaceAll(n.text, "_", "")
	if x, err := strconv.ParseInt(text, 0, 64); n.kind == unstable.Integer && err == nil {
		return float64(x)
	}
	x, err := strconv.ParseFloat(text, 64)
	if n.kind != unstable.Float || err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		r.fail(n.offset, "%s: want a finite number", key)
		return 0
	}
	return x
}

// integer reads an integer of at most 32 bits.
func (r *reader) integer(n node, key string) int {
	x, err := strconv.ParseInt(strings.ReplaceAll(n.text, "_", ""), 0, 32)
	if n.kind != unstable.Integer || err != nil {
		r.fail(n.offset, "%s: want an integer", key)
	}
	return int(x)
}

// fields are the entries of one table.
type fields struct {
	*reader
	node
	what string // "a period"
}

// fields returns the entries of a table that has no others than the known.
func (r *reader) fields(n node, what string, known ...string) fields {
	if n.kind != unstable.InlineTable {
		r.fail(n.offset, "%s: want a table, { %s = … }", what, known[0])
	}
	seen := map[string]bool{}
	for _, e := range n.entries {
		found := false
		for _, k := range known {
			found = found || k == e.key
		}
		if !found {
			r.fail(e.offset, "unknown key %q in %s (%s)", e.key, what, hint(e.key, known))
		}
		if seen[e.key] {
			r.fail(e.offset, "%s has %s twice", what, e.key)
		}
		seen[e.key] = true
	}
	return fields{r, n, what}
}

// find returns the entry of a key, or nil.
func (f fields) find(key string) *entry {
	for i := range f.entries {
		if f.entries[i].key == key {
			return &f.entries[i]
		}
	}
	return nil
}

// need fails for a key that is not there.
func (f fields) need(keys ...string) {
	for _, key := range keys {
		if f.find(key) == nil {
			f.fail(f.node.offset, "%s lacks %s", f.what, key)
		}
	}
}

// string returns the text of a key, "" without it.
func (f fields) string(key string) string {
	e := f.find(key)
	if e == nil {
		return ""
	}
	if e.value.kind != unstable.String {
		f.fail(e.value.offset, "%s: want a text in quotes", key)
		return ""
	}
	return e.value.text
}

// word returns a text that may be part of a file's name.
func (f fields) word(key string) string {
	text := f.string(key)
	if e := f.find(key); e != nil {
		valid := text != "" && text[0] != '-' && len(text) <= maxName
		for _, c := range []byte(text) {
			valid = valid && (c == '_' || c == '-' || c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c))))
		}
		if !valid {
			f.fail(e.value.offset, "%s %q: want at most %d of a…z, A…Z, 0…9, _ and -, not beginning with -", key, text, maxName)
		}
	}
	return text
}

// name returns the name of a period or channel.
func (f fields) name(key string) string { return f.printable(key, maxName) }

// title returns a line of text.
func (f fields) title(key string) string { return f.printable(key, maxTitle) }

func (f fields) printable(key string, most int) string {
	text := f.string(key)
	if e := f.find(key); e != nil {
		odd := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
		if n := utf8.RuneCountInString(text); n < 1 || n > most || odd || strings.TrimSpace(text) != text {
			f.fail(e.value.offset, "%s %q: want 1 to %d printable characters, no space at the ends", key, text, most)
		}
	}
	return text
}

// steps returns a number of steps, 0 without the key.
func (f fields) steps(key string) int {
	if e := f.find(key); e != nil {
		return f.integer(e.value, key)
	}
	return 0
}

// numbers returns a list of numbers.
func (f fields) numbers(key string) (x []float64) {
	e := f.find(key)
	if e.value.kind != unstable.Array {
		f.fail(e.value.offset, "%s: want numbers in brackets, [1, 2]", key)
	}
	for _, n := range e.value.items {
		x = append(x, f.number(n, key))
	}
	return x
}

// tables returns a list of tables, none without the key.
func (f fields) tables(key string) []node {
	e := f.find(key)
	if e == nil {
		return nil
	}
	if e.value.kind != unstable.Array {
		f.fail(e.value.offset, "%s: want a list of tables, [{ … }, { … }]", key)
	}
	return e.value.items
}
