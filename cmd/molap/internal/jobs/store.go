package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
)

// Store keeps the values of jobs in files of a directory, for this and later runs, and beside them the
// states of jobs that are not done (see [Work]). Several processes may use one directory: a file
// appears complete or not at all, and two processes that compute the same value write the same file.
type Store struct {
	dir  string
	lock *dirlock.Lock // shared; nil where the file system has no locks
}

// OpenStore returns the store in a directory. The directory is made when there is a value to keep.
// Different programs must not share a store: a name does not tell which code computed the value.
func OpenStore(dir string) (*Store, error) {
	s := &Store{dir: dir}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file", dir)
	}
	return s, s.share()
}

// share takes the shared lock of the directory.
//
// It removes what killed writers have left, if nobody else has the store open. The lock tells that, not
// the age of files, since clocks may be wrong.
func (s *Store) share() error {
	if alone, err := dirlock.Exclusive(s.dir); err == nil {
		err := s.removeStale()
		alone.Release()
		if err != nil {
			return err
		}
	}
	var err error
	if s.lock, err = dirlock.Share(context.Background(), s.dir, openWait); errors.Is(err, dirlock.ErrHeld) {
		return err
	}
	return nil
}

// StoreError says that nothing can be kept in the directory of a store.
type StoreError struct {
	Dir string
	Err error
}

func (e *StoreError) Error() string { return fmt.Sprintf("%s: %v", e.Dir, e.Err) }
func (e *StoreError) Unwrap() error { return e.Err }

// prepare makes the directory, if it is not there, and sees that something can be kept in
// it. Its errors are *[StoreError].
func (s *Store) prepare() error {
	err := atomicfile.MkdirAll(s.dir)
	if err == nil && s.lock == nil {
		err = s.share()
	}
	if err == nil {
		err = atomicfile.Probe(s.dir)
	}
	if err != nil {
		return &StoreError{s.dir, err}
	}
	return nil
}

// openWait is how long share waits for a process that tidies the store.
const openWait = 10 * time.Second

// Close gives up the lock of the store, which may be nil.
func (s *Store) Close() {
	if s != nil {
		s.lock.Release()
	}
}

// removeStale removes temporary files, and leases of processes that are gone. They lie in the
// directories of kinds and in that of the store.
func (s *Store) removeStale() error {
	if err := atomicfile.RemoveStale(s.dir); err != nil {
		return err
	}
	kinds, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, k := range kinds {
		if k.IsDir() {
			dir := filepath.Join(s.dir, k.Name())
			if err := atomicfile.RemoveStale(dir); err != nil {
				return err
			}
			files, err := os.ReadDir(dir)
			if err != nil {
				return err
			}
			for _, f := range files {
				if strings.HasSuffix(f.Name(), leaseSuffix) {
					os.Remove(filepath.Join(dir, f.Name()))
				}
			}
		}
	}
	return nil
}

// Writable returns an error if no files can be made in the directory, which need not exist yet.
func (s *Store) Writable() error {
	for dir := s.dir; ; {
		info, err := os.Stat(dir)
		switch above := filepath.Dir(dir); {
		case errors.Is(err, fs.ErrNotExist) && above != dir:
			dir = above
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is a file", dir)
		default:
			return atomicfile.Probe(dir)
		}
	}
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// read returns the value of a job, of at most most bytes; nil if there is none. It is an error if the
// file does not prove to be that value; the value is then computed again.
func (s *Store) read(name string, most int64) ([]byte, error) {
	return valueRecord.read(s.path(name), name, most)
}

// write keeps the value of a job.
func (s *Store) write(name string, data []byte) error {
	return valueRecord.write(s.path(name), name, data)
}

// stateSuffix ends the name of the file of a state, which is beside where the value will
// be.
const stateSuffix = ".state"

// keep keeps the state of a job and, on the first line of the file, the work done by then.
func (s *Store) keep(name string, done float64, data []byte) error {
	return stateRecord.write(s.path(name)+stateSuffix, name, append(fmt.Appendf(nil, "%g\n", done), data...))
}

// kept returns the state of a job, of at most most bytes, and the work done by then; nil
// if there is none. A file that cannot be used is an error.
func (s *Store) kept(name string, most int64) (done float64, data []byte, err error) {
	data, err = stateRecord.read(s.path(name)+stateSuffix, name, most)
	if data == nil {
		return 0, nil, err
	}
	work, data, ok := bytes.Cut(data, []byte("\n"))
	if done, err = strconv.ParseFloat(string(work), 64); err != nil || !ok {
		return 0, nil, fmt.Errorf("state after work %q", work[:min(len(work), 40)])
	}
	return done, data, nil
}

// tidy removes what a run that was killed may have left beside the value of a job.
func (s *Store) tidy(name string) {
	s.drop(name)
	os.Remove(s.path(name) + leaseSuffix)
}

// drop removes the state of a job that is done, or a state that cannot be used. If it stays, it does no
// harm.
func (s *Store) drop(name string) { os.Remove(s.path(name) + stateSuffix) }
