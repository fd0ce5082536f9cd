package main

import "log"

func Example() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// trained 520 of 1892 weights
	// loss 0.2072, after 200 iterations 0.0061
	// weights that changed: 520
	// loss on new trials 0.0075
	// dL/dw                -7.604753e-05
	// central difference   -7.604753e-05
}
