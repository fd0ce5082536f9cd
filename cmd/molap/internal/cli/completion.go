package cli

import (
	"flag"
	"fmt"
	"strings"
)

// Offer is what a shell completes a word with.
type Offer struct {
	Values []string
	List   bool // several of Values, separated by commas
	Files  bool // or names of files
	Dirs   bool // or names of directories
}

// Shells lists those that Completion knows.
func Shells() []string { return []string{"bash", "fish", "zsh"} }

// Completion returns a script that tells a shell of the program's commands, their
// flags and what those take. It panics if it does not know the shell.
func (p *Program) Completion(shell string) string {
	switch shell {
	case "bash":
		return p.bash()
	case "fish":
		return p.fish()
	case "zsh":
		return p.zsh()
	}
	panic(fmt.Sprintf("cli: completion for shell %q (have %s)", shell, strings.Join(Shells(), ", ")))
}

// completed is a flag as shells complete it.
type completed struct {
	name    string // with the hyphen
	doc     string // the first clause of its usage
	operand string // what its value is called; "" if it takes none
	offer   Offer
}

// flagsOf returns the flags of a command.
func (p *Program) flagsOf(c Command) []completed {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	c.Setup(flags)
	var all []completed
	flags.VisitAll(func(f *flag.Flag) {
		operand, usage := flag.UnquoteUsage(f)
		all = append(all, completed{"-" + f.Name, clause(usage), operand, p.offerOf(f, operand)})
	})
	return all
}

// offerOf returns what the value of a flag is completed with: what the program says,
// what the flag says, or files if it is called one.
func (p *Program) offerOf(f *flag.Flag, operand string) Offer {
	if o, ok := p.Offers["-"+f.Name]; ok {
		return o
	}
	if v, ok := f.Value.(*value); ok && v.choices != nil {
		return Offer{Values: v.choices}
	}
	return Offer{Files: operand == "FILE", Dirs: operand == "DIR"}
}

// arguments returns what the arguments of a command are completed with.
func (p *Program) arguments(c Command) Offer {
	o := p.Offers[c.Name]
	o.Files = o.Files || strings.Contains(c.Args, "FILE")
	o.Dirs = o.Dirs || strings.Contains(c.Args, "DIR")
	return o
}

// helped is the command help as shells complete it.
func (p *Program) helped() Offer {
	names := p.commandNames()[1:]
	for _, t := range p.Topics {
		names = append(names, t.Name)
	}
	return Offer{Values: names}
}

// clause returns the first clause of a text without what shells give a meaning.
func clause(text string) string {
	end := strings.IndexAny(text, ";:,(")
	if end >= 0 {
		text = text[:end]
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune("'\"`\\[]$", r) {
			return -1
		}
		return r
	}, text))
}

// bash returns the script for bash: one function that looks at the word before the
// cursor and else at the command.
func (p *Program) bash() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# bash completion for %[1]s: source <(%[1]s completion bash)\n_%[1]s() {\n", p.Name)
	b.WriteString(`	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} list= files= words= head=
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
`)
	fmt.Fprintf(&b, "\t\twords='%s -version'\n\telse\n\t\tcase \"${COMP_WORDS[1]} $before\" in\n", strings.Join(p.commandNames(), " "))
	offer := func(label string, o Offer) {
		var set []string
		if len(o.Values) > 0 {
			set = append(set, "words='"+strings.Join(o.Values, " ")+"'")
		}
		if o.List {
			set = append(set, "list=,")
		}
		switch {
		case o.Files:
			set = append(set, "files=-f")
		case o.Dirs:
			set = append(set, "files=-d")
		}
		fmt.Fprintf(&b, "\t\t%s) %s ;;\n", label, strings.Join(append(set, ":")[:max(1, len(set))], " "))
	}
	for _, c := range p.Commands {
		for _, f := range p.flagsOf(c) {
			if f.operand != "" {
				offer(fmt.Sprintf("'%s %s'", c.Name, f.name), f.offer)
			}
		}
	}
	b.WriteString("\t\t*)\n\t\tcase \"${COMP_WORDS[1]} $word\" in\n")
	for _, c := range p.Commands {
		var names []string
		for _, f := range p.flagsOf(c) {
			names = append(names, f.name)
		}
		if len(names) > 0 {
			offer("'"+c.Name+" -'*", Offer{Values: names})
		}
		if o := p.arguments(c); len(o.Values) > 0 || o.Files || o.Dirs {
			offer("'"+c.Name+" '*", o)
		}
	}
	offer("'help '*", p.helped())
	fmt.Fprintf(&b, `		esac
		esac
	fi
	if [[ $list && $word == *,* ]]; then
		head=${word%%,*},
		word=${word##*,}
	fi
	COMPREPLY=($(compgen -P "$head" -W "$words" -- "$word"))
	if [[ $files ]]; then
		compopt -o filenames 2>/dev/null
		COMPREPLY+=($(compgen -P "$head" $files -- "$word"))
	fi
	if [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _%s %s
`, p.Name, p.Name)
	return b.String()
}

