package page

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/panictest"
	"molap/cmd/molap/internal/table"
)

func exampleReport() *Report {
	f := exampleFigures()
	t := &table.Table{Name: "fig2", Title: "Accuracy by task and arm", Columns: []table.Column{
		{Name: "task", Unit: "", Description: "Name of the task."},
		{Name: "arm", Unit: "", Description: "How the recurrent weights were made."},
		{Name: "seeds", Unit: "", Description: "Number of independent networks."},
		{Name: "accuracy", Unit: "%", Description: "Mean accuracy over outputs, test trials and seeds."},
		{Name: "sd", Part: table.Spread, Unit: "%", Description: "Standard deviation over seeds."},
		{Name: "blind", Unit: "%", Description: "Accuracy of a network that cannot see the stimulus."},
		{Name: "constant", Unit: "%", Description: "Accuracy of the best constant answer."},
		{Name: "loss", Unit: "", Description: "Mean squared error at the end of training."},
	}}
	r := rand.New(rand.NewPCG(3, 4))
	for _, task := range exampleTasks[:4] {
		for _, arm := range exampleArms {
			t.Add(strings.Fields(task)[1], arm, 6, 80+10*r.Float64(), 3*r.Float64(), 44.1, 47.25, 0.02*r.Float64())
		}
	}
	wide := &table.Table{Name: "wide", Title: "Every measure"}
	for _, name := range []string{"task", "name", "arm", "seeds", "overall", "overall_sd", "decision", "decision_unit", "decision_raw", "blind", "constant", "above_70", "above_nulls", "escaped", "escape", "a<b"} {
		wide.Columns = append(wide.Columns, table.Column{Name: name, Unit: "%"})
	}
	for range 3 {
		wide.Add("T7", "context_mem_dm1", "reservoir", 10, 81.25, 2.5, 77.125, 64.0625, 44.5, 44.123, 47.25, true, false, 3, 412.5, 1)
	}
	return &Report{
		Title:     "MoLaP: the paper's figures, computed again",
		Banner:    "Profile paper, 6 seeds, 2000 test trials",
		Warning:   "Do not compare arms by it.",
		Claims:    exampleClaimList(),
		ClaimNote: "A claim holds if the whole 95% interval lies on its side, and does not hold if all of it lies on the other.",
		Findings: []string{
			"All arms pass 70% on T1–T4; a constant answer passes it on T5–T9 too.",
			"No arm's lead over reservoir exceeds the spread over seeds <b>anywhere</b> & everywhere.",
		},
		Summary: []string{"Every number on this page comes from networks trained on this machine. The same command with the same seeds gives the same bytes on any other."},
		Sections: []Section{
			{ID: "fig2", Title: "Accuracy on nine tasks", Paragraphs: []string{"Each network is scored on 2000 trials that it has not seen."},
				Figures: []Picture{{f[0], "Accuracy of five arms on nine tasks. Markers and bars: mean and standard deviation over six seeds; small points: single seeds. Dashed and dotted: the two nulls."}, {f[1], "Loss while training, mean and range over seeds."}},
				Tables:  []*table.Table{t},
				More:    More{Paragraphs: []string{"More can be said."}, Tables: []*table.Table{wide}},
				Files:   []string{"results/fig2.csv", "results/fig2.json", "figures/dots.png"},
				Command: "molap reproduce fig2 -profile paper -seeds 1..6",
			},
			{ID: "table1", Title: "Parameters", Figures: []Picture{{f[3], "Parameters, all and trained."}, {f[2], "Weights and activity."}}, Command: "molap reproduce table1"},
		},
		Settings: []Setting{{"units", "100"}, {"modules", "2"}, {"learning rate", "0.01"}, {"noise", "0.002"}},
		Facts:    []Setting{{"Version", "v0.1.0"}, {"CPU", "Example CPU, 2 cores"}, {"Kernel", "avx2"}, {"Seeds", "1..6"}, {"Time", "7 min 31 s"}},
	}
}

