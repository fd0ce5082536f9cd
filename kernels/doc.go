// Package kernels is the numerical core: the kernels of one training step of a
// tanh recurrent network, tanh itself, Adam and counter-based random numbers.
//
// A kernel is a scalar Go loop whose order of roundings is its contract. Every variant (avx2, … ;
// see [Variants]) equals that loop bit for bit: each output element is one chain of fused
// multiply-adds in a stated order, and the lanes of a vector hold different outputs, never parts of
// one sum. So vector width, tile shape and number of workers cannot change a result. Only the
// payload of a NaN may differ between variants; Tanh always returns the same NaN.
//
// Both element types share one definition; see [FMA] for how a float32 product
// is rounded once without hardware support.
package kernels
