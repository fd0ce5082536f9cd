package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/jobs"
	"molap/cmd/molap/internal/progress"
)

// cacheOff is the value of -cache that keeps nothing.
const cacheOff = "off"

// defaultCache returns where computed values are kept unless -cache says
// otherwise.
func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return cacheOff
	}
	return filepath.Join(dir, "molap")
}

// openPool returns a pool that works as the common flags say, with values and states
// kept in a cache directory; close it. While ctx lasts it heeds signals that ask for
// checkpoints, and p tells where there is none.
func openPool(ctx context.Context, env *cli.Env, c *cli.Common, cache string, p *progress.Reporter) (*jobs.Pool, error) {
	store, err := openCache(cache)
	if err != nil {
		return nil, err
	}
	pool := &jobs.Pool{Workers: c.Workers, Store: store, Every: c.CheckpointEvery, Memory: memoryHere()}
	env.OnCheckpoint(ctx, func() {
		if store == nil {
			p.Milestone("no checkpoint: the cache is off")
			return
		}
		pool.Checkpoint()
	})
	return pool, nil
}

// goesOn adds to the error of an interrupted computation how to go on with it. Too little
// memory is a mistake of the settings.
func goesOn(err error, pool *jobs.Pool) error {
	if errors.As(err, new(*jobs.MemoryError)) {
		return cli.Usagef("%w", err)
	}
	if errors.Is(err, cli.ErrInterrupted) && pool.Store != nil {
		return fmt.Errorf("%w; the same command goes on where this stopped", err)
	}
	return err
}

// openCache returns the store in a cache directory; nil if it is off. Each build
// of the program has a store of its own, so that no value that other code
// computed is ever taken for its own.
func openCache(dir string) (*jobs.Store, error) {
	switch dir {
	case cacheOff:
		return nil, nil
	case "":
		return nil, cli.Usagef("-cache names no directory (want one, or %s)", cacheOff)
	}
	build, err := buildHash()
	if err != nil {
		return nil, err
	}
	s, err := jobs.OpenStore(filepath.Join(dir, build))
	if err != nil {
		return nil, cli.Usagef("-cache %s: %w", dir, err)
	}
	return s, nil
}

// buildHash returns the SHA-256, in part, of this program's file.
func buildHash() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
