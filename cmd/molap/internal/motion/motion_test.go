package motion

import (
	"math"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/labtest"
	"molap/kernels"
)

// TestShown checks that the tables of a network's dynamics have rows, that its figure is drawn and
// that the points make a file.
func TestShown(t *testing.T) {
	for _, c := range []lab.Cell{{Arm: lab.MoLaP, Task: "T7", Seed: 3}, {Arm: lab.Reservoir, Task: "T1", Seed: 3}, {Arm: lab.DNI, Task: "T5", Seed: 3}} {
		l := lab.NewLab(lab.Config{Settings: labtest.Tiny(t, "authors"), Seeds: []uint64{3}, Variant: kernels.Best()}, &jobs.Pool{Workers: 2})
		job := l.Motion(c, false)
		labtest.Do(t, l.Pool, job)
		m := job.Value()
		for _, table := range Tables(m) {
			if len(table.Rows) == 0 && table.Name != "dynamics_points" && table.Name != "dynamics_coordinates" {
				t.Errorf("%s: table %s is empty", c, table.Name)
			}
		}
		if _, err := Files(m, Tables(m), Figure("dynamics", "a network", m, paperClock)); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func TestSpearman(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{1, 2, 3, 4}, []float64{10, 20, 30, 1000}, 1},
		{[]float64{1, 2, 3, 4}, []float64{4, 3, 2, -5}, -1},
		{[]float64{1, 2, 2, 3}, []float64{1, 2, 3, 4}, 3 / math.Sqrt(10)}, // ranks 0 1.5 1.5 3 and 0 1 2 3
	} {
		if got := spearman(c.x, c.y); !(math.Abs(got-c.want) < 1e-15) {
			t.Errorf("rank correlation of %v and %v is %v, want %v", c.x, c.y, got, c.want)
		}
	}
	if got := spearman([]float64{1, 1}, []float64{1, 2}); !math.IsNaN(got) {
		t.Errorf("rank correlation of equal values is %v, want none", got)
	}
}
