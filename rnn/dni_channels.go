package rnn

import (
	"fmt"

	"molap/kernels"
)

// Tasks in sequence share one network. It has as many inputs, and as many outputs, as the task with
// the most. A task's channels come first, in its own order, so that fixation is always channel 0.
// The other channels stay 0, inputs and targets alike, as in the authors' code. Rule inputs follow,
// one for each task.

// FitChannels copies the channels of src (from in each row) to those of dst (to in each row).
// Channels that only dst has become 0. Channels that only src has are left out, for example outputs
// that a task does not have.
func FitChannels[T kernels.Float](dst []T, to int, src []T, from int) {
	if from < 1 || to < 1 || len(src)%from != 0 || len(src)/from*to != len(dst) {
		panic(fmt.Sprintf("rnn: FitChannels: from %d entries by %d to %d by %d", len(src), from, len(dst), to))
	}
	common := min(from, to)
	for len(src) > 0 {
		copy(dst[:common], src)
		clear(dst[common:to])
		src, dst = src[from:], dst[to:]
	}
}

// SetRule sets channel rule of x to 1 in every row of channels entries, at every step
// of every trial: the rule input of Duncker et al. (2020), which tells the network its
// task.
func SetRule[T kernels.Float](x []T, channels, rule int) {
	if rule < 0 || rule >= channels || len(x)%channels != 0 {
		panic(fmt.Sprintf("rnn: SetRule: channel %d of %d in %d entries", rule, channels, len(x)))
	}
	for i := rule; i < len(x); i += channels {
		x[i] = 1
	}
}
