package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
)

// TestSummary checks that a summary has a line for each experiment and for each claim, with
// the verdict of all its measures, none wider than a terminal.
func TestSummary(t *testing.T) {
	long := strings.Repeat("ninety-nine per cent of words, ", 9)
	var b bytes.Buffer
	printSummary(&b, []paper.Result{
		{Name: "fig2", Title: "Fig. 2: nine tasks", Headline: "Two arms learn. " + long, Key: true},
		{Name: "claims", Title: long, Headline: "1 holds.", Claims: []page.Claim{
			{Words: "MoLaP learns all tasks", Measure: "all outputs", Verdict: judge.Holds},
			{Words: "MoLaP learns all tasks", Measure: "response", Verdict: judge.Holds},
			{Words: "MoLaP is best", Measure: "molap − others", Verdict: judge.Inconclusive, Leans: judge.HoldsNot},
			{Words: "MoLaP is robust", Measure: "M1", Verdict: judge.Holds},
			{Words: "MoLaP is robust", Measure: "M2", Verdict: judge.HoldsNot}}},
	})
	text := b.String()
	for _, want := range []string{"\nfig2      Fig. 2: nine tasks\n", "\n* Two arms learn. ninety", "\nholds               MoLaP learns all tasks\n",
		"\ndisagrees so far    MoLaP is best\n", "\ndiffers by measure  MoLaP is robust\n"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, text)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if n := utf8.RuneCountInString(line); n > 80 || strings.HasSuffix(line, " …") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
