package main

import (
	"testing"

	"molap/cmd/molap/internal/jobs"
)

func TestEnough(t *testing.T) {
	m := jobs.Memory{Bytes: 3e9, By: "1000000 test trials (score.test_trials)"}
	if enough("x", m, 0) != nil || enough("x", m, 3e9) != nil {
		t.Error("refused what fits")
	}
	want := "net.npz: not enough memory: at least 3.0 GB needed, by " + m.By + "; there are 2.9 GB"
	if err := enough("net.npz", m, 2.9e9); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
