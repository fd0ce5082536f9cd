package paper

import (
	"slices"
	"testing"
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
