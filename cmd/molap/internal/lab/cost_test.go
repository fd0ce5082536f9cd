package lab

import (
	"math"
	"testing"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/seq"
	"molap/kernels"
)

// TestCost compares the cost of each arm's networks with the work that their jobs announce and
// report.
func TestCost(t *testing.T) {
	s := tiny(t, "extended")
	for _, arm := range Arms {
		for _, tasks := range [][]string{{"T7"}, {"T1", "T2", "T5"}} {
			l := NewLab(Config{s, nil, kernels.Best()}, &jobs.Pool{Workers: 2})
			var p silent
			if _, err := l.Train(t.Context(), &p, seq.Map(tasks, func(id string) Cell { return Cell{Arm: arm, Task: id, Seed: 3} })); err != nil {
				t.Fatal(err)
			}
			want := Cost(s, arm, len(tasks))
			if math.Abs(p.Total-want) > 1e-9*want || math.Abs(p.Added-want) > 1e-9*want {
				t.Errorf("%s, %d tasks: %g announced, %g done, want %g", arm, len(tasks), p.Total, p.Added, want)
			}
		}
	}
}
