package page

import (
	"html/template"
	"regexp"
)

var (
	unitAfter = regexp.MustCompile(`([0-9]) (%|points?\b|seeds?\b|units?\b)`)
	flagAlone = regexp.MustCompile(`(^|[ (])(-[a-z][a-z-]*(?: [0-9]+)?)`)
)

// proseHTML returns a sentence as HTML whose lines break neither between a number and its unit nor
// within a flag of the command line.
func proseHTML(text string) template.HTML {
	escaped := unitAfter.ReplaceAllString(template.HTMLEscapeString(text), "$1\u00a0$2")
	return template.HTML(flagAlone.ReplaceAllString(escaped, `$1<span class="flag">$2</span>`))
}
