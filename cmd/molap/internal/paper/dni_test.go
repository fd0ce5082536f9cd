package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/figure"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/obs"
	"molap/cmd/molap/internal/seq"
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
			err := Run(t.Context(), l, &silent{}, []Experiment{named(name)}, func(_ int, r Result) error {
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

// toyDNI returns scores that say where they belong, of a seed's two orders the second being
// 987654321.
func toyDNI(order string) inSequence {
	d := inSequence{orders: 2, order: func(k int, _ uint64) string { return []string{order, "987654321"}[k] }}
	d.Tasks, d.Seeds = tasks.All(tasks.Paper), []uint64{0, 1}
	for _, name := range []string{"fresh", "final", "separate", "cited_fresh", "cited_final", inOrder(1, "fresh"), inOrder(1, "final")} {
		d.Conditions = append(d.Conditions, obs.Condition{Name: name})
	}
	for k := range order {
		d.Conditions = append(d.Conditions, obs.Condition{Name: afterTasks(k + 1)})
	}
	for seed := range 2 {
		for c, condition := range d.Conditions {
			for i := range d.Tasks {
				fresh := func(k int) float64 { return float64(100*i - 3*d.place(i, k, 0)) }        // every place costs 3 of fresh scores
				final := func(k int) float64 { return float64(100*i + 7*d.place(i, k, 0) + seed) } // and adds 7 to final ones
				x := map[string]float64{"fresh": fresh(0), "final": final(0), "separate": float64(200 + i), "cited_fresh": final(1), "cited_final": fresh(1),
					inOrder(1, "fresh"): fresh(1), inOrder(1, "final"): final(1)}[condition.Name]
				if c >= 7 {
					x = float64(10*(c-6) + i + 2*seed)
				}
				d.Runs = append(d.Runs, lab.Run{Overall: x, DecisionUnit: x / 10, Blind: lab.Null{Overall: 1}})
			}
		}
	}
	return d
}

// TestDNITables checks where scores go.
func TestDNITables(t *testing.T) {
	const order = "213456789"
	d := toyDNI(order)
	row := d.byTask(order).Rows[1] // T2, learnt first
	if row[0] != "T2" || row[2] != 1 || row[3] != 2 || row[4] != 100.0 || row[5] != 0.0 || row[6] != 100.5 || row[8] != 201.0 || row[9] != 1.0 || row[11] != 10.0 || row[16] != 149.5 || row[17] != 79.0 {
		t.Errorf("row of T2 is %v", row)
	}
	row = d.forgetting(order).Rows[9+0] // seed 0, two tasks learnt, tested on T1
	if row[0] != uint64(0) || row[1] != 2 || row[2] != "T1" || row[3] != "T1" || row[4] != true || row[5] != 20.0 {
		t.Errorf("row of T1 after two tasks is %v", row)
	}
	if row = d.forgetting(order).Rows[0]; row[4] != false {
		t.Errorf("T1 counts as learnt before it is: %v", row)
	}
	row = d.byPlace().Rows[9+8] // seed 0, the other order, T9
	if row[1] != "T987654321" || row[2] != "T9" || row[3] != 1 || row[4] != 800.0 || row[5] != 800.0 {
		t.Errorf("row of T9 in the other order is %v", row)
	}
	for when, want := range map[string]float64{"fresh": -3, "final": 7} {
		if got := d.slopes(when, obs.Overall)[1]; math.Abs(got-want) > 1e-12 {
			t.Errorf("a place later changes %s scores by %v, want %v", when, got, want)
		}
	}
	// 1 and 2 are 7 places apart, 3 to 9 four, two, none, two, four, six and eight.
	if got, want := d.apart("fresh", obs.Overall)[1], 3*(7+7+4+2+0+2+4+6+8)/9.0; math.Abs(got-want) > 1e-12 {
		t.Errorf("over orders fresh scores lie %v apart, want %v", got, want)
	}
	if last, before := d.left(8, 8), d.left(0, 7); len(last) != 4 || math.Abs(seq.Mean(last)-45.65) > 1e-9 || len(before) != 2*2*8 {
		t.Errorf("in the last place %v is left, and %d scores of places before it", last, len(before))
	}
	h := d.matrices(order).Rows[0][0].(*figure.HeatMap)
	if h.RowNames[0] != "T2" || h.ColNames[1] != "T1" || h.Values[0] != 12 || h.Values[9*8+1] != 91 {
		t.Errorf("the matrix begins with %s, %v, and ends with %v on %s; want T2, 12, 91, T1", h.RowNames[0], h.Values[0], h.Values[9*8+1], h.ColNames[1])
	}
}

// TestCited checks that the other reading is one of the settings.
func TestCited(t *testing.T) {
	s := tiny(t, "paper")
	if isCited(s) {
		t.Error("profile paper counts as DNI of Duncker et al.")
	}
	// What the claims take of dni is not of that reading, which takes a training of its own.
	for _, cited := range []bool{false, true} {
		n := obs.New(newLab(s, []uint64{1}))
		dniScores(n, cited)
		if asked := slices.ContainsFunc(n.Keys(), func(k obs.Key) bool { return k.Settings == citedSettings }); asked != cited {
			t.Errorf("with %s: asked for %v, want %v", citedSettings, asked, cited)
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
	if f := toyDNI(s.DNI.Order).kept(true); len(f.Rows) != 2 {
		t.Errorf("the figure shows it twice: %d panels, want 2", len(f.Rows))
	}
	if f := toyDNI(s.DNI.Order).kept(false); len(f.Rows) != 3 {
		t.Errorf("the figure does not show it: %d panels, want 3", len(f.Rows))
	}
}
