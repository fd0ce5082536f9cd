// Package dynamics asks how a recurrent network does what it does: where its states
// rest, how fast they move, and what becomes of a small disturbance.
//
// Under inputs that stay as they are, a step of the network
//
//	h[t+1] = (1-α) h[t] + α tanh(W_rec h[t] + W_in x + b)
//
// with α = 1 unless units leak, is a [Map] F of the space of states into itself. Its
// fixed points F(h) = h and slow points, where q(h) = ½|F(h)-h|² has a minimum above 0,
// are what memories are made of (Sussillo and Barak 2013): [Search] finds them from
// states that the network visits. The eigenvalues of the derivative
// DF = (1-α)I + α·diag(1-a²)·W_rec there, a being the tanh ([Eigenvalues],
// [Map.Jacobian]), tell which directions are kept, which are forgotten and how soon.
//
// Along the [Trajectories] of trials, inputs and all, a step into h[t+1] has the
// derivative (1-α)I + α·diag(1-a[t+1]²)·W_rec. [Lyapunov] multiplies these forwards and
// returns the mean logarithmic growth of small differences per step. [GradientNorms]
// multiplies them backwards: how much of a gradient reaches each step before; where none
// does, nothing is learnt from that step. [Covariance], [PrincipalComponents] and
// [ParticipationRatio] tell in how many dimensions states move, and [LinearR2] how much
// a readout can tell of a trial.
//
// Everything is in float64, whatever the network was trained in: see [Widen]. Matrices are
// slices by rows. Every sum runs in one stated order and no function is used that
// differs between architectures, so that results are the same on every machine and do
// not depend on the kernel variant or the number of workers.
package dynamics
