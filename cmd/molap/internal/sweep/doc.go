// Package sweep plans and does many independent runs: a grid or a random design over the settings of a
// profile, times arms and seeds. A sweep is nothing but a directory on a file system that all who work
// on it share: there is no daemon, no database and no lock.
//
//	manifest.json        each index: settings, arm, tasks, seed; never changed
//	points.csv           the same for readers
//	estimate.json        how long an index takes on the machine that planned
//	results/000042.json  what came of index 42, under a SHA-256
//	state/000042/        what an interrupted index goes on from; failed.txt: why it could not be done
//	state/000042.lease   who works on it (package jobs)
//	merged/, slurm/, kubernetes/   what the commands of these names write
//
// A result depends on the manifest and its index alone and appears complete or not at all, so an index
// may be done anywhere, any number of times, by several at once: whoever is last writes the same bytes.
// So a scheduler need only run each job at least once.
package sweep
