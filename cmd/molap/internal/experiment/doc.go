// Package experiment reproduces the experiments of the paper: it joins corpus,
// pre-training, task training and scores into runs, many at a time, and turns
// them into tables and figures. There is one file for each experiment; paper.go
// holds what the paper prints.
//
// Everything random comes from streams named by seed and purpose, and every run
// is worked on by one goroutine, so results depend on settings and seeds alone.
package experiment
