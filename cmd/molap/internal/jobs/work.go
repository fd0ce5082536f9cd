package jobs

import (
	"context"
	"fmt"
	"time"

	"molap/cmd/molap/internal/regularfile"
	"molap/cmd/molap/internal/watch"
)

// Work is a job that is being done. Through it the job's function reports its progress, to the user
// and, for later runs, to the pool's store:
//
//	w.Resume(func(state []byte) error { … }) // go on from there
//	for … {
//		… // one iteration
//		w.Advance(cost)
//		if err := w.Checkpoint(ctx, state); err != nil {
//			return none, err
//		}
//	}
//
// One goroutine at a time may use it.
type Work struct {
	pool     *Pool
	progress Progress
	node     *node
	done     float64   // work reported
	asked    uint64    // Pool.asked at the last checkpoint
	kept     time.Time // of the last checkpoint
	refused  error     // why the state of an earlier run could not be read
}

// Advance reports work that was just done.
func (w *Work) Advance(cost float64) {
	w.done += cost
	w.progress.Add(cost, w.node.spec.Label)
}

// Label returns what to call the job.
func (w *Work) Label() string { return w.node.spec.Label }

// Pool returns the pool that does the job and lends it idle workers.
func (w *Work) Pool() *Pool { return w.pool }

// Board returns the board where the job shows the training it does; nil if nobody
// watches.
func (w *Work) Board() *watch.Board { return w.pool.Board }

// Tell gives the user a line about the job.
func (w *Work) Tell(text string) { w.progress.Milestone(w.node.spec.Label + ": " + text) }

// Resume passes the state of an earlier run's last checkpoint, if there is one, to use, and counts the
// work done by then as found. If use returns an error, or the file is damaged or not of this job, the
// state is lost: the user is told, and the job is done from its beginning. A use that returns an error
// must have changed nothing. If the system does not let the state be read now, it stays, and the next
// Checkpoint returns the error.
func (w *Work) Resume(use func(state []byte) error) {
	if w.pool.Store == nil {
		return
	}
	done, state, err := w.pool.Store.kept(w.node.name, w.pool.mostRead())
	if err == nil && state != nil {
		if !(done >= 0 && done <= w.node.spec.Cost*(1+1e-9)) {
			err = fmt.Errorf("state after %g of %g units of work", done, w.node.spec.Cost)
		} else {
			err = use(state)
		}
	}
	switch {
	case regularfile.Unreadable(err): // it may hold hours of work
		w.refused = err
	case err != nil:
		w.pool.Store.drop(w.node.name) // whatever lies there
		w.Tell("begun anew: " + err.Error())
	case state != nil:
		w.done = done
		w.progress.Found(done, w.node.spec.Label)
	}
}

// Checkpoint keeps the state of the job that the function state returns, if Pool.Every has passed, if
// [Pool.Checkpoint] asks for it, or if ctx has ended. The job calls it where it could later go on from
// that state. If ctx has ended Checkpoint returns the error of ctx, and the job has to stop. Any other
// error says that the state could not be kept; it stops the job as well, and the state before is still
// there. Without a store nothing is kept.
func (w *Work) Checkpoint(ctx context.Context, state func() ([]byte, error)) error {
	stop := ctx.Err()
	if w.pool.Store == nil {
		return stop
	}
	if w.refused != nil {
		return w.refused
	}
	asked := w.pool.crew().asked.Load()
	if late := w.pool.Every > 0 && time.Since(w.kept) >= w.pool.Every; stop == nil && !late && asked == w.asked {
		return nil
	}
	data, err := state()
	if err == nil {
		err = w.pool.Store.keep(w.node.name, w.done, data)
	}
	if err != nil {
		return fmt.Errorf("checkpoint of %s: %w", w.node.spec.Label, err)
	}
	if asked != w.asked {
		w.Tell("checkpoint kept")
	}
	w.asked, w.kept = asked, time.Now()
	return stop
}
