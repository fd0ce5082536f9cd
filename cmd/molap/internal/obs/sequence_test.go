package obs

import (
	"math"
	"slices"
	"strings"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/tasks"
)

// toySequence returns scores that say where they belong, of two orders for each of two seeds.
func toySequence(order string) Sequence {
	d := Sequence{Scores{Tasks: tasks.All(tasks.Paper), Seeds: []uint64{0, 1}}}
	d.Settings.DNI.Order, d.Settings.DNI.Orders = order, 1
	names := []string{"separate", "cited_fresh", "cited_final", inOrder(0, "fresh"), inOrder(0, "final"), inOrder(1, "fresh"), inOrder(1, "final")}
	for k := range order {
		names = append(names, afterTasks(k+1))
	}
	d.Conditions = seq.Map(names, func(name string) Condition { return Condition{Name: name} })
	for seed := range 2 {
		for c := range names {
			for i := range d.Tasks {
				place := func(k int) int { return d.place(i, k, uint64(seed)) }
				x := float64(10*(c-6) + i + 2*seed) // after c−6 tasks
				switch c {
				case 0, 1, 2:
					x = float64(200 + 10*c + i)
				case 3, 5: // every place costs 3 of fresh scores
					x = float64(100*i - 3*place((c-3)/2))
				case 4, 6: // and adds 7 to final ones
					x = float64(100*i + 7*place((c-4)/2) + seed)
				}
				d.Runs = append(d.Runs, lab.Run{Overall: x, DecisionUnit: x / 10, Blind: lab.Null{Overall: 1}})
			}
		}
	}
	return d
}

// TestSequence checks where scores go.
func TestSequence(t *testing.T) {
	const order = "213456789"
	d := toySequence(order)
	row := d.Learnt("").Rows[1] // T2, learnt first
	if row[0] != "T2" || row[2] != 1 || row[3] != 2 || row[4] != 100.0 || row[5] != 0.0 || row[6] != 100.5 || row[8] != 201.0 || row[9] != 1.0 || row[11] != 10.0 || row[16] != 211.0 || row[17] != 221.0 {
		t.Errorf("row of T2 is %v", row)
	}
	row = d.Forgetting("").Rows[9+0] // seed 0, two tasks learnt, tested on T1
	if row[0] != uint64(0) || row[1] != 2 || row[2] != "T1" || row[3] != "T1" || row[4] != true || row[5] != 20.0 {
		t.Errorf("row of T1 after two tasks is %v", row)
	}
	if row = d.Forgetting("").Rows[0]; row[4] != false {
		t.Errorf("T1 counts as learnt before it is: %v", row)
	}
	other := lab.RandomOrder(0, 0)
	place := strings.Index(other, "9")
	row = d.ByPlace("").Rows[9+8] // seed 0, the other order, T9
	if row[1] != "T"+other || row[2] != "T9" || row[3] != 1+place || row[4] != float64(800-3*place) || row[5] != float64(800+7*place) {
		t.Errorf("row of T9 in the order %s is %v", other, row)
	}
	for when, want := range map[string]float64{"fresh": -3, "final": 7} {
		if got := d.Slopes(when, Overall)[1]; math.Abs(got-want) > 1e-12 {
			t.Errorf("a place later changes %s scores by %v, want %v", when, got, want)
		}
	}
	apart := 0.0 // places between the two orders of seed 1
	for k, digit := range order {
		apart += math.Abs(float64(k - strings.IndexRune(lab.RandomOrder(1, 0), digit)))
	}
	if got, want := d.Apart("fresh", Overall)[1], 3*apart/9; math.Abs(got-want) > 1e-12 {
		t.Errorf("over orders fresh scores lie %v apart, want %v", got, want)
	}
	var want []float64 // of T9, and of the tasks that the other orders end with
	for seed := range 2 {
		for _, digit := range []byte{'9', lab.RandomOrder(uint64(seed), 0)[8]} {
			want = append(want, float64(100*int(digit-'1')+7*8+seed)/10)
		}
	}
	slices.Sort(want)
	if last, before := slices.Sorted(slices.Values(d.Left(8, 8))), d.Left(0, 7); !slices.Equal(last, want) || len(before) != 2*2*8 {
		t.Errorf("in the last place %v is left, want %v, and %d scores of places before it", last, want, len(before))
	}
	h := d.Matrix("", Overall)
	if h.RowNames[0] != "T2" || h.ColNames[1] != "T1" || h.Values[0] != 12 || h.Values[9*8+1] != 91 {
		t.Errorf("the matrix begins with %s, %v, and ends with %v on %s; want T2, 12, 91, T1", h.RowNames[0], h.Values[0], h.Values[9*8+1], h.ColNames[1])
	}
}
