package paper

import (
	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/table"
)

// Result holds what an experiment shows.
type Result struct {
	Name     string // of the experiment, as on the command line
	Title    string
	Headline string   // the result in a sentence
	Key      bool     // the headline is one of those that lead a report
	Findings []string // more sentences, numbers filled in
	Tables   []*table.Table
	Figures  []*figure.Figure
	Captions []string // of the figures
	Claims   []page.Claim
	Observed *obs.Notebook // what it was made of
	// UsesSettings tells whether the result depends on settings and seeds.
	UsesSettings bool
}
