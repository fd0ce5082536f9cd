package taskset

import (
	"strings"
	"testing"

	"molap/cmd/molap/internal/profile"
	"molap/rnn"
)

// TestAttach brings the trials of a file to settings that name them. Settings that hold out more of
// them than there are, as a file of a stranger may say, are an error.
func TestAttach(t *testing.T) {
	x, y := make([]float64, 3*8), make([]float64, 3*8)
	for i := range x {
		x[i], y[i] = float64(i), float64(-i)
	}
	data, err := rnn.EncodeArrays(rnn.Array{Name: "X", Shape: []int{3, 8, 1}, Values: x}, rnn.Array{Name: "Y", Shape: []int{3, 8, 1}, Values: y})
	if err != nil {
		t.Fatal(err)
	}
	f, err := rnn.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := profile.Load("paper")
	if err != nil {
		t.Fatal(err)
	}
	task, err := Arrays{Name: "mine", File: f, Share: 0.25}.Task()
	if err != nil {
		t.Fatal(err)
	}
	for held, want := range map[int]string{2: "", 8: "8 of 8 trials are said to be held out for tests", 9: "9 of 8 trials are said to be held out for tests"} {
		a := *task.Arrays
		a.TestTrials, a.Train, a.Test = held, nil, nil
		u := task
		u.Arrays = &a
		named, err := Define(s, u)
		if err != nil {
			t.Fatal(err)
		}
		full, _, err := Attach(named, u.ID, f)
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d held out: %v, want %q", held, err, want)
			}
			continue
		}
		if err != nil || ByID(full, u.ID).Arrays.Test.Trials != held {
			t.Errorf("%d held out: %v", held, err)
		}
	}
}
