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

// Run gives outputs and, if asked, hidden states: here of a single unit that
// remembers, h[t+1] = tanh(2h[t] + x[t]), pushed once and read out as it is.
func ExampleEngine_Run() {
	shape := autodiff.Shape{Units: 1, In: 1, Out: 1}
	p := autodiff.NewParams[float64](shape)
	p.Row(shape.WRec(), 0)[0] = 2
	p.Row(shape.WIn(), 0)[0] = 1
	p.Row(shape.WOut(), 0)[0] = 1

	const steps, trials = 6, 2
	engine := autodiff.New[float64](kernels.Best(), shape, steps, trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	x := make([]float64, steps*trials)
	x[0], x[1] = 1, -1 // the first step of both trials
	y, h := make([]float64, steps*trials), make([]float64, steps*trials)
	engine.Run(p, x, y, h)
	for t := range steps {
		fmt.Printf("%+.3f\n", h[t*trials:][:trials])
	}
	// Output:
	// [+0.762 -0.762]
	// [+0.909 -0.909]
	// [+0.949 -0.949]
	// [+0.956 -0.956]
	// [+0.957 -0.957]
	// [+0.957 -0.957]
}

// What a mask trains is one vector: Gather takes it out of the network, Scatter
// puts it back and touches nothing else.
func ExampleScatter() {
	shape := autodiff.Shape{Units: 2, In: 1, Out: 1}
	p := autodiff.NewParams[float32](shape)
	mask := autodiff.Mask{Rects: []autodiff.Rect{shape.WIn(), shape.WOut()}, H0: true}
	autodiff.Scatter(mask, p, []float32{1, 2, 3, 4, 5, 6})
	for i := range shape.Rows() {
		fmt.Println(p.A[i*shape.Cols():][:shape.Cols()])
	}
	fmt.Println("h[0]", p.H0)

	trained := make([]float32, mask.Len(shape))
	autodiff.Gather(mask, trained, p)
	fmt.Println(trained)
	// Output:
	// [0 0 1 0]
	// [0 0 2 0]
	// [3 4 0 0]
	// h[0] [5 6]
	// [1 2 3 4 5 6]
}
