package paper

import (
	"reflect"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
)

// TestModules3 checks the networks that are compared, and the sign of the difference.
func TestModules3(t *testing.T) {
	for units, want := range map[int][2]int{100: {102, 150}, 8: {6, 12}, 50: {48, 78}, 2: {6, 6}} {
		if got := moduleSizes(units); got != want {
			t.Errorf("sizes for %d units are %v, want %v", units, got, want)
		}
	}
	s := tiny(t, "paper")
	l := newLab(s, []uint64{1})
	n := obs.New(l)
	done := modules3Scores(n)
	do(t, l, n.Needs()...)
	m := done()
	for k, c := range []struct{ units, modules int }{{6, 2}, {6, 3}, {12, 2}, {12, 3}} {
		sub := newLab(s, nil)
		sub.Settings.Network.Units, sub.Settings.Network.Modules = c.units, c.modules
		cell := lab.Cell{Arm: lab.MoLaP, Task: "T5", Seed: 1}
		want, net := sub.Score(cell), lab.Pretrained[float32](sub, cell)
		do(t, sub, want)
		if !reflect.DeepEqual(m.Of(inModules(c.modules, c.units), 4)[0], want.Value()) {
			t.Errorf("kind %d is not the network of %d units in %d modules", k, c.units, c.modules)
		}
		if n := net.Value(); n.Units != c.units || n.Modules != c.modules {
			t.Errorf("kind %d has %d units in %d modules, want %d in %d", k, n.Units, n.Modules, c.units, c.modules)
		}
		m.Runs[9*k+4].Overall = float64(10 * k * k)
	}
	if got := m.Mean(inModules(3, 6), obs.Overall, 4) - m.Mean(inModules(2, 6), obs.Overall, 4); got != 10 {
		t.Errorf("three modules less two is %v, want 10", got)
	}
	if got := m.Mean(inModules(3, 12), obs.Overall, 4) - m.Mean(inModules(2, 12), obs.Overall, 4); got != 50 {
		t.Errorf("three modules less two of the larger size is %v, want 50", got)
	}
}
