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

// toyDNI has scores that say where they belong.
func toyDNI(order string) dniData {
	run := func(x float64) lab.Run { return lab.Run{Overall: x, DecisionUnit: x / 10, Blind: lab.Null{Overall: 1}} }
	d := dniData{tasks: tasks.All(tasks.Paper), order: order}
	for seed := range 2 {
		s := dniSeed{seed: uint64(seed)}
		for k := range order {
			var after []lab.Run
			for i := range d.tasks {
				after = append(after, run(float64(10*(k+1)+i+2*seed)))
			}
			s.after = append(s.after, after)
		}
		for i := range d.tasks {
			s.separate = append(s.separate, run(float64(200+i)))
		}
		for _, o := range []string{order, "987654321"} {
			var fresh, final []lab.Run
			for i, t := range d.tasks {
				at := strings.Index(o, t.ID[1:])
				fresh = append(fresh, run(float64(100*i-3*at)))      // every place costs 3 of fresh scores
				final = append(final, run(float64(100*i+7*at+seed))) // and adds 7 to final ones
			}
			s.orders = append(s.orders, ordered{o, fresh, final})
			s.cited = ordered{o, final, fresh}
		}
		d.seeds = append(d.seeds, s)
	}
	return d
}

// TestDNITables checks where scores go.
func TestDNITables(t *testing.T) {
	d := toyDNI("213456789")
	row := d.byTask().Rows[1] // T2, learnt first
	if row[0] != "T2" || row[2] != 1 || row[3] != 2 || row[4] != 100.0 || row[5] != 0.0 || row[6] != 100.5 || row[8] != 201.0 || row[9] != 1.0 || row[11] != 10.0 || row[16] != 149.5 || row[17] != 79.0 {
		t.Errorf("row of T2 is %v", row)
	}
	row = d.forgetting().Rows[9+0] // seed 0, two tasks learnt, tested on T1
	if row[0] != uint64(0) || row[1] != 2 || row[2] != "T1" || row[3] != "T1" || row[4] != true || row[5] != 20.0 {
		t.Errorf("row of T1 after two tasks is %v", row)
	}
	if row = d.forgetting().Rows[0]; row[4] != false {
		t.Errorf("T1 counts as learnt before it is: %v", row)
	}
	row = d.byPlace().Rows[9+8] // seed 0, the other order, T9
	if row[1] != "T987654321" || row[2] != "T9" || row[3] != 1 || row[4] != 800.0 || row[5] != 800.0 {
		t.Errorf("row of T9 in the other order is %v", row)
	}
	for _, c := range []struct {
		name   string
		scores func(ordered) []lab.Run
		want   float64
	}{{"fresh", freshOf, -3}, {"final", finalOf, 7}} {
		if got := d.slope(d.seeds[1], c.scores, overall); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("a place later changes %s scores by %v, want %v", c.name, got, c.want)
		}
	}
	// 1 and 2 are 7 places apart, 3 to 9 four, two, none, two, four, six and eight.
	if got, want := d.seeds[1].apart(freshOf, overall), 3*(7+7+4+2+0+2+4+6+8)/9.0; math.Abs(got-want) > 1e-12 {
		t.Errorf("over orders fresh scores lie %v apart, want %v", got, want)
	}
	if last, before := d.left(true), d.left(false); len(last) != 4 || math.Abs(seq.Mean(last)-45.65) > 1e-9 || len(before) != 2*2*8 {
		t.Errorf("in the last place %v is left, and %d scores of places before it", last, len(before))
	}
	h := d.matrices().Rows[0][0].(*figure.HeatMap)
	if h.RowNames[0] != "T2" || h.ColNames[1] != "T1" || h.Values[0] != 12 || h.Values[9*8+1] != 91 {
		t.Errorf("the matrix begins with %s, %v, and ends with %v on %s; want T2, 12, 91, T1", h.RowNames[0], h.Values[0], h.Values[9*8+1], h.ColNames[1])
	}
}

// TestCited checks that the other reading is one of the settings.
func TestCited(t *testing.T) {
	s := tiny(t, "paper")
	none := func(string, lab.Cell) lab.Run { return lab.Run{} }
	if sequences(obs.New(newLab(s, nil)), none).cited {
		t.Error("profile paper counts as DNI of Duncker et al.")
	}
	// What the claims take of dni is not of that reading, which takes a training of its own.
	sequences(obs.New(newLab(s, []uint64{1})), func(settings string, c lab.Cell) lab.Run {
		if settings == citedSettings {
			t.Errorf("the claims ask for %s with %s", c, settings)
		}
		return lab.Run{}
	})
	for _, change := range strings.Fields(citedSettings) {
		if err := s.Set(change); err != nil {
			t.Fatal(err)
		}
	}
	if d := sequences(obs.New(newLab(s, nil)), none); !d.cited || !d.told {
		t.Error("DNI of Duncker et al. is not what it counts as")
	}
	if f := (dniData{cited: true, order: "1"}).kept(); len(f.Rows) != 2 {
		t.Errorf("the figure shows it twice: %d panels, want 2", len(f.Rows))
	}
}
