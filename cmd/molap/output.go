package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/experiment"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/report"
)

// manifest says what a result directory holds and how it was made.
type manifest struct {
	Complete    bool             `json:"complete"` // false while the run goes on, or if it was cut short
	Experiments []string         `json:"experiments"`
	Settings    profile.Settings `json:"settings"`
	Hash        string           `json:"settings_sha256"` // of what determines the results, seeds aside
	Seeds       []uint64         `json:"seeds"`
	Command     string           `json:"command"`
	Machine     machine          `json:"machine"`
	Kernel      string           `json:"kernel"`
	Workers     int              `json:"workers"`
	Seconds     float64          `json:"seconds"`
}

func newManifest(c experiment.Config, workers int) manifest {
	return manifest{
		Settings: c.Settings, Hash: c.Settings.Hash(), Seeds: c.Seeds, Command: commandLine(os.Args[1:]),
		Machine: thisMachine(), Kernel: c.Variant.String(), Workers: workers,
	}
}

// commandLine writes a command as a shell takes it.
func commandLine(args []string) string {
	line := "molap"
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$*?[]{}()<>|&;~#!`") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		line += " " + a
	}
	return line
}

// output is a result directory in the making.
type output struct {
	dir      string
	manifest manifest
	results  []experiment.Result
}

const manifestName = "manifest.json"

// prepare makes the directory and puts a manifest there that says the run is not
// complete. A directory that holds results of other settings, seeds, experiments
// or another version is refused: they would be overwritten or mixed.
func (o *output) prepare(env *cli.Env) error {
	data, err := os.ReadFile(filepath.Join(o.dir, manifestName))
	switch {
	case err == nil:
		var old manifest
		if json.Unmarshal(data, &old) != nil || !old.sameRun(o.manifest) {
			return cli.Usagef("-out %s holds results of another run (%s); name another directory", o.dir, old.Command)
		}
	case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid):
		if info, statErr := os.Stat(o.dir); statErr == nil && info.IsDir() {
			return cli.Usagef("-out %s: %w", o.dir, err)
		}
	}
	if err := env.MakeDir(o.dir); err != nil {
		return err
	}
	return o.writeManifest()
}

// sameRun reports whether two runs write the same results.
func (m manifest) sameRun(n manifest) bool {
	return m.Hash == n.Hash && slices.Equal(m.Seeds, n.Seeds) && slices.Equal(m.Experiments, n.Experiments) &&
		m.Machine.Version == n.Machine.Version
}

func (o *output) writeManifest() error {
	data, err := json.MarshalIndent(o.manifest, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(o.dir, manifestName), append(data, '\n'))
}

// abandon takes the manifest away again if no result was written beside it; the
// directories that were made for it then go as well (see cli.Env).
func (o *output) abandon() {
	if len(o.results) == 0 {
		os.Remove(filepath.Join(o.dir, manifestName))
	}
}

// add writes the tables and figures of a result, the i-th of the manifest's
// experiments. Results come in any order.
func (o *output) add(i int, r experiment.Result) error {
	results, figures := filepath.Join(o.dir, "results"), filepath.Join(o.dir, "figures")
	for _, dir := range []string{results, figures} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	for _, t := range r.Tables {
		if err := t.Write(results); err != nil {
			return err
		}
	}
	for _, f := range r.Figures {
		if err := f.Write(figures); err != nil {
			return err
		}
	}
	if o.results == nil {
		o.results = make([]experiment.Result, len(o.manifest.Experiments))
	}
	o.results[i] = r
	return nil
}

// finish writes the report and the manifest.
func (o *output) finish(took time.Duration) error {
	o.manifest.Seconds = took.Seconds()
	page, err := o.report(took).HTML()
	if err != nil {
		return err
	}
	if err := atomicfile.Write(filepath.Join(o.dir, "report.html"), page); err != nil {
		return err
	}
	o.manifest.Complete = true
	return o.writeManifest()
}

// shownRows is the length of the longest table that the page shows; longer ones
// are linked.
const shownRows = 60

func (o *output) report(took time.Duration) *report.Report {
	m := o.manifest
	p := &report.Report{
		Title:    "MoLaP: modular latent primitives, reproduced",
		Subtitle: fmt.Sprintf("Profile %s, %d seed(s)", label(m.Settings), len(m.Seeds)),
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
		s := report.Section{ID: anchor(r.Name), Title: r.Title, Paragraphs: r.Findings, Command: m.Command}
		for i, f := range r.Figures {
			s.Figures = append(s.Figures, f.Picture(r.Captions[i]))
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
		c.Profile = label(o.manifest.Settings)
		if !slices.Contains(o.manifest.Experiments, c.Section) {
			c.Section = ""
		}
		c.Section = anchor(c.Section)
	}
	return claims
}
