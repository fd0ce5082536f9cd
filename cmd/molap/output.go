package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"molap/cmd/molap/internal/experiment"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/report"
)

// output is a result directory in the making.
type output struct {
	dir      string
	manifest manifest
	results  []experiment.Result
	asked    []string // flags that results depend on

	before []byte // the manifest that was there, if any; see prepare
}

func (o *output) writeManifest() error { return o.manifest.write(o.dir) }

// add writes the tables and figures of a result, the i-th of the manifest's
// experiments, and their digests into the manifest. Results come in any order.
func (o *output) add(i int, r experiment.Result) error {
	for _, t := range r.Tables {
		if err := o.write(resultsDir, t.Files()); err != nil {
			return err
		}
	}
	for _, f := range r.Figures {
		files, err := f.Files()
		if err != nil {
			return err
		}
		if err := o.write(figuresDir, files); err != nil {
			return err
		}
	}
	if o.results == nil {
		o.results = make([]experiment.Result, len(o.manifest.Experiments))
	}
	o.results[i] = r
	o.manifest.finished(r.Name)
	return o.writeManifest()
}

// write writes files into a directory below, "" for the result directory itself, and puts
// their digests into the manifest.
func (o *output) write(below string, files []report.File) error {
	for _, f := range files {
		name := path.Join(below, f.Name)
		if err := writeResult(o.dir, name, f.Data); err != nil {
			return err
		}
		o.manifest.Files[name] = sumOf(f.Data)
	}
	return nil
}

// sumOf returns the SHA-256 of the content of a file.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// finish writes the report and the manifest. The page is made from the files of the
// directory, as "molap report" makes it again.
func (o *output) finish(took time.Duration) error {
	o.manifest.Seconds = took.Seconds()
	if err := o.write("", []report.File{{Name: reportName, Data: o.report(took).JSON()}}); err != nil {
		return err
	}
	page, err := buildPage(o.dir)
	if err != nil {
		return err
	}
	if err := o.write("", []report.File{{Name: pageName, Data: page}}); err != nil {
		return err
	}
	o.manifest.Complete = true
	return o.writeManifest()
}

// shownRows is the length of the longest table that the page shows; longer ones
// are linked.
const shownRows = 60

// report returns the page, all but the drawings.
func (o *output) report(took time.Duration) *report.Report {
	m := o.manifest
	p := &report.Report{
		Title:    "MoLaP: modular latent primitives, reproduced",
		Subtitle: fmt.Sprintf("Profile %s, %d seed(s)", m.Settings.Label(), len(m.Seeds)),
		Summary: []string{"Each number was computed by the command that stands beside it; the same command gives the same tables, to the last bit, on any machine. " +
			"Scores stand beside two nulls, answers that do not know the stimulus: a score that does not beat them shows no learning of the task."},
		Facts: []report.Setting{
			{Name: "command", Value: m.Command}, {Name: "version", Value: m.Machine.Version},
			{Name: "settings (SHA-256)", Value: m.Hash}, {Name: "seeds", Value: strings.Trim(fmt.Sprint(m.Seeds), "[]")},
			{Name: "CPU", Value: fmt.Sprintf("%s, %d CPUs, %s", m.Machine.CPU, m.Machine.CPUs, m.Machine.Platform)},
			{Name: "kernel", Value: m.Kernel}, {Name: "workers", Value: fmt.Sprint(m.Workers)},
			{Name: "time", Value: took.Round(time.Second).String()},
		},
	}
	if m.Settings.Shrunk {
		p.Summary = append(p.Summary, "This is a quick version: small batches, few iterations and trials. It shows how the parts work together, not what the paper's settings give.")
	}
	var settings []report.Setting
	for _, k := range profile.Keys() {
		settings = append(settings, report.Setting{Name: k.Name, Value: m.Settings.Get(k.Name)})
	}
	p.Claims = o.claims()
	if p.Claims != nil {
		p.ClaimNote = experiment.ClaimNote
	}
	for _, r := range o.results {
		p.Findings = append(p.Findings, r.Headline)
		s := report.Section{ID: anchor(r.Name), Title: r.Title, Paragraphs: r.Findings, Command: o.again(r.Name)}
		for i, f := range r.Figures {
			s.Figures = append(s.Figures, report.Picture{Name: f.Name, Caption: r.Captions[i], Notes: f.Notes()}) // drawn in figures/
			s.Files = append(s.Files, "figures/"+f.Name+".svg", "figures/"+f.Name+".png")
		}
		for _, t := range r.Tables {
			if len(t.Rows) <= shownRows && r.Claims == nil { // claims lead the page
				s.Tables = append(s.Tables, t)
			}
			s.Files = append(s.Files, "results/"+t.Name+".csv", "results/"+t.Name+".json")
		}
		if r.UsesSettings {
			s.Settings = settings
		}
		p.Sections = append(p.Sections, s)
	}
	return p
}

// again is the command for one of the experiments, into a directory of its own.
func (o *output) again(name string) string {
	return commandLine(slices.Concat([]string{"reproduce", name}, o.asked, []string{"-out", "out/" + name}))
}

// anchor is the name of an experiment as a page's address takes it.
func anchor(name string) string { return strings.ToLower(name) }

// claims returns the claims of the paper, if they were examined, each with the
// section that shows what it is about, if the page has that.
func (o *output) claims() []report.Claim {
	var claims []report.Claim
	for _, r := range o.results {
		claims = append(claims, r.Claims...)
	}
	for i := range claims {
		c := &claims[i]
		c.Profile = o.manifest.Settings.Label()
		if !slices.Contains(o.manifest.Experiments, c.Section) {
			c.Section = ""
		}
		c.Section = anchor(c.Section)
	}
	return claims
}
