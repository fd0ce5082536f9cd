package obs

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/profile"
)

// scoredNotebook returns a notebook without a lab in which the networks of seeds have a score on T1.
func scoredNotebook(t *testing.T, score float64, seeds ...uint64) *Notebook {
	t.Helper()
	s, err := profile.Load("paper")
	if err != nil {
		t.Fatal(err)
	}
	n := &Notebook{Settings: s, Seeds: seeds}
	for _, seed := range seeds {
		n.put(Key{Kind: Score, Cell: lab.Cell{Arm: lab.MoLaP, Task: "T1", Seed: seed}}, func() any {
			return lab.Run{Seed: seed, Overall: score, DecisionUnit: math.NaN()}
		})
	}
	return n
}

// TestMerge puts notebooks together: their seeds are sorted, what several have counts once, and
// two values of one observation are an error that names it.
func TestMerge(t *testing.T) {
	all, err := Merge(scoredNotebook(t, 50, 5), scoredNotebook(t, 50, 2, 3), scoredNotebook(t, 50, 3, 5))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(all.Seeds, []uint64{2, 3, 5}) || len(all.Keys()) != 3 {
		t.Errorf("seeds %v with %d scores, want 2, 3, 5 with 3", all.Seeds, len(all.Keys()))
	}
	if _, err := Merge(scoredNotebook(t, 50, 2, 3), scoredNotebook(t, 51, 3)); err == nil || !strings.Contains(err.Error(), "T1") || !strings.Contains(err.Error(), "seed 3") {
		t.Errorf("two values of one observation: %v", err)
	}
	other := scoredNotebook(t, 50, 7)
	other.Settings.Damage.Draws++
	if _, err := Merge(scoredNotebook(t, 50, 2), other); err == nil {
		t.Error("notebooks of different settings are merged")
	}
}

// TestComplete asks notebooks for what only some seeds have.
func TestComplete(t *testing.T) {
	n, err := Merge(scoredNotebook(t, 50, 2, 3, 5))
	if err != nil {
		t.Fatal(err)
	}
	reservoir := lab.Cell{Arm: lab.Reservoir, Task: "T1", Seed: 3}
	n.put(Key{Kind: Score, Cell: reservoir}, func() any { return lab.Run{} })
	both := func(n *Notebook) {
		for _, seed := range n.Seeds {
			n.Score("", lab.Cell{Arm: lab.MoLaP, Task: "T1", Seed: seed})
			n.Score("", lab.Cell{Arm: lab.Reservoir, Task: "T1", Seed: seed})
		}
	}
	some, lacking := n.Complete(both)
	if !slices.Equal(some.Seeds, []uint64{3}) || len(lacking) != 2 || lacking[0].Seed != 2 || len(n.Seeds) != 3 {
		t.Errorf("seeds %v, lacking %v", some.Seeds, lacking)
	}
	none, lacking := n.Complete(func(n *Notebook) {
		for _, seed := range n.Seeds {
			n.Score("", lab.Cell{Arm: lab.Separate, Task: "T1", Seed: seed})
		}
	})
	if len(none.Seeds) != 0 || len(lacking) != 3 {
		t.Errorf("seeds %v of what none has, lacking %v", none.Seeds, lacking)
	}
}
