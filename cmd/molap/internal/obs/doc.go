// Package obs holds observations of networks: their scores, their losses and their dynamics. An
// experiment asks a [Notebook] for observations, each named by a [Key]: a network and what is done
// with it. Observations come from jobs of a lab or from the files of an earlier run (records.go).
// Tables, figures and verdicts are made of observations alone, so they can be made again without the
// networks, by a newer program, and over the seeds of several runs.
package obs
