package sweep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
	"molap/cmd/molap/internal/words"
	"molap/kernels"
)

// Runner does indices of a sweep. It takes a lease of each index; other runners, on this machine or on
// another, leave the index alone meanwhile. The networks of an index are jobs of a lab. Their values
// and states stay in the sweep's directory until the index is done.
type Runner struct {
	Dir      string
	Manifest *Manifest
	Pool     *jobs.Pool // whose workers do it
	Variant  kernels.Variant
	Build    string // of the program: it does not use the states of others
	Leave    bool   // at its end a run does not wait for the work of others
	Progress jobs.Progress

	leases jobs.Leases
	work   func(context.Context, Job, *jobs.Pool, jobs.Progress) ([]Score, error) // nil: the lab's
}

// Outcome counts what a run did.
type Outcome struct {
	Found  int          // results that were there already
	Done   int          // indices done
	Left   int          // left to others, who work on them
	Failed []IndexError // by index
}

// IndexError says why an index could not be done.
type IndexError struct {
	Index int
	Error string
}

// Run does the indices that have no result. It leaves an index to others who work on it, until it is
// done or they are gone. An index that cannot be done is noted and does not stop the others. The end of
// ctx stops all; the next run goes on from their states.
func (r *Runner) Run(ctx context.Context, indices []int) (out Outcome, err error) {
	var todo []Job
	total := 0.0
	check := &scoreCheck{Manifest: r.Manifest}
	for _, i := range indices {
		done, err := check.done(r.Dir, i)
		if err != nil {
			return out, err
		}
		if done {
			out.Found++
			continue
		}
		job, err := r.Manifest.Job(i)
		if err != nil {
			return out, err
		}
		todo = append(todo, job)
		total += job.Cost()
	}
	tidyDir(r.Dir, r.Manifest)
	if len(todo) == 0 {
		return out, nil
	}
	if err := makeParts(r.Dir); err != nil {
		return out, err
	}
	r.Progress.Start(total)
	said := false
	for idle := time.Now(); len(todo) > 0 && ctx.Err() == nil; {
		did := out.Done + len(out.Failed)
		todo = r.pass(ctx, todo, &out)
		if out.Done+len(out.Failed) > did {
			idle = time.Now() // others may have ended since they were last looked at
			continue
		}
		if r.Leave && time.Since(idle) > leaveAfter {
			break
		}
		if !said && len(todo) > 0 {
			said = true
			r.Progress.Milestone("waiting for others, who work on " + words.Count(len(todo), "index"))
		}
		select {
		case <-ctx.Done():
		case <-time.After(jobs.LookAgain):
		}
	}
	out.Left = len(todo)
	slices.SortFunc(out.Failed, func(a, b IndexError) int { return a.Index - b.Index })
	return out, context.Cause(ctx)
}

// leaveAfter is the time after which others who still have indices do work on them: leases of processes
// that are gone end sooner.
var leaveAfter = 90 * time.Second

// pass does the jobs that no other process works on, adds them to out and returns the rest.
func (r *Runner) pass(ctx context.Context, todo []Job, out *Outcome) (rest []Job) {
	queue := make(chan Job, len(todo))
	for _, job := range todo {
		queue <- job
	}
	close(queue)
	at := min(r.Pool.Workers, len(todo)) // indices at a time, each on its share of the workers
	var mu sync.Mutex
	var group sync.WaitGroup
	for range at {
		group.Go(func() {
			for job := range queue {
				if ctx.Err() != nil {
					return
				}
				found, err := r.do(ctx, job, r.Pool.Workers/at)
				mu.Lock()
				switch {
				case err == jobs.ErrElsewhere:
					rest = append(rest, job)
				case found:
					out.Found++
					r.Progress.Found(job.Cost(), fmt.Sprintf("index %d: done by another process", job.Index))
				case err == nil:
					out.Done++
				case ctx.Err() == nil:
					out.Failed = append(out.Failed, IndexError{job.Index, err.Error()})
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return rest
}

// do takes an index, does its work, writes the result and clears away what is no longer needed. found
// is true if the index is done by now.
func (r *Runner) do(ctx context.Context, job Job, workers int) (found bool, err error) {
	held, err := r.leases.Take(filepath.Join(r.Dir, leaseName(job.Index)))
	if err != nil {
		return false, atomicfile.Gone(r.Dir, err)
	}
	if held == nil {
		return false, jobs.ErrElsewhere
	}
	defer held.Release()
	check := &scoreCheck{Manifest: r.Manifest}
	if found, err = check.done(r.Dir, job.Index); err != nil {
		return false, err
	}
	if !found {
		err = r.compute(ctx, job, workers, held)
	}
	if err != nil {
		// Another process may have done the index as well, if one of the two lost its lease, and have
		// cleared the state away.
		if done, unreadable := check.done(r.Dir, job.Index); ctx.Err() != nil || !done || unreadable != nil {
			return false, err
		}
	}
	clearIndex(r.Dir, job.Index)
	return found, nil
}

// compute does the work of one index and keeps its result, or a note of why there is none.
func (r *Runner) compute(ctx context.Context, job Job, workers int, held *jobs.Lease) error {
	state, err := MakeBeneath(r.Dir, stateName(job.Index))
	if err != nil {
		return err
	}
	if err := noLinks(state); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(r.Dir, noteName(job.Index))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	store, err := jobs.OpenStore(filepath.Join(state, r.Build))
	if err != nil {
		return err
	}
	defer store.Close()
	work := r.work
	if work == nil {
		work = r.train
	}
	pool := &jobs.Pool{Workers: workers, Store: store, Every: r.Pool.Every, Memory: r.Pool.Memory, Lender: r.Pool}
	scores, err := work(ctx, job, pool, &jobProgress{to: r.Progress, held: held, index: job.Index, cost: job.Cost()})
	if err == nil {
		err = writeResult(r.Dir, r.Manifest, job.Index, scores)
	}
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, WriteBeneath(r.Dir, noteName(job.Index), []byte(err.Error()+"\n")))
	}
	return err
}

// train trains and scores the networks of a job.
func (r *Runner) train(ctx context.Context, j Job, pool *jobs.Pool, p jobs.Progress) ([]Score, error) {
	l := lab.NewLab(lab.Config{Settings: j.Settings, Seeds: []uint64{j.Seed}, Variant: r.Variant}, pool)
	runs, err := l.Train(ctx, p, seq.Map(j.Tasks, func(task string) lab.Cell {
		return lab.Cell{Arm: lab.Arm(j.Arm), Task: task, Seed: j.Seed}
	}))
	return seq.Map(runs, scoreOf), err
}

// jobProgress adds the progress of one job to that of all, and notes it in the lease for other processes.
type jobProgress struct {
	to    jobs.Progress
	held  *jobs.Lease
	index int
	cost  float64
	mu    sync.Mutex
	done  float64
}

func (p *jobProgress) Start(float64)                    {} // it is part of the sweep's
func (p *jobProgress) Add(done float64, label string)   { p.to.Add(p.count(done), p.name(label)) }
func (p *jobProgress) Found(done float64, label string) { p.to.Found(p.count(done), p.name(label)) }
func (p *jobProgress) Milestone(text string)            { p.to.Milestone(p.name(text)) }

func (p *jobProgress) name(label string) string { return fmt.Sprintf("index %d: %s", p.index, label) }

func (p *jobProgress) count(done float64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += done
	p.held.Tell(p.done / p.cost)
	return done
}
