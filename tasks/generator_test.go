package tasks

import (
	"testing"

	"molap/kernels"
)

// TestConditions: what was drawn is what the trials show, resampled ones as well.
func TestConditions(t *testing.T) {
	task := Task{
		Name: "told", Steps: 30, Lead: 2,
		Draws:   []Draw{{"a", OptionAngle{}}, {"n", Noise(1)}, {"u", Uniform{-1, 2}}, {"c", Choice{3, 4}}},
		Periods: []Period{{"wait", Duration{Least: 2, Most: 9, Exponential: 3}}, {"show", Duration{Rest: true}}, {"go", Duration{Least: 3, Most: 5}}},
		Inputs: []Channel{{Name: "a", Parts: []Part{{"show", "go", Drawn("a")}}}, {Name: "u", Parts: []Part{{"show", "show", Drawn("u")}}},
			{Name: "c", Parts: []Part{{"go", "go", Drawn("c")}}}},
		Targets: []Channel{{Name: "y"}},
	}
	for _, o := range []Options{{}, {Resample: true, SharedAngle: true, Angles: Tens360}} {
		other := smallTask()
		other.Steps, other.Periods[0].Duration = 30, Duration{Rest: true}
		g, err := NewGenerator[float64](kernels.Best(), o, other, task)
		if err != nil {
			t.Fatal(err)
		}
		b := g.NewBatch(70)
		g.Draw(b, kernels.NewStream(9))
		c := g.Conditions(1)
		if len(c.Draws) != 4 || len(c.Starts) != 3 || c.Draws[1] != nil {
			t.Fatalf("%d draws, %d periods, noise %v", len(c.Draws), len(c.Starts), c.Draws[1])
		}
		for j := range b.Trials {
			for step := range b.Steps {
				want := []float64{0, 0, 0}
				if step >= c.Starts[1][j] {
					want[0], want[1] = c.Draws[0][j], c.Draws[2][j]
				}
				if step >= c.Starts[2][j] {
					want[1], want[2] = 0, c.Draws[3][j]
				}
				if got := b.Inputs(step, j)[1:]; got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || c.Starts[0][j] != 2 {
					t.Fatalf("%+v: trial %d, step %d: inputs %v, want %v of %v", o, j, step, got, want, c.Starts)
				}
			}
		}
	}
}
