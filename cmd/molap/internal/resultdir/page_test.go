package resultdir

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/table"
)

// TestClaimsLead checks that the page opens with the claims that an experiment
// brings, and that each leads to the section it is about, if the page has that.
func TestClaimsLead(t *testing.T) {
	o := Output{Manifest: Manifest{Experiments: []string{"figS1", "claims"}, Seeds: []uint64{1}}}
	o.Manifest.Settings.Name, o.Manifest.Settings.Shrunk = "paper", true
	numbers := &table.Table{Name: "claims", Title: "Numbers", Columns: []table.Column{{Name: "id", Description: "a name"}}}
	o.Results = []paper.Result{
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
	if o.Results[1].Claims[0].Section != "figS1" {
		t.Error("the result was changed")
	}
	page := r.HTML()
	for _, want := range []string{`id="figs1"`, `href="#figs1"`, "Shown nowhere", "results/claims.csv"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if bytes.Contains(page, []byte("Numbers")) || len(r.Sections[1].Tables)+len(r.Sections[1].More.Tables) > 0 {
		t.Error("the claims are shown twice")
	}
	if !strings.Contains(r.Warning, "Do not compare arms") || !strings.Contains(r.Banner, "1 seed") {
		t.Errorf("a quick version of 1 seed says %q, %q", r.Banner, r.Warning)
	}
}

// TestSection checks what of a result the page shows and what it folds.
func TestSection(t *testing.T) {
	o := Output{Manifest: Manifest{Seeds: []uint64{1}}}
	long := &table.Table{Name: "long", Rows: make([][]any, openRows+1)}
	linked := &table.Table{Name: "linked", Rows: make([][]any, shownRows+1)}
	r := paper.Result{Name: "fig2", Headline: "Lead.", Findings: []string{"a", "b"}, Key: true,
		Tables:  []*table.Table{{Name: "short"}, {Name: "other"}, linked},
		Figures: []*figure.Figure{{Name: "one"}, {Name: "two"}}, Captions: []string{"", ""}}
	of := func(r paper.Result) string {
		s := o.section(r)
		return fmt.Sprint(s.Paragraphs, len(s.Figures), len(s.Tables), s.More.Paragraphs, len(s.More.Figures), len(s.More.Tables), len(s.Files))
	}
	want := func(what string, r paper.Result, text string) {
		t.Helper()
		if got := of(r); got != text {
			t.Errorf("%s: %s, want %s", what, got, text)
		}
	}
	want("headline among the key findings", r, "[a b] 1 1 [] 1 1 10")
	r.Key = false
	want("headline of its own", r, "[Lead. a] 1 1 [b] 1 1 10")
	r.Name = "figS2"
	want("supplement", r, "[Lead. a] 0 0 [b] 2 2 10")
	r.Name, r.Tables = "fig2", []*table.Table{long}
	want("long table", r, "[Lead. a] 1 0 [b] 1 1 6")
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
		o := Output{Manifest: Manifest{Flags: c.Asked(), Seeds: []uint64{21, 22, 23}}}
		if got, want := o.again("fig3"), "molap reproduce fig3 -profile "+s.Base; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, " -seed 21 -seeds 3 -out out/fig3") {
			t.Errorf("the command of fig3 is %s", got)
		}
	}
}
