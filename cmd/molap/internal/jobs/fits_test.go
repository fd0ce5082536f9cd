package jobs

import (
	"testing"
)

func TestFits(t *testing.T) {
	m := Memory{Bytes: 3e9, By: "1000000 test trials (score.test_trials)"}
	if m.Fits("x", 0) != nil || m.Fits("x", 3e9) != nil {
		t.Error("refused what fits")
	}
	want := "net.npz: not enough memory: at least 3.0 GB needed, by " + m.By + "; there are 2.9 GB"
	if err := m.Fits("net.npz", 2.9e9); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
