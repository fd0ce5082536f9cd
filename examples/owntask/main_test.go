package main

import "log"

func Example() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Total of 3: height_1 + height_2 + height_3
	//   wait     starts at step 2…2
	//   pulse 1  starts at step 5…5
	//   pause 1  starts at step 8…8
	//   pulse 2  starts at step 9…11
	//   pause 2  starts at step 12…14
	//   pulse 3  starts at step 13…17
	//   pause 3  starts at step 16…20
	//   delay    starts at step 17…23
	//   response starts at step 27…27
	// loss 0.6015, after 900 iterations 0.0002
	// trial 1: total -0.09, output -0.08
	// trial 2: total -0.47, output -0.47
	// trial 3: total +0.05, output +0.04
	// trial 4: total -0.30, output -0.34
}
