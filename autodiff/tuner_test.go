package autodiff

import (
	"testing"
	"time"
)

// TestTuner: both ways are tried. Then the faster one is taken, although a turn of the second one and
// the first call of each turn were slow, and although one call of the slower way was the fastest of
// all, until the other has become the faster one.
func TestTuner(t *testing.T) {
	for _, faster := range []int{0, 1} {
		var tuner tuner
		taken := [3][2]int{} // calls by period and way
		for period := range taken {
			if period == 2 {
				faster = 1 - faster
			}
			for n := range tunerPeriod {
				way := tuner.way()
				taken[period][way]++
				d := 10 * time.Millisecond
				switch {
				case n/tunerTurn == 1 || n%tunerTurn == 0: // another program had the core, or the caches were cold
					d *= 100
				case way == faster:
					d -= time.Millisecond
				case n/tunerTurn == 2 || n/tunerTurn == 3:
					d -= 2 * time.Millisecond
				}
				tuner.took(d)
			}
			if got, want := taken[period][1-faster], tunerTurns/2*tunerTurn; got != want {
				t.Errorf("period %d: the slower way was taken %d times, want %d", period, got, want)
			}
		}
	}
}
