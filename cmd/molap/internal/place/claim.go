package place

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
)

// Claim makes the directory that a flag names and keeps other processes out of it until the command
// ends. It removes what killed writers have left there and in the directories below that are named.
func Claim(env *cli.Env, flag, dir string, below ...string) error {
	if err := env.MakeDir(dir); err != nil {
		return err
	}
	lock, err := Lock(env, flag+" "+dir, dir)
	if err != nil {
		return err
	}
	for _, d := range append([]string{"."}, below...) {
		at := filepath.Join(dir, d)
		if info, err := os.Lstat(at); d != "." && err == nil && !info.IsDir() { // a link leads to files of others
			return cli.Usagef("%s %s has a %s that is no directory; name another directory", flag, dir, d)
		}
		if lock == nil {
			continue // others may be writing there
		}
		if err := atomicfile.RemoveStale(at); err != nil {
			return cli.Usagef("%s: %w", flag, err)
		}
	}
	return nil
}

// Lock takes the lock of a directory, which the user calls name, until the command ends.
// Where the file system has no locks it says so and returns none.
func Lock(env *cli.Env, name, dir string) (*dirlock.Lock, error) {
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
	env.AtEnd(lock.Remove)
	return lock, nil
}
