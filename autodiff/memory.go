package autodiff

import "molap/kernels"

// Held returns a lower bound on how many numbers of type T an Engine of one worker holds to train
// that many parameters of networks of shape s: packed weights, gradients, states and, if units are
// leaky, their tanh. It leaves out memory that depends on kernels or on lent cores.
func Held[T kernels.Float](s Shape, steps, trials, trained int, leaky bool) float64 {
	shards, together := (trials+ShardTrials-1)/ShardTrials, 0
	routes := routesOf[T](s)
	if routes&byShard != 0 {
		together = min(trials, ShardTrials)
	} else {
		shards = 0 // one gradient for all
	}
	if routes&inLockstep != 0 {
		together += min(trials, waveTrials)
	}
	states := (steps + 1) * together * s.Units
	if leaky {
		states *= 2
	}
	return float64(2*s.Units*s.Units + (1+shards)*trained + states)
}
