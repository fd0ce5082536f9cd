package paper

import (
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/profile"
	"molap/tasks"
)

// TestSequenceDiverges checks that a sequence that blows up is told of, tables and
// figures included.
func TestSequenceDiverges(t *testing.T) {
	for _, rate := range []float64{1e4, 1e30} {
		s := tiny(t, "paper")
		s.DNI.Rate = rate
		l := newLab(s, []uint64{1, 2})
		for _, name := range []string{"fig2", "dni"} {
			err := Run(t.Context(), l, &silent{}, []Experiment{experimentNamed(name)}, func(_ int, r Result) error {
				for _, table := range r.Tables {
					table.JSON()
				}
				for _, f := range r.Figures {
					f.SVG()
				}
				if name == "fig2" && rate > 1e20 && !slices.ContainsFunc(r.Findings, func(s string) bool { return strings.Contains(s, "broke off") }) {
					t.Errorf("rate %g: no finding tells of divergence", rate)
				}
				return nil
			})
			if err != nil {
				t.Errorf("rate %g: %s: %v", rate, name, err)
			}
		}
	}
}

// TestCited checks that the other reading is one of the settings.
func TestCited(t *testing.T) {
	s := tiny(t, "paper")
	if isCited(s) {
		t.Error("profile paper counts as DNI of Duncker et al.")
	}
	// What the claims take of dni is not of that reading, which takes a training of its own.
	for name, want := range map[string]bool{"claims": false, "dni": true} {
		n := obs.New(newLab(s, []uint64{1}))
		experimentNamed(name).plan(n)
		if asked := slices.ContainsFunc(n.Keys(), func(k obs.Key) bool { return k.Settings == citedSettings }); asked != want {
			t.Errorf("%s asks for networks with %s: %v, want %v", name, citedSettings, asked, want)
		}
	}
	for _, change := range strings.Fields(citedSettings) {
		if err := s.Set(change); err != nil {
			t.Fatal(err)
		}
	}
	if !isCited(s) {
		t.Error("DNI of Duncker et al. is not what it counts as")
	}
	d := obs.Sequence{Scores: obs.Scores{Tasks: tasks.All(tasks.Paper)[:1], Seeds: []uint64{1}}}
	for _, name := range []string{"separate", "fresh", "final", "cited_fresh", "cited_final"} {
		d.Conditions, d.Runs = append(d.Conditions, obs.Condition{Name: name}), append(d.Runs, lab.Run{})
	}
	for panels, settings := range map[int]profile.Settings{2: s, 3: tiny(t, "paper")} {
		d.Settings = settings
		if f := dniKept(d); len(f.Rows) != panels {
			t.Errorf("the figure has %d panels, want %d: the other reading once", len(f.Rows), panels)
		}
	}
}
