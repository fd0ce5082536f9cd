package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/seq"
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
	Index int    `json:"index"`
	Error string `json:"error"`
}

// Run does the indices that have no result. It leaves an index to others who work on it, until it is
// done or they are gone. An index that cannot be done is noted and does not stop the others. The end of
// ctx stops all; the next run goes on from their states.
func (r *Runner) Run(ctx context.Context, indices []int) (Outcome, error) {
	q := &queue{runner: r}
	total := 0.0
	for _, i := range indices {
		if isDone(r.Dir, r.Manifest, i) {
			q.out.Found++
			continue
		}
		job, err := r.Manifest.Job(i)
		if err != nil {
			return q.out, err
		}
		q.todo = append(q.todo, turn{job: job})
		total += job.Cost()
	}
	tidy(r.Dir, r.Manifest)
	if len(q.todo) == 0 {
		return q.out, nil
	}
	if err := makeParts(r.Dir); err != nil {
		return q.out, err
	}
	r.Progress.Start(total)
	at := min(r.Pool.Workers, len(q.todo)) // indices at a time, each on its share of the workers
	var group sync.WaitGroup
	for range at {
		group.Go(func() {
			for t, ok := q.next(ctx); ok; t, ok = q.next(ctx) {
				found, err := r.do(ctx, t.job, r.Pool.Workers/at)
				q.note(ctx, t, found, err)
			}
		})
	}
	group.Wait()
	q.out.Left = len(q.todo)
	slices.SortFunc(q.out.Failed, func(a, b IndexError) int { return a.Index - b.Index })
	return q.out, context.Cause(ctx)
}

// queue holds the jobs that a run still has to do.
type queue struct {
	runner *Runner
	mu     sync.Mutex
	todo   []turn
	said   bool // that all that is left is done by others
	out    Outcome
}

// turn is a job that waits. If another process works on it, since is when that was first seen and again
// is when to look again.
type turn struct {
	job          Job
	since, again time.Time
}

// lookAgain is the time between two looks at an index that others work on. If they have it after
// leaveAfter, they do work on it: leases of processes that are gone end sooner.
const lookAgain = time.Second

var leaveAfter = 90 * time.Second

// next returns the first job whose time has come; ok is false if there are no more.
func (q *queue) next(ctx context.Context) (t turn, ok bool) {
	for ctx.Err() == nil {
		now := time.Now()
		q.mu.Lock()
		leave := func(t turn) bool { return q.runner.Leave && !t.since.IsZero() && now.Sub(t.since) > leaveAfter }
		if !slices.ContainsFunc(q.todo, func(t turn) bool { return !leave(t) }) {
			q.mu.Unlock()
			return t, false
		}
		i := slices.IndexFunc(q.todo, func(t turn) bool { return !t.again.After(now) })
		if i >= 0 {
			t = q.todo[i]
			q.todo = slices.Delete(q.todo, i, i+1)
		} else if !q.said {
			q.said = true
			q.runner.Progress.Milestone(fmt.Sprintf("waiting for %d indices on which others work", len(q.todo)))
		}
		q.mu.Unlock()
		if i >= 0 {
			return t, true
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookAgain / 10):
		}
	}
	return t, false
}

var errElsewhere = errors.New("another process works on it")

// note counts what came of a job.
func (q *queue) note(ctx context.Context, t turn, found bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	job, now := t.job, time.Now()
	switch {
	case err == errElsewhere:
		if t.since.IsZero() {
			t.since = now
		}
		t.again = now.Add(lookAgain)
		q.todo = append(q.todo, t)
	case found:
		q.out.Found++
		q.runner.Progress.Found(job.Cost(), fmt.Sprintf("index %d: done by another process", job.Index))
	case err == nil:
		q.out.Done++
	case ctx.Err() == nil:
		q.out.Failed = append(q.out.Failed, IndexError{job.Index, err.Error()})
	}
}

// do takes an index, does its work, writes the result and clears away what is no longer needed. found
// is true if the index is done by now.
func (r *Runner) do(ctx context.Context, job Job, workers int) (found bool, err error) {
	held, err := r.leases.Take(beneathOf(r.Dir, leaseName(job.Index)))
	if err != nil {
		return false, err
	}
	if held == nil {
		return false, errElsewhere
	}
	defer held.Release()
	if found = isDone(r.Dir, r.Manifest, job.Index); !found {
		err = r.compute(ctx, job, workers, held)
	}
	// Another process may have done the index as well, if one of the two lost its lease, and have
	// cleared the state away.
	if err != nil && (ctx.Err() != nil || !isDone(r.Dir, r.Manifest, job.Index)) {
		return false, err
	}
	clearIndex(r.Dir, job.Index)
	return found, nil
}

// compute does the work of one index and keeps its result, or a note of why there is none.
func (r *Runner) compute(ctx context.Context, job Job, workers int, held *jobs.Lease) error {
	if err := os.Remove(filepath.Join(r.Dir, "failed", fileName(job.Index))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	state, err := MakeBeneath(r.Dir, stateName(job.Index))
	if err == nil {
		err = noLinks(state)
	}
	var store *jobs.Store
	if err == nil {
		store, err = jobs.OpenStore(filepath.Join(state, r.Build))
	}
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
		note, jsonErr := json.Marshal(IndexError{job.Index, err.Error()})
		err = errors.Join(err, jsonErr, writeThrough(r.Dir, job.Index, "failed/"+fileName(job.Index), append(note, '\n')))
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
