package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
)

// TestClaimsLead checks that the page opens with the claims that an experiment
// brings, and that each leads to the section it is about, if the page has that.
func TestClaimsLead(t *testing.T) {
	o := output{manifest: manifest{Experiments: []string{"figS1", "claims"}, Seeds: []uint64{1}}}
	o.manifest.Settings.Name, o.manifest.Settings.Shrunk = "paper", true
	numbers := &table.Table{Name: "claims", Title: "Numbers", Columns: []table.Column{{Name: "id", Description: "a name"}}}
	o.results = []paper.Result{
		{Name: "figS1", Title: "Fig. S1"},
		{Name: "claims", Title: "Claims", Tables: []*table.Table{numbers}, Claims: []page.Claim{
			{Words: "Shown here", Where: "Fig. S1", Section: "figS1", Profile: "paper"},
			{Words: "Shown nowhere", Where: "Fig. 2", Section: "fig2", Profile: "paper"},
		}},
	}
	r := o.report()
	if len(r.Claims) != 2 || r.Claims[0].Section != "figs1" || r.Claims[1].Section != "" || r.Claims[0].Profile != "paper (quick)" {
		t.Fatalf("claims are %+v", r.Claims)
	}
	if o.results[1].Claims[0].Section != "figS1" {
		t.Error("the result was changed")
	}
	page := r.HTML()
	for _, want := range []string{`id="figs1"`, `href="#figs1"`, "Shown nowhere", "results/claims.csv"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if bytes.Contains(page, []byte("<caption>Numbers")) || len(r.Sections[1].Tables) > 0 {
		t.Error("the claims are shown twice")
	}
}

// TestAgain checks that the command of a section asks for the settings and seeds of the
// run: given to the program, its flags lead to the same.
func TestAgain(t *testing.T) {
	parsed := func(args []string) (*cli.Common, profile.Settings) {
		c := &cli.Common{Seed: 1}
		flags := flag.NewFlagSet("", flag.ContinueOnError)
		c.Register(flags, "profile", "set", "quick", "precision", "seed", "seeds", "out")
		if err := flags.Parse(args); err != nil {
			t.Fatal(err)
		}
		s, err := c.Settings()
		if err != nil {
			t.Fatal(err)
		}
		return c, s
	}
	for _, args := range [][]string{
		nil,
		{"-quick", "-profile", "extended", "-seed", "21", "-seeds", "3"},
		{"-set", "training.rate=0.002", "-set", "dni.order=213456789", "-precision", "f64", "-seed", "0"},
	} {
		c, s := parsed(args)
		_, same := parsed(c.Asked())
		if same != s {
			t.Errorf("%q asks for %q", args, c.Asked())
		}
		o := output{manifest: manifest{Flags: c.Asked(), Seeds: []uint64{21, 22, 23}}}
		if got, want := o.again("fig3"), "molap reproduce fig3 -profile "+s.Base; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, " -seed 21 -seeds 3 -out out/fig3") {
			t.Errorf("the command of fig3 is %s", got)
		}
	}
}
