// Package atomicfile writes files that are whole or not there, whatever happens
// on the way: crash, full disk, power cut.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
)

// temporaryPrefix begins the names of temporary files, and hides them. temporaryPattern matches the names
// that temporaryName makes.
const temporaryPrefix = ".molap-tmp-"

var temporaryPattern = regexp.MustCompile(`^\.molap-tmp-[0-9]{20}$`)

func temporaryName() string { return fmt.Sprintf("%s%020d", temporaryPrefix, rand.Uint64()) }

// IsTemporary reports whether a name is that of a temporary file.
func IsTemporary(name string) bool { return temporaryPattern.MatchString(name) }

// Probe returns an error if no file can be made in a directory. If the process is killed meanwhile,
// [RemoveStale] removes the file.
func Probe(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, temporaryName()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	var p *fs.PathError
	switch {
	case errors.Is(err, fs.ErrExist): // another file has the name by chance, so files can be made
		return nil
	case errors.As(err, &p):
		return &fs.PathError{Op: "make a file in", Path: dir, Err: p.Err}
	}
	f.Close()
	return os.Remove(f.Name())
}

// Write writes data to path so that a reader finds the old file or the whole new one, and the new one
// for good once Write has returned. It writes, syncs and renames a temporary file in the same
// directory, which must exist, and syncs the directory. On an error the old file, if any, is untouched
// and nothing new is left behind, unless only the last step went wrong: then the new file is there and
// may not survive a power cut.
func Write(path string, data []byte) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, Gone(dir, err))
	}
	defer root.Close()
	return writeThrough(root, ".", name, path, data)
}

// WriteIn writes a file beneath a root as [Write] does, by its path with slashes there,
// and makes its directory if that is missing. Links that lead out of the root are
// errors.
func WriteIn(root *os.Root, name string, data []byte) error {
	name = filepath.FromSlash(name)
	path := filepath.Join(root.Name(), name)
	if dir := filepath.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return writeThrough(root, filepath.Dir(name), name, path, data)
}

// WriteThrough is [Write] for a file beneath a root, with the temporary file in another directory
// there, of the same file system. Whoever removes that directory removes its temporary files too.
func WriteThrough(root *os.Root, dir, name string, data []byte) error {
	name = filepath.FromSlash(name)
	return writeThrough(root, filepath.FromSlash(dir), name, filepath.Join(root.Name(), name), data)
}

// writeThrough writes the file name of root through a temporary in dir; errors call it path.
func writeThrough(root *os.Root, dir, name, path string, data []byte) error {
	t, err := newTemporary(root, dir)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := t.finish(data, name); err != nil {
		t.file.Close() // an error from the second Close of a file is no news
		t.drop()
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := syncDir(root, filepath.Dir(name)); err != nil {
		return fmt.Errorf("sync directory of %s: %w", path, err)
	}
	return nil
}

// finish fills a temporary file and gives it its name.
func (t *temporaryFile) finish(data []byte, name string) error {
	if _, err := t.file.Write(data); err != nil {
		return err
	}
	if err := t.file.Sync(); err != nil {
		return err
	}
	if err := t.file.Close(); err != nil {
		return err
	}
	return t.rename(name)
}

// syncDir makes a rename inside dir survive a power cut. Windows has no such call and orders its
// renames itself; some network file systems have none either and say that the call is invalid.
func syncDir(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// Gone returns the error of a write into a directory, and says so if the directory is no longer there.
func Gone(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if _, there := os.Stat(dir); errors.Is(there, fs.ErrNotExist) {
			return fmt.Errorf("the directory %s is gone: %w", filepath.Clean(dir), err)
		}
	}
	return err
}

// MkdirAll makes a directory and those above it that are missing, so that they are
// there for good once it has returned.
func MkdirAll(dir string) error {
	dir = filepath.Clean(dir)
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return &os.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
		}
		return nil
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := MkdirAll(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		if info, statErr := os.Stat(dir); statErr == nil && info.IsDir() {
			return nil // somebody else was faster
		}
		return err
	}
	root, err := os.OpenRoot(above)
	if err != nil {
		return err
	}
	defer root.Close()
	return syncDir(root, ".")
}

// RemoveStale removes the temporary files that killed writers left in dir, but not in directories
// below. Nobody may be writing there: take a lock first. A directory that does not exist has none.
func RemoveStale(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove stale temporary files: %w", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !temporaryPattern.MatchString(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove stale temporary file: %w", err)
		}
	}
	return nil
}
