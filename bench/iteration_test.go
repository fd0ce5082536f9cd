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
	for _, v := range kernels.Variants() {
		if v.String() == "generic" {
			continue
		}
		b.Run(name(v, "f32", 100, 200), func(b *testing.B) { benchIteration[float32](b, v, 100, 200) })
		b.Run(name(v, "f64", 100, 200), func(b *testing.B) { benchIteration[float64](b, v, 100, 200) })
	}
}

func benchIteration[T kernels.Float](b *testing.B, v kernels.Variant, units, trials int) {
	task, err := tasks.Lookup("T7", tasks.Paper)
	if err != nil {
		b.Fatal(err)
	}
	gen, err := tasks.NewGenerator[T](v, tasks.Paper, task)
	if err != nil {
		b.Fatal(err)
	}
	batch := gen.NewBatch(trials)
	stream := kernels.NewStream(1)
	s := autodiff.Shape{Units: units, In: batch.In, Out: batch.Out}
	net := rnn.New[T](v, s, 2, rnn.Init{Gain: 1.5, InputGain: 1}, stream)
	training := rnn.Training{
		Schedule: rnn.Schedule{Rate: 1e-3, LevelIterations: 1 << 18, Levels: 1, Decay: 1},
		Adam:     rnn.PublishedAdam, Mask: net.FullMask(rnn.NoBiases),
		Penalty: autodiff.Penalty{L2: 1e-5, On: []autodiff.Rect{s.WRec(), s.WIn(), s.WOut()}, Hidden: 1e-7},
	}
	trainer := rnn.NewTrainer(v, net, batch.Steps, trials, training, 1)
	iteration := func() {
		gen.Draw(batch, stream.Child(uint64(trainer.Iteration)))
		if _, err := trainer.Step(batch.X, batch.Y); err != nil {
			b.Fatal(err)
		}
	}
	iteration()
	b.ReportAllocs()
	for b.Loop() {
		iteration()
	}
	bare := autodiff.New[T](v, s, batch.Steps, trials, training.Mask, autodiff.Penalty{}, 1)
	b.ReportMetric(100*(ratio(iteration, func() { bare.Gradient(net.Params, batch.X, batch.Y) })-1), "%besides")
}
