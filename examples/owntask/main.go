// Command owntask makes a task for any number of pulses, which no task file can list. It looks at a
// trial of the task and trains a network on it.
//
//	go run ./examples/owntask
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

// total returns the task to add n pulses of random heights. The pulses come one after the other
// with pauses of random length, and the response is their sum.
func total(n int) tasks.Task {
	t := tasks.Task{
		Name: fmt.Sprintf("total_%d", n), Title: fmt.Sprintf("Total of %d", n), Steps: 35, Lead: 2,
		Periods: []tasks.Period{{Name: "wait", Duration: tasks.Exactly(3)}},
	}
	pulses := tasks.Channel{Name: "pulses"}
	var sum tasks.Sum
	for i := range n {
		height := fmt.Sprintf("height_%d", i+1)
		t.Draws = append(t.Draws, tasks.Draw{Name: height, From: tasks.Uniform{Least: -0.5, Most: 0.5}})
		sum = append(sum, tasks.Drawn(height))

		pulse, pause := fmt.Sprintf("pulse %d", i+1), fmt.Sprintf("pause %d", i+1)
		t.Periods = append(t.Periods,
			tasks.Period{Name: pulse, Duration: tasks.Exactly(3)},
			tasks.Period{Name: pause, Duration: tasks.Duration{Least: 1, Most: 3}})
		pulses.Parts = append(pulses.Parts, tasks.Part{First: pulse, Last: pulse, Value: tasks.Drawn(height)})
	}
	t.Periods = append(t.Periods,
		tasks.Period{Name: "delay", Duration: tasks.Duration{Rest: true}},
		tasks.Period{Name: "response", Duration: tasks.Exactly(8)})

	// The cue to respond is the end of fixation.
	fixation := tasks.Channel{Name: tasks.FixationChannel, Parts: []tasks.Part{{First: "wait", Last: "delay", Value: tasks.Constant(1)}}}
	t.Inputs = []tasks.Channel{fixation, pulses}
	t.Targets = []tasks.Channel{fixation, {Name: "total", Parts: []tasks.Part{{First: "response", Last: "response", Value: sum}}}}
	return t
}

func run() error {
	kernel := kernels.Best()
	seed := kernels.NewStream(1)
	task := total(3)
	generator, err := tasks.NewGenerator[float32](kernel, tasks.Options{Noise: 0.01}, task)
	if err != nil {
		return err
	}
	batch := generator.NewBatch(40)
	fmt.Printf("%s: %v\n", task.Title, task.Targets[1].Parts[0].Value)
	for _, span := range task.Spans() {
		fmt.Printf("  %-8s starts at step %d…%d\n", span.Name, span.Start.Least, span.Start.Most)
	}

	// Every weight is trained, on fresh trials in every iteration.
	shape := autodiff.Shape{Units: 100, In: batch.In, Out: batch.Out}
	net := rnn.New[float32](kernel, shape, 1, rnn.Init{Gain: 1, InputGain: 0.3, Authors: true}, seed.Child(1))
	trainer := rnn.NewTrainer(kernel, net, batch.Steps, batch.Trials, rnn.Training{
		Schedule: rnn.Schedule{Rate: 2e-3, LevelIterations: 300, Levels: 3, Decay: 0.3},
		Adam:     rnn.PublishedAdam,
		Clip:     0.1,
		Mask:     net.FullMask(rnn.NoBiases),
	}, 1)
	draw := func(iteration int) (x, y []float32) {
		generator.Draw(batch, seed.Child(2).Child(uint64(iteration)))
		return batch.X, batch.Y
	}
	if err := trainer.Run(context.Background(), draw, nil); err != nil {
		return err
	}
	fmt.Printf("loss %.4f, after %d iterations %.4f\n", trainer.Curve[0], trainer.Iteration, trainer.Curve[len(trainer.Curve)-1])

	// New trials: what the network says at the end, and what it should.
	generator.Draw(batch, seed.Child(3))
	outputs := make([]float32, len(batch.Y))
	autodiff.New[float32](kernel, shape, batch.Steps, batch.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1).Run(net.Params, batch.X, outputs, nil)
	last := (batch.Steps - 1) * batch.Trials * batch.Out
	for trial := range 4 {
		fmt.Printf("trial %d: total %+.2f, output %+.2f\n", trial+1, batch.Targets(batch.Steps-1, trial)[1], outputs[last+trial*batch.Out+1])
	}
	return nil
}
