package autodiff

import "time"

// tuner finds the faster of two ways to do calls that are alike. It compares them in pairs, one call in
// each way, and takes the way that wins most pairs for the calls that follow. Then it compares them
// again, since other programs come and go. Its zero value is ready to use.
type tuner struct {
	calls int
	first time.Duration // of the pair at work
	wins  int           // pairs where the second way was faster
}

const (
	tunerPairs  = 5
	tunerPeriod = 256 // calls from one comparison to the next
)

// way returns the way to do the next call: 0 or 1.
func (t *tuner) way() int {
	if n := t.calls % tunerPeriod; n < 2*tunerPairs {
		return n % 2
	}
	if 2*t.wins > tunerPairs {
		return 1
	}
	return 0
}

// took notes the time of the call that way was asked for.
func (t *tuner) took(d time.Duration) {
	n := t.calls % tunerPeriod
	t.calls++
	switch {
	case n >= 2*tunerPairs:
	case n%2 == 0:
		if t.first = d; n == 0 {
			t.wins = 0
		}
	case d < t.first:
		t.wins++
	}
}
