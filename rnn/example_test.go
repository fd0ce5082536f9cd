package rnn_test

import (
	"context"
	"fmt"

	"molap/autodiff"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// Train a network of two modules on a task, its recurrent weights frozen, and
// score it on trials it has not seen.
func Example() {
	v := kernels.Best()
	options := tasks.Paper
	task, err := tasks.Lookup("delay_pro", options)
	if err != nil {
		panic(err)
	}
	gen, err := tasks.NewGenerator[float32](v, options, task)
	if err != nil {
		panic(err)
	}
	batch := gen.NewBatch(20)
	seed := kernels.NewStream(1)

	shape := autodiff.Shape{Units: 40, In: batch.In, Out: batch.Out}
	net := rnn.New[float32](v, shape, 2, rnn.Init{Gain: 1.5, InputGain: 0.3, Authors: true}, seed.Child(1))
	trainer := rnn.NewTrainer(v, net, batch.Steps, batch.Trials, rnn.Training{
		Schedule: rnn.Schedule{Rate: 1e-2, LevelIterations: 150, Levels: 1, Decay: 1},
		Adam:     rnn.PublishedAdam,
		Mask:     net.TaskMask(rnn.NoBiases),
	}, 1)
	draw := func(iteration int) (x, y []float32) {
		gen.Draw(batch, seed.Child(2).Child(uint64(iteration)))
		return batch.X, batch.Y
	}
	if err := trainer.Run(context.Background(), draw, nil); err != nil {
		panic(err)
	}

	gen.Draw(batch, seed.Child(3))
	outputs := make([]float32, len(batch.Y))
	autodiff.New[float32](v, shape, batch.Steps, batch.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1).Run(net.Params, batch.X, outputs, nil)
	fmt.Printf("loss %.3f → %.3f\n", trainer.Curve[0], trainer.Curve[len(trainer.Curve)-1])
	fmt.Println("per cent correct, by output:", rnn.Score(rnn.PublishedCriterion, outputs, batch.Y, batch.Trials, batch.Out))
	// Output:
	// loss 0.218 → 0.006
	// per cent correct, by output: [100 90 95]
}
