// Package dirlock keeps two processes from working in one directory by mistake. It locks a hidden file
// by the operating system, so a process that is killed leaves no lock behind.
package dirlock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Name is the file that is locked.
const Name = ".lock"

// turnName is the file that a process locks while it writes in a directory that several processes
// share.
const turnName = ".turn"

// ErrHeld says that another process, or another part of this one, has the lock.
var ErrHeld = errors.New("another process is at work there")

// ErrNone says that the file system has no locks, as Lustre and NFS may have none.
var ErrNone = errors.New("the file system has no locks")

// Lock is a lock that is held. A nil Lock is none: giving it up does nothing.
type Lock struct{ file *flock.Flock }

// Exclusive takes the lock of a directory for one holder. It does not wait: the error
// is [ErrHeld] if another has the lock, and [ErrNone] if the file system has none.
func Exclusive(dir string) (*Lock, error) { return takeFile(dir, Name, (*flock.Flock).TryLock) }

// Shared takes the lock of a directory for one of many holders, unless one holds it
// exclusively. It does not wait.
func Shared(dir string) (*Lock, error) { return takeFile(dir, Name, (*flock.Flock).TryRLock) }

// Turn waits for the turn to write in a directory that several holders share, but no longer than most.
// Whoever has it gives it up by Remove.
func Turn(ctx context.Context, dir string, most time.Duration) (*Lock, error) {
	return takeWithin(ctx, most, func() (*Lock, error) { return takeFile(dir, turnName, (*flock.Flock).TryLock) })
}

// Share is [Shared] for a directory that others hold exclusively for moments: it waits for them, but no
// longer than most.
func Share(ctx context.Context, dir string, most time.Duration) (*Lock, error) {
	return takeWithin(ctx, most, func() (*Lock, error) { return Shared(dir) })
}

// takeWithin calls try again and again while another has the lock, but no longer than most.
func takeWithin(ctx context.Context, most time.Duration, try func() (*Lock, error)) (*Lock, error) {
	for end := time.Now().Add(most); ; {
		lock, err := try()
		if !errors.Is(err, ErrHeld) || !time.Now().Before(end) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// takeFile locks a file of a directory.
func takeFile(dir, name string, try func(*flock.Flock) (bool, error)) (*Lock, error) {
	path := filepath.Join(dir, name)
	for {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return nil, fmt.Errorf("lock %s: %s is no regular file", dir, name) // a link may make one elsewhere
		}
		f := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o666))
		ok, err := try(f)
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK) {
			f.Close()
			os.Remove(path) // keeps nobody out
			return nil, fmt.Errorf("%s: %w (%w)", dir, ErrNone, err)
		}
		if err != nil {
			return nil, fmt.Errorf("lock %s: %w", dir, err)
		}
		if !ok {
			return nil, fmt.Errorf("%s: %w", dir, ErrHeld)
		}
		// Whoever held the lock may have removed the file since it was opened here: a
		// lock on that keeps nobody out.
		mine, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", dir, err)
		}
		there, err := os.Stat(path)
		if err == nil && os.SameFile(mine, there) {
			return &Lock{f}, nil
		}
		f.Close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("lock %s: %w", dir, err)
		}
	}
}

// Release gives the lock up and leaves the file: others may share it.
func (l *Lock) Release() {
	if l != nil {
		l.file.Close()
	}
}

// Remove gives an exclusive lock up and takes its file away.
func (l *Lock) Remove() {
	if l == nil {
		return
	}
	if runtime.GOOS == "windows" { // which removes no open file
		l.file.Close()
		os.Remove(l.file.Path())
		return
	}
	os.Remove(l.file.Path()) // while nobody else can hold it
	l.file.Close()
}
