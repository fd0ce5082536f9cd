package kernels_test

import (
	"fmt"

	"molap/kernels"
)

// A stream's numbers are functions of their names: the path of children and the
// number of the draw. Any worker may draw any of them.
func ExampleStream() {
	trial := kernels.NewStream(1).Child(7).Child(42) // seed → purpose → iteration
	fmt.Printf("%.6f %.6f\n", trial.Uniform(0), trial.Uniform(1))

	noise := make([]float32, 3)
	kernels.Best().Normal(noise, trial, 0)
	fmt.Printf("%.6f\n", noise)
	// Output:
	// 0.474135 0.322089
	// [0.015744 -0.132986 -1.073954]
}

// Results do not depend on the variant; take the best one, or one by name.
func ExampleLookup() {
	v, err := kernels.Lookup("generic")
	fmt.Println(v, err)
	_, err = kernels.Lookup("sse9")
	fmt.Println(err != nil)
	// Output:
	// generic <nil>
	// true
}

// Tanh has the same bits on every machine, which math.Tanh does not promise.
func ExampleTanh() {
	fmt.Println(kernels.Tanh(1.0), kernels.Tanh(float32(1)))
	// Output:
	// 0.7615941559557649 0.7615942
}

// One step of a network of two units and one readout by hand: the weights are one
// matrix with rows [units; outputs] and columns [units; input; 1], packed once for
// the variant; states are rows of a matrix, one a trial.
func ExampleOps_StepForward() {
	ops := kernels.Of[float64](kernels.Best())
	const units, outputs, depth, trials = 2, 1, 4, 2
	a := []float64{
		0.0, 0.5, 1, 0.1, // unit 0: from the units, the input, its bias
		-0.5, 0.0, 0, 0.0, // unit 1
		1.0, 1.0, 0, 0.0, // the readout
	}
	w := ops.NewPanels(units+outputs, units, depth, trials)
	w.Pack(a, depth, 1)

	stride := max(ops.Stride(units+outputs), ops.Stride(depth))
	state, next, raw := make([]float64, trials*stride), make([]float64, trials*stride), make([]float64, trials*stride)
	copy(state, []float64{0.2, 0.4, 1, 1})          // trial 0: h, x, 1
	copy(state[stride:], []float64{0.2, 0.4, 0, 1}) // trial 1: without input
	ops.StepForward(next, raw, state, w, trials, stride)
	for b := range trials {
		fmt.Printf("h %.4f, y %.1f\n", next[b*stride:][:units], raw[b*stride+units])
	}
	// Output:
	// h [0.8617 -0.0997], y 0.6
	// h [0.2913 -0.0997], y 0.6
}

// Adam moves a parameter by about the rate in its first step, whatever the gradient.
func ExampleOps_Adam() {
	p, m, v := []float32{1, 1}, make([]float32, 2), make([]float32, 2)
	step := kernels.NewAdamStep[float32](0.01, 0.9, 0.999, 1e-8, 1)
	kernels.Of[float32](kernels.Best()).Adam(p, m, v, []float32{3, -0.001}, &step)
	fmt.Printf("%.4f\n", p)
	// Output:
	// [0.9900 1.0100]
}
