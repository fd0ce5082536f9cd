package taskfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/tomlfile"
	"molap/tasks"

	"github.com/pelletier/go-toml/v2/unstable"
)

// taskSchema has the keys of a task file.
var taskSchema = tomlfile.Schema{Tables: map[string]tomlfile.Table{
	"":              {Name: "the file", Keys: []string{"name", "id", "title", "steps", "lead", "draws", "periods", "inputs", "targets", "arrays"}},
	"arrays":        {Name: "arrays", Keys: []string{"sha256", "test_sha256", "trials", "test_trials", "inputs", "targets", "fixation", "weighted", "dt"}},
	"draws":         {Name: "a draw", Keys: []string{"name", "angle", "uniform", "choice", "noise"}},
	"periods":       {Name: "a period", Keys: []string{"name", "steps"}},
	"periods.steps": {Name: "the steps of a period", Keys: []string{"exponential", "least", "most"}},
	"inputs":        {Name: "an entry of inputs", Keys: []string{"name", "count", "show"}},
	"targets":       {Name: "an entry of targets", Keys: []string{"name", "count", "show"}},
	"inputs.show":   {Name: "an entry of show", Keys: []string{"value", "during"}},
	"targets.show":  {Name: "an entry of show", Keys: []string{"value", "during"}},
}}

// Bounds of names and titles, in characters.
const (
	maxName  = 40
	maxTitle = 80
)

// Parse returns the task in the text of a TOML file. Errors call the file name. The task is valid.
func Parse(name string, text []byte) (tasks.Task, error) {
	d, err := tomlfile.Parse(name, text, maxFile, taskSchema)
	if err != nil {
		return tasks.Task{}, err
	}
	r := &taskReader{d, map[string]int{}, map[string]string{}}
	t := r.task(&d.Root)
	var invalid *tasks.InvalidError
	if d.Err() == nil && errors.As(t.Validate(), &invalid) {
		d.Failf(r.place(invalid.Path), "%v", invalid.Err)
	}
	if err := d.Err(); err != nil {
		return tasks.Task{}, err
	}
	return t, nil
}

// taskReader makes a task of a file.
type taskReader struct {
	*tomlfile.Document
	places map[string]int    // where the entries of the task are, by tasks.InvalidError.Path
	first  map[string]string // the path of a family's first channel, by the paths of its others
}

