package autodiff_test

import (
	"fmt"

	"molap/autodiff"
	"molap/kernels"
)

// The gradient of a network by part of its parameters: a mask of one block of
// W_rec and the readout.
func Example() {
	shape := autodiff.Shape{Units: 4, In: 1, Out: 1}
	p := autodiff.NewParams[float64](shape)
	for i := range p.A {
		p.A[i] = 0.1 * float64(i%7-3)
	}
	block := autodiff.Rect{Row: 0, Col: 0, Rows: 2, Cols: 2}
	mask := autodiff.Mask{Rects: []autodiff.Rect{block, shape.WOut()}}

	const steps, trials, workers = 3, 2, 1
	engine := autodiff.New[float64](kernels.Best(), shape, steps, trials, mask, autodiff.Penalty{}, workers)
	x := []float64{1, -1, 0, 0, 0, 0} // steps × trials × inputs
	y := []float64{0, 0, 0, 0, 1, -1} // steps × trials × outputs
	loss := engine.Gradient(p, x, y)
	fmt.Printf("loss %.4f\n", loss.Total())
	fmt.Printf("dW_rec, block %.4f\n", engine.Grad()[:4])
	fmt.Printf("dW_out        %.4f\n", engine.Grad()[4:])
	// Output:
	// loss 0.3746
	// dW_rec, block [-0.0088 -0.0013 -0.0100 -0.0084]
	// dW_out        [-0.0536 -0.0084 0.0028 0.0146]
}
