// Package watch follows networks while they are trained: losses, scores on a few
// test trials and, while somebody looks, weights and activity of a chosen one.
//
// A training tells its [Training] of every iteration, and asks it now and then whether
// a look is due. Looks only read, and their cost is bounded by counting work: see
// [Board]. Nothing that is computed depends on them.
package watch
