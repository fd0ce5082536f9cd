package lab

import (
	"fmt"
	"testing"

	"molap/cmd/molap/internal/states"
	"molap/dynamics"
	"molap/kernels"
	"molap/rnn"
)

// TestMotion checks the dynamics of a network against its definition, and that a file
// gives what the network itself gives.
func TestMotion(t *testing.T) {
	for _, c := range []Cell{{Arm: MoLaP, Task: "T7", Seed: 3}, {Arm: Reservoir, Task: "T1", Seed: 3}, {Arm: DNI, Task: "T5", Seed: 3}} {
		s := tiny(t, "authors")
		l := newLab(s, []uint64{3})
		job := l.Motion(c, false)
		do(t, l, job)
		m := job.Value()

		f := fileOf(t, l, c)
		got, err := NetFile{Variant: kernels.Best(), Settings: s, Cell: c, Network: f}.Motion(t.Context(), &silent{}, states.Question{Search: dynamics.DefaultSearch, Most: states.ShownPoints})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != fmt.Sprint(m) {
			t.Errorf("%s: the file's dynamics differ", c)
		}
		if m.Onset != 35 || m.Response != 85 || m.Steps != 110 {
			t.Errorf("%s: onset %d, response %d of %d steps, want 35, 85, 110", c, m.Onset, m.Response, m.Steps)
		}
		if len(m.Exponents) != states.Trials || len(m.Groups) != states.Groups || len(m.Gradient) != 110 {
			t.Errorf("%s: %d exponents, %d groups, %d gradients", c, len(m.Exponents), len(m.Groups), len(m.Gradient))
		}
		for k := 1; k < len(m.Groups); k++ {
			if m.Groups[k].From < m.Groups[k-1].To {
				t.Errorf("%s: groups are %v, want rising targets", c, m.Groups)
			}
		}
		net, err := rnn.Load[float64](f)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range m.Held {
			for _, p := range h.Points {
				if d := dynamics.NewMap(net.Params, h.Input).Speed(p.H); d != p.Speed || p.Speed > dynamics.DefaultSearch.Slow {
					t.Errorf("%s, %s: speed of a point is %v, the network has %v there", c, h.Name, p.Speed, d)
				}
			}
		}
	}
}
