package cli

import (
	"embed"
	"flag"
	"fmt"
	"io"
	"strings"
)

// Offer holds the completions of a word.
type Offer struct {
	Values []string
	List   bool // several of Values, separated by commas
	Files  bool // or names of files
	Dirs   bool // or names of directories
}

// Shells lists those that Completion knows.
func Shells() []string { return []string{"bash", "fish", "zsh"} }

//go:embed completion.bash completion.fish completion.zsh
var completionScripts embed.FS

// Completion returns a script for a shell. With it the shell asks the program, by the hidden command
// __complete, for the completions of a word. Completion panics if it does not know the shell.
func (p *Program) Completion(shell string) string {
	script, err := completionScripts.ReadFile("completion." + shell)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(script), "PROGRAM", p.Name)
}

// complete prints the completions of the last word of a command line, which lacks the program's name.
// Each line has a word and, if its meaning is known, a tab and the meaning. A line ":files HEAD" or
// ":dirs HEAD" asks the shell to add names of files or directories behind HEAD, the part that the word
// already has.
func (p *Program) complete(w io.Writer, words []string) {
	if len(words) == 0 {
		words = []string{""}
	}
	word := words[len(words)-1]
	o, docs := p.offered(words)
	head, tail := "", word
	if comma := strings.LastIndexByte(word, ','); o.List && comma >= 0 {
		head, tail = word[:comma+1], word[comma+1:]
	}
	for _, v := range o.Values {
		if strings.HasPrefix(v, tail) {
			line := head + v
			if doc := docs[v]; doc != "" {
				line += "\t" + doc
			}
			fmt.Fprintln(w, line)
		}
	}
	switch {
	case o.Files:
		fmt.Fprintln(w, ":files "+head)
	case o.Dirs:
		fmt.Fprintln(w, ":dirs "+head)
	}
}

// offered returns the completions of the last of several words, and the meaning of the values.
func (p *Program) offered(words []string) (o Offer, docs map[string]string) {
	docs = map[string]string{"help": "more on a command or topic", "-version": "print the version"}
	for _, c := range p.Commands {
		docs[c.Name] = firstClause(c.Summary)
	}
	word, before := words[len(words)-1], words[:len(words)-1]
	if len(before) == 0 {
		return Offer{Values: append(p.commandNames(), "-version")}, docs
	}
	c, rest, ok := p.find(before)
	switch {
	case before[0] == "help":
		return Offer{Values: p.helpNames()}, docs
	case !ok:
		return Offer{}, nil
	case c.Verbs != nil && len(rest) > 0:
		return Offer{}, nil
	case c.Verbs != nil:
		for _, v := range c.Verbs {
			docs[v.Name] = firstClause(v.Summary)
		}
		return Offer{Values: namesOf(c.Verbs)}, docs
	}
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	c.Setup(flags)
	if last := before[len(before)-1]; strings.HasPrefix(last, "-") {
		if f := flags.Lookup(strings.TrimLeft(last, "-")); f != nil {
			if operand, _ := flag.UnquoteUsage(f); operand != "" {
				return p.offerOf(f, operand), nil
			}
		}
	}
	if strings.HasPrefix(word, "-") {
		flags.VisitAll(func(f *flag.Flag) {
			_, usage := flag.UnquoteUsage(f)
			o.Values = append(o.Values, "-"+f.Name)
			docs["-"+f.Name] = firstClause(usage)
		})
		return o, docs
	}
	o = p.Offers[c.Name]
	o.Files = o.Files || strings.Contains(c.Args, "FILE")
	o.Dirs = o.Dirs || strings.Contains(c.Args, "DIR")
	return o, nil
}

// offerOf returns the completions of the value of a flag: those that the program offers, or the flag's
// choices, or files or directories if its usage calls the value FILE or DIR.
func (p *Program) offerOf(f *flag.Flag, operand string) Offer {
	if o, ok := p.Offers["-"+f.Name]; ok {
		return o
	}
	if v, ok := f.Value.(*checkedValue); ok && v.choices != nil {
		return Offer{Values: v.choices}
	}
	return Offer{Files: operand == "FILE", Dirs: operand == "DIR"}
}

// firstClause returns the first clause of a text.
func firstClause(text string) string {
	if end := strings.IndexAny(text, ";:,("); end >= 0 {
		text = text[:end]
	}
	return strings.TrimSpace(text)
}
