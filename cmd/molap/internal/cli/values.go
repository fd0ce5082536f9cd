package cli

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkedValue is a flag value. Its errors say what is allowed.
type checkedValue struct {
	text    string
	set     func(text string) error
	choices []string // if those are all it takes
}

func (v *checkedValue) String() string { return v.text }

func (v *checkedValue) Set(text string) error {
	if err := v.set(text); err != nil {
		return err
	}
	v.text = text
	return nil
}

// Repeated is a flag that may be given several times: it is called with each text. All other flags may
// be given once.
type Repeated func(text string) error

func (f Repeated) String() string { return "" }

func (f Repeated) Set(text string) error { return f(text) }

// Texts returns a flag that adds each text it is given to all.
func Texts(all *[]string) Repeated {
	return func(text string) error {
		*all = append(*all, text)
		return nil
	}
}

// IntVar registers an integer flag from min to max whose default is *p.
func IntVar(flags *flag.FlagSet, p *int, name string, min, max int, usage string) {
	flags.Var(&checkedValue{text: strconv.Itoa(*p), set: func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < min || n > max {
			return fmt.Errorf("allowed: %d to %d", min, max)
		}
		*p = n
		return nil
	}}, name, usage)
}

// ChoiceVar registers a flag that takes one of the choices and whose default
// is *p, which may be none of them.
func ChoiceVar(flags *flag.FlagSet, p *string, name string, choices []string, usage string) {
	flags.Var(&checkedValue{*p, func(text string) error {
		if !slices.Contains(choices, text) {
			return errors.New("allowed: " + strings.Join(choices, ", "))
		}
		*p = text
		return nil
	}, choices}, name, usage)
}

// Given reports whether the command line sets a flag.
func Given(flags *flag.FlagSet, name string) (given bool) {
	flags.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}