func exampleClaimList() []Claim {
	nan := math.NaN()
	return []Claim{
		{Words: "“>70% decisions correct across all 9 tasks”", Where: "§4, Fig. 2", Section: "fig2", Profile: "paper", Measure: "Lowest of nine tasks, overall", Value: 74.213, Lo: 71.08, Hi: 77.36, Unit: "%", Seeds: 10, Verdict: judge.Holds, Alone: judge.Holds},
		{Words: "“>70% decisions correct across all 9 tasks”", Where: "§4, Fig. 2", Section: "fig2", Profile: "paper", Measure: "The same above the better of two nulls", Value: -1.2, Lo: -2.0, Hi: -0.4, Unit: "points", Seeds: 10, Note: "p = 0.012 (Holm)", Verdict: judge.HoldsNot, Alone: judge.HoldsNot},
		{Words: "“>70% decisions correct across all 9 tasks”", Where: "§4, Fig. 2", Section: "fig2", Profile: "extended", Measure: "Lowest of nine tasks, overall", Value: 93.0, Lo: nan, Hi: nan, Unit: "%", Seeds: 1, Note: "One seed has no interval.", Verdict: judge.Inconclusive, Leans: judge.Holds},
		{Words: "“∼2 orders of magnitude” fewer parameter updates than DNI", Where: "Fig. 1C", Section: "table1", Profile: "paper", Measure: "Counted, over nine tasks", Value: 1.0969, Lo: 1.0969, Hi: 1.0969, Unit: "orders", Verdict: judge.HoldsNot, Alone: judge.HoldsNot},
		{Words: "Three modules perform like two", Where: "A.5", Profile: "extended", Measure: "Difference within ±5 points", Value: nan, Lo: nan, Hi: nan, Note: "modules3 was not run", Verdict: judge.NotMeasured, Alone: judge.NotMeasured},
		{Words: "Three modules perform like two", Where: "A.5", Profile: "extended", Measure: "Difference of the responses", Value: 1.5, Lo: 0.5, Hi: 2.5, Unit: "points", Seeds: 3, Note: "p = 0.04, 0.2 after correction", Verdict: judge.Inconclusive, Alone: judge.Holds},
		{Words: "Only MoLaP is the highest", Where: "§4", Profile: "paper", Measure: "molap less reservoir on T7", Value: -0.2, Lo: -0.3, Hi: -0.1, Unit: "points", Seeds: 3, Note: "Not testable, not above the better null: molap; reservoir", Verdict: judge.NotTestable, Alone: judge.HoldsNot},
	}
}

var idAttribute = regexp.MustCompile(`\sid="([^"]*)"`)

func TestReportPage(t *testing.T) {
	html := exampleReport().HTML()
	dumpLook(t, "report.html", html)
	page := string(html)
	for _, want := range []string{
		"&lt;b&gt;anywhere&lt;/b&gt; &amp; everywhere",
		`<a href="#fig2">`, `<h2 id="fig2">`, `role="img" aria-label="Accuracy of five arms."`,
		"molap reproduce fig2 -profile paper -seeds 1..6", `href="results/fig2.csv"`, "Example CPU, 2 cores", "<summary>Every setting</summary>", "<summary>More: 1 finding, 1 table, what the columns hold, files, command</summary>",
		"decision unit (%)</th>", "a&lt;b (%)</th>", `<a href="#verdicts">`, "<summary>Too few seeds for a verdict on 2: 1 agrees so far, 0 disagree so far</summary>", "<summary>1 was not measured by this run</summary>", "agrees so far</span>", `<th scope="row">delay_pro</th>`,
		"74.2 [71.1, 77.4]\u00a0%", "−1.2 [−2.0, −0.4]\u00a0points", `rowspan="2"`, "93\u00a0%", "1.10\u00a0orders", "not measured", "p = 0.012 (Holm)",
		`<span class="badge holdsnot"><span aria-hidden="true">✗</span> does not hold</span>`,
		`inconclusive</span> <span class="alone">alone: holds</span></td>`,
		"<summary>1 is not testable here: no arm learns what is asked, or all do</summary>", `not testable here</span> <span class="alone">alone: does not hold</span></td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if n := strings.Count(page, `class="alone"`); n != 2 {
		t.Errorf("%d claims have another verdict alone, want 2", n)
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("the template refused a value")
	}
	// Names of XML namespaces look like addresses and are never fetched.
	bare := regexp.MustCompile(`xmlns(:xlink)?="[^"]*"`).ReplaceAllString(page, "")
	// One script runs, the one that the policy names.
	script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(bare, -1)
	if len(script) != 1 {
		t.Fatalf("page has %d scripts, want 1", len(script))
	}
	sum := sha256.Sum256([]byte(script[0][1]))
	if want := "script-src 'sha256-" + strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;") + "';"; !strings.Contains(page, want) {
		t.Errorf("the policy lacks %s", want)
	}
	bare = strings.Replace(bare, script[0][0], "", 1)
	if m := regexp.MustCompile(`(?i).{0,30}(https?:|url\(|@import|<script|src=|="//).{0,30}`).FindString(bare); m != "" {
		t.Errorf("page is not self-contained: %s", m)
	}
	seen := map[string]bool{}
	for _, m := range idAttribute.FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			t.Errorf("id %q is used twice", m[1])
		}
		seen[m[1]] = true
	}
	if len(seen) != 5 {
		t.Errorf("page has %d ids, want 5", len(seen))
	}
	again := exampleReport().HTML()
	if page != string(again) {
		t.Error("two pages of the same report differ")
	}
}

