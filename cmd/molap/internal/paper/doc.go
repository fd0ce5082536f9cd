// Package paper reproduces the experiments of the paper: each has a file of its name
// (explained.go is cca's) with a plan of the jobs it needs (package lab) and a function that
// makes a Result of their values; claims.go judges what the paper says by the same values;
// paper.go holds what the paper prints.
package paper
