package resultdir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"molap/cmd/molap/internal/claims"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
)

// report returns the page.
func (o *Output) report() *page.Report {
	m := o.Manifest
	p := &page.Report{
		Title:  "MoLaP: modular latent primitives, reproduced",
		Banner: fmt.Sprintf("Profile %s, %s", m.Settings.Label(), words.Count(len(m.Seeds), "seed")),
		Summary: []string{"The same command gives the same tables, to the last bit, on any machine. " +
			"Scores stand beside two nulls, answers that ignore the stimulus: a score that does not beat them shows no learning of the task."},
		Claims: o.claims(), ClaimNote: claims.Note,
		Facts: []page.Setting{
			{Name: "command", Value: m.Command}, {Name: "version", Value: m.Machine.Version},
			{Name: "settings (SHA-256)", Value: m.Hash}, {Name: "seeds", Value: strings.Trim(fmt.Sprint(m.Seeds), "[]")},
			{Name: "CPU", Value: fmt.Sprintf("%s, %d CPUs, %s", m.Machine.CPU, m.Machine.CPUs, m.Machine.Platform)},
			{Name: "kernel", Value: m.Kernel}, {Name: "workers", Value: fmt.Sprint(m.Workers)},
			{Name: "time", Value: (time.Duration(m.Seconds * float64(time.Second))).Round(time.Second).String()},
		},
	}
	if m.Settings.Shrunk {
		p.Warning = "A quick version: small batches, few iterations and trials. It shows how the parts work together. Do not compare arms by it: the networks are hardly trained."
	}
	for _, r := range o.Results {
		if r.Name == "" {
			continue // of a run that was cut short
		}
		if r.Key {
			p.Findings = append(p.Findings, r.Headline)
		}
		p.Sections = append(p.Sections, o.section(r))
	}
	p.Settings = seq.Map(profile.Keys(), func(k profile.Key) page.Setting { return page.Setting{Name: k.Name, Value: m.Settings.Get(k.Name)} })
	return p
}

// Of an experiment the page shows openParagraphs paragraphs, one figure and, if it has at most openRows
// rows, one table; the rest is folded. Tables of more than shownRows rows are linked.
const (
	openParagraphs = 2
	openRows       = 12
	shownRows      = 60
)

// section returns the part of the page that shows a result. A result of the paper's supplement is
// folded whole.
func (o *Output) section(r paper.Result) page.Section {
	s := page.Section{ID: sectionAnchor(r.Name), Title: r.Title, Paragraphs: r.Findings, Command: o.again(r.Name)}
	supplement := strings.HasPrefix(r.Name, "figS")
	if !r.Key && r.Headline != "" {
		s.Paragraphs = append([]string{r.Headline}, r.Findings...)
	}
	if n := openParagraphs; len(s.Paragraphs) > n {
		s.Paragraphs, s.More.Paragraphs = s.Paragraphs[:n], s.Paragraphs[n:]
	}
	for i, f := range r.Figures {
		to := &s.More.Figures
		if i == 0 && !supplement {
			to = &s.Figures
		}
		*to = append(*to, page.Picture{Figure: f, Caption: r.Captions[i]})
		s.Files = append(s.Files, figuresDir+"/"+f.Name+".svg", figuresDir+"/"+f.Name+".png")
	}
	for i, t := range r.Tables {
		switch {
		case r.Claims != nil && (t.Name != claims.PowerTable || len(t.Rows) == 0) || len(t.Rows) > shownRows: // claims have a table of their own
		case i == 0 && !supplement && len(t.Rows) <= openRows:
			s.Tables = append(s.Tables, t)
		default:
			s.More.Tables = append(s.More.Tables, t)
		}
		s.Files = append(s.Files, resultsDir+"/"+t.Name+".csv", resultsDir+"/"+t.Name+".json")
	}
	return s
}

// again returns the command for one of the experiments, into a directory of its own. If the seeds have
// gaps they come from several runs; then it is the command that joined them.
func (o *Output) again(name string) string {
	m := o.Manifest
	if last := m.Seeds[len(m.Seeds)-1]; last-m.Seeds[0] != uint64(len(m.Seeds)-1) {
		return m.Command
	}
	args := slices.Concat([]string{"reproduce", name}, m.Flags)
	if first := m.Seeds[0]; first != 1 {
		args = append(args, "-seed", strconv.FormatUint(first, 10))
	}
	if n := len(m.Seeds); n != 1 {
		args = append(args, "-seeds", strconv.Itoa(n))
	}
	return commandLine(append(args, "-out", "out/"+name))
}

// sectionAnchor returns the name of an experiment as the anchor of its section.
func sectionAnchor(name string) string { return strings.ToLower(name) }

// claims returns the claims of the paper if they were judged. Each has the section that shows what it
// is about, if the page has that section.
func (o *Output) claims() []page.Claim {
	var claims []page.Claim
	for _, r := range o.Results {
		claims = append(claims, r.Claims...)
	}
	for i := range claims {
		c := &claims[i]
		c.Profile = o.Manifest.Settings.Label()
		if !slices.Contains(o.Manifest.Experiments, c.Section) {
			c.Section = ""
		}
		c.Section = sectionAnchor(c.Section)
	}
	return claims
}
