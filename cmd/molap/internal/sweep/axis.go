package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"molap/cmd/molap/internal/profile"
)

// Name is what an axis is called: its first key.
func (a Axis) Name() string { return a.Keys[0] }

func (a Axis) check(design string) error {
	if len(a.Keys) == 0 {
		return errors.New(`no keys (want such as keys = ["training.rate"])`)
	}
	kind := ""
	for _, k := range a.Keys {
		i := slices.IndexFunc(profile.Keys(), func(p profile.Key) bool { return p.Name == k })
		if i < 0 {
			var none profile.Settings
			return none.Set(k + "=0")
		}
		if t := profile.Keys()[i].Type; kind == "" {
			kind = t
		} else if t != kind {
			return fmt.Errorf("%s is a %s and %s is a %s: one axis cannot set both", a.Keys[0], kind, k, t)
		}
	}
	ranged := a.From != 0 || a.To != 0
	switch {
	case ranged == (len(a.Values) > 0):
		return fmt.Errorf("%s needs either values or from and to", a.Name())
	case !ranged:
		if a.Log || a.Steps != 0 || a.MultipleOf != 0 {
			return fmt.Errorf("%s: log, steps and multiple_of go with from and to", a.Name())
		}
		return nil
	case kind != "integer" && kind != "number":
		return fmt.Errorf("%s is a %s: it needs values", a.Name(), kind)
	case !(a.From < a.To):
		return fmt.Errorf("%s: from %g is not below to %g", a.Name(), a.From, a.To)
	case a.Log && a.From <= 0:
		return fmt.Errorf("%s: from is %g, log needs more than 0", a.Name(), a.From)
	case a.MultipleOf < 0 || a.MultipleOf > 0 && kind != "integer":
		return fmt.Errorf("%s is a %s: multiple_of is a positive number for integers", a.Name(), kind)
	case design == Grid && (a.Steps < 2 || a.Steps > MaxIndices):
		return fmt.Errorf("%s: steps is %d (allowed for a grid: 2 to %d)", a.Name(), a.Steps, MaxIndices)
	case design != Grid && a.Steps != 0:
		return fmt.Errorf("%s: steps is for grids", a.Name())
	}
	return nil
}

// grid returns the values of the axis in a grid, as settings take them.
func (a Axis) grid() []string {
	if len(a.Values) > 0 {
		var texts []string
		for _, v := range a.Values {
			texts = append(texts, text(v))
		}
		return texts
	}
	var texts []string
	for i := range a.Steps {
		texts = append(texts, a.at(float64(i)/float64(a.Steps-1)))
	}
	return slices.Compact(texts) // rounding may make neighbours equal
}

// at returns the value a part u in [0, 1] of the way along the axis. Numbers are
// rounded to three digits: nobody wants to read more, and the platform's last
// bits of exp and log do not reach the manifest.
func (a Axis) at(u float64) string {
	if n := len(a.Values); n > 0 {
		return text(a.Values[min(int(u*float64(n)), n-1)])
	}
	x := a.From + float64(u*(a.To-a.From))
	if a.Log {
		x = a.From * math.Exp(u*math.Log(a.To/a.From))
	}
	if m := float64(max(a.MultipleOf, 1)); a.MultipleOf > 0 || a.integer() {
		x = m * math.Round(x/m)
		lo, hi := m*math.Ceil(a.From/m), m*math.Floor(a.To/m)
		return strconv.FormatFloat(min(max(x, lo), hi), 'f', -1, 64)
	}
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return strconv.FormatFloat(min(max(x, a.From), a.To), 'g', -1, 64)
}

func (a Axis) integer() bool {
	i := slices.IndexFunc(profile.Keys(), func(k profile.Key) bool { return k.Name == a.Name() })
	return profile.Keys()[i].Type == "integer"
}

// text writes a value of a sweep file as profile.Settings.Set takes it.
func text(v any) string {
	if x, ok := v.(float64); ok {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}
