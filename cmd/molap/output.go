package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
)

// output is a result directory in the making.
type output struct {
	dir      string
	manifest manifest
	results  []paper.Result
	observed *obs.Notebook // of all results so far

	before []byte // the manifest that was there, if any; see prepare
}

func (o *output) writeManifest() error { return o.manifest.write(o.dir) }

// add writes the tables and figures of a result, the i-th of the manifest's
// experiments, and their digests into the manifest. Results come in any order.
func (o *output) add(i int, r paper.Result) error {
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
	if r.Observed != nil {
		if err := o.observe(r.Observed); err != nil {
			return err
		}
	}
	if o.results == nil {
		o.results = make([]paper.Result, len(o.manifest.Experiments))
	}
	o.results[i] = r
	o.manifest.finished(r.Name)
	return o.writeManifest()
}

// observe writes observations beside those that are there.
func (o *output) observe(n *obs.Notebook) error {
	if o.observed == nil {
		o.observed = &obs.Notebook{Settings: o.manifest.Settings, Seeds: o.manifest.Seeds}
	}
	o.observed.Add(n)
	files, err := o.observed.Files()
	if err != nil {
		return err
	}
	return o.write(resultsDir, files)
}

// write writes files into a directory below, "" for the result directory itself, and puts
// their digests into the manifest.
func (o *output) write(below string, files []table.File) error {
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

// finish writes the page and the manifest.
func (o *output) finish() error {
	if err := o.write("", []table.File{{Name: pageName, Data: o.report().HTML()}}); err != nil {
		return err
	}
	o.manifest.Complete = len(o.manifest.Finished) == len(o.manifest.Experiments)
	return o.writeManifest()
}

// shownRows is the length of the longest table that the page shows; longer ones
// are linked.
const shownRows = 60

// report returns the page.
func (o *output) report() *page.Report {
	m := o.manifest
	p := &page.Report{
		Title:    "MoLaP: modular latent primitives, reproduced",
		Subtitle: fmt.Sprintf("Profile %s, %d seed(s)", m.Settings.Label(), len(m.Seeds)),
		Summary: []string{"Each number was computed by the command that stands beside it; the same command gives the same tables, to the last bit, on any machine. " +
			"Scores stand beside two nulls, answers that do not know the stimulus: a score that does not beat them shows no learning of the task."},
		Facts: []page.Setting{
			{Name: "command", Value: m.Command}, {Name: "version", Value: m.Machine.Version},
			{Name: "settings (SHA-256)", Value: m.Hash}, {Name: "seeds", Value: strings.Trim(fmt.Sprint(m.Seeds), "[]")},
			{Name: "CPU", Value: fmt.Sprintf("%s, %d CPUs, %s", m.Machine.CPU, m.Machine.CPUs, m.Machine.Platform)},
			{Name: "kernel", Value: m.Kernel}, {Name: "workers", Value: fmt.Sprint(m.Workers)},
			{Name: "time", Value: (time.Duration(m.Seconds * float64(time.Second))).Round(time.Second).String()},
		},
	}
	if m.Settings.Shrunk {
		p.Summary = append(p.Summary, "This is a quick version: small batches, few iterations and trials. It shows how the parts work together, not what the paper's settings give.")
	}
	var settings []page.Setting
	for _, k := range profile.Keys() {
		settings = append(settings, page.Setting{Name: k.Name, Value: m.Settings.Get(k.Name)})
	}
	p.Claims = o.claims()
	if p.Claims != nil {
		p.ClaimNote = paper.ClaimNote
	}
	for _, r := range o.results {
		if r.Name == "" {
			continue // of a run that was cut short
		}
		p.Findings = append(p.Findings, r.Headline)
		s := page.Section{ID: anchor(r.Name), Title: r.Title, Paragraphs: r.Findings, Command: o.again(r.Name)}
		for i, f := range r.Figures {
			s.Figures = append(s.Figures, page.Picture{Figure: f, Caption: r.Captions[i]})
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
	m := o.manifest
	args := slices.Concat([]string{"reproduce", name}, m.Flags)
	first := m.Seeds[0]
	if first != 1 {
		args = append(args, "-seed", strconv.FormatUint(first, 10))
	}
	if n := int(m.Seeds[len(m.Seeds)-1]-first) + 1; n != 1 {
		args = append(args, "-seeds", strconv.Itoa(n))
	}
	return commandLine(append(args, "-out", "out/"+name))
}

// anchor is the name of an experiment as a page's address takes it.
func anchor(name string) string { return strings.ToLower(name) }

// claims returns the claims of the paper, if they were examined, each with the
// section that shows what it is about, if the page has that.
func (o *output) claims() []page.Claim {
	var claims []page.Claim
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
