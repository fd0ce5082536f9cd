package obs

import (
	"math"
	"testing"

	"molap/cmd/molap/internal/lab"
	"molap/tasks"
)

// TestSampling checks the variance within a seed: of draws between each other, which move
// together at all levels and on both tasks, and of test trials as of right and wrong answers.
func TestSampling(t *testing.T) {
	q := madeUpDamage()
	error1 := SquaredError // no per cent: draws alone, here by the scores that are made up
	error1.Of = AllOutputs.Of
	for _, some := range []Robustness{q, q.On(q.Tasks[1].ID)} {
		for k, v := range some.Sampling(lab.MoLaP, lab.WeightNoise, lab.WeightNoise.Levels(), error1) {
			if math.Abs(v-1.0/3) > 1e-9 { // draws are 0, 1 and 2 more
				t.Errorf("seed %d, %d tasks: %v, want 1/3", k, len(some.Tasks), v)
			}
		}
	}
	q.Trials = 50
	percent := AllOutputs
	percent.Of = func(s lab.Scores) float64 { return 20 }
	if v := q.Sampling(lab.MoLaP, lab.WeightNoise, []float64{0.01}, percent)[0]; v != 20*80/100.0 {
		t.Errorf("20 %% of twice 50 trials: variance %v, want 16", v)
	}
	s := Scores{Conditions: []Condition{{Name: "a"}}, Tasks: tasks.All(tasks.Paper)[:2], Seeds: []uint64{1}, Runs: []lab.Run{{Overall: 90}, {Overall: 50}}}
	s.Settings.Score.TestTrials = 100
	if both, one := s.Sampling("a", Overall)[0], s.Sampling("a", Overall, 1)[0]; both != 70*30/200.0 || one != 50*50/100.0 {
		t.Errorf("variances %v of both tasks and %v of one, want 10.5 and 25", both, one)
	}
}