// place returns where in the text an entry of the task is, or else the nearest entry that holds it.
func (r *taskReader) place(path string) int {
	channel, entry, _ := strings.Cut(path, ".")
	if first, other := r.first[channel]; other {
		path = first + "." + entry
	}
	for path != "" {
		if at, ok := r.places[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return 0
}

func (r *taskReader) task(v *tomlfile.Value) tasks.Task {
	arrays := v.Find("arrays")
	if arrays == nil {
		r.Need(v, "the file", "name", "steps", "periods", "inputs", "targets")
	}
	t := tasks.Task{
		Name: r.word(v.Find("name")), ID: r.word(v.Find("id")), Title: r.printable(v.Find("title"), maxTitle),
		Steps: r.Integer(v.Find("steps")), Lead: r.Integer(v.Find("lead")),
	}
	if t.ID == "" {
		t.ID = t.Name
	}
	if t.Title == "" {
		t.Title = t.Name
	}
	if arrays != nil {
		r.arrays(&t, arrays)
		return t
	}
	var names []string
	for i, n := range r.Tables(v.Find("draws")) {
		t.Draws = append(t.Draws, r.draw(&n, names))
		names = append(names, t.Draws[i].Name)
		r.places[fmt.Sprintf("Draws[%d]", i)] = n.At
	}
	for i, n := range r.Tables(v.Find("periods")) {
		t.Periods = append(t.Periods, r.period(&n))
		r.places[fmt.Sprintf("Periods[%d]", i)] = n.At
	}
	t.Inputs = r.channels(v.Find("inputs"), "Inputs", names)
	t.Targets = r.channels(v.Find("targets"), "Targets", names)
	for key, field := range map[string]string{"name": "Name", "steps": "Steps", "lead": "Lead", "draws": "Draws", "periods": "Periods"} {
		if e := v.Find(key); e != nil {
			r.places[field] = e.KeyAt
		}
	}
	return t
}

func (r *taskReader) draw(v *tomlfile.Value, taken []string) tasks.Draw {
	r.Need(v, "a draw", "name")
	name := v.Find("name")
	d := tasks.Draw{Name: r.Text(name)}
	if name != nil && !tasks.IsWord(d.Name) {
		r.Failf(name.At, "name %q of a draw: want a letter, then letters, digits and _, and none of %s", d.Name, strings.Join(tasks.Functions(), ", "))
	}
	if slices.Contains(taken, d.Name) {
		r.Failf(v.At, "there are two draws %q", d.Name)
	}
	sources := 0
	for _, e := range v.Items {
		switch e.Key {
		case "angle":
			if text := r.Text(&e); text != "profile" {
				r.Failf(e.At, "angle is %q, want \"profile\": angles as the profile says; others are numbers in degrees, such as uniform = [0, 360]", text)
			}
			d.From = tasks.OptionAngle{}
		case "uniform":
			x := r.Numbers(&e)
			if len(x) != 2 {
				r.Failf(e.KeyAt, "uniform has %d numbers, want two: the least and the most", len(x))
				continue
			}
			d.From = tasks.Uniform{Least: x[0], Most: x[1]}
		case "choice":
			d.From = tasks.Choice(r.Numbers(&e))
		case "noise":
			d.From = tasks.Noise(r.Number(&e))
		default:
			continue
		}
		sources++
	}
	if sources != 1 {
		r.Failf(v.At, "a draw has %d of angle, uniform, choice, noise, want one of them", sources)
	}
	return d
}

func (r *taskReader) period(v *tomlfile.Value) tasks.Period {
	r.Need(v, "a period", "name", "steps")
	p := tasks.Period{Name: r.printable(v.Find("name"), maxName)}
	switch steps := v.Find("steps"); {
	case steps == nil:
	case steps.Kind == unstable.Integer:
		p.Duration = tasks.Exactly(r.Integer(steps))
	case steps.Kind == unstable.Array && len(steps.Items) == 2:
		p.Duration = tasks.Duration{Least: r.Integer(&steps.Items[0]), Most: r.Integer(&steps.Items[1])}
	case steps.Kind == unstable.String && steps.Text == "rest":
		p.Duration = tasks.Duration{Rest: true}
	case steps.Kind == unstable.InlineTable:
		r.Need(steps, "the steps of a period", "exponential", "least", "most")
		tau := steps.Find("exponential")
		p.Duration = tasks.Duration{Exponential: r.Number(tau), Least: r.Integer(steps.Find("least")), Most: r.Integer(steps.Find("most"))}
		if tau != nil && p.Exponential <= 0 {
			r.Failf(tau.At, "exponential is %v, want a number of steps above 0", tau)
		}
	default:
		r.Failf(steps.At, "steps of a period: want a number of steps, [least, most], { exponential = …, least = …, most = … } or \"rest\"")
	}
	return p
}

// channels reads one side of a task.
func (r *taskReader) channels(list *tomlfile.Value, side string, draws []string) (channels []tasks.Channel) {
	taken := map[string]bool{}
	for _, v := range r.Tables(list) {
		path := fmt.Sprintf("%s[%d]", side, len(channels))
		r.places[path] = v.At
		r.Need(&v, "an entry of "+list.Key, "name")
		name, count := r.printable(v.Find("name"), maxName), v.Find("count")
		var parts []tasks.Part
		for j, part := range r.Tables(v.Find("show")) {
			parts = append(parts, r.part(&part, fmt.Sprintf("%s.Parts[%d]", path, j), draws, count != nil))
		}
		added := []tasks.Channel{{Name: name, Parts: parts}}
		if count != nil {
			n := r.Integer(count)
			if left := tasks.MaxChannels - len(channels); n < 1 || n > left {
				r.Failf(count.At, "count is %v: want 1 to %d (%s are at most %d channels)", count, max(left, 1), list.Key, tasks.MaxChannels)
				return nil
			}
			added = tasks.Family(name, n, parts...)
		}
		for i, c := range added {
			if i > 0 {
				r.first[fmt.Sprintf("%s[%d]", side, len(channels)+i)] = path
			}
			if taken[c.Name] {
				r.Failf(v.At, "%s has two channels %q", list.Key, c.Name)
			}
			taken[c.Name] = true
		}
		channels = append(channels, added...)
	}
	return channels
}

func (r *taskReader) part(v *tomlfile.Value, path string, draws []string, index bool) (p tasks.Part) {
	r.places[path] = v.At
	r.Need(v, "an entry of show", "value", "during")
	if e := v.Find("during"); e != nil {
		first, last := e, e
		if e.Kind == unstable.Array && len(e.Items) == 2 {
			first, last = &e.Items[0], &e.Items[1]
		}
		if first.Kind != unstable.String || last.Kind != unstable.String {
			r.Failf(e.At, "during: want the name of a period, or [first, last]")
		}
		p.First, p.Last = first.Text, last.Text
		r.places[path+".First"], r.places[path+".Last"] = first.At, last.At
	}
	if e := v.Find("value"); e != nil {
		p.Value = r.value(e, draws, index)
		r.places[path+".Value"] = e.At
	}
	return p
}

// value reads a number or an expression.
func (r *taskReader) value(v *tomlfile.Value, draws []string, index bool) tasks.Value {
	switch v.Kind {
	case unstable.Integer, unstable.Float:
		return tasks.Constant(r.Number(v))
	case unstable.String:
		value, err := parseExpression(v.Text, draws, index)
		if err != nil {
			r.Failf(r.Within(v, err.at), "%s", err.message)
		}
		return value
	}
	r.Failf(v.At, "value: want a number or an expression in quotes")
	return nil
}

// word returns a text that may be part of a file's name.
func (r *taskReader) word(v *tomlfile.Value) string {
	text := r.Text(v)
	if err := CheckName(text); v != nil && err != nil {
		r.Failf(v.At, "%s %v", v.Key, err)
	}
	return text
}

// CheckName returns an error unless a task may have that name. The caller puts before the error what
// the text is.
func CheckName(text string) error {
	valid := text != "" && text[0] != '-' && len(text) <= maxName
	for _, c := range []byte(text) {
		valid = valid && (c == '_' || c == '-' || c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c))))
	}
	if !valid {
		return fmt.Errorf("%q: want at most %d of a…z, A…Z, 0…9, _ and -, not beginning with -", text, maxName)
	}
	return nil
}

