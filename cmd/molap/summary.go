package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/seq"
)

// summaryWidth is the length, in characters, that no line of a summary exceeds.
const summaryWidth = 80

// printSummary prints a line for every experiment, the key findings, and a line for every
// claim with its verdict.
func printSummary(w io.Writer, results []paper.Result) {
	fmt.Fprintln(w)
	for _, r := range results {
		printRow(w, 9, r.Name, r.Title)
	}
	fmt.Fprintln(w)
	for _, r := range results {
		if r.Key {
			fmt.Fprintf(w, "* %s\n", strings.Join(cli.Lines(r.Headline, summaryWidth-2), "\n  "))
		}
	}
	for _, r := range results {
		if r.Claims != nil {
			fmt.Fprintf(w, "\nClaims of the paper\n")
		}
		for len(r.Claims) > 0 { // those in the same words are measures of one claim
			n := slices.IndexFunc(r.Claims, func(c page.Claim) bool { return c.Words != r.Claims[0].Words })
			if n < 0 {
				n = len(r.Claims)
			}
			printRow(w, 19, commonVerdict(r.Claims[:n]), r.Claims[0].Words)
			r.Claims = r.Claims[n:]
		}
	}
	fmt.Fprintln(w)
}

// commonVerdict returns the verdict of several measures of a claim.
func commonVerdict(claims []page.Claim) string {
	words := seq.Map(claims, page.Claim.Word)
	if slices.ContainsFunc(words, func(word string) bool { return word != words[0] }) {
		return "differs by measure"
	}
	return words[0]
}

// printRow prints a text beside its head, cut between two words so that it fits a terminal.
func printRow(w io.Writer, column int, head, text string) {
	if room := summaryWidth - column - 1; utf8.RuneCountInString(text) > room {
		text = strings.TrimRight(cli.Lines(text, room-1)[0], " ,;:") + "…"
	}
	fmt.Fprintf(w, "%-*s %s\n", column, head, text)
}
