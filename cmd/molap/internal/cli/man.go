package cli

import (
	"flag"
	"fmt"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/seq"
)

// Man returns the manual page of the program, made of the texts of help: every command with its own
// flags, the flags they share, the topics.
func (p *Program) Man() string {
	var m manWriter
	fmt.Fprintf(&m.Builder, ".TH %s 1 \"\" \"%s %s\"\n", strings.ToUpper(p.Name), p.Name, escapeRoff(p.Version))
	first, _, _ := strings.Cut(p.Doc, ", ") // "MoLaP trains …"
	_, does, _ := strings.Cut(first, " ")
	m.heading("SH", "NAME")
	fmt.Fprintf(&m, "%s \\- %s\n", escapeRoff(p.Name), escapeRoff(does))
	m.heading("SH", "SYNOPSIS")
	m.bold(p.Name, " COMMAND [flags] [arguments]")
	m.request("br")
	m.bold(p.Name, " help [COMMAND|TOPIC]")
	m.request("br")
	m.bold(p.Name, " -version")
	m.heading("SH", "DESCRIPTION")
	m.paragraphs(p.Doc)

	m.heading("SH", "COMMANDS")
	shared := map[string]*flag.Flag{}
	for _, c := range p.all() {
		m.heading("SS", p.Name+" "+c.Name+c.operands())
		m.text(strings.ToUpper(c.Summary[:1]) + c.Summary[1:] + ".")
		m.paragraphs(c.Doc)
		own, common := c.flags()
		for _, f := range own {
			m.flag(f)
		}
		for _, f := range common {
			if shared[f.Name] == nil {
				shared[f.Name] = f
			}
		}
		if len(common) > 0 {
			m.request("PP")
			m.text("Common flags: " + strings.Join(seq.Map(common, func(f *flag.Flag) string { return "-" + f.Name }), ", ") + ".")
		}
		m.examples(c.Examples)
	}
	m.heading("SH", "COMMON FLAGS")
	for _, name := range commonNames {
		if f := shared[name]; f != nil {
			m.flag(f)
		}
	}
	for _, t := range p.Topics {
		m.heading("SH", strings.ToUpper(t.Name))
		m.verbatim(t.Text())
	}
	m.heading("SH", "EXIT STATUS")
	m.item("0", "success")
	m.item(strconv.Itoa(exitFailed), "it did not succeed")
	m.item(strconv.Itoa(exitUsage), "a mistake of the command line or of a setting")
	m.item(strconv.Itoa(exitInterrupted), "interrupted; the same command goes on")
	m.heading("SH", "EXAMPLES")
	m.examples(p.Examples)
	return m.String()
}

// manWriter writes the man macros of roff.
type manWriter struct{ strings.Builder }

// escapeRoff escapes what roff would not take for text: backslashes, hyphens, which roff sets as dashes
// that cannot be copied into a shell, and requests at the start of a line.
func escapeRoff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

func (m *manWriter) request(name string) { fmt.Fprintf(m, ".%s\n", name) }

// heading writes SH, a section, or SS, one below it.
func (m *manWriter) heading(kind, text string) {
	fmt.Fprintf(m, ".%s \"%s\"\n", kind, strings.ReplaceAll(escapeRoff(text), `"`, `\(dq`))
}

// text writes a line of running text.
func (m *manWriter) text(text string) { m.WriteString(escapeRoff(text) + "\n") }

func (m *manWriter) bold(bold, rest string) {
	fmt.Fprintf(m, "\\fB%s\\fR%s\n", escapeRoff(bold), strings.TrimPrefix(escapeRoff(rest), `\&`))
}

// paragraphs writes a text as help wraps it: paragraphs that start with a space stay
// as they are.
func (m *manWriter) paragraphs(text string) {
	if text == "" {
		return
	}
	for _, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		m.request("PP")
		if strings.HasPrefix(paragraph, " ") {
			m.verbatim(paragraph)
			continue
		}
		m.text(strings.Join(strings.Fields(paragraph), " "))
	}
}

// verbatim writes lines as they are.
func (m *manWriter) verbatim(text string) {
	m.request("nf")
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		m.text(line)
	}
	m.request("fi")
}

func (m *manWriter) flag(f *flag.Flag) {
	operand, _ := flag.UnquoteUsage(f)
	m.request("TP")
	fmt.Fprintf(m, "\\fB\\-%s\\fR", escapeRoff(f.Name))
	if operand != "" {
		fmt.Fprintf(m, " \\fI%s\\fR", escapeRoff(operand))
	}
	m.WriteString("\n")
	m.text(flagUsage(f))
}

func (m *manWriter) examples(list []Example) {
	for _, e := range list {
		m.item(e.Line, strings.ToUpper(e.Doc[:1])+e.Doc[1:]+".")
	}
}

// item writes a head in bold and a text below it.
func (m *manWriter) item(head, text string) {
	m.request("TP")
	m.bold(head, "")
	m.text(text)
}
