package paper

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/page"
	"molap/cmd/molap/internal/profile"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/table"
	"molap/cmd/molap/internal/words"
)

// Experiment is an entry of the paper: a table, a figure or a statement.
type Experiment struct {
	Name, Doc string
	// plan asks for observations and returns a function that makes the result of them.
	plan  func(*obs.Notebook) func() Result
	check func(profile.Settings) error // an error for settings that it cannot run with, beyond [lab.Check]; or nil
}

// Experiments lists what can be reproduced, in the order of a report.
func Experiments() []Experiment {
	return []Experiment{
		{"table1", "Table 1, Fig. 1C: parameters in all and trained, counted from networks and masks", planTable1, nil},
		{"cca", "A.2.1: variance that canonical variates explain, correlations, loadings", planOf((*obs.Notebook).Explained, showExplained), nil},
		{"fig2", "Fig. 2A–C: nine tasks, five arms, scores beside two nulls", planOf(fig2Scores, fig2), nil},
		{"fig2d", "Fig. 2D, E: task T7 with and without pre-training, outputs to weights", planOf(fig2dNetworks, fig2d), nil},
		{"dni", "One network learns the nine tasks in sequence: what it forgets, and what their order does", planOf(dniAndCited, showDNI), nil},
		{"fig3", "Fig. 3: T9 after lesions within modules and between them", planFig3, nil},
		{"fig4", "Fig. 4: six kinds of damage, all tasks together", planOf(fig4AllArms, fig4), nil},
		{"fig5", "Fig. 5: one and two tasks left out of pre-training, by CCA and PCA", planOf(fig5Scores, fig5), checkFig5},
		{"figS1", "Fig. S1: lesions within modules and between them, T1–T4", planOf(figS1.scores, figS1.result), nil},
		{"figS2", "Fig. S2: the same, T5–T9", planOf(figS2.scores, figS2.result), nil},
		{"figS3", "Fig. S3: global damage, T1–T4", planOf(figS3.scores, figS3.result), nil},
		{"figS4", "Fig. S4: the same, T5–T9", planOf(figS4.scores, figS4.result), nil},
		{"figS5", "Fig. S5: global damage on T1 and T7, more trials", planOf(figS5.scores, figS5.result), nil},
		{"modules3", "A.2.1: three modules against two, in two sizes", planOf(modules3Scores, modules3), nil},
		{"dynamics", "T7 before and after training: exponents, gradients, fixed points by arm, and when runs escape", planOf(dynamicsRuns, compareDynamics), nil},
		{"claims", "Every claim of the text, held against the others: holds, does not hold, inconclusive, not testable here or not measured", planOf(claimsOf, claimsData.result), checkFig5},
	}
}

// planOf returns the plan of an experiment that asks for data and shows them.
func planOf[D any](ask func(*obs.Notebook) func() D, show func(D) Result) func(*obs.Notebook) func() Result {
	return func(n *obs.Notebook) func() Result {
		data := ask(n)
		return func() Result { return show(data()) }
	}
}

// Choose returns the named experiments in the order of a report; no name or "all" stands for all of
// them.
func Choose(names []string) ([]Experiment, error) {
	all := Experiments()
	known := append([]string{"all"}, seq.Map(all, func(e Experiment) string { return e.Name })...)
	for i, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown experiment %q (have %s)", name, strings.Join(known, ", "))
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("experiment %q is named twice", name)
		}
	}
	if len(names) == 0 || slices.Contains(names, "all") {
		return all, nil
	}
	return seq.Where(all, func(e Experiment) bool { return slices.Contains(names, e.Name) }), nil
}

// keyFindings are the experiments whose headlines lead a report, six at most.
var keyFindings = []string{"cca", "fig2", "dni", "fig4", "fig5", "claims"}

// Check returns an error if the experiments cannot run with the settings; it is a *[jobs.MemoryError]
// if they need more memory than there is. Check runs nothing.
func Check(l *lab.Lab, es []Experiment) error {
	for _, e := range es {
		if e.check != nil {
			if err := e.check(l.Settings); err != nil {
				return err
			}
		}
	}
	_, _, groups := planEach(l, es)
	return l.Pool.Check(groups)
}

// planEach asks for what experiments need, each in a notebook of its own.
func planEach(l *lab.Lab, es []Experiment) (books []*obs.Notebook, results []func() Result, groups [][]jobs.Node) {
	for _, e := range es {
		n := obs.New(l)
		books, results = append(books, n), append(results, e.plan(n))
		groups = append(groups, n.Needs())
	}
	return books, results, groups
}

// Run does experiments. It passes each result to done as soon as it is there, with the observations
// that it was made of and the index of its experiment. See [jobs.Pool.Run] for errors.
func Run(ctx context.Context, l *lab.Lab, progress jobs.Progress, es []Experiment, done func(i int, r Result) error) error {
	books, results, groups := planEach(l, es)
	return l.Pool.Run(ctx, progress, groups, func(i int) error {
		r := results[i]()
		r.Name, r.Key, r.Observed = es[i].Name, slices.Contains(keyFindings, es[i].Name), books[i]
		return done(i, r)
	})
}

// Work does the jobs of experiments and makes no results.
func Work(ctx context.Context, l *lab.Lab, progress jobs.Progress, es []Experiment) error {
	_, _, groups := planEach(l, es)
	return l.Pool.Run(ctx, progress, groups, func(int) error { return nil })
}

// Again makes the results of experiments from a notebook that has their observations. Each experiment
// takes the seeds that have all it asks for; notices tell of the other seeds.
func Again(n *obs.Notebook, es []Experiment) (all []Result, notices []string, err error) {
	for _, e := range es {
		some, lacking := n.Complete(func(n *obs.Notebook) { e.plan(n) })
		if len(some.Seeds) == 0 {
			return nil, nil, fmt.Errorf("%s needs %d observations that are not there, the first: %s", e.Name, len(lacking), lacking[0])
		}
		if len(lacking) > 0 {
			notices = append(notices, fmt.Sprintf("%s: made of %d of %s; the others lack %s, the first: %s",
				e.Name, len(some.Seeds), words.Count(len(n.Seeds), "seed"), words.Count(len(lacking), "observation"), lacking[0]))
		}
		r := e.plan(some)()
		r.Name, r.Key = e.Name, slices.Contains(keyFindings, e.Name)
		all = append(all, r)
	}
	return all, notices, nil
}

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
}
