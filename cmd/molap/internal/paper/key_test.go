package paper

import (
	"slices"
	"testing"

	"molap/cmd/molap/internal/judge"
	"molap/cmd/molap/internal/page"
)

// TestKeyFindings: a report is led by six headlines at most, each of an experiment.
func TestKeyFindings(t *testing.T) {
	if len(keyFindings) > 6 {
		t.Errorf("%d headlines lead a report, want 6 at most", len(keyFindings))
	}
	for _, name := range keyFindings {
		if !slices.ContainsFunc(Experiments(), func(e Experiment) bool { return e.Name == name }) {
			t.Errorf("%s is no experiment", name)
		}
	}
}

// TestLeans: with too few seeds a claim says on which side its value lies; with enough it
// has a verdict and leans nowhere.
func TestLeans(t *testing.T) {
	claims := []claim{
		{id: "yes", parts: []part{{"a", ofSeeds([]float64{3})}}, expect: judge.Above(2)},
		{id: "no", parts: []part{{"a", ofSeeds([]float64{3})}, {"b", ofSeeds([]float64{1})}}, expect: judge.Above(2)},
		{id: "some", parts: []part{{"a", ofSeeds([]float64{3})}, {"b", ofSeeds([]float64{1})}}, expect: judge.Above(2), atLeast: 1},
		{id: "enough", parts: []part{{"a", ofSeeds([]float64{2.9, 3, 1.8, 3.1})}}, expect: judge.Above(2)},
		{id: "missing", missing: "not run"},
	}
	want := []page.Verdict{judge.Holds, judge.HoldsNot, judge.Holds, judge.Inconclusive, judge.Inconclusive}
	for i, test := range judged(claims) {
		row := test.row("paper")
		if row.Leans != want[i] || row.Verdict != judge.Inconclusive {
			t.Errorf("%s leans to %d with verdict %v, want %d and none", test.id, row.Leans, row.Verdict, want[i])
		}
	}
}
