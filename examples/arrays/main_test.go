package main

import "log"

func Example() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// trained on 400 trials, loss 1.12, after 200 iterations 0.30
	// of 200 trials held out right: 90 %, the best constant answer 52 %
}
