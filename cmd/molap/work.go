package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/lab"
	"molap/cmd/molap/internal/live"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/progress"
	"molap/cmd/molap/internal/words"
)

// workFlags are the flags of commands that do jobs: the common ones, -cache and -serve.
type workFlags struct {
	cli.Common
	cache cacheFlag
	serve string // the address of the live page; "": none
}

// register registers -cache, -serve and the common flags that are named.
func (f *workFlags) register(flags *flag.FlagSet, common ...string) {
	f.Register(flags, common...)
	f.cache.register(flags)
	flags.Func("serve", "show the run on a page at `ADDR` while it goes on: a loopback address such as 127.0.0.1:8080, port 0 for a free one", func(text string) error {
		f.serve = text
		return live.Check(text)
	})
}

// machineMemory returns the memory that jobs may take. Tests make it smaller.
var machineMemory = machine.Memory

// labWork is a lab at work, with its progress bar.
type labWork struct {
	*lab.Lab
	bar *progress.Reporter
}

// begin returns a lab that works as the flags say until the command ends. While ctx lasts it
// heeds signals that ask for checkpoints. Trainings are shown below the progress, if that is
// on a terminal, and on the live page, if there is one.
func (f *workFlags) begin(ctx context.Context, env *cli.Env, c lab.Config) (*labWork, error) {
	bar := progress.New(env.Stderr)
	env.AtEnd(bar.Stop)
	store, err := f.cache.open(env)
	if err != nil {
		return nil, err
	}
	env.AtEnd(func() { store.Close() })
	pool := &jobs.Pool{Workers: f.Workers, Store: store, Every: f.CheckpointEvery, Memory: machineMemory()}
	env.OnCheckpoint(ctx, func() {
		if store == nil {
			bar.Milestone("no checkpoint: the cache is off")
			return
		}
		pool.Checkpoint()
	})
	if bar.Terminal() || f.serve != "" {
		pool.Board = lab.NewBoard(c.Settings)
		bar.Detail(pool.Board.Running)
	}
	if f.serve != "" {
		page, err := live.Serve(f.serve, live.Source{Title: "molap " + strings.Join(env.Args, " "), Board: pool.Board, Status: bar.Status})
		if err != nil {
			return nil, cli.Usagef("-serve %s: %w", f.serve, err)
		}
		env.AtEnd(page.Close)
		fmt.Fprintf(env.Stderr, "live page: %s\n", page.URL)
	}
	s := c.Settings
	// It is shown when the first job begins: by then all flags have been checked.
	bar.Heading = fmt.Sprintf("profile %s, %d units in %s, %s, %s, kernel %s, %d at a time",
		s.Label(), s.Network.Units, words.Count(s.Network.Modules, "module"), words.Count(len(c.Seeds), "seed"), s.Run.Precision, c.Variant, f.Workers)
	return &labWork{lab.NewLab(c, pool), bar}, nil
}

// goesOn adds to the error of an interrupted computation how to go on with it. Too little memory, and a
// cache that can keep nothing, become usage errors.
func (w *labWork) goesOn(err error) error {
	var store *jobs.StoreError
	switch {
	case errors.As(err, new(*jobs.MemoryError)):
		return cli.Usagef("%w", err)
	case errors.As(err, &store):
		return cli.Usagef("-cache %s: %w", filepath.Dir(store.Dir), store.Err)
	case errors.Is(err, cli.ErrInterrupted) && w.Pool.Store != nil:
		return fmt.Errorf("%w; the same command goes on where this stopped", err)
	}
	return err
}
