package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

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

// Run does the indices whose results are not there. An index that cannot be done
// is noted and does not stop the others; the end of ctx does, and what was begun
// goes on from its state the next time.
func (r *Runner) Run(ctx context.Context, indices []int) (Outcome, error) {
	var out Outcome
	var todo []Job
	total := 0.0
	for _, i := range indices {
		if _, err := readResult(r.Dir, r.Manifest, i); err == nil {
			out.Found++
			continue
		}
		job, err := r.Manifest.Job(i)
		if err != nil {
			return out, err
		}
		todo = append(todo, job)
		total += Units(job)
	}
	if len(todo) == 0 {
		return out, nil
	}
	if err := makeParts(r.Dir); err != nil {
		return out, err
	}
	r.Progress.Start(total)
	workers := min(r.Workers, len(todo))
	each := r.Workers / workers // of few jobs, each may use several
	next := 0                   // of todo
	var mu sync.Mutex
	take := func() (Job, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(todo) || ctx.Err() != nil {
			return Job{}, false
		}
		next++
		return todo[next-1], true
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for {
				job, ok := take()
				if !ok {
					return
				}
				err := r.do(ctx, job, each)
				mu.Lock()
				switch {
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
	slices.SortFunc(out.Failed, func(a, b IndexError) int { return a.Index - b.Index })
	return out, context.Cause(ctx)
}

// do does one index: claims it for status, works, writes the result and clears
// away what is no longer needed.
func (r *Runner) do(ctx context.Context, job Job, workers int) error {
	state := filepath.Join(r.Dir, "state", fmt.Sprintf("%06d", job.Index))
	failed := filepath.Join(r.Dir, "failed", fileName(job.Index))
	if err := os.Remove(failed); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("sweep: %w", err)
	}
	beat := startHeartbeat(r.Dir, job.Index)
	defer beat.stop()
	scores, err := r.Work(ctx, job, state, workers, &part{to: r.Progress, beat: beat, job: job})
	if err == nil {
		err = writeResult(r.Dir, r.Manifest, job.Index, scores)
	}
	if err != nil && ctx.Err() == nil {
		// Another process may have done the same index, and cleared its state away.
		if _, bad := readResult(r.Dir, r.Manifest, job.Index); bad == nil {
			return nil
		}
		note, jsonErr := json.Marshal(IndexError{job.Index, err.Error()})
		return errors.Join(err, jsonErr, atomicfile.Write(failed, append(note, '\n')))
	}
	if err == nil {
		os.RemoveAll(state) // what stays there costs nothing but its space
	}
	return err
}

// part passes the progress of one job on to that of all.
type part struct {
	to    Progress
	beat  *heartbeat
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
	p.beat.set(p.done / Units(p.job))
	return done
}
