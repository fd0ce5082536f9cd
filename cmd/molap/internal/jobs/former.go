package jobs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
	"molap/cmd/molap/internal/regularfile"
)

// Kept describes the content of a store's directory.
type Kept struct {
	Values int       `json:"values"`
	Bytes  int64     `json:"bytes"`     // of all files of the store
	Used   time.Time `json:"last_used"` // when a file of it, or a name in it, was last written
	InUse  bool      `json:"in_use"`    // by a process that has it open, or that has a lease in it
	// Others are files and directories that no store has made: nobody removes them.
	Others []string `json:"other_files"`

	files []string // of the store, but for the lock
	kinds []string
}

// The names that a store gives: directories for kinds, files for jobs.
var (
	kindName = regexp.MustCompile(`^[a-z]+$`)
	jobName  = regexp.MustCompile(`^[0-9a-f]{32}(\.state|(\.taking)?\.lease)?$`)
)

// Build is the store of a build of the program.
type Build struct {
	Dir  string `json:"dir"`
	This bool   `json:"this_build"`
	Kept
	Removed bool `json:"removed"`
}

// buildName is the name of a build's store in the cache.
var buildName = regexp.MustCompile(`^[0-9a-f]{16}$`)

// Builds returns the stores of builds in the directory of a cache. If clean is true it removes all but the
// store of the build this. On an error it also returns the stores that it has dealt with by then, or nil
// if the directory cannot be read.
func Builds(ctx context.Context, cache, this string, clean bool) ([]Build, error) {
	entries, err := os.ReadDir(cache)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	builds := []Build{}
	for _, e := range entries {
		if !e.IsDir() || !buildName.MatchString(e.Name()) {
			continue
		}
		if ctx.Err() != nil {
			return builds, context.Cause(ctx)
		}
		b := Build{Dir: filepath.Join(cache, e.Name()), This: e.Name() == this}
		look := keptIn
		if clean && !b.This {
			look = removeStore
		}
		if b.Kept, err = look(b.Dir); err != nil {
			return builds, err
		}
		b.Removed = clean && !b.This && !b.InUse
		builds = append(builds, b)
	}
	return builds, nil
}

// keptIn returns what the store in a directory keeps, and changes nothing in it.
func keptIn(dir string) (Kept, error) {
	k, err := surveyStore(dir)
	if err != nil || k.InUse {
		return k, err
	}
	// Without the file nobody has the lock; it is not made here.
	if _, err := os.Lstat(filepath.Join(dir, dirlock.Name)); err == nil {
		lock, err := dirlock.Exclusive(dir)
		k.InUse = errors.Is(err, dirlock.ErrHeld)
		lock.Release()
	}
	return k, nil
}

// removeStore removes the store in a directory, and the directory if nothing else is in it,
// and returns what there was. A store that is in use stays as it is.
func removeStore(dir string) (Kept, error) {
	lock, err := dirlock.Exclusive(dir)
	switch {
	case errors.Is(err, dirlock.ErrHeld):
		k, err := surveyStore(dir)
		k.InUse = true
		return k, err
	case err != nil && !errors.Is(err, dirlock.ErrNone): // without locks, leases tell whether a process is at work
		return Kept{}, err
	}
	defer lock.Release() // unless it is removed
	k, err := surveyStore(dir)
	if err != nil || k.InUse {
		return k, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return k, err
	}
	defer root.Close()
	for _, name := range k.files {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return k, err
		}
	}
	for _, name := range k.kinds {
		root.Remove(name) // unless something else is in it
	}
	lock.Remove()
	if len(k.Others) > 0 {
		return k, nil
	}
	return k, os.Remove(dir)
}

// surveyStore looks through the directory of a store.
func surveyStore(dir string) (k Kept, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return k, err
	}
	defer root.Close()
	if err := k.below(root, "."); err != nil {
		return k, err
	}
	for _, kind := range k.kinds {
		if err := k.below(root, kind); err != nil {
			return k, err
		}
	}
	return k, nil
}

// below adds what lies in a directory of the store.
func (k *Kept) below(root *os.Root, dir string) error {
	entries, err := fs.ReadDir(root.FS(), dir)
	if err != nil {
		return err
	}
	if info, err := root.Lstat(dir); err == nil {
		k.note(info)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		info, err := e.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // a process at work has removed it
		case err != nil:
			return err
		case dir == "." && e.Name() == dirlock.Name && e.Type().IsRegular():
			continue
		case dir == "." && e.IsDir() && kindName.MatchString(e.Name()):
			k.kinds = append(k.kinds, name)
			continue
		}
		ours, err := isStored(root, dir, name)
		if err != nil {
			return err
		}
		if !e.Type().IsRegular() || !ours {
			k.Others = append(k.Others, name)
			continue
		}
		k.files = append(k.files, name)
		k.Bytes += info.Size()
		k.note(info)
		switch path.Ext(name) {
		case "":
			k.Values++
		case leaseSuffix:
			_, held := LookAt(root, name)
			k.InUse = k.InUse || held
		}
	}
	return nil
}

func (k *Kept) note(info fs.FileInfo) {
	if t := info.ModTime(); t.After(k.Used) {
		k.Used = t
	}
}

// isStored reports whether a store has made a regular file, by its name and by how it begins. It is an
// error if the file cannot be read now.
func isStored(root *os.Root, dir, name string) (bool, error) {
	base := path.Base(name)
	if atomicfile.IsTemporary(base) {
		return true, nil
	}
	if dir == "." || !jobName.MatchString(base) {
		return false, nil
	}
	var opening string
	switch path.Ext(base) {
	case leaseSuffix:
		opening = hostPrefix
	case stateSuffix:
		opening = stateRecord.opening()
	default:
		opening = valueRecord.opening()
	}
	f, err := regularfile.OpenIn(root, name, math.MaxInt64)
	if regularfile.Unreadable(err) {
		return false, err
	}
	if err != nil {
		return false, nil
	}
	defer f.Close()
	start := make([]byte, len(opening))
	n, err := io.ReadFull(f, start)
	return err == io.EOF || string(start[:n]) == opening, nil // an empty one was cut short
}
