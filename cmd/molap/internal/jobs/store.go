package jobs

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"molap/cmd/molap/internal/atomicfile"
	"molap/cmd/molap/internal/dirlock"
)

// Store keeps the values of jobs in files of a directory, for this and later
// runs, and beside them the states of jobs that are not done (see [Work]). Several
// processes may use one directory: a file appears complete or not at all, and two
// that compute the same value write the same file.
type Store struct {
	dir  string
	lock *dirlock.Lock // shared; nil where the file system has no locks
}

// OpenStore returns the store in a directory, made if missing. The values of
// different programs must not share one: a name does not say by which code its
// value was computed.
//
// What writers that were killed have left is removed, if nobody else has the store
// open. The lock tells, and not the age of files: clocks may be wrong.
func OpenStore(dir string) (*Store, error) {
	if err := atomicfile.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	s := &Store{dir: dir}
	if alone, err := dirlock.Exclusive(dir); err == nil {
		err := s.removeStale()
		alone.Release()
		if err != nil {
			return nil, fmt.Errorf("jobs: %w", err)
		}
	}
	var err error
	for range openTries {
		if s.lock, err = dirlock.Shared(dir); !errors.Is(err, dirlock.ErrHeld) {
			return s, nil
		}
		time.Sleep(openPause) // somebody else is removing
	}
	return nil, fmt.Errorf("jobs: %w", err)
}

// How long a store that another process tidies is waited for.
const (
	openTries = 1000
	openPause = 10 * time.Millisecond
)

// Close lets go of the store, which may be nil.
func (s *Store) Close() {
	if s != nil && s.lock != nil {
		s.lock.Release()
	}
}

// removeStale removes temporary files. They lie beside the files of a kind.
func (s *Store) removeStale() error {
	kinds, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, k := range kinds {
		if k.IsDir() {
			if err := atomicfile.RemoveStale(filepath.Join(s.dir, k.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// read returns the value kept under a name, nil if there is none. A file that is
// damaged counts as none: its value is computed again.
func (s *Store) read(name string) []byte {
	file, err := os.ReadFile(s.path(name))
	if err != nil {
		return nil
	}
	if data, ok := summed(file); ok {
		return data
	}
	return nil
}

// write keeps a value under a name.
func (s *Store) write(name string, value []byte) error { return writeSummed(s.path(name), value) }

// writeSummed writes data, and its SHA-256 behind it, into a file.
func writeSummed(path string, data []byte) error {
	if err := atomicfile.MkdirAll(filepath.Dir(path)); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	sum := sha256.Sum256(data)
	if err := atomicfile.Write(path, append(data[:len(data):len(data)], sum[:]...)); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

// summed returns the data of a file of writeSummed, and whether it is as it was
// written.
func summed(file []byte) (data []byte, ok bool) {
	if len(file) < sha256.Size {
		return nil, false
	}
	at := len(file) - sha256.Size
	sum := sha256.Sum256(file[:at])
	return file[:at], bytes.Equal(sum[:], file[at:])
}

// A state is a file beside where the value will be: the opening, the version of the
// format, the job's name and the work done, each on a line of its own, what the job
// keeps, and the SHA-256 of all that.
const (
	stateSuffix  = ".state"
	stateOpening = "molap job state "
	stateVersion = "1"
)

// keep keeps the state of a job after some work.
func (s *Store) keep(name string, done float64, state []byte) error {
	head := fmt.Sprintf("%s%s\n%s\n%g\n", stateOpening, stateVersion, name, done)
	return writeSummed(s.path(name)+stateSuffix, append([]byte(head), state...))
}

// kept returns the state of a job and the work done by then; nil if there is none.
// A file that cannot be used is an error.
func (s *Store) kept(name string) (done float64, state []byte, err error) {
	file, err := os.ReadFile(s.path(name) + stateSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("jobs: %w", err)
	}
	rest, ok := bytes.CutPrefix(file, []byte(stateOpening))
	if !ok {
		return 0, nil, errors.New("jobs: not a state of this program")
	}
	if version, _, _ := bytes.Cut(rest[:min(len(rest), 20)], []byte("\n")); string(version) != stateVersion {
		return 0, nil, fmt.Errorf("jobs: state of format version %q, this program reads version %q", version, stateVersion)
	}
	if rest, ok = summed(file); !ok {
		return 0, nil, errors.New("jobs: state is damaged: its SHA-256 is not that of its end")
	}
	lines := bytes.SplitN(rest, []byte("\n"), 4)
	if len(lines) < 4 {
		return 0, nil, errors.New("jobs: state without a name")
	}
	if string(lines[1]) != name {
		return 0, nil, fmt.Errorf("jobs: state of %q, not of %q", lines[1], name)
	}
	if done, err = strconv.ParseFloat(string(lines[2]), 64); err != nil {
		return 0, nil, fmt.Errorf("jobs: state after work %q", lines[2])
	}
	return done, lines[3], nil
}

// drop removes the state of a job that is done. One that stays does no harm.
func (s *Store) drop(name string) { os.Remove(s.path(name) + stateSuffix) }
