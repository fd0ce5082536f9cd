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

// Principal components of three variables, two of which say the same: two
// components are all there is.
func ExampleFitPCA() {
	x := cca.Matrix{Rows: 4, Cols: 3, Data: []float64{
		1, 2, 0,
		2, 4, 1,
		3, 6, 1,
		4, 8, 0,
	}}
	p, err := cca.FitPCA(x, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("rank %d, shares of the variance %.3f\n", p.Rank, p.ExplainedVarianceRatio()[:p.Rank])
	fmt.Printf("first row's scores %.3f\n", p.Project(x).Row(0))
	_, err = cca.FitPCA(x, 3)
	fmt.Println(err)
	// Output:
	// rank 2, shares of the variance [0.667 0.333]
	// first row's scores [-1.643 -0.866]
	// r = 3, but x has rank 2
}
