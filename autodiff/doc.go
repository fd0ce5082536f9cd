// Package autodiff computes outputs, loss and exact gradient of one network. The gradient is
// backpropagation through all time steps, written out by hand. The network has tanh units:
//
//	h[t+1] = tanh(W_rec h[t] + W_in x[t] + b)    y[t] = W_out h[t+1] + b_out
//
// (Márton et al., Eq. 1). All trials of a batch share h[0], and [Noise] is the η[t] of Eq. 1. Units
// may leak: h[t+1] = (1-α) h[t] + α tanh(…), with α in [Params].Leak.
//
// All weights form one augmented matrix
//
//	    ⎡ W_rec  W_in  b     ⎤  units
//	A = ⎣ W_out  0     b_out ⎦  outputs
//	      units  in    1
//
// that acts on states s[t] = [h[t]; x[t]; 1]. The upper rows of A·s[t] are the pre-activations of
// h[t+1], the lower rows are y[t-1]. Let δ[t] and e[t-1] be the derivatives of the loss by the
// upper and by the lower rows, and d[t] = [δ[t]; e[t-1]]. Then the backward pass is
//
//	δ[t-1] = (Aᵀd[t])[units] ⊙ (1 - h[t]²)    dA = Σ d[t]·s[t]ᵀ
//
// so forward, backward and every gradient are three matrix products. Where units leak, let a[t] be
// the tanh that went into h[t]. The backward pass then also carries g[t], the derivative of the
// loss by h[t]:
//
//	g[t] = (Aᵀd[t])[units] + (1-α) g[t+1]    δ[t-1] = α g[t] ⊙ (1 - a[t]²)
//
// A [Mask] says which parameters are trained: rectangles of A, and h[0]. The others cost nothing in
// dA.
//
// Trials are cut into shards of [ShardTrials]. Each shard goes through the steps by itself; in
// networks whose matrix is larger than a core's caches all shards go in lockstep. The shape of the
// problem alone decides the order of every sum, so results do not depend on the number of workers
// or on the kernel variant.
package autodiff