// zsh returns the script for zsh, by its function _arguments.
func (p *Program) zsh() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %[1]s\n# zsh completion for %[1]s: source <(%[1]s completion zsh), or this file as _%[1]s in a directory of $fpath\n_%[1]s() {\n", p.Name)
	b.WriteString("\tlocal -a commands\n\tcommands=(\n\t\t'help:more on a command or topic'\n")
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "\t\t'%s:%s'\n", c.Name, clause(c.Summary))
	}
	b.WriteString(`	)
	if ((CURRENT == 2)); then
		_describe command commands
		return
	fi
	shift words
	((CURRENT--))
	case $words[1] in
`)
	action := func(message string, o Offer) string {
		words := strings.Join(o.Values, " ")
		switch {
		case o.List && o.Files:
			return message + ":{ _sequence compadd - " + words + "; _files }"
		case o.List:
			return message + ":_sequence compadd - " + words
		case o.Files && len(o.Values) > 0:
			return message + ":{ compadd -S \"\" -- " + words + "; _files }"
		case o.Files:
			return message + ":_files"
		case o.Dirs && len(o.Values) > 0:
			return message + ":{ compadd -- " + words + "; _files -/ }"
		case o.Dirs:
			return message + ":_files -/"
		case len(o.Values) > 0 && strings.HasSuffix(o.Values[0], "="):
			return message + ":compadd -S \"\" -- " + words
		case len(o.Values) > 0:
			return message + ":(" + words + ")"
		}
		return message + ": "
	}
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "\t%s)\n\t\t_arguments", c.Name)
		for _, f := range p.flagsOf(c) {
			if f.operand == "" {
				fmt.Fprintf(&b, " \\\n\t\t\t'%s[%s]'", f.name, f.doc)
				continue
			}
			fmt.Fprintf(&b, " \\\n\t\t\t'*%s[%s]:%s'", f.name, f.doc, action(clause(f.operand), f.offer))
		}
		if o := p.arguments(c); len(o.Values) > 0 || o.Files || o.Dirs {
			fmt.Fprintf(&b, " \\\n\t\t\t'*:%s'", action("argument", o))
		}
		b.WriteString("\n\t\t;;\n")
	}
	fmt.Fprintf(&b, "\thelp) _arguments '1:%s' ;;\n\tesac\n}\ncompdef _%s %s\n", action("command or topic", p.helped()), p.Name, p.Name)
	return b.String()
}

// fish returns the script for fish.
func (p *Program) fish() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# fish completion for %[1]s: %[1]s completion fish | source\ncomplete -c %[1]s -f\n", p.Name)
	values := func(o Offer) string {
		switch words := strings.Join(o.Values, " "); {
		case o.List:
			return "'(__fish_append , " + words + ")'"
		case o.Dirs:
			return "'" + words + " (__fish_complete_directories (commandline -ct))'"
		default:
			return "'" + words + "'"
		}
	}
	first := fmt.Sprintf("complete -c %s -n __fish_use_subcommand", p.Name)
	fmt.Fprintf(&b, "%s -a help -d 'more on a command or topic'\n%s -o version -d 'print the version'\n", first, first)
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "%s -a %s -d '%s'\n", first, c.Name, clause(c.Summary))
		in := fmt.Sprintf("complete -c %s -n '__fish_seen_subcommand_from %s'", p.Name, c.Name)
		for _, f := range p.flagsOf(c) {
			fmt.Fprintf(&b, "%s -o %s -d '%s'", in, f.name[1:], f.doc)
			if f.operand != "" {
				b.WriteString(" " + map[bool]string{true: "-rF", false: "-x"}[f.offer.Files])
				if len(f.offer.Values) > 0 || f.offer.Dirs {
					fmt.Fprintf(&b, " -a %s", values(f.offer))
				}
			}
			b.WriteString("\n")
		}
		if o := p.arguments(c); len(o.Values) > 0 || o.Files || o.Dirs {
			fmt.Fprintf(&b, "%s%s -a %s\n", in, map[bool]string{true: " -F"}[o.Files], values(o))
		}
	}
	fmt.Fprintf(&b, "complete -c %s -n '__fish_seen_subcommand_from help' -a %s\n", p.Name, values(p.helped()))
	return b.String()
}
