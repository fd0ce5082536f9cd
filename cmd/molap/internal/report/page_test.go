package report

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

func exampleReport() *Report {
	f := exampleFigures()
	t := &Table{Name: "fig2", Title: "Accuracy by task and arm", Columns: []Column{
		{"task", "", "Name of the task."},
		{"arm", "", "How the recurrent weights were made."},
		{"seeds", "", "Number of independent networks."},
		{"accuracy", "%", "Mean accuracy over outputs, test trials and seeds."},
		{"sd", "%", "Standard deviation over seeds."},
		{"blind", "%", "Accuracy of a network that cannot see the stimulus."},
		{"constant", "%", "Accuracy of the best constant answer."},
		{"loss", "", "Mean squared error at the end of training."},
	}}
	r := rand.New(rand.NewPCG(3, 4))
	for _, task := range exampleTasks[:4] {
		for _, arm := range exampleArms {
			t.Add(strings.Fields(task)[1], arm, 6, 80+10*r.Float64(), 3*r.Float64(), 44.1, 47.25, 0.02*r.Float64())
		}
	}
	return &Report{
		Title:    "MoLaP: the paper's figures, computed again",
		Subtitle: "Profile paper, 6 seeds, 2000 test trials",
		Findings: []string{
			"All arms pass 70% on T1–T4; a constant answer passes it on T5–T9 too.",
			"No arm's lead over reservoir exceeds the spread over seeds <b>anywhere</b> & everywhere.",
		},
		Summary: []string{"Every number on this page comes from networks trained on this machine. The same command with the same seeds gives the same bytes on any other."},
		Sections: []Section{
			{ID: "fig2", Title: "Accuracy on nine tasks", Paragraphs: []string{"Each network is scored on 2000 trials that it has not seen."},
				Figures:  []Picture{f[0].Picture("Accuracy of five arms on nine tasks. Markers and bars: mean and standard deviation over six seeds; small points: single seeds. Dashed and dotted: the two nulls."), f[2].Picture("Loss while training, mean and range over seeds.")},
				Tables:   []*Table{t},
				Files:    []string{"results/fig2.csv", "results/fig2.json", "figures/dots.png"},
				Command:  "molap reproduce fig2 -profile paper -seeds 1..6",
				Settings: []Setting{{"units", "100"}, {"modules", "2"}, {"learning rate", "0.01"}, {"noise", "0.002"}},
			},
			{ID: "table1", Title: "Parameters", Figures: []Picture{f[6].Picture("Parameters, all and trained."), f[5].Picture("Weights and activity.")}, Command: "molap reproduce table1"},
		},
		Facts: []Setting{{"Version", "v0.1.0"}, {"CPU", "Example CPU, 2 cores"}, {"Kernel", "avx2"}, {"Seeds", "1..6"}, {"Time", "7 min 31 s"}},
	}
}

var idAttribute = regexp.MustCompile(`\sid="([^"]*)"`)

func TestReportPage(t *testing.T) {
	html, err := exampleReport().HTML()
	if err != nil {
		t.Fatal(err)
	}
	dumpLook(t, "report.html", html)
	page := string(html)
	for _, want := range []string{
		"&lt;b&gt;anywhere&lt;/b&gt; &amp; everywhere",
		`<a href="#fig2">`, `<h2 id="fig2">`, `role="img" aria-label="Accuracy of five arms on nine tasks."`,
		"molap reproduce fig2 -profile paper -seeds 1..6", `href="results/fig2.csv"`, "Example CPU, 2 cores", "<summary>Settings</summary>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("the template refused a value")
	}
	// Names of XML namespaces look like addresses and are never fetched.
	bare := regexp.MustCompile(`xmlns(:xlink)?="[^"]*"`).ReplaceAllString(page, "")
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
	if len(seen) != 3 {
		t.Errorf("page has %d ids, want 3", len(seen))
	}
	again, _ := exampleReport().HTML()
	if page != string(again) {
		t.Error("two pages of the same report differ")
	}
}

func TestReportRefusesForeignSVG(t *testing.T) {
	good := string((&Figure{Name: "x", Alt: "x", Width: 2, Height: 2, Rows: [][]Panel{{exampleHeat(rand.New(rand.NewPCG(1, 1)), 3, 3)}}}).SVG())
	if _, err := inline([]byte(good)); err != nil {
		t.Fatal(err)
	}
	end := strings.LastIndex(good, "</svg>")
	for name, svg := range map[string]string{
		"empty":    "",
		"text":     "nothing",
		"cut":      good[:len(good)/2],
		"other":    "<p>x</p>",
		"script":   good[:end] + "<script>1</script></svg>",
		"handler":  strings.Replace(good, "<path", `<path onclick="1"`, 1),
		"request":  strings.Replace(good, "data:image/png", "http://host/data:image/png", 1),
		"url":      strings.Replace(good, `style="`, `style="fill:url(//host/x);`, 1),
		"id":       strings.Replace(good, "<path", `<path id="top"`, 1),
		"doctype":  "<!DOCTYPE svg>" + good,
		"unsized":  strings.Replace(good, "pt\"", "px\"", 2),
		"instyle":  good[:end] + "<style>@import 'x'</style></svg>",
		"foreign":  good[:end] + "<foreignObject/></svg>",
		"metadata": strings.Replace(good, "<text", `<text xml:base="x"`, 1),
	} {
		if _, err := inline([]byte(svg)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := (&Report{Sections: []Section{{ID: "a", Files: []string{"javascript:1"}}}}).HTML(); err == nil {
		t.Error("a script as a file's path: no error")
	}
}

func TestReportPanicsOnAnchors(t *testing.T) {
	for _, ids := range [][]string{{""}, {"Fig 2"}, {"top"}, {"a", "a"}} {
		r := &Report{}
		for _, id := range ids {
			r.Sections = append(r.Sections, Section{ID: id})
		}
		wantPanic(t, "anchor", func() { r.HTML() })
	}
}

// wantPanic runs f and reports an error unless it panics with a message that holds text.
func wantPanic(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if v, _ := recover().(string); !strings.Contains(v, text) {
			t.Errorf("panic %q, want one with %q", v, text)
		}
	}()
	f()
}
