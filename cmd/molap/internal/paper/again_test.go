package paper

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"testing"

	"molap/cmd/molap/internal/obs"
)

// allExperiments does all experiments with some seeds and returns their results and observations.
func allExperiments(t *testing.T, seeds ...uint64) ([]Result, *obs.Notebook) {
	t.Helper()
	l := newLab(tiny(t, "paper"), seeds)
	results := make([]Result, len(Experiments()))
	all := obs.New(l)
	if err := Run(t.Context(), l, &silent{}, Experiments(), func(i int, r Result) error {
		results[i] = r
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		all.Add(r.Observed)
	}
	return results, all
}

// readBack returns observations as reading files of them gives them.
func readBack(t *testing.T, n *obs.Notebook) *obs.Notebook {
	t.Helper()
	files, err := n.Files()
	if err != nil {
		t.Fatal(err)
	}
	back, err := obs.Read(n.Settings, n.Seeds, func(name string) ([]byte, error) {
		for _, f := range files {
			if f.Name == name {
				return f.Data, nil
			}
		}
		return nil, fs.ErrNotExist
	})
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// shownText returns all that a reader sees of results.
func shownText(rs []Result) []byte {
	var b bytes.Buffer
	for _, r := range rs {
		fmt.Fprintln(&b, r.Title, r.Headline, r.Findings, r.Captions)
		for _, c := range r.Claims {
			for _, v := range []*float64{&c.Value, &c.Lo, &c.Hi} { // NaN is not itself
				if math.IsNaN(*v) {
					*v = -12345
				}
			}
			fmt.Fprintf(&b, "%+v\n", c)
		}
		for _, table := range r.Tables {
			b.Write(table.CSV())
		}
		for _, f := range r.Figures {
			b.Write(f.SVG())
		}
	}
	return b.Bytes()
}

// TestAgain checks that every table, figure and verdict is made again of the files of one
// run with two seeds, and the same of the files of two runs with one seed each.
func TestAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("three runs of everything")
	}
	results, both := allExperiments(t, 1, 2)
	want := shownText(results)
	compare := func(name string, n *obs.Notebook) {
		again, _, err := Again(n, Experiments())
		if err != nil {
			t.Fatal(err)
		}
		if got := shownText(again); !bytes.Equal(got, want) {
			t.Errorf("%s: what is made of files differs", name)
		}
	}
	compare("one run", readBack(t, both))

	_, one := allExperiments(t, 1)
	_, two := allExperiments(t, 2)
	merged, err := obs.Merge(readBack(t, two), readBack(t, one))
	if err != nil {
		t.Fatal(err)
	}
	compare("two runs", merged)
	if merged, err = obs.Merge(readBack(t, both), readBack(t, one)); err != nil {
		t.Fatal(err)
	}
	compare("a seed that is there twice", merged)
	if _, _, err := Again(readBack(t, obs.New(newLab(tiny(t, "paper"), []uint64{1}))), Experiments()); err == nil {
		t.Error("results are made of no observations")
	}
}
