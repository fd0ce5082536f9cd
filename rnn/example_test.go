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

// Damage: a tenth of the weights within the second module is lost. The network
// itself stays as it is, and the draw is that of the stream.
func ExampleLesion() {
	v, seed := kernels.Best(), kernels.NewStream(1)
	net := rnn.New[float32](v, autodiff.Shape{Units: 40, In: 3, Out: 3}, 2, rnn.Init{Gain: 1.5, InputGain: 1}, seed.Child(1))
	damaged, hit, err := rnn.Lesion(net, rnn.Region(1), 10, seed.Child(2))
	if err != nil {
		fmt.Println(err)
		return
	}
	block := net.Module(1)
	zeros := 0
	for i := range block.Rows {
		for _, w := range damaged.Row(block, i) {
			if w == 0 {
				zeros++
			}
		}
	}
	fmt.Printf("%d of %d weights hit, %d are zero\n", hit, block.Rows*block.Cols, zeros)

	_, _, err = rnn.Lesion(net, rnn.Region(2), 10, seed)
	fmt.Println(err)
	// Output:
	// 40 of 400 weights hit, 40 are zero
	// lesion of region 2, not one of Global (-1), InterModule (-2), modules 0 … 1
}

// A score means nothing without its nulls: four trials of one step, a fixation output
// and one that should be ±1. A network that answers 0.95 is right in two of them, and
// so is the best constant answer.
func ExampleScoreNulls() {
	c := rnn.Criterion{Tolerance: 0.1, Window: 1, Fixation: 1, FixationTolerance: 0.1}
	targets := []float64{0, 1, 0, 1, 0, -1, 0, -1}
	outputs := []float64{0, 0.95, 0.05, 0.95, 0, 0.95, 0, 0.95}
	fmt.Println("network ", rnn.Score(c, outputs, targets, 4, 2))
	nulls := rnn.ScoreNulls(c, targets, 4, 2)
	fmt.Println("blind   ", nulls.Blind)
	fmt.Println("constant", nulls.Constant)
	// Output:
	// network  [100 50]
	// blind    [100 0]
	// constant [100 50]
}
