package sweep

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/tomlfile"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Axis is one or more keys of a profile that vary together: at each point all keys have the same value,
// or each has its own.
type Axis struct {
	Keys   []string
	Values [][]string // either these: at each level one for all keys, or one for each

	From, To   float64 // or a range
	Log        bool    // even steps of the logarithm
	Steps      int     // values of a grid, both ends among them
	MultipleOf int     // integers: rounded to a multiple
}

// paired reports whether each key has values of its own.
func (a Axis) paired() bool { return len(a.Keys) > 1 && len(a.Values) > 0 && len(a.Values[0]) > 1 }

// columns returns the axis as manifests have it: one column for all keys if they have the same value,
// otherwise one for each.
func (a Axis) columns() []AxisKeys {
	if !a.paired() {
		return []AxisKeys{{a.Keys, a.Log}}
	}
	return seq.Map(a.Keys, func(k string) AxisKeys { return AxisKeys{[]string{k}, false} })
}

// readAxes reads the axes of a sweep file.
func (s *Spec) readAxes(d *tomlfile.Document) {
	seen := map[string]bool{}
	tables := d.Tables(d.Root.Find("axis"))
	for i := range tables {
		t := &tables[i]
		a := Axis{Keys: d.Texts(t.Find("keys")), From: d.Number(t.Find("from")), To: d.Number(t.Find("to")), Log: d.Switch(t.Find("log")),
			Steps: d.Integer(t.Find("steps")), MultipleOf: d.Integer(t.Find("multiple_of"))}
		if d.Err() != nil {
			return
		}
		a.checkKeys(d, t, seen, s)
		if values := t.Find("values"); values != nil && d.Err() == nil {
			a.readValues(d, values)
		}
		if d.Err() == nil {
			a.check(d, t, s.Design)
		}
		s.Axes = append(s.Axes, a)
	}
}

// checkKeys notes what is wrong with the keys of an axis.
func (a Axis) checkKeys(d *tomlfile.Document, t *tomlfile.Value, seen map[string]bool, s *Spec) {
	if len(a.Keys) == 0 {
		d.Failf(t.At, `the axis has no keys (want such as keys = ["training.rate"])`)
		return
	}
	for i, k := range a.Keys {
		where := t.Find("keys").Items[i].At
		if kindOf(k) == "" {
			var none profile.Settings
			d.Failf(where, "%v", none.Set(k+"=0"))
			return
		}
		if seen[k] {
			d.Failf(where, "%s has an axis already", k)
		}
		if also := s.setAlso(k); also != "" {
			d.Failf(where, "%s has an axis and is set as well, %s: want one of them", k, also)
		}
		seen[k] = true
	}
}

// readValues reads the values of an axis. Each must be allowed for its keys, and none may be there
// twice.
func (a *Axis) readValues(d *tomlfile.Document, list *tomlfile.Value) {
	items := d.List(list, "values in brackets, [1, 2]")
	for i := range items {
		v := &items[i]
		each, where := []tomlfile.Value{*v}, v.At
		if v.Kind == unstable.Array {
			if each = v.Items; len(each) > 0 {
				where = each[0].At
			}
		}
		if len(each) != 1 && len(each) != len(a.Keys) || v.Kind == unstable.Array && len(a.Keys) == 1 {
			d.Failf(where, "%d values for %d keys (want one for all keys, or one for each, [60, 6])", len(each), len(a.Keys))
			return
		}
		if i > 0 && len(each) != len(a.Values[0]) {
			d.Failf(where, "some values are of all keys and some of each: want the same of all")
			return
		}
		var texts []string
		for k := range each {
			texts = append(texts, scalarText(d, &each[k]))
		}
		a.Values = append(a.Values, texts)
		if d.Err() == nil {
			a.checkValue(d, where)
		}
		if d.Err() != nil {
			return
		}
	}
}

// checkValue notes what is wrong with the last value.
func (a *Axis) checkValue(d *tomlfile.Document, where int) {
	same := func(of []string) string { // compared as settings: 0.1 and 1e-1 are the same
		var s profile.Settings
		var all []string
		for i, k := range a.Keys {
			if err := s.Set(k + "=" + of[min(i, len(of)-1)]); err != nil {
				d.Failf(where, "%v", err)
			}
			all = append(all, s.Get(k))
		}
		return strings.Join(all, "\n")
	}
	last := len(a.Values) - 1
	mine := same(a.Values[last])
	if first := slices.IndexFunc(a.Values[:last], func(of []string) bool { return same(of) == mine }); first >= 0 && d.Err() == nil {
		d.Failf(where, "%s is the same as value %d of %s: each point is wanted once", strings.Join(a.Values[last], ", "), first+1, a.Keys[0])
	}
}

