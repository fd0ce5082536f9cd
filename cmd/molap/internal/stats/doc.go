// Package stats says how far a handful of runs can be trusted: intervals of a
// mean and of a difference paired by seed, p values, and their correction for many
// tests.
//
// Nothing here claims more than the numbers allow. A value that is not finite, as from a run that
// diverged, makes the whole result unknown, since leaving the run out would flatter the rest. A single
// value has a mean and no interval. Unknown is NaN. Values without any spread say nothing about the
// spread of further ones: they get an interval only if there are enough of them to bound the median of
// any distribution (see [Mean]).
//
// The same numbers give the same bytes on every machine: sums run in the order
// of the data, and what gonum computes of distributions, whose last bits differ
// between architectures, is rounded to ten significant digits. References in the
// tests are computed by R.
package stats
