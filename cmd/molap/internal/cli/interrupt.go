package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"molap/cmd/molap/internal/atomicfile"
)

const (
	// stopTime is the time that a command has to stop by itself if it keeps no state.
	stopTime = time.Second
	// signalGap is the time within which several signals count as one: a terminal that hangs up and its
	// shell, timeout, and the end of a session each send two.
	signalGap = stopTime / 2
)

// endWork has the work to be done when a command ends.
type endWork struct {
	keeps atomic.Bool // the command keeps the state of its work when it is stopped
	mu    sync.Mutex
	last  []func() // see AtEnd
	made  []string // directories that MakeDir made, outermost first
}

// AtEnd has f called when the command has ended, or was abandoned before its end. The last of several
// is called first.
func (e *endWork) AtEnd(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = append(e.last, f)
}

// end calls what AtEnd was given.
func (e *endWork) end() {
	e.mu.Lock()
	last := e.last
	e.last = nil
	e.mu.Unlock()
	for _, f := range slices.Backward(last) {
		f()
	}
}

// interruptible runs a command under a context. The first signal to stop cancels the context, and so
// does an error of standard output, since nobody would read what is still to come. A later signal ends
// the process.
func (p *Program) interruptible(env *Env, run Run, args []string) error {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	env.keep = make(chan struct{}, 1)
	env.checked.onFailure(func() { cancel(env.checked.failure("output")) })
	if env.Notify != nil {
		signals := make(chan os.Signal, 2)
		done := make(chan struct{})
		stop := env.Notify(signals)
		defer close(done)
		defer stop()
		go env.heed(signals, done, func() bool {
			first := ctx.Err() == nil
			cancel(ErrInterrupted)
			return first
		})
	}
	defer env.end()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, env, args) }()
	err := env.await(ctx, ended)
	// A library may have returned ctx.Err() itself, which says less.
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) && !errors.Is(err, cause) {
		return cause
	}
	return err
}

// await returns the error of a command that ends. A command that does not stop in time is abandoned:
// its files are whole or not there, then and later.
func (e *Env) await(ctx context.Context, ended <-chan error) error {
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(stopTime):
	}
	if e.keeps.Load() {
		return <-ended
	}
	atomicfile.Abandon()
	return context.Cause(ctx)
}

// heed acts on signals until done is closed. The function interrupt stops the command and returns false
// if that was tried before.
func (e *Env) heed(signals <-chan os.Signal, done <-chan struct{}, interrupt func() bool) {
	var first time.Time // the signal that stopped the command
	for {
		select {
		case <-done:
			return
		case s := <-signals:
			switch {
			case asksToKeep(s):
				if len(e.keep) == 0 { // it is not asked for already
					e.keep <- struct{}{}
				}
			case interrupt():
				first = time.Now()
			case time.Since(first) > signalGap:
				atomicfile.Abandon()
				e.Exit(exitInterrupted)
				return
			}
		}
	}
}

// OnCheckpoint calls keep for every signal that asks for a checkpoint, until ctx ends. It also says
// that the command keeps the state of its work when it is stopped, so the command is given time for
// that. A command that has nothing to keep need not call it: such signals end nothing.
func (e *Env) OnCheckpoint(ctx context.Context, keep func()) {
	e.keeps.Store(true)
	go func() {
		for {
			select {
			case <-e.keep:
				keep()
			case <-ctx.Done():
				return
			}
		}
	}()
}
