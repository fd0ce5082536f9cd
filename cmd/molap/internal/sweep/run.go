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

	"molap/cmd/molap/internal/atomicfile"
)

// Progress hears of work, from several goroutines at once.
type Progress interface {
	Start(total float64)
	Add(done float64, label string)   // work that was just done
	Found(done float64, label string) // work that an earlier run had done
	Milestone(text string)            // a line of its own
}

// Work does a job with so many workers and returns a score for every task. What
// it needs to go on after an interruption it keeps in the directory state.
type Work func(ctx context.Context, job Job, state string, workers int, progress Progress) ([]Score, error)

// Runner does indices of a sweep.
type Runner struct {
	Dir      string
	Manifest *Manifest
	Workers  int
	Work     Work
	Progress Progress
}

// Outcome counts what a run did.
type Outcome struct {
	Found  int          // results that were there already
	Done   int          // indices done
	Failed []IndexError // by index
}

// IndexError says why an index could not be done.
type IndexError struct {
	Index int    `json:"index"`
	Error string `json:"error"`
}

// Run does the indices whose results are not there and leaves to others what they work on,
// until it is done or they are gone. An index that cannot be done is noted and does not
// stop the others; the end of ctx does, and what was begun goes on from its state the next
// time.
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
		q.todo = append(q.todo, job)
		total += Units(job)
	}
	tidy(r.Dir, r.Manifest, indices)
	if len(q.todo) == 0 {
		return q.out, nil
	}
	if err := makeParts(r.Dir); err != nil {
		return q.out, err
	}
	r.Progress.Start(total)
	workers := min(r.Workers, len(q.todo))
	each := r.Workers / workers // of few jobs, each may use several
	var group sync.WaitGroup
	for range workers {
		group.Go(func() { q.work(ctx, each) })
	}
	group.Wait()
	slices.SortFunc(q.out.Failed, func(a, b IndexError) int { return a.Index - b.Index })
	return q.out, context.Cause(ctx)
}

// queue holds what is to do of a run.
type queue struct {
	runner *Runner
	mu     sync.Mutex
	todo   []Job
	passed int  // jobs at the end of todo on which others work
	tries  int  // of those before the next wait
	said   bool // that there are no more than these
	out    Outcome
}

// lookAgain is the time after which a run looks again at what others work on.
const lookAgain = time.Second

// work does jobs until there are none.
func (q *queue) work(ctx context.Context, workers int) {
	for ctx.Err() == nil {
		q.mu.Lock()
		if len(q.todo) == 0 {
			q.mu.Unlock()
			return
		}
		job := q.todo[0]
		q.todo = q.todo[1:]
		wait := false
		if q.passed > len(q.todo) { // this job, too, is of others
			if wait = q.tries == 0; wait {
				q.tries = q.passed
			}
			q.passed--
			q.tries--
		}
		q.mu.Unlock()
		if wait {
			select {
			case <-ctx.Done():
			case <-time.After(lookAgain):
			}
		}
		found, err := q.runner.do(ctx, job, workers)
		if found {
			q.runner.Progress.Found(Units(job), fmt.Sprintf("index %d: done by another process", job.Index))
		}
		q.note(ctx, job, found, err)
	}
}

// note counts what came of a job.
func (q *queue) note(ctx context.Context, job Job, found bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if errors.Is(err, errClaimed) {
		q.todo = append(q.todo, job)
		if q.passed++; q.passed == len(q.todo) && !q.said {
			q.said = true
			q.runner.Progress.Milestone(fmt.Sprintf("waiting for %d indices on which others work", q.passed))
		}
		return
	}
	switch {
	case found:
		q.out.Found++
	case err == nil:
		q.out.Done++
	case ctx.Err() == nil:
		q.out.Failed = append(q.out.Failed, IndexError{job.Index, err.Error()})
	}
}

// do does one index: claims it, works, writes the result and clears away what is no
// longer needed. It may be found done by now.
func (r *Runner) do(ctx context.Context, job Job, workers int) (found bool, err error) {
	c, err := claimIndex(r.Dir, job.Index)
	if err != nil {
		return false, fmt.Errorf("sweep: %w", err)
	}
	defer c.release()
	if found = isDone(r.Dir, r.Manifest, job.Index); !found {
		err = r.compute(ctx, job, workers, c)
	}
	// A process that lost its claim may have done it as well, and cleared its state away.
	if err != nil && (ctx.Err() != nil || !isDone(r.Dir, r.Manifest, job.Index)) {
		return false, err
	}
	clearIndex(r.Dir, job.Index)
	return found, nil
}

// compute does the work of one index and keeps its result, or a note of why there is none.
func (r *Runner) compute(ctx context.Context, job Job, workers int, c *claim) error {
	state := statePath(r.Dir, job.Index)
	err := noLinks(state)
	failed := filepath.Join(r.Dir, "failed", fileName(job.Index))
	if gone := os.Remove(failed); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	if err == nil {
		err = atomicfile.MkdirAll(state)
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	scores, err := r.Work(ctx, job, state, workers, &part{to: r.Progress, claim: c, job: job})
	if err == nil {
		err = writeResult(r.Dir, r.Manifest, job.Index, scores)
	}
	if err != nil && ctx.Err() == nil {
		note, jsonErr := json.Marshal(IndexError{job.Index, err.Error()})
		err = errors.Join(err, jsonErr, writeThrough(r.Dir, job.Index, "failed/"+fileName(job.Index), append(note, '\n')))
	}
	return err
}

// part passes the progress of one job on to that of all.
type part struct {
	to    Progress
	claim *claim
	job   Job
	scale float64
	mu    sync.Mutex
	done  float64
}

func (p *part) Start(total float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scale = Units(p.job) / total
}

func (p *part) Add(done float64, label string)   { p.to.Add(p.count(done), p.name(label)) }
func (p *part) Found(done float64, label string) { p.to.Found(p.count(done), p.name(label)) }
func (p *part) Milestone(text string)            { p.to.Milestone(p.name(text)) }

func (p *part) name(label string) string { return fmt.Sprintf("index %d: %s", p.job.Index, label) }

// count adds work that was done and returns it in units of the sweep.
func (p *part) count(done float64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	done *= p.scale
	p.done += done
	p.claim.set(p.done / Units(p.job))
	return done
}
