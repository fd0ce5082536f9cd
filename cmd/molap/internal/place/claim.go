package place

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/dirlock"
)

// Claim makes the directory that a flag names and keeps other processes out of it until the command
// ends. It refuses the root of the file system, the home directory and those above it. It removes what killed
// writers have left there and in the directories below that are named.
func Claim(env *cli.Env, flag, dir string, below ...string) error {
	if err := notShared(flag, dir); err != nil {
		return err
	}
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

// Share makes the directory that a flag names. Until the command ends no other can claim the directory,
// but others may share it. Share removes what killed writers have left there if no other command is there.
func Share(ctx context.Context, env *cli.Env, flag, dir string) error {
	if err := env.MakeDir(dir); err != nil {
		return err
	}
	if alone, err := dirlock.Exclusive(dir); err == nil {
		err = atomicfile.RemoveStale(dir)
		alone.Remove()
		if err != nil {
			return cli.Usagef("%s: %w", flag, err)
		}
	}
	lock, err := dirlock.Share(ctx, dir, momentMost)
	if lock != nil {
		env.AtEnd(func() {
			lock.Release()
			if last, err := dirlock.Exclusive(dir); err == nil {
				last.Remove()
			}
		})
	}
	if ctx.Err() != nil || lock != nil {
		return context.Cause(ctx)
	}
	return withoutLock(env, flag+" "+dir, err)
}

// The longest waits for another process: for one that looks for files of killed writers, and for one
// that writes.
const (
	momentMost = 2 * time.Second
	turnMost   = time.Minute
)

// Turn calls write when no other command writes in a directory that commands share. Where the file
// system has no locks it calls write at once.
func Turn(ctx context.Context, flag, dir string, write func() error) error {
	turn, err := dirlock.Turn(ctx, dir, turnMost)
	switch {
	case err == nil:
		defer turn.Remove()
	case errors.Is(err, dirlock.ErrNone):
	case errors.Is(err, dirlock.ErrHeld):
		return fmt.Errorf("%s %s: another run writes there for more than %v", flag, dir, turnMost)
	default:
		return fmt.Errorf("%s %s: %w", flag, dir, atomicfile.Gone(dir, err))
	}
	return write()
}

// Lock takes the lock of a directory, which the user calls name, until the command ends.
// Where the file system has no locks it says so and returns none.
func Lock(env *cli.Env, name, dir string) (*dirlock.Lock, error) {
	lock, err := dirlock.Exclusive(dir)
	if err != nil {
		return nil, withoutLock(env, name, err)
	}
	env.AtEnd(lock.Remove)
	return lock, nil
}

// withoutLock returns the usage error for a directory, which the user calls name, whose lock was not taken.
// Where the file system has no locks it says so and returns nil.
func withoutLock(env *cli.Env, name string, err error) error {
	switch {
	case errors.Is(err, dirlock.ErrHeld):
		return cli.Usagef("%s is in use by another run; wait for it or name another directory", name)
	case errors.Is(err, dirlock.ErrNone):
		fmt.Fprintf(env.Stderr, "no lock: %v; nothing keeps another run out\n", err)
		return nil
	}
	return cli.Usagef("%s: %w", name, err)
}
