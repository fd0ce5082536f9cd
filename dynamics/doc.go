// Package dynamics analyses how a recurrent network does what it does: where its states rest, how
// fast they move, and what becomes of a small disturbance.
//
// Under inputs that stay as they are, a step of the network
//
//	h[t+1] = (1-α) h[t] + α tanh(W_rec h[t] + W_in x + b)
//
// with α = 1 unless units leak, is a [Map] F of the space of states into itself. A network
// remembers at or near its fixed points F(h) = h and its slow points, where q(h) = ½|F(h)-h|² has a
// minimum above 0 (Sussillo and Barak 2013). [Search] finds these points from states that the
// network visits. The derivative at such a point is DF = (1-α)I + α·diag(1-a²)·W_rec, where a is
// the tanh ([Map.Jacobian]). Its eigenvalues ([Eigenvalues]) tell which directions are kept, which
// are forgotten and how soon.
//
// Along the [Trajectories] of trials, with their inputs, the step to h[t+1] has the derivative
// (1-α)I + α·diag(1-a[t+1]²)·W_rec. [Lyapunov] multiplies these derivatives forwards and returns
// the mean logarithmic growth of small differences per step. [GradientNorms] multiplies them
// backwards and tells how much of a gradient reaches each earlier step; a step that no gradient
// reaches teaches nothing. [Covariance], [PrincipalComponents] and [ParticipationRatio] tell in how
// many dimensions states move, and [LinearR2] how much a readout can tell of a trial.
//
// Numbers that are not finite are refused where a result would hide them: [Search.Points] and
// [Eigenvalues] return an error, [PrincipalComponents] and [LinearR2] panic. All other functions
// compute with them as IEEE 754 says.
//
// Everything is in float64, whatever type the network was trained in: see [Widen]. Matrices are
// slices by rows. Every sum runs in one stated order, and no function is used that differs between
// architectures. So results are the same on every machine, with every kernel variant and any number
// of workers.
package dynamics
