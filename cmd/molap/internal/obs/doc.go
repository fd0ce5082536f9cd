// Package obs holds what networks were observed to do. An experiment asks a [Notebook] for
// observations, each named by a [Key]: a network and what is done with it. Jobs of a lab make
// them, or the files of an earlier run have them (records.go): tables, figures and verdicts are
// made of observations alone, so that they can be made again without the networks, by a newer
// program, and over the seeds of several runs.
package obs
