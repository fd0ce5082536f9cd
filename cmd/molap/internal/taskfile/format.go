package taskfile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// Format writes a valid task as a TOML file. Tasks that are drawn alike have equal
// text, and Parse of it gives a task that is drawn like t.
func Format(t tasks.Task) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "name  = %s\n", quotedText(t.Name))
	if t.ID != t.Name && t.ID != "" {
		fmt.Fprintf(&b, "id    = %s\n", quotedText(t.ID))
	}
	if t.Title != t.Name && t.Title != "" {
		fmt.Fprintf(&b, "title = %s\n", quotedText(t.Title))
	}
	if t.Arrays != nil {
		formatArrays(&b, t)
		return b.Bytes()
	}
	fmt.Fprintf(&b, "steps = %d # of %v ms\n", t.Steps, 1000*tasks.StepSeconds)
	if t.Lead > 0 {
		fmt.Fprintf(&b, "lead  = %d\n", t.Lead)
	}
	if len(t.Draws) > 0 {
		b.WriteString("\ndraws = [\n")
		for _, d := range t.Draws {
			fmt.Fprintf(&b, "  { name = %s, %s },\n", quotedText(d.Name), sourceText(d.From))
		}
		b.WriteString("]\n")
	}
	b.WriteString("\nperiods = [\n")
	for _, p := range t.Periods {
		fmt.Fprintf(&b, "  { name = %s, steps = %s },\n", quotedText(p.Name), durationText(p.Duration))
	}
	b.WriteString("]\n")
	for _, side := range []struct {
		key      string
		channels []tasks.Channel
	}{{"inputs", t.Inputs}, {"targets", t.Targets}} {
		for _, c := range side.channels {
			if c.Index > 0 {
				continue // written with the first of its family
			}
			fmt.Fprintf(&b, "\n[[%s]]\nname = %s\n", side.key, quotedText(c.FamilyName()))
			if c.Count > 0 {
				fmt.Fprintf(&b, "count = %d\n", c.Count)
			}
			switch len(c.Parts) {
			case 0:
			case 1:
				fmt.Fprintf(&b, "show = [%s]\n", showText(c.Parts[0]))
			default:
				b.WriteString("show = [\n")
				for _, p := range c.Parts {
					fmt.Fprintf(&b, "  %s,\n", showText(p))
				}
				b.WriteString("]\n")
			}
		}
	}
	return b.Bytes()
}

func sourceText(s tasks.Source) string {
	switch s := s.(type) {
	case tasks.Uniform:
		return fmt.Sprintf("uniform = [%s, %s]", numberText(s.Least), numberText(s.Most))
	case tasks.Choice:
		return "choice = [" + strings.Join(seq.Map(s, numberText), ", ") + "]"
	case tasks.Noise:
		return "noise = " + numberText(float64(s))
	}
	return `angle = "profile"`
}

func durationText(d tasks.Duration) string {
	switch {
	case d.Rest:
		return `"rest"`
	case d.Exponential > 0:
		return fmt.Sprintf("{ exponential = %s, least = %d, most = %d }", numberText(d.Exponential), d.Least, d.Most)
	case d.Least == d.Most:
		return strconv.Itoa(d.Least)
	}
	return fmt.Sprintf("[%d, %d]", d.Least, d.Most)
}

func showText(p tasks.Part) string {
	during := quotedText(p.First)
	if p.First != p.Last {
		during = fmt.Sprintf("[%s, %s]", quotedText(p.First), quotedText(p.Last))
	}
	return fmt.Sprintf("{ value = %s, during = %s }", valueText(p.Value), during)
}

func valueText(v tasks.Value) string {
	if c, ok := v.(tasks.Constant); ok {
		return numberText(float64(c))
	}
	return quotedText(v.String())
}

// numberText writes a number as TOML does: the shortest decimal that reads back as x.
func numberText(x float64) string {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if text == "-0" { // to TOML an integer, which has no sign of zero
		return "-0.0"
	}
	return text
}

// quotedText writes a text as TOML does.
func quotedText(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
