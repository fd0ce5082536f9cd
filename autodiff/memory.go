package autodiff

import "molap/kernels"

// Held returns how many numbers of type T an Engine of one worker surely holds to train so
// many parameters of networks of a shape: packed weights, gradients, states, and the tanh of
// leaky units. What depends on kernels and on cores that are lent comes on top.
func Held[T kernels.Float](s Shape, steps, trials, trained int, leaky bool) float64 {
	shards, together := (trials+ShardTrials-1)/ShardTrials, min(trials, ShardTrials)
	if inLockstep[T](s) { // one gradient for all shards, the states of a wave
		shards, together = 0, min(trials, waveTrials)
	}
	states := (steps + 1) * together * s.Units
	if leaky {
		states *= 2
	}
	return float64(2*s.Units*s.Units + (1+shards)*trained + states)
}
