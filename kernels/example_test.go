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
