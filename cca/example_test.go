package cca_test

import (
	"fmt"

	"molap/cca"
)

// Two inputs and two targets over eight samples: the first target is the sum
// of the inputs, the second has nothing to do with them.
func Example() {
	x := cca.Matrix{Rows: 8, Cols: 2, Data: []float64{
		0, 0, 1, 0, 0, 1, 1, 1,
		0, 0, 1, 0, 0, 1, 1, 1,
	}}
	y := cca.Matrix{Rows: 8, Cols: 2, Data: []float64{
		0, 5, 1, 5, 1, 5, 2, 5,
		0, 7, 1, 7, 1, 7, 2, 7,
	}}
	c, err := cca.Fit(x, y, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	u, v := c.ProjectX(x), c.ProjectY(y)
	fmt.Printf("%d pairs, the first correlates with %.2f\n", len(c.Corr), c.Corr[0])
	fmt.Printf("fourth sample: u = %.3f, v = %.3f\n", u.At(3, 0), v.At(3, 0))
	fmt.Printf("share of Y explained: %.2f\n", c.Redundancy)

	// Output:
	// 2 pairs, the first correlates with 1.00
	// fourth sample: u = 1.323, v = 1.323
	// share of Y explained: [0.50]
}
