package main

import (
	"errors"
	"fmt"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
)

// lockDir takes the lock of a directory, which the user calls name. Where the file system
// has no locks it says so and returns none. Its errors are usage errors.
func lockDir(env *cli.Env, name, dir string) (*dirlock.Lock, error) {
	lock, err := dirlock.Exclusive(dir)
	switch {
	case errors.Is(err, dirlock.ErrHeld):
		return nil, cli.Usagef("%s is in use by another run; wait for it or name another directory", name)
	case errors.Is(err, dirlock.ErrNone):
		fmt.Fprintf(env.Stderr, "no lock: %v; nothing keeps another run out\n", err)
		return nil, nil
	case err != nil:
		return nil, cli.Usagef("%s: %w", name, err)
	}
	return lock, nil
}
