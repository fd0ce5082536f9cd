package cli

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"molap/cmd/molap/internal/words"
)

// helpWidth is the number of columns that help keeps to.
const helpWidth = 100

// help prints the overview, or the help on a command or topic.
func (p *Program) help(w io.Writer, args []string) error {
	c, rest, ok := p.find(args)
	switch {
	case len(args) == 1 && args[0] == "help", len(args) == 0:
		_, err := io.WriteString(w, p.overview())
		return err
	case ok && len(rest) == 0:
		_, err := io.WriteString(w, p.commandHelp(c))
		return err
	case ok && c.Verbs != nil:
		return p.noVerb(c, rest)
	case len(args) > 1:
		return Usagef("help takes one command or topic, got %q", args)
	}
	if i := slices.IndexFunc(p.Topics, func(t Topic) bool { return t.Name == args[0] }); i >= 0 {
		_, err := io.WriteString(w, p.Topics[i].Text())
		return err
	}
	return Usagef("no help on %q (%s)", args[0], p.instead(args[0], append([]string{"help"}, p.helpNames()...)))
}

// overview lists the commands by group, the topics and examples.
func (p *Program) overview() string {
	var b strings.Builder
	b.WriteString(wrapParagraphs(p.Doc))
	fmt.Fprintf(&b, "\nUsage: %s COMMAND [flags] [arguments]\n", p.Name)
	column := len("-version")
	for _, c := range p.Commands {
		column = max(column, len(c.Name))
	}
	group := ""
	for _, c := range p.Commands { // those of a group stand together
		if c.Group != group {
			group = c.Group
			fmt.Fprintf(&b, "\n%s\n", group)
		}
		listItem(&b, column, c.Name, c.Summary)
	}
	b.WriteString("\nHelp\n")
	listItem(&b, column, "help X", "more on a command or topic X")
	for _, t := range p.Topics {
		listItem(&b, column, "", "topic "+t.Name+": "+t.Summary)
	}
	listItem(&b, column, "-version", "print the version")
	listExamples(&b, p.Examples)
	return b.String()
}

// commandHelp returns the help on one command.
func (p *Program) commandHelp(c Command) string {
	own, common := c.flags()
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n\nUsage: %s %s%s\n", p.Name, c.Name, c.Summary, p.Name, c.Name, c.operands())
	if c.Doc != "" {
		b.WriteString("\n" + wrapParagraphs(c.Doc))
	}
	flagList(&b, "Flags", own)
	flagList(&b, "Common flags", common)
	for _, v := range c.Verbs {
		own, common := v.flags()
		flagList(&b, p.Name+" "+c.Name+" "+v.Name+v.operands()+": "+v.Summary, append(own, common...))
	}
	listExamples(&b, c.Examples)
	return b.String()
}

// flags returns the flags of a command: its own, and those of Common in the order of
// help.
func (c Command) flags() (own, common []*flag.Flag) {
	flags := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	if c.Setup != nil {
		c.Setup(flags)
	}
	flags.VisitAll(func(f *flag.Flag) {
		if slices.Contains(commonNames, f.Name) {
			common = append(common, f)
		} else {
			own = append(own, f)
		}
	})
	slices.SortFunc(common, func(a, b *flag.Flag) int {
		return slices.Index(commonNames, a.Name) - slices.Index(commonNames, b.Name)
	})
	return own, common
}

// operands returns what follows the command's name on a command line.
func (c Command) operands() string {
	text := ""
	if own, common := c.flags(); len(own)+len(common) > 0 {
		text = " [flags]"
	}
	if c.Args != "" {
		text += " " + c.Args
	}
	return text
}

// flagUsage returns the usage of a flag with its default, unless that is empty or false.
func flagUsage(f *flag.Flag) string {
	_, text := flag.UnquoteUsage(f)
	if f.DefValue != "" && f.DefValue != "false" {
		text += " (default " + f.DefValue + ")"
	}
	return text
}

// flagList lists flags.
func flagList(b *strings.Builder, title string, flags []*flag.Flag) {
	if len(flags) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	heads, column := make([]string, len(flags)), 0
	for i, f := range flags {
		name, _ := flag.UnquoteUsage(f)
		heads[i] = strings.TrimSpace("-" + f.Name + " " + name)
		column = max(column, len(heads[i]))
	}
	for i, f := range flags {
		listItem(b, column, heads[i], flagUsage(f))
	}
}

// listExamples lists example command lines.
func listExamples(b *strings.Builder, list []Example) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\nExamples\n")
	for _, e := range list {
		fmt.Fprintf(b, "  %s\n", e.Line)
		for _, line := range Lines(e.Doc, helpWidth-6) {
			fmt.Fprintf(b, "      %s\n", line)
		}
	}
}

// listItem writes a head and, from the column after it, a wrapped text.
func listItem(b *strings.Builder, column int, head, text string) {
	for i, line := range Lines(text, helpWidth-column-5) {
		if i > 0 {
			head = ""
		}
		fmt.Fprintf(b, "  %-*s   %s\n", column, head, line)
	}
}

// wrapParagraphs breaks paragraphs to the width of help. A paragraph that starts with a
// space stays as it is.
func wrapParagraphs(text string) string {
	var paragraphs []string
	for _, p := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if !strings.HasPrefix(p, " ") {
			p = strings.Join(Lines(p, helpWidth), "\n")
		}
		paragraphs = append(paragraphs, p)
	}
	return strings.Join(paragraphs, "\n\n") + "\n"
}

// Lines breaks a text between words into lines of at most that many columns. A longer word gets a line
// of its own.
func Lines(text string, columns int) []string {
	return words.Lines(strings.SplitAfter(strings.Join(strings.Fields(text), " "), " "), func(line string) bool {
		return utf8.RuneCountInString(line) <= columns
	})
}
