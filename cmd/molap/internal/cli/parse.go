package cli

import (
	"cmp"
	"errors"
	"flag"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// parse parses flags that stand anywhere among the arguments, until --, and
// returns the other arguments. A flag may be given once, unless it is [Repeated].
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	var twice error
	flags.VisitAll(func(f *flag.Flag) {
		if _, several := f.Value.(Repeated); !several {
			f.Value = &onceValue{Value: f.Value, flag: f, twice: &twice}
		}
	})
	defer flags.VisitAll(func(f *flag.Flag) {
		if v, ok := f.Value.(*onceValue); ok {
			f.Value = v.Value
		}
	})
	var rest []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, cmp.Or(twice, err)
		}
		left := flags.Args()
		if taken := len(args) - len(left); len(left) == 0 || taken > 0 && args[taken-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// onceValue is the value of a flag that may be given once: the first of two would be dropped without a
// word.
type onceValue struct {
	flag.Value
	flag  *flag.Flag
	given bool
	first string
	twice *error // set to what is wrong
}

func (v *onceValue) IsBoolFlag() bool {
	b, ok := v.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func (v *onceValue) Set(text string) error {
	if !v.given {
		v.given, v.first = true, text
		return v.Value.Set(text)
	}
	message := "flag -" + v.flag.Name + " is given twice"
	if !v.IsBoolFlag() {
		message += ", as " + v.first + " and as " + text
	}
	if strings.Contains(v.flag.Usage, "separated by commas") {
		message += " (want -" + v.flag.Name + " " + v.first + "," + text + ")"
	}
	*v.twice = errors.New(message)
	return *v.twice
}

// flagMessage says what is wrong with a flag: package flag's message without Go types. For an unknown
// flag it adds what may be meant.
func (p *Program) flagMessage(flags *flag.FlagSet, err error) string {
	message := err.Error()
	if name, ok := strings.CutPrefix(message, "flag provided but not defined: -"); ok {
		return "unknown flag -" + name + " (" + p.insteadOfFlag(strings.TrimPrefix(name, "-"), flags) + ")"
	}
	if strings.HasPrefix(message, "invalid boolean value") {
		message = strings.Replace(message, "for -", "for flag -", 1)
		message = strings.TrimSuffix(message, "parse error") + "allowed: true, false"
	}
	return message
}

// emptyFlag returns a usage error if a flag was set to an empty text, as a shell does if a variable has
// no value. The flag would silently ask for the default.
func emptyFlag(flags *flag.FlagSet) (err error) {
	flags.Visit(func(f *flag.Flag) {
		if g, ok := f.Value.(flag.Getter); ok && g.Get() == "" && err == nil {
			what, usage := flag.UnquoteUsage(f)
			err = Usagef("-%s is \"\" (want -%s %s: %s)", f.Name, f.Name, what, usage)
		}
	})
	return err
}

// cleanPaths makes the paths clean where flags have something written. The file system would look for a
// directory that ".." leaves again, and that may be missing.
func cleanPaths(flags *flag.FlagSet) {
	flags.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"out", "save", "cache", "cpuprofile"}, f.Name) {
			f.Value.Set(filepath.Clean(f.Value.String()))
		}
	})
}