// TestOrder: what the page is, what came out, what became of the claims, the experiments,
// and what few readers want; all but the first table and figures is folded.
func TestOrder(t *testing.T) {
	page := string(exampleReport().HTML())
	last := 0
	for _, part := range []string{"Profile paper, 6 seeds", "Do not compare arms", "<main>", "What this quick run shows", `id="verdicts"`, "does not hold</span>",
		"<details><summary>Too few seeds", "agrees so far</span>", `id="fig2"`, "Accuracy by task and arm", "<details><summary>More: 1 finding", "More can be said", "Every measure", "To run it again", `id="made"`, "<summary>Every setting"} {
		at := strings.Index(page[last:], part)
		if at < 0 {
			t.Fatalf("%s does not stand behind what it should follow", part)
		}
		last += at
	}
	if strings.Contains(string((&Report{Title: "x"}).HTML()), `id="verdicts"`) {
		t.Error("a report without claims has a table of them")
	}
}

func TestTally(t *testing.T) {
	if got, want := Tally(exampleClaimList()), "Of 7 measures of what the paper claims, 1 holds, 2 do not hold, 1 is not testable here, 2 are inconclusive and 1 was not measured."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEstimates(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for want, c := range map[string]Claim{
		"not measured":                           {Value: nan},
		"12\u2009345":                            {Value: 12345, Lo: nan, Hi: nan},
		"0.33":                                   {Value: 1.0 / 3, Lo: 1.0 / 3, Hi: 1.0 / 3},
		"0.333 [0.310, 0.350]":                   {Value: 1.0 / 3, Lo: 0.31, Hi: 0.35},
		"50 [−20, 120]":                          {Value: 50, Lo: -20, Hi: 120},
		"0 [−10, 9]":                             {Value: -0.3, Lo: -10, Hi: 9},
		"1.00 [−∞, +∞]":                          {Value: 1.004, Lo: -inf, Hi: inf},
		"12\u2009000 [11\u2009000, 13\u2009000]": {Value: 12000, Lo: 11000, Hi: 13000},
	} {
		if got := c.Estimate(); got != want {
			t.Errorf("%+v reads %q, want %q", c, got, want)
		}
	}
}

func TestReportRefusesForeignFiles(t *testing.T) {
	for _, file := range []string{"javascript:1", "//host/x", "/etc/passwd", "a/../../b", `\\host\x`, "https:x", "x?y", "x#y", "a\nb", "%2e%2e/x", ""} {
		panictest.Want(t, fmt.Sprintf("file %q", file), func() { (&Report{Sections: []Section{{ID: "a", Files: []string{file}}}}).HTML() })
	}
}

func TestReportPanicsOnAnchors(t *testing.T) {
	for _, ids := range [][]string{{""}, {"Fig 2"}, {"top"}, {"verdicts"}, {"made"}, {"a", "a"}} {
		r := &Report{}
		for _, id := range ids {
			r.Sections = append(r.Sections, Section{ID: id})
		}
		panictest.Want(t, "anchor", func() { r.HTML() })
	}
	panictest.Want(t, `section "fig9"`, func() { (&Report{Claims: []Claim{{Words: "w", Section: "fig9"}}}).HTML() })
	panictest.Want(t, "verdict 4", func() { (&Report{Claims: []Claim{{Verdict: 4}}}).HTML() })
}

// TestProse checks where lines of sentences must not break, and that text stays text.
func TestProse(t *testing.T) {
	for text, want := range map[string]string{
		"molap 99.2 %, over 3 seeds":      "molap 99.2\u00a0%, over 3\u00a0seeds",
		"1 seed (-seeds 10 gives more)":   `1` + "\u00a0" + `seed (<span class="flag">-seeds 10</span> gives more)`,
		"less-than-perfect <b> & T7 −3.0": "less-than-perfect &lt;b&gt; &amp; T7 −3.0",
	} {
		if got := string(proseHTML(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
