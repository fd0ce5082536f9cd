package lab

import (
	"slices"
	"testing"
)

// TestCloseUp checks a network looked at from close by against its scores and its
// own equations.
func TestCloseUp(t *testing.T) {
	for _, name := range []string{"paper", "authors"} {
		s := tiny(t, name)
		s.Score.TestTrials = 16
		l := newLab(s, []uint64{3})
		c := Cell{Arm: MoLaP, Task: Fig2dTask, Seed: 3}
		look, score := l.CloseUp(c), l.Score(c)
		node, net := networkOf[float32](l, c)
		do(t, l, look, score, node)
		v, r, n := look.Value(), score.Value(), net()
		for o := range v.Outputs {
			if got := 100 * float64(v.Right(o)) / 16; got != r.Output[o] {
				t.Errorf("%s: output %d is right in %v %% of the trials, its score is %v", name, o+1, got, r.Output[o])
			}
			sum := 0.0
			for step, y := range v.Outputs[o][0] {
				d := y - v.Targets[o][0][step]
				sum += float64(d * d)
			}
			if got := v.Errors[o][0]; got != sum/110 {
				t.Errorf("%s: error of output %d is %v, want %v", name, o+1, got, sum/110)
			}
			one := v.Shown()[0]
			for step := range 110 {
				y := float64(n.Row(n.BOut(), o)[0])
				for i, w := range v.WOut[o] {
					y += float64(w * v.Hidden[i][step])
				}
				if d := y - v.Outputs[o][one][step]; d > 1e-5 || d < -1e-5 {
					t.Fatalf("%s: W_out·h is %v at step %d, output %d is %v", name, y, step, o+1, v.Outputs[o][one][step])
				}
			}
		}
		for i := range n.Units {
			if !slices.Equal(v.WRec[i], widen(n.Row(n.WRec(), i))) {
				t.Errorf("%s: row %d of W_rec differs", name, i)
			}
		}
		shown := v.Shown()
		last := func(j int) float64 { return v.Targets[1][j][109] }
		for j := range 16 {
			if last(j) < last(shown[0]) || last(j) > last(shown[2]) {
				t.Errorf("%s: trial %d asks for %v, beyond those shown", name, j, last(j))
			}
		}
	}
}
