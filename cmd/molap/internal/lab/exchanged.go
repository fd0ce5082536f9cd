package lab

import (
	"molap/kernels"
	"molap/tasks"
)

// Exchanged returns the mean squared error that the network has on the trials of its file if
// steps and trials are exchanged, and whether that says that they are: the network
// does no better than the blind answer as they stand, and ten times better exchanged.
func (n NetFile) Exchanged(e Evaluated) (loss float64, better bool) {
	if n.Trials == nil || e.Steps == e.Trials || e.Loss < e.BlindLoss/2 {
		return 0, false
	}
	if n.double() {
		loss = exchangedLoss[float64](n)
	} else {
		loss = exchangedLoss[float32](n)
	}
	return loss, loss < min(e.Loss, e.BlindLoss)/10
}

func exchangedLoss[T kernels.Float](n NetFile) float64 {
	net, b, err := testOf[T](n)
	if err != nil {
		panic(err) // the trials were tested on before
	}
	other := *b
	other.Steps, other.Trials = b.Trials, b.Steps
	other.X, other.Y = exchangedAxes(b.X, b), exchangedAxes(b.Y, b)
	y := evaluate(n.Variant, n.Settings, n.Cell, net, &other)
	sum := 0.0
	for i, target := range other.Y {
		d := y[i] - float64(target)
		sum += float64(d * d)
	}
	return sum / float64(len(y))
}

// exchangedAxes returns values of a batch as trials × steps × channels.
func exchangedAxes[T kernels.Float](x []T, b *tasks.Batch[T]) []T {
	y := make([]T, 0, len(x))
	channels := len(x) / (b.Steps * b.Trials)
	for j := range b.Trials {
		for t := range b.Steps {
			y = append(y, x[(t*b.Trials+j)*channels:][:channels]...)
		}
	}
	return y
}
