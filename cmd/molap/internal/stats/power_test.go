package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPower checks the formula by simulation: of tests of as many values as it asks for, about
// four in five find the distance.
func TestPower(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ s, distance, alpha float64 }{{1, 1, 0.05}, {2, 3, 0.05 / 60}, {1, 0.5, 0.01}} {
		n := Needed(c.s, c.distance, c.alpha, 1000)
		if Tells(c.s, n, c.alpha) > c.distance || Tells(c.s, n-1, c.alpha) <= c.distance {
			t.Errorf("%d values tell %v, %d tell %v; want %v between them", n, Tells(c.s, n, c.alpha), n-1, Tells(c.s, n-1, c.alpha), c.distance)
		}
		found := 0
		const trials = 2000
		for range trials {
			x := make([]float64, n)
			for i := range x {
				x[i] = c.distance + c.s*r.NormFloat64()
			}
			if TTest(x, 0) <= c.alpha {
				found++
			}
		}
		if power := float64(found) / trials; math.Abs(power-Power) > 0.06 {
			t.Errorf("%d values of SD %v find %v at %v in %v of tests, want about %v", n, c.s, c.distance, c.alpha, power, Power)
		}
	}
	if n := Needed(1, 0.01, 0.05, 100); n != 0 {
		t.Errorf("100 values tell a hundredth of their SD: %d", n)
	}
	if !math.IsNaN(Tells(1, 1, 0.05)) {
		t.Error("one value tells something")
	}
}
