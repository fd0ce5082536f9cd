package profile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"molap/cmd/molap/internal/tomlfile"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxFile bounds what is read of a profile; a complete one has some 10 kB.
const maxFile = 1 << 16

// schema has the keys of a profile: labels and groups, and the keys of each group.
var schema = func() tomlfile.Schema {
	tables := map[string]tomlfile.Table{"": {Keys: []string{"base", "quick"}}}
	for _, r := range slices.Concat(table, extra) {
		group, name, _ := strings.Cut(r.name, ".")
		tables[""] = tomlfile.Table{Keys: append(tables[""].Keys, group)}
		tables[group] = tomlfile.Table{Keys: append(tables[group].Keys, name)}
	}
	return tomlfile.Schema{Tables: tables, Unknown: unknownKey}
}()

// decode reads a profile strictly: each key is known, written exactly, of the
// right type and in range, and without a base none is missing.
func decode(file string, text []byte) (Settings, error) {
	d, err := tomlfile.Parse(file, text, maxFile, schema)
	if err != nil {
		return Settings{}, err
	}
	var s Settings
	if base := d.Root.Find("base"); base != nil {
		name := d.Text(base)
		if !slices.Contains(shippedNames(), name) {
			d.Failf(base.KeyAt, "base is %q (allowed: %s)", short(name), strings.Join(shippedNames(), ", "))
		} else if s, err = Load(name); err != nil {
			return Settings{}, err
		}
		s.Base = name
	}
	if quick := d.Root.Find("quick"); quick != nil && !assign(reflect.ValueOf(&s.Shrunk).Elem(), quick) {
		d.Failf(quick.At, "quick is %s (allowed: true, false)", quick.String())
	}
	var missing []string
	for i, r := range slices.Concat(table, extra) {
		group, v := find(d, r.name)
		switch {
		case group != nil && group.Kind != unstable.InlineTable:
			d.Failf(group.KeyAt, "%s is %s (want a table, [%s])", group.Key, group.String(), group.Key)
		case v != nil && !assign(s.field(r.name), v):
			d.Failf(v.At, "%v", &KeyError{r.name, v.String(), r.domain.want()})
		case v != nil && r.domain.usual != "":
			if f := s.field(r.name); !r.domain.contains(f) {
				d.Failf(v.KeyAt, "%v", &KeyError{r.name, format(f), r.domain.want()})
			} else {
				r.settle(f)
			}
		case v == nil && i < len(table) && r.domain.usual == "":
			missing = append(missing, r.name)
		}
	}
	if err := d.Err(); err != nil {
		return Settings{}, err
	}
	if s.Name = file; s.Base == "" && len(missing) > 0 {
		return Settings{}, fmt.Errorf("%s lacks %s (set every key, or start from a profile: base = \"paper\")", file, some(missing, 3))
	}
	if err := s.validate(); err != nil {
		if _, v := find(d, err.Key); v != nil {
			d.Failf(v.KeyAt, "%v", err)
			return Settings{}, d.Err()
		}
		return Settings{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// find returns the value of a key of the table, and that of its group.
func find(d *tomlfile.Document, key string) (group, v *tomlfile.Value) {
	g, name, _ := strings.Cut(key, ".")
	group = d.Root.Find(g)
	return group, group.Find(name)
}

// assign sets a field to the value of a file; it reports false if that is of another type.
func assign(field reflect.Value, v *tomlfile.Value) (ok bool) {
	switch field.Kind() {
	case reflect.Bool:
		field.SetBool(v.Text == "true")
		return v.Kind == unstable.Bool
	case reflect.String:
		field.SetString(v.Text)
		return v.Kind == unstable.String
	case reflect.Int:
		n, ok := v.Int()
		field.SetInt(n)
		return ok
	}
	x, ok := v.Float()
	field.SetFloat(x)
	return ok
}

// some lists the first few names and counts the rest.
func some(names []string, few int) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// short returns a text as a message has it: the beginning of one that is long.
func short(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
