// Command ownmask uses the library without the molap program. It builds a network of two modules
// and trains only the readout and the weights from the first module to the second. Then it reads
// the gradient of one weight and compares it with the change of the loss when that weight is moved.
//
//	go run ./examples/ownmask
package main

import (
	"context"
	"fmt"
	"log"

	"molap/autodiff"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	// The fastest kernels that run here; all others give the same numbers.
	kernel := kernels.Best()
	seed := kernels.NewStream(1)

	// Trials: the first task, answer in the direction that is shown.
	options := tasks.Paper
	task, err := tasks.Lookup("delay_pro", options)
	if err != nil {
		return err
	}
	generator, err := tasks.NewGenerator[float64](kernel, options, task)
	if err != nil {
		return err
	}
	batch := generator.NewBatch(20)

	// The network: 40 units, the upper left block of W_rec belongs to module 1, the
	// lower right one to module 2. Rows receive, columns send.
	shape := autodiff.Shape{Units: 40, In: batch.In, Out: batch.Out}
	net := rnn.New[float64](kernel, shape, 2, rnn.Init{Gain: 1.3, InputGain: 0.3, Authors: true}, seed.Child(1))
	half := shape.Units / 2

	// The mask: any rectangles of the augmented matrix [[W_rec W_in b], [W_out 0 b_out]]
	// that do not overlap. What it leaves out costs no time and does not change.
	between := autodiff.Rect{Row: half, Col: 0, Rows: half, Cols: half} // module 1 → module 2
	mask := autodiff.Mask{Rects: []autodiff.Rect{between, shape.WOut()}}

	before := append([]float64(nil), net.A...)
	trainer := rnn.NewTrainer(kernel, net, batch.Steps, batch.Trials, rnn.Training{
		Schedule: rnn.Schedule{Rate: 1e-2, LevelIterations: 200, Levels: 1, Decay: 1},
		Adam:     rnn.PublishedAdam,
		Mask:     mask,
	}, 1)
	draw := func(iteration int) (x, y []float64) {
		generator.Draw(batch, seed.Child(2).Child(uint64(iteration)))
		return batch.X, batch.Y
	}
	if err := trainer.Run(context.Background(), draw, nil); err != nil {
		return err
	}
	fmt.Printf("trained %d of %d weights\n", mask.Len(shape), len(net.A))
	fmt.Printf("loss %.4f, after %d iterations %.4f\n", trainer.Curve[0], trainer.Iteration, trainer.Curve[len(trainer.Curve)-1])
	fmt.Printf("weights that changed: %d\n", changed(before, net.A))

	// The gradient on new trials. It has the layout of the mask: the rectangles in
	// order, each by rows.
	generator.Draw(batch, seed.Child(3))
	engine := autodiff.New[float64](kernel, shape, batch.Steps, batch.Trials, mask, autodiff.Penalty{}, 1)
	loss := engine.Gradient(net.Params, batch.X, batch.Y)
	fmt.Printf("loss on new trials %.4f\n", loss.Total())

	const row, col = 3, 5 // from unit 5 of module 1 to unit 3 of module 2, from 0
	gradient := engine.Grad()[row*between.Cols+col]
	fmt.Printf("dL/dw                %+.6e\n", gradient)

	weight := &net.Row(between, row)[col]
	kept := *weight
	const step = 1e-5
	at := func(w float64) float64 {
		*weight = w
		return engine.Gradient(net.Params, batch.X, batch.Y).Total()
	}
	difference := (at(kept+step) - at(kept-step)) / (2 * step)
	*weight = kept
	fmt.Printf("central difference   %+.6e\n", difference)
	return nil
}

// changed counts the entries where a and b differ, even by a single bit.
func changed(a, b []float64) int {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
