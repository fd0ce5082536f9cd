package autodiff

import (
	"slices"
	"time"
)

// tuner finds the faster of two ways to do calls that are alike. The ways take turns of a few calls.
// The first call of a turn does not count, since it finds the caches as the other way left them. The
// calls that follow go the way whose calls had the smaller median. The fastest call says less: workers
// who wait for each other rarely all run at their best. Then the ways take turns again, since other
// programs come and go. The zero value of a tuner is ready to use.
type tuner struct {
	calls  int
	times  [2][tunerTurns / 2 * (tunerTurn - 1)]time.Duration // by way, of this comparison
	faster int                                                // the way that won the last comparison
}

const (
	tunerTurn   = 3 // calls
	tunerTurns  = 10
	tunerPeriod = 256 // calls from one comparison to the next
)

// way returns the way of the next call: 0 or 1.
func (t *tuner) way() int {
	if n := t.calls % tunerPeriod; n < tunerTurns*tunerTurn {
		return n / tunerTurn % 2
	}
	return t.faster
}

// took notes the time of the call that way was asked for.
func (t *tuner) took(d time.Duration) {
	n, way := t.calls%tunerPeriod, t.way()
	t.calls++
	if turn, call := n/tunerTurn, n%tunerTurn; turn < tunerTurns && call > 0 {
		t.times[way][turn/2*(tunerTurn-1)+call-1] = d
	}
	if n == tunerTurns*tunerTurn-1 {
		var median [2]time.Duration
		for way := range t.times {
			slices.Sort(t.times[way][:])
			median[way] = t.times[way][len(t.times[way])/2]
		}
		t.faster = 0
		if median[1] < median[0] {
			t.faster = 1
		}
	}
}