// check notes what is wrong with an axis of a table.
func (a Axis) check(d *tomlfile.Document, t *tomlfile.Value, design string) {
	name, kind := a.Keys[0], kindOf(a.Keys[0])
	ranged := t.Find("from") != nil || t.Find("to") != nil
	wrong := func(key, format string, args ...any) { d.Failf(positionOf(t, key), format, args...) }
	if other := slices.IndexFunc(a.Keys, func(k string) bool { return kindOf(k) != kind }); other > 0 && !a.paired() {
		wrong("keys", "%s is a %s and %s is a %s: one value cannot set both (values = [[…, …], …] has one for each)", name, kind, a.Keys[other], kindOf(a.Keys[other]))
	}
	switch {
	case ranged == (len(a.Values) > 0):
		wrong("values", "%s needs either values or from and to", name)
	case !ranged && (a.Log || a.Steps != 0 || a.MultipleOf != 0):
		wrong("log", "%s: log, steps and multiple_of go with from and to", name)
	case !ranged:
	case kind != "integer" && kind != "number":
		wrong("from", "%s is a %s: it needs values", name, kind)
	case !(a.From < a.To):
		wrong("from", "%s: from %g is not below to %g", name, a.From, a.To)
	case a.Log && a.From <= 0:
		wrong("from", "%s: from is %g, log needs more than 0", name, a.From)
	case a.MultipleOf < 0 || a.MultipleOf > 0 && kind != "integer":
		wrong("multiple_of", "%s: multiple_of is %d, want a positive number, for integers alone", name, a.MultipleOf)
	case design == Grid && (a.Steps < 2 || a.Steps > MaxIndices):
		wrong("steps", "%s: steps is %d (allowed for a grid: 2 to %d)", name, a.Steps, MaxIndices)
	case design != Grid && a.Steps != 0:
		wrong("steps", "%s: steps is for grids", name)
	}
}

// kindOf returns the type of a key of a profile; "" if it is none.
func kindOf(key string) string {
	k, _ := profile.Find(key)
	return k.Type()
}

// grid returns the values of the axis in a grid, as settings take them.
func (a Axis) grid() [][]string {
	if len(a.Values) > 0 {
		return a.Values
	}
	all := seq.Map(seq.UpTo(a.Steps), func(i int) []string { return a.at(float64(i) / float64(a.Steps-1)) })
	return slices.CompactFunc(all, slices.Equal[[]string]) // rounding may make neighbours equal
}

// at returns the value a part u in [0, 1] of the way along the axis. It rounds numbers to three digits:
// nobody wants to read more, and so the manifest does not depend on the platform's last bits of exp and
// log.
func (a Axis) at(u float64) []string {
	if n := len(a.Values); n > 0 {
		return a.Values[min(int(u*float64(n)), n-1)]
	}
	x := a.From + float64(u*(a.To-a.From))
	if a.Log {
		x = a.From * math.Exp(u*math.Log(a.To/a.From))
	}
	if m := float64(max(a.MultipleOf, 1)); a.MultipleOf > 0 || kindOf(a.Keys[0]) == "integer" {
		x = m * math.Round(x/m)
		lo, hi := m*math.Ceil(a.From/m), m*math.Floor(a.To/m)
		return []string{strconv.FormatFloat(min(max(x, lo), hi), 'f', -1, 64)}
	}
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return []string{strconv.FormatFloat(min(max(x, a.From), a.To), 'g', -1, 64)}
}

// scalarText writes a value of a sweep file as profile.Settings.Set takes it.
func scalarText(d *tomlfile.Document, v *tomlfile.Value) string {
	if n, ok := v.Int(); ok {
		return strconv.FormatInt(n, 10)
	}
	if x, ok := v.Float(); ok {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	if v.Kind != unstable.String && v.Kind != unstable.Bool {
		d.Failf(v.At, "%s: want numbers, names in quotes, true and false, or lists of them, not %v", v.Key, v)
	}
	return v.Text
}
