package autodiff

import (
	"math"
	"time"
)

// tuner finds the faster of two ways to do calls that are alike. The ways take turns of a few calls.
// The first call of a turn does not count, since it finds the caches as the other way left them. The
// calls that follow go the way whose fastest call was faster: other programs make a call slower, never
// faster. Then the ways take turns again, since other programs come and go. The zero value of a tuner
// is ready to use.
type tuner struct {
	calls   int
	fastest [2]time.Duration // by way
}

const (
	tunerTurn   = 3 // calls
	tunerTurns  = 4
	tunerPeriod = 256 // calls from one comparison to the next
)

// way returns the way of the next call: 0 or 1.
func (t *tuner) way() int {
	if n := t.calls % tunerPeriod; n < tunerTurns*tunerTurn {
		return n / tunerTurn % 2
	}
	if t.fastest[1] < t.fastest[0] {
		return 1
	}
	return 0
}

// took notes the time of the call that way was asked for.
func (t *tuner) took(d time.Duration) {
	n, way := t.calls%tunerPeriod, t.way()
	t.calls++
	if n == 0 {
		t.fastest = [2]time.Duration{math.MaxInt64, math.MaxInt64}
	}
	if n < tunerTurns*tunerTurn && n%tunerTurn > 0 {
		t.fastest[way] = min(t.fastest[way], d)
	}
}
