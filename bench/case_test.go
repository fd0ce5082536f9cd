package bench

import (
	"context"
	"testing"

	"molap/autodiff"
	"molap/kernels"
)

func TestCase(t *testing.T) {
	c := Case{kernels.Best(), "f32", 100, 200, "all", 1}
	if have, want := c.String(), "kernel="+kernels.Best().String()+"/type=f32/n=100/trials=200"; have != want {
		t.Errorf("case is called %s, want %s", have, want)
	}
	if have := c.FLOPs(); have != 1.32e9 {
		t.Errorf("a step at N = 100 with 200 trials has %g operations, want 1.32e9", have)
	}
	// Trained parameters at N = 10: those of Rects and h[0].
	for mask, want := range map[string]int{"all": 100 + 30 + 10 + 30 + 3 + 10, "module": 25 + 30 + 30 + 10, "task": 30 + 30 + 10} {
		c := Case{kernels.Best(), "f64", 10, 2, mask, 1}
		s := autodiff.Shape{Units: 10, In: Inputs, Out: Outputs}
		if have := c.mask(s).Len(s); have != want {
			t.Errorf("%s: %d parameters are trained, want %d", mask, have, want)
		}
	}
}

// TestRound checks that every case is measured, that a share of the peak is a share, and that no
// step of one worker allocates. (More workers are goroutines. The runtime keeps some and makes some.)
// A busy machine spoils single rounds: it leaves time for one step, beside which the runtime itself
// may allocate, or it interrupts the loop that measures the peak. What a step does, every round
// shows, so one undisturbed round decides.
func TestRound(t *testing.T) {
	for _, v := range kernels.Variants() {
		for _, typ := range []string{"f32", "f64"} {
			for _, trained := range Trained {
				for _, workers := range []int{1, 2} {
					c := Case{v, typ, 4, 41, trained, workers}
					m := NewMeter(c)
					r := m.Round(context.Background(), 2*blockTime)
					for i := 0; i < 5 && (r.Allocs > 0 || r.OfPeak > 1); i++ {
						r = m.Round(context.Background(), 2*blockTime)
					}
					if r.Steps < 1 || r.Step <= 0 || r.Step > 1 || workers == 1 && r.Allocs != 0 {
						t.Errorf("%v: %+v", c, r)
					}
					if known := v.String() != "generic"; known != (r.OfPeak > 0) || r.OfPeak > 1 {
						t.Errorf("%v: %g of the peak", c, r.OfPeak)
					}
				}
			}
		}
	}
}

func TestMedian(t *testing.T) {
	if a, b := Median([]float64{5, 1, 3}), Median([]float64{4, 1, 3, 2}); a != 3 || b != 2.5 {
		t.Errorf("medians are %g and %g, want 3 and 2.5", a, b)
	}
}
