// Package rnn is the life of a modular tanh recurrent network: it is made,
// masked, trained, scored and damaged.
//
// A network of N units has n_M modules of N/n_M units each; module m owns the diagonal
// block m of W_rec (Márton et al., §3.1). Training is Adam on the mean squared error by
// exact backpropagation through time (package autodiff); a mask says what may change.
// In pre-training that is one module with the network's input weights, readout and h[0]
// (§3.3); in task training W_rec is frozen and each task has its own input weights,
// readout and h[0] (§3.4).
//
// A network, the state of its training, and trials are files: safetensors or npz
// (EncodeSafetensors, Trainer.State, EncodeNPZ, Decode).
//
// Scores are per cent of trials decided correctly (A.3). They come per output
// and beside two nulls, since the fixation output and a constant answer alone
// score high on some tasks.
package rnn
