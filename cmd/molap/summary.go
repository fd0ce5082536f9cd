package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/paper"
	"molap/cmd/molap/internal/seq"
)

// summaryWidth is the width of a terminal that a summary keeps to.
const summaryWidth = 80

// printFirst prints the first table of every result.
func printFirst(w io.Writer, results []paper.Result) {
	for _, r := range results {
		fmt.Fprintf(w, "\n%s\n", r.Tables[0].Text())
	}
}

// printSummary prints a line for every experiment, the key findings, and a line for every
// claim with its verdict.
func printSummary(w io.Writer, results []paper.Result) {
	fmt.Fprintln(w)
	for _, r := range results {
		fmt.Fprintln(w, shortened(fmt.Sprintf("%-9s %s", r.Name, r.Title)))
	}
	fmt.Fprintln(w)
	for _, r := range results {
		if r.Key {
			fmt.Fprintf(w, "* %s\n", strings.Join(wrapped(r.Headline, summaryWidth-2), "\n  "))
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
			fmt.Fprintln(w, shortened(fmt.Sprintf("%-19s %s", together(r.Claims[:n]), r.Claims[0].Words)))
			r.Claims = r.Claims[n:]
		}
	}
	fmt.Fprintln(w)
}

// together returns the verdict of several measures of a claim.
func together(claims []page.Claim) string {
	words := seq.Map(claims, page.Claim.Word)
	if slices.ContainsFunc(words, func(word string) bool { return word != words[0] }) {
		return "differs by measure"
	}
	return words[0]
}

// wrapped cuts a text between words into lines of at most so many characters.
func wrapped(text string, most int) (lines []string) {
	for _, word := range strings.Split(text, " ") {
		if k := len(lines) - 1; k >= 0 && utf8.RuneCountInString(lines[k]+" "+word) <= most {
			lines[k] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// shortened cuts a line between two words so that it fits a terminal.
func shortened(line string) string {
	if utf8.RuneCountInString(line) <= summaryWidth {
		return line
	}
	line = string([]rune(line)[:summaryWidth-1])
	if i := strings.LastIndexByte(line, ' '); i > summaryWidth/2 {
		line = line[:i]
	}
	return strings.TrimRight(line, " ,;:") + "…"
}
