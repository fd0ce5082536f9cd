// Package cca finds what the inputs and targets of a corpus of tasks have in
// common: canonical correlation analysis (Hotelling 1936), and principal
// components as the alternative of the paper's A.2.2.
//
// For n rows (steps × trials) of p inputs X and q targets Y, both standardised
// to X̃ and Ỹ, it solves Eq. 2 of the paper (there samples are columns, here rows)
//
//	(A, B) = argmax corr(X̃·a, Ỹ·b),   U = X̃·A,   V = Ỹ·B      A: p × r, B: q × r, U and V: n × r
//
// column after column, where UᵀU = VᵀV = (n-1)·I and UᵀV = (n-1)·diag(ρ): variates
// have unit variance, are uncorrelated with each other, and pair k correlates
// with ρ[k], the k-th canonical correlation, ρ[0] ≥ ρ[1] ≥ … ≥ 0.
//
// # How it is computed
//
// Fit uses orthogonal factors and never covariances, which would square the condition of the data
// and so lose accuracy (Björck and Golub 1973):
//
//	[X̃ Ỹ] = Q·R                          Householder, shards of 1024 rows folded in order
//	R's columns of X = Px·Dx·Vxᵀ         one-sided Jacobi (Hestenes 1958)
//	R's columns of Y = Py·Dy·Vyᵀ
//	Pxᵀ·Py = S·diag(ρ)·Tᵀ
//	A = √(n-1)·Vx·Dx⁻¹·S,   B = √(n-1)·Vy·Dy⁻¹·T
//
// Singular values at or below [RankTol] of the largest are left out of Dx and Dy. So A and B are
// defined also when columns repeat each other, as the fixation targets of the tasks do: the repeats
// then share the weight (A and B are the solutions of least norm). A column without variance gets
// scale 1 and weight 0.
//
// Signs: in each pair of variates the input that correlates most with U[:,k] does so positively,
// and ρ ≥ 0 then gives the sign of V[:,k]. In each component of a [PCA] the variable that
// correlates most with it does so positively. Among magnitudes within a millionth of the largest,
// the first variable decides.
//
// Every sum runs in one stated order, so the bits of a result depend on the
// data alone, not on the machine.
//
// [Fit] and [FitPCA] return an error if a number is not finite. Projections and R2 accept such
// numbers and compute with them as IEEE 754 says.
//
// # How much is explained
//
// Three numbers answer "how much do r variates explain", and they differ. The
// Redundancy of a [CCA] (Stewart and Love 1968) is the share of Y's variance that
// the best linear prediction from U explains. [CCA.R2] is the score of
// scikit-learn's CCA, whose prediction is not the best one. ρ² is a share of
// the variate's variance, not of Y's.
package cca
