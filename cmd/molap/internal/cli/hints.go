package cli

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/suggest"
)

// Kind is a kind of names that a program knows beside its commands: of tasks, say.
type Kind struct {
	What  string   // "a task"
	Names []string // in any case
	Flag  string   // that takes one of them, with NAME for it: "-task NAME"
	Use   string   // where there is no such flag: a command, with NAME for the name
}

// Means explains a name and its use, by a flag if the command has one for it. It returns "" for a name
// that the program does not know. flags may be nil.
func (p *Program) Means(name string, flags *flag.FlagSet) string {
	means := ""
	for _, k := range p.Kinds {
		i := slices.IndexFunc(k.Names, func(known string) bool { return strings.EqualFold(known, name) })
		if i < 0 {
			continue
		}
		says := func(use string) string {
			return fmt.Sprintf("%s is %s: %s", k.Names[i], k.What, strings.ReplaceAll(use, "NAME", k.Names[i]))
		}
		if first, _, _ := strings.Cut(k.Flag, " "); flags != nil && flags.Lookup(strings.TrimPrefix(first, "-")) != nil {
			return says(k.Flag)
		}
		if means == "" {
			means = says(k.Use)
		}
	}
	return means
}

// instead says which command or topic of help may be meant by an unknown name.
func (p *Program) instead(name string, known []string) string {
	for _, c := range p.Commands {
		if slices.Contains(c.Also, name) {
			return "did you mean " + c.Name + "?"
		}
	}
	if means := p.Means(name, nil); means != "" {
		return means
	}
	if near := suggest.Closest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	return p.Name + " help lists them"
}

// otherFlags are names that people give to flags, and what those may be called here.
var otherFlags = map[string][]string{
	"o": {"out", "save"}, "out": {"save"}, "output": {"out", "save"}, "dir": {"out", "save"}, "save": {"out"},
	"t": {"task"}, "tasks": {"task"}, "arms": {"arm"}, "model": {"arm"}, "n": {"seeds"}, "j": {"workers"}, "threads": {"workers"},
	"dtype": {"precision"}, "f64": {"precision"}, "config": {"profile"}, "p": {"profile"}, "q": {"quick"}, "data": {"trials", "task"}, "kind": {"damage"},
}

// insteadOfFlag says what may be meant by an unknown flag of a command: one of its flags under another
// name, the nearest flag, a setting, or a flag of other commands.
func (p *Program) insteadOfFlag(name string, flags *flag.FlagSet) string {
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
	for _, other := range otherFlags[name] {
		if slices.Contains(known, other) {
			return "did you mean -" + other + "?"
		}
	}
	if key := profile.Meant(name); key != "" && slices.Contains(known, "set") {
		return "a setting, -set KEY=VALUE: " + key
	}
	if near := suggest.Closest(name, known); near != "" && len(name) > 1 {
		return "did you mean -" + near + "?"
	}
	var having []string
	for _, c := range p.all() {
		own, common := c.flags()
		if slices.ContainsFunc(append(own, common...), func(f *flag.Flag) bool { return f.Name == name }) {
			having = append(having, c.Name)
		}
	}
	if len(having) > 0 {
		return fmt.Sprintf("one of %s; %s help %s lists those of %[3]s", strings.Join(having, ", "), p.Name, flags.Name())
	}
	return fmt.Sprintf("%s help %s lists them", p.Name, flags.Name())
}

// checkArgs returns a usage error if a command does not take that many arguments, or if one is empty:
// as a path, an empty text would mean this directory.
func (p *Program) checkArgs(c Command, flags *flag.FlagSet, args []string) error {
	want := c.Args
	if o := p.Offers[c.Name]; len(o.Values) > 0 && !o.Files {
		want += " (have " + strings.Join(o.Values, ", ") + ")"
	}
	switch optional, many := strings.HasPrefix(c.Args, "["), strings.ContainsAny(c.Args, "… "); {
	case c.Args == "" && len(args) > 0:
		hint := p.Means(args[0], flags)
		if hint == "" {
			var known []string
			flags.VisitAll(func(f *flag.Flag) { known = append(known, "-"+f.Name) })
			hint = "have " + strings.Join(known, ", ")
		}
		return Usagef("%s takes no arguments beside flags, got %q (%s)", c.Name, args[0], hint)
	case c.Args != "" && !optional && !strings.Contains(c.Args, " ") && len(args) == 0:
		return Usagef("%s: no %s named (%s help %s)", c.Name, strings.TrimSuffix(want, "…"), p.Name, c.Name)
	case c.Args != "" && !many && len(args) > 1:
		return Usagef("%s: want one %s, got %d: %s", c.Name, want, len(args), strings.Join(args, ", "))
	case slices.Contains(args, "") && !strings.Contains(c.Args, "NAME"):
		return Usagef("%s: an argument is \"\" (want %s)", c.Name, c.Args)
	}
	return nil
}