// printable returns a line of text, such as the name of a period or a title.
func (r *taskReader) printable(v *tomlfile.Value, most int) string {
	text := r.Text(v)
	odd := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if n := utf8.RuneCountInString(text); v != nil && (n < 1 || n > most || odd || strings.TrimSpace(text) != text) {
		r.Failf(v.At, "%s %q: want 1 to %d printable characters, no space at the ends", v.Key, text, most)
	}
	return text
}

// maxFile is the most bytes of a task file; the setting tasks.own has the same limit. The files of the
// nine tasks have 1 kB.
const maxFile = 1 << 15

// IsPath reports whether a user's name for a task is the path of a file: it ends in ".toml" or ".npz"
// or has a directory. All else is the name of a task.
func IsPath(name string) bool {
	return strings.HasSuffix(name, ".toml") || IsArrays(name) || strings.ContainsAny(name, `/\`)
}

// IsArrays reports whether a path is that of a file of given trials.
func IsArrays(path string) bool { return strings.HasSuffix(path, ".npz") }

// Load returns the task in a TOML file. It is valid.
func Load(path string) (tasks.Task, error) {
	text, err := regularfile.Read(path, maxFile)
	var t tasks.Task
	if err == nil {
		t, err = Parse(path, text)
	}
	if err != nil && !strings.HasSuffix(path, ".toml") {
		return t, fmt.Errorf("%w; a task is a file NAME.toml or, with trials X and Y that numpy.savez wrote, NAME.npz", err)
	}
	if err == nil && t.Arrays != nil {
		err = fmt.Errorf("%s describes a task whose trials are arrays and has none of them: name the npz file", path)
	}
	return t, err
}
