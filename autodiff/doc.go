// Package autodiff is the derivative of one network written out: forward, loss
// and exact backpropagation through all time steps of the tanh network
//
//	h[t+1] = tanh(W_rec h[t] + W_in x[t] + b)    y[t] = W_out h[t+1] + b_out
//
// (Márton et al., Eq. 1), for a batch of trials that share h[0]; its η[t] is [Noise].
// Units may leak: h[t+1] = (1-α) h[t] + α tanh(…), with α in [Params].Leak.
//
// All weights form one augmented matrix
//
//	    ⎡ W_rec  W_in  b     ⎤  units
//	A = ⎣ W_out  0     b_out ⎦  outputs
//	      units  in    1
//
// that acts on states s[t] = [h[t]; x[t]; 1]: the upper rows of A·s[t] are the
// pre-activations of h[t+1], the lower rows are y[t-1]. With deltas
// d[t] = [δ[t]; e[t-1]], δ[t] and e[t-1] being the derivatives of the loss by
// those rows, the backward pass is the same picture read upwards:
//
//	δ[t-1] = (Aᵀd[t])[units] ⊙ (1 - h[t]²)    dA = Σ d[t]·s[t]ᵀ
//
// so forward, backward and every gradient are three matrix products. Where units leak,
// with a[t] the tanh that went into h[t], the derivative of the loss by h[t] is carried
// along,
//
//	g[t] = (Aᵀd[t])[units] + (1-α) g[t+1]    δ[t-1] = α g[t] ⊙ (1 - a[t]²)
//
// What is
// trained is a [Mask], a list of rectangles of A; the rest costs nothing in dA.
//
// Trials are worked on in shards of [ShardTrials], each by itself or, in networks whose
// matrix is larger than a core's caches, in lockstep. The order of every sum is
// fixed by the shape of the problem alone, so that results do not depend on the
// number of workers or on the kernel variant.
package autodiff
