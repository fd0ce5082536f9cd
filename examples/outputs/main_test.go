package main

import (
	"os"
	"testing"

	"molap/autodiff"
	"molap/rnn"
)

// TestOutputs runs a network that another program trained on the trials of its file:
// the outputs must be such as to solve its task.
func TestOutputs(t *testing.T) {
	data, err := os.ReadFile("../../rnn/testdata/net_delay_pro.npz")
	if err != nil {
		t.Fatal(err)
	}
	file, err := rnn.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	out, err := outputs[float32](file)
	if err != nil {
		t.Fatal(err)
	}
	answered, err := rnn.Decode(out)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := rnn.LoadTrials[float32](file, file.Shape)
	if err != nil {
		t.Fatal(err)
	}
	got, err := rnn.LoadTrials[float32](answered, autodiff.Shape{In: asked.In, Out: asked.Out})
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.X {
		if got.X[i] != asked.X[i] {
			t.Fatalf("X[%d] is %v, was %v", i, got.X[i], asked.X[i])
		}
	}
	if mse := meanSquare(got.Y, asked.Y); !(mse < 0.01) {
		t.Errorf("mean squared error %v", mse)
	}
}
