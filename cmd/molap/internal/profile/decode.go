package profile

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"molap/cmd/molap/internal/tomlfile"

	"github.com/pelletier/go-toml/v2/unstable"
)

// maxFile is the largest size of a profile in bytes; a complete one has some 10 kB.
const maxFile = 1 << 16

// profileSchema has the keys of a profile: labels and groups, and the keys of each group.
var profileSchema = func() tomlfile.Schema {
	tables := map[string]tomlfile.Table{"": {Keys: []string{"base", "quick"}}}
	for _, k := range everyKey {
		group, name, _ := strings.Cut(k.Name, ".")
		tables[""] = tomlfile.Table{Keys: append(tables[""].Keys, group)}
		tables[group] = tomlfile.Table{Keys: append(tables[group].Keys, name)}
	}
	return tomlfile.Schema{Tables: tables, Unknown: unknownKey}
}()

// Parse returns the profile in the text of a TOML file. Errors and [Settings].Name call the file by that
// name. It reads strictly: each key is known, written exactly, of the right type and in range, and
// without a base none is missing.
func Parse(file string, text []byte) (Settings, error) {
	d, err := tomlfile.Parse(file, text, maxFile, profileSchema)
	if err != nil {
		return Settings{}, err
	}
	var s Settings
	if base := d.Root.Find("base"); base != nil {
		name := d.Text(base)
		if !slices.Contains(Names(), name) {
			d.Failf(base.KeyAt, "base is %q (allowed: %s)", tomlfile.Cut(name), strings.Join(Names(), ", "))
		} else if s, err = Load(name); err != nil {
			return Settings{}, err
		}
		s.Base = name
	}
	if quick := d.Root.Find("quick"); quick != nil && !assignValue(reflect.ValueOf(&s.Shrunk).Elem(), quick) {
		d.Failf(quick.At, "quick is %s (allowed: true, false)", quick.String())
	}
	var missing []string
	for _, k := range everyKey {
		group, v := findKey(d, k.Name)
		switch {
		case group != nil && group.Kind != unstable.InlineTable:
			d.Failf(group.KeyAt, "%s is %s (want a table, [%s])", group.Key, group.String(), group.Key)
		case v != nil && !assignValue(s.field(k.Name), v):
			d.Failf(v.At, "%v", &KeyError{k.Name, v.String(), k.domain.want()})
		case v != nil && k.domain.usual != "":
			if f := s.field(k.Name); !k.domain.contains(f) {
				d.Failf(v.KeyAt, "%v", &KeyError{k.Name, formatValue(f), k.domain.want()})
			} else {
				k.settle(f)
			}
		case v == nil && !k.domain.optional:
			missing = append(missing, k.Name)
		}
	}
	if err := d.Err(); err != nil {
		return Settings{}, err
	}
	if s.Name = file; s.Base == "" && len(missing) > 0 {
		return Settings{}, fmt.Errorf("%s lacks %s (set every key, or start from a profile: base = \"paper\")", file, firstNames(missing, 3))
	}
	var wrong *KeyError
	if errors.As(s.Validate(), &wrong) {
		if _, v := findKey(d, wrong.Key); v != nil {
			d.Failf(v.KeyAt, "%v", wrong)
			return Settings{}, d.Err()
		}
		return Settings{}, fmt.Errorf("%s: %w", file, wrong)
	}
	return s, nil
}

// findKey returns the value of a key of the table, and that of its group.
func findKey(d *tomlfile.Document, key string) (group, v *tomlfile.Value) {
	g, name, _ := strings.Cut(key, ".")
	group = d.Root.Find(g)
	return group, group.Find(name)
}

// assignValue sets a field to the value of a file; it reports false if that is of another type.
func assignValue(field reflect.Value, v *tomlfile.Value) (ok bool) {
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

// firstNames lists the first few names and counts the rest.
func firstNames(names []string, few int) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
