// Command arrays trains on trials that another program made, as arrays: a choice between two
// noisy inputs. Some trials are held out for the score; targets count where a mask says so.
//
//	go run ./examples/arrays
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

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

// choice makes trials: two noisy inputs for 15 steps, one of them stronger, then 5 steps of
// response. Numbers lie by step, then by trial, then by channel, as NumPy keeps an array of that
// shape.
func choice(trials int) *tasks.Given {
	random := rand.New(rand.NewPCG(1, 2))
	g := &tasks.Given{Steps: 20, Trials: trials, In: 2, Out: 1}
	coherence := make([]float64, trials)
	for k := range coherence {
		coherence[k] = []float64{-0.4, -0.1, 0.1, 0.4}[random.IntN(4)]
	}
	for step := range g.Steps {
		for _, c := range coherence {
			var left, right, target, weight float64
			if step < 15 {
				evidence := c + float64(0.5*random.NormFloat64())
				left, right = 0.5-float64(0.5*evidence), 0.5+float64(0.5*evidence)
			} else {
				weight, target = 1, 1
				if c < 0 {
					target = -1
				}
			}
			g.X = append(g.X, left, right)
			g.Y = append(g.Y, target)
			g.Weights = append(g.Weights, weight)
		}
	}
	return g
}

func run() error {
	kernel := kernels.Best()
	seed := kernels.NewStream(1)

	all := choice(600)
	train, test := all.Split(200)
	task := tasks.Task{
		Name: "choice", ID: "choice", Title: "Choice", Steps: all.Steps,
		Inputs: []tasks.Channel{{Name: "left"}, {Name: "right"}}, Targets: []tasks.Channel{{Name: "choice"}},
		Arrays: &tasks.Arrays{SHA256: all.Sum(), Trials: train.Trials, TestTrials: test.Trials, Weighted: true,
			StepMS: 10, Train: train, Test: test},
	}
	generator, err := tasks.NewGenerator[float32](kernel, tasks.Options{}, task)
	if err != nil {
		return err
	}
	batch := generator.NewBatch(50)

	shape := autodiff.Shape{Units: 40, In: batch.In, Out: batch.Out}
	net := rnn.New[float32](kernel, shape, 1, rnn.Init{Gain: 1, InputGain: 0.3, Authors: true}, seed.Child(1))
	trainer := rnn.NewTrainer(kernel, net, batch.Steps, batch.Trials, rnn.Training{
		Schedule: rnn.Schedule{Rate: 3e-3, LevelIterations: 200, Levels: 1, Decay: 1},
		Adam:     rnn.PublishedAdam,
		Clip:     1,
		Mask:     net.FullMask(rnn.NoBiases),
	}, 1)
	trainer.ErrorWeights = batch.Weights // which each draw fills
	draw := func(iteration int) (x, y []float32) {
		generator.Draw(batch, seed.Child(2).Child(uint64(iteration)))
		return batch.X, batch.Y
	}
	if err := trainer.Run(context.Background(), draw, nil); err != nil {
		return err
	}
	fmt.Printf("trained on %d trials, loss %.2f, after %d iterations %.2f\n",
		train.Trials, trainer.Curve[0], trainer.Iteration, trainer.Curve[len(trainer.Curve)-1])

	held, err := tasks.HeldOut[float32](task, test.Trials, tasks.RawUnits)
	if err != nil {
		return err
	}
	outputs := make([]float32, len(held.Y))
	autodiff.New[float32](kernel, shape, held.Steps, held.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1).Run(net.Params, held.X, outputs, nil)
	right := rnn.Criterion{Choice: true, Window: 5}
	nulls := rnn.ScoreNulls(right, held.Y, held.Trials, held.Out)
	fmt.Printf("of %d trials held out right: %.0f %%, the best constant answer %.0f %%\n",
		held.Trials, rnn.Score(right, outputs, held.Y, held.Trials, held.Out)[0], nulls.Constant[0])
	return nil
}
