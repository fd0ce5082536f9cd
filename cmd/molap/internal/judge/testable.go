package judge

import (
	"fmt"
	"slices"
	"strings"

	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/stats"
)

// Ceiling is a score in per cent. Networks at or above it cannot be told apart by the measure.
const Ceiling = 99

// Score holds the scores of networks, seed by seed. They decide whether a measure can tell what a claim
// asks.
type Score struct {
	Name  string    // of the networks
	Level []float64 // as they have learnt, before any damage
	Null  []float64 // of the better answer that ignores the stimulus
	Top   []float64 // per cent that are compared, after damage if there is any; nil: no bound is known
}

// learnt reports whether the level lies above the null: by the interval of the difference,
// or by its mean where there are too few values for a verdict.
func (s Score) learnt() bool {
	over := stats.Paired(s.Level, s.Null, Level)
	if over.N < LeastSeeds {
		return over.Value > 0
	}
	return over.Lo > 0
}

// Untestable says why a number made of scores cannot speak for or against a claim; empty: it can. In
// each group at least one score has to lie above its null: networks that have learnt nothing are alike
// for a reason that has nothing to do with the claim, and they have nothing to lose. If the claim is
// that one score is above another, not all may lie at the ceiling. A claim that scores are alike can be
// tested there.
//
// The levels decide, never the number that is tested, and a part that is not testable can
// only take a verdict away; see [All].
func Untestable(groups [][]Score, e Expectation) string {
	for _, group := range groups {
		if !slices.ContainsFunc(group, Score.learnt) {
			return "not above the better null: " + strings.Join(distinctNames(group), "; ")
		}
	}
	all := slices.Concat(groups...)
	low := func(s Score) bool { return s.Top == nil || seq.Mean(s.Top) < Ceiling }
	if names := distinctNames(all); e.sign > 0 && len(names) > 1 && !slices.ContainsFunc(all, low) {
		return fmt.Sprintf("all at %d %% or more: ", Ceiling) + strings.Join(names, "; ")
	}
	return ""
}

// distinctNames returns the names of scores, each once.
func distinctNames(scores []Score) (names []string) {
	for _, s := range scores {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}
