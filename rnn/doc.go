// Package rnn makes, masks, trains, scores and damages modular tanh recurrent networks and keeps
// them in files.
//
// A network of N units has n_M modules of N/n_M units each; module m owns the diagonal block m of
// W_rec (Márton et al., §3.1). Training is Adam on the mean squared error by exact backpropagation
// through time (package autodiff). A mask says what may change: in pre-training one module, with
// the network's input weights, readout and h[0] (§3.3); in task training, where W_rec is frozen,
// the input weights, readout and h[0] that each task has for itself (§3.4).
//
// Networks, states of training and trials are kept in files, safetensors or npz (EncodeSafetensors,
// Trainer.State, EncodeNPZ, Decode).
//
// A score is the per cent of trials that are decided correctly (A.3). Scores come for each output
// and beside two nulls, since on some tasks fixation or a constant answer alone scores high.
package rnn
