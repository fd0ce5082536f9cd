// Package experiment reproduces the experiments of the paper: it joins corpus,
// pre-training, task training and scores into runs, many at a time, and turns
// them into tables and figures. A Lab plans the work as jobs (package jobs): lab.go,
// train.go, dni.go, score.go and damage.go say what jobs there are. Each experiment
// has files of its name (explained.go is cca's), a plan of the jobs it needs and a
// function that makes a Result of their values; claims.go judges what the paper says
// by the same values; paper.go holds what the paper prints.
//
// Everything random comes from streams named by seed and purpose, and every job
// is worked on by one goroutine, so results depend on settings and seeds alone.
package experiment
