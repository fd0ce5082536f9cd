package bench

import (
	"testing"

	"molap/autodiff"
	"molap/kernels"
	"molap/rnn"
	"molap/tasks"
)

// BenchmarkIteration measures one iteration of training by the text's settings:
// a fresh batch of task T7, gradient, penalties, Adam. %besides is the time it
// takes beside the gradient's own, measured in turns.
func BenchmarkIteration(b *testing.B) {
	for _, v := range native() {
		f32, f64 := Case{v, "f32", 100, 200, "all", 1}, Case{v, "f64", 100, 200, "all", 1}
		b.Run(f32.String(), func(b *testing.B) { benchIteration[float32](b, f32) })
		b.Run(f64.String(), func(b *testing.B) { benchIteration[float64](b, f64) })
	}
}

func benchIteration[T kernels.Float](b *testing.B, c Case) {
	task, err := tasks.Lookup("T7", tasks.Paper)
	if err != nil {
		b.Fatal(err)
	}
	gen, err := tasks.NewGenerator[T](c.Kernel, tasks.Paper, task)
	if err != nil {
		b.Fatal(err)
	}
	batch := gen.NewBatch(c.Trials)
	stream := kernels.NewStream(1)
	s := autodiff.Shape{Units: c.Units, In: batch.In, Out: batch.Out}
	net := rnn.New[T](c.Kernel, s, 2, rnn.Init{Gain: 1.5, InputGain: 1}, stream)
	training := rnn.Training{
		Schedule: rnn.Schedule{Rate: 1e-3, LevelIterations: 1 << 18, Levels: 1, Decay: 1},
		Adam:     rnn.PublishedAdam, Mask: net.FullMask(rnn.NoBiases),
		Penalty: autodiff.Penalty{L2: 1e-5, On: []autodiff.Rect{s.WRec(), s.WIn(), s.WOut()}, Hidden: 1e-7},
	}
	trainer := rnn.NewTrainer(c.Kernel, net, batch.Steps, c.Trials, training, 1)
	iteration := func() {
		gen.Draw(batch, stream.Child(uint64(trainer.Iteration)))
		if _, err := trainer.Step(batch.X, batch.Y); err != nil {
			b.Fatal(err)
		}
	}
	benchmarkLoop(b, iteration)
	bare := autodiff.New[T](c.Kernel, s, batch.Steps, c.Trials, training.Mask, autodiff.Penalty{}, 1)
	b.ReportMetric(100*(ratio(iteration, func() { bare.Gradient(net.Params, batch.X, batch.Y) })-1), "%besides")
}
